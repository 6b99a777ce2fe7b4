"""Layers that hold other things than one outline for a dwelling, and one layer for two dates."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.qgis_ground import box, polygon_file, rows
from tests.support.rasters import NORTH, WEST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
CODE = "EPSG:32645"


def at(x: float, y: float) -> str:
    """Coordinates, from metres from the corner."""
    return f"{WEST + x} {NORTH - y}"


def square(x: float, y: float, side: float = 4) -> str:
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return f"(({', '.join(at(*corner) for corner in corners)}))"


def layer(kind: str, *shapes: str | None) -> dict[str, Any]:
    return {"wkt": list(shapes), "kind": kind, "crs": CODE}


POINTS = layer("Point", *(f"POINT({at(x, 10)})" for x in (5, 15, 60)), None)
LINES = layer("LineString", f"LINESTRING({at(0, 0)}, {at(9, 9)})")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("points")


def _collections() -> str:
    """Three squares, two of them inside of collections, one beside a line and a point."""

    def corners(x: float) -> list[list[list[float]]]:
        west, north = WEST + x, NORTH - 2
        ring = [(west, north), (west + 4, north), (west + 4, north - 4), (west, north - 4)]
        return [[list(place) for place in (*ring, ring[0])]]

    squares = [{"type": "Polygon", "coordinates": corners(x)} for x in (2, 12, 60)]
    line = {"type": "LineString", "coordinates": corners(2)[0]}
    point = {"type": "Point", "coordinates": corners(2)[0][0]}
    inner = {"type": "GeometryCollection", "geometries": [squares[1]]}
    shapes: list[dict[str, Any]] = [
        squares[2],
        {"type": "GeometryCollection", "geometries": [squares[0], line, point]},
        {"type": "GeometryCollection", "geometries": [inner]},
    ]
    crs = {"type": "name", "properties": {"name": CODE}}
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


@pytest.fixture(scope="module")
def results(qgis: Qgis, folder: Path) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    blocks = polygon_file(folder / "blocks.geojson", box(0, 40, 40, 0), box(40, 40, 90, 0))
    first = polygon_file(folder / "first.geojson", box(0, 4, 4, 0), box(10, 4, 14, 0))
    second = polygon_file(folder / "second.geojson", box(0, 4, 4, 0), box(20, 4, 24, 0))
    copy = folder / "copy.geojson"
    shutil.copyfile(first, copy)
    (folder / "sub").mkdir()
    corner = [WEST + 5, NORTH - 5]
    ring = [[WEST + 2, NORTH - 2], [WEST + 6, NORTH - 2], [WEST + 6, NORTH - 6]]
    mixed = folder / "mixed.geojson"
    shapes = [
        {"type": "Point", "coordinates": corner},
        {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        {"type": "LineString", "coordinates": ring},
        None,
    ]
    mixed.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": CODE}},
                "features": [
                    {"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes
                ],
            }
        ),
        encoding="utf-8",
    )

    collections = folder / "collections.geojson"
    collections.write_text(_collections(), encoding="utf-8")
    x, y = "85.5", "27.5"
    degrees = [
        f"POLYGON(({x} {top},{x}1 {top},{x}1 {y},{x} {y},{x} {top}))" for top in ("27.5001", "95")
    ]

    def summary(dwellings: Any, **params: Any) -> dict[str, Any]:
        parameters = {"INPUT": dwellings, "OUTPUT": "memory:", **params}
        return {"op": "run", "alg": SUMMARISE, "params": parameters}

    def dates(before: Any, after: Any, op: str = "run") -> dict[str, Any]:
        parameters = {"BEFORE": before, "AFTER": after, "OUTPUT": "memory:"}
        return {"op": op, "alg": COMPARE, "params": parameters}

    several = f"MULTIPOINT({at(5, 5)}, {at(15, 5)}, {at(60, 5)})"
    steps: dict[str, dict[str, Any]] = {
        "points": summary(POINTS, BOUNDARIES=str(blocks), REPORT=str(folder / "points.html")),
        "hexagons": summary(POINTS, HEXAGON_WIDTH=20.0),
        "multi-points": summary(layer("MultiPoint", several, f"MULTIPOINT({at(2, 2)})")),
        "lines": summary(LINES),
        "mixed": summary(str(mixed)),
        "flat": summary(
            layer("Polygon", f"POLYGON{square(2, 2)}", f"POLYGON{square(9, 9, side=0)}")
        ),
        "collections": summary(str(collections)),
        "collections as boundaries": summary(str(first), BOUNDARIES=str(collections)),
        "thrice": summary(layer("Polygon", *[f"POLYGON{square(2, 2)}"] * 3)),
        "beyond": summary({"wkt": degrees, "kind": "Polygon", "crs": "EPSG:4326"}),
        "all beyond": summary({"wkt": degrees[1:], "kind": "Polygon", "crs": "EPSG:4326"}),
        "thrice compared": dates(layer("Polygon", *[f"POLYGON{square(2, 2)}"] * 3), str(first)),
        "lines as boundaries": summary(str(first), BOUNDARIES=str(mixed)),
        "itself as boundaries": {**summary(str(first), BOUNDARIES=str(first)), "op": "check"},
        "points compared": dates(POINTS, str(first)),
        "lines compared": dates(str(first), LINES),
        "mixed compared": dates(str(mixed), str(first)),
        "one layer": dates(str(first), str(first), "check"),
        "one layer in a task": dates(str(first), str(first), "prepare"),
        "one file by two names": dates(str(first), f"{folder}/sub/../{first.name}", "check"),
        "a copy": dates(str(first), str(copy)),
        "two layers": dates(str(first), str(second)),
        "dialog": {"op": "dialog", "alg": COMPARE, "layers": [str(first), str(second)]},
        "dialog of one layer": {"op": "dialog", "alg": COMPARE, "layers": [str(first)]},
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_points_are_counted_and_their_ground_is_unknown(
    results: dict[str, Any], folder: Path
) -> None:
    result = results["points"]
    assert [row["dwellings"] for row in rows(result)] == [2, 1]
    assert result["results"]["COUNT"] == 3
    assert result["results"]["COVERED"] is None
    assert [(r["covered_m2"], r["mean_m2"], r["cover_pct"]) for r in rows(result)] == [
        (None, None, None),
        (None, None, None),
    ]
    assert any("given as points" in text and "3" in text for text in result["infos"])
    assert any("without a geometry: 1" in text for text in result["warnings"])
    page = (folder / "points.html").read_text(encoding="utf-8")
    assert "data:image/png" in page
    assert "None" not in page
    assert sum(row["dwellings"] for row in rows(results["hexagons"])) == 3


def test_each_point_of_a_feature_is_a_dwelling_and_that_is_said(results: dict[str, Any]) -> None:
    result = results["multi-points"]
    assert result["results"]["COUNT"] == 4
    assert any("share a feature with others" in w and ": 3" in w for w in result["warnings"])


def test_lines_are_no_dwellings(results: dict[str, Any]) -> None:
    assert "none is a polygon or a point" in results["lines"]["error"]
    for step in ("lines compared", "points compared"):
        assert "holds no outline of a dwelling" in results[step]["error"]


def test_what_is_no_dwelling_among_others_is_counted_and_said(results: dict[str, Any]) -> None:
    result = results["mixed"]
    assert result["results"]["COUNT"] == 2
    assert result["results"]["COVERED"] == pytest.approx(8, rel=2e-3)
    (warning,) = result["warnings"]
    assert "left out: 2" in warning
    assert "without a geometry: 1" in warning
    assert "lines or other shapes: 1" in warning
    # The mean is that of the outlines, not of the points as well.
    assert rows(result)[0]["mean_m2"] == pytest.approx(8, rel=2e-3)
    flat = results["flat"]
    assert flat["results"]["COUNT"] == 1
    assert any("without an area: 1" in w for w in flat["warnings"])
    bounds = results["lines as boundaries"]
    assert any("no polygon with an area" in w and ": 3" in w for w in bounds["warnings"])
    compared = results["mixed compared"]
    assert any("no ground to compare" in w and ": 1" in w for w in compared["warnings"])
    assert any("left out: 2" in w for w in compared["warnings"])


def test_polygons_in_collections_are_dwellings_and_boundaries(results: dict[str, Any]) -> None:
    result = results["collections"]
    assert result["results"]["COUNT"] == 3
    assert result["results"]["COVERED"] == pytest.approx(48, rel=2e-3)
    assert any("inside geometry collections" in w and ": 2" in w for w in result["warnings"])
    bounds = rows(results["collections as boundaries"])
    assert len(bounds) == 3
    assert all(row["area_ha"] == pytest.approx(0.0016, rel=2e-3) for row in bounds)


def test_the_same_outline_thrice_counts_once(results: dict[str, Any]) -> None:
    assert results["thrice"]["results"]["COUNT"] == 1
    assert any("counted once: 2" in w for w in results["thrice"]["warnings"])
    compared = results["thrice compared"]["results"]
    assert compared["VANISHED"] + compared["CHANGED_BEFORE"] + compared["UNCHANGED"] == 1


def test_an_outline_nowhere_on_the_earth_is_left_out_and_said(results: dict[str, Any]) -> None:
    assert results["beyond"]["results"]["COUNT"] == 1
    assert any("nowhere on the Earth: 1" in w for w in results["beyond"]["warnings"])
    assert "lie nowhere on the Earth" in results["all beyond"]["error"]


@pytest.mark.parametrize("step", ["one layer", "one file by two names"])
def test_a_layer_is_not_compared_with_itself(results: dict[str, Any], step: str) -> None:
    assert results[step]["ok"] is False
    assert "was given for both dates" in results[step]["message"]


def test_nor_in_a_task_and_nor_counted_in_itself(results: dict[str, Any]) -> None:
    assert results["one layer in a task"]["ok"] is False
    assert any("was given for both dates" in e for e in results["one layer in a task"]["errors"])
    assert results["itself as boundaries"]["ok"] is False
    assert "as dwellings and as boundaries" in results["itself as boundaries"]["message"]


def test_copies_are_compared_and_that_is_said(results: dict[str, Any]) -> None:
    assert results["a copy"]["results"]["UNCHANGED"] == 2
    assert any("copies of one layer" in w for w in results["a copy"]["warnings"])
    assert not any("copies of one layer" in w for w in results["two layers"]["warnings"])


def test_the_dialog_does_not_begin_with_one_layer_for_both_dates(results: dict[str, Any]) -> None:
    for step in ("dialog", "dialog of one layer"):
        assert results[step]["layers"] == {"AFTER": "first"}
        assert results[step]["ok"] is False
        assert results[step]["message"] == "Choose the dwellings of the earlier date."
