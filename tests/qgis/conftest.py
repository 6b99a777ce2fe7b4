"""A real QGIS with the plugin as it is installed from its zip file, in a profile of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from camp_detector_core.model_file import default_model_path
from qgis_plugin.build import build

PYTHON = Path(os.environ.get("QGIS_PYTHON", "/usr/bin/python3"))
"""QGIS' own."""
QGIS_PROCESS = Path("/usr/bin/qgis_process.bin")
"""The wrapper of Debian's 3.22 passes an option that this one refuses."""
INSIDE = Path(__file__).resolve().parent / "inside"
NEEDS = ("onnxruntime", "flatbuffers", "google", "packaging")
"""Packages that ONNX Runtime imports besides numpy."""
_LIMIT = 240
"""Seconds after which QGIS is taken to hang."""


def missing(reason: str) -> None:
    """Skip; where CI runs, fail instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}: CI must have it")
    pytest.skip(f"{reason}: sudo apt-get install qgis python3-qgis xvfb")


@dataclass(frozen=True)
class Qgis:
    """A QGIS with a fresh profile, in which the plugin is installed."""

    profile: Path
    libraries: Path

    @property
    def plugins(self) -> Path:
        """Folder of the plugins."""
        return self.profile / "python" / "plugins"

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of a process: without ours, without windows, with ONNX Runtime.

        Its cache is new. QGIS keeps answers by their addresses, and an earlier test's server may
        have had the same port.
        """
        prefixes = ("PYTHON", "GDAL", "QT", "VIRTUAL_ENV")
        own = {k: v for k, v in os.environ.items() if not k.startswith(prefixes)}
        # The Python in QGIS looks for its library beside the first `python3` there, which must not
        # be that of an environment: this one, or another that the shell has activated.
        folders = [
            folder
            for folder in own.get("PATH", os.defpath).split(os.pathsep)
            if not Path(folder, "..", "pyvenv.cfg").is_file()
        ]
        return {
            **own,
            "PATH": os.pathsep.join(folders),
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(self.libraries),
            "QGIS_CUSTOM_CONFIG_PATH": str(self.profile.parents[1]),
            "XDG_RUNTIME_DIR": str(self.profile),
            "XDG_CONFIG_HOME": str(self.profile),
            "XDG_CACHE_HOME": tempfile.mkdtemp(prefix="cache-", dir=self.profile),
            **more,
        }

    def python(self, script: str, request: Any, *, limit: int = _LIMIT, **environment: str) -> Any:
        """Run a script of ``inside`` in QGIS' Python: a request in JSON in, the last line out."""
        request_file = self.profile / "request.json"
        request_file.write_text(json.dumps(request), encoding="utf-8")
        process = subprocess.run(
            [PYTHON, "-s", INSIDE / script, self.profile, request_file],
            capture_output=True, text=True, check=False, timeout=limit,
            env=self.environment(**environment), cwd=self.profile,
        )  # fmt: skip
        assert process.returncode == 0, f"{process.stdout[-3000:]}\n{process.stderr[-5000:]}"
        return json.loads(process.stdout.splitlines()[-1])

    def window(self, script: str, request: Any, answer_file: Path, **environment: str) -> Any:
        """Run a script of ``inside`` in QGIS' window under Xvfb: what it wrote into a file."""
        request_file = self.profile / "request.json"
        request_file.write_text(json.dumps(request), encoding="utf-8")
        variables = self.environment(CAMP_DETECTOR_TEST=str(request_file), **environment)
        variables["PYTHONPATH"] += f"{os.pathsep}{INSIDE}"  # such a script has no folder of its own
        variables.pop("QT_QPA_PLATFORM")
        process = subprocess.run(
            [
                "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "/usr/bin/qgis", "--nologo",
                "--noversioncheck", "--profiles-path", str(self.profile.parents[1]),
                "--profile", "default", "--code", str(INSIDE / script),
            ],
            capture_output=True, text=True, check=False, env=variables, timeout=240,
        )  # fmt: skip
        assert answer_file.exists(), process.stderr[-3000:]
        answer = json.loads(answer_file.read_text(encoding="utf-8"))
        assert "error" not in answer, answer["error"]
        return answer

    def process(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run qgis_process."""
        return subprocess.run(
            [QGIS_PROCESS, *map(str, words)],
            capture_output=True, text=True, check=False, timeout=_LIMIT,
            env=self.environment(), cwd=self.profile,
        )  # fmt: skip


@pytest.fixture(scope="session")
def qgis_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ONNX Runtime of this environment for QGIS' Python, beside that one's own numpy."""
    has_qgis = (
        PYTHON.exists()
        and not subprocess.run(
            [PYTHON, "-s", "-c", "import qgis.core, qgis.gui"], capture_output=True, check=False
        ).returncode
    )
    if not has_qgis:
        missing("QGIS is not installed")
    folder = tmp_path_factory.mktemp("libraries")
    for name in NEEDS:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            (folder / name).symlink_to(next(iter(spec.submodule_search_locations)))
    process = subprocess.run(
        [PYTHON, "-s", "-c", "import sys; sys.path[:0] = sys.argv[1:]; import onnxruntime", folder],
        capture_output=True, check=False,
    )  # fmt: skip
    if process.returncode:
        version = ".".join(map(str, sys.version_info[:2]))
        missing(f"QGIS' Python does not load the ONNX Runtime of Python {version}")
    return folder


@pytest.fixture(scope="session")
def plugin_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin as an analyst gets it."""
    return build(tmp_path_factory.mktemp("zip"), default_model_path())


@pytest.fixture(scope="session")
def qgis(plugin_zip: Path, qgis_libraries: Path, tmp_path_factory: pytest.TempPathFactory) -> Qgis:
    """One profile for all tests of a process that do not change it."""
    return install(plugin_zip, qgis_libraries, tmp_path_factory.mktemp("qgis"))


@pytest.fixture
def fresh_qgis(plugin_zip: Path, qgis_libraries: Path, tmp_path: Path) -> Qgis:
    """A profile for one test, where pictures are made under a name that a user would see."""
    pictures = os.environ.get("CAMP_DETECTOR_PICTURES")
    folder = Path(pictures, ".local/share/QGIS/QGIS3") if pictures else tmp_path / "qgis"
    shutil.rmtree(folder, ignore_errors=True)
    return install(plugin_zip, qgis_libraries, folder)


def install(plugin: Path, libraries: Path, folder: Path) -> Qgis:
    """Make a profile with the plugin, as the plugin manager would."""
    session = Qgis(folder / "profiles" / "default", libraries)
    session.plugins.mkdir(parents=True)
    session.profile.chmod(0o700)
    with zipfile.ZipFile(plugin) as archive:
        archive.extractall(session.plugins)  # our own file
    settings = session.profile / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir()
    settings.write_text(
        "[PythonPlugins]\ncamp_detector=true\nprocessing=true\n\n"
        "[qgis]\ncheckVersion=false\n\n[app]\n",
        encoding="utf-8",
    )
    return session


@pytest.fixture(scope="session")
def has_xvfb() -> None:
    """Xvfb and QGIS' window."""
    if not (shutil.which("xvfb-run") and Path("/usr/bin/qgis").exists()):
        missing("Xvfb or QGIS' window is not installed")
