"""Simplification of outlines that keeps them valid, within a distance and within the raster.

First all rings are drawn through few corners (`simplify`). Where a polygon then meets itself, only
the lines that meet get more corners, and at last, there alone, all of them where they were. So a
pixel outline does not stay whole because of one narrow place. Where the pixel outline touches
itself at a corner of pixels, the two rings are parted there by a fraction of a pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..sequences import offsets_of, ragged
from .rings import first_largest
from .simplify import Frames, RingLimits, choose, close, distances, draw, lines_of
from .validity import faulty_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .rings import Rings
    from .simplify import Corners

_SHARES = (1.5, 1.0, 0.75, 0.5)
"""Fractions of the tolerance for choosing corners, tried in order until one succeeds.

Lines that are fitted lie between the outermost and the innermost corners, so at first corners may
be chosen with more than the tolerance that the result must keep.
"""
_REPAIRS = 3
"""Number of attempts to add or fix corners whose lines are too far off."""
_GENTLE = 3
"""Number of rounds in which crossing lines get one more corner; later ones get all."""
_ROUNDS = 12
"""Number of rounds after which a polygon that still meets itself keeps its pixel outline."""
_GAP = 0.2
"""Distance by which touching rings are drawn apart, each way along x and y, pixels."""


def redraw(exact: Rings, tolerance: float, frames: Frames) -> Rings:
    """Simplify rings.

    Args:
        exact: Pixel outlines of whole polygons that are numbered 0 .. n - 1.
        tolerance: Largest distance of old and new outline from each other, pixels; above 0.
        frames: Bounds that the rings must not leave.

    Returns:
        Rings of valid polygons with the same areas; of polygons, that is: a hole that touches other
        rings may lose some, which the exterior makes up for.
    """
    process = _Redrawing(exact, tolerance, frames)
    is_last = exact.is_exterior & process.is_tight
    process.draw(np.flatnonzero(~is_last))
    process.draw(np.flatnonzero(is_last))
    process.mend()
    return process.rings


class _Redrawing:
    """State of the rings during simplification."""

    def __init__(self, exact: Rings, tolerance: float, frames: Frames) -> None:
        self._exact = exact
        self._tolerance = tolerance
        self._frames = frames
        self._area = exact.areas()
        self._is_unchanged = np.zeros(exact.owner[-1] + 1, bool)
        """Polygons that keep their pixel outline, (polygons,) bool."""
        self._is_near = _are_near(exact, frames, tolerance)
        """Rings that could leave their frame, (rings,) bool."""
        self._initial, touching = _constrain(exact, frames)
        """Corners with the required ones alone chosen."""
        is_kept, *is_held = (column.copy() for column in self._initial[4:7])
        self._corners = self._initial._replace(
            is_kept=is_kept, held_x=is_held[0], held_y=is_held[1]
        )
        """Corners of the current rings; changed in place."""
        self.rings = exact
        """Rings in their current state."""
        self.is_tight = touching[exact.owner]
        """Rings of polygons whose rings touch, (rings,) bool."""

    def draw(self, rings: NDArray[np.intp]) -> None:
        """Draw rings with the fewest corners within all limits; holes go before their exteriors."""
        loose = self.is_tight & ~self._exact.is_exterior
        for share in _SHARES:
            if not len(rings):
                return
            part = self._initial.take(rings) if len(rings) < len(loose) else self._initial
            part = part._replace(is_kept=choose(part, np.full(len(rings), self._tolerance * share)))
            rings = self._try(rings, part, loose[rings])
        self._pin(rings, loose[rings])

    def mend(self) -> None:
        """Give more corners to lines that meet, until none do."""
        rings = np.arange(len(self._exact.owner))
        for number in range(_ROUNDS + 1):
            rings = rings[~self._is_unchanged[self._exact.owner[rings]]]
            ring, sides = self._faults(rings)
            if not len(ring):
                break
            if number == _ROUNDS:
                self._is_unchanged[self._exact.owner[ring]] = True
                break
            self._refine(ring, sides, gently=number < _GENTLE)
            rings = self._redraw(ring)
        unchanged = np.flatnonzero(self._is_unchanged[self._exact.owner])
        self.rings = self.rings.replaced(unchanged, self._exact.take(unchanged))

    def _faults(self, rings: NDArray[np.intp]) -> tuple[NDArray[np.intp], list[NDArray[np.bool_]]]:
        """Find the faulty rings among some, with their faulty sides."""
        if not len(rings):
            return rings, []
        part = self.rings.take(rings)
        _, number = np.unique(part.owner, return_inverse=True)
        faulty = faulty_sides(part._replace(owner=number))
        faulty_rings = np.flatnonzero(np.logical_or.reduceat(faulty, part.begin))
        return rings[faulty_rings], [
            faulty[part.offsets[i] : part.offsets[i + 1]] for i in faulty_rings.tolist()
        ]

    def _refine(
        self, rings: NDArray[np.intp], sides: list[NDArray[np.bool_]], *, gently: bool
    ) -> None:
        """Choose more corners along some sides, or fix the corners if there are no more."""
        part = self._corners.take(rings)
        is_kept, held_x, held_y = part.is_kept.copy(), part.held_x.copy(), part.held_y.copy()
        lines = lines_of(part)
        faulty_lines = np.flatnonzero(np.concatenate(sides))
        begin, end = lines.begin[faulty_lines], lines.end[faulty_lines]
        short = end - begin == 1
        if gently:
            distance = distances(part, self.rings.take(rings))
            lengths = (end - begin)[~short] - 1
            inner = ragged(begin[~short] + 1, lengths)
            is_kept[inner[first_largest(distance[inner], offsets_of(lengths))]] = True
            fixed = np.concatenate((begin[short], end[short]))
        else:
            fixed = ragged(begin, end - begin + 1)
            is_kept[fixed] = True
        held_x[fixed] = held_y[fixed] = True
        first, last = part.offsets[:-1], part.offsets[1:] - 1
        held_x[first] |= held_x[last]
        held_y[first] |= held_y[last]
        self._store(rings, part._replace(is_kept=is_kept, held_x=held_x, held_y=held_y))

    def _redraw(self, rings: NDArray[np.intp]) -> NDArray[np.intp]:
        """Redraw some rings, then their exteriors; returns all rings of these polygons."""
        exterior = self._exact.is_exterior
        affected = np.zeros(len(self._is_unchanged), bool)
        affected[self._exact.owner[rings]] = True
        affected_rings = np.flatnonzero(affected[self._exact.owner])
        self.is_tight = self.is_tight | affected[self._exact.owner]
        for part in (rings[~exterior[rings]], affected_rings[exterior[affected_rings]]):
            if len(part):
                left = self._try(part, self._corners.take(part), ~exterior[part])
                self._pin(left, ~exterior[left])
        return affected_rings

    def _pin(self, rings: NDArray[np.intp], loose: NDArray[np.bool_]) -> None:
        """Fix all corners of rings; if even that fails, keep the polygon's pixel outline."""
        if len(rings):
            part = self._corners.take(rings)
            all_corners = np.ones(len(part.x), bool)
            part = part._replace(is_kept=all_corners, held_x=all_corners, held_y=all_corners)
            self._is_unchanged[self._exact.owner[self._try(rings, part, loose)]] = True

    def _try(
        self, rings: NDArray[np.intp], part: Corners, loose: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """Draw rings through the chosen corners of ``part``; returns the rings that fail."""
        left = rings
        for _ in range(_REPAIRS + 1):
            limits = self._limits(left, loose)
            result = draw(part, limits)
            successes = np.flatnonzero(result.is_good)
            self.rings = self.rings.replaced(left[successes], result.rings.take(successes))
            self._store(left[successes], part.take(successes))
            rings = np.setdiff1d(rings, left[successes], assume_unique=True)
            wrong = np.logical_or.reduceat(result.is_missed | result.is_outside, part.offsets[:-1])
            retries = np.flatnonzero(~result.is_good & wrong)
            if not len(retries):
                break
            part = part._replace(
                is_kept=part.is_kept | result.is_missed,
                held_x=part.held_x | result.is_outside,
                held_y=part.held_y | result.is_outside,
            ).take(retries)
            left, loose = left[retries], loose[retries]
        return rings

    def _areas(self, rings: NDArray[np.intp]) -> NDArray[np.float64]:
        """Compute the signed areas that rings must have: exteriors compensate tight holes."""
        areas = self._area[rings]
        compensates = self._exact.is_exterior[rings] & self.is_tight[rings]
        if compensates.any():
            hole = np.flatnonzero(~self._exact.is_exterior & self.is_tight)
            lacks = self._area[hole] - self.rings.take(hole).areas()
            sums = np.bincount(self._exact.owner[hole], lacks, len(self._is_unchanged))
            areas = np.where(compensates, areas + sums[self._exact.owner[rings]], areas)
        return areas

    def _limits(self, rings: NDArray[np.intp], loose: NDArray[np.bool_]) -> RingLimits:
        frames = self._frames.take(rings) if self._is_near[rings].any() else None
        gap = min(_GAP, self._tolerance / 4)
        return RingLimits(self._tolerance, self._areas(rings), loose, gap, frames)

    def _store(self, rings: NDArray[np.intp], part: Corners) -> None:
        """Store the corners of rings."""
        offsets = self._corners.offsets
        corner = ragged(offsets[rings], np.diff(offsets)[rings])
        for column, new in zip(self._corners[4:7], part[4:7]):
            column[corner] = new


def _are_near(exact: Rings, frames: Frames, tolerance: float) -> NDArray[np.bool_]:
    """Test if rings come as near to their frames as they may be moved, (rings,) bool."""
    is_near: NDArray[np.bool_] = np.minimum.reduceat(exact.x, exact.begin) - tolerance < frames.left
    is_near |= np.minimum.reduceat(exact.y, exact.begin) - tolerance < frames.top
    is_near |= np.maximum.reduceat(exact.x, exact.begin) + tolerance > frames.right
    is_near |= np.maximum.reduceat(exact.y, exact.begin) + tolerance > frames.bottom
    return is_near


def _constrain(exact: Rings, frames: Frames) -> tuple[Corners, NDArray[np.bool_]]:
    """Close the rings and fix corners; also returns which polygons' rings touch, (polygons,) bool.

    Corners at the frame stay there; where two rings of a polygon touch, each gives way to the
    region between them, on whose left it runs.
    """
    corners = close(exact)
    frame = frames.repeated(exact.lengths + 1)
    held_x = (corners.x <= frame.left) | (corners.x >= frame.right)
    held_y = (corners.y <= frame.top) | (corners.y >= frame.bottom)
    touch = _touching(corners)
    if not len(touch):
        return corners._replace(held_x=held_x, held_y=held_y), np.zeros(exact.owner[-1] + 1, bool)
    ring = np.searchsorted(corners.offsets, touch, "right") - 1
    first, last = corners.offsets[ring], corners.offsets[ring + 1] - 1
    previous = np.where(touch == first, last - 1, touch - 1)
    following = np.where(touch == last, first + 1, touch + 1)
    push = []
    for column in (corners.x, corners.y):
        direction = np.zeros(len(column), np.int8)
        backward, forward = column[previous] - column[touch], column[following] - column[touch]
        direction[touch] = np.sign(backward) + np.sign(forward)
        push.append(direction)
    is_kept = corners.is_kept.copy()
    is_kept[touch] = held_x[touch] = held_y[touch] = True
    touching = np.zeros(exact.owner[-1] + 1, bool)
    touching[corners.owner[ring]] = True
    corners = corners._replace(
        is_kept=is_kept, held_x=held_x, held_y=held_y, push_x=push[0], push_y=push[1]
    )
    return corners, touching


def _touching(corners: Corners) -> NDArray[np.intp]:
    """Find corners of polygons with holes that another ring of the polygon shares."""
    is_alone = np.bincount(corners.owner)[corners.owner] == 1
    lengths = np.diff(corners.offsets)
    candidates = np.flatnonzero(np.repeat(~is_alone, lengths))
    if not len(candidates):
        return candidates
    ring = np.repeat(np.arange(len(lengths)), lengths)[candidates]
    x, y, owner = corners.x[candidates], corners.y[candidates], corners.owner[ring]
    order = np.lexsort((ring, x, y, owner))
    place = np.stack((x, y, owner))[:, order]
    is_same = (place[:, 1:] == place[:, :-1]).all(axis=0)
    # The last corner of a ring repeats its first one.
    is_same &= ring[order][1:] != ring[order][:-1]
    touch = np.zeros(len(candidates), bool)
    touch[1:] = is_same
    touch[:-1] |= is_same
    group = np.cumsum(np.append(True, ~(place[:, 1:] == place[:, :-1]).all(axis=0))) - 1
    touches = np.zeros(group[-1] + 1, bool)
    touches[group[touch]] = True
    touching: NDArray[np.intp] = candidates[np.sort(order[touches[group]])]
    return touching
