"""Layers whose pixels come from a map server, and servers that fail."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from camp_detector_core.georaster.xyz import transform_of
from tests.support.models import write_model
from tests.support.ows_server import Answer
from tests.support.qgis_ground import png_of, rows, virtual_raster
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster
from tests.support.tile_server import Reply, TileServer
from tests.support.wms_server import WmsServer

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
ZOOM, TILE, X, Y = 18, 256, 193348, 110121
EXCEPTION = b"""<?xml version="1.0"?><ServiceExceptionReport version="1.3.0">
<ServiceException>the layer is closed for repairs</ServiceException></ServiceExceptionReport>"""
FAULTS = {
    "500": (Answer("text/plain", b"out of order", 500), "did not give the imagery (500 "),
    "403": (Answer("text/plain", b"no", 403), "refuses access (403 Forbidden)"),
    "exception": (Answer("text/xml", EXCEPTION), "the layer is closed for repairs"),
    "old exception": (Answer("application/vnd.ogc.se_xml", EXCEPTION), "did not give the imagery"),
    "log-in": (Answer("text/html", b"<html>Log in</html>"), "did not give the imagery"),
    "damaged": (Answer("image/png", b"broken"), "did not give the imagery"),
}


@pytest.fixture(scope="module")
def results(qgis: Qgis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = tmp_path_factory.mktemp("servers")
    model = write_model(folder / "tiny.onnx")
    pixels = rgb_of(scene())
    raster = write_raster(folder / "camp.tif", pixels)
    place = transform_of(X, Y, ZOOM, side=TILE)
    side = TILE * place.a
    two_tiles = f"{place.c},{place.c + 2 * side},{place.f - side},{place.f} [EPSG:3857]"

    def detect(source: Any, extent: str = "", classes: str = "") -> dict[str, Any]:
        params = {"INPUT": source, "MODEL_FILE": str(model), "OUTPUT": "memory:"}
        if extent:
            params["EXTENT"] = extent
        if classes:
            params["CLASSES"] = classes
        return {"op": "run", "alg": DETECT, "params": params}

    def xyz(server: TileServer) -> dict[str, Any]:
        return {"layer": [f"type=xyz&url={server.template}&zmin={ZOOM}&zmax={ZOOM}", "XYZ", "wms"]}

    tile = png_of(rgb_of(scene(TILE, TILE)))
    half, empty_server = TileServer({(X, Y, ZOOM): tile}), TileServer({})
    wms = WmsServer(pixels, (WEST, NORTH, 0.5), epsg=32645)
    broken = {}
    for name, (answer, _) in FAULTS.items():
        broken[name] = WmsServer(pixels, (WEST, NORTH, 0.5), epsg=32645)
        broken[name].broken = answer
    # A strip of what has no pixels, as where the imagery of a coverage ends.
    holes = write_raster(
        folder / "holes.tif", np.maximum(pixels, 1) * (np.arange(170) >= 34), nodata=0
    )
    extent = f"{WEST},{WEST + 85},{NORTH - 75},{NORTH} [EPSG:32645]"
    with ExitStack() as running:
        for server in (half, empty_server, wms, *broken.values()):
            running.enter_context(server)
        steps = {
            "file": detect(str(raster)),
            "wms": detect({"layer": wms.layer}, extent),
            **{name: detect({"layer": server.layer}, extent) for name, server in broken.items()},
            "half": detect(xyz(half), two_tiles),
            "holes": {
                "op": "run",
                "alg": DETECT,
                "params": {
                    "INPUT": {"layer": [virtual_raster(holes), "holes", "virtualraster"]},
                    "MODEL_FILE": str(model),
                    "OUTPUT": "memory:",
                    "BANDS": "1,1,1",
                    "STRETCH": "0,255",
                },
            },
            "nothing": detect(xyz(empty_server), two_tiles, str(folder / "nothing.tif")),
        }
        # As if a server with both tiles, that lets them be kept, had had the same port before.
        half.always = lambda _: Reply(body=tile, headers={"Cache-Control": "max-age=3600"})
        (whole,) = qgis.python("steps.py", [steps["half"]])
        half.always = lambda _: None
        answers = qgis.python("steps.py", list(steps.values()))
    assert wms.requests
    answers[list(steps).index("nothing")]["classes"] = (folder / "nothing.tif").exists()
    return {**dict(zip(steps, answers, strict=True)), "whole": whole}


def test_a_wms_gives_what_its_picture_gives(results: dict[str, Any]) -> None:
    assert rows(results["wms"]) == rows(results["file"])
    assert results["wms"]["warnings"] == results["file"]["warnings"] == []


def test_where_tiles_do_not_exist_the_log_counts_them(results: dict[str, Any]) -> None:
    assert results["whole"]["warnings"] == []
    assert len(rows(results["half"])) > 5
    assert "1 of 2 map tiles or pictures do not exist on the server." in results["half"]["warnings"]
    assert any("50 % of the imagery is empty" in text for text in results["half"]["warnings"])


def test_missing_pixels_of_bands_are_told_as_well(results: dict[str, Any]) -> None:
    assert len(rows(results["holes"])) > 5
    (share,) = [w for w in results["holes"]["warnings"] if "of the imagery is empty" in w]
    # A fifth of the layer; pixels in the overlap of tiles count as often as they are read.
    assert 10 <= int(share.partition(" ")[0]) <= 20


def test_a_server_without_a_tile_is_no_camp_without_dwellings(results: dict[str, Any]) -> None:
    assert "XYZ gave no imagery here: check the connection" in results["nothing"]["error"]
    assert not results["nothing"]["classes"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_wms_that_fails_is_not_taken_for_empty_ground(results: dict[str, Any], name: str) -> None:
    message = results[name]["error"]
    assert FAULTS[name][1] in message
    assert "BBOX" not in message
