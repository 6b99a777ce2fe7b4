"""Classes from scores, with touching dwellings separated by a line of background.

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

from .errors import GridError
from .grid import Window
from .polygons.components import label_runs
from .scores import score_threshold, to_classes
from .sequences import ragged
from .tiling.thicken import SIDES, neighbourhoods, thicken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .grid import Shape
    from .separation import Separation
    from .spec import ModelSpec


def separate(
    scores: NDArray[np.uint8], spec: ModelSpec, *, row: int, col: int
) -> NDArray[np.uint8]:
    """Compute the class of each pixel, with background between touching dwellings.

    Pixels nearer to a side of the array than `halo_of` are right only if that side is one of
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
    separation = spec.separation
    if separation is None:
        return classes
    for kind in spec.classes:
        mask = classes == kind.value
        if not mask.any():
            continue
        parts = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.uint8)
        inside = parts[1:-1, 1:-1]
        inside[...] = _seeds(mask, scores[len(spec.classes)], separation)
        thicken(parts, mask & (inside == 0), rounds=separation.reach, origin=(row, col))
        _draw_lines(classes, mask, parts)
    return classes


def halo_of(spec: ModelSpec) -> int:
    """Number of pixels around a block that `separate` depends on; 0 without a separation."""
    return 0 if spec.separation is None else spec.separation.halo


def _seeds(
    mask: NDArray[np.bool_], channel: NDArray[np.uint8], separation: Separation
) -> NDArray[np.bool_]:
    """Mask (height, width) of the seeds of a class, without too small regions."""
    bound = score_threshold(separation.threshold)
    is_seed = channel < bound if separation.method == "border" else channel >= bound
    seeds = np.ascontiguousarray(mask & is_seed)
    if separation.min_seed == 1:
        return seeds
    runs = label_runs(seeds.view(np.uint8))
    is_small = (runs.pixels() < separation.min_seed)[runs.label]
    start, lengths = runs.start[is_small], (runs.stop - runs.start)[is_small]
    # Runs are numbered with a spare pixel at the end of each row.
    first = start - start // (seeds.shape[1] + 1)
    seeds.reshape(-1)[ragged(first, lengths)] = False
    return seeds


def _draw_lines(
    classes: NDArray[np.uint8], mask: NDArray[np.bool_], parts: NDArray[np.uint8]
) -> None:
    """Make background of a class's pixels that no seed reached and that touch one that was reached.

    The others stay: a patch without a seed is a dwelling of its own. Touching over a corner
    counts only where the mask connects both, so patches that are apart already lose nothing.
    """
    stride = parts.shape[1]
    unreached = np.zeros(parts.shape, bool)
    unreached[1:-1, 1:-1] = mask & (parts[1:-1, 1:-1] == 0)
    candidates = np.flatnonzero(unreached)
    reached = neighbourhoods(parts.reshape(-1), candidates, stride)
    neighbour_bits = reached | neighbourhoods(
        unreached.view(np.uint8).reshape(-1), candidates, stride
    )
    # Bits to the left and to the right of a corner's are those of the sides next to it.
    side_bits = (
        neighbour_bits << 1 | neighbour_bits >> 7 | neighbour_bits >> 1 | neighbour_bits << 7
    )
    lines = candidates[(reached & (SIDES | side_bits)) != 0]
    rows = lines // stride
    classes[rows - 1, lines - rows * stride - 1] = 0


class SeparatedStrip(NamedTuple):
    """Finished strip of the result."""

    window: Window
    """Window of the strip in the grid."""
    scores: NDArray[np.uint8]
    """Scores (spec.channels, height, width)."""
    classes: NDArray[np.uint8]
    """Classes (height, width) of `separate`."""


class Separator:
    """Separator that takes the strips of a block from top to bottom and returns finished ones.

    It keeps the last rows, which the next strip may still change. Without a separation each strip
    goes straight through.
    """

    def __init__(self, spec: ModelSpec, block: Window, shape: Shape) -> None:
        """Start at the top of a block.

        Args:
            spec: Threshold, classes and separation.
            block: Window of the result.
            shape: Height and width of the grid.
        """
        self._spec = spec
        self._block = block
        self._halo = halo_of(spec)
        self.area = expand(block, self._halo, shape)
        """Window to pass in, in strips of its full width."""
        self._rows_held: Optional[tuple[int, NDArray[np.uint8]]] = None
        self._next = block.row

    def add(self, window: Window, scores: NDArray[np.uint8]) -> Optional[SeparatedStrip]:
        """Add a strip.

        Args:
            window: Window of the strip: the columns of ``area``, the rows after the last strip.
            scores: (spec.channels, height, width) uint8.

        Returns:
            The finished strip, or None if there is none.

        Raises:
            GridError: The strip is not the next one.
        """
        area, block = self.area, self._block
        top, old_rows = self._rows_held or (area.row, None)
        expected_row = top + (0 if old_rows is None else old_rows.shape[1])
        if (window.row, window.col, window.width) != (expected_row, area.col, area.width):
            msg = f"{window} is not the next strip of {area}, which starts at row {expected_row}"
            raise GridError(msg)
        if old_rows is not None and old_rows.shape[1]:
            scores = np.concatenate((old_rows, scores), axis=1)
        is_last = window.stop_row >= area.stop_row
        stop = min(block.stop_row, window.stop_row - (0 if is_last else self._halo))
        # A few rows at a time would be done over and over with those around them.
        if stop <= self._next or (not is_last and stop - self._next < self._halo):
            self._rows_held = (top, scores)
            return None
        strip = Window(self._next, block.col, stop - self._next, block.width)
        rows, cols = strip.slices_in(Window(top, area.col, scores.shape[1], area.width))
        classes = separate(scores, self._spec, row=top, col=area.col)
        first_kept = max(top, stop - self._halo)
        self._rows_held, self._next = (first_kept, scores[:, first_kept - top :].copy()), stop
        return SeparatedStrip(strip, scores[:, rows, cols], classes[rows, cols])


def expand(block: Window, margin: int, shape: Shape) -> Window:
    """Expand a block by some pixels on each side, within the grid."""
    row, col = max(0, block.row - margin), max(0, block.col - margin)
    stop_row, stop_col = (
        min(shape[0], block.stop_row + margin),
        min(shape[1], block.stop_col + margin),
    )
    return Window(row, col, stop_row - row, stop_col - col)
