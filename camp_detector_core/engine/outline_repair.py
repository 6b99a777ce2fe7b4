"""Outlines with fewer corners that stay valid, within a distance and within the raster.

First all rings are drawn through few corners (`simplify`). Where a polygon then meets itself, only
the lines that meet get more corners, and at last, there alone, all of them where they were. So a
pixel outline does not stay whole because of one narrow place. Where the pixel outline touches
itself at a corner of pixels, the two rings are parted there by a fraction of a pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .rings import first_largest
from .sequences import offsets_of, ragged
from .simplify import Frames, Limits, choose, close, distances, draw, lines_of
from .validity import faulty_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .rings import Rings
    from .simplify import Corners

_SHARES = (1.5, 1.0, 0.75, 0.5)
"""Parts of the tolerance with which corners are chosen, one after the other until one succeeds.

Lines that are fitted lie between the outermost and the innermost corners, so at first corners may
be chosen with more than the tolerance that the result must keep.
"""
_REPAIRS = 3
"""How often the corners are added, or held, that turn out to be too far off."""
_GENTLE = 3
"""Rounds in which lines that meet get one more corner; from then on they get all."""
_ROUNDS = 12
"""After so many a polygon that still meets itself keeps its pixel outline."""
_PARTED = 0.2
"""How far the rings that touch are drawn apart, each way along x and y, pixels."""


def redraw(exact: Rings, tolerance: float, frames: Frames) -> Rings:
    """Give rings fewer corners.

    Args:
        exact: Pixel outlines of whole polygons that are numbered 0 .. n - 1.
        tolerance: How far old and new outline may lie from each other, pixels; above 0.
        frames: What the rings must not leave.

    Returns:
        Rings of valid polygons with the same areas; of polygons, that is: a hole that touches other
        rings may lose some, which the exterior makes up for.
    """
    work = _Redrawing(exact, tolerance, frames)
    late = exact.is_exterior & work.is_tight
    work.draw(np.flatnonzero(~late))
    work.draw(np.flatnonzero(late))
    work.mend()
    return work.rings


class _Redrawing:
    """Rings on their way."""

    def __init__(self, exact: Rings, tolerance: float, frames: Frames) -> None:
        self._exact = exact
        self._tolerance = tolerance
        self._frames = frames
        self._area = exact.areas()
        self._lost = np.zeros(exact.owner[-1] + 1, bool)
        """(polygons,) True where the pixel outline stays."""
        self._is_near = _are_near(exact, frames, tolerance)
        """(rings,) True where a ring could leave its frame."""
        self._plain, touching = _held(exact, frames)
        """No corners chosen but those that must be."""
        kept, *held = (column.copy() for column in self._plain[4:7])
        self._corners = self._plain._replace(kept=kept, held_x=held[0], held_y=held[1])
        """As the rings are drawn; changed in place."""
        self.rings = exact
        """The rings, each as good as it is by now."""
        self.is_tight = touching[exact.owner]
        """(rings,) True where the polygon's rings touch."""

    def draw(self, todo: NDArray[np.intp]) -> None:
        """Draw rings with as few corners as keep all limits; those of a polygon's holes first."""
        loose = self.is_tight & ~self._exact.is_exterior
        for share in _SHARES:
            if not len(todo):
                return
            part = self._plain.take(todo) if len(todo) < len(loose) else self._plain
            part = part._replace(kept=choose(part, np.full(len(todo), self._tolerance * share)))
            todo = self._try(todo, part, loose[todo])
        self._pin(todo, loose[todo])

    def mend(self) -> None:
        """Give more corners to the lines that meet, until none do."""
        seen = np.arange(len(self._exact.owner))
        for number in range(_ROUNDS + 1):
            seen = seen[~self._lost[self._exact.owner[seen]]]
            ring, sides = self._faults(seen)
            if not len(ring):
                break
            if number == _ROUNDS:
                self._lost[self._exact.owner[ring]] = True
                break
            self._refine(ring, sides, gently=number < _GENTLE)
            seen = self._redrawn(ring)
        lost = np.flatnonzero(self._lost[self._exact.owner])
        self.rings = self.rings.exchanged(lost, self._exact.take(lost))

    def _faults(self, seen: NDArray[np.intp]) -> tuple[NDArray[np.intp], list[NDArray[np.bool_]]]:
        """The rings among some that have faults, and which of their sides."""
        if not len(seen):
            return seen, []
        part = self.rings.take(seen)
        _, number = np.unique(part.owner, return_inverse=True)
        faulty = faulty_sides(part._replace(owner=number))
        at = np.flatnonzero(np.logical_or.reduceat(faulty, part.begin))
        return seen[at], [faulty[part.offsets[i] : part.offsets[i + 1]] for i in at.tolist()]

    def _refine(
        self, rings: NDArray[np.intp], sides: list[NDArray[np.bool_]], *, gently: bool
    ) -> None:
        """Keep more corners along some sides, and where there are no more, hold what is there."""
        part = self._corners.take(rings)
        kept, held_x, held_y = part.kept.copy(), part.held_x.copy(), part.held_y.copy()
        lines = lines_of(part)
        at = np.flatnonzero(np.concatenate(sides))
        begin, end = lines.begin[at], lines.end[at]
        short = end - begin == 1
        if gently:
            far = distances(part, self.rings.take(rings))
            lengths = (end - begin)[~short] - 1
            inner = ragged(begin[~short] + 1, lengths)
            kept[inner[first_largest(far[inner], offsets_of(lengths))]] = True
            held = np.concatenate((begin[short], end[short]))
        else:
            held = ragged(begin, end - begin + 1)
            kept[held] = True
        held_x[held] = held_y[held] = True
        first, last = part.offsets[:-1], part.offsets[1:] - 1
        held_x[first] |= held_x[last]
        held_y[first] |= held_y[last]
        self._keep(rings, part._replace(kept=kept, held_x=held_x, held_y=held_y))

    def _redrawn(self, rings: NDArray[np.intp]) -> NDArray[np.intp]:
        """Draw some rings anew, and then their exteriors; gives all rings of these polygons."""
        exterior = self._exact.is_exterior
        affected = np.zeros(len(self._lost), bool)
        affected[self._exact.owner[rings]] = True
        seen = np.flatnonzero(affected[self._exact.owner])
        self.is_tight = self.is_tight | affected[self._exact.owner]
        for part in (rings[~exterior[rings]], seen[exterior[seen]]):
            if len(part):
                left = self._try(part, self._corners.take(part), ~exterior[part])
                self._pin(left, ~exterior[left])
        return seen

    def _pin(self, todo: NDArray[np.intp], loose: NDArray[np.bool_]) -> None:
        """Keep all corners of rings where they are; if not even that can be, lose the polygon."""
        if len(todo):
            part = self._corners.take(todo)
            held = np.ones(len(part.x), bool)
            part = part._replace(kept=held, held_x=held, held_y=held)
            self._lost[self._exact.owner[self._try(todo, part, loose)]] = True

    def _try(
        self, todo: NDArray[np.intp], part: Corners, loose: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """Draw rings through the corners that ``part`` has chosen; gives those that cannot be."""
        left = todo
        for _ in range(_REPAIRS + 1):
            limits = self._limits(left, loose)
            drawn = draw(part, limits)
            good = np.flatnonzero(drawn.good)
            self.rings = self.rings.exchanged(left[good], drawn.rings.take(good))
            self._keep(left[good], part.take(good))
            todo = np.setdiff1d(todo, left[good], assume_unique=True)
            wrong = np.logical_or.reduceat(drawn.missed | drawn.strayed, part.offsets[:-1])
            again = np.flatnonzero(~drawn.good & wrong)
            if not len(again):
                break
            part = part._replace(
                kept=part.kept | drawn.missed,
                held_x=part.held_x | drawn.strayed,
                held_y=part.held_y | drawn.strayed,
            ).take(again)
            left, loose = left[again], loose[again]
        return todo

    def _areas(self, rings: NDArray[np.intp]) -> NDArray[np.float64]:
        """Signed areas that rings must have: exteriors make up for what tight holes lack."""
        out = self._area[rings]
        owed = self._exact.is_exterior[rings] & self.is_tight[rings]
        if owed.any():
            hole = np.flatnonzero(~self._exact.is_exterior & self.is_tight)
            lacks = self._area[hole] - self.rings.take(hole).areas()
            sums = np.bincount(self._exact.owner[hole], lacks, len(self._lost))
            out = np.where(owed, out + sums[self._exact.owner[rings]], out)
        return out

    def _limits(self, rings: NDArray[np.intp], loose: NDArray[np.bool_]) -> Limits:
        frames = self._frames.take(rings) if self._is_near[rings].any() else None
        apart = min(_PARTED, self._tolerance / 4)
        return Limits(self._tolerance, self._areas(rings), loose, apart, frames)

    def _keep(self, rings: NDArray[np.intp], part: Corners) -> None:
        """Remember how rings are drawn."""
        offsets = self._corners.offsets
        at = ragged(offsets[rings], np.diff(offsets)[rings])
        for column, new in zip(self._corners[4:7], part[4:7]):
            column[at] = new


def _are_near(exact: Rings, frames: Frames, tolerance: float) -> NDArray[np.bool_]:
    """(rings,) True for rings that come as near to their frames as they may be moved."""
    near: NDArray[np.bool_] = np.minimum.reduceat(exact.x, exact.begin) - tolerance < frames.left
    near |= np.minimum.reduceat(exact.y, exact.begin) - tolerance < frames.top
    near |= np.maximum.reduceat(exact.x, exact.begin) + tolerance > frames.right
    near |= np.maximum.reduceat(exact.y, exact.begin) + tolerance > frames.bottom
    return near


def _held(exact: Rings, frames: Frames) -> tuple[Corners, NDArray[np.bool_]]:
    """Closed rings with what holds their corners, and (polygons,) True where rings touch.

    Corners at the frame stay there; where two rings of a polygon touch, each gives way to the
    region between them, on whose left it runs.
    """
    closed = close(exact)
    frame = frames.repeated(exact.lengths + 1)
    held_x = (closed.x <= frame.left) | (closed.x >= frame.right)
    held_y = (closed.y <= frame.top) | (closed.y >= frame.bottom)
    touch = _touching(closed)
    if not len(touch):
        return closed._replace(held_x=held_x, held_y=held_y), np.zeros(exact.owner[-1] + 1, bool)
    ring = np.searchsorted(closed.offsets, touch, "right") - 1
    first, last = closed.offsets[ring], closed.offsets[ring + 1] - 1
    before = np.where(touch == first, last - 1, touch - 1)
    after = np.where(touch == last, first + 1, touch + 1)
    push = []
    for column in (closed.x, closed.y):
        moved = np.zeros(len(column), np.int8)
        back, on = column[before] - column[touch], column[after] - column[touch]
        moved[touch] = np.sign(back) + np.sign(on)
        push.append(moved)
    kept = closed.kept.copy()
    kept[touch] = held_x[touch] = held_y[touch] = True
    touching = np.zeros(exact.owner[-1] + 1, bool)
    touching[closed.owner[ring]] = True
    closed = closed._replace(
        kept=kept, held_x=held_x, held_y=held_y, push_x=push[0], push_y=push[1]
    )
    return closed, touching


def _touching(closed: Corners) -> NDArray[np.intp]:
    """Corners of polygons with holes at which another ring of the polygon has one, too."""
    alone = np.bincount(closed.owner)[closed.owner] == 1
    lengths = np.diff(closed.offsets)
    at = np.flatnonzero(np.repeat(~alone, lengths))
    if not len(at):
        return at
    ring = np.repeat(np.arange(len(lengths)), lengths)[at]
    x, y, owner = closed.x[at], closed.y[at], closed.owner[ring]
    order = np.lexsort((ring, x, y, owner))
    place = np.stack((x, y, owner))[:, order]
    same = (place[:, 1:] == place[:, :-1]).all(axis=0)
    # The last corner of a ring repeats its first one.
    same &= ring[order][1:] != ring[order][:-1]
    touch = np.zeros(len(at), bool)
    touch[1:] = same
    touch[:-1] |= same
    group = np.cumsum(np.append(True, ~(place[:, 1:] == place[:, :-1]).all(axis=0))) - 1
    touches = np.zeros(group[-1] + 1, bool)
    touches[group[touch]] = True
    out: NDArray[np.intp] = at[np.sort(order[touches[group]])]
    return out
