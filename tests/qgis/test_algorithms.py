"""The algorithms in a real QGIS, through `processing.run` and QGIS' own tasks.

Starting QGIS takes seconds, so one process does many things, and the tests look at what came out.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from rasterio.transform import Affine

from camp_detector_core import report as theirs
from camp_detector_core.demo import draw_camp
from camp_detector_core.georaster.xyz import transform_of
from qgis_plugin.doubts import HUGE
from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.qgis_ground import (
    Ground,
    box,
    png_of,
    polygon_file,
    rows,
    same,
    same_pixels,
    shapes,
)
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster
from tests.support.tile_server import TileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT, CLASSIFY = "campdetector:detectdwellings", "campdetector:classifypixels"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
INFORMATION = "campdetector:modelinformation"
ZOOM, TILE = 18, 256
X, Y = 193348, 110121
"""A tile of zoom 18 at 27.6 degrees north, whose pixels are 0.53 m on the ground."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("ground")
    found = scene()
    model = write_model(folder / "tiny.onnx")
    return Ground(folder, model, write_raster(folder / "camp.tif", rgb_of(found)), found)


@pytest.fixture(scope="module")
def tiles(ground: Ground) -> Iterator[tuple[TileServer, Path]]:
    """A server of four map tiles, and a raster with the same pixels."""
    found = scene(2 * TILE, 2 * TILE, seed=5)
    pixels = rgb_of(found, seed=5)
    served = {}
    for row in range(2):
        for col in range(2):
            part = pixels[:, row * TILE : (row + 1) * TILE, col * TILE : (col + 1) * TILE]
            served[X + col, Y + row, ZOOM] = png_of(part)
    place = transform_of(X, Y, ZOOM, side=TILE)
    image = write_raster(
        ground.folder / "tiles.tif", pixels, crs="EPSG:3857", transform=Affine(*place)
    )
    with TileServer(served) as server:
        yield server, image


@pytest.fixture(scope="module")
def done(qgis: Qgis, ground: Ground, tiles: tuple[TileServer, Path]) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder, server = ground.folder, tiles[0]
    pixels = rgb_of(ground.found)
    one_band = write_raster(folder / "one.tif", pixels[:1])
    degrees = write_raster(
        folder / "degrees.tif", pixels, crs="EPSG:4326",
        transform=Affine(0.5 / 98_700, 0, 87.0, 0, -0.5 / 110_800, 27.6),
    )  # fmt: skip
    rotated = write_raster(
        folder / "rotated.tif", pixels,
        transform=Affine.translation(WEST, NORTH) @ Affine.rotation(20) @ Affine.scale(0.5, -0.5),
    )  # fmt: skip
    coarse = write_raster(folder / "coarse.tif", pixels, gsd=10.0)
    deep = write_raster(folder / "deep.tif", pixels.astype(np.uint16) * 40)
    no_crs = write_raster(folder / "nocrs.tif", pixels, crs=None)
    mask = polygon_file(folder / "mask.geojson", box(0, 40, 50, 0))
    (folder / "camp-drawn").mkdir()
    drawn, _ = draw_camp(folder / "camp-drawn")
    far = polygon_file(folder / "far.geojson", box(9000, 9040, 9050, 9000))
    blocks = polygon_file(folder / "blocks.geojson", box(0, 75, 40, 0), box(40, 75, 85, 0))
    extent = f"{WEST + 10},{WEST + 60},{NORTH - 60},{NORTH - 5} [EPSG:32645]"
    left, top = transform_of(X, Y, ZOOM, side=TILE)[2::3]
    side = 2 * TILE * transform_of(X, Y, ZOOM, side=TILE).a
    whole = f"{left},{left + side},{top - side},{top} [EPSG:3857]"
    xyz = {"layer": [f"type=xyz&url={server.template}&zmin={ZOOM}&zmax={ZOOM}", "XYZ", "wms"]}
    virtual = {
        "layer": [
            (
                f"?crs=EPSG:32645&extent={WEST},{NORTH - 75},{WEST + 85},{NORTH}&width=170"
                f"&height=150&formula=%22camp@1%22&camp:uri={ground.raster}&camp:provider=gdal"
            ),
            "virtual",
            "virtualraster",
        ]
    }
    coarse_tiles = {"layer": [xyz["layer"][0].replace(f"={ZOOM}", "=14"), "coarse", "wms"]}
    coarse_virtual = {
        "layer": [
            virtual["layer"][0].replace("=170", "=8").replace("=150", "=7"), "coarse virtual",
            "virtualraster",
        ]
    }  # fmt: skip
    x, y = WEST + 25, NORTH - 20
    drawn_box = shapely.box(x - 25, y - 20, x + 25, y + 20).wkt
    around = f"{x - 18} {y},{x} {y + 18},{x + 18} {y},{x} {y - 18},{x - 18} {y}"
    circle = f"CurvePolygon(CircularString({around}))"
    bow_tie = f"Polygon(({x} {y},{x + 8} {y + 8},{x + 8} {y},{x} {y + 8},{x} {y}))"
    painted = pixels.copy()
    painted[:, :, :] = pixels[:, ground.found][:, :1, None]
    roof = write_raster(folder / "roof.tif", painted)
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    def check(alg: str = DETECT, **params: Any) -> dict[str, Any]:
        outputs = {"OUTPUT": "memory:", "CLASSES": str(folder / "x.tif")}
        return {"op": "check", "alg": alg, "params": {**base, **outputs, **params}}

    dwellings = str(folder / "dwellings.gpkg")
    # Of a row of four: one stays, one grows by half, one is gone, one is new.
    before = polygon_file(
        folder / "before.geojson", box(0, 4, 4, 0), box(10, 4, 14, 0), box(20, 4, 24, 0)
    )
    after = polygon_file(
        folder / "after.geojson", box(0, 4, 4, 0), box(10, 4, 16, 0), box(22.9, 4, 27, 0),
        box(30, 4, 34, 0),
    )  # fmt: skip
    steps: dict[str, dict[str, Any]] = {
        "described": {"op": "describe"},
        "file": detect(
            OUTPUT=dwellings, CLASSES=str(folder / "c.tif"), PROBABILITY=str(folder / "p.tif")
        ),
        "again": detect(),
        "settings": detect(THRESHOLD=0.9, MIN_AREA=4.0, SQUARE=True, SIMPLIFY=0.0, TILE_SIZE=96),
        "extent": detect(EXTENT=extent),
        "mask": detect(MASK=str(mask), SIMPLIFY=0.0, CLASSES=str(folder / "mask_c.tif")),
        "removed mask": {
            "op": "orphan",
            "alg": DETECT,
            "removed": "MASK",
            "params": {
                **base,
                "OUTPUT": "memory:",
                "SIMPLIFY": 0.0,
                "MASK": {"wkt": drawn_box, "kind": "Polygon", "crs": "EPSG:32645"},
            },
        },
        "curved mask": detect(MASK={"wkt": circle, "kind": "CurvePolygon", "crs": "EPSG:32645"}),
        "nowhere": detect(INPUT=str(no_crs), OUTPUT=str(folder / "nowhere.gpkg")),
        "nowhere summary": {
            "op": "check",
            "alg": SUMMARISE,
            "params": {"INPUT": str(folder / "nowhere.gpkg"), "OUTPUT": "memory:"},
        },
        "large": detect(INPUT=str(roof), NODATA=7),
        "crossing": {
            "op": "run",
            "alg": COMPARE,
            "params": {
                **{
                    name: {"wkt": bow_tie, "kind": "Polygon", "crs": "EPSG:32645"}
                    for name in ("BEFORE", "AFTER")
                },
                "OUTPUT": "memory:",
            },
        },
        "check coarse tiles": check(INPUT=coarse_tiles, EXTENT=whole),
        "check coarse virtual": check(INPUT=coarse_virtual, BANDS="1,1,1"),
        "check no resolution": check(INPUT=xyz, EXTENT=whole, RESOLUTION=0.0),
        "coarse virtual at its own": check(INPUT=coarse_virtual, BANDS="1,1,1", RESOLUTION=10.0),
        "far mask": detect(MASK=str(far)),
        "degrees": detect(INPUT=str(degrees)),
        "deep": detect(INPUT=str(deep)),
        "one band thrice": detect(INPUT=str(one_band), BANDS="1,1,1"),
        "given crs": detect(INPUT={"layer": [str(no_crs), "no crs", "gdal"], "crs": "EPSG:32645"}),
        "xyz": detect(INPUT=xyz, EXTENT=whole),
        "xyz coarse": detect(INPUT=xyz, EXTENT=whole, RESOLUTION=1.0),
        "starter": {
            "op": "run",
            "alg": DETECT,
            "params": {"INPUT": str(drawn), "OUTPUT": "memory:"},
        },
        "virtual": detect(INPUT=virtual, BANDS="1,1,1", STRETCH="0,255"),
        "classes": {
            "op": "run",
            "alg": CLASSIFY,
            "params": {**base, "CLASSES": str(folder / "only.tif")},
        },
        "information": {
            "op": "run",
            "alg": INFORMATION,
            "params": {"MODEL_FILE": str(ground.model), "OUTPUT": str(folder / "model.html")},
        },
        "blocks": {
            "op": "run",
            "alg": SUMMARISE,
            "params": {
                "INPUT": dwellings,
                "BOUNDARIES": str(blocks),
                "NAME_FIELD": "block",
                "OUTPUT": "memory:",
                "REPORT": str(folder / "report.html"),
            },
        },
        "hexagons": {
            "op": "run",
            "alg": SUMMARISE,
            "params": {"INPUT": dwellings, "HEXAGON_WIDTH": 20.0, "OUTPUT": "memory:"},
        },
        "no change": {
            "op": "run",
            "alg": COMPARE,
            "params": {"BEFORE": dwellings, "AFTER": dwellings, "OUTPUT": "memory:"},
        },
        "change": {
            "op": "run",
            "alg": COMPARE,
            "params": {"BEFORE": str(before), "AFTER": str(after), "OUTPUT": "memory:"},
        },
        "modeler": {
            "op": "modeler",
            "file": str(folder / "both.model3"),
            "model": str(ground.model),
            "raster": str(ground.raster),
            "output": str(folder / "model.gpkg"),
        },
        "check one band": check(INPUT=str(one_band)),
        "check rotated": check(INPUT=str(rotated)),
        "check coarse": check(INPUT=str(coarse)),
        "check bands": check(BANDS="a,b"),
        "check area": check(MIN_AREA=-1.0),
        "check overlap": check(OVERLAP=60),
        "check stretch": check(STRETCH="9,1"),
        "check model": check(MODEL_FILE=str(ground.raster)),
        "check no layer": check(INPUT=str(folder / "none.tif")),
        "check endless": check(INPUT=xyz),
        "check extent": check(EXTENT="0,1,0,1 [EPSG:32645]"),
        "check classify": check(CLASSIFY, INPUT=str(rotated)),
        "check fine": check(),
        "check summary": check(SUMMARISE, INPUT=str(folder / "none.gpkg")),
    }
    found = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, found, strict=True))


def test_a_file_gives_what_the_command_line_gives(done: dict[str, Any], ground: Ground) -> None:
    vector = ground.detect("file")
    same(done["again"], vector)
    mine, columns = features(ground.folder / "dwellings.gpkg")
    theirs, others = features(vector)
    assert shapely.equals_exact(mine, theirs, tolerance=1e-9).all()
    assert set(columns) == set(others)
    result = done["file"]["results"]
    assert result["COUNT"] == len(theirs)
    assert result["AREA"] == pytest.approx(others["area_m2"].sum())
    same_pixels(ground.folder / "c.tif", ground.folder / "cli-file_mask.tif")
    same_pixels(ground.folder / "p.tif", ground.folder / "cli-file_probability.tif")
    assert done["again"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"


def test_progress_counts_tiles(done: dict[str, Any]) -> None:
    found = [re.fullmatch(r"Tile (\d+) of (\d+)", text) for text in done["xyz"]["texts"]]
    counts = [(int(m[1]), int(m[2])) for m in found if m]
    assert len(found) == len(counts) <= 21
    assert [n for n, _ in counts] == sorted({n for n, _ in counts})
    assert counts[-1][0] == counts[-1][1] == 225


def test_settings_are_those_of_the_command_line(done: dict[str, Any], ground: Ground) -> None:
    options = ("--threshold", "0.9", "--min-area", "4", "--square", "--simplify", "0")
    same(done["settings"], ground.detect("settings", options=(*options, "--tile-size", "96")))
    assert len(rows(done["settings"])) < len(rows(done["again"]))


def test_other_rasters_give_what_the_command_line_gives(
    done: dict[str, Any], ground: Ground
) -> None:
    for name in ("degrees", "deep"):
        same(done[name], ground.detect(name, ground.folder / f"{name}.tif"))
    assert done["degrees"]["results"]["OUTPUT"]["crs"] == "EPSG:4326"
    thrice = ground.detect("one", ground.folder / "one.tif", options=("--bands", "1,1,1"))
    same(done["one band thrice"], thrice)
    assert any("stretched" in warning for warning in done["deep"]["warnings"])
    assert not any("--" in warning for warning in done["deep"]["warnings"])


def test_the_starter_model_finds_what_it_finds_elsewhere(
    done: dict[str, Any], ground: Ground
) -> None:
    image = ground.folder / "camp-drawn" / "camp.tif"
    same(done["starter"], ground.detect("starter", image, starter=True))
    assert len(rows(done["starter"])) > 300


def test_a_crs_that_the_user_gave_the_layer_counts(done: dict[str, Any]) -> None:
    assert done["given crs"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"
    assert rows(done["given crs"]) == rows(done["again"])


def test_an_extent_is_all_that_is_looked_at(done: dict[str, Any]) -> None:
    found = shapely.union_all(shapes(done["extent"]))
    assert shapely.box(WEST + 10, NORTH - 60, WEST + 60, NORTH - 5).covers(found)
    assert 0 < len(rows(done["extent"])) < len(rows(done["again"]))


def test_outside_of_the_mask_nothing_is_found_and_no_tile_is_run(
    done: dict[str, Any], ground: Ground
) -> None:
    inside = shapely.box(WEST, NORTH - 40, WEST + 50, NORTH)
    found = shapely.union_all(shapes(done["mask"]))
    assert inside.covers(found)
    everywhere = ground.found[:80, :100].sum() * 0.25
    assert found.area == pytest.approx(everywhere)
    tiles = [int(done[n]["texts"][-1].rpartition(" ")[2]) for n in ("mask", "again")]
    assert tiles[0] < tiles[1]
    assert "polygon" in done["far mask"]["error"]


def test_a_mask_may_be_removed_while_the_run_waits(done: dict[str, Any]) -> None:
    assert rows(done["removed mask"]) == rows(done["mask"])


def test_a_mask_may_have_curves(done: dict[str, Any]) -> None:
    found = shapely.union_all(shapes(done["curved mask"]))
    circle = shapely.Point(WEST + 25, NORTH - 20).buffer(18.0)
    assert 0 < found.area < circle.area
    assert circle.buffer(1.0).covers(found)


def test_coordinates_that_lie_nowhere_are_no_degrees(done: dict[str, Any], ground: Ground) -> None:
    assert done["nowhere"]["results"]["COUNT"] == done["file"]["results"]["COUNT"]
    with closing(sqlite3.connect(ground.folder / "nowhere.gpkg")) as table:
        (number,) = table.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()
    assert number in {-1, 99999}, "undefined Cartesian, by GDAL's older and newer name"
    assert "no coordinate system" in done["nowhere summary"]["message"]


def test_polygons_that_no_dwelling_fills_are_doubted(done: dict[str, Any]) -> None:
    assert HUGE == theirs.HUGE
    (doubt,) = [w for w in done["large"]["warnings"] if "larger than 3,000 m²" in w]
    assert "Value that means no image" in doubt
    assert not any("larger than" in w for w in done["file"]["warnings"])


def test_an_outline_that_crosses_itself_is_the_same_as_itself(done: dict[str, Any]) -> None:
    result = done["crossing"]["results"]
    assert (result["UNCHANGED"], result["APPEARED"], result["VANISHED"]) == (1, 0, 0)
    (row,) = rows(done["crossing"])
    assert row["m2_after"] == pytest.approx(32, rel=1e-2)


def test_map_tiles_give_what_their_pixels_give(
    done: dict[str, Any], ground: Ground, tiles: tuple[TileServer, Path]
) -> None:
    server, image = tiles
    same(done["xyz"], ground.detect("xyz", image), digits=1e-9)
    assert done["xyz"]["results"]["OUTPUT"]["crs"] == "EPSG:3857"
    assert {place[2] for place in server.asked} == {ZOOM}
    coarse = rows(done["xyz coarse"])
    assert coarse
    assert coarse != rows(done["xyz"])


def test_a_virtual_layer_gives_what_its_pixels_give(done: dict[str, Any], ground: Ground) -> None:
    same(done["virtual"], ground.detect("virtual", options=("--bands", "1,1,1")))


def test_classes_alone(done: dict[str, Any], ground: Ground) -> None:
    assert "error" not in done["classes"]
    same_pixels(ground.folder / "only.tif", ground.folder / "c.tif")


def test_a_summary_adds_up(done: dict[str, Any], ground: Ground) -> None:
    total = done["file"]["results"]["COUNT"]
    for name in ("blocks", "hexagons"):
        result = done[name]["results"]
        assert result["COUNT"] == total
        assert sum(row["dwellings"] for row in rows(done[name])) == total
        covered = sum(row["covered_m2"] for row in rows(done[name]))
        assert covered == pytest.approx(result["COVERED"])
        assert covered == pytest.approx(done["file"]["results"]["AREA"], rel=2e-3)
    blocks = rows(done["blocks"])
    assert [row["name"] for row in blocks] == ["block 0", "block 1"]
    assert blocks[0]["area_ha"] == pytest.approx(0.3, rel=2e-3)
    assert blocks[0]["per_ha"] == pytest.approx(blocks[0]["dwellings"] / blocks[0]["area_ha"])
    page = (ground.folder / "report.html").read_text(encoding="utf-8")
    assert "block 1" in page
    assert "data:image/png;base64," in page


def test_nothing_changed_between_a_date_and_itself(done: dict[str, Any]) -> None:
    result = done["no change"]["results"]
    total = done["file"]["results"]["COUNT"]
    assert (result["UNCHANGED"], result["APPEARED"], result["VANISHED"]) == (total, 0, 0)
    overlaps = [row["iou"] for row in rows(done["no change"])]
    assert overlaps == pytest.approx([1.0] * total)


def test_dwellings_appear_vanish_and_stay(done: dict[str, Any]) -> None:
    result = done["change"]["results"]
    assert (result["UNCHANGED"], result["APPEARED"], result["VANISHED"]) == (2, 2, 1)
    found = [(row["change"], row["id_before"], row["id_after"]) for row in rows(done["change"])]
    assert found == [
        ("unchanged", 0, 0), ("unchanged", 1, 1), ("appeared", None, 2), ("appeared", None, 3),
        ("vanished", 2, None),
    ]  # fmt: skip
    grown = rows(done["change"])[1]
    assert grown["iou"] == pytest.approx(2 / 3)
    assert grown["m2_after"] == pytest.approx(1.5 * grown["m2_before"])
    assert grown["m2_before"] == pytest.approx(16, rel=1e-3)


def test_a_model_tells_what_it_is_for(done: dict[str, Any], ground: Ground) -> None:
    result = done["information"]["results"]
    assert result["ID"] == "tiny-1.0"
    assert result["GSD"] == 0.5
    assert "made by a test" in (ground.folder / "model.html").read_text(encoding="utf-8")


def test_the_modeler_runs_them_one_after_another(done: dict[str, Any], ground: Ground) -> None:
    assert done["modeler"]["ok"], done["modeler"]
    _, columns = features(ground.folder / "model.gpkg")
    assert columns["dwellings"].sum() == done["file"]["results"]["COUNT"]


def test_every_algorithm_says_what_it_does_and_runs_in_the_background(
    done: dict[str, Any],
) -> None:
    found = done["described"]
    assert set(found) == {
        "detectdwellings", "classifypixels", "summarisecamp", "comparedates", "modelinformation",
    }  # fmt: skip
    for said in found.values():
        assert said["label"]
        assert len(said["help"]) > 80
        assert said["threaded"]
        assert all(said["parameters"].values())


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("check one band", "has 1 band and the model takes 3 bands"),
        ("check rotated", "Raster > Projections > Warp"),
        ("check coarse", "has pixels of 10 m and the model needs 0.5 m"),
        ("check bands", "4,3,2"),
        ("check area", "“Minimum area” must not be negative"),
        ("check overlap", "overlap 60 must be less than half"),
        ("check stretch", "LOW below HIGH"),
        ("check model", "camp.tif is no model: choose an ONNX file"),
        ("check no layer", "none.tif cannot be read"),
        ("check coarse tiles", "coarse has pixels of 8.47 m at best, too coarse for 0.5 m"),
        ("check coarse virtual", "coarse virtual has pixels of 10."),
        ("check no resolution", "must be above 0"),
        ("check endless", "choose an extent"),
        ("check extent", "choose one that overlaps the layer"),
        ("check classify", "is rotated"),
        ("check summary", "INPUT"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    done: dict[str, Any], step: str, words: str
) -> None:
    assert done[step]["ok"] is False
    message = done[step]["message"]
    assert words in message
    assert "--" not in message
    assert "\n" not in message.strip()


def test_what_is_right_is_not_refused(done: dict[str, Any]) -> None:
    assert done["check fine"]["ok"] is True
    assert done["coarse virtual at its own"]["ok"] is True, done["coarse virtual at its own"]
