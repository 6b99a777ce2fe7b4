"""From scores to classes in which touching dwellings are parted by a line of background.

The polygons follow the 4-connected patches of the classes, so what is parted here is parted in
every output, and all outputs agree. Seeds, one for each dwelling, are found with the model's
further channel and grow back into the mask; where two meet, a line one pixel wide stays
background. Each class is parted alone, as if the others were background: the tracer keeps classes
apart without a line. All is local: a pixel's class depends on what lies within `Separation.halo`
of it, so that a block with its halo gives the same as the whole, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

import numpy as np

from .components import label_runs
from .errors import GridError
from .grid import Window
from .scores import score_threshold, to_classes
from .sequences import ragged
from .thicken import SIDES, neighbourhoods, thicken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .grid import Shape
    from .separation import Separation
    from .spec import ModelSpec


def separate(
    scores: NDArray[np.uint8], spec: ModelSpec, *, row: int, col: int
) -> NDArray[np.uint8]:
    """The class of each pixel, with lines of background between touching dwellings.

    Pixels nearer to a side of the array than `halo_of` are right only where that side is one of
    the grid.

    Args:
        scores: (spec.channels, height, width) uint8.
        spec: Threshold, classes and separation; without the latter, `to_classes` is all there is.
        row: Row in the grid of the first pixel.
        col: Column in the grid of the first pixel.

    Returns:
        (height, width) uint8: 0 for background and lines, 255 for nodata, else a class.
    """
    classes = to_classes(scores, spec.threshold, [c.value for c in spec.classes])
    how = spec.separation
    if how is None:
        return classes
    for kind in spec.classes:
        mask = classes == kind.value
        if not mask.any():
            continue
        kept = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.uint8)
        inside = kept[1:-1, 1:-1]
        inside[...] = _seeds(mask, scores[len(spec.classes)], how)
        thicken(kept, mask & (inside == 0), rounds=how.reach, origin=(row, col))
        _draw_lines(classes, mask, kept)
    return classes


def halo_of(spec: ModelSpec) -> int:
    """How many pixels around a block `separate` must see; none without a separation."""
    return 0 if spec.separation is None else spec.separation.halo


def _seeds(
    mask: NDArray[np.bool_], channel: NDArray[np.uint8], how: Separation
) -> NDArray[np.bool_]:
    """(height, width) True in the seeds of a class's mask, without parts too small to count."""
    bound = score_threshold(how.threshold)
    wanted = channel < bound if how.method == "border" else channel >= bound
    seeds = np.ascontiguousarray(mask & wanted)
    if how.min_seed == 1:
        return seeds
    runs = label_runs(seeds.view(np.uint8))
    small = (runs.pixels() < how.min_seed)[runs.label]
    start, lengths = runs.start[small], (runs.stop - runs.start)[small]
    # Runs are numbered with a spare pixel at the end of each row.
    first = start - start // (seeds.shape[1] + 1)
    seeds.reshape(-1)[ragged(first, lengths)] = False
    return seeds


def _draw_lines(
    classes: NDArray[np.uint8], mask: NDArray[np.bool_], kept: NDArray[np.uint8]
) -> None:
    """Make background of a class's pixels that no seed reached and that touch one that was reached.

    The others stay: a patch without a seed is a dwelling of its own. Touching over a corner
    counts only where the mask connects both, so patches that are apart already lose nothing.
    """
    stride = kept.shape[1]
    left = np.zeros(kept.shape, bool)
    left[1:-1, 1:-1] = mask & (kept[1:-1, 1:-1] == 0)
    at = np.flatnonzero(left)
    reached = neighbourhoods(kept.reshape(-1), at, stride)
    around = reached | neighbourhoods(left.view(np.uint8).reshape(-1), at, stride)
    # Bits to the left and to the right of a corner's are those of the sides next to it.
    beside = around << 1 | around >> 7 | around >> 1 | around << 7
    lines = at[(reached & (SIDES | beside)) != 0]
    rows = lines // stride
    classes[rows - 1, lines - rows * stride - 1] = 0


class Parted(NamedTuple):
    """A finished part of the result."""

    window: Window
    """Where it lies in the grid."""
    scores: NDArray[np.uint8]
    """(spec.channels, height, width)."""
    classes: NDArray[np.uint8]
    """(height, width), as `separate` gives them."""


class Separator:
    """Takes the finished strips of a block, top to bottom, and gives out what is right.

    It keeps the last rows, which the next strip may still change. Without a separation each strip
    goes straight through.
    """

    def __init__(self, spec: ModelSpec, block: Window, shape: Shape) -> None:
        """Start at the top of a block.

        Args:
            spec: Threshold, classes and separation.
            block: What is given out.
            shape: Height and width of the grid.
        """
        self._spec = spec
        self._block = block
        self._halo = halo_of(spec)
        self.area = widened(block, self._halo, shape)
        """What must be handed in, in strips of its full width."""
        self._held: Optional[tuple[int, NDArray[np.uint8]]] = None
        self._next = block.row

    def add(self, window: Window, scores: NDArray[np.uint8]) -> Optional[Parted]:
        """Take a strip.

        Args:
            window: Where it lies: the columns of ``area``, the rows after those of the last one.
            scores: (spec.channels, height, width) uint8.

        Returns:
            What is finished, or None where nothing is.

        Raises:
            GridError: The strip is not the next one.
        """
        area, block = self.area, self._block
        top, held = self._held or (area.row, None)
        expected = top + (0 if held is None else held.shape[1])
        if (window.row, window.col, window.width) != (expected, area.col, area.width):
            msg = f"{window} is not the next strip of {area}, which starts at row {expected}"
            raise GridError(msg)
        if held is not None and held.shape[1]:
            scores = np.concatenate((held, scores), axis=1)
        is_last = window.stop_row >= area.stop_row
        stop = min(block.stop_row, window.stop_row - (0 if is_last else self._halo))
        # A few rows at a time would be done over and over with those around them.
        if stop <= self._next or (not is_last and stop - self._next < self._halo):
            self._held = (top, scores)
            return None
        out = Window(self._next, block.col, stop - self._next, block.width)
        rows, cols = out.slices_in(Window(top, area.col, scores.shape[1], area.width))
        classes = separate(scores, self._spec, row=top, col=area.col)
        kept = max(top, stop - self._halo)
        self._held, self._next = (kept, scores[:, kept - top :].copy()), stop
        return Parted(out, scores[:, rows, cols], classes[rows, cols])


def widened(block: Window, by: int, shape: Shape) -> Window:
    """A block with the pixels around it, as far as the grid goes."""
    row, col = max(0, block.row - by), max(0, block.col - by)
    stop_row, stop_col = min(shape[0], block.stop_row + by), min(shape[1], block.stop_col + by)
    return Window(row, col, stop_row - row, stop_col - col)
