"""Where blocks meet: corners with pixels of several blocks, and the paths through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .errors import GridError
from .paths import Paths
from .sequences import follow
from .trace import IN_SIDE, NE, NW, OUT_SIDE, SE, SW, edge_ids, shared_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .components import Runs
    from .grid import Shape, Window

UNKNOWN, NONE = -2, -1
"""What stands for a region: the pixel's block is missing; the pixel belongs to no region."""
_AHEAD_LEFT = np.array((NE, SE, NW, SW))
"""For a path along each pixel: the one ahead of it across the corner, on the region's side."""
_BESIDE = np.array((SW, NW, SE, NE))
"""For a path along each pixel: the one on its other side."""


@dataclass(frozen=True)
class Corners:
    """Corners of pixels that wait for a block, or for the end of a region."""

    key: NDArray[np.int64]
    """(n,) ``row * (grid width + 1) + col``, ascending."""
    region: NDArray[np.intp]
    """(n, 4) regions of the pixels around each one, or UNKNOWN, or NONE."""

    def renumbered(self, numbers: NDArray[np.intp]) -> Corners:
        """The same with new numbers for the regions."""
        # Negative indices reach the end, so that UNKNOWN and NONE stay.
        return Corners(self.key, np.append(numbers, (UNKNOWN, NONE))[self.region])

    def take(self, which: NDArray[np.intp]) -> Corners:
        """Some of the corners, in ascending order."""
        return Corners(self.key[which], self.region[which])

    def merged(self, other: Corners) -> Corners:
        """What both know about each corner, pixel by pixel the larger number."""
        key = np.concatenate((self.key, other.key))
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
        if not len(first):
            return self
        region = np.concatenate((self.region, other.region))[order]
        return Corners(key[first], np.maximum.reduceat(region, first, axis=0))

    def joined(self, other: Corners, shape: Shape) -> Corners:
        """`merged` for two blocks of one grid, with nothing around the grid.

        Raises:
            GridError: A pixel is known to both: the blocks overlap.
        """
        both = self.merged(other)
        known = [np.count_nonzero(c.region != UNKNOWN) for c in (self, other, both)]
        if known[0] + known[1] != known[2]:
            msg = "the blocks overlap; hand over each pixel of the grid exactly once"
            raise GridError(msg)
        row, col = np.divmod(both.key, shape[1] + 1)
        for at_edge, pixels in (
            (row == 0, (NW, NE)),
            (row == shape[0], (SW, SE)),
            (col == 0, (NW, SW)),
            (col == shape[1], (NE, SE)),
        ):
            for pixel in pixels:
                both.region[at_edge, pixel] = NONE
        return both


class Passages(NamedTuple):
    """Ways of paths through corners."""

    ends: NDArray[np.int64]
    """(n, 2) the edge along which a path comes, and that along which it goes."""
    corner: NDArray[np.intp]
    """(n,) index of the corner."""
    region: NDArray[np.intp]
    """(n,) the region that the path bounds."""
    turns: NDArray[np.bool_]
    """(n,) False where it goes straight on."""


def border(window: Window, shape: Shape, runs: Runs, cuts: NDArray[np.intp]) -> Corners:
    """The corners of a block that need other blocks: those on shared sides, and the cuts.

    Args:
        window: Where the block lies in the grid.
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
    for is_shared, (row, col, touched) in zip(shared_sides(window, shape), sides):
        if is_shared:
            region = runs.labels_at(row, col)
            parts += [
                (row + down, col + right, np.full_like(row, pixel), region, UNKNOWN)
                for down, right, pixel in touched
            ]
    merged = Corners(np.zeros(0, np.int64), np.zeros((0, 4), np.intp))
    for row, col, pixel, region, others in parts:
        around = np.full((len(row), 4), others)
        around[np.arange(len(row)), pixel] = region
        key = (row + window.row) * (shape[1] + 1) + col + window.col
        merged = merged.merged(Corners(key, around))
    return merged


def _offset(pixel: NDArray[np.intp]) -> NDArray[np.intp]:
    """(n, 2) row and col of pixels around a corner, 0 or 1."""
    return np.column_stack((pixel >> 1, pixel & 1))


def neighbours(corners: Corners, value: NDArray[np.uint8]) -> NDArray[np.intp]:
    """(n, 2) regions that meet in pixels of one class side by side around a corner.

    Args:
        corners: Corners.
        value: (regions,) class of each region.
    """
    pairs = [corners.region[:, pixels] for pixels in ((NW, NE), (SW, SE), (NW, SW), (NE, SE))]
    met = np.concatenate(pairs)
    met = met[(met >= 0).all(axis=1) & (met[:, 0] != met[:, 1])]
    same: NDArray[np.intp] = met[value[met[:, 0]] == value[met[:, 1]]]
    return same


def unclear(
    corners: Corners, value: NDArray[np.uint8], is_open: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n, 4) True where a pixel and the one across may turn out to be of one region.

    Args:
        corners: Corners with four known pixels each.
        value: (regions,) class of each region.
        is_open: (regions,) True where more pixels may be added to a region.
    """
    region, across = corners.region, corners.region[:, ::-1]
    # NONE looks up what is appended.
    value, is_open = np.append(value, 0), np.append(is_open, np.False_)
    met: NDArray[np.bool_] = (region != across) & (value[region] == value[across])
    return met & is_open[region] & is_open[across]


def passages(corners: Corners, waiting: NDArray[np.bool_], shape: Shape) -> Passages:
    """How paths run through corners.

    A path turns right around a foreign pixel where the pixel across belongs to its region,
    though it may touch it only diagonally: so a region's rings do not touch themselves.

    Args:
        corners: Corners with four known pixels each.
        waiting: (n, 4) True for pixels whose paths are left for later.
        shape: Height and width of the grid.

    Returns:
        One passage for each edge that leads to a corner.
    """
    region = corners.region
    leads = (region >= 0) & (region != region[:, _BESIDE]) & ~waiting
    corner, pixel = np.nonzero(leads)
    own = region[corner, pixel]
    across, ahead = 3 - pixel, _AHEAD_LEFT[pixel]
    right = region[corner, across] == own
    straight = ~right & (region[corner, ahead] == own)
    after = np.where(right, across, np.where(straight, ahead, pixel))
    row, col = np.divmod(corners.key[corner], shape[1] + 1)
    ends = [
        edge_ids(row - 1 + (at >> 1), col - 1 + (at & 1), sides[at], width=shape[1])
        for at, sides in ((pixel, IN_SIDE), (after, OUT_SIDE))
    ]
    return Passages(np.column_stack(ends), corner, own, ~straight)


def link(chains: Paths, ends: NDArray[np.int64]) -> tuple[Paths, Paths, NDArray[np.int64]]:
    """Join chains where one begins with the edge that another one ends with.

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
    order, offsets, closed = follow(successor)
    taken = chains.take(order)
    joined = Paths(taken.points, taken.offsets[offsets], taken.region[offsets[:-1]])
    still = np.flatnonzero(~closed)
    outer = np.column_stack((ends[order[offsets[:-1]], 0], ends[order[offsets[1:] - 1], 1]))
    return _rotated(joined.take(np.flatnonzero(closed))), joined.take(still), outer[still]


def _rotated(rings: Paths) -> Paths:
    """The same rings, each from its smallest (row, col) on."""
    if not len(rings.region):
        return rings
    begin, lengths = rings.offsets[:-1], rings.lengths
    x, y = rings.points.T.astype(np.int64)
    rank = y * (int(x.max()) + 1) + x
    smallest = np.minimum.reduceat(rank, begin)
    shift = np.flatnonzero(rank == np.repeat(smallest, lengths)) - begin
    within = np.arange(len(rank)) - np.repeat(begin - shift, lengths)
    return Paths(
        rings.points[np.repeat(begin, lengths) + within % np.repeat(lengths, lengths)],
        rings.offsets,
        rings.region,
    )
