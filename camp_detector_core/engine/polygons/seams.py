"""Seams of blocks: corners with pixels of several blocks, and the paths through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import GridError
from ..paths import Paths
from ..sequences import follow
from .trace import IN_SIDE, NE, NW, OUT_SIDE, SE, SW, edge_ids, shared_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..grid import Shape, Window
    from .components import Runs

UNKNOWN, NONE = -2, -1
"""Codes in place of a region: the pixel's block is missing; the pixel belongs to no region."""
_AHEAD_LEFT = np.array((NE, SE, NW, SW))
"""Next pixel of a path along each pixel: across the corner, on the region's side."""
_OTHER_SIDE = np.array((SW, NW, SE, NE))
"""Next pixel of a path along each pixel: on its other side."""


@dataclass(frozen=True)
class SeamCorners:
    """Corners of pixels that need another block, or the end of a region."""

    key: NDArray[np.int64]
    """Number ``row * (grid width + 1) + col`` of each corner, (n,) ascending."""
    region: NDArray[np.intp]
    """Regions (n, 4) of the pixels around each corner, or UNKNOWN, or NONE."""

    def renumbered(self, numbers: NDArray[np.intp]) -> SeamCorners:
        """Return the corners with new region numbers."""
        # Negative indices reach the end, so that UNKNOWN and NONE stay.
        return SeamCorners(self.key, np.append(numbers, (UNKNOWN, NONE))[self.region])

    def take(self, indices: NDArray[np.intp]) -> SeamCorners:
        """Select some of the corners, in ascending order."""
        return SeamCorners(self.key[indices], self.region[indices])

    def merge(self, second: SeamCorners) -> SeamCorners:
        """Combine the regions of both tables, pixel by pixel the larger number."""
        key = np.concatenate((self.key, second.key))
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
        if not len(first):
            return self
        region = np.concatenate((self.region, second.region))[order]
        return SeamCorners(key[first], np.maximum.reduceat(region, first, axis=0))

    def join(self, second: SeamCorners, shape: Shape) -> SeamCorners:
        """Combine the tables of two blocks of one grid, with nothing around the grid.

        Raises:
            GridError: A pixel is known to both: the blocks overlap.
        """
        merged = self.merge(second)
        known_counts = [np.count_nonzero(c.region != UNKNOWN) for c in (self, second, merged)]
        if known_counts[0] + known_counts[1] != known_counts[2]:
            msg = "the blocks overlap; hand over each pixel of the grid exactly once"
            raise GridError(msg)
        row, col = np.divmod(merged.key, shape[1] + 1)
        for at_edge, pixels in (
            (row == 0, (NW, NE)),
            (row == shape[0], (SW, SE)),
            (col == 0, (NW, SW)),
            (col == shape[1], (NE, SE)),
        ):
            for pixel in pixels:
                merged.region[at_edge, pixel] = NONE
        return merged


class Passages(NamedTuple):
    """Ways of paths through corners."""

    ends: NDArray[np.int64]
    """Incoming and outgoing edge of each path, (n, 2)."""
    corner: NDArray[np.intp]
    """Index of the corner, (n,)."""
    region: NDArray[np.intp]
    """Region that the path bounds, (n,)."""
    turns: NDArray[np.bool_]
    """True (n,) where the path turns, False where it goes straight on."""


def border(window: Window, shape: Shape, runs: Runs, cuts: NDArray[np.intp]) -> SeamCorners:
    """Find the corners of a block that need other blocks: on shared sides, and at cuts.

    Args:
        window: Window of the block in the grid.
        shape: Height and width of the grid.
        runs: The regions of the block.
        cuts: (n, 3) row and col in the block of cut corners, and the cut pixel around each.

    Returns:
        The corners with the regions of the block's own pixels; around a cut corner those of the
        cut pixels, and nothing else.
    """
    rows, cols = np.arange(window.height), np.arange(window.width)
    sides = (
        (np.zeros_like(cols), cols, ((0, 0, SE), (0, 1, SW))),
        (rows, np.zeros_like(rows), ((0, 0, SE), (1, 0, NE))),
        (np.full_like(cols, window.height - 1), cols, ((1, 0, NE), (1, 1, NW))),
        (rows, np.full_like(rows, window.width - 1), ((0, 1, SW), (1, 1, NW))),
    )
    parts = [(*cuts.T, runs.labels_at(*(cuts[:, :2] - 1 + _offset(cuts[:, 2])).T), NONE)]
    for is_shared, (row, col, pixels) in zip(shared_sides(window, shape), sides):
        if is_shared:
            region = runs.labels_at(row, col)
            parts += [
                (row + row_offset, col + right, np.full_like(row, pixel), region, UNKNOWN)
                for row_offset, right, pixel in pixels
            ]
    merged = SeamCorners(np.zeros(0, np.int64), np.zeros((0, 4), np.intp))
    for row, col, pixel, region, neighbour in parts:
        regions = np.full((len(row), 4), neighbour)
        regions[np.arange(len(row)), pixel] = region
        key = (row + window.row) * (shape[1] + 1) + col + window.col
        merged = merged.merge(SeamCorners(key, regions))
    return merged


def _offset(pixel: NDArray[np.intp]) -> NDArray[np.intp]:
    """Row and column offsets (n, 2) of pixels around a corner, 0 or 1."""
    return np.column_stack((pixel >> 1, pixel & 1))


def neighbours(corners: SeamCorners, value: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Find pairs (n, 2) of regions that meet in adjacent pixels of one class around a corner.

    Args:
        corners: Corners of pixels.
        value: (regions,) class of each region.
    """
    pairs = [corners.region[:, pixels] for pixels in ((NW, NE), (SW, SE), (NW, SW), (NE, SE))]
    pairs_of_regions = np.concatenate(pairs)
    pairs_of_regions = pairs_of_regions[
        (pairs_of_regions >= 0).all(axis=1) & (pairs_of_regions[:, 0] != pairs_of_regions[:, 1])
    ]
    same_class: NDArray[np.intp] = pairs_of_regions[
        value[pairs_of_regions[:, 0]] == value[pairs_of_regions[:, 1]]
    ]
    return same_class


def is_ambiguous(
    corners: SeamCorners, value: NDArray[np.uint8], is_open: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Test if a pixel and the one across may turn out to be of one region, (n, 4) bool.

    Args:
        corners: Corners with four known pixels each.
        value: (regions,) class of each region.
        is_open: (regions,) True where more pixels may be added to a region.
    """
    region, opposite = corners.region, corners.region[:, ::-1]
    # NONE looks up what is appended.
    value, is_open = np.append(value, 0), np.append(is_open, np.False_)
    meets: NDArray[np.bool_] = (region != opposite) & (value[region] == value[opposite])
    return meets & is_open[region] & is_open[opposite]


def passages(corners: SeamCorners, is_waiting: NDArray[np.bool_], shape: Shape) -> Passages:
    """Route the paths through corners.

    A path turns right around a foreign pixel where the pixel across belongs to its region,
    though it may touch it only diagonally: so a region's rings do not touch themselves.

    Args:
        corners: Corners with four known pixels each.
        is_waiting: (n, 4) True for pixels whose paths are left for later.
        shape: Height and width of the grid.

    Returns:
        One passage for each edge that leads to a corner.
    """
    region = corners.region
    is_outline = (region >= 0) & (region != region[:, _OTHER_SIDE]) & ~is_waiting
    corner, pixel = np.nonzero(is_outline)
    path_region = region[corner, pixel]
    opposite, next_pixel = 3 - pixel, _AHEAD_LEFT[pixel]
    right = region[corner, opposite] == path_region
    straight = ~right & (region[corner, next_pixel] == path_region)
    leaving = np.where(right, opposite, np.where(straight, next_pixel, pixel))
    row, col = np.divmod(corners.key[corner], shape[1] + 1)
    ends = [
        edge_ids(
            row - 1 + (pixel_at >> 1), col - 1 + (pixel_at & 1), sides[pixel_at], width=shape[1]
        )
        for pixel_at, sides in ((pixel, IN_SIDE), (leaving, OUT_SIDE))
    ]
    return Passages(np.column_stack(ends), corner, path_region, ~straight)


def link(chains: Paths, ends: NDArray[np.int64]) -> tuple[Paths, Paths, NDArray[np.int64]]:
    """Link each chain to the one that begins with its last edge.

    Args:
        chains: Parts of outlines.
        ends: (chains, 2) first and last edge of each one.

    Returns:
        Rings, each from its smallest (row, col) on; what stays open; and its first and last edges.
    """
    order = np.argsort(ends[:, 0], kind="stable")
    first = ends[order, 0]
    place = np.minimum(np.searchsorted(first, ends[:, 1]), len(first) - 1)
    successor = np.where(first[place] == ends[:, 1], order[place], -1) if len(first) else order
    order, offsets, is_ring = follow(successor)
    ordered = chains.take(order)
    linked = Paths(ordered.points, ordered.offsets[offsets], ordered.region[offsets[:-1]])
    open_paths = np.flatnonzero(~is_ring)
    outer = np.column_stack((ends[order[offsets[:-1]], 0], ends[order[offsets[1:] - 1], 1]))
    return _rotate(linked.take(np.flatnonzero(is_ring))), linked.take(open_paths), outer[open_paths]


def _rotate(rings: Paths) -> Paths:
    """Rotate each ring to start from its smallest (row, col)."""
    if not len(rings.region):
        return rings
    begin, lengths = rings.offsets[:-1], rings.lengths
    x, y = rings.points.T.astype(np.int64)
    rank = y * (int(x.max()) + 1) + x
    smallest = np.minimum.reduceat(rank, begin)
    shift = np.flatnonzero(rank == np.repeat(smallest, lengths)) - begin
    position = np.arange(len(rank)) - np.repeat(begin - shift, lengths)
    return Paths(
        rings.points[np.repeat(begin, lengths) + position % np.repeat(lengths, lengths)],
        rings.offsets,
        rings.region,
    )
