"""Summaries of dwellings and comparisons of two dates in a real QGIS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.qgis_ground import Ground, box, drawn_ground, polygon_file, rows
from tests.support.rasters import NORTH, WEST

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return drawn_ground(tmp_path_factory.mktemp("counting"))


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = ground.folder
    dwellings = str(folder / "dwellings.gpkg")
    blocks = polygon_file(folder / "blocks.geojson", box(0, 75, 40, 0), box(40, 75, 85, 0))
    x, y = WEST + 25, NORTH - 20
    bow_tie = f"Polygon(({x} {y},{x + 8} {y + 8},{x + 8} {y},{x} {y + 8},{x} {y}))"
    # Of a row of four: one stays, one grows by half, one is gone, one is new.
    before = polygon_file(
        folder / "before.geojson", box(0, 4, 4, 0), box(10, 4, 14, 0), box(20, 4, 24, 0)
    )
    after = polygon_file(
        folder / "after.geojson", box(0, 4, 4, 0), box(10, 4, 16, 0), box(22.9, 4, 27, 0),
        box(30, 4, 34, 0),
    )  # fmt: skip
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    steps: dict[str, dict[str, Any]] = {
        "file": detect(OUTPUT=dwellings),
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
            "params": {"BEFORE": dwellings, "AFTER": {"again": dwellings}, "OUTPUT": "memory:"},
        },
        "change": {
            "op": "run",
            "alg": COMPARE,
            "params": {"BEFORE": str(before), "AFTER": str(after), "OUTPUT": "memory:"},
        },
        "check summary": {
            "op": "check",
            "alg": SUMMARISE,
            "params": {"INPUT": str(folder / "none.gpkg"), "OUTPUT": "memory:"},
        },
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_an_outline_that_crosses_itself_is_the_same_as_itself(results: dict[str, Any]) -> None:
    result = results["crossing"]["results"]
    assert (result["UNCHANGED"], result["APPEARED"], result["VANISHED"]) == (1, 0, 0)
    (row,) = rows(results["crossing"])
    assert row["m2_after"] == pytest.approx(32, rel=1e-2)


def test_a_summary_adds_up(results: dict[str, Any], ground: Ground) -> None:
    total = results["file"]["results"]["COUNT"]
    for name in ("blocks", "hexagons"):
        result = results[name]["results"]
        assert result["COUNT"] == total
        assert sum(row["dwellings"] for row in rows(results[name])) == total
        covered = sum(row["covered_m2"] for row in rows(results[name]))
        assert covered == pytest.approx(result["COVERED"])
        assert covered == pytest.approx(results["file"]["results"]["AREA"], rel=2e-3)
    blocks = rows(results["blocks"])
    assert [row["name"] for row in blocks] == ["block 0", "block 1"]
    assert blocks[0]["area_ha"] == pytest.approx(0.3, rel=2e-3)
    assert blocks[0]["per_ha"] == pytest.approx(blocks[0]["dwellings"] / blocks[0]["area_ha"])
    page = (ground.folder / "report.html").read_text(encoding="utf-8")
    assert "block 1" in page
    assert "data:image/png;base64," in page


def test_nothing_changed_between_a_date_and_itself(results: dict[str, Any]) -> None:
    result = results["no change"]["results"]
    total = results["file"]["results"]["COUNT"]
    assert (result["UNCHANGED"], result["APPEARED"], result["VANISHED"]) == (total, 0, 0)
    overlaps = [row["iou"] for row in rows(results["no change"])]
    assert overlaps == pytest.approx([1.0] * total)


def test_dwellings_appear_vanish_and_stay(results: dict[str, Any]) -> None:
    result = results["change"]["results"]
    assert (result["UNCHANGED"], result["APPEARED"], result["VANISHED"]) == (2, 2, 1)
    changes = [
        (row["change"], row["id_before"], row["id_after"]) for row in rows(results["change"])
    ]
    assert changes == [
        ("unchanged", 0, 0), ("unchanged", 1, 1), ("appeared", None, 2), ("appeared", None, 3),
        ("vanished", 2, None),
    ]  # fmt: skip
    grown = rows(results["change"])[1]
    assert grown["iou"] == pytest.approx(2 / 3)
    assert grown["m2_after"] == pytest.approx(1.5 * grown["m2_before"])
    assert grown["m2_before"] == pytest.approx(16, rel=1e-3)


def test_a_layer_that_is_not_there_is_told_before_anything_runs(results: dict[str, Any]) -> None:
    assert results["check summary"]["ok"] is False
    assert "INPUT" in results["check summary"]["message"]
