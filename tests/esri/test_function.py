"""The function itself, where what must be shown cannot be seen from the outside of a process."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from tests.esri.host.arcgis import OpenPackage


@pytest.fixture
def open_package(workshop: Callable[..., OpenPackage]) -> OpenPackage:
    return workshop("detect")


def executed(folder: Path) -> ModuleType:
    """The function's file, executed here."""
    path = folder / "RefugeeCampDetector.py"
    spec = importlib.util.spec_from_file_location("function", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Engines that are loaded here are forgotten afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in [n for n in sys.modules if n.startswith("rcd_engine_")]:
        del sys.modules[name]


@pytest.fixture
def module(open_package: OpenPackage, forgotten: None) -> ModuleType:
    return executed(open_package.folder)


def test_a_function_whose_folder_is_gone_takes_the_engine_of_the_definition(
    open_package: OpenPackage, tmp_path: Path, forgotten: None
) -> None:
    """ArcGIS keeps the module and unpacks the package anew; nothing of the old folder stays."""
    functions = []
    for name in ("first", "second", "third"):
        shutil.copytree(open_package.folder, tmp_path / name)
        module = executed(tmp_path / name)
        functions.append(module.RefugeeCampDetector())
        functions[-1].initialize(model=str(tmp_path / name / open_package.emd.name))
        if name != "third":
            shutil.rmtree(tmp_path / name)
    engines = [p for p in sys.path if "rcd_engine_" in p]
    assert [Path(p).parent.name for p in engines] == ["third"]
    (package,) = [m for n, m in sys.modules.items() if re.fullmatch(r"rcd_engine_\w+", n)]
    assert [Path(p).parents[1].name for p in package.__path__] == ["third"]
    shutil.rmtree(tmp_path / "third")
    functions[-1].initialize(model=str(open_package.emd), device=-1)
    assert functions[-1]._ready() is not None
    functions[-1].initialize(model=open_package.emd.read_text(encoding="utf-8"), device=-1)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_function_refuses_the_engine_of_another_release(
    open_package: OpenPackage, tmp_path: Path, forgotten: None, *, is_replaced: bool
) -> None:
    """ArcGIS keeps the module, and the only engine that is left may have other modules."""
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        shutil.copytree(open_package.folder, folder)
    function = executed(own).RefugeeCampDetector()
    shutil.rmtree(own)
    (engine,) = other.glob("rcd_engine_*.zip")
    engine.unlink()
    with zipfile.ZipFile(other / "rcd_engine_0_0_9_00000000.zip", "w") as archive:
        archive.writestr("rcd_engine_0_0_9_00000000/__init__.py", "")
    if is_replaced:
        other.rename(own)
    home = own if is_replaced else other
    with pytest.raises(Exception, match="of another release than the function") as caught:
        function.initialize(model=str(home / open_package.emd.name))
    assert type(caught.value).__name__ == "CampDetectorProblem"
    assert str(caught.value).startswith(f"The engine in {home} is")
    assert str(caught.value).endswith(": start ArcGIS Pro again.")


def test_a_model_with_an_unusual_threshold_and_area_runs_with_them(
    workshop: Callable[..., OpenPackage], forgotten: None
) -> None:
    """Its smallest dwelling is larger than what a user may ask of other models."""
    unusual = workshop("detect", threshold=0.0005, min_area=2e6)
    function = executed(unusual.folder).RefugeeCampDetector()
    function.initialize(model=str(unusual.emd), device=-1)
    for values in ({}, {"threshold": "", "min_area": None}, {"threshold": "0.0005"}):
        function.getConfiguration(**values)
        arguments = function._arguments
        assert (arguments["threshold"], arguments["min_area"]) == (0.0005, 2e6)


def test_tiles_have_a_detector_whatever_else_is_asked_meanwhile(
    module: ModuleType, open_package: OpenPackage
) -> None:
    """Another thread changes the arguments just when the detector is there."""
    threads: list[threading.Thread] = []

    class Watched(module.RefugeeCampDetector):  # type: ignore[misc, name-defined]
        @property
        def _detector(self) -> Any:
            return self.__dict__["kept"]

        @_detector.setter
        def _detector(self, value: Any) -> None:
            self.__dict__["kept"] = value
            if value is not None and not threads:
                threads.append(threading.Thread(target=self.getConfiguration))
                threads[0].start()
                threads[0].join(0.5)

    function = Watched()
    function.initialize(model=str(open_package.emd), device=-1)
    function.getConfiguration()
    assert function._ready() is not None
    threads[0].join()


def test_a_change_of_the_raster_waits_for_the_detector_that_is_being_made(
    module: ModuleType, open_package: OpenPackage
) -> None:
    """Else the detector for the earlier cell size would be kept for the later one."""
    info = {"bandCount": 3, "pixelType": "u1", "spatialReference": 32645}
    threads: list[threading.Thread] = []

    class Watched(module.RefugeeCampDetector):  # type: ignore[misc, name-defined]
        def _open_detector(self) -> Any:
            detector = super()._open_detector()
            if not threads:
                raster = {**info, "cellSize": (0.25, 0.25)}
                threads.append(
                    threading.Thread(
                        target=lambda: self.updateRasterInfo(raster_info=raster, output_info={})
                    )
                )
                threads[0].start()
                threads[0].join(0.5)
            return detector

    function = Watched()
    function.initialize(model=str(open_package.emd), device=-1)
    function.getConfiguration(min_area="4")
    function.updateRasterInfo(raster_info={**info, "cellSize": (0.5, 0.5)}, output_info={})
    assert function._ready()._min_pixels == 16
    threads[0].join()
    assert function._ready()._min_pixels == 64


def test_a_definition_that_the_engine_refuses_is_told_in_the_words_of_the_function(
    module: ModuleType, open_package: OpenPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = module._engine("errors").SpecError("tiles do not fit", remedy="give {tile_size}")

    def refuse(_: object) -> None:
        raise error

    monkeypatch.setattr(module._engine("spec").ModelSpec, "from_dict", refuse)
    (emd,) = open_package.folder.glob("*.emd")
    with pytest.raises(module.CampDetectorProblem, match=r"fit: give the argument tile_size\.$"):
        module.RefugeeCampDetector().initialize(model=str(emd))
