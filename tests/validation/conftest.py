"""Schemas for the tests of validation, and a cache of their own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache in place of the user's."""
    monkeypatch.setenv("CAMP_DETECTOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "schemas"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks up a host fails the test."""

    def refuse(*args: object, **_: object) -> None:
        pytest.fail(f"the network was used: {args}")

    monkeypatch.setattr("socket.getaddrinfo", refuse)


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Published schemas of the extensions, which lie beside the checkout where they are at hand."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "schemas"
    if not folder.is_dir():
        pytest.skip("the schemas of the extensions are not at hand")
    return folder
