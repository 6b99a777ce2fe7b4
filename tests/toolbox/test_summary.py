"""Camp Summary: every dwelling is counted once, and the numbers add up."""

from __future__ import annotations

import csv
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine import areas

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.toolbox.dialog import Dialog

UTM = 32645
X, Y = 500_000.0, 3_053_000.0
AREAS, CELLS = "C:\\camp.gdb\\areas", "C:\\camp.gdb\\cells"


def box(left: float, bottom: float, right: float, top: float) -> list[tuple[float, float]]:
    """A closed ring, clockwise, in metres from a corner of the camp."""
    corners = [(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)]
    return [(X + x, Y + y) for x, y in corners]


def put(arcpy: ModuleType, path: str, shapes: list[list[Any]], **fields: list[Any]) -> str:
    """A feature class with these rings and texts."""
    reference = arcpy.SpatialReference(UTM)
    arcpy.state.tables[path] = table = arcpy.da.Table(reference)
    table.fields = dict.fromkeys(fields, ("TEXT", 50))
    for i, rings in enumerate(shapes):
        row = {name: values[i] for name, values in fields.items()}
        table.rows.append({"SHAPE@": arcpy.Polygon(rings, reference), **row})
    return path


@pytest.fixture
def summary(dialog: Callable[[str], Dialog], arcpy: ModuleType) -> Dialog:
    """Ten dwellings of 4 x 5 m in a row, 20 m apart; two blocks of 100 m and ground beyond."""
    dwellings = [[box(20 * i, 0, 20 * i + 4, 5)] for i in range(10)]
    blocks = [[box(-10, -10, 65, 50)], [box(65, -10, 150, 50)]]
    put(arcpy, "dwellings", dwellings)
    put(arcpy, "blocks", blocks, NAME=["North", None])
    return dialog("CampSummary").set(in_dwellings="dwellings")


def test_counts_by_area_add_up(summary: Dialog, tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    summary.set(
        in_boundaries="blocks", name_field="NAME", out_areas=AREAS, out_table=str(table)
    ).run()
    rows = summary.table(AREAS).rows
    assert [(r["name"], r["dwellings"]) for r in rows] == [("North", 4), ("area 2", 4)]
    ground = 20 / 0.9996**2
    assert [r["covered_m2"] for r in rows] == pytest.approx([4 * ground] * 2, rel=1e-5)
    assert [r["mean_m2"] for r in rows] == pytest.approx([ground] * 2, rel=1e-5)
    hectares = [0.45 / 0.9996**2, 0.51 / 0.9996**2]
    assert [r["area_ha"] for r in rows] == pytest.approx(hectares, rel=1e-5)
    assert [r["per_ha"] for r in rows] == pytest.approx([4 / h for h in hectares], rel=1e-5)
    assert [r["cover_pct"] for r in rows] == pytest.approx([80 / 45, 80 / 51], rel=1e-5)
    with table.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [(n["name"], n["dwellings"]) for n in lines] == [
        ("all dwellings", "10"), ("outside of all areas", "2"), ("North", "4"), ("area 2", "4"),
    ]  # fmt: skip
    assert summary["count"].value == 10
    text = "\n".join(summary.messages.of("message"))
    assert "outside of all areas" in text
    assert "all dwellings" in text


def test_hexagons_hold_all_dwellings(summary: Dialog, tmp_path: Path) -> None:
    table = tmp_path / "cells.csv"
    summary.set(out_hexagons=CELLS, hexagon_width=50.0, out_table=str(table)).run()
    rows = summary.table(CELLS).rows
    assert sum(r["dwellings"] for r in rows) == 10
    assert all(r["dwellings"] > 0 for r in rows)
    # sqrt(3)/2 of the square of the width, on the ground.
    area = 50**2 * 3**0.5 / 2 / 1e4
    assert [r["area_ha"] for r in rows] == pytest.approx([area] * len(rows), rel=2e-3)
    cells = [shapely.Polygon(r["SHAPE@"].rings[0]) for r in rows]
    overlap = shapely.area(shapely.intersection_all(np.array(cells[:2])))
    assert overlap < 1e-6
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 2 + len(rows)


def test_where_areas_overlap_the_first_counts(summary: Dialog, arcpy: ModuleType) -> None:
    put(arcpy, "twice", [[box(-10, -10, 300, 50)], [box(-10, -10, 300, 50)]])
    summary.set(in_boundaries="twice", out_areas=AREAS).run()
    assert [r["dwellings"] for r in summary.table(AREAS).rows] == [10, 0]
    assert summary.table(AREAS).rows[1]["mean_m2"] is None


def test_a_dwelling_in_a_hole_is_outside(summary: Dialog, arcpy: ModuleType) -> None:
    hole = box(-5, -5, 50, 20)[::-1]
    put(arcpy, "ring", [[box(-10, -10, 300, 50), hole]])
    summary.set(in_boundaries="ring", out_areas=AREAS).run()
    assert [r["dwellings"] for r in summary.table(AREAS).rows] == [7]


def test_a_dwelling_like_an_l_is_where_its_ground_is(summary: Dialog, arcpy: ModuleType) -> None:
    """Its centroid lies in the other area, outside of its outline."""
    corner = [(0, 0), (0, 20), (1, 20), (1, 1), (20, 1), (20, 0), (0, 0)]
    put(arcpy, "dwellings", [[[(X + x, Y + y) for x, y in corner]]])
    inner = [[box(2, 2, 30, 30)], [box(-5, -5, 30, 30)]]
    put(arcpy, "blocks", inner)
    summary.set(in_boundaries="blocks", out_areas=AREAS).run()
    assert [r["dwellings"] for r in summary.table(AREAS).rows] == [0, 1]


def test_boundaries_in_another_coordinate_system(summary: Dialog, arcpy: ModuleType) -> None:
    table = arcpy.state.tables["blocks"]
    world = arcpy.SpatialReference(4326)
    for row in table.rows:
        row["SHAPE@"] = row["SHAPE@"].projectAs(world)
    table.reference = world
    summary.set(in_boundaries="blocks", out_areas=AREAS).run()
    assert [r["dwellings"] for r in summary.table(AREAS).rows] == [4, 4]


def test_an_output_without_its_input_is_said(summary: Dialog) -> None:
    summary.set(out_areas=AREAS)
    assert "needs Boundaries" in summary.remarks(2)["in_boundaries"]
    with pytest.raises(summary.arcpy.ExecuteError, match="needs Boundaries"):
        summary.run()


def test_an_extent_of_the_environment_drops_no_area(summary: Dialog, arcpy: ModuleType) -> None:
    arcpy.env.extent = arcpy.Extent(X, Y, X + 10, Y + 10)
    summary.set(in_boundaries="blocks", out_areas=AREAS).run()
    assert [r["dwellings"] for r in summary.table(AREAS).rows] == [4, 4]


def test_no_dwelling_is_an_answer(summary: Dialog, arcpy: ModuleType) -> None:
    put(arcpy, "dwellings", [])
    summary.set(in_boundaries="blocks", out_areas=AREAS, out_hexagons=CELLS).run()
    assert summary["count"].value == 0
    assert [r["dwellings"] for r in summary.table(AREAS).rows] == [0, 0]
    assert summary.table(CELLS).rows == []


def test_dwellings_without_a_place_are_refused(summary: Dialog, arcpy: ModuleType) -> None:
    arcpy.state.tables["dwellings"].reference = arcpy.SpatialReference()
    with pytest.raises(arcpy.ExecuteError, match="Define Projection"):
        summary.run()


def test_cancelled_writes_nothing(summary: Dialog, arcpy: ModuleType, tmp_path: Path) -> None:
    before = set(arcpy.state.tables)
    arcpy.state.cancel_after = 3  # at the last look, when all is counted
    summary.set(in_boundaries="blocks", out_areas=AREAS, out_table=str(tmp_path / "t.csv")).run()
    assert set(arcpy.state.tables) == before
    assert not list(tmp_path.glob("*.csv"))


def test_a_name_is_no_formula_in_a_spreadsheet(
    summary: Dialog, arcpy: ModuleType, tmp_path: Path
) -> None:
    put(arcpy, "blocks", [[box(-10, -10, 300, 50)]], NAME=["=1+1"])
    path = tmp_path / "t.csv"
    summary.set(in_boundaries="blocks", name_field="NAME", out_table=str(path)).run()
    assert "\n'=1+1," in path.read_text(encoding="utf-8-sig")


def test_an_existing_table_is_kept(summary: Dialog, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(summary.arcpy.ExecuteError, match="exists already"):
        summary.set(out_table=str(path)).run()
    assert path.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({"out_areas": "C:\\camp.gdb\\blocks"}, "an input"),
        ({"out_areas": "c:/camp.gdb/x/../Blocks"}, "an input"),
        ({"out_hexagons": "dwellings"}, "an input"),
        ({"out_areas": AREAS, "out_hexagons": AREAS}, "another output"),
    ],
)
def test_an_output_that_is_an_input_or_another_output_is_refused(
    outputs: dict[str, str], words: str, summary: Dialog, arcpy: ModuleType
) -> None:
    path = "C:\\camp.gdb\\blocks"
    arcpy.state.tables[path] = arcpy.state.tables.pop("blocks")
    arcpy.state.layers["blocks"] = path
    arcpy.env.overwriteOutput = True
    before = dict(arcpy.state.tables)
    with pytest.raises(arcpy.ExecuteError, match=f"is {words} as well"):
        summary.set(in_boundaries="blocks", **outputs).run()
    assert arcpy.state.tables == before


def test_a_table_in_a_missing_folder_leaves_nothing_else(
    summary: Dialog, arcpy: ModuleType, tmp_path: Path
) -> None:
    before = dict(arcpy.state.tables)
    summary.set(in_boundaries="blocks", out_areas=AREAS, out_table=str(tmp_path / "none/t.csv"))
    with pytest.raises(arcpy.ExecuteError, match="cannot be written"):
        summary.run()
    assert arcpy.state.tables == before
    assert not [arguments for name, arguments, _ in arcpy.state.calls if name == "CopyFeatures"]


def test_a_failure_at_the_second_output_takes_the_first_back(
    summary: Dialog, arcpy: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(arcpy.state.tables)
    copy, copies = arcpy.management.CopyFeatures, []

    def fail(in_features: str, out_feature_class: str) -> None:
        if copies:
            raise arcpy.ExecuteError("the disk is full")
        copy(in_features, out_feature_class)
        copies.append(out_feature_class)

    monkeypatch.setattr(arcpy.management, "CopyFeatures", fail)
    table = str(tmp_path / "t.csv")
    summary.set(in_boundaries="blocks", out_areas=AREAS, out_hexagons=CELLS, out_table=table)
    with pytest.raises(arcpy.ExecuteError, match="disk is full"):
        summary.run()
    assert copies
    assert arcpy.state.tables == before
    assert not list(tmp_path.glob("**/*t.csv")) + list(tmp_path.glob(".part-*"))


# The counting itself.

NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)


@given(st.tuples(NUMBERS, NUMBERS), st.floats(1.0, 500.0), st.floats(0.2, 5.0))
def test_a_point_lies_in_the_hexagon_that_it_is_counted_in(
    point: tuple[float, float], width: float, stretch: float
) -> None:
    grid = areas.HexagonGrid((13.0, -7.0), (stretch, 1.0), width)
    cell = shapely.Polygon(grid.ring(grid.cell_of(point)))
    assert cell.distance(shapely.Point(point)) < 1e-9 * (1 + max(map(abs, point)))
    centre = grid.centre(grid.cell_of(point))
    assert cell.centroid.distance(shapely.Point(centre)) < 1e-6


def test_points_are_counted_and_their_ground_is_unknown(
    summary: Dialog, arcpy: ModuleType, tmp_path: Path
) -> None:
    """Also each point of several; a line and an empty feature are left out, and that is said."""
    reference = arcpy.SpatialReference(UTM)
    points = [arcpy.Point(X + x, Y) for x in (0, 10, 100)]
    shapes = [
        arcpy.PointGeometry(points[0], reference), arcpy.Multipoint(points[1:], reference),
        arcpy.Polyline(), None,
    ]  # fmt: skip
    arcpy.state.tables["points"] = table = arcpy.da.Table(reference)
    table.rows += [{"SHAPE@": shape} for shape in shapes]
    lines = tmp_path / "counts.csv"
    messages = summary.set(
        in_dwellings="points", in_boundaries="blocks", out_areas=AREAS, out_table=str(lines)
    ).run()
    figures = [(r["dwellings"], r["covered_m2"], r["mean_m2"]) for r in summary.table(AREAS).rows]
    assert figures == [(2, None, None), (1, None, None)]
    assert "all dwellings,3,,," in lines.read_text(encoding="utf-8-sig")
    assert "whose ground is not known: 3" in "".join(messages.of("message"))
    assert "are left out: 2" in "".join(messages.of("warning"))


def test_the_same_outline_thrice_counts_once(summary: Dialog, arcpy: ModuleType) -> None:
    reference = arcpy.SpatialReference(UTM)
    ring = [(X, Y), (X, Y + 4), (X + 4, Y + 4), (X + 4, Y), (X, Y)]
    turned = [*ring[2:], *ring[1:3]]
    arcpy.state.tables["thrice"] = table = arcpy.da.Table(reference)
    table.rows += [{"SHAPE@": arcpy.Polygon([r], reference)} for r in (ring, turned, ring)]
    messages = summary.set(in_dwellings="thrice", in_boundaries="blocks", out_areas=AREAS).run()
    assert sum(r["dwellings"] for r in summary.table(AREAS).rows) == 1
    (warning,) = messages.of("warning")
    assert "counted once: 2" in warning


def test_a_layer_without_a_dwelling_is_refused(summary: Dialog, arcpy: ModuleType) -> None:
    arcpy.state.tables["lines"] = table = arcpy.da.Table(arcpy.SpatialReference(UTM))
    table.rows += [{"SHAPE@": arcpy.Polyline()}]
    with pytest.raises(arcpy.ExecuteError, match="none is a polygon or a point"):
        summary.set(in_dwellings="lines", out_hexagons=CELLS).run()


def test_a_layer_is_not_counted_in_itself(summary: Dialog, arcpy: ModuleType) -> None:
    with pytest.raises(arcpy.ExecuteError, match="as dwellings and as boundaries"):
        summary.set(in_boundaries="dwellings", out_areas=AREAS).run()


@given(st.integers(-50, 50), st.integers(-50, 50), st.floats(1.0, 500.0))
def test_hexagons_next_to_each_other_share_their_corners(q: int, r: int, width: float) -> None:
    grid = areas.HexagonGrid((13.0, -7.0), (1.0, 0.7), width)
    corners = set(grid.ring((q, r)))
    for dq, dr in ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)):
        assert len(corners & set(grid.ring((q + dq, r + dr)))) == 2


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60),
    st.lists(st.integers(1, 39), min_size=1, max_size=4, unique=True),
)
def test_a_point_on_common_borders_is_in_exactly_one_area(
    points: list[tuple[int, int]], cuts: list[int]
) -> None:
    """A square cut into columns: all inside are counted once, on whatever border they lie."""
    edges = [0, *sorted(cuts), 40]
    rings = [[[(a, 0), (a, 40), (b, 40), (b, 0), (a, 0)]] for a, b in pairwise(edges)]
    dwellings = [areas.CountedDwelling((float(x), float(y)), 1.0) for x, y in points]
    counts, outside = areas.tally(dwellings, rings)
    assert sum(t.dwellings for t in counts) + outside.dwellings == len(points)
    inner = sum(0 < x < 40 and 0 < y < 40 for x, y in points)
    assert sum(t.dwellings for t in counts) >= inner


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=8), st.tuples(NUMBERS, NUMBERS))
def test_inside_is_what_shapely_calls_inside(
    corners: list[tuple[float, float]], point: tuple[float, float]
) -> None:
    polygon = shapely.Polygon(corners)
    if not polygon.is_valid or polygon.boundary.distance(shapely.Point(point)) < 1e-6:
        return
    ring = [*corners, corners[0]]
    assert areas.holds([ring], point) == polygon.contains(shapely.Point(point))
