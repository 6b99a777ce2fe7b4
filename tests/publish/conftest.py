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

from camp_detector_core.esri.dlpk import create_dlpk
from tests.support.forked_command import start
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.portal import PASSWORD, USER, Portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerProcess

    from camp_detector_core.model_file.emd import Kind
    from tests.support.portal_words import Call

ROOT = Path(__file__).resolve().parents[2]
BY_PASSWORD = {
    "CAMP_DETECTOR_ARCGIS_USERNAME": USER,
    "CAMP_DETECTOR_ARCGIS_PASSWORD": PASSWORD,
}
Finished = subprocess.CompletedProcess[str]


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
        self.out, self.err = folder / "stdout", folder / "stderr"
        self.secrets = {PASSWORD, *portal.tokens}
        """Secrets that must not be seen anywhere."""

    def words(self, package: Path, options: tuple[str, ...]) -> list[str]:
        portal = [] if "--portal" in options else ["--portal", self.portal.url]
        trust = [] if "--ca-bundle" in options else ["--ca-bundle", str(self.portal.authority)]
        return ["publish", "arcgis", str(package), *portal, *trust, *options]

    def __call__(
        self, package: Path, *options: str, login: dict[str, str] | None = None
    ) -> Finished:
        """Run it to its end; whatever it prints or leaves at home holds no secret."""
        return self._finish(self._start(package, options, login))

    def stopped(self, package: Path, *options: str, at: Callable[[Call], bool]) -> Finished:
        """Run it and press Ctrl-C when the portal sees a certain call."""
        process = self._start(package, options, None)

        def watch(call: Call) -> None:
            if at(call):
                os.kill(process.pid or 0, signal.SIGINT)

        self.portal.watch = watch
        return self._finish(process)

    def stopped_when(self, package: Path, *options: str, reached: Callable[[], object]) -> Finished:
        """Run it and press Ctrl-C once, when this returns."""
        process = self._start(package, options, None)
        connection = reached()
        os.kill(process.pid or 0, signal.SIGINT)
        finished = self._finish(process)
        del connection
        return finished

    def from_scratch(self, package: Path, *options: str, login: dict[str, str]) -> Finished:
        """Run it in a process that has imported nothing yet."""
        finished = subprocess.run(
            [sys.executable, "-m", "camp_detector_core", *self.words(package, options)],
            env=self._environment(login), cwd=self.home, text=True, stdin=subprocess.DEVNULL,
            capture_output=True, check=False, timeout=280,
        )  # fmt: skip
        return self._looked_through(finished.returncode, finished.stdout, finished.stderr)

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        strange = ("CAMP_DETECTOR", "ESRI_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        plain_variables = {k: v for k, v in os.environ.items() if not k.upper().startswith(strange)}
        return {**plain_variables, "HOME": str(self.home), "PYTHONPATH": str(ROOT), **variables}

    def _start(
        self, package: Path, options: tuple[str, ...], login: dict[str, str] | None
    ) -> ForkServerProcess:
        variables = self._environment(BY_PASSWORD if login is None else login)
        words = self.words(package, options)
        return start(words, variables, self.home, self.out, self.err)

    def _finish(self, process: ForkServerProcess) -> Finished:
        process.join(240)
        assert process.exitcode is not None, "the command does not end"
        return self._looked_through(
            process.exitcode,
            self.out.read_text(encoding="utf-8"),
            self.err.read_text(encoding="utf-8"),
        )

    def _looked_through(self, code: int, out: str, err: str) -> Finished:
        left = (p for p in self.home.rglob("*") if p.is_file())
        outputs = "".join([out, err, *(p.read_text(errors="replace") for p in left)])
        for secret in self.secrets:
            assert secret not in outputs
        return subprocess.CompletedProcess([], code, out, err)


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


def error_of(finished: Finished) -> str:
    """The one line that a failed run says."""
    assert finished.returncode == 2, finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr
    lines = [line for line in finished.stderr.splitlines() if not line.startswith("note: ")]
    assert len(lines) == 1, finished.stderr
    assert lines[0].startswith("error: ")
    return lines[0]
