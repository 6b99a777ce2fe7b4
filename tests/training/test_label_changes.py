"""Labels that a place leaves out, ignores, moves, or does not trust near the outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import pytest
import shapely

from camp_detector_core.engine.errors import CampDetectorError
from tests.support.datasets import GSD, HOUSES, SIDE, house_polygon, write_polygons
from training.data.chips import read_chips
from training.data.datamodule import CampDataModule
from training.data.labels import open_labels
from training.data.place import Place
from training.data.reprojection import LON_LAT, PlacedPolygons
from training.fit.options import DWELLING
from training.fit.place_options import LabelChanges, PlaceOptions, Selection, SplitOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.datasets import Town
    from training.data.chip_labels import ChipLabels
    from training.fit.options import DataOptions

RUIN, DOUBT = 0, 1
"""Numbers of houses on the first chip of the town."""


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The houses of the town with a number as text."""
    path = tmp_path_factory.mktemp("labels") / "houses.gpkg"
    numbers = [f"{i}" for i in range(len(HOUSES))]
    return write_polygons(path, [house_polygon(h) for h in HOUSES], number=numbers)


def read(town: Town, path: Path, **changes: Any) -> ChipLabels:
    """The labels of the first chip after some changes."""
    vector = open_labels(path, (DWELLING,))
    vector.change(LabelChanges(**changes))
    return vector.read(read_chips(town.chips)[0])


def choose(*numbers: float | str, field: str = "number") -> tuple[Selection, ...]:
    return (Selection(field, numbers),)


def pixels_of(number: int) -> tuple[slice, slice]:
    row, col, stop_row, stop_col = HOUSES[number]
    return slice(row, stop_row), slice(col, stop_col)


@pytest.mark.parametrize(("field", "value"), [("number", "0"), ("number", 0), ("feature", 0)])
def test_what_is_left_out_is_ground(
    town: Town, labels: Path, field: str, value: float | str
) -> None:
    plain, changed = read(town, labels), read(town, labels, leave_out=choose(value, field=field))
    assert plain.classes[pixels_of(RUIN)].all()
    expected = plain.classes.copy()
    expected[pixels_of(RUIN)] = 0
    np.testing.assert_array_equal(changed.classes, expected)
    assert changed.is_known.all()
    assert changed.is_certain.all()


def test_what_is_ignored_is_not_known(town: Town, labels: Path) -> None:
    changed = read(town, labels, ignore=choose(DOUBT))
    expected = np.ones((SIDE, SIDE), np.bool_)
    expected[pixels_of(DOUBT)] = False
    np.testing.assert_array_equal(changed.is_known, expected)
    assert not changed.classes[pixels_of(DOUBT)].any()
    assert not changed.owner[pixels_of(DOUBT)].any()
    assert changed.classes[pixels_of(RUIN)].all()


def test_a_band_around_outlines_is_known_and_does_not_count(town: Town, labels: Path) -> None:
    """One metre is two pixels to either side of the wall."""
    changed = read(town, labels, ignore_band=1.0)
    row, col, stop_row, stop_col = HOUSES[RUIN]
    middle = (row + stop_row) // 2
    line = changed.is_certain[middle, col - 4 : col + 6]
    assert line.tolist() == [True] * 2 + [False] * 4 + [True] * 4
    line = changed.is_certain[row - 4 : row + 6, (col + stop_col) // 2]
    assert line.tolist() == [True] * 2 + [False] * 4 + [True] * 4
    assert changed.is_known.all()
    np.testing.assert_array_equal(changed.classes, read(town, labels).classes)


def test_a_shift_moves_labels_over_the_ground(town: Town, labels: Path) -> None:
    plain, changed = read(town, labels), read(town, labels, shift=(2 * GSD, -3 * GSD))
    np.testing.assert_array_equal(changed.classes[3:, 2:], plain.classes[:-3, :-2])


def test_pieces_of_a_cut_house_are_joined(town: Town, tmp_path: Path) -> None:
    """A house cut in three by gaps of 4 cm is one dwelling, its neighbour stays one of its own."""
    west, south, east, north = house_polygon(HOUSES[RUIN]).bounds
    third = (east - west) / 3
    pieces = [
        shapely.box(west + i * third + 0.02, south, west + (i + 1) * third - 0.02, north)
        for i in range(3)
    ]
    path = write_polygons(tmp_path / "cut.gpkg", [house_polygon(HOUSES[DOUBT]), *pieces])
    before, after = read(town, path), read(town, path, join=0.05)
    assert len(np.unique(before.owner[pixels_of(RUIN)])) == 3
    (number,) = np.unique(after.owner[pixels_of(RUIN)])
    assert number not in after.owner[pixels_of(DOUBT)]
    np.testing.assert_array_equal(after.classes, before.classes)
    vector = open_labels(path, (DWELLING,))
    vector.change(LabelChanges(join=0.05))
    assert vector.notes[-1] == "cut.gpkg: as asked, 4 polygons joined to 2 dwellings"
    polygons, values = vector.polygons(read_chips(town.chips)[0].grid)
    assert values.tolist() == [1, 1]
    assert polygons[1].area == pytest.approx((east - west - 0.04) * (north - south), rel=0.01)


def test_houses_that_meet_at_a_corner_stay_apart(tmp_path: Path, town: Town) -> None:
    """Joined within a few centimetres, a diagonal neighbour is still another dwelling."""
    west, south, east, north = house_polygon(HOUSES[RUIN]).bounds
    middle, level = (west + east) / 2, (south + north) / 2
    low, high = shapely.box(west, south, middle, level), shapely.box(middle, level, east, north)
    cut = shapely.box(west, south - 3, middle, south - 0.03)
    path = write_polygons(tmp_path / "corner.gpkg", [low, high, cut])
    vector = open_labels(path, (DWELLING,))
    vector.change(LabelChanges(join=0.05))
    polygons, values = vector.polygons(read_chips(town.chips)[0].grid)
    assert values.tolist() == [1, 1]
    assert [p.geom_type for p in polygons] == ["Polygon", "Polygon"]
    areas = sorted(p.area for p in polygons)
    assert areas == pytest.approx(sorted((high.area, shapely.union(low, cut).area)), rel=0.02)


@pytest.mark.parametrize("lonlat", [(39.2, -6.0), (85.5, 27.6), (25.0, 69.5)])
def test_a_shift_is_as_long_as_geographiclib_says(lonlat: tuple[float, float]) -> None:
    point = shapely.Point(lonlat).buffer(1e-5)
    placed = PlacedPolygons(np.array([point], object), LON_LAT).shifted((30.0, -40.0))
    moved = placed.chosen(np.array([True]))._polygons[0].centroid
    azimuth, _, distance = pyproj.Geod(ellps="WGS84").inv(*lonlat, moved.x, moved.y)
    assert distance == pytest.approx(50, abs=1e-3)
    assert azimuth == pytest.approx(np.degrees(np.arctan2(30, -40)), abs=1e-3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"leave_out": choose("99", "0")}, r"houses\.gpkg holds no polygon whose number is 99"),
        ({"ignore": choose("1", field="osm_id")}, r"houses\.gpkg has no attribute 'osm_id'"),
        ({"ignore": choose(*range(len(HOUSES)))}, r"take all polygons, and no label is left"),
    ],
)
def test_a_choice_that_chooses_nothing_is_refused(
    town: Town, labels: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CampDetectorError, match=message):
        read(town, labels, **changes)


def test_masks_cannot_be_changed(town: Town, data_of: Callable[..., DataOptions]) -> None:
    place = PlaceOptions("a", town.chips, town.masks, changes=LabelChanges(shift=(1.0, 0.0)))
    with pytest.raises(CampDetectorError, match=r"a: .*masks holds masks, and leave_out"):
        CampDataModule(data_of(chips=None, labels=None, places=(place,)))


def test_ignored_ground_is_seen_and_counts_for_nothing(
    town: Town, labels: Path, data_of: Callable[..., DataOptions]
) -> None:
    """The picture of a validation sample stays; loss, separation and notes know."""

    def sample(**changes: Any) -> tuple[dict[str, Any], CampDataModule]:
        split = SplitOptions(val_columns=("0",), test_columns=("3",))
        place = PlaceOptions("a", town.chips, labels, split=split, changes=LabelChanges(**changes))
        data = CampDataModule(data_of(chips=None, labels=None, places=(place,)))
        return next(iter(data.val_dataloader())), data

    (plain, _), (changed, data) = sample(), sample(ignore=choose(DOUBT), ignore_band=0.5)
    np.testing.assert_array_equal(changed["image"], plain["image"])
    ignored = np.zeros((SIDE, SIDE), np.bool_)
    ignored[pixels_of(DOUBT)] = True
    assert not changed["valid"][0][ignored].any()
    assert not changed["extra_valid"][0][ignored].any()
    assert not changed["target"][0, 0][ignored].any()
    inside = np.zeros((SIDE, SIDE), np.bool_)
    rows, cols = pixels_of(RUIN)
    inside[rows.start, cols] = True
    assert not changed["valid"][0][inside].any(), "a band of one pixel at the wall"
    assert changed["extra_valid"][0][inside].all(), "the separation is learned at the wall"
    assert data.notes == (
        f"a: houses.gpkg: as asked, 0 polygons of {len(HOUSES)} left out as ground and 1 ignored",
    )


def test_beyond_the_area_nothing_is_known(
    town: Town, labels: Path, data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    first = read_chips(town.chips)[0]
    assert first.grid is not None
    corners = first.grid.transform.apply(np.array([[0.5, 0.5], [SIDE / 2, SIDE - 0.5]]))
    half = shapely.box(*corners.min(axis=0), *corners.max(axis=0))
    area = write_polygons(tmp_path / "area.gpkg", [half])
    patch = read(town, labels, area=area)
    assert patch.is_known[1:-1, 1 : SIDE // 2].all()
    assert not patch.is_known[:, SIDE // 2 :].any()
    place = PlaceOptions("a", town.chips, labels, changes=LabelChanges(area=area))
    opened = Place(place, data_of(chips=None, labels=None, places=(place,)))
    assert [chip.name for chip in opened.labelled] == [f"a/{first.name}"]
    assert len(opened.chips) > 1


def test_an_area_that_lies_elsewhere_is_refused(
    town: Town, labels: Path, data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    area = write_polygons(tmp_path / "area.gpkg", [shapely.box(0, 0, 10, 10)])
    place = PlaceOptions("a", town.chips, labels, changes=LabelChanges(area=area))
    with pytest.raises(CampDetectorError, match=r"a: no part of .*area\.gpkg lies on"):
        CampDataModule(data_of(chips=None, labels=None, places=(place,)))
