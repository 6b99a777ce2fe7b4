"""Chips are dealt by blocks, for good, and no ground is in two parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.grid import Grid, Shape, Transform
from training.data.chips import Chip
from training.data.split import Split, SplitError, make_split
from training.fit.place_options import OptionsError, SplitOptions


def grid_of_chips(rows: int, cols: int, *, side: int = 10, step: int = 10) -> list[Chip]:
    """Chips of 10 x 10 m; a step below the side makes them overlap."""
    chips = []
    for row in range(rows):
        for col in range(cols):
            transform = Transform(1.0, 0.0, float(col * step), 0.0, -1.0, float(-row * step))
            grid = Grid(Shape(side, side), transform, "LOCAL")
            name = f"{row:02d}-{col:02d}"
            chips.append(Chip(name, Path(name), grid, Shape(side, side), 3, "uint8"))
    return chips


def block_of(name: str, side: int) -> tuple[int, int]:
    row, col = (int(n) for n in name.split("-"))
    return row // side, col // side


@given(
    rows=st.integers(4, 9), cols=st.integers(4, 9), side=st.integers(1, 2), seed=st.integers(0, 99)
)
def test_blocks_stay_together_and_every_chip_is_dealt_once(
    rows: int, cols: int, side: int, seed: int
) -> None:
    chips = grid_of_chips(rows, cols)
    split = make_split(chips, SplitOptions(block=side), seed=seed)
    parts = [split.train, split.val, split.test]
    assert sorted(n for p in parts for n in p) == [c.name for c in chips]
    blocks = [{block_of(n, side) for n in p} for p in parts]
    assert not blocks[0] & blocks[1]
    assert not blocks[0] & blocks[2]
    assert not blocks[1] & blocks[2]
    total = sum(map(len, blocks))
    for index in (1, 2):
        assert len(blocks[index]) == max(1, round(0.2 * total))


def test_the_seed_and_nothing_else_decides() -> None:
    chips = grid_of_chips(8, 8)
    first = make_split(chips, SplitOptions(), seed=1)
    assert make_split(chips[::-1], SplitOptions(), seed=1) == first
    assert make_split(chips, SplitOptions(), seed=2) != first
    # The order comes from a hash of seed and block, so it is the same on every machine.
    assert sorted({block_of(n, 2) for n in first.test}) == [(0, 0), (0, 3), (2, 2)]


def test_nothing_is_held_out_where_nobody_wants_it() -> None:
    split = make_split(grid_of_chips(4, 4), SplitOptions(test_share=0))
    assert split.test == ()
    assert len(split.val) == 4


def test_columns_are_held_out_as_a_whole() -> None:
    chips = grid_of_chips(3, 5)
    split = make_split(chips, SplitOptions(val_columns=("1",), test_columns=("4",)))
    assert split.val == ("00-01", "01-01", "02-01")
    assert split.test == ("00-04", "01-04", "02-04")
    assert len(split.train) == 9
    dealt = make_split(chips, SplitOptions(test_columns=("4",)), seed=5)
    assert dealt.test == split.test
    assert len({n[-2:] for n in dealt.val}) == 1
    named_chips = [replace(c, column="x" + c.name[-2:]) for c in chips]
    by_name = make_split(named_chips, SplitOptions(val_columns=("x01",), test_columns=("x04",)))
    assert by_name == split
    with pytest.raises(SplitError, match="no column 9: the chips have 0, 1, 2, 3, 4"):
        make_split(chips, SplitOptions(val_columns=("9",)))


def test_chips_that_overlap_the_judges_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """Steps of half a chip: next to each held-out column one column is in no part."""
    chips = grid_of_chips(1, 9, step=5)
    places = {c.name: i for i, c in enumerate(chips)}
    named_chips = [replace(c, column=str(places[c.name])) for c in chips]
    split = make_split(named_chips, SplitOptions(val_columns=("4",), test_columns=("8",)))
    assert [places[n] for n in split.train] == [0, 1, 2, 6]
    assert "3 chips are in no part" in caplog.text
    beside = make_split(named_chips, SplitOptions(val_columns=("7",), test_columns=("4",)))
    assert [places[n] for n in beside.train] == [0, 1, 2]
    with pytest.raises(SplitError, match="0 for validation"):
        make_split(named_chips, SplitOptions(val_columns=("7",), test_columns=("8",)))


def test_chips_of_another_crs_that_show_the_ground_of_judges_are_left_out() -> None:
    """Four chips in UTM, of which one is the test, and the same four in Web Mercator."""
    lonlat = pyproj.Transformer.from_crs(32737, 3857, always_xy=True)
    chips = []
    for crs in (32737, 3857):
        for i in range(4):
            x, y = 680000.0 + 1000 * i, 8388000.0
            if crs == 3857:
                x, y = lonlat.transform(x, y)
            wkt = pyproj.CRS(crs).to_wkt()
            grid = Grid(Shape(100, 100), Transform(1.0, 0.0, x, 0.0, -1.0, y), wkt)
            name = f"{crs}-{i}"
            chips.append(Chip(name, Path(name), grid, Shape(100, 100), 3, "uint8", column=name))
    options = SplitOptions(val_columns=("3857-3",), test_columns=("32737-1",))
    assert set(make_split(chips, options).train) == {"32737-0", "32737-2", "3857-0", "3857-2"}


def test_a_written_split_is_honoured(tmp_path: Path) -> None:
    chips = grid_of_chips(4, 4)
    original = make_split(chips, SplitOptions(block=1), seed=3)
    original.write(tmp_path / "deep" / "split.json")
    options = SplitOptions(file=tmp_path / "deep" / "split.json", val_columns=("0",))
    assert make_split(chips, options, seed=99) == original
    with pytest.raises(SplitError, match="which is not among the chips"):
        make_split(chips[:3], options)


@pytest.mark.parametrize("text", ["", "[]", '{"train": 3}', "no json", "[" * 100_000])
def test_a_file_that_is_no_split(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(SplitError, match=r"s\.json is not a split"):
        Split.read(tmp_path / "s.json")


def test_leaks_and_empty_parts_are_refused() -> None:
    with pytest.raises(SplitError, match="more than one part of the split: b"):
        Split(("a", "b"), ("b",))
    with pytest.raises(SplitError, match="smaller blocks"):
        make_split(grid_of_chips(2, 2), SplitOptions())
    with pytest.raises(SplitError, match="has the parts train, val, test"):
        Split(("a",), ("b",)).part("holdout")
    with pytest.raises(OptionsError, match="nothing is left"):
        SplitOptions(val_share=0.5, test_share=0.5)
    with pytest.raises(OptionsError, match="cannot be for validation and for test"):
        SplitOptions(val_columns=("1",), test_columns=("1",))
