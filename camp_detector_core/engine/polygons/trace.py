"""Outlines of the regions of one block, walked along pixel edges for all regions at once.

An outline is a directed path of pixel edges with the region on its left as seen on the screen
(rows down): exteriors run counter-clockwise, holes clockwise. Its corners are found by comparing
the four pixels around each corner of the raster: around a pixel both of whose sides at the corner
are edges the path turns left; where two pixels of a region meet over a third one but the fourth
is foreign it turns right. Between corners paths are straight, so along every row of corners the
ends of top edges pair up one by one, and so do those of bottom edges, and along every column those
of left and of right edges: that gives each corner its successor.

Where two pixels of one class touch only diagonally the paths turn left, each around its pixel.
If both belong to one region, its outline would touch itself there; exchanging the two successors
turns the paths right and parts the outline into rings that are simple. Whether both belong to
one region may be known only once other blocks are added: then the paths are cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..paths import Paths
from ..scores import NODATA_SCORE
from ..sequences import Sequences, follow, offsets_of, ragged, stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..grid import Shape, Window
    from .components import Runs

NW, NE, SW, SE = range(4)
"""Pixels around a corner. ``pixel & 1`` is its column and ``pixel >> 1`` its row there."""
LEFT, BOTTOM, RIGHT, TOP = range(4)
"""Sides of a pixel, in the order of a path around it."""
OUT_SIDE = np.array((RIGHT, BOTTOM, TOP, LEFT))
"""Side along which a path leaves a corner, by the pixel that it runs along."""
IN_SIDE = np.array((BOTTOM, LEFT, RIGHT, TOP))
"""Side along which a path reaches a corner, by the pixel that it runs along."""
_CHUNK = 1 << 19
"""Pixels compared at a time, so that intermediate arrays stay in the processor's cache."""


class Tracing(NamedTuple):
    """Outlines of a block from `trace`."""

    rings: Paths
    """Closed outlines, each from its smallest (row, col)."""
    chains: Paths
    """Outlines that begin and end at a cut or at a side shared with another block."""
    ends: NDArray[np.int64]
    """First and last pixel edge of each chain, (chains, 2), as `edge_ids` numbers them."""
    cuts: NDArray[np.intp]
    """Row and column in the block of corners where paths are cut, and the pixel there, (n, 3)."""


class _Nodes(NamedTuple):
    """Corners of outlines, and the points where outlines reach a shared side of the block."""

    row: NDArray[np.intp]
    """Row of the corner in the block, (n,), 0 to height."""
    col: NDArray[np.intp]
    """Column of the corner in the block, (n,), 0 to width."""
    pixel: NDArray[np.intp]
    """Pixel around the corner that the node belongs to, (n,)."""

    def take(self, indices: NDArray[np.intp]) -> _Nodes:
        return _Nodes(self.row[indices], self.col[indices], self.pixel[indices])

    def owners(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Row and column in the block of the pixels that the nodes belong to."""
        return self.row - 1 + (self.pixel >> 1), self.col - 1 + (self.pixel & 1)


def edge_ids(
    row: NDArray[np.intp], col: NDArray[np.intp], side: NDArray[np.intp], *, width: int
) -> NDArray[np.int64]:
    """Number the sides of pixels (row, col) of a grid of some width, (n,).

    The two sides of one edge have different numbers, since different paths run along them.
    """
    return (row * width + col) * 4 + side


def shared_sides(window: Window, shape: Shape) -> tuple[bool, bool, bool, bool]:
    """Test if the north, west, south and east side of a block lie inside the grid."""
    return window.row > 0, window.col > 0, window.stop_row < shape[0], window.stop_col < shape[1]


def trace(
    classes: NDArray[np.uint8], runs: Runs, is_open: NDArray[np.bool_], window: Window, shape: Shape
) -> Tracing:
    """Walk the outlines of a block.

    Args:
        classes: (height, width) uint8: 0 background, 255 nodata, else a class.
        runs: The regions of ``classes``.
        is_open: (regions,) True where a region touches a shared side.
        window: Window of the block in the grid.
        shape: Height and width of the grid.

    Returns:
        Rings and chains in coordinates of the grid; their regions are numbered as in ``runs``.
    """
    is_shared = shared_sides(window, shape)
    nodes, upright, level, diagonals = _nodes(_pad(classes, is_shared), is_shared)
    successor = _link(nodes, upright, level)
    cuts = _part(nodes, successor, diagonals, runs, is_open)
    # A cut node is where a chain begins; its copy is where the chain before it ends.
    predecessor = np.full(len(successor) + 1, -1, np.intp)
    predecessor[successor] = np.arange(len(successor))
    successor[predecessor[cuts]] = len(successor) + np.arange(len(cuts))
    successor = np.append(successor, np.full(len(cuts), -1, np.intp))
    nodes = _concat(nodes, nodes.take(cuts))
    rings, chains, ends = _paths(nodes, follow(successor), runs, window, shape[1])
    return Tracing(rings, chains, ends, np.column_stack(nodes.take(cuts)))


def _concat(*parts: _Nodes) -> _Nodes:
    return _Nodes(*(np.concatenate(column) for column in zip(*parts)))


def _pad(
    classes: NDArray[np.uint8], shared_flags: tuple[bool, bool, bool, bool]
) -> NDArray[np.uint8]:
    """Pad to (height + 2, width + 2): background around the grid, repeated border on shared sides.

    What is repeated has no edge along the side, so that paths run straight out of the block.
    """
    padded: NDArray[np.uint8] = np.pad(classes, 1, mode="edge")
    sides = padded[0], padded[:, 0], padded[-1], padded[:, -1]
    for is_shared, side in zip(shared_flags, sides):
        if not is_shared:
            side[:] = 0
    return padded


def _candidates(padded: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Number the corners where a row edge meets a column edge."""
    height, width = padded.shape[0] - 1, padded.shape[1] - 1
    parts = []
    step = max(1, _CHUNK // width)
    for row in range(0, height, step):
        chunk = padded[row : row + step + 1]
        upright = chunk[:, 1:] != chunk[:, :-1]
        level = chunk[1:] != chunk[:-1]
        edge_count = upright[1:] | upright[:-1]
        edge_count &= level[:, 1:] | level[:, :-1]
        parts.append(np.flatnonzero(edge_count) + row * width)
    return np.concatenate(parts)


def _vertices(padded: NDArray[np.uint8]) -> tuple[_Nodes, NDArray[np.intp]]:
    """Find the corners of the outlines in row-major order; paths turn left at diagonal touches.

    Returns:
        The nodes; and (n, 2) those which belong to two pixels that touch only diagonally.
    """
    corner = _candidates(padded)
    row = corner // (padded.shape[1] - 1)
    flat = padded.reshape(-1)
    pixel_above = corner + row
    nw, ne = flat[pixel_above], flat[pixel_above + 1]
    pixel_above += padded.shape[1]
    sw, se = flat[pixel_above], flat[pixel_above + 1]
    north, west, east, south = nw == ne, nw == sw, ne == se, sw == se
    is_falling, is_rising = nw == se, ne == sw
    turns = np.empty((len(corner), 4), bool)
    # A corner of a pixel: both its neighbours are foreign, or only the one across is.
    turns[:, NW] = (north == west) & ~(north & is_falling)
    turns[:, NE] = (north == east) & ~(north & is_rising)
    turns[:, SW] = (south == west) & ~(south & is_rising)
    turns[:, SE] = (south == east) & ~(south & is_falling)
    for pixel, value in enumerate((nw, ne, sw, se)):
        turns[:, pixel] &= (value != 0) & (value != NODATA_SCORE)
    node = np.flatnonzero(turns)
    indices = node >> 2
    pairs = [
        np.column_stack([np.searchsorted(node, nodes_found * 4 + pixel) for pixel in pixels])
        for touch, pixels in (
            (is_falling & ~north & ~west, (NW, SE)),
            (is_rising & ~north & ~east, (NE, SW)),
        )
        for nodes_found in [np.flatnonzero(touch & turns[:, pixels[0]])]
    ]
    col = corner - row * (padded.shape[1] - 1)
    return _Nodes(row[indices], col[indices], node & 3), np.concatenate(pairs)


def _ports(line: NDArray[np.uint8], *, is_shared: bool) -> NDArray[np.intp]:
    """Find the points where paths cross a side of the block.

    Args:
        line: The pixels along the side with the padding at both ends.
        is_shared: True if the side lies inside the grid, else nothing crosses it.

    Returns:
        Twice the place of a change along the line, plus one for the path along its second pixel.
    """
    if not is_shared:
        return np.zeros(0, np.intp)
    change = line[1:] != line[:-1]
    pixels = np.column_stack((line[:-1], line[1:]))
    return np.flatnonzero((pixels != 0) & (pixels != NODATA_SCORE) & change[:, None])


def _nodes(
    padded: NDArray[np.uint8], is_shared: tuple[bool, bool, bool, bool]
) -> tuple[_Nodes, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Collect all nodes of a block.

    Returns:
        The nodes; the numbers of those on paths along columns, top to bottom within a column; of
        those on paths along rows, by row and from west to east; and (n, 2) of those that belong
        to two pixels which touch only diagonally.
    """
    vertices, diagonals = _vertices(padded)
    height, width = padded.shape[0] - 2, padded.shape[1] - 2
    north = _ports(padded[1], is_shared=is_shared[0])
    west = _ports(padded[:, 1], is_shared=is_shared[1])
    south = _ports(padded[-2], is_shared=is_shared[2])
    east = _ports(padded[:, -2], is_shared=is_shared[3])
    parts = (
        _Nodes(np.zeros_like(north), north >> 1, SW + (north & 1)),
        _Nodes(west >> 1, np.zeros_like(west), NE + 2 * (west & 1)),
        vertices,
        _Nodes(np.full_like(south, height), south >> 1, NW + (south & 1)),
        _Nodes(east >> 1, np.full_like(east, width), NW + 2 * (east & 1)),
    )
    nodes = _concat(*parts)
    bounds = np.cumsum([len(part.row) for part in parts])
    numbers = np.split(np.arange(bounds[-1]), bounds[:-1])
    upright = np.concatenate((numbers[0], numbers[2], numbers[3]))
    level = np.concatenate((numbers[1], numbers[2], numbers[4]))
    upright = upright[stable_order(nodes.col[upright])]
    if len(west) or len(east):
        level = level[stable_order(nodes.row[level])]
    return nodes, upright, level, diagonals + bounds[1]


def _link(nodes: _Nodes, upright: NDArray[np.intp], level: NDArray[np.intp]) -> NDArray[np.intp]:
    """Find the node after each one, (n,), -1 where a path leaves the block."""
    successor = np.full(len(nodes.row), -1, np.intp)
    is_east = (nodes.pixel[upright] & 1).astype(bool)
    left, right = upright[is_east], upright[~is_east]
    is_south = (nodes.pixel[level] >> 1).astype(bool)
    top, bottom = level[is_south], level[~is_south]
    successor[left[::2]] = left[1::2]
    successor[bottom[::2]] = bottom[1::2]
    successor[right[1::2]] = right[::2]
    successor[top[1::2]] = top[::2]
    return successor


def _part(
    nodes: _Nodes,
    successor: NDArray[np.intp],
    diagonals: NDArray[np.intp],
    runs: Runs,
    is_open: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Exchange successors, in place, where a region touches itself diagonally.

    Returns:
        The nodes at which two regions touch that may turn out to be one.
    """
    first, second = diagonals.T
    region = runs.labels_at(*nodes.take(first).owners())
    facing_region = runs.labels_at(*nodes.take(second).owners())
    is_same = region == facing_region
    one_same, other_same = first[is_same], second[is_same]
    successor[one_same], successor[other_same] = successor[other_same], successor[one_same]
    is_ambiguous = ~is_same & is_open[region] & is_open[facing_region]
    cuts: NDArray[np.intp] = diagonals[is_ambiguous].reshape(-1)
    return cuts


def _paths(
    nodes: _Nodes, sequences: Sequences, runs: Runs, window: Window, width: int
) -> tuple[Paths, Paths, NDArray[np.int64]]:
    """Collect rings, chains, and the first and last edge of each chain."""
    order, offsets, is_closed = sequences
    begin, stop = offsets[:-1], offsets[1:]
    region = runs.labels_at(*nodes.take(order[begin]).owners())
    points = np.empty((len(order), 2), np.int32)
    points[:, 0] = (nodes.col + window.col)[order]
    points[:, 1] = (nodes.row + window.row)[order]
    all_paths = Paths(points, offsets, region)
    rings = all_paths.take(np.flatnonzero(is_closed))
    # The first and the last node of a chain stand for its ends and are no corners of it.
    begin, stop, region = begin[~is_closed], stop[~is_closed], region[~is_closed]
    lengths = stop - begin - 2
    chains = Paths(points[ragged(begin + 1, lengths)], offsets_of(lengths), region)
    ends = np.empty((len(lengths), 2), np.int64)
    for side, edge, sides in ((0, begin, OUT_SIDE), (1, stop - 1, IN_SIDE)):
        node = nodes.take(order[edge])
        row, col = node.owners()
        ends[:, side] = edge_ids(row + window.row, col + window.col, sides[node.pixel], width=width)
    # The corners at both ends of a single edge meet in it without a chain between them.
    long_chains = np.flatnonzero(ends[:, 0] != ends[:, 1])
    return rings, chains.take(long_chains), ends[long_chains]
