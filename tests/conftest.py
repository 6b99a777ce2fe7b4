"""Settings of all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: the machine may be busy. In CI the examples are the same on every run, so that a
# failure is about the change and can be repeated; elsewhere they vary and find more.
settings.register_profile("here", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def banepa() -> Path:
    """Real tiles of a town, which lie beside the checkout where they are at hand."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "banepa"
    if not (folder / "predict").is_dir():
        pytest.skip("the tiles of Banepa are not at hand")
    return folder
