"""Map tiles in a real QGIS: what servers answer, and how layers name their tiles."""

from __future__ import annotations

import re
import ssl
import urllib.parse
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from rasterio.transform import Affine

from camp_detector_core.georaster.xyz import transform_of
from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.ows_server import Answer
from tests.support.qgis_ground import Ground, png_of, rows, same, shapes
from tests.support.rasters import rgb_of, scene, write_raster
from tests.support.tile_server import Place, Reply, TileServer
from tests.support.tiles import picture
from tests.support.wmts_server import WmtsServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
ZOOM, TILE, X, Y = 18, 256, 193348, 110121
LOGIN = Reply(body=b"<html><form>Log in</form></html>", kind="text/html; charset=utf-8")
BASIC = Reply(401, headers={"WWW-Authenticate": 'Basic realm="maps"'})

GAPS = {name: Reply(status) for name, status in (("404", 404), ("410", 410), ("204", 204))}
FAULTS = {
    "403": (Reply(403), "refuses access (403 Forbidden)"),
    # It asks for a log-in, which nobody can give where QGIS' main thread waits for the run.
    "401": (BASIC, "refuses access (401 Unauthorized)"),
    "400": (Reply(400), "did not give the imagery (400 Bad Request)"),
    "429": (Reply(429, headers={"Retry-After": "0"}), "(429 Too Many Requests)"),
    "503": (Reply(503), "did not give the imagery (503 Service Unavailable)"),
    "log-in": (LOGIN, "sends text/html in place of imagery"),
    "damaged": (Reply(body=b"\x89PNG\r\n\x1a\n broken"), "a map tile is no picture, or damaged"),
    "empty": (Reply(), "a map tile is no picture, or damaged"),
    "cut": (Reply(body=b"x" * 100, cut=50), "did not give the imagery"),
    "huge": (Reply(body=bytes(21_000_000)), "it is larger than 19 MiB"),
    "file": (Reply(302, headers={"Location": "file:///etc/hostname"}), "it leads elsewhere"),
    "circle": (Reply(302, headers={"Location": "#"}), "it leads elsewhere"),
    "slow": (Reply(delay=30.0), "it did not answer in time"),
}


def _extent(col: int, row: int, width: int, height: int, *, zoom: int = ZOOM) -> str:
    """Pixels, counted from the corner of the first tile."""
    place = transform_of(X, Y, zoom, side=TILE)
    left, top = place.c + col * place.a, place.f - row * place.a
    right, bottom = left + width * place.a, top - height * place.a
    return f"{left!r},{right!r},{bottom!r},{top!r} [EPSG:3857]"


def _source(server: TileServer, *, template: str = "", **words: object) -> dict[str, Any]:
    url = urllib.parse.quote(template or server.template, safe="/:{}")
    more = "".join(f"&{k.replace('_', '-')}={v}" for k, v in words.items())
    zooms = "" if "zmin" in words else f"&zmin={ZOOM}&zmax={ZOOM}"
    return {"layer": [f"type=xyz&url={url}{zooms}{more}", "XYZ", "wms"]}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("tiles")
    model = write_model(folder / "tiny.onnx")
    camp = scene(2 * TILE, 2 * TILE, seed=5)
    place = transform_of(X, Y, ZOOM, side=TILE)
    image = write_raster(
        folder / "camp.tif", rgb_of(camp, seed=5), crs="EPSG:3857", transform=Affine(*place)
    )
    return Ground(folder, model, image, camp)


@pytest.fixture(scope="module")
def tiles(ground: Ground) -> dict[Place, bytes]:
    pixels = rgb_of(ground.camp, seed=5)
    return {
        (X + col, Y + row, ZOOM): png_of(
            pixels[:, row * TILE : (row + 1) * TILE, col * TILE : (col + 1) * TILE]
        )
        for row in range(2)
        for col in range(2)
    }


def _detect(ground: Ground, source: Any, extent: str, **params: Any) -> dict[str, Any]:
    parameters = {"INPUT": source, "MODEL_FILE": str(ground.model), "OUTPUT": "memory:"}
    return {"op": "run", "alg": DETECT, "params": {**parameters, "EXTENT": extent, **params}}


@pytest.fixture(scope="module")
def answers(
    qgis: Qgis, ground: Ground, tiles: dict[Place, bytes]
) -> Iterator[tuple[dict[str, Any], dict[str, TileServer]]]:
    """A run for each kind of answer of the eastern tile, by its name, and the servers."""
    kinds = {**GAPS, **{name: reply for name, (reply, _) in FAULTS.items()}}
    servers = {name: TileServer(tiles) for name in (*kinds, "passing", "led", "second")}
    for name, reply in kinds.items():
        servers[name].always = _east(reply)
    servers["passing"].faults[X + 1, Y, ZOOM] = [Reply(503), Reply(429), Reply(cut=5, body=b"x")]
    second = servers["second"]
    servers["led"].always = lambda place: Reply(
        302, headers={"Location": second.template.format(x=place[0], y=place[1], z=place[2])}
    )
    border = _extent(TILE - 40, 40, 80, 64)
    steps = {
        name: _detect(ground, _source(server), border)
        for name, server in servers.items()
        if name not in ("second", "led")
    }
    login = {"username": "ann", "password": "secret", "referer": "https%3A%2F%2Fexample.org"}
    steps["led"] = _detect(ground, _source(servers["led"], **login), border)
    nowhere = "http://127.0.0.1:9/{z}/{x}/{y}.png"
    steps["gone"] = _detect(ground, _source(servers["led"], template=nowhere), border)
    stuck = ground.folder / "stuck"
    stuck.mkdir()
    waiting = TileServer(tiles)
    waiting.always = lambda _place: Reply(503, headers={"Retry-After": "20"})
    servers["waiting"] = waiting
    steps["waiting"] = {
        "op": "cancel", "alg": DETECT, "after": -1, "delay": 2, "folder": str(stuck),
        "params": _detect(ground, _source(waiting), border)["params"]
        | {"OUTPUT": str(stuck / "d.gpkg")},
    }  # fmt: skip
    for server in servers.values():
        server.__enter__()
    try:
        patience = {"op": "patience", "value": 2000}
        _, *answers_of_steps = qgis.python("steps.py", [patience, *steps.values()])
        yield dict(zip(steps, answers_of_steps, strict=True)), servers
    finally:
        for server in servers.values():
            server.__exit__()


def _east(reply: Reply) -> Callable[[Place], Reply | None]:
    return lambda place: reply if place[0] > X else None


@pytest.mark.parametrize("name", GAPS)
def test_a_tile_that_does_not_exist_is_a_gap_that_is_counted(answers: Any, name: str) -> None:
    results, servers = answers
    assert rows(results[name])
    warnings = " ".join(results[name]["warnings"])
    assert "1 of 2 map tiles or pictures do not exist on the server." in warnings
    assert re.search(r"[4-6]\d % of the imagery is empty", warnings)
    assert servers[name].counts[X + 1, Y, ZOOM] == 1


@pytest.mark.parametrize("name", FAULTS)
def test_any_other_answer_is_no_empty_ground(answers: Any, name: str) -> None:
    results, servers = answers
    message = results[name]["error"]
    assert FAULTS[name][1] in message
    assert message.startswith(servers[name].address)
    assert "/tiles/" not in message, "addresses may hold keys"


def test_a_fault_that_passes_costs_nothing(answers: Any) -> None:
    results, servers = answers
    assert rows(results["passing"]) == rows(results["led"])
    assert results["passing"]["warnings"] == []
    assert servers["passing"].counts[X + 1, Y, ZOOM] == 4
    assert servers["403"].counts[X + 1, Y, ZOOM] == 1


def test_a_server_may_lead_to_another_which_gets_no_log_in(answers: Any) -> None:
    servers = answers[1]
    assert servers["led"].auth == {"Basic YW5uOnNlY3JldA=="}
    assert servers["led"].referers == {"https://example.org"}
    assert servers["second"].auth == servers["second"].referers == {""}
    assert len(servers["second"].requests) == 2


def test_a_certificate_that_nobody_knows_ends_the_run(
    qgis: Qgis, ground: Ground, tmp_path: Path
) -> None:
    """Nobody can be asked: QGIS' main thread waits for the run."""
    pytest.importorskip("cryptography")
    from tests.support.authority import server_certificate

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_certificate(tmp_path)[1])
    server = TileServer({})
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    encrypted = _source(server, template=server.template.replace("http:", "https:"))
    with server:
        (answer,) = qgis.python("steps.py", [_detect(ground, encrypted, _extent(0, 0, 64, 64))])
    assert "The certificate of 127.0.0.1:" in answer["error"]
    assert "cannot be trusted" in answer["error"]


def test_a_server_that_is_not_there_ends_the_run(answers: Any) -> None:
    assert (
        "127.0.0.1:9 did not give the imagery (Connection refused)" in answers[0]["gone"]["error"]
    )


def test_a_run_may_be_stopped_while_a_server_wants_patience(answers: Any) -> None:
    results, servers = answers
    assert servers["waiting"].requests
    assert results["waiting"]["seconds"] < 10
    assert results["waiting"]["files"] == []


# How layers name their tiles.


@pytest.fixture(scope="module")
def results_of_schemes(
    qgis: Qgis, ground: Ground, tiles: dict[Place, bytes]
) -> tuple[dict[str, Any], dict[str, TileServer]]:
    """Runs over the same pixels under several schemes, by their names, and the servers."""
    pixels = rgb_of(ground.camp, seed=5)
    retina = {
        place: picture(np.repeat(np.repeat(_part(pixels, place), 2, axis=1), 2, axis=2))
        for place in tiles
    }
    folder = ground.folder / "local"
    for (x, y, zoom), data in tiles.items():
        path = folder / str(zoom) / str(x) / f"{y}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    servers = {name: TileServer(tiles) for name in ("plain", "tms", "quadkey", "upper", "webp")}
    servers["retina"] = TileServer(retina)
    servers["finer"] = TileServer(_finer(pixels))
    servers["webp"].tiles = {place: picture(_part(pixels, place), driver="WEBP") for place in tiles}
    base = {name: f"http://{server.address}" for name, server in servers.items()}
    templates = {
        "plain": "/tiles/{z}/{x}/{y}.png",
        "tms": "/tms/{z}/{x}/{-y}.png",
        "quadkey": "/tile?q={q}",
        "upper": "/tiles/{Z}/{X}/{Y}.png",
        "retina": "/tiles/{z}/{x}/{y}.png",
        "webp": "/tiles/{z}/{x}/{y}.webp",
    }
    whole = _extent(0, 0, 2 * TILE, 2 * TILE)
    steps = {
        name: _detect(ground, _source(servers[name], template=base[name] + path), whole)
        for name, path in templates.items()
    }
    steps["local"] = _detect(
        ground, _source(servers["plain"], template=f"file://{folder}/{{z}}/{{x}}/{{y}}.png"), whole
    )
    steps["finer"] = _detect(
        ground, _source(servers["finer"], zmin=10, zmax=19), whole, RESOLUTION=0.4
    )
    for server in servers.values():
        server.__enter__()
    try:
        answers = qgis.python("steps.py", list(steps.values()))
    finally:
        for server in servers.values():
            server.__exit__()
    return dict(zip(steps, answers, strict=True)), servers


def _part(pixels: Any, place: Place) -> Any:
    row, col = place[1] - Y, place[0] - X
    return pixels[:, row * TILE : (row + 1) * TILE, col * TILE : (col + 1) * TILE]


def _finer(pixels: Any) -> dict[Place, bytes]:
    """The same ground at the next zoom, with more detail than the pixels of this one."""
    fine = _fine_pixels(pixels)
    return {
        (2 * X + col, 2 * Y + row, ZOOM + 1): png_of(
            fine[:, row * TILE : (row + 1) * TILE, col * TILE : (col + 1) * TILE]
        )
        for row in range(4)
        for col in range(4)
    }


def _fine_pixels(pixels: Any) -> Any:
    fine = np.repeat(np.repeat(pixels, 2, axis=1), 2, axis=2).astype(int)
    noise = np.random.default_rng(3).integers(-20, 21, fine.shape)
    return np.clip(fine + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def whole(ground: Ground) -> Path:
    """Dwellings that the command line detects in a file with the same pixels."""
    return ground.detect("whole")


@pytest.mark.parametrize("name", ["plain", "tms", "quadkey", "upper", "local", "retina"])
def test_each_scheme_gives_the_tiles_own_pixels(
    results_of_schemes: Any, whole: Path, name: str
) -> None:
    results, servers = results_of_schemes
    same(results[name], whole, digits=1e-9)
    if name in servers:
        assert set(servers[name].requests) == {
            (X + col, Y + row, ZOOM) for row in range(2) for col in range(2)
        }, "no tile beside those that the extent touches"


def test_tiles_of_another_size_are_named(results_of_schemes: Any) -> None:
    (warning,) = results_of_schemes[0]["retina"]["warnings"]
    assert "do not have 256 pixels a side" in warning
    assert results_of_schemes[0]["plain"]["warnings"] == []


def test_kinds_of_pictures_that_qt_may_not_know_are_read(results_of_schemes: Any) -> None:
    assert len(rows(results_of_schemes[0]["webp"])) > 5


def test_the_next_finer_zoom_is_averaged_as_a_file_is(
    results_of_schemes: Any, ground: Ground
) -> None:
    """The count through a web map is that of a file with the same pixels, but for few at edges.

    A file's grid is fitted to its width, and the map's to the width of the world.
    """
    fine = _fine_pixels(rgb_of(ground.camp, seed=5))
    place = transform_of(2 * X, 2 * Y, ZOOM + 1, side=TILE)
    image = write_raster(
        ground.folder / "fine.tif", fine, crs="EPSG:3857", transform=Affine(*place)
    )
    results, servers = results_of_schemes
    cli_file = ground.detect("fine", image, options=("--gsd", "0.4"))
    polygons, fields = rows(results["finer"]), features(cli_file)[1]
    assert len(polygons) == pytest.approx(len(fields["id"]), rel=0.01)
    area = sum(row["area_m2"] for row in polygons)
    assert area == pytest.approx(fields["area_m2"].sum(), rel=0.01)
    assert {place[2] for place in servers["finer"].requests} == {ZOOM + 1}


# Tiles of a service, which come through QGIS' own provider.


@pytest.fixture(scope="module")
def service(qgis: Qgis, ground: Ground, tiles: dict[Place, bytes]) -> dict[str, Any]:
    """Runs over a tile map service: whole, and with a tile that is not there, by their names."""
    part = {place: data for place, data in tiles.items() if place != (X + 1, Y, ZOOM)}
    servers = {
        "whole": WmtsServer(tiles, zooms=(16, 17, 18)),
        "gap": WmtsServer(part, zooms=(18,)),
        "refused": WmtsServer(part, zooms=(18,)),
    }
    servers["refused"].absent = Answer("text/plain", b"no", 403)
    extents = {name: _extent(TILE - 40, 40, 80, 64) for name in servers}
    extents["whole"] = _extent(0, 0, 2 * TILE, 2 * TILE)
    with ExitStack() as running:
        for server in servers.values():
            running.enter_context(server)
        steps = {n: _detect(ground, {"layer": s.layer}, extents[n]) for n, s in servers.items()}
        place = transform_of(X, Y, ZOOM, side=TILE)
        box = [place.c, place.f - TILE * place.a, place.c + TILE * place.a, place.f]
        gap = servers["gap"]
        steps["beside"] = {
            **_detect(ground, {"layer": gap.layer}, _extent(0, 0, 2 * TILE, 2 * TILE)),
            "op": "beside", "other": gap.broken_layer, "extent": box,
        }  # fmt: skip
        answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_a_tile_service_gives_what_its_tiles_give(service: Any, whole: Path) -> None:
    cli_polygons, _ = features(whole)
    # QGIS rounds where the tiles of a service lie, and 3.44 draws them up to a pixel aside.
    own_polygons = shapely.union_all(shapes(service["whole"]))
    overlap = own_polygons.intersection(shapely.union_all(cli_polygons)).area
    assert overlap > 0.95 * max(own_polygons.area, shapely.area(cli_polygons).sum())
    assert len(rows(service["whole"])) == len(cli_polygons)
    assert service["whole"]["warnings"] == []


def test_a_gap_of_a_tile_service_is_counted_and_a_refusal_ends_the_run(service: Any) -> None:
    assert rows(service["gap"])
    warnings = " ".join(service["gap"]["warnings"])
    assert re.search(r"1 of \d map tiles or pictures do not exist on the server", warnings)
    assert "refuses access (403 Forbidden)" in service["refused"]["error"]


def test_a_layer_of_the_same_server_that_fails_on_the_map_is_not_blamed(service: Any) -> None:
    beside = service["beside"]
    assert beside["failed"] > 1, "it was drawn while the run went on"
    assert beside["ok"], beside["errors"]
    # After a hundred failures of whatever layer QGIS' log says no more which there are.
    words = "do not exist on the server", "QGIS does not say why"
    assert any(word in text for text in beside["warnings"] for word in words)
