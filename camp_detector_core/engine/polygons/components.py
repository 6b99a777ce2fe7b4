"""Connected regions of one class, from runs of pixels by a vectorised union-find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..grid import Shape
from ..scores import NODATA_SCORE
from ..sequences import ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 1 << 20
"""Pixels compared at a time, so that intermediate arrays stay in the processor's cache."""


@dataclass(frozen=True)
class Runs:
    """Maximal runs of pixels of one class along rows, in row-major order.

    Background (0) and nodata (255) belong to no run. Pixels are numbered with one spare number
    at the end of each row (``row * (width + 1) + col``), so that runs of different rows never
    touch.
    """

    shape: Shape
    """Height and width of the raster."""
    start: NDArray[np.intp]
    """First pixel of each run, (n,) numbers."""
    stop: NDArray[np.intp]
    """Pixel after the last one of each run, (n,) numbers."""
    value: NDArray[np.uint8]
    """Class of each run, (n,), 1 to 254."""
    label: NDArray[np.intp]
    """Region of each run, (n,): 0 .. count - 1, in the order of the regions' first pixels."""
    count: int
    """Number of regions."""

    def labels_at(self, rows: NDArray[np.intp], cols: NDArray[np.intp]) -> NDArray[np.intp]:
        """Look up the regions of single pixels, -1 for background and NoData."""
        if not len(self.start):
            return np.full(len(rows), -1, np.intp)
        pixel = rows * (self.shape[1] + 1) + cols
        run = np.searchsorted(self.start, pixel, "right") - 1
        inside = (run >= 0) & (pixel < self.stop[run])
        return np.where(inside, self.label[run], -1)

    def pixels(self) -> NDArray[np.int64]:
        """Count the pixels of each region, (count,)."""
        return self._total(self.stop - self.start)

    def values(self) -> NDArray[np.uint8]:
        """Class of each region, (count,)."""
        values = np.zeros(self.count, np.uint8)
        values[self.label] = self.value
        return values

    def sums(self, raster: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Sum a raster (height, width) over the pixels of each region, (count,)."""
        if not len(self.start):
            return np.zeros(0, np.int64)
        width = self.shape[1]
        # Without the spare numbers a pixel's number is its place in the flattened raster.
        lengths = self.stop - self.start
        first = self.start - self.start // (width + 1)
        values = raster.reshape(-1)[ragged(first, lengths)]
        bounds = np.cumsum(lengths) - lengths
        return self._total(np.add.reduceat(values, bounds, dtype=np.int64))

    def _total(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        # bincount sums in float64, exact up to 2**53: more scores than any block holds.
        return np.bincount(self.label, weights, self.count).astype(np.int64)


def label_runs(classes: NDArray[np.uint8]) -> Runs:
    """Find the 4-connected regions of equal class.

    Args:
        classes: (height, width) uint8: 0 background, 255 nodata, else a class.

    Returns:
        The runs of all regions.
    """
    shape = Shape(*classes.shape)
    start, stop, value = _runs(classes)
    label, count = connect(len(start), _touching(start, stop, value, shape[1] + 1))
    return Runs(shape, start, stop, value, label, count)


def label_values(classes: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Number the 4-connected regions of equal class.

    Args:
        classes: (height, width) uint8: 0 background, 255 nodata, else a class.

    Returns:
        (height, width) int32, 0 outside and 1, 2, 3 ... in the regions, in the order of their
        first pixels.
    """
    runs = label_runs(classes)
    lengths = runs.stop - runs.start
    spare = np.zeros((classes.shape[0], classes.shape[1] + 1), np.int32)
    spare.reshape(-1)[ragged(runs.start, lengths)] = np.repeat(runs.label + 1, lengths)
    return spare[:, :-1].copy()


def _runs(
    classes: NDArray[np.uint8],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]:
    """Find start, stop and class of all runs, as in `Runs`."""
    height, width = classes.shape
    parts = []
    step = max(1, _CHUNK // (width + 1))
    for row in range(0, height, step):
        chunk = classes[row : row + step]
        change = np.ones((len(chunk), width + 1), bool)  # every row begins and ends a run
        np.not_equal(chunk[:, 1:], chunk[:, :-1], out=change[:, 1:-1])
        parts.append(np.flatnonzero(change) + row * (width + 1))
    bounds = np.concatenate(parts)
    rows = bounds // (width + 1)
    last = bounds - rows * (width + 1) == width
    value = classes.reshape(-1)[np.minimum(bounds - rows, classes.size - 1)]
    selected = np.flatnonzero(~last & (value != 0) & (value != NODATA_SCORE))
    return bounds[selected], bounds[selected + 1], value[selected]


def _touching(
    start: NDArray[np.intp], stop: NDArray[np.intp], value: NDArray[np.uint8], stride: int
) -> NDArray[np.intp]:
    """Find pairs (n, 2) of runs of one class that share a pixel side, the lower one second."""
    first = np.searchsorted(stop, start - stride, "right")
    first_overlap = np.searchsorted(start, stop - stride, "left")
    lengths = first_overlap - first
    upper = ragged(first, lengths)
    lower = np.repeat(np.arange(len(start)), lengths)
    is_same_class = value[upper] == value[lower]
    return np.column_stack((upper[is_same_class], lower[is_same_class]))


def connect(count: int, pairs: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """Label the connected components of a graph.

    Each round hooks every root to the smallest root next to it and then lets every node point to
    its root. Two rounds at least halve the number of components still to be joined.

    Args:
        count: Number of nodes.
        pairs: (n, 2) nodes that are connected.

    Returns:
        (count,) component of each node, 0 .. components - 1 in the order of the components' first
        nodes; and the number of components.
    """
    root = np.arange(count)
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    while len(low):
        # Of several values assigned to one place the last one stays: the smallest.
        order = np.argsort(-low, kind="stable")
        root[high[order]] = low[order]
        while True:
            above = root[root]
            if np.array_equal(above, root):
                break
            root = above
        a, b = root[low], root[high]
        differ = a != b
        a, b = a[differ], b[differ]
        low, high = np.minimum(a, b), np.maximum(a, b)
    first = root == np.arange(count)
    return (np.cumsum(first) - 1)[root], int(first.sum())
