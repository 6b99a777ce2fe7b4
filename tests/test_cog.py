"""Scores and classes as Cloud-Optimized GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.env
import rasterio.shutil
from rasterio.transform import Affine

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.engine.grid import Grid, Shape, Transform, Window
from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.scores import to_classes
from camp_detector_core.engine.separation import Separation
from camp_detector_core.georaster.cog import raster_sink
from camp_detector_core.outputs.output_set import OutputSet
from camp_detector_core.raster import (
    RasterioCogs,
    gdal_env,
)
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, UTM, WEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


def scores_of(height: int, width: int) -> NDArray[np.uint8]:
    scores = np.random.default_rng(1).integers(0, 255, (1, height, width), dtype=np.uint8)
    scores[:, :50, :50] = 255
    return scores


def write_cogs(folder: Path, scores: NDArray[np.uint8], *, step: int) -> None:
    height, width = scores.shape[1:]
    grid = Grid(
        Shape(height, width),
        Transform(0.5, 0, WEST, 0, -0.5, NORTH),
        rasterio.crs.CRS.from_string(UTM).to_wkt(),
    )
    paths = [folder / "p.tif", folder / "m.tif"]
    with OutputSet(paths, overwrite=False) as outputs:
        targets = [outputs.target(p) for p in paths]
        with (
            raster_sink("probability", targets[0], grid, tiny_spec(), RasterioCogs()) as one,
            raster_sink("mask", targets[1], grid, tiny_spec(), RasterioCogs()) as other,
        ):
            for row in range(0, height, step):
                part = scores[:, row : row + step]
                window = Window(row, 0, part.shape[1], width)
                for sink in (one, other):
                    sink.write(window, part, to_classes(part, 0.5, [1]))
            one.finish()
            other.finish()
        assert not paths[0].exists()
        outputs.commit()


def test_cogs_hold_scores_and_classes(tmp_path: Path) -> None:
    scores = scores_of(1100, 700)
    write_cogs(tmp_path, scores, step=333)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.tif", "p.tif"]
    with rasterio.open(tmp_path / "p.tif") as dataset:
        assert np.array_equal(dataset.read(), scores)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.overviews(1) == [2, 4]
        assert dataset.block_shapes == [(512, 512)]
        assert dataset.nodata == 255
        assert dataset.scales[0] == pytest.approx(1 / 254)
        assert dataset.descriptions == ("probability of dwelling",)
        assert dataset.crs.to_epsg() == 32645
        assert dataset.transform == Affine(0.5, 0, WEST, 0, -0.5, NORTH)
        assert dataset.tags()["CAMP_DETECTOR_MODEL"] == "tiny-1.0"
    with rasterio.open(tmp_path / "m.tif") as dataset:
        expected = np.where(scores[0] == 255, 255, scores[0] >= 127)
        assert np.array_equal(dataset.read(1), expected)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.nodata == 255
        assert dataset.colormap(1)[1] == (227, 26, 28, 255)
        assert dataset.tags()["CLASS_1"] == "dwelling"


def test_a_cog_that_lost_pixels_is_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDAL may swallow a failed write; the sum over all pixels then differs."""
    copy = rasterio.shutil.copy

    def lossy(source: Path, destination: Path, **options: Any) -> None:
        copy(source, destination, **options)
        with rasterio.open(destination, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as dataset:
            dataset.write(
                np.zeros((1, 1, 1), np.uint8), window=rasterio.windows.Window(60, 60, 1, 1)
            )

    monkeypatch.setattr(rasterio.shutil, "copy", lossy)
    scores = scores_of(100, 100)
    scores[0, 60, 60] = 200
    with pytest.raises(OutputError, match=r"p\.tif.*cannot be read back"):
        write_cogs(tmp_path, scores, step=50)
    assert list(tmp_path.iterdir()) == []


def test_a_stored_probability_raster_gives_the_same_dwellings(tmp_path: Path) -> None:
    """All channels are kept, and the file says how they were used."""
    spec = tiny_spec(separation=Separation("border", 0.4, reach=3, min_seed=2))
    rng, shape = np.random.default_rng(2), Shape(90, 70)
    scores = rng.integers(0, 255, (2, *shape), dtype=np.uint8)
    classes = separate(scores, spec, row=0, col=0)
    grid = Grid(shape, Transform(0.5, 0, WEST, 0, -0.5, NORTH), None)
    paths = [tmp_path / "p.tif", tmp_path / "m.tif"]
    with OutputSet(paths, overwrite=False) as outputs:
        targets = [outputs.target(p) for p in paths]
        with (
            raster_sink("probability", targets[0], grid, spec, RasterioCogs()) as one,
            raster_sink("mask", targets[1], grid, spec, RasterioCogs()) as other,
        ):
            for sink in (one, other):
                sink.write(grid.window, scores, classes)
                sink.finish()
        outputs.commit()
    with rasterio.open(paths[0]) as dataset:
        assert dataset.descriptions == ("probability of dwelling", "probability of border")
        assert dataset.tags()["CAMP_DETECTOR_SEPARATION"] == (
            "method=border threshold=0.4 reach=3 min_seed=2"
        )
        separated = separate(dataset.read(), spec, row=0, col=0)
    with rasterio.open(paths[1]) as dataset:
        np.testing.assert_array_equal(dataset.read(1), separated)
    assert (separated != to_classes(scores, spec.threshold, [1])).any()
