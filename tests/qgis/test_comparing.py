"""Comparisons of two dates in a real QGIS: what split, merged, or lies on other ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rasterio.warp import transform_geom

from tests.support.qgis_ground import box, polygon_file, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

COMPARE = "campdetector:comparedates"
NUMBERS = ("UNCHANGED", "APPEARED", "VANISHED", "CHANGED_BEFORE", "CHANGED_AFTER")


def row(*spans: tuple[float, float], bottom: float = 4) -> list[list[tuple[float, float]]]:
    """Boxes of 4 m side by side, from and to so many metres."""
    return [box(left, bottom, right, bottom - 4) for left, right in spans]


def in_degrees(path: Path, *rings: list[tuple[float, float]]) -> Path:
    turned = [
        transform_geom("EPSG:32645", "EPSG:4326", {"type": "Polygon", "coordinates": [ring]})
        for ring in rings
    ]
    return polygon_file(path, *(shape["coordinates"][0] for shape in turned), crs="EPSG:4326")


@pytest.fixture(scope="module")
def results(qgis: Qgis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = tmp_path_factory.mktemp("comparing")
    late = folder / "late"
    late.mkdir()

    def dates(name: str, before: Any, after: Any, **params: Any) -> dict[str, Any]:
        files = [
            str(polygon_file(folder / f"{name} {i}.geojson", *boxes))
            for i, boxes in enumerate((before, after))
        ]
        parameters = {"BEFORE": files[0], "AFTER": files[1], "OUTPUT": "memory:", **params}
        return {"op": "run", "alg": COMPARE, "params": parameters}

    mask = in_degrees(folder / "mask.geojson", box(-1, 20, 60, -5))
    inside = row((0, 4), (57, 61), (70, 74), (80, 84)), row((0, 4), (10, 14), (59, 63), (90, 94))
    far = row((0, 4), (100, 104)), row((80, 84), (200, 204))
    steps = {
        "split": dates("split", row((0, 16)), row((0, 4), (4, 8), (8, 12), (12, 16))),
        "merged": dates("merged", row((0, 4), (4, 8)), row((0, 8))),
        "much enlarged": dates("enlarged", row((0, 4)), row((0, 20))),
        "twice on the same ground": dates("twice", row((0, 2.9), (0.1, 2.9)), row((0, 10))),
        "other ground": dates("other", *far),
        "inside": dates("inside", *inside, MASK=str(mask)),
        "without a mask": dates("all", *inside),
        "other ground inside": dates("far", *far, MASK=str(mask)),
        "no mask": dates(
            "none", *inside, MASK={"wkt": "Polygon EMPTY", "kind": "Polygon", "crs": "EPSG:4326"}
        ),
        "stopped": {
            **dates("stopped", *inside, OUTPUT=str(late / "out.gpkg")),
            "op": "late",
            "at": "never",
            "percent": 60.0,
            "folder": str(late),
        },
        "loaded": {
            **dates("loaded", row((0, 16)), row((0, 4), (4, 8))),
            "op": "background",
            "load": {"OUTPUT": "Changes"},
        },
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def numbers(result: dict[str, Any]) -> tuple[int, ...]:
    assert "error" not in result, result
    return tuple(result["results"][name] for name in NUMBERS)


def test_a_roof_that_is_seen_in_parts_is_changed(results: dict[str, Any]) -> None:
    assert numbers(results["split"]) == (0, 0, 0, 1, 4)
    assert [r["change"] for r in rows(results["split"])] == ["changed"] * 5
    assert [r["covered"] for r in rows(results["split"])] == pytest.approx([1.0] * 5)
    assert [r["id_before"] for r in rows(results["split"])] == [None] * 4 + [0]
    assert numbers(results["merged"]) == (1, 0, 0, 1, 0)


def test_what_stands_mostly_on_new_ground_appeared(results: dict[str, Any]) -> None:
    assert numbers(results["much enlarged"]) == (0, 1, 0, 1, 0)
    new, _ = rows(results["much enlarged"])
    assert (new["change"], new["covered"]) == ("appeared", pytest.approx(0.2))


def test_ground_that_two_dwellings_cover_counts_once(results: dict[str, Any]) -> None:
    assert numbers(results["twice on the same ground"]) == (0, 1, 0, 2, 0)
    assert rows(results["twice on the same ground"])[0]["covered"] == pytest.approx(0.29)


def test_each_dwelling_is_in_one_number(results: dict[str, Any]) -> None:
    sizes = {"split": (1, 4), "merged": (2, 1), "without a mask": (4, 4), "inside": (2, 2)}
    for step, (before, after) in sizes.items():
        stayed, appeared, vanished, changed_before, changed_after = numbers(results[step])
        assert stayed + vanished + changed_before == before
        assert stayed + appeared + changed_after == after
        assert len(rows(results[step])) == before + after - stayed


def test_dwellings_outside_of_polygons_of_any_crs_are_left_out(results: dict[str, Any]) -> None:
    # The second one's centre is inside on the earlier date only: it did not vanish.
    assert numbers(results["inside"]) == (1, 1, 0, 1, 0)
    assert numbers(results["without a mask"]) == (2, 2, 2, 0, 0)
    messages = [text for text in results["inside"]["infos"] if "left out" in text]
    assert messages == [
        "Outside of the polygons and left out: 2 dwellings of the earlier date, 2 of the later date"
    ]
    assert "has no polygon" in results["no mask"]["error"]


def test_dates_that_lie_on_other_ground_are_told(results: dict[str, Any]) -> None:
    (warning,) = results["other ground"]["warnings"]
    assert "(MASK)" in warning
    for step in ("without a mask", "split", "other ground inside"):
        assert results[step]["warnings"] == []


def test_stopping_while_dates_are_compared_leaves_nothing(results: dict[str, Any]) -> None:
    assert results["stopped"]["files"] == []
    assert not results["stopped"]["results"].get("OUTPUT")


def test_all_kinds_of_change_are_told_and_have_a_colour(results: dict[str, Any]) -> None:
    summary = "0 appeared, 0 vanished, 0 stayed, changed: 1 before, 2 after"
    assert summary in results["loaded"]["infos"]
    (layer,) = results["loaded"]["layers"]
    assert layer["name"] == f"Changes ({summary})"
    assert [value for value, _ in layer["symbols"]] == [
        "appeared", "vanished", "changed", "unchanged",
    ]  # fmt: skip
    assert all(label for _, label in layer["symbols"])
