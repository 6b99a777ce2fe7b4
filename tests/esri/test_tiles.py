"""Tiles give the dwellings of the raster, however ArcGIS cuts and hands them over."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from rasterio.features import shapes
from rasterio.transform import Affine
from shapely.affinity import translate

from tests.esri.scenes import (
    doubles,
    expected_classes,
    polygons_of,
    scene,
    suppressed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry import Polygon

    from tests.esri.host.arcgis import ArcGISHost, OpenPackage, Outcome
    from tests.esri.host.raster import HostRaster

SMALL = {"tile_size": "64", "padding": "8", "batch_size": "1"}
"""Tiles of one chip."""


def patches(raster: HostRaster) -> list[Polygon]:
    """The polygons of the white patches by GDAL."""
    white = expected_classes(raster) == 1
    place = Affine(raster.cell[0], 0, raster.origin[0], 0, -raster.cell[1], raster.origin[1])
    polygons = shapes(white.astype(np.uint8), mask=white, connectivity=4, transform=place)
    return [shapely.geometry.shape(geometry) for geometry, _ in polygons]


def assert_same_places(polygons: list[Polygon], expected: list[Polygon]) -> None:
    """One polygon for each patch, with its area; outlines may be straightened by a pixel."""
    assert len(polygons) == len(expected)
    assert doubles(polygons, 0.01) == []
    tree_of = shapely.STRtree(polygons) if polygons else None
    for patch in expected:
        (near,) = [
            i for i in tree_of.query(patch) if polygons[i].contains(patch.representative_point())
        ]
        assert polygons[near].area == pytest.approx(patch.area, rel=1e-6)


VARIANTS: list[tuple[str, tuple[int, int], dict[str, Any]]] = [
    ("as it comes", (130, 97), {}),
    ("one chip a tile", (130, 97), {"arguments": SMALL}),
    ("smaller than a tile", (7, 9), {}),
    ("one pixel high", (1, 70), {"arguments": SMALL}),
    ("numbers as floats", (130, 97), {"arguments": {"batch_size": "3.0", "padding": " 4.0 "}}),
    ("commas", (130, 97), {"arguments": {"threshold": "0,5"}, "defaults": "comma"}),
    ("nothing written", (130, 97), {"arguments": {"padding": "", "threshold": " "}}),
    ("nothing handed over", (130, 97), {"defaults": "omitted"}),
    ("unknown arguments", (130, 97), {"arguments": {"nms_overlap": "0.1"}}),
    ("no padding", (130, 97), {"arguments": {**SMALL, "padding": "0"}}),
    ("padding off the lattice", (130, 97), {"arguments": {**SMALL, "padding": "5"}}),
    ("batch of 7", (130, 97), {"arguments": {**SMALL, "batch_size": "7"}}),
    ("batch of 16, larger chips", (130, 97), {"arguments": {"tile_size": "96"}}),
    ("flips and turns", (130, 97), {"arguments": {"test_time_augmentation": " True"}}),
    ("garbage under the mask", (130, 97), {"arguments": SMALL, "fill": "garbage"}),
    ("the raster's own under the mask", (130, 97), {"arguments": SMALL, "fill": "keep"}),
    ("read-only blocks", (130, 97), {"arguments": SMALL, "blocks": "readonly"}),
    ("blocks with gaps", (130, 97), {"arguments": SMALL, "blocks": "strided"}),
    ("a mask for each band", (130, 97), {"arguments": SMALL, "per_band": True, "fill": "garbage"}),
    ("no axis of bands", (130, 97), {"arguments": SMALL, "flat": True}),
    ("shuffled, each twice", (130, 97), {"arguments": SMALL, "shuffled": 5, "repeated": True}),
    ("two threads", (130, 97), {"arguments": SMALL, "workers": 2, "shuffled": 9}),
    ("four threads, one object", (130, 97), {"arguments": SMALL, "workers": 4, "together": True}),
    ("definition as text", (130, 97), {"definition": "text"}),
    ("definition as text with a byte order mark", (130, 97), {"definition": "marked text"}),
    ("module that is registered", (130, 97), {"registered": True}),
    ("device as text", (130, 97), {"device": "-1"}),
    ("device as float", (130, 97), {"device": -1.0}),
    ("no device", (130, 97), {"device": None}),
]


@pytest.fixture(scope="module")
def rasters() -> dict[str, HostRaster]:
    sizes = {size for _, size, _ in VARIANTS}
    return {f"{h}x{w}": scene(h, w, nodata=0) for h, w in sizes}


def results(
    package: OpenPackage, host: ArcGISHost, rasters: dict[str, HostRaster], role: str
) -> list[tuple[str, HostRaster, Outcome]]:
    """All variants in one process."""
    runs = [
        package.run(role=role, raster=f"{size[0]}x{size[1]}", **choices)
        for _, size, choices in VARIANTS
    ]
    outcomes = host.go(*runs, rasters=rasters)
    names = [(name, rasters[f"{size[0]}x{size[1]}"]) for name, size, _ in VARIANTS]
    return [(*names[i], outcome) for i, outcome in enumerate(outcomes)]


def test_classes_are_those_of_the_raster_however_it_is_cut(
    workshop: Callable[..., OpenPackage],
    host: Callable[..., ArcGISHost],
    rasters: dict[str, HostRaster],
) -> None:
    package = workshop("classify")
    for name, raster, outcome in results(package, host(), rasters, "classify"):
        assert outcome.error is None, (name, outcome.error)
        np.testing.assert_array_equal(outcome.classes, expected_classes(raster), err_msg=name)


def test_each_dwelling_is_given_once_however_the_raster_is_cut(
    workshop: Callable[..., OpenPackage],
    host: Callable[..., ArcGISHost],
    rasters: dict[str, HostRaster],
) -> None:
    package = workshop("detect", server=True)
    tiles = {}
    for name, raster, outcome in results(package, host(arcpy="3.4"), rasters, "detect"):
        assert outcome.error is None, (name, outcome.error)
        polygons = polygons_of(outcome.features)
        assert_same_places(polygons, patches(raster))
        assert len(suppressed(outcome.features, 0.1)) == len(polygons)
        assert {f["attributes"]["Class"] for f in outcome.features} <= {"dwelling"}
        assert all(f["attributes"]["Confidence"] > 99 for f in outcome.features)
        tiles[name] = Counter(tuple(f["tile"]) for f in outcome.features)
    assert len(tiles["one chip a tile"]) >= 4  # so that edges of tiles were crossed


def test_an_empty_raster_gives_an_empty_table_and_no_class(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    raster = scene(70, 80)
    black = replace(raster, pixels=np.zeros_like(raster.pixels))
    void = replace(raster, valid=np.zeros_like(raster.valid))
    package = workshop("detect")
    runs = [
        package.run(role=role, raster=name, arguments=SMALL)
        for role in ("detect", "classify")
        for name in ("black", "void")
    ]
    outcomes = host().go(*runs, rasters={"black": black, "void": void})
    assert outcomes[0].features == outcomes[1].features == []
    assert set(np.unique(outcomes[2].classes)) == {0, 255}
    assert set(np.unique(outcomes[3].classes)) == {255}


@pytest.mark.parametrize("role", ["classify", "detect"])
def test_extents_off_the_grid_and_beyond_the_raster(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost], role: str
) -> None:
    """Dwellings are whole, and those whose middle lies in a tile of the extent are given."""
    raster = scene(130, 97)
    extents = [[-20, -30, 170, 160], [10.4, 5.7, 90, 80], [125, 90, 40, 50], [500, 500, 30, 30]]
    package = workshop("detect")
    runs = [
        package.run(role=role, raster="it", arguments=SMALL, extent=e, fill="garbage")
        for e in extents
    ]
    around = np.full((1100, 1100), 255, np.uint8)
    around[300:430, 300:397] = expected_classes(raster)
    for extent, outcome in zip(extents, host().go(*runs, rasters={"it": raster}), strict=True):
        top, left = (int(np.floor(v + 0.5)) + 300 for v in extent[:2])
        part = around[top : top + extent[2], left : left + extent[3]]
        if role == "classify":
            np.testing.assert_array_equal(outcome.classes, part)
            continue
        # Tiles are of full size, so the last ones go on beyond the extent.
        side = outcome.report["configuration"]["tx"]
        off = [(n - np.floor(n + 0.5)) * 0.5 for n in extent[:2]]
        polygons = [translate(p, -off[1], off[0]) for p in polygons_of(outcome.features)]
        expected = []
        for patch in patches(raster):
            left, low, right, high = patch.bounds
            middle = (3e6 - high + 3e6 - low) // 0.5 // 2, (left + right - 1e6) // 0.5 // 2
            inside = [
                0 <= middle[i] - np.floor(extent[i] + 0.5) < -(-extent[i + 2] // side) * side
                for i in range(2)
            ]
            expected += [patch] if all(inside) else []
        assert_same_places(polygons, expected)


def test_two_processes_give_what_one_gives(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    raster, package = scene(150, 140), workshop("detect")
    whole = package.run(role="detect", raster="it", arguments=SMALL)
    halves = [replace(whole, share=(i, 2)) for i in range(2)]
    started = [host().start([half], {"it": raster}) for half in halves]
    parts = [feature for s in started for feature in s.outcomes()[0].features]

    def key(feature: dict[str, Any]) -> str:
        return str(feature["geometry"])

    assert sorted(parts, key=key) == sorted(host().one(whole, raster).features, key=key)
    assert len(parts) == len(patches(raster))


def test_probabilities_of_the_likeliest_class(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    raster = scene(100, 90)
    raster.pixels[:, 80:90, 60:80] = 133  # 100 (133 / 255 - 0.5) is 2.157, whose sigmoid is 0.896
    arguments = {**SMALL, "return_probabilities": "True"}
    outcome = host().one(workshop("classify").run(arguments=arguments), raster)
    assert outcome.error is None
    assert outcome.report["nodata"] == [-1]
    assert outcome.report["metadata"] == ["Processed", "Probability"]
    pixels, classes = outcome.arrays["pixels"], expected_classes(raster)
    assert pixels.dtype == np.float32
    assert pixels[80:90, 60:80] == pytest.approx(0.896, abs=0.003)
    classes[80:90, 60:80] = 9
    assert (pixels[classes == 1] > 0.99).all()
    assert (pixels[classes == 0] < 0.01).all()
    assert (pixels[classes == 255] == -1).all()
    assert (outcome.arrays["mask"] == (classes != 255)).all()


@pytest.mark.parametrize(
    ("dtype", "bands", "nodata"),
    [("uint8", 1, 255), ("uint8", 4, None), ("uint16", 3, 0), ("int16", 3, -9999),
     ("float32", 3, float("nan")), ("float32", 4, -9999)],
)  # fmt: skip
def test_other_pixels_and_numbers_of_bands(
    workshop: Callable[..., OpenPackage],
    host: Callable[..., ArcGISHost],
    dtype: str,
    bands: int,
    nodata: float | None,
) -> None:
    names = ("red", "green", "blue")[: min(bands, 3)]
    package = workshop("detect", dtype=dtype, names=names)
    raster = scene(100, 90, bands=bands, dtype=dtype, nodata=nodata)
    if dtype == "float32":
        raster.pixels[0, 60:70, 50:60] = np.nan
        raster.pixels[1, 72:75, 50:60] = np.inf
    runs = [
        package.run(role=role, raster="it", arguments=SMALL, fill="nodata")
        for role in ("classify", "detect")
    ]
    classes, vectors = host().go(*runs, rasters={"it": raster})
    expected_raster = replace(raster, valid=raster.valid & np.isfinite(raster.pixels).all(axis=0))
    np.testing.assert_array_equal(classes.classes, expected_classes(expected_raster))
    assert_same_places(polygons_of(vectors.features), patches(expected_raster))


def test_values_are_those_of_the_definition_and_not_places_in_a_list(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    from camp_detector_core.engine.spec import ClassDef

    kinds = (ClassDef(7, "tent", "#112233"), ClassDef(3, "hut", "#FF0000"))
    package = workshop("classify", classes=kinds)
    raster = scene(100, 90)
    raster.pixels[:] = 0
    raster.pixels[0, 10:30, 10:40] = 255
    raster.pixels[1, 50:70, 45:75] = 255
    runs = [
        package.run(role=role, raster="it", arguments=SMALL, definition=d)
        for role, d in (("classify", "path"), ("detect", "text"))
    ]
    classes, vectors = host().go(*runs, rasters={"it": raster})
    assert classes.report["nodata"] == [255]
    assert classes.report["metadata"] == ["Thematic", "Class"]
    valid_classes = classes.classes[raster.valid]
    assert set(np.unique(valid_classes)) == {0, 3, 7}
    assert (classes.classes[50:70, 45:75] == 3).all()
    class_pairs = {
        (f["attributes"]["Class"], f["attributes"]["Classvalue"]) for f in vectors.features
    }
    assert class_pairs == {("tent", 7), ("hut", 3)}


def test_small_dwellings_are_left_out_by_their_area_on_the_ground(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    raster, package = scene(130, 97), workshop("detect")
    # 40 m2 are 160 pixels of 0.5 m, and 640 of 0.25 m.
    arguments = {**SMALL, "min_area": "40"}
    for cell in (0.5, 0.25):
        at = replace(raster, cell=(cell, cell))
        polygons = polygons_of(
            host().one(package.run(role="detect", arguments=arguments), at).features
        )
        areas_expected = [p.area for p in patches(at) if p.area >= 40]
        assert sorted(p.area for p in polygons) == pytest.approx(sorted(areas_expected))
        assert 0 < len(areas_expected) < len(patches(at))


def test_packages_in_one_process_share_the_engine_even_where_the_first_is_gone(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost], tmp_path: Path
) -> None:
    """ArcGIS unpacks into temporary folders, and one interpreter sees them come and go."""
    raster, second = scene(70, 80), workshop("classify", threshold=0.25)
    folder = Path(shutil.copytree(workshop("detect").folder, tmp_path / "first"))
    first = replace(workshop("detect"), folder=folder)
    runs = [
        first.run(role="validate", removed=True),
        second.run(raster="it", arguments=SMALL),
        workshop("classify").run(raster="it", arguments=SMALL),
    ]
    for outcome in host().go(*runs, rasters={"it": raster})[1:]:
        np.testing.assert_array_equal(outcome.classes, expected_classes(raster))
