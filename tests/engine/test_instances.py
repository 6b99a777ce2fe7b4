"""Touching dwellings are parted: the same in blocks as in one piece, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import GridError
from camp_detector_core.engine.grid import Shape, Window
from camp_detector_core.engine.instances import SeparatedStrip, Separator, expand, halo_of, separate
from camp_detector_core.engine.scores import NODATA_SCORE, to_classes
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import ClassDef, ModelSpec
from camp_detector_core.engine.tiling.thicken import ADDABLE
from tests.support.masks import blobs, content, dwellings_in, label, partitions
from tests.support.models import tiny_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIDES = ((-1, 0), (0, 1), (1, 0), (0, -1))
RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def spec_of(separation: Separation | None, classes: int = 1) -> ModelSpec:
    kinds = tuple(ClassDef(3 * i + 2, f"c{i}", "#E31A1C") for i in range(classes))
    return tiny_spec(classes=kinds, separation=separation)


@st.composite
def separations(draw: st.DrawFn) -> Separation:
    method = draw(st.sampled_from(["border", "core"]))
    return Separation(method, 0.5, draw(st.integers(0, 4)), draw(st.integers(1, 9)))


def patches(shape: tuple[int, ...], grain: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Squares of some pixels, half of them True."""
    coarse: NDArray[np.bool_] = rng.random([side // grain + 1 for side in shape]) < 0.5
    return coarse.repeat(grain, 0).repeat(grain, 1)[: shape[0], : shape[1]]


@st.composite
def cases(
    draw: st.DrawFn, side: int = 48, classes: tuple[int, int] = (1, 2)
) -> tuple[NDArray[np.uint8], ModelSpec]:
    """Scores of blobs, some nodata, and a further channel of lines, blobs or noise."""
    mask = draw(blobs(side))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(*classes))
    spec = spec_of(draw(separations()), count)
    scores = np.zeros((count + 1, *mask.shape), np.uint8)
    scores[:count] = mask * rng.integers(127, 255, (count, *mask.shape))
    if count > 1 and draw(st.booleans()):  # patches of one class beside the other, not a mixture
        other = patches(mask.shape, draw(st.integers(2, 12)), rng)
        scores[:count][~np.stack((other, ~other))] = 0
    kind = draw(st.sampled_from(["noise", "lines", "patches"]))
    if kind == "noise":
        channel = rng.random(mask.shape) < draw(st.floats(0.05, 0.95))
    elif kind == "lines":
        step = draw(st.integers(3, 12))
        rows, cols = np.indices(mask.shape) + rng.integers(0, step, 2)[:, None, None]
        channel = (rows % step < step // 3) | ((rows + cols) % step < step // 3)
    else:
        channel = patches(mask.shape, draw(st.integers(2, 6)), rng)
    near, far = rng.choice([0, 126], mask.shape), rng.choice([127, 254], mask.shape)
    scores[count] = np.where(channel, far, near)
    scores[:, rng.random(mask.shape) < draw(st.sampled_from([0, 0, 0.1]))] = NODATA_SCORE
    return scores, spec


def plain(scores: NDArray[np.uint8], spec: ModelSpec) -> NDArray[np.uint8]:
    return to_classes(scores, spec.threshold, [c.value for c in spec.classes])


def surviving(
    mask: NDArray[np.bool_], scores: NDArray[np.uint8], separation: Separation
) -> NDArray[np.bool_]:
    """The seeds of a class's mask that count, by the words of the specification."""
    channel = scores[-1] / 254
    seeds = mask & (
        channel < separation.threshold
        if separation.method == "border"
        else channel >= separation.threshold
    )
    labels, count = label(seeds)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    return seeds & (sizes[labels] >= separation.min_seed)


def at(raster: NDArray[np.bool_], r: int, c: int) -> bool:
    return 0 <= r < raster.shape[0] and 0 <= c < raster.shape[1] and bool(raster[r, c])


def parts_around(mask: NDArray[np.bool_], r: int, c: int) -> int:
    """Kept parts beside a pixel, apart from each other among its eight neighbours."""
    left = {(dr, dc) for dr, dc in RING if at(mask, r + dr, c + dc)}
    count = 0
    while left:
        todo, touches = [left.pop()], False
        while todo:
            current = todo.pop()
            touches |= current in SIDES
            near = {(current[0] + dr, current[1] + dc) for dr, dc in SIDES} & left
            left -= near
            todo += near
        count += touches
    return count


def may_be_added(mask: NDArray[np.bool_], before: NDArray[np.bool_], r: int, c: int) -> bool:
    beside = any(at(before, r + dr, c + dc) for dr, dc in SIDES)
    full = all(at(mask, r + dr, c + dc) for dr, dc in RING)
    return beside and (full or parts_around(mask, r, c) == 1)


def reference(
    scores: NDArray[np.uint8], spec: ModelSpec, row: int = 0, col: int = 0
) -> NDArray[np.uint8]:
    """The same, pixel after pixel, with a flood fill for what is locally apart."""
    classes, separation = plain(scores, spec), spec.separation
    assert separation is not None
    out = classes.copy()
    for kind in spec.classes:
        mask = classes == kind.value
        grown_mask = grown(surviving(mask, scores, separation), mask, separation.reach, (row, col))
        for r, c in zip(*np.nonzero(mask & ~grown_mask), strict=True):
            for dr, dc in RING:
                joined = not (dr and dc) or at(mask, r + dr, c) or at(mask, r, c + dc)
                if at(grown_mask, r + dr, c + dc) and joined:
                    out[r, c] = 0
    return out


def grown(
    seeds: NDArray[np.bool_], mask: NDArray[np.bool_], rounds: int, origin: tuple[int, int]
) -> NDArray[np.bool_]:
    growing = seeds.copy()
    for _ in range(rounds):
        before = growing.copy()
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            for r, c in zip(*np.nonzero(mask & ~growing), strict=True):
                if ((r + origin[0]) % 2, (c + origin[1]) % 2) == (i, j):
                    growing[r, c] = may_be_added(growing, before, r, c)
    return growing


@given(cases(side=16), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_it_is_what_the_words_say(
    case: tuple[NDArray[np.uint8], ModelSpec], row: int, col: int
) -> None:
    scores, spec = case
    given_scores = scores.copy()
    separated = separate(scores, spec, row=row, col=col)
    np.testing.assert_array_equal(separated, reference(scores, spec, row, col))
    np.testing.assert_array_equal(scores, given_scores)


@given(cases())
@settings(max_examples=150, deadline=None)
def test_growth_joins_nothing_and_nothing_but_lines_is_lost(
    case: tuple[NDArray[np.uint8], ModelSpec],
) -> None:
    """Each seed that counts ends as one patch of its own, which holds it whole.

    Patches of the plain mask without such a seed stay as they were; all else that is left of the
    mask belongs to no seed's patch.
    """
    scores, spec = case
    before, after = plain(scores, spec), separate(scores, spec, row=0, col=0)
    assert ((after == before) | (after == 0)).all()
    assert (after[before == 0] == 0).all()
    assert ((after == NODATA_SCORE) == (before == NODATA_SCORE)).all()
    assert spec.separation is not None
    for kind in spec.classes:
        mask = before == kind.value
        seeds, count = label(surviving(mask, scores, spec.separation))
        labels = label(after == kind.value)[0][seeds > 0]
        assert (labels > 0).all()
        pairs = {(int(s), int(p)) for s, p in zip(seeds[seeds > 0], labels, strict=True)}
        assert len(pairs) == len({s for s, _ in pairs}) == len({p for _, p in pairs}) == count
        whole, blobs_before = label(mask)
        for blob in set(range(1, blobs_before + 1)) - set(whole[seeds > 0].tolist()):
            assert (after[whole == blob] == kind.value).all()


@given(cases(classes=(2, 2)), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_each_class_is_parted_as_if_the_others_were_background(
    case: tuple[NDArray[np.uint8], ModelSpec], row: int, col: int
) -> None:
    scores, spec = case
    before, together = plain(scores, spec), separate(scores, spec, row=row, col=col)
    for index, kind in enumerate(spec.classes):
        alone = scores[[index, -1]]
        alone[0, (before != kind.value) & (before != NODATA_SCORE)] = 0
        separated = separate(alone, replace(spec, classes=(kind,)), row=row, col=col)
        np.testing.assert_array_equal(separated == kind.value, together == kind.value)


@st.composite
def cut_cases(
    draw: st.DrawFn, classes: tuple[int, int] = (1, 2)
) -> tuple[NDArray[np.uint8], ModelSpec, list[Window]]:
    scores, spec = draw(cases(classes=classes))
    return scores, spec, draw(partitions(scores.shape[1:]))


@given(cut_cases() | cut_cases(classes=(2, 2)))
@settings(max_examples=200, deadline=None)
def test_a_block_with_its_halo_equals_the_whole(
    case: tuple[NDArray[np.uint8], ModelSpec, list[Window]],
) -> None:
    scores, spec, windows = case
    shape = Shape(*scores.shape[1:])
    whole = separate(scores, spec, row=0, col=0)
    for window in windows:
        area = expand(window, halo_of(spec), shape)
        part = separate(scores[(slice(None), *area.slices)], spec, row=area.row, col=area.col)
        np.testing.assert_array_equal(part[window.slices_in(area)], whole[window.slices])


def strips(area: Window, rng: np.random.Generator) -> Iterator[Window]:
    row = area.row
    while row < area.stop_row:
        height = min(int(rng.choice([1, 2, 7, 30])), area.stop_row - row)
        yield Window(row, area.col, height, area.width)
        row += height


@given(cut_cases() | cut_cases(classes=(2, 2)), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_strips_equal_the_whole(
    case: tuple[NDArray[np.uint8], ModelSpec, list[Window]], seed: int
) -> None:
    scores, spec, windows = case
    shape = Shape(*scores.shape[1:])
    whole, rng = separate(scores, spec, row=0, col=0), np.random.default_rng(seed)
    for block in windows:
        separator = Separator(spec, block, shape)
        next_row = block.row
        for strip in strips(separator.area, rng):
            finished = separator.add(strip, scores[(slice(None), *strip.slices)])
            if finished is None:
                continue
            assert (finished.window.row, finished.window.col) == (next_row, block.col)
            assert finished.window.width == block.width
            next_row = finished.window.stop_row
            np.testing.assert_array_equal(finished.classes, whole[finished.window.slices])
            np.testing.assert_array_equal(
                finished.scores, scores[(slice(None), *finished.window.slices)]
            )
        assert next_row == block.stop_row


def test_strips_must_come_in_order() -> None:
    scores = np.zeros((2, 10, 40), np.uint8)
    separation = Separation("border", 0.5, reach=1, min_seed=1)
    separator = Separator(spec_of(separation), Window(0, 0, 40, 40), Shape(40, 40))
    separator.add(Window(0, 0, 10, 40), scores)
    for wrong in (Window(0, 0, 10, 40), Window(20, 0, 10, 40), Window(10, 1, 10, 39)):
        with pytest.raises(GridError, match="next strip"):
            separator.add(wrong, scores)


def test_without_a_separation_nothing_is_copied_and_nothing_waits() -> None:
    scores = np.random.default_rng(0).integers(0, 256, (1, 8, 30), np.uint8)
    spec, window = spec_of(None), Window(0, 0, 8, 30)
    assert halo_of(spec) == 0
    finished = Separator(spec, Window(0, 0, 50, 30), Shape(50, 30)).add(window, scores)
    assert isinstance(finished, SeparatedStrip)
    assert finished.window == window
    assert np.shares_memory(finished.scores, scores)
    np.testing.assert_array_equal(finished.classes, plain(scores, spec))


def test_the_table_of_neighbourhoods() -> None:
    """Against a flood fill, for what may be added and joins nothing that is apart."""
    for code in range(256):
        mask = np.zeros((3, 3), bool)
        for bit, (dr, dc) in enumerate(RING):
            mask[1 + dr, 1 + dc] = code >> bit & 1
        assert ADDABLE[code] == (parts_around(mask, 1, 1) == 1), f"{code:08b}"


# Cases to look at.


def scores_of(picture: str) -> NDArray[np.uint8]:
    """Scores of a picture: ``#`` dwelling, ``|`` dwelling on its outline, ``.`` neither."""
    rows = [list(line) for line in picture.split()]
    mask, edge = (np.array([[c in kind for c in r] for r in rows]) for kind in ("#|", "|"))
    return np.stack((mask * 254, edge * 254)).astype(np.uint8)


def picture_of(scores: NDArray[np.uint8], **changes: int) -> list[str]:
    separation = replace(Separation("border", 0.5, reach=3, min_seed=2), **changes)
    classes = separate(scores, spec_of(separation), row=0, col=0)
    return ["".join(".#"[int(v != 0)] for v in row) for row in classes]


def test_two_squares_become_two_dwellings_with_a_line_between() -> None:
    scores = scores_of("""
        ................
        .||||||||||||||.
        .|####||||####|.
        .|####||||####|.
        .|####||||####|.
        .||||||||||||||.
        ................
    """)
    picture = picture_of(scores)
    assert picture[0] == "." * 16
    for row in picture[1:6]:
        assert row.count("#") == 13
        assert row.strip(".").count(".") == 1
    assert (
        len(dwellings_in(separate(scores, spec_of(Separation("border", 0.5, 3, 2)), row=0, col=0)))
        == 2
    )


def test_one_square_stays_one_and_whole() -> None:
    square = np.zeros((2, 12, 12), np.uint8)
    square[:, 2:10, 2:10] = 254
    square[1, 4:8, 4:8] = 0
    assert picture_of(square, reach=4) == [
        "".join(".#"[int(v > 0)] for v in row) for row in square[0]
    ]


def test_pinholes_and_wider_holes_of_the_seeds_are_filled() -> None:
    scores = scores_of("""
        #########
        ##|######
        ####||###
        ####||###
        #######|#
        #########
    """)
    assert picture_of(scores) == ["#" * 9] * 6
    assert picture_of(scores, reach=0)[1] == "##.######"


def test_a_line_that_does_not_go_through_is_taken_back() -> None:
    scores = scores_of("""
        #####|#####
        #####|#####
        #####|#####
        ###########
        ###########
    """)
    assert picture_of(scores) == ["#" * 11] * 5


def test_specks_are_no_seeds_and_a_patch_without_a_seed_stays() -> None:
    scores = scores_of("""
        ||||||||...||
        |###|#||...||
        |###||||...||
        |###||||.....
    """)
    whole = ["########...##", "########...##", "########...##", "########....."]
    assert picture_of(scores, reach=5, min_seed=2) == whole
    assert picture_of(scores, reach=5, min_seed=1)[1] == "####.###...##"


def test_a_patch_without_a_seed_stays_whole_beside_another_class() -> None:
    scores = np.zeros((3, 10, 26), np.uint8)
    scores[0, 1:9, 1:10], scores[1, 1:9, 10:25] = 254, 254
    scores[2] = 254
    scores[2, 3:7, 3:8] = 0
    spec = spec_of(Separation("border", 0.5, reach=4, min_seed=2), classes=2)
    np.testing.assert_array_equal(separate(scores, spec, row=0, col=0), plain(scores, spec))


@pytest.mark.parametrize("reach", [1, 2, 3, 5])
def test_what_lies_as_far_as_the_halo_can_matter(reach: int) -> None:
    """A crack between seeds that is closed at its left end and open at the right one.

    It steps down and up so that each pixel's turn comes right after that of the one before it: a
    round closes four pixels. Whether the left end is closed thus decides `4 * reach` columns on.
    """
    cols = np.arange(6 * reach + 6)
    crack, last = (cols + 2) // 2 % 2 + 2, 4 * reach + 1
    scores = np.zeros((2, 6, len(cols)), np.uint8)
    scores[0] = 254
    scores[1, crack[2:], cols[2:]] = 254
    spec = spec_of(Separation("border", 0.5, reach, min_seed=1))
    whole = separate(scores, spec, row=0, col=0)
    assert ((whole[crack, cols] == 2) == (cols <= last)).all()
    for halo, is_enough in ((halo_of(spec), True), (4 * reach, True), (4 * reach - 1, False)):
        area = expand(Window(0, last, 6, 1), halo, Shape(*whole.shape))
        part = separate(scores[(slice(None), *area.slices)], spec, row=area.row, col=area.col)
        assert np.array_equal(part[:, last - area.col], whole[:, last]) == is_enough


@pytest.mark.parametrize("min_seed", [1, 2, 9])
def test_the_far_end_of_a_seed_decides_about_a_line(min_seed: int) -> None:
    scores = np.full((2, 1, min_seed + 1), 254, np.uint8)
    scores[1, 0, :-1] = 0
    separation = Separation("border", 0.5, reach=0, min_seed=min_seed)
    assert separation.halo == min_seed
    assert separate(scores, spec_of(separation), row=0, col=0)[0, -1] == 0
    assert separate(scores[:, :, 1:], spec_of(separation), row=0, col=1)[0, -1] == 2


def test_patches_that_only_share_a_corner_lose_nothing() -> None:
    scores = scores_of("""
        ###...
        ###...
        ###...
        ...||.
        ...||.
    """)
    assert (np.array([list(r) for r in picture_of(scores)]) == "#").sum() == 13


@given(st.integers(3, 9), st.integers(1, 4), st.integers(0, 1), st.integers(0, 1))
def test_growth_is_fair(side: int, gap: int, row: int, col: int) -> None:
    """Neither of two equal squares gets more than the odd column of the gap."""
    scores = np.zeros((2, side, 2 * side + gap), np.uint8)
    scores[0] = 254
    scores[1, :, side : side + gap] = 254
    separation = Separation("border", 0.5, reach=4, min_seed=1)
    classes = separate(scores, spec_of(separation), row=row, col=col)
    patches, count = label(classes != 0)
    assert count == 2
    sizes = np.bincount(patches.ravel())[1:]
    assert abs(int(sizes[0]) - int(sizes[1])) <= side
    assert sizes.sum() == classes.size - side


@given(cases())
@settings(max_examples=50, deadline=None)
def test_polygons_in_blocks_are_those_of_the_whole(
    case: tuple[NDArray[np.uint8], ModelSpec],
) -> None:
    """Area and number of polygons are those of the classes, which is all that hosts get."""
    scores, spec = case
    classes = separate(scores, spec, row=0, col=0)
    dwellings = dwellings_in(classes)
    assert sum(d.pixels for d in dwellings) == ((classes != 0) & (classes != NODATA_SCORE)).sum()
    height, width = classes.shape
    halves = [Window(0, 0, height // 2, width), Window(height // 2, 0, height - height // 2, width)]
    assert sorted(map(content, dwellings)) == sorted(map(content, dwellings_in(classes, halves)))
