"""Square metres, centres and coordinates of Summarise and Compare, and how results look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from pyproj import CRS, Transformer
from rasterio.warp import transform_geom

from tests.support.models import write_model
from tests.support.qgis_ground import box, polygon_file, rows
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
SQUARES = {
    # West, south and side in the CRS' own units; in camps of Bangladesh and Uganda.
    "EPSG:3857": (10_260_000.0, 2_420_000.0, 100.0),
    "EPSG:32645": (500_000.0, 3_053_000.0, 20.0),
    "EPSG:21096": (500_000.0, 380_000.0, 20.0),
}
"""Squares by CRS; the ellipsoid of the last one is Clarke's of 1880."""
NAMES = ("<b>north</b>", "A & B", 'C "<script>c</script>')


def square(code: str) -> list[tuple[float, float]]:
    left, bottom, side = SQUARES[code]
    return [
        (left, bottom), (left + side, bottom), (left + side, bottom + side), (left, bottom + side),
    ]  # fmt: skip


def square_metres(code: str) -> float:
    """Area of the square on the ellipsoid of its CRS."""
    crs = CRS(code)
    turn = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    ring = [turn.transform(x, y) for x, y in square(code)]
    size: float = abs(crs.get_geod().geometry_area_perimeter(shapely.Polygon(ring))[0])
    return size


def turned(path: Path, *rings: list[tuple[float, float]]) -> Path:
    """The same polygons in degrees."""
    corners = [
        transform_geom("EPSG:32645", "EPSG:4326", {"type": "Polygon", "coordinates": [ring]})
        for ring in rings
    ]
    return polygon_file(path, *(shape["coordinates"][0] for shape in corners), crs="EPSG:4326")


def renamed(path: Path, field: str, names: tuple[str, ...]) -> Path:
    """A file whose polygons have these values in a field."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for feature, name in zip(content["features"], names, strict=True):
        feature["properties"][field] = name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("measures")


@pytest.fixture(scope="module")
def results(qgis: Qgis, folder: Path) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""

    def run(alg: str, **params: Any) -> dict[str, Any]:
        parameters = {k: str(v) if hasattr(v, "suffix") else v for k, v in params.items()}
        return {"op": "run", "alg": alg, "params": {"OUTPUT": "memory:", **parameters}}

    some = polygon_file(
        folder / "some.geojson", box(0, 4, 4, 0), box(10, 4, 14, 0), box(20, 4, 24, 0)
    )
    shifted = polygon_file(
        folder / "shifted.geojson", box(2, 4, 6, 0), box(10, 4, 14, 0), box(40, 4, 44, 0)
    )
    halves = box(-5, 10, 9, -5), box(9, 10, 30, -5), box(100, 10, 130, -5)
    blocks = polygon_file(folder / "blocks.geojson", *halves)
    # Around a court that is open to the east; its centroid is in the court, an area of its own.
    around = [(0, 0), (12, 0), (12, 1), (1, 1), (1, 9), (12, 9), (12, 10), (0, 10)]
    court, yard = box(2, 8, 11, 2), box(-5, 20, 30, -5)
    corner = box(0, 0, 0, 0)[0]
    bent = polygon_file(
        folder / "bent.geojson", [(corner[0] + x, corner[1] - y) for x, y in around]
    )
    named_blocks = renamed(polygon_file(folder / "<i>blocks<i>.geojson", *halves), "block", NAMES)
    named_points = renamed(
        polygon_file(folder / "<script>some.geojson", *(box(n, 4, n + 4, 0) for n in (0, 10, 20))),
        "model", ("<u>model-1.0", "<u>model-1.0", "tiny"),
    )  # fmt: skip
    raster = write_raster(folder / "camp.tif", rgb_of(scene()))
    model = write_model(folder / "tiny.onnx")
    steps: dict[str, dict[str, Any]] = {
        **{
            code: run(
                SUMMARISE,
                INPUT=polygon_file(folder / f"{code[5:]}.geojson", square(code), crs=code),
                HEXAGON_WIDTH=50.0,
            )
            for code in SQUARES
        },
        **{
            f"date in {code}": run(COMPARE, BEFORE=path, AFTER={"again": str(path)})
            for code, path in ((c, folder / f"{c[5:]}.geojson") for c in SQUARES)
        },
        "metres": run(SUMMARISE, INPUT=some, BOUNDARIES=blocks, NAME_FIELD="block"),
        "degrees": run(
            SUMMARISE, INPUT=some, NAME_FIELD="block",
            BOUNDARIES=turned(folder / "turned.geojson", *halves),
        ),
        "bent": run(
            SUMMARISE, INPUT=bent, NAME_FIELD="block",
            BOUNDARIES=polygon_file(folder / "court.geojson", court, yard),
        ),
        "named": run(
            SUMMARISE, INPUT=named_points, BOUNDARIES=named_blocks, NAME_FIELD="block",
            REPORT=folder / "named.html",
        ),
        "earlier in degrees": run(
            COMPARE, AFTER=some,
            BEFORE=turned(folder / "early.geojson", *(box(n, 4, n + 4, 0) for n in (0, 10, 20))),
        ),
        "shifted": run(COMPARE, BEFORE=some, AFTER=shifted),
        "shifted, more in common": run(COMPARE, BEFORE=some, AFTER=shifted, IOU=0.4),
        "changes": {
            "op": "coloured", "alg": COMPARE, "load": {"OUTPUT": "Changes"},
            "params": {"BEFORE": str(some), "AFTER": str(shifted), "OUTPUT": "TEMPORARY_OUTPUT"},
        },
        "plain values": {"op": "ramp_of", "layer": [str(raster), "plain", "gdal"]},
        "probability": {
            "op": "coloured", "alg": DETECT, "load": {"PROBABILITY": "Probability"},
            "params": {
                "INPUT": str(raster), "MODEL_FILE": str(model), "OUTPUT": "memory:",
                "PROBABILITY": str(folder / "p.tif"),
            },
        },
    }  # fmt: skip
    answers = qgis.python("probes.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


@pytest.mark.parametrize("code", SQUARES)
def test_square_metres_are_those_of_the_ellipsoid(results: dict[str, Any], code: str) -> None:
    (cell,) = rows(results[code])
    assert cell["covered_m2"] == pytest.approx(square_metres(code), rel=2e-6)
    (pair,) = rows(results[f"date in {code}"])
    assert [pair["m2_before"], pair["m2_after"]] == pytest.approx(
        [square_metres(code)] * 2, rel=2e-6
    )


def test_boundaries_may_be_in_degrees(results: dict[str, Any]) -> None:
    counts = [
        [(r["name"], r["dwellings"]) for r in rows(results[n])] for n in ("metres", "degrees")
    ]
    assert counts[0] == counts[1] == [("block 0", 1), ("block 1", 2), ("block 2", 0)]
    sizes = [[r["area_ha"] for r in rows(results[n])] for n in ("metres", "degrees")]
    assert sizes[1] == pytest.approx(sizes[0], rel=1e-5)
    assert results["degrees"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"


def test_a_dwelling_counts_where_it_stands_not_in_its_court(results: dict[str, Any]) -> None:
    assert [row["dwellings"] for row in rows(results["bent"])] == [0, 1]


def test_names_of_strangers_are_text_in_the_report(results: dict[str, Any], folder: Path) -> None:
    assert [row["name"] for row in rows(results["named"])] == list(NAMES)
    page = (folder / "named.html").read_text(encoding="utf-8")
    for raw in ("<b>north", "<script", "<i>", "<u>", "A & B"):
        assert raw not in page, raw
    for text in (
        "&lt;b&gt;north&lt;/b&gt;", "A &amp; B", "C &quot;&lt;script&gt;c&lt;/script&gt;",
        "&lt;script&gt;some", "&lt;i&gt;blocks&lt;i&gt;", "&lt;u&gt;model-1.0",
    ):  # fmt: skip
        assert text in page, text


def test_an_earlier_date_may_be_in_degrees(results: dict[str, Any]) -> None:
    dwellings = rows(results["earlier in degrees"])
    assert [row["change"] for row in dwellings] == ["unchanged"] * 3
    assert [row["iou"] for row in dwellings] == pytest.approx([1.0] * 3, abs=1e-5)
    assert results["earlier in degrees"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"


def test_what_either_covers_counts_once(results: dict[str, Any]) -> None:
    moved, same, new, vanished = rows(results["shifted"])
    assert [moved["iou"], same["iou"]] == pytest.approx([1 / 3, 1.0])
    assert [r["change"] for r in (moved, same, new, vanished)] == [
        "unchanged", "unchanged", "appeared", "vanished",
    ]  # fmt: skip
    kinds = [row["change"] for row in rows(results["shifted, more in common"])]
    assert kinds.count("unchanged") == 1


def test_changes_are_told_apart_by_their_colours(results: dict[str, Any]) -> None:
    (colours,) = results["changes"].values()
    colors = dict(colours)
    assert set(colors) == {"appeared", "vanished", "changed", "unchanged"}
    assert len(set(colors.values())) == 4
    red, green, _ = bytes.fromhex(colors["appeared"][1:])
    assert green > 2 * red, "what appeared is green"
    red, green, _ = bytes.fromhex(colors["vanished"][1:])
    assert red > 2 * green, "what vanished is red"


def test_the_ramp_of_the_probability_ends_where_its_values_end(results: dict[str, Any]) -> None:
    (ramp,) = results["probability"].values()
    values = [value for value, _, _ in ramp["ramp"]]
    assert ramp["most"] > 0
    assert values == pytest.approx([part * ramp["most"] for part in (0, 0.25, 0.5, 1)], rel=1e-3)
    assert {color for _, color, _ in ramp["ramp"]} == {"#e31a1c"}
    alphas = [alpha for _, _, alpha in ramp["ramp"]]
    assert alphas == sorted(set(alphas))
    assert (alphas[0], alphas[-1]) == (0, 255)
    # Where QGIS does not scale the values they are those that are stored.
    assert results["plain values"] == [0, 63.5, 127, 254]
