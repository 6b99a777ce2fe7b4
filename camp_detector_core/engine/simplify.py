"""Outlines with fewer corners, within a distance of the pixel outline and of the same area.

Douglas and Peucker (1973) choose corners of an outline such that all others lie near the lines
between them. On the staircase that a slanting wall leaves in a raster the chosen corners are its
outermost or innermost ones, so the area would be off by half a step along the wall. Therefore each
line is then moved sideways until it has the area of its part of the outline, the new corners are
where neighbouring lines meet, and a last scaling makes the area of the whole ring exact. Corners
that are held do not move, or only along one axis: then the others move until the area is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

import numpy as np

from .rings import Rings, first_largest
from .sequences import offsets_of, ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    XY = tuple[NDArray[np.float64], NDArray[np.float64]]

_MIN_SINE = 0.35
"""Lines that meet at less than about 20 degrees have no reliable common point."""
_MAX_GROWTH = 1.2
"""A ring whose area is off by a larger factor than this is not made right by scaling."""
_ROUNDING = 1e-9
"""Part of an area that counts as nothing."""
_FEWEST = 3
"""Corners of the simplest ring."""


class Corners(NamedTuple):
    """Closed rings, each from a chosen corner on, and how their corners may be used."""

    x: NDArray[np.float64]
    """(n,) the last corner of each ring repeats the first."""
    y: NDArray[np.float64]
    offsets: NDArray[np.intp]
    """(rings + 1,) where each ring begins."""
    owner: NDArray[np.intp]
    """(rings,) the polygon of each ring."""
    kept: NDArray[np.bool_]
    """(n,) True for chosen corners, the first and the last of each ring among them."""
    held_x: NDArray[np.bool_]
    """(n,) True where a chosen corner must not move along x, but for ``push_x``."""
    held_y: NDArray[np.bool_]
    push_x: NDArray[np.int8]
    """(n,) -1, 0 or 1: which way a held corner is moved, by `Limits.apart`."""
    push_y: NDArray[np.int8]

    def take(self, which: NDArray[np.intp]) -> Corners:
        """Some of the rings."""
        lengths = np.diff(self.offsets)[which]
        at = ragged(self.offsets[which], lengths)
        return Corners(
            self.x[at],
            self.y[at],
            offsets_of(lengths),
            self.owner[which],
            self.kept[at],
            self.held_x[at],
            self.held_y[at],
            self.push_x[at],
            self.push_y[at],
        )

    @property
    def is_held(self) -> NDArray[np.bool_]:
        """(rings,) True where a corner is held."""
        return np.logical_or.reduceat(self.held_x | self.held_y, self.offsets[:-1])


class Frames(NamedTuple):
    """Bounds of the rings in pixels; infinite where there is no such side."""

    left: NDArray[np.float64]
    """(rings,)"""
    top: NDArray[np.float64]
    right: NDArray[np.float64]
    bottom: NDArray[np.float64]

    def take(self, which: NDArray[np.intp]) -> Frames:
        """The bounds of some of the rings."""
        return Frames(*(side[which] for side in self))

    def repeated(self, lengths: NDArray[np.intp]) -> Frames:
        """The bounds of each corner, of rings of so many corners."""
        return Frames(*(np.repeat(side, lengths) for side in self))

    def without(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,) True for points outside of their frames."""
        return (x < self.left) | (x > self.right) | (y < self.top) | (y > self.bottom)


class Limits(NamedTuple):
    """Limits that drawn rings must keep."""

    distance: float
    """How far old and new outline may lie from each other, pixels."""
    area: NDArray[np.float64]
    """(rings,) their signed areas."""
    loose: NDArray[np.bool_]
    """(rings,) True where another area is good enough, if nothing can move."""
    apart: float
    """By how much corners are moved along each axis where rings touch, pixels."""
    frames: Optional[Frames]
    """None where no ring comes near its own."""


class Drawn(NamedTuple):
    """New rings."""

    rings: Rings
    good: NDArray[np.bool_]
    """(rings,) True where every point of the old outline lies within the limit of the new one, and
    every point of the new one within the limit of the old one and within its frame, and the area is
    as asked."""
    missed: NDArray[np.bool_]
    """(n,) True for the corner of `Corners` that is farthest from its line, if that is too far."""
    strayed: NDArray[np.bool_]
    """(n,) True for chosen corners of `Corners` that were moved out of the frame."""


class _Lines(NamedTuple):
    """The lines between neighbouring chosen corners, one for each corner."""

    corners: Rings
    """The chosen corners; line ``i`` leads from corner ``i`` to the one ahead of it."""
    begin: NDArray[np.intp]
    """(n,) index in `Corners` of the corner at which each line begins."""
    end: NDArray[np.intp]
    """(n,) and of that at which it ends."""


def draw(chosen: Corners, limits: Limits) -> Drawn:
    """Draw rings through chosen corners.

    Args:
        chosen: Outlines, at least one, with their chosen corners.
        limits: For these rings.
    """
    lines = lines_of(chosen)
    old, limit = lines.corners, limits.distance
    new = _of_area(chosen, lines, _fitted(chosen, lines, limits), limits.area)
    distance = distances(chosen, new)
    worst = first_largest(distance, np.append(lines.begin, len(distance)))
    missed, strayed = np.zeros(len(distance), bool), np.zeros(len(distance), bool)
    missed[worst] = distance[worst] > limit
    # A new line's points lie beside points of the old outline between the same two corners, or
    # nearer to one of these corners than the new one is. So these two distances bound both ways.
    off = np.hypot(new.x - old.x, new.y - old.y) > limit
    if limits.frames is not None:
        strayed[lines.begin] = out = limits.frames.repeated(new.lengths).without(new.x, new.y)
        off |= out
    good = ~np.logical_or.reduceat(missed, chosen.offsets[:-1])
    good &= ~np.logical_or.reduceat(off, new.begin) & (new.lengths >= _FEWEST)
    right = np.abs(new.areas() - limits.area) <= _ROUNDING * np.abs(limits.area)
    return Drawn(new, good & (right | limits.loose), missed, strayed)


def corner_sides(rings: Rings, tolerance: NDArray[np.float64]) -> Rings:
    """The corners that are chosen, where they are: rough outlines to take directions from."""
    closed = close(rings)
    return lines_of(closed._replace(kept=choose(closed, tolerance))).corners


def close(rings: Rings) -> Corners:
    """Rings from their farthest corners on, which are kept with those opposite; none are held."""
    start = rings.farthest(*rings.centroids())
    turned = rings.turned(start)
    opposite = turned.farthest(turned.x[turned.begin], turned.y[turned.begin])
    offsets = offsets_of(rings.lengths + 1)
    first, last = offsets[:-1], offsets[1:] - 1
    at = ragged(turned.begin, rings.lengths + 1)
    at[last] = turned.begin
    x, y = turned.x[at], turned.y[at]
    kept = np.zeros(len(x), bool)
    kept[first] = kept[last] = kept[first + opposite] = True
    free, still = np.zeros(len(x), bool), np.zeros(len(x), np.int8)
    return Corners(x, y, offsets, rings.owner, kept, free, free, still, still)


def choose(closed: Corners, tolerance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Choose corners of all rings at once, halving the parts of the outlines level by level.

    Args:
        closed: The rings; kept corners stay so.
        tolerance: (rings,) how far corners may lie from the line that replaces them, pixels.

    Returns:
        (n,) True for chosen corners.
    """
    x, y, kept = closed.x, closed.y, closed.kept.copy()
    lines = lines_of(closed)
    begin, end = lines.begin, lines.end
    allowed = np.repeat(tolerance, lines.corners.lengths) ** 2
    while True:
        long = np.flatnonzero(end - begin > 1)
        if not len(long):
            return kept
        begin, end, allowed = begin[long], end[long], allowed[long]
        lengths = end - begin - 1
        inner = ragged(begin + 1, lengths)
        line = np.repeat(np.arange(len(long)), lengths)
        distance = _squared_distances(
            (x[inner], y[inner]), (x[begin], y[begin]), (x[end], y[end]), line
        )
        worst = first_largest(distance, offsets_of(lengths))
        far = distance[worst] > allowed
        split = inner[worst[far]]
        kept[split] = True
        begin, end = np.concatenate((begin[far], split)), np.concatenate((split, end[far]))
        allowed = np.concatenate((allowed[far], allowed[far]))


def _squared_distances(
    point: XY, begin: XY, end: XY, line: NDArray[np.intp]
) -> NDArray[np.float64]:
    """(n,) squared distances of points to line segments.

    Args:
        point: x and y of the points.
        begin: x and y of the first ends of the segments.
        end: x and y of the other ends.
        line: (n,) the segment for each point.
    """
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    square = dx * dx + dy * dy
    inverse = 1 / np.where(square > 0, square, 1)
    px, py = point[0] - begin[0][line], point[1] - begin[1][line]
    dx, dy = dx[line], dy[line]
    along = np.clip((px * dx + py * dy) * inverse[line], 0, 1)
    px -= along * dx
    py -= along * dy
    distance: NDArray[np.float64] = px * px + py * py
    return distance


def lines_of(chosen: Corners) -> _Lines:
    """The lines between the chosen corners."""
    corners = np.flatnonzero(chosen.kept)
    count = np.add.reduceat(chosen.kept, chosen.offsets[:-1], dtype=np.intp)
    is_start = np.ones(len(corners), bool)
    is_start[np.cumsum(count) - 1] = False
    start = np.flatnonzero(is_start)
    begin, end = corners[start], corners[start + 1]
    rings = Rings(chosen.x[begin], chosen.y[begin], offsets_of(count - 1), chosen.owner)
    return _Lines(rings, begin, end)


def _fitted(chosen: Corners, lines: _Lines, limits: Limits) -> Rings:
    """Corners where lines meet that have the area of their part of the outline on either side.

    A line from a corner along d that is moved by s gains the area s x d. So the movement s of the
    corner between the lines d and e which gain the areas a and b solves s x d = a, s x e = b.
    """
    corners = lines.corners
    ahead, behind = corners.ahead, _behind(corners)
    dx, dy = corners.x[ahead] - corners.x, corners.y[ahead] - corners.y
    gain = _gains(chosen, lines)
    held_x, held_y = chosen.held_x[lines.begin], chosen.held_y[lines.begin]
    x, y = _moved((dx, dy), (dx[behind], dy[behind]), gain, gain[behind])
    alone = held_x ^ held_y
    if alone.any():  # they slide along one axis, as near as they can to what both lines ask
        x = np.where(alone, _slide(dy, gain, dy[behind], gain[behind]), x)
        y = np.where(alone, -_slide(dx, gain, dx[behind], gain[behind]), y)
    reach = np.hypot(np.where(held_x, 0, x), np.where(held_y, 0, y))
    shorten = np.minimum(1, 0.9 * limits.distance / np.where(reach > 0, reach, 1))
    push_x, push_y = (limits.apart * push[lines.begin] for push in (chosen.push_x, chosen.push_y))
    x, y = np.where(held_x, push_x, shorten * x), np.where(held_y, push_y, shorten * y)
    return corners._replace(x=corners.x + x, y=corners.y + y)


def _moved(line: XY, last: XY, after: NDArray[np.float64], before: NDArray[np.float64]) -> XY:
    """Movements of corners which gain areas along the line ahead and along the one behind."""
    (dx, dy), (before_x, before_y) = line, last
    sine = before_x * dy - before_y * dx
    square, square_before = dx * dx + dy * dy, before_x * before_x + before_y * before_y
    meet = np.abs(sine) > _MIN_SINE * np.sqrt(square * square_before)
    inverse = 1 / np.where(meet, sine, 1)
    # Where the lines are nearly parallel, the mean of both movements at right angles to them.
    half, half_before = after / square / 2, before / square_before / 2
    x = np.where(
        meet, (after * before_x - before * dx) * inverse, half * dy + half_before * before_y
    )
    y = np.where(
        meet, (after * before_y - before * dy) * inverse, -half * dx - half_before * before_x
    )
    return x, y


def _slide(
    line: NDArray[np.float64],
    after: NDArray[np.float64],
    last: NDArray[np.float64],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Movements t with ``t line = after`` and ``t last = before``, in the least squares."""
    square = line * line + last * last
    out: NDArray[np.float64] = (line * after + last * before) / np.where(square > 0, square, np.inf)
    return out


def _behind(rings: Rings) -> NDArray[np.intp]:
    """(n,) index of the corner before each one."""
    ahead = rings.ahead
    behind = np.empty_like(ahead)
    behind[ahead] = np.arange(len(ahead))
    return behind


def _gains(chosen: Corners, lines: _Lines) -> NDArray[np.float64]:
    """(n,) area between each line and its part of the outline, positive where the line lacks it."""
    origin = np.repeat(chosen.offsets[:-1], np.diff(chosen.offsets))
    x, y = chosen.x - chosen.x[origin], chosen.y - chosen.y[origin]
    # Corners of pixels are whole numbers, and so are these sums: nothing is lost in them.
    sums = np.zeros(len(x))
    np.cumsum(x[:-1] * y[1:] - x[1:] * y[:-1], out=sums[1:])
    begin, end = lines.begin, lines.end
    straight = x[begin] * y[end] - x[end] * y[begin]
    gains: NDArray[np.float64] = (sums[end] - sums[begin] - straight) / 2
    return gains


def _of_area(chosen: Corners, lines: _Lines, rings: Rings, area: NDArray[np.float64]) -> Rings:
    """Rings with these areas, where little is missing."""
    held = chosen.is_held
    out = _scaled(rings, np.where(held, rings.areas(), area))
    if not held.any():
        return out
    # A ring without held corners is right by now, and is asked for nothing.
    area = np.where(held, area, out.areas())
    return _balanced(out, area, (chosen.held_x[lines.begin], chosen.held_y[lines.begin]))


def _scaled(rings: Rings, area: NDArray[np.float64]) -> Rings:
    """Rings scaled about their mean corners to these areas, where little is missing."""
    ratio = area / np.where(rings.areas() != 0, rings.areas(), np.inf)
    near = (ratio < _MAX_GROWTH) & (ratio > 1 / _MAX_GROWTH) & (ratio != 1)
    growth = np.repeat(np.sqrt(np.where(near, ratio, 1)) - 1, rings.lengths)
    x, y = (np.repeat(mean, rings.lengths) for mean in rings.centroids())
    return rings._replace(x=rings.x + growth * (rings.x - x), y=rings.y + growth * (rings.y - y))


def _balanced(
    rings: Rings, area: NDArray[np.float64], held: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Rings:
    """Rings whose free corners are moved outwards, all alike, until they have these areas.

    With corners p + t m the area is a quadratic function of t.
    """
    begin, ahead, behind = rings.begin, rings.ahead, _behind(rings)
    chord_x, chord_y = rings.x[ahead] - rings.x[behind], rings.y[ahead] - rings.y[behind]
    length = np.hypot(chord_x, chord_y)
    length = np.where(length > 0, length, np.inf)
    x = np.where(held[0], 0, chord_y / length)
    y = np.where(held[1], 0, -chord_x / length)
    lacks = rings.areas() - area
    linear = np.add.reduceat(x * chord_y - y * chord_x, begin) / 2
    square = np.add.reduceat(x * y[ahead] - x[ahead] * y, begin) / 2
    root = linear * linear - 4 * square * lacks
    known = (root >= 0) & (linear > 0)
    below = np.where(known, linear + np.sqrt(np.where(known, root, 0)), np.inf)
    t = np.repeat(-2 * lacks / below, rings.lengths)
    return rings._replace(x=rings.x + t * x, y=rings.y + t * y)


def distances(chosen: Corners, new: Rings) -> NDArray[np.float64]:
    """(n,) distance of each corner from its line's new place, 0 for chosen corners."""
    lengths = np.diff(chosen.offsets)
    ring = np.repeat(np.arange(len(lengths)), lengths)
    # Each ring has one chosen corner more than it has lines: its first one comes twice.
    line = np.cumsum(chosen.kept) - 1 - ring
    inner = np.flatnonzero(~chosen.kept)
    distances = np.zeros(len(chosen.x))
    ahead = new.ahead
    distances[inner] = _squared_distances(
        (chosen.x[inner], chosen.y[inner]),
        (new.x, new.y),
        (new.x[ahead], new.y[ahead]),
        line[inner],
    )
    return np.sqrt(distances)
