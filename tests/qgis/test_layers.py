"""Layers without a file in a real QGIS: map tiles and virtual rasters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rasterio.transform import Affine

from camp_detector_core.georaster.xyz import transform_of
from tests.support.qgis_ground import (
    Ground,
    drawn_ground,
    png_of,
    rows,
    same,
    same_pixels,
    virtual_raster,
)
from tests.support.rasters import rgb_of, scene, write_raster
from tests.support.tile_server import TileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
ZOOM, TILE = 18, 256
X, Y = 193348, 110121
"""A tile of zoom 18 at 27.6 degrees north, whose pixels are 0.53 m on the ground."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return drawn_ground(tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="module")
def tiles(ground: Ground) -> Iterator[tuple[TileServer, Path]]:
    """A server of four map tiles, and a raster with the same pixels."""
    camp = scene(2 * TILE, 2 * TILE, seed=5)
    pixels = rgb_of(camp, seed=5)
    pixels[:, 200:230, 300:400] = 255  # as the ground beside many mosaics
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
def results(qgis: Qgis, ground: Ground, tiles: tuple[TileServer, Path]) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    server = tiles[0]
    left, top = transform_of(X, Y, ZOOM, side=TILE)[2::3]
    side = 2 * TILE * transform_of(X, Y, ZOOM, side=TILE).a
    whole = f"{left},{left + side},{top - side},{top} [EPSG:3857]"
    xyz = {"layer": [f"type=xyz&url={server.template}&zmin={ZOOM}&zmax={ZOOM}", "XYZ", "wms"]}
    virtual = {"layer": [virtual_raster(ground.raster), "virtual", "virtualraster"]}
    deeper = {"layer": [xyz["layer"][0].replace("zmin=18", "zmin=15"), "deeper", "wms"]}
    pixels = rgb_of(ground.camp)
    bgrn = write_raster(
        ground.folder / "bgrn.tif", np.concatenate([pixels[::-1], pixels[:1] // 3]),
        colors=("undefined",) * 4, photometric="MINISBLACK",
    )  # fmt: skip
    coarse_tiles = {"layer": [xyz["layer"][0].replace(f"={ZOOM}", "=14"), "coarse", "wms"]}
    coarse_virtual = {
        "layer": [
            virtual["layer"][0].replace("=170", "=8").replace("=150", "=7"), "coarse virtual",
            "virtualraster",
        ]
    }  # fmt: skip
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    def check(**params: Any) -> dict[str, Any]:
        return {"op": "check", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    steps: dict[str, dict[str, Any]] = {
        "xyz": detect(INPUT=xyz, EXTENT=whole),
        "xyz between": detect(INPUT=deeper, EXTENT=whole, RESOLUTION=0.8),
        "xyz white": detect(
            INPUT=xyz, EXTENT=whole, NODATA=255, CLASSES=str(ground.folder / "white.tif")
        ),
        "xyz no value": detect(INPUT=xyz, EXTENT=whole, NODATA=300),
        "virtual white": detect(INPUT=virtual, BANDS="1,1,1", STRETCH="0,255", NODATA=255),
        "layer's white": detect(
            INPUT={"layer": [str(ground.raster), "camp", "gdal"], "nodata": 255}, BANDS="1,1,1"
        ),
        "shown": detect(INPUT={"layer": [str(bgrn), "bgrn", "gdal"], "bands": [3, 2, 1]}),
        "xyz coarse": detect(INPUT=xyz, EXTENT=whole, RESOLUTION=1.0),
        "virtual": detect(INPUT=virtual, BANDS="1,1,1", STRETCH="0,255"),
        "check coarse tiles": check(INPUT=coarse_tiles, EXTENT=whole),
        "check coarse virtual": check(INPUT=coarse_virtual, BANDS="1,1,1"),
        "check no resolution": check(INPUT=xyz, EXTENT=whole, RESOLUTION=0.0),
        "check endless": check(INPUT=xyz),
        "coarse virtual at its own": check(INPUT=coarse_virtual, BANDS="1,1,1", RESOLUTION=10.0),
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_progress_counts_tiles(results: dict[str, Any]) -> None:
    matches = [re.fullmatch(r"Tile (\d+) of (\d+)", text) for text in results["xyz"]["texts"]]
    counts = [(int(m[1]), int(m[2])) for m in matches if m]
    assert len(matches) == len(counts) <= 21
    assert [n for n, _ in counts] == sorted({n for n, _ in counts})
    assert counts[-1][0] == counts[-1][1] == 225


def test_map_tiles_give_what_their_pixels_give(
    results: dict[str, Any], ground: Ground, tiles: tuple[TileServer, Path]
) -> None:
    server, image = tiles
    same(results["xyz"], ground.detect("xyz", image), digits=1e-9)
    assert results["xyz"]["results"]["OUTPUT"]["crs"] == "EPSG:3857"
    assert {place[2] for place in server.requests} == {ZOOM}
    coarse = rows(results["xyz coarse"])
    assert coarse
    assert coarse != rows(results["xyz"])


def test_a_value_that_no_pixel_of_a_layer_can_have_is_refused(results: dict[str, Any]) -> None:
    error = results["xyz no value"]["error"]
    assert "(NODATA) 300 is no value of the layer XYZ, whose pixels are uint8" in error


def test_finer_tiles_are_averaged_rather_than_coarser_ones_enlarged(
    results: dict[str, Any], tiles: tuple[TileServer, Path]
) -> None:
    assert 5 < len(rows(results["xyz between"])) < len(rows(results["xyz"]))
    assert {place[2] for place in tiles[0].requests} == {ZOOM}
    assert results["xyz between"]["warnings"] == []


def test_a_value_that_means_no_image_counts_in_every_layer(
    results: dict[str, Any], ground: Ground, tiles: tuple[TileServer, Path]
) -> None:
    # What the model takes for a dwelling is white in the band that stands for all three.
    for name in ("virtual white", "layer's white"):
        assert rows(results[name]) == []
    assert "The value 255 is no image, as the layer says." in results["layer's white"]["infos"]
    white = ground.detect("white", tiles[1], options=("--nodata", "255"))
    same(results["xyz white"], white, digits=1e-9)
    same_pixels(ground.folder / "white.tif", ground.folder / "cli-white_mask.tif")
    assert rows(results["xyz white"]) != rows(results["xyz"])
    assert not any("could not be fetched" in w for w in results["xyz white"]["warnings"])


def test_bands_are_those_on_the_map_where_the_file_names_none(
    results: dict[str, Any], ground: Ground
) -> None:
    bands = ("--bands", "3,2,1")
    same(results["shown"], ground.detect("shown", ground.folder / "bgrn.tif", options=bands))
    (warning,) = [w for w in results["shown"]["warnings"] if "as the layer shows them" in w]
    assert "bands 3, 2, 1 are taken as red, green, blue" in warning


def test_a_virtual_layer_gives_what_its_pixels_give(
    results: dict[str, Any], ground: Ground
) -> None:
    same(results["virtual"], ground.detect("virtual", options=("--bands", "1,1,1")))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("check coarse tiles", "coarse has pixels of 8.47 m at best, too coarse for 0.5 m"),
        ("check coarse virtual", "coarse virtual has pixels of 10."),
        ("check no resolution", "must be a number above 0 metres"),
        ("check endless", "choose an extent"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    results: dict[str, Any], step: str, words: str
) -> None:
    assert results[step]["ok"] is False
    assert words in results[step]["message"]


def test_a_coarse_layer_may_be_run_at_its_own_resolution(results: dict[str, Any]) -> None:
    assert results["coarse virtual at its own"]["ok"] is True, results["coarse virtual at its own"]
