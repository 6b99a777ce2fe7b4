"""The plan covers every pixel, the same way however the work is divided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import GridError
from camp_detector_core.engine.grid import Shape, Window
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.engine.tiling.plan import Axis, TilePlan
from tests.support.masks import windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def make_spec(tile: int = 64, overlap: int = 16, multiple: int = 8) -> ModelSpec:
    return ModelSpec(
        name="m",
        version="1",
        bands=(Band("red", 1 / 255, 0.0, 1.0),),
        classes=(ClassDef(1, "dwelling", "#FF0000"),),
        gsd=0.2,
        tile_size=tile,
        overlap=overlap,
        multiple=multiple,
    )


def laid(length: int, tile: int, multiple: int, share: float, *, fixed: bool) -> Axis:
    side = tile * multiple
    overlap = int(side * share)
    if fixed:
        return Axis.lattice(length, side, overlap=overlap, multiple=multiple)
    return Axis.place(length, tile=side, overlap=overlap, multiple=multiple)


axes = st.builds(
    lambda *values, fixed: laid(*values, fixed=fixed),
    st.integers(1, 3000),
    st.integers(1, 12),
    st.sampled_from([1, 8, 32]),
    st.floats(0, 0.49),
    fixed=st.booleans(),
)


@given(axes)
def test_chips_cover_the_axis_and_stay_inside(axis: Axis) -> None:
    covered = np.zeros(axis.length, int)
    for i, start in enumerate(axis.starts):
        assert 0 <= start < axis.length
        covered[start : axis.stop(i)] += 1
    assert (covered > 0).all()
    assert list(axis.starts) == sorted(set(axis.starts))
    assert axis.starts[-1] + axis.size >= axis.length


@given(axes)
def test_weights_are_positive_and_sum_to_one(axis: Axis) -> None:
    total = np.zeros(axis.length)
    for i, start in enumerate(axis.starts):
        weight = axis.weight(i)
        assert (weight > 0).all()
        assert len(weight) == axis.stop(i) - start
        total[start : start + len(weight)] += weight
    np.testing.assert_allclose(total, 1, atol=1e-6)


def whole_length_weights(axis: Axis) -> list[NDArray[np.float32]]:
    """The weights in one go over the whole axis: ramps of whole chips, divided by their sum."""

    def rise(t: NDArray[np.float64]) -> NDArray[np.float64]:
        t = np.clip(t, 0, 1)
        return t * t * (3 - 2 * t)

    ends = [(s, s + axis.size) for s in axis.starts]
    total = np.zeros(max(axis.length, ends[-1][1]))
    raw = []
    for i, (start, stop) in enumerate(ends):
        at = np.arange(start, stop) + 0.5
        weight = np.ones(stop - start)
        if i and ends[i - 1][1] > start:
            weight *= rise((at - start) / (ends[i - 1][1] - start))
        if i + 1 < len(ends) and stop > ends[i + 1][0]:
            weight *= rise((stop - at) / (stop - ends[i + 1][0]))
        raw.append(weight)
        total[start:stop] += weight
    cut = [(a, min(b, axis.length)) for a, b in ends]
    return [
        (w[: b - a] / total[a:b]).astype(np.float32) for w, (a, b) in zip(raw, cut, strict=True)
    ]


@given(axes)
def test_the_weights_of_one_chip_are_those_of_the_whole_axis(axis: Axis) -> None:
    for i, weight in enumerate(whole_length_weights(axis)):
        np.testing.assert_array_equal(axis.weight(i), weight)


@given(axes)
def test_each_pixel_has_one_home_and_that_is_the_last_chip_that_begins_before(axis: Axis) -> None:
    homes = np.concatenate(
        [np.full(axis.home(i) - axis.start(i), i) for i in range(len(axis.starts))]
    )
    last = [max(i for i, s in enumerate(axis.starts) if s <= at) for at in range(axis.length)]
    np.testing.assert_array_equal(homes, last)
    assert all(axis.home(i) <= axis.stop(i) for i in range(len(axis.starts)))


@given(st.integers(1, 900), st.integers(1, 900), st.integers(0, 15))
def test_a_lattice_does_not_depend_on_the_length(length: int, more: int, overlap: int) -> None:
    """But for the weights of pixels that a chip beyond the shorter one's end shares."""
    short, long = (
        Axis.lattice(n, 64, overlap=overlap, multiple=8) for n in (length, length + more)
    )
    assert list(short.starts) == [s for s in long.starts if s < length]
    for i in range(len(short.starts)):
        weight = short.weight(i)
        np.testing.assert_array_equal(weight, long.weight(i)[: len(weight)])


@given(axes, st.data())
def test_touching_is_what_a_look_at_every_chip_finds(axis: Axis, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, axis.length - 1))
    stop = data.draw(st.integers(start + 1, axis.length))
    hits = [i for i, s in enumerate(axis.starts) if s < stop and axis.stop(i) > start]
    assert list(axis.touching(start, stop)) == hits


@pytest.mark.timeout(20)
def test_a_plan_does_not_grow_with_the_raster() -> None:
    side = 2**31 - 1
    plan = TilePlan.of(make_spec(512, 64, 32), Shape(side, side))
    assert plan.count(Window(0, 0, side, side)) == plan.rows.count * plan.cols.count > 10**13
    end = Window(side - 5, side - 5, 5, 5)
    assert windows_of(plan, end)[-1].stop_row == side
    assert len(plan.rows.weight(plan.rows.count - 1)) <= 512
    tall = next(plan.window_rows(Window(0, 0, side, 1000)))
    assert len(tall) == 3


@given(st.integers(1, 3000), st.integers(2, 12), st.sampled_from([1, 8, 32]), st.floats(0, 0.49))
def test_neighbours_share_at_least_the_overlap(
    length: int, tiles: int, multiple: int, share: float
) -> None:
    tile = tiles * multiple
    overlap = int(tile * share)
    axis = Axis.place(length, tile=tile, overlap=overlap, multiple=multiple)
    assert axis.size <= tile
    assert axis.size % multiple == 0
    for i in range(len(axis.starts) - 1):
        assert axis.stop(i) - axis.starts[i + 1] >= overlap


def test_chips_begin_on_the_lattice_of_the_network() -> None:
    for length in (600, 1350, 7104):
        axis = Axis.place(length, tile=512, overlap=32, multiple=32)
        assert all(start % 32 == 0 for start in axis.starts)
        assert len(axis.starts) * axis.size < 1.25 * length


def test_small_rasters_make_small_chips() -> None:
    plan = TilePlan.of(make_spec(), Shape(20, 130))
    assert plan.tile == Shape(24, 56)
    assert windows_of(plan) == [Window(0, 0, 20, 56), Window(0, 40, 20, 56), Window(0, 80, 20, 50)]


def test_a_network_of_fixed_size_gets_that_size() -> None:
    plan = TilePlan.of(make_spec(), Shape(20, 130), fixed=128)
    assert plan.tile == Shape(128, 128)
    assert windows_of(plan) == [Window(0, 0, 20, 128), Window(0, 112, 20, 18)]
    assert TilePlan.of(make_spec(), Shape(20, 113), fixed=128).cols.count == 2
    assert TilePlan.of(make_spec(), Shape(20, 112), fixed=128).cols.count == 1
    with pytest.raises(GridError, match="overlap of 16 px does not fit chips of 32 px"):
        TilePlan.of(make_spec(), Shape(20, 130), fixed=32)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(20, 200), st.integers(20, 200))
def test_blocks_partition_and_get_every_window_that_touches_them(
    height: int, width: int, block_height: int, block_width: int
) -> None:
    plan = TilePlan.of(make_spec(), Shape(height, width))
    visits = np.zeros((height, width), int)
    for block in plan.blocks(height=block_height, width=block_width):
        visits[block.slices] += 1
        touching = [w for w in windows_of(plan) if w.intersection(block)]
        assert windows_of(plan, block) == touching
        assert plan.count(block) == len(touching)
    assert (visits == 1).all()
