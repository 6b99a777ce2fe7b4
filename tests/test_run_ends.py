"""A run that ends early closes what it opened, and is refused where it could give nothing."""

from __future__ import annotations

from copy import copy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.cli.errors import Stopped
from camp_detector_core.detection.request import Outputs
from camp_detector_core.engine.errors import ParameterError
from camp_detector_core.georaster import open as opening
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.source import PlacedSource
from camp_detector_core.outputs.output_set import Target
from camp_detector_core.raster import image_grid, open_source
from tests.support.models import tiny_spec
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path


def stop(*_: object) -> None:
    """Stand for a signal that comes at this moment."""
    raise KeyboardInterrupt


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[PlacedSource]:
    """The rasters that are closed."""
    sources: list[PlacedSource] = []
    close = PlacedSource.close

    def note(source: PlacedSource) -> None:
        sources.append(source)
        close(source)

    monkeypatch.setattr(PlacedSource, "close", note)
    return sources


def test_a_raster_is_closed_whatever_ends_its_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: list[PlacedSource]
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    monkeypatch.setattr(opening, "_keep_part", stop)
    with pytest.raises(KeyboardInterrupt):
        open_source([str(image)], tiny_spec(), SourceOptions())
    assert len(closed) == 1


def test_the_image_is_closed_where_no_raster_can_be_started_on_its_grid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: list[PlacedSource]
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    source = open_source([str(image)], tiny_spec(), SourceOptions())
    monkeypatch.setattr(image_grid, "place_source", lambda *_: source)
    monkeypatch.setattr(image_grid, "raster_sink", stop)
    target = Target(tmp_path / "o.tif", tmp_path / "t.tif", tmp_path)
    request = SimpleNamespace(images=(str(image),), source=SourceOptions())
    finding = SimpleNamespace(spec=tiny_spec())
    setup: Any = SimpleNamespace(request=request, finding=finding, library=None, source=source)
    with pytest.raises(KeyboardInterrupt):
        image_grid.ImageGridSink("mask", target, setup)
    assert closed == [source]


def test_a_grid_for_rasters_wants_a_raster(tmp_path: Path, model: Path, camp: Any) -> None:
    image, out = write_raster(tmp_path / "a.tif", rgb_of(scene())), tmp_path / "o.gpkg"
    code, _, err = camp("detect", image, "-m", model, "-o", out, "--grid", "image")
    sentence = "--grid image is for rasters, and none is asked for: add --probability or --mask"
    assert (code, err) == (2, f"error: {sentence}\n")
    with pytest.raises(ParameterError):
        Outputs(dwellings=out, grid="image")
    for name in ("probability", "mask"):
        assert Outputs.of({"out": out, name: True}).grid == "model"
        assert Outputs(grid="image", **{name: tmp_path / "r.tif"}).grid == "image"


def test_a_stop_keeps_its_signal_in_another_sentence() -> None:
    other = Stopped(number=15).with_sentence("stopped early")
    assert (str(other), other.code, copy(other).code) == ("stopped early", 143, 143)
