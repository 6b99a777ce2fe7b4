"""Blend the probabilities of overlapping chips into finished strips, with bounded memory.

The weights of all chips that cover a pixel sum to 1 (`Axis.weight`), so a strip is finished as
soon as the last chip over it was added, without a division but where a chip was left out. Each
pixel receives its chips in the plan's order, whatever the block, so a block's result equals the
whole raster's bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from .errors import GridError
from .grid import Window
from .scores import to_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .plan import TilePlan


class Mosaic:
    """Collects chips of one block, row of chips by row of chips.

    It holds one row of chips: (channels, tile height, block width) float32.
    """

    def __init__(self, plan: TilePlan, block: Window, *, channels: int) -> None:
        """Start at the top of a block of the plan's raster."""
        self._block = block
        self._top = block.row
        height = plan.tile.height
        self._sum = np.zeros((channels, height, block.width), np.float32)
        self._valid = np.zeros((height, block.width), bool)
        self._lacking: Optional[NDArray[np.float32]] = None
        """(tile height, block width) the weight of the chips that were left out, if any was."""
        self._rows = plan.rows
        self._row_weight: tuple[int, NDArray[np.float32]] = (0, plan.rows.weight(0))
        columns = plan.cols.touching(block.col, block.stop_col)
        self._col_weights = {plan.cols.start(j): plan.cols.weight(j) for j in columns}

    def add(
        self, window: Window, probabilities: NDArray[np.float32], valid: NDArray[np.bool_]
    ) -> None:
        """Blend in one chip.

        Args:
            window: A window of the plan that touches the block.
            probabilities: (channels, height, width) of the window, without padding.
            valid: (height, width), True where the input was valid.

        Raises:
            GridError: The window touches rows that are finished already, or none of the block.
        """
        (rows, cols), here = self._place(window)
        weights = self._weights(window, rows, cols)
        self._sum[(slice(None), *here)] += probabilities[:, rows, cols] * weights
        self._valid[here] |= valid[rows, cols]

    def leave_out(self, window: Window) -> None:
        """Blend without one chip: the others that cover its valid pixels count for more.

        Args:
            window: A window of the plan that touches the block.

        Raises:
            GridError: The window touches rows that are finished already, or none of the block.
        """
        (rows, cols), here = self._place(window)
        if self._lacking is None:
            self._lacking = np.zeros(self._valid.shape, np.float32)
        self._lacking[here] += self._weights(window, rows, cols)

    def _place(self, window: Window) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Where the part of a window in the block lies in the window, and in the rows held."""
        inside = window.intersection(self._block)
        if inside is None or inside.row < self._top:
            msg = f"{window} does not touch the unfinished rows of {self._block}"
            raise GridError(msg)
        row, col = inside.row - self._top, inside.col - self._block.col
        here = (slice(row, row + inside.height), slice(col, col + inside.width))
        return inside.slices_in(window), here

    def _weights(self, window: Window, rows: slice, cols: slice) -> NDArray[np.float32]:
        if self._row_weight[0] != window.row:
            index = window.row // self._rows.stride
            self._row_weight = (window.row, self._rows.weight(index))
        weights: NDArray[np.float32] = (
            self._row_weight[1][rows, None] * self._col_weights[window.col][None, cols]
        )
        return weights

    def finish(self, stop_row: int) -> Optional[tuple[Window, NDArray[np.uint8]]]:
        """Give out the rows above ``stop_row``, which no later chip touches.

        Returns:
            The window of the finished rows and their scores (channels, height, width) uint8, or
            None where there are none.
        """
        stop_row = min(stop_row, self._block.stop_row)
        height = stop_row - self._top
        if height <= 0:
            return None
        window = Window(self._top, self._block.col, height, self._block.width)
        done = self._sum[:, :height]
        if self._lacking is not None:
            self._make_up(done, self._lacking[:height])
        scores = to_scores(done, self._valid[:height])
        kept = self._sum.shape[1] - height
        self._sum[:, :kept] = self._sum[:, height:].copy()
        self._sum[:, kept:] = 0
        self._valid[:kept] = self._valid[height:].copy()
        self._valid[kept:] = False
        if self._lacking is not None:
            self._lacking[:kept] = self._lacking[height:].copy()
            self._lacking[kept:] = 0
            if not self._lacking.any():
                self._lacking = None
        self._top = stop_row
        return window, scores

    def _make_up(self, total: NDArray[np.float32], lacking: NDArray[np.float32]) -> None:
        """Divide by the weight that was there, where some was lacking and a chip was added."""
        rows, cols = np.nonzero((lacking > 0) & self._valid[: len(lacking)])
        total[:, rows, cols] /= 1 - lacking[rows, cols]
