"""A portal of its own for each test, a package to publish, and the command as a user runs it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.packaging.dlpk import create_dlpk
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.portal import PASSWORD, USER, Portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from camp_detector_core.packaging.emd import Kind
    from tests.support.portal_words import Call

ROOT = Path(__file__).resolve().parents[2]
BY_PASSWORD = {
    "CAMP_DETECTOR_ARCGIS_USERNAME": USER,
    "CAMP_DETECTOR_ARCGIS_PASSWORD": PASSWORD,
}
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(tmp_path / "portal") as portal:
        yield portal
        assert portal.strange == []


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return make_package(tmp_path / "camp-detect.dlpk")


def make_package(path: Path, *, kind: Kind = "detect", **changes: Any) -> Path:
    """A package of a tiny model that is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    model = path.with_suffix(".onnx")
    model.write_bytes(tiny_onnx(tiny_spec(**changes)))
    create_dlpk(model, path, kind=kind, overwrite=True)
    model.unlink()
    return path


def large_package(path: Path, **changes: Any) -> Path:
    """A package that goes in two parts."""
    make_package(path, **changes)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.bin", random.Random(1).randbytes(9 << 20))
    return path


class Command:
    """``camp-detector publish arcgis`` in a home of its own."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self.portal = portal
        self.home = folder / "home"
        self.home.mkdir()
        self.secrets = {PASSWORD, *portal.tokens}

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items()
                if not k.startswith(("CAMP_DETECTOR", "ESRI_")) and "proxy" not in k.lower()}  # fmt: skip
        return {**kept, "HOME": str(self.home), "PYTHONPATH": str(ROOT), **variables}

    def words(self, package: Path, options: tuple[str, ...]) -> list[str]:
        portal = [] if "--portal" in options else ["--portal", self.portal.url]
        trust = [] if "--ca-bundle" in options else ["--ca-bundle", str(self.portal.authority)]
        program = [sys.executable, "-m", "camp_detector_core", "publish", "arcgis"]
        return [*program, str(package), *portal, *trust, *options]

    def __call__(self, package: Path, *options: str, login: dict[str, str] | None = None) -> Done:
        """Run it to its end; whatever it prints or leaves at home holds no secret."""
        variables = self.environment(BY_PASSWORD if login is None else login)
        process = self._start(self.words(package, options), variables)
        return self._finish(process)

    def stopped(self, package: Path, *options: str, at: Callable[[Call], bool]) -> Done:
        """Run it and press Ctrl-C when the portal sees a certain call."""
        process = self._start(self.words(package, options), self.environment(BY_PASSWORD))

        def watch(call: Call) -> None:
            if at(call):
                process.send_signal(signal.SIGINT)

        self.portal.watch = watch
        return self._finish(process)

    def _start(self, words: list[str], variables: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            words, env=variables, cwd=self.home, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def _finish(self, process: subprocess.Popen[str]) -> Done:
        out, err = process.communicate(timeout=240)
        shown = out + err + "".join(
            p.read_text(errors="replace") for p in self.home.rglob("*") if p.is_file()
        )  # fmt: skip
        for secret in self.secrets:
            assert secret not in shown
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def publish(portal: Portal, tmp_path: Path) -> Command:
    return Command(portal, tmp_path)


@pytest.fixture
def profile(publish: Command, tmp_path: Path) -> dict[str, str]:
    """A profile "work" as the arcgis package keeps it; what to add to the environment."""
    (publish.home / ".arcgisprofile").write_text(
        f"[work]\nurl = {publish.portal.url}\nusername = {USER}\n"
        "date_modified = 2026-11-24 10:00:00.000000\n",
        encoding="utf-8",
    )
    ring = tmp_path / "keyring.json"
    ring.write_text(
        json.dumps({"arcgis_python_api_profile_passwords": {"work": PASSWORD}}), encoding="utf-8"
    )
    return {
        "PYTHON_KEYRING_BACKEND": "tests.support.keyring_file.FileKeyring",
        "TEST_KEYRING": str(ring),
    }


def error_of(done: Done) -> str:
    """The one line that a failed run says."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("note: ")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    return lines[0]
