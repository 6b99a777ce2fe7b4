"""Outlines with fewer corners, within a distance of the pixel outline and of the same area.

Douglas and Peucker (1973) choose corners of an outline such that all others lie near the lines
between them. On the staircase that a slanting wall leaves in a raster the chosen corners are its
outermost or innermost ones, so the area would be off by half a step along the wall. Therefore each
line is then moved sideways until it has the area of its part of the outline, the new corners are
where neighbouring lines meet, and a last scaling makes the area of the whole ring exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
_REPAIRS = 3
"""How often the corners are added that turn out to be too far off."""
_FEWEST = 3
"""Corners of the simplest ring."""


class _Chosen(NamedTuple):
    """Closed rings, each from a chosen corner on, and which corners are chosen."""

    x: NDArray[np.float64]
    """(n,) the last corner of each ring repeats the first."""
    y: NDArray[np.float64]
    offsets: NDArray[np.intp]
    """(rings + 1,) where each ring begins."""
    kept: NDArray[np.bool_]
    """(n,) True for chosen corners, the first and the last of each ring among them."""
    owner: NDArray[np.intp]
    """(rings,) the polygon of each ring."""

    def take(self, which: NDArray[np.intp]) -> _Chosen:
        """Some of the rings."""
        lengths = np.diff(self.offsets)[which]
        at = ragged(self.offsets[which], lengths)
        return _Chosen(
            self.x[at], self.y[at], offsets_of(lengths), self.kept[at], self.owner[which]
        )


class _Lines(NamedTuple):
    """The lines between neighbouring chosen corners, one for each corner."""

    corners: Rings
    """The chosen corners; line ``i`` leads from corner ``i`` to the one ahead of it."""
    begin: NDArray[np.intp]
    """(n,) index in `_Chosen` of the corner at which each line begins."""
    end: NDArray[np.intp]
    """(n,) and of that at which it ends."""


def simplify(
    rings: Rings, tolerance: NDArray[np.float64], limit: float
) -> tuple[Rings, NDArray[np.bool_]]:
    """Give rings fewer corners.

    Args:
        rings: Outlines, at least one.
        tolerance: (rings,) how far corners may lie from the line that replaces them, pixels.
        limit: How far old and new outline may lie from each other, pixels.

    Returns:
        The new rings; and (rings,) True where every point of the old outline lies within the limit
        of the new one, every point of the new one within the limit of the old one, and the signed
        area is the same. The other rings are of no use.
    """
    area = rings.areas()
    out, done = rings, np.zeros(len(area), bool)
    chosen, todo = _choose(rings, tolerance), np.arange(len(area))
    for _ in range(_REPAIRS + 1):
        new, within, missed = _draw(chosen, area[todo], limit)
        done[todo[within]] = True
        out = out.exchanged(todo[within], new.take(np.flatnonzero(within)))
        # Where only some lines are too far off, keep their worst corners and try again.
        again = np.flatnonzero(~within & np.logical_or.reduceat(missed, chosen.offsets[:-1]))
        if not len(again):
            break
        chosen, todo = chosen._replace(kept=chosen.kept | missed).take(again), todo[again]
    return out, done


def _draw(
    chosen: _Chosen, area: NDArray[np.float64], limit: float
) -> tuple[Rings, NDArray[np.bool_], NDArray[np.bool_]]:
    """Rings of these areas through chosen corners.

    Returns:
        The rings; True for those that are as `simplify` promises; and, for the corners of
        ``chosen``, True for the worst one of each line that is too far off.
    """
    lines = _lines(chosen)
    old = lines.corners
    new = _scaled(_fitted(chosen, lines, limit), area)
    distance = _distances(chosen, new)
    worst = first_largest(distance, np.append(lines.begin, len(distance)))
    missed = np.zeros(len(distance), bool)
    missed[worst] = distance[worst] > limit
    # A new line's points lie beside points of the old outline between the same two corners, or
    # nearer to one of these corners than the new one is. So these two distances bound both ways.
    off_corners = np.maximum.reduceat(np.hypot(new.x - old.x, new.y - old.y), new.begin)
    off_lines = np.maximum.reduceat(distance, chosen.offsets[:-1])
    within = (new.lengths >= _FEWEST) & (np.maximum(off_corners, off_lines) <= limit)
    within &= np.abs(new.areas() - area) <= _ROUNDING * np.abs(area)
    return new, within, missed


def corner_sides(rings: Rings, tolerance: NDArray[np.float64]) -> Rings:
    """The corners that are chosen, where they are: rough outlines to take directions from."""
    return _lines(_choose(rings, tolerance)).corners


def _choose(rings: Rings, tolerance: NDArray[np.float64]) -> _Chosen:
    """Choose corners of all rings at once, halving the parts of the outlines level by level."""
    turned = rings.turned(rings.farthest(*rings.centroids()))
    opposite = turned.farthest(turned.x[turned.begin], turned.y[turned.begin])
    offsets = offsets_of(rings.lengths + 1)
    first, last = offsets[:-1], offsets[1:] - 1
    at = ragged(turned.begin, rings.lengths + 1)
    at[last] = turned.begin
    x, y = turned.x[at], turned.y[at]
    kept = np.zeros(len(x), bool)
    kept[first] = kept[last] = kept[first + opposite] = True
    begin = np.concatenate((first, first + opposite))
    end = np.concatenate((first + opposite, last))
    allowed = np.concatenate((tolerance, tolerance)) ** 2
    while True:
        long = np.flatnonzero(end - begin > 1)
        if not len(long):
            return _Chosen(x, y, offsets, kept, rings.owner)
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


def _lines(chosen: _Chosen) -> _Lines:
    corners = np.flatnonzero(chosen.kept)
    count = np.add.reduceat(chosen.kept, chosen.offsets[:-1], dtype=np.intp)
    is_start = np.ones(len(corners), bool)
    is_start[np.cumsum(count) - 1] = False
    start = np.flatnonzero(is_start)
    begin, end = corners[start], corners[start + 1]
    rings = Rings(chosen.x[begin], chosen.y[begin], offsets_of(count - 1), chosen.owner)
    return _Lines(rings, begin, end)


def _fitted(chosen: _Chosen, lines: _Lines, limit: float) -> Rings:
    """Corners where lines meet that have the area of their part of the outline on either side.

    A line from a corner along d that is moved by s gains the area s x d. So the movement s of the
    corner between the lines d and e which gain the areas a and b solves s x d = a, s x e = b.
    """
    corners = lines.corners
    ahead = corners.ahead
    dx, dy = corners.x[ahead] - corners.x, corners.y[ahead] - corners.y
    gain = _gains(chosen, lines)
    behind = np.empty_like(ahead)
    behind[ahead] = np.arange(len(ahead))
    before_x, before_y, before = dx[behind], dy[behind], gain[behind]
    sine = before_x * dy - before_y * dx
    square = dx * dx + dy * dy
    meet = np.abs(sine) > _MIN_SINE * np.sqrt(square * square[behind])
    inverse = 1 / np.where(meet, sine, 1)
    # Where the lines are nearly parallel, the mean of both movements at right angles to them.
    half, half_before = gain / square / 2, (gain / square)[behind] / 2
    x = np.where(
        meet, (gain * before_x - before * dx) * inverse, half * dy + half_before * before_y
    )
    y = np.where(
        meet, (gain * before_y - before * dy) * inverse, -half * dx - half_before * before_x
    )
    reach = np.hypot(x, y)
    shorten = np.minimum(1, 0.9 * limit / np.where(reach > 0, reach, 1))
    return corners._replace(x=corners.x + shorten * x, y=corners.y + shorten * y)


def _gains(chosen: _Chosen, lines: _Lines) -> NDArray[np.float64]:
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


def _scaled(rings: Rings, area: NDArray[np.float64]) -> Rings:
    """Rings scaled about their mean corners to these areas, where little is missing."""
    ratio = area / np.where(rings.areas() != 0, rings.areas(), np.inf)
    near = (ratio < _MAX_GROWTH) & (ratio > 1 / _MAX_GROWTH) & (ratio != 1)
    growth = np.repeat(np.sqrt(np.where(near, ratio, 1)) - 1, rings.lengths)
    x, y = (np.repeat(mean, rings.lengths) for mean in rings.centroids())
    return rings._replace(x=rings.x + growth * (rings.x - x), y=rings.y + growth * (rings.y - y))


def _distances(chosen: _Chosen, new: Rings) -> NDArray[np.float64]:
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
