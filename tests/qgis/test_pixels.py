"""Pixels of a layer: choice, position and validity."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine
from rasterio.warp import transform_geom

from camp_detector_core.georaster.xyz import transform_of
from tests.support.qgis_ground import (
    Ground,
    box,
    drawn_ground,
    png_of,
    polygon_file,
    rows,
    same,
    same_pixels,
)
from tests.support.rasters import NORTH, WEST, rgb_of, write_raster
from tests.support.tile_server import TileServer
from tests.support.wcs_server import WcsServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT, CLASSIFY = "campdetector:detectdwellings", "campdetector:classifypixels"
SUMMARISE = "campdetector:summarisecamp"
ZOOM, TILE, X, Y = 18, 256, 193348, 110121
COLORS = [
    [200, 100, 50, 128], [255, 0, 7, 128], [130, 129, 128, 128], [9, 99, 199, 1],
    [250, 120, 3, 40], [1, 2, 3, 254], [77, 177, 255, 255], [128, 64, 32, 200],
]  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return drawn_ground(tmp_path_factory.mktemp("pixels"))


def undefined(path: Path, ring: list[tuple[float, float]], srs: int) -> Path:
    """A GeoPackage of a polygon in coordinates that lie nowhere by a number of its format."""
    import pyogrio.raw
    import shapely

    shape = np.array([shapely.to_wkb(shapely.Polygon(ring))], object)
    names = np.array(["one"], object)
    pyogrio.raw.write(
        path, shape, [names], ["name"], geometry_type="Polygon", crs="EPSG:32645", driver="GPKG"
    )
    with closing(sqlite3.connect(path)) as file:
        wkt = 'LOCAL_CS["Undefined Cartesian SRS",UNIT["metre",1]]'
        file.execute(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            ("undefined", srs, "NONE", srs, wkt, None),
        )
        file.execute("UPDATE gpkg_contents SET srs_id = ?", (srs,))
        file.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (srs,))
        file.commit()
    return path


def virtual(path: Path, side: float, shape: tuple[int, int], *, tall: float = 1.0) -> Any:
    """A virtual layer of a file's first band, whose pixels are so many times as high as wide."""
    height, width = shape
    extent = f"{WEST},{NORTH - height * side * tall},{WEST + width * side},{NORTH}"
    return {
        "layer": [
            (
                f"?crs=EPSG:32645&extent={extent}&width={width}&height={height}"
                f"&formula=%22camp@1%22&camp:uri={path}&camp:provider=gdal"
            ),
            "virtual",
            "virtualraster",
        ]
    }


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder, height, width = ground.folder, *ground.camp.shape
    ring = box(3.1, 61.1, 52.2, 4.2)
    turned = transform_geom(
        "EPSG:32645", "EPSG:4326", {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    )
    corners = turned["coordinates"][0][:-1]
    masks = {
        "metres": polygon_file(folder / "metres.geojson", ring),
        "degrees": polygon_file(folder / "degrees.geojson", corners, crs="EPSG:4326"),
        **{
            str(srs): undefined(folder / f"srs{abs(srs)}.gpkg", ring, srs) for srs in (-1, 0, 99999)
        },
    }
    # Colours that come back as they were from being multiplied by an alpha of 128.
    whole = np.arange(256)
    exact = whole[np.rint(np.rint(whole * 128 / 255) * 255 / 128) == whole]
    near = exact[(exact > 120) & (exact < 136)]
    rng = np.random.default_rng(3)
    colors = rng.choice(exact, (3, TILE, TILE)).astype(np.uint8)
    colors[0] = rng.choice(near, (TILE // 8, TILE // 8)).repeat(8, 0).repeat(8, 1)
    clear = np.concatenate([colors, np.full((1, TILE, TILE), 128, np.uint8)])
    place = transform_of(X, Y, ZOOM, side=TILE)
    side = TILE * place.a
    write_raster(folder / "colors.tif", colors, crs="EPSG:3857", transform=Affine(*place))
    holes = rgb_of(ground.camp)
    holes[:, 40:90, 50:110] = 255
    holed = write_raster(folder / "holes.tif", holes, nodata=255)
    sides = {
        name: write_raster(folder / f"{name}.tif", rgb_of(ground.camp), gsd=gsd)
        for name, gsd in (("coarser", 0.65), ("finer", 0.35))
    }
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model), "OUTPUT": "memory:"}
    bands = {"BANDS": "1,1,1", "STRETCH": "0,255"}
    own = virtual(ground.raster, 0.5, (height, width))
    # 0.3 of a pixel beside the edge of pixels, on each side.
    beside = f"{WEST + 10.15},{WEST + 70.15},{NORTH - 60.15},{NORTH - 5.15} [EPSG:32645]"

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, **params}}

    def pixels(name: str, source: Any, **params: Any) -> dict[str, Any]:
        parameters = {**base, "INPUT": source, "CLASSES": str(folder / f"{name}-c.tif"), **params}
        return {"op": "run", "alg": CLASSIFY, "params": {**parameters, **bands}}

    def check(source: Any, **params: Any) -> dict[str, Any]:
        return {"op": "check", "alg": DETECT, "params": {**base, "INPUT": source, **params}}

    with TileServer({(X, Y, ZOOM): png_of(clear)}) as tiles, WcsServer(holed) as coverage:
        xyz = f"type=xyz&url={tiles.template}&zmin={ZOOM}&zmax={ZOOM}"
        extent = f"{place.c},{place.c + side},{place.f - side},{place.f} [EPSG:3857]"
        steps: dict[str, dict[str, Any]] = {
            "clear": detect(
                INPUT={"layer": [xyz, "XYZ", "wms"]}, EXTENT=extent,
                PROBABILITY=str(folder / "clear.tif"),
            ),
            "multiplied": {"op": "multiplied", "colors": COLORS},
            **{f"inside {name}": detect(MASK=str(path)) for name, path in masks.items()},
            "moved": detect(
                INPUT={"layer": [str(ground.raster), "camp", "gdal"], "crs": "EPSG:32646"},
                CLASSES=str(folder / "moved.tif"),
            ),
            "unmoved": detect(),
            "beside": detect(INPUT=own, EXTENT=beside, **bands),
            "file beside": detect(EXTENT=beside, **bands),
            "coarser": pixels("coarser", virtual(sides["coarser"], 0.65, (height, width))),
            "finer": pixels("finer", virtual(sides["finer"], 0.35, (height, width))),
            "asked": pixels("asked", own, RESOLUTION=0.525),
            "nearly": pixels("nearly", own, RESOLUTION=0.504),
            "check deep": check(
                {"layer": [xyz.replace("zmin=18", "zmin=14"), "deep", "wms"]}, EXTENT=extent
            ),
            "check tall": check(virtual(ground.raster, 0.5, (7, 170), tall=20.0), **bands),
            "coverage": detect(INPUT={"layer": coverage.layer}, BANDS="1,2,3"),
            "holes": detect(INPUT=str(holed)),
            "stopped in a tile": {
                "op": "stopped_in_a_tile", "alg": DETECT, "at": 11,
                "params": {**base, "TTA": True},
            },
            "stopped in a read": {"op": "stopped_in_a_read"},
            "read only": {
                "op": "read_only", "alg": SUMMARISE, "output": "OUTPUT", "name": "s.gpkg",
                "params": {
                    "INPUT": {"wkt": "Polygon EMPTY", "kind": "Polygon", "crs": "EPSG:32645"},
                },
            },
        }  # fmt: skip
        answers = qgis.python("probes.py", list(steps.values()))
    assert coverage.requests
    return dict(zip(steps, answers, strict=True))


def side_of(path: Path) -> float:
    with rasterio.open(path) as raster:
        side: float = raster.transform.a
    return side


def test_half_clear_tiles_have_the_colours_that_were_drawn(
    results: dict[str, Any], ground: Ground
) -> None:
    ground_truth = ground.detect("colors", ground.folder / "colors.tif")
    same_pixels(ground.folder / "clear.tif", ground.folder / "cli-colors_probability.tif")
    same(results["clear"], ground_truth, digits=1e-9)


def test_colours_that_alpha_was_multiplied_into_are_those_before(results: dict[str, Any]) -> None:
    answer = results["multiplied"]
    for color, original, read in zip(COLORS, answer["made"], answer["read"], strict=True):
        alpha = color[3]
        assert read[3] == alpha
        assert np.abs(np.subtract(read[:3], np.multiply(original, 255 / alpha))).max() < 0.501
        if alpha > 100:
            assert np.abs(np.subtract(read, color)).max() <= 1


@pytest.mark.parametrize("crs", ["degrees", "-1", "0", "99999"])
def test_a_mask_bounds_the_same_ground_in_any_crs_and_in_none(
    results: dict[str, Any], crs: str
) -> None:
    assert len(rows(results["inside metres"])) > 5
    assert rows(results["inside metres"]) != rows(results["unmoved"])
    assert rows(results[f"inside {crs}"]) == rows(results["inside metres"])


def test_the_crs_that_the_user_gave_counts(results: dict[str, Any], ground: Ground) -> None:
    assert results["moved"]["results"]["OUTPUT"]["crs"] == "EPSG:32646"
    assert results["unmoved"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"
    for moved, unmoved in zip(rows(results["moved"]), rows(results["unmoved"]), strict=True):
        # On the ground of another zone; how PROJ rounds differs between its releases.
        assert moved.pop("area_m2") == pytest.approx(unmoved.pop("area_m2"), rel=1e-9)
        assert moved == unmoved
    with rasterio.open(ground.folder / "moved.tif") as raster:
        assert raster.crs.to_epsg() == 32646
        assert tuple(raster.bounds) == (WEST, NORTH - 75, WEST + 85, NORTH)


def test_own_pixels_are_taken_where_the_extent_begins_within_one(results: dict[str, Any]) -> None:
    assert len(rows(results["beside"])) > 5
    assert rows(results["beside"]) == rows(results["file beside"])


def test_pixels_far_from_what_is_wanted_are_resampled(
    results: dict[str, Any], ground: Ground
) -> None:
    sides = {}
    for name in ("coarser", "finer", "asked", "nearly"):
        assert "error" not in results[name], results[name]
        sides[name] = round(side_of(ground.folder / f"{name}-c.tif"), 4)
    assert sides == {"coarser": 0.5, "finer": 0.5, "asked": 0.525, "nearly": 0.5}


def test_the_finest_pixels_say_whether_a_layer_is_too_coarse(results: dict[str, Any]) -> None:
    assert results["check deep"]["ok"] is True, results["check deep"]
    assert "virtual has pixels of 10 m at best" in results["check tall"]["message"]


def test_what_a_coverage_calls_nodata_is_no_ground(results: dict[str, Any]) -> None:
    assert len(rows(results["holes"])) > 5
    assert rows(results["coverage"]) == rows(results["holes"])
    assert any("% of the imagery is empty" in w for w in results["coverage"]["warnings"])


def test_a_model_is_not_asked_again_once_the_user_stops(results: dict[str, Any]) -> None:
    stopped = results["stopped in a tile"]
    assert (stopped["before"], stopped["after"]) == (11, 0)
    assert "Stopped; nothing was written." in stopped["infos"]


def test_what_came_before_a_stop_is_no_picture(results: dict[str, Any]) -> None:
    assert results["stopped in a read"]["raised"] == "Cancelled"


def test_a_folder_that_may_not_be_written_to_is_told_before_the_work(
    results: dict[str, Any],
) -> None:
    answer = results["read only"]
    if not answer["refused"]:
        pytest.skip("this user may write to every folder")
    assert answer["ok"] is False
    assert "Nothing may be written to" in answer["message"]
    assert "choose another folder" in answer["message"]
