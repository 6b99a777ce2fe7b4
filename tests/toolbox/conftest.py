"""The toolbox as an analyst unpacks it, and a stand-in for ArcGIS Pro that runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esri_toolbox.build import model_files, toolbox_files
from tests.support.models import write_model
from tests.toolbox.dialog import Dialog, load_pyt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

STANDIN = Path(__file__).parent / "standin"
PYTHON = Path("/usr/bin/python3")
RUNNER = Path(__file__).parent / "run_tool.py"


def unpack(folder: Path, files: dict[str, bytes]) -> Path:
    """Write the files of the toolbox into a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model as both packages."""
    folder = tmp_path_factory.mktemp("packages")
    model = write_model(folder / "tiny.onnx", threshold=0.4, min_area=3.0)
    return unpack(folder, model_files(model))


@pytest.fixture(scope="session")
def toolbox(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Path:
    """The folder of the toolbox, with the tiny model in place of the one that ships."""
    folder = unpack(tmp_path_factory.mktemp("toolbox"), toolbox_files())
    for package in packages.glob("*.dlpk"):
        (folder / package.name).write_bytes(package.read_bytes())
    return folder


@pytest.fixture
def arcpy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The stand-in, with nothing done yet; models are installed into a folder of the test."""
    monkeypatch.syspath_prepend(str(STANDIN))
    monkeypatch.setenv("CAMP_DETECTOR_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("CAMP_DETECTOR_VERBOSE", raising=False)
    import arcpy as arcpy_module

    yield arcpy_module
    for name in [n for n in sys.modules if n == "arcpy" or n.startswith("arcpy.")]:
        del sys.modules[name]


@pytest.fixture
def dialog(arcpy: ModuleType, toolbox: Path) -> Callable[[str], Dialog]:
    """Open the dialog of a tool."""
    module: Any = load_pyt(toolbox)
    return lambda tool: Dialog(getattr(module, tool)(), arcpy)


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ONNX Runtime alone, which the system's Python can import from."""
    import onnxruntime

    folder = tmp_path_factory.mktemp("libraries")
    home = Path(onnxruntime.__file__).parents[1]
    for name in ("onnxruntime", "flatbuffers", "google", "packaging"):
        if (home / name).exists():
            (folder / name).symlink_to(home / name)
    return folder


def runs(python: Path, code: str, *path: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    return (
        python.exists()
        and subprocess.run(
            [python, "-s", "-c", code], capture_output=True, check=False, env=environment
        ).returncode
        == 0
    )


@pytest.fixture
def tool(toolbox: Path, libraries: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run a tool where Image Analyst is not licensed, unless ``state`` says otherwise."""
    if not runs(PYTHON, "from osgeo import gdal, gdal_array"):
        pytest.skip("the system's Python has no GDAL: sudo apt-get install python3-gdal")
    if not runs(PYTHON, "import onnxruntime", libraries):
        pytest.skip(f"ONNX Runtime of Python {sys.version_info[:2]} does not load in the system's")

    def run(name: str, path: Path | None = libraries, **job: Any) -> dict[str, Any]:
        state = {"licence": "NotLicensed", **job.pop("state", {})}
        text = {
            "toolbox": str(toolbox), "tool": name, "path": [str(path)] if path else [],
            "state": state, **job,
        }  # fmt: skip
        (tmp_path / "job.json").write_text(json.dumps(text), encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GDAL"))}
        environment["CAMP_DETECTOR_MODELS"] = str(tmp_path / "models")
        process = subprocess.run(
            [PYTHON, "-s", RUNNER, tmp_path / "job.json"],
            capture_output=True, text=True, check=False, env=environment, cwd=tmp_path,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr
        result: dict[str, Any] = json.loads(process.stdout)
        return result

    return run


def messages_of(result: dict[str, Any], kind: str) -> list[str]:
    """The messages of one kind of a run of `tool`."""
    return [text for message_kind, text in result["messages"] if message_kind == kind]
