"""Exact polygons of the regions of a class raster, block by block.

A region is a set of pixels of one class connected over pixel sides (4-connected, what GDAL calls
polygonize). Its polygon runs exactly along pixel edges, so its area is the number of its pixels.
`trace_block` is a pure function of one block; a `Linker` joins the results for blocks that
partition the grid, added in any order, into the same dwellings, bit for bit, as for one block.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import GridError
from ..grid import Shape, Window
from ..paths import Paths, Regions
from ..sequences import offsets_of
from .components import connect, label_runs
from .dwelling import Dwelling, dwellings_of
from .seams import NONE, UNKNOWN, SeamCorners, border, is_ambiguous, link, neighbours, passages
from .trace import shared_sides, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .components import Runs


__all__ = ["Dwelling", "Fragment", "Linker", "Pieces", "trace_block"]


@dataclass(frozen=True)
class Pieces:
    """Regions with all of their known outlines."""

    regions: Regions
    """Regions, numbered by their place in this table."""
    rings: Paths
    """Closed outlines."""
    chains: Paths
    """Open outlines."""
    ends: NDArray[np.int64]
    """First and last edge of each chain, (chains, 2)."""
    corners: SeamCorners
    """Corners next to missing blocks, or with several possible links of chains."""

    @classmethod
    def empty(cls) -> Pieces:
        """Make an empty table."""
        empty = np.zeros(0, np.int64)
        paths = Paths(np.zeros((0, 2), np.int32), np.zeros(1, np.intp), empty)
        return cls(
            regions=Regions(np.zeros(0, np.uint8), empty, empty),
            rings=paths,
            chains=paths,
            ends=np.zeros((0, 2), np.int64),
            corners=SeamCorners(empty, np.zeros((0, 4), np.intp)),
        )

    def split(self, is_open: NDArray[np.bool_]) -> tuple[Pieces, Pieces]:
        """Split into complete regions and open ones with all chains and corners, numbered anew."""
        numbers = np.where(is_open, np.cumsum(is_open), np.cumsum(~is_open)) - 1
        parts = []
        for is_selected in (~is_open, is_open):
            rings = self.rings.take(np.flatnonzero(is_selected[self.rings.region]))
            parts.append(
                replace(
                    self.empty(),
                    regions=self.regions.take(np.flatnonzero(is_selected)),
                    rings=replace(rings, region=numbers[rings.region]),
                )
            )
        chains = replace(self.chains, region=numbers[self.chains.region])
        corners = self.corners.renumbered(numbers)
        return parts[0], replace(parts[1], chains=chains, ends=self.ends, corners=corners)


@dataclass(frozen=True)
class Fragment:
    """Regions of one block; small beside the block, and fit for pickling."""

    window: Window
    """Window of the block in the grid."""
    shape: Shape
    """Height and width of the grid."""
    complete: Pieces
    """Regions that touch no side shared with another block."""
    pending: Pieces
    """Regions that touch a shared side."""


def trace_block(
    window: Window, classes: NDArray[np.uint8], scores: NDArray[np.uint8], shape: Shape
) -> Fragment:
    """Trace the regions of one block of a grid.

    Args:
        window: Window of the block in the grid.
        classes: (height, width) uint8: 0 background, 255 nodata, else a class.
        scores: (height, width) uint8, the score of each pixel's class, 0 to 254.
        shape: Height and width of the grid.

    Returns:
        The block's contribution, for `Linker.add`.

    Raises:
        GridError: The arrays do not have the window's size, or it sticks out of the grid.
    """
    if classes.shape != window.shape or scores.shape != window.shape:
        msg = (
            f"classes {classes.shape} and scores {scores.shape} must have the size of the block, "
            f"{tuple(window.shape)}"
        )
        raise GridError(msg)
    if not Window(0, 0, shape[0], shape[1]).contains(window):
        msg = f"{window} does not lie in a grid of {shape[0]} x {shape[1]} pixels"
        raise GridError(msg)
    runs = label_runs(classes)
    is_open = _touching_sides(runs, shared_sides(window, shape))
    tracing = trace(classes, runs, is_open, window, shape)
    pieces = Pieces(
        regions=Regions(runs.values(), runs.pixels(), runs.sums(scores)),
        rings=tracing.rings,
        chains=tracing.chains,
        ends=tracing.ends,
        corners=border(window, shape, runs, tracing.cuts),
    )
    complete, pending = pieces.split(is_open)
    return Fragment(window, shape, complete, pending)


def _touching_sides(runs: Runs, shared_flags: tuple[bool, bool, bool, bool]) -> NDArray[np.bool_]:
    """Test if regions have a pixel at a shared side, (regions,) bool."""
    north, west, south, east = shared_flags
    height, width = runs.shape
    row, col = np.divmod(runs.start, width + 1)
    end = runs.stop - row * (width + 1)
    touches = np.zeros(len(row), bool)
    for is_shared, at_side in (
        (north, row == 0),
        (west, col == 0),
        (south, row == height - 1),
        (east, end == width),
    ):
        if is_shared:
            touches |= at_side
    is_open = np.zeros(runs.count, bool)
    is_open[runs.label[touches]] = True
    return is_open


class Linker:
    """Linker that joins the fragments of blocks that partition a grid, in any order.

    Between calls it holds the outlines of incomplete regions, and the corners along sides at which
    a block is missing; complete regions are handed out at once.
    """

    def __init__(self, shape: Shape) -> None:
        """Expect the blocks of a grid of this height and width."""
        self._shape = Shape(*shape)
        self._missing_pixels = shape[0] * shape[1]
        self._pieces = Pieces.empty()

    def add(self, fragment: Fragment) -> list[Dwelling]:
        """Add a block.

        Returns:
            The dwellings that are complete now, sorted by the (row, col) at which they start.

        Raises:
            GridError: The fragment is of another grid, or overlaps one that was added.
        """
        if tuple(fragment.shape) != self._shape:
            msg = (
                f"the block is of a grid of {fragment.shape[0]} x {fragment.shape[1]} pixels, the "
                f"others are of {self._shape[0]} x {self._shape[1]}"
            )
            raise GridError(msg)
        self._missing_pixels -= fragment.window.height * fragment.window.width
        if self._missing_pixels < 0:
            msg = "the blocks overlap; hand over each pixel of the grid exactly once"
            raise GridError(msg)
        finished, self._pieces = _join(self._pieces, fragment.pending, self._shape)
        complete = fragment.complete
        rings = replace(finished.rings, region=finished.rings.region + len(complete.regions.value))
        return dwellings_of(complete.regions.concat(finished.regions), complete.rings.concat(rings))

    def finish(self) -> list[Dwelling]:
        """Check that all blocks came.

        Returns:
            The remaining dwellings: none, since the last block completes every region.

        Raises:
            GridError: Blocks are missing.
        """
        if self._missing_pixels or len(self._pieces.corners.key):
            msg = (
                f"blocks are missing: {self._missing_pixels} pixels of the grid were not handed "
                "over"
            )
            raise GridError(msg)
        return []


def _join(base: Pieces, extra: Pieces, shape: Shape) -> tuple[Pieces, Pieces]:
    """Join old and new pieces; returns complete regions and those that stay open."""
    pieces = _concat(base, extra, shape)
    corners, regions = pieces.corners, pieces.regions
    is_known = (corners.region != UNKNOWN).all(axis=1)
    waits = corners.region[~is_known]
    is_open = np.zeros(len(regions.value), bool)
    is_open[waits[waits >= 0]] = True
    full = corners.take(np.flatnonzero(is_known))
    is_waiting = is_ambiguous(full, regions.value, is_open)
    ways = passages(full, is_waiting, shape)
    row, col = np.divmod(full.key[ways.corner[ways.turns]], shape[1] + 1)
    points = np.column_stack((col, row)).astype(np.int32)
    paths_through = Paths(points, offsets_of(ways.turns.astype(np.intp)), ways.region)
    rings, chains, ends = link(
        pieces.chains.concat(paths_through), np.concatenate((pieces.ends, ways.ends))
    )
    regions_kept, is_open_corner = corners.region, ~is_known
    regions_kept[is_known] = np.where(is_waiting, full.region, NONE)
    is_open_corner[is_known] = is_waiting.any(axis=1)
    left = Pieces(
        regions=regions,
        rings=pieces.rings.concat(rings),
        chains=chains,
        ends=ends,
        corners=SeamCorners(corners.key, regions_kept).take(np.flatnonzero(is_open_corner)),
    )
    return left.split(is_open)


def _concat(base: Pieces, extra: Pieces, shape: Shape) -> Pieces:
    """Concatenate both tables and merge regions that turn out to be one."""
    first = len(base.regions.value)
    numbers = first + np.arange(len(extra.regions.value))
    regions = base.regions.concat(extra.regions)
    corners = base.corners.join(extra.corners.renumbered(numbers), shape)
    group, count = connect(len(regions.value), neighbours(corners, regions.value))
    tables = []
    for old, new in ((base.rings, extra.rings), (base.chains, extra.chains)):
        paths = old.concat(replace(new, region=new.region + first))
        tables.append(replace(paths, region=group[paths.region]))
    return Pieces(
        regions=regions.merge(group, count),
        rings=tables[0],
        chains=tables[1],
        ends=np.concatenate((base.ends, extra.ends)),
        corners=corners.renumbered(group),
    )
