"""A package finds in ArcGIS' tiles what `camp-detector detect` finds in the whole raster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from camp_detector_core.engine.grid import Window
from camp_detector_core.esri.dlpk import create_dlpk
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.raster import SourceOptions, open_source
from camp_detector_core.scene.__main__ import main as draw
from tests.esri.host.arcgis import open_package
from tests.esri.host.raster import HostRaster
from tests.esri.scenes import doubles, polygons_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry import Polygon

    from tests.esri.host.arcgis import ArcGISHost, Outcome

MOST = 0.001
"""Share of the area in which both may differ."""


def raster_of(image: str) -> HostRaster:
    """An image on the grid of the shipped model, as ArcGIS makes it from the cell size."""
    spec = open_model(default_model_path()).spec
    with open_source([image], spec, SourceOptions()) as source:
        grid = source.grid
        pixels, valid = source.read(Window(0, 0, *grid.shape))
    t = grid.transform
    epsg = rasterio.crs.CRS.from_wkt(grid.crs_wkt).to_epsg()
    return HostRaster(pixels, valid, cell=(t.a, -t.e), origin=(t.c, t.f), epsg=epsg)


def through_arcgis(
    raster: HostRaster, home: Path, host: ArcGISHost, *ways: dict[str, Any]
) -> list[tuple[Outcome, Outcome]]:
    """Run Detect Objects and Classify Pixels over a raster, in each way of running them."""
    packages_opened = {}
    for kind in ("detect", "classify"):
        path = create_dlpk(default_model_path(), home / f"camp-{kind}.dlpk", kind=kind)
        packages_opened[kind] = open_package(path, home)
    runs = [
        package.run(role=kind, raster="it", shuffled=3, fill="garbage", **way)
        for way in ways
        for kind, package in packages_opened.items()
    ]
    outcomes = host.go(*runs, rasters={"it": raster})
    return [(outcomes[i], outcomes[i + 1]) for i in range(0, len(outcomes), 2)]


def by_command(
    image: str, home: Path, camp: Callable[..., Any], *options: object
) -> tuple[list[Polygon], list[float], np.ndarray]:
    """Polygons, probabilities and classes of the command line."""
    out = home / "command.gpkg"
    code, _, err = camp("detect", image, "-o", out, "--mask", "--tile-size", 512, *options)
    assert code == 0, err
    table = pyogrio.raw.read(out)
    polygons = list(shapely.from_wkb(table[2]))
    names = list(table[0]["fields"])
    with rasterio.open(home / "command_mask.tif") as dataset:
        mask = dataset.read(1)
    return polygons, list(table[3][names.index("probability")]), mask


Expected = "tuple[list[Polygon], list[float], np.ndarray]"


def assert_same(outcome: Outcome, expected: Expected, *, cut: int = 0) -> None:
    """The same polygons; ``cut`` of the command's are larger than what a tile sees at once."""
    polygons, probabilities, _ = expected
    detected = polygons_of(outcome.features)
    assert outcome.report["tiles"] >= 4
    # Outlines are straightened one by one, so neighbours may overlap by a hair.
    assert doubles(detected, 0.1) == []
    difference = shapely.union_all(detected).symmetric_difference(shapely.union_all(polygons)).area
    assert difference < MOST * sum(p.area for p in polygons)
    if not cut:
        assert len(detected) == len(polygons) > 20
        confidence = sorted(f["attributes"]["Confidence"] for f in outcome.features)
        assert confidence == pytest.approx(sorted(100 * p for p in probabilities), abs=0.1)
    tree = shapely.STRtree(detected)
    parts = [
        [i for i in tree.query(p) if detected[i].intersection(p).area > 0.5 * detected[i].area]
        for p in polygons
    ]
    assert sum(len(inside) != 1 for inside in parts) == cut


def assert_same_classes(outcome: Outcome, mask: np.ndarray, top: int = 0, left: int = 0) -> None:
    classes = outcome.classes[top : top + mask.shape[0], left : left + mask.shape[1]]
    assert np.array_equal(classes, mask)


def test_real_imagery_gives_the_same_as_the_command(
    banepa: Path, tmp_path: Path, camp: Callable[..., Any], host: Callable[..., ArcGISHost]
) -> None:
    """With tiles of the default size, and with the smallest.

    The extent of the first is larger than the raster, so that four tiles meet in it. A patch of
    houses 110 m long is more than the smallest tiles see at once: they give it in parts.
    """
    image = str(banepa / "predict")
    raster = raster_of(image)
    before = 1440
    sides = [before + n for n in raster.valid.shape]
    usual = {"extent": [-before, -before, *sides]}
    smallest = {"arguments": {"batch_size": "1"}}
    (first, first_classes), (second, second_classes) = through_arcgis(
        raster, tmp_path, host(), usual, smallest
    )
    expected = by_command(image, tmp_path, camp)
    assert_same(first, expected)
    assert_same(second, expected, cut=1)
    assert 0 <= len(second.features) - len(expected[0]) <= 3
    assert_same_classes(first_classes, expected[2], before, before)
    assert_same_classes(second_classes, expected[2])


def test_a_drawn_camp_gives_the_same_as_the_command_with_other_settings(
    tmp_path: Path, camp: Callable[..., Any], host: Callable[..., ArcGISHost]
) -> None:
    options = ["--out", str(tmp_path / "scenes"), "--seed", "5", "--layout", "dense"]
    draw([*options, "--sun", "200", "50", "--size", "600"], standalone_mode=False)
    image = str(next((tmp_path / "scenes").rglob("*.tif")))
    raster = raster_of(image)
    way = {"arguments": {"batch_size": "1", "threshold": "0,5", "min_area": "6"}}
    ((detected, classified),) = through_arcgis(raster, tmp_path, host(arcpy="3.4"), way)
    expected = by_command(image, tmp_path, camp, "--threshold", 0.5, "--min-area", 6)
    assert_same(detected, expected)
    assert_same_classes(classified, expected[2])
