"""Parts of the known ground, each of which is held out in turn.

Parts are made of square blocks, so that neighbours are mostly in one part; a dwelling belongs with
all of its ground to the part of the block that holds its middle, so that no network sees half of
what it is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features

from camp_detector_core.engine.errors import RasterError
from training.evaluation.blocks import Squares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.adapt.ground import Ground

AROUND_METRES = 1.5
"""Ground around a dwelling that belongs to it, metres."""
_SIDES = (50.0, 40.0, 30.0, 25.0, 20.0, 15.0, 10.0)
"""Sides of blocks that are tried, metres."""
_BLOCKS_A_FOLD = 4
"""Blocks with dwellings that a part should have."""


@dataclass(frozen=True)
class Folds:
    """The part of each pixel."""

    number: NDArray[np.uint8]
    """(height, width) from 0 on."""
    count: int
    squares: Squares
    """The blocks."""

    def without(self, fold: int | None) -> NDArray[np.bool_]:
        """(height, width), True beyond a part; None: everywhere."""
        return np.ones(self.number.shape, np.bool_) if fold is None else self.number != fold


def deal(ground: Ground, count: int, *, metres: float | None, smallest: float) -> Folds:
    """Deal the blocks of the ground, so that all parts have about as many dwellings.

    Args:
        ground: The reviewed ground.
        count: Number of parts.
        metres: Side of the blocks; None: the largest with which each part gets several.
        smallest: Least area of a dwelling, pixels.

    Raises:
        RasterError: Fewer blocks hold dwellings than there are parts.
    """
    outlines = ground.known_labels(smallest=smallest).polygons
    for side in _SIDES if metres is None else (metres,):
        squares = Squares(ground.grid, side)
        block = squares.numbers(outlines)
        if metres is None and len(np.unique(block)) >= _BLOCKS_A_FOLD * count:
            break
    if len(np.unique(block)) < count:
        msg = (
            f"the dwellings lie in {len(np.unique(block))} blocks of {squares.metres:g} m, and "
            f"{count} parts of the ground are to be held out in turn"
        )
        raise RasterError(msg, remedy="review more ground, or give {folds=2} or smaller blocks")
    known = squares.pixels(ground.known).ravel()
    dwellings = np.bincount(block, minlength=len(known))
    fold_of = _balanced(dwellings, known, count)
    rows, cols = squares.rows_and_cols()
    height, width = ground.grid.shape
    table = fold_of.reshape(len(rows), len(cols))
    down, across = np.diff([*rows, height]), np.diff([*cols, width])
    number = np.repeat(np.repeat(table, down, axis=0), across, axis=1).astype(np.uint8)
    wide = shapely.buffer(outlines, AROUND_METRES / ground.metres)
    for shapes in (wide, outlines):  # no neighbour takes ground of a dwelling itself
        features.rasterize(zip(shapes, fold_of[block].tolist(), strict=True), out=number)
    return Folds(number, count, squares)


def _balanced(
    dwellings: NDArray[np.intp], known: NDArray[np.int64], count: int
) -> NDArray[np.uint8]:
    """(blocks,) the part of each: those with most dwellings first, to the part with the fewest."""
    order = np.lexsort((np.arange(len(known)), -known, -dwellings))
    sums = np.zeros((count, 2), np.int64)
    out = np.zeros(len(known), np.uint8)
    for block in order.tolist():
        part = int(np.lexsort((np.arange(count), sums[:, 1], sums[:, 0]))[0])
        out[block] = part
        sums[part] += (dwellings[block], known[block])
    return out
