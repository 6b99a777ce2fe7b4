"""The toolbox as an analyst unpacks it, and a stand-in for ArcGIS Pro that runs it."""

from __future__ import annotations

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
