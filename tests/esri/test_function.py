"""The function itself, where what must be shown cannot be seen from the outside of a process."""

from __future__ import annotations

import importlib.util
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from tests.esri.host.arcgis import Opened


@pytest.fixture
def opened(workshop: Callable[..., Opened]) -> Opened:
    return workshop("detect")


@pytest.fixture
def module(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The function's file, executed here; its engine is forgotten afterwards."""
    spec = importlib.util.spec_from_file_location(
        "function", opened.folder / "RefugeeCampDetector.py"
    )
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec.loader.exec_module(found)
    yield found
    for name in [n for n in sys.modules if n.startswith("rcd_engine_")]:
        del sys.modules[name]


def test_tiles_have_a_detector_whatever_else_is_asked_meanwhile(
    module: ModuleType, opened: Opened
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
    function.initialize(model=str(opened.emd), device=-1)
    function.getConfiguration()
    assert function._ready() is not None
    threads[0].join()


def test_a_change_of_the_raster_waits_for_the_detector_that_is_being_made(
    module: ModuleType, opened: Opened
) -> None:
    """Else the detector for the earlier cell size would be kept for the later one."""
    info = {"bandCount": 3, "pixelType": "u1", "spatialReference": 32645}
    threads: list[threading.Thread] = []

    class Watched(module.RefugeeCampDetector):  # type: ignore[misc, name-defined]
        def _made(self) -> Any:
            detector = super()._made()
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
    function.initialize(model=str(opened.emd), device=-1)
    function.getConfiguration(min_area="4")
    function.updateRasterInfo(raster_info={**info, "cellSize": (0.5, 0.5)}, output_info={})
    assert function._ready()._least == 16
    threads[0].join()
    assert function._ready()._least == 64
