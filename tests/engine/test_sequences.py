"""Chains are followed to their ends, whatever their number and length."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.sequences import follow, offsets_of, ragged, stable_order


@st.composite
def successors(draw: st.DrawFn) -> np.ndarray:
    """Chains and cycles of all lengths among up to 300 elements."""
    count = draw(st.integers(0, 300))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["any", "forward", "backward"]))
    after = {
        "any": rng.permutation(count),
        "forward": np.roll(np.arange(count), -1),
        "backward": np.roll(np.arange(count), 1),
    }[kind]
    after[rng.random(count) < draw(st.sampled_from([0.0, 0.02, 0.3]))] = -1
    return after


def walked(after: list[int]) -> list[tuple[list[int], bool]]:
    """The same by walking, one element after the other."""
    chains, visited = [], set()
    starts = sorted(set(range(len(after))) - set(after))
    for start in [*starts, *range(len(after))]:
        chain, at = [], start
        while at >= 0 and at not in visited:
            chain.append(at)
            visited.add(at)
            at = after[at]
        if chain:
            chains.append((chain, at >= 0))
    return sorted(chains)


@given(successors())
def test_chains_are_those_found_by_walking(after: np.ndarray) -> None:
    order, offsets, closed = follow(after)
    chains_sorted = [
        (order[a:b].tolist(), bool(c))
        for a, b, c in zip(offsets[:-1], offsets[1:], closed, strict=True)
    ]
    assert chains_sorted == walked(after.tolist())


def test_one_cycle_of_many_elements_takes_few_steps() -> None:
    count = 200_000
    order, offsets, closed = follow(np.roll(np.arange(count), -1))
    assert offsets.tolist() == [0, count]
    assert closed.tolist() == [True]
    assert np.array_equal(order, np.arange(count))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20))
def test_ragged_ranges(ranges: list[tuple[int, int]]) -> None:
    starts = np.array([r[0] for r in ranges], np.intp)
    lengths = np.array([r[1] for r in ranges], np.intp)
    expected = [start + i for start, length in ranges for i in range(length)]
    assert ragged(starts, lengths).tolist() == expected
    assert offsets_of(lengths).tolist() == np.cumsum([0, *lengths]).tolist()


@given(st.lists(st.integers(0, 2**20), max_size=50), st.integers(0, 2))
def test_order_is_stable_for_wide_numbers(keys: list[int], shift: int) -> None:
    numbers = np.array(keys, np.int64) >> (10 * shift)
    assert stable_order(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()
