"""Blending of overlapping chips into finished strips, with bounded memory.

The weights of all chips that cover a pixel sum to 1 (`Axis.weight`), so a strip is finished as
soon as the last chip over it was added, without a division but where a chip was left out. Each
pixel receives its chips in the plan's order, whatever the block, so a block's result equals the
whole raster's bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from ..errors import GridError
from ..grid import Window
from ..scores import to_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .plan import TilePlan


class Mosaic:
    """Mosaic of the chips of one block, row of chips by row of chips.

    It holds one row of chips: (channels, tile height, block width) float32.
    """

    def __init__(self, plan: TilePlan, block: Window, *, channels: int) -> None:
        """Start at the top of a block of the plan's raster."""
        self._block = block
        self._top = block.row
        height = plan.tile.height
        self._sum = np.zeros((channels, height, block.width), np.float32)
        self._valid = np.zeros((height, block.width), bool)
        self._missing_weight: Optional[NDArray[np.float32]] = None
        """Weight (tile height, block width) of omitted chips, if there are any."""
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
        (rows, cols), target = self._place(window)
        weights = self._weights(window, rows, cols)
        self._sum[(slice(None), *target)] += probabilities[:, rows, cols] * weights
        self._valid[target] |= valid[rows, cols]

    def omit(self, window: Window) -> None:
        """Omit one chip: the others that cover its valid pixels count for more.

        Args:
            window: A window of the plan that touches the block.

        Raises:
            GridError: The window touches rows that are finished already, or none of the block.
        """
        (rows, cols), target = self._place(window)
        if self._missing_weight is None:
            self._missing_weight = np.zeros(self._valid.shape, np.float32)
        self._missing_weight[target] += self._weights(window, rows, cols)

    def _place(self, window: Window) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Slices of a window's part in the block, within the window and within the current rows."""
        inside = window.intersection(self._block)
        if inside is None or inside.row < self._top:
            msg = f"{window} does not touch the unfinished rows of {self._block}"
            raise GridError(msg)
        row, col = inside.row - self._top, inside.col - self._block.col
        target = (slice(row, row + inside.height), slice(col, col + inside.width))
        return inside.slices_in(window), target

    def _weights(self, window: Window, rows: slice, cols: slice) -> NDArray[np.float32]:
        if self._row_weight[0] != window.row:
            index = window.row // self._rows.stride
            self._row_weight = (window.row, self._rows.weight(index))
        weights: NDArray[np.float32] = (
            self._row_weight[1][rows, None] * self._col_weights[window.col][None, cols]
        )
        return weights

    def finish(self, stop_row: int) -> Optional[tuple[Window, NDArray[np.uint8]]]:
        """Finish the rows above ``stop_row``, which no later chip touches.

        Returns:
            The window of the finished rows and their scores (channels, height, width) uint8, or
            None where there are none.
        """
        stop_row = min(stop_row, self._block.stop_row)
        height = stop_row - self._top
        if height <= 0:
            return None
        window = Window(self._top, self._block.col, height, self._block.width)
        finished = self._sum[:, :height]
        if self._missing_weight is not None:
            self._rescale(finished, self._missing_weight[:height])
        scores = to_scores(finished, self._valid[:height])
        remaining = self._sum.shape[1] - height
        self._sum[:, :remaining] = self._sum[:, height:].copy()
        self._sum[:, remaining:] = 0
        self._valid[:remaining] = self._valid[height:].copy()
        self._valid[remaining:] = False
        if self._missing_weight is not None:
            self._missing_weight[:remaining] = self._missing_weight[height:].copy()
            self._missing_weight[remaining:] = 0
            if not self._missing_weight.any():
                self._missing_weight = None
        self._top = stop_row
        return window, scores

    def _rescale(self, total: NDArray[np.float32], missing_weight: NDArray[np.float32]) -> None:
        """Divide by the weight of the added chips, if some are missing."""
        rows, cols = np.nonzero((missing_weight > 0) & self._valid[: len(missing_weight)])
        total[:, rows, cols] /= 1 - missing_weight[rows, cols]
