"""Simplified outlines, within a distance of the pixel outline and of the same area.

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

from ..sequences import offsets_of, ragged
from .rings import Rings, first_largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    XY = tuple[NDArray[np.float64], NDArray[np.float64]]

_MIN_SINE = 0.35
"""Sine of about 20 degrees; lines at a smaller angle have no reliable common point."""
_MAX_GROWTH = 1.2
"""Largest factor of area that scaling corrects."""
_ROUNDING = 1e-9
"""Relative error of an area that counts as none."""
_FEWEST = 3
"""Number of corners of the simplest ring."""


class Corners(NamedTuple):
    """Closed rings, each starting from a chosen corner, with constraints on their corners."""

    x: NDArray[np.float64]
    """Columns (n,); the last corner of each ring repeats the first."""
    y: NDArray[np.float64]
    offsets: NDArray[np.intp]
    """Start of each ring, (rings + 1,)."""
    owner: NDArray[np.intp]
    """Polygon of each ring, (rings,)."""
    is_kept: NDArray[np.bool_]
    """True (n,) for chosen corners, with the first and the last of each ring."""
    held_x: NDArray[np.bool_]
    """True (n,) for chosen corners that must not move along x, except by ``push_x``."""
    held_y: NDArray[np.bool_]
    push_x: NDArray[np.int8]
    """Direction (n,) -1, 0 or 1, in which a held corner moves by `RingLimits.apart`."""
    push_y: NDArray[np.int8]

    def take(self, indices: NDArray[np.intp]) -> Corners:
        """Select some of the rings."""
        lengths = np.diff(self.offsets)[indices]
        corner = ragged(self.offsets[indices], lengths)
        return Corners(
            self.x[corner],
            self.y[corner],
            offsets_of(lengths),
            self.owner[indices],
            self.is_kept[corner],
            self.held_x[corner],
            self.held_y[corner],
            self.push_x[corner],
            self.push_y[corner],
        )

    @property
    def is_held(self) -> NDArray[np.bool_]:
        """True (rings,) for rings with a held corner."""
        return np.logical_or.reduceat(self.held_x | self.held_y, self.offsets[:-1])


class Frames(NamedTuple):
    """Bounds of the rings in pixels, infinite where there is no bound."""

    left: NDArray[np.float64]
    """Left bound of each ring, (rings,)."""
    top: NDArray[np.float64]
    right: NDArray[np.float64]
    bottom: NDArray[np.float64]

    def take(self, indices: NDArray[np.intp]) -> Frames:
        """Select the bounds of some of the rings."""
        return Frames(*(side[indices] for side in self))

    def repeated(self, lengths: NDArray[np.intp]) -> Frames:
        """Repeat the bounds of each ring for its corners."""
        return Frames(*(np.repeat(side, lengths) for side in self))

    def excludes(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Test if points lie outside of their frames, (n,) bool."""
        return (x < self.left) | (x > self.right) | (y < self.top) | (y > self.bottom)


class RingLimits(NamedTuple):
    """Limits that drawn rings must keep."""

    distance: float
    """Largest distance of old and new outline from each other, pixels."""
    area: NDArray[np.float64]
    """Signed areas, (rings,)."""
    loose: NDArray[np.bool_]
    """True (rings,) for rings that may have another area if nothing can move."""
    gap: float
    """Distance by which corners move along each axis where rings touch, pixels."""
    frames: Optional[Frames]
    """Frames; None if no ring comes near its own."""


class DrawnRings(NamedTuple):
    """Drawn rings with their faults."""

    rings: Rings
    is_good: NDArray[np.bool_]
    """True (rings,) if every point of the old outline lies within the limit of the new one, and
    every point of the new one within the limit of the old one and within its frame, and the area is
    as asked."""
    is_missed: NDArray[np.bool_]
    """True (n,) for the corner of `Corners` farthest from its line, if that is too far."""
    is_outside: NDArray[np.bool_]
    """True (n,) for chosen corners of `Corners` that moved out of the frame."""


class _Lines(NamedTuple):
    """Lines between neighbouring chosen corners, one per corner."""

    corners: Rings
    """Chosen corners; line ``i`` leads from corner ``i`` to the next one."""
    begin: NDArray[np.intp]
    """Index in `Corners` of the corner at which each line begins, (n,)."""
    end: NDArray[np.intp]
    """Index in `Corners` of the corner at which each line ends, (n,)."""


def draw(selection: Corners, limits: RingLimits) -> DrawnRings:
    """Draw rings through chosen corners.

    Args:
        selection: Outlines, at least one, with their chosen corners.
        limits: For these rings.
    """
    lines = lines_of(selection)
    old, limit = lines.corners, limits.distance
    new = _of_area(selection, lines, _fit(selection, lines, limits), limits.area)
    distance = distances(selection, new)
    worst = first_largest(distance, np.append(lines.begin, len(distance)))
    is_missed, is_outside = np.zeros(len(distance), bool), np.zeros(len(distance), bool)
    is_missed[worst] = distance[worst] > limit
    # A new line's points lie beside points of the old outline between the same two corners, or
    # nearer to one of these corners than the new one is. So these two distances bound both ways.
    is_off = np.hypot(new.x - old.x, new.y - old.y) > limit
    if limits.frames is not None:
        is_outside[lines.begin] = leaves_frame = limits.frames.repeated(new.lengths).excludes(
            new.x, new.y
        )
        is_off |= leaves_frame
    is_good = ~np.logical_or.reduceat(is_missed, selection.offsets[:-1])
    is_good &= ~np.logical_or.reduceat(is_off, new.begin) & (new.lengths >= _FEWEST)
    right = np.abs(new.areas() - limits.area) <= _ROUNDING * np.abs(limits.area)
    return DrawnRings(new, is_good & (right | limits.loose), is_missed, is_outside)


def corner_sides(rings: Rings, tolerance: NDArray[np.float64]) -> Rings:
    """Return the chosen corners in place, as rough outlines for directions."""
    corners = close(rings)
    return lines_of(corners._replace(is_kept=choose(corners, tolerance))).corners


def close(rings: Rings) -> Corners:
    """Close rings at their farthest corners, chosen with those opposite; none are held."""
    start = rings.farthest(*rings.centroids())
    rotated = rings.rotated(start)
    opposite = rotated.farthest(rotated.x[rotated.begin], rotated.y[rotated.begin])
    offsets = offsets_of(rings.lengths + 1)
    first, last = offsets[:-1], offsets[1:] - 1
    corner = ragged(rotated.begin, rings.lengths + 1)
    corner[last] = rotated.begin
    x, y = rotated.x[corner], rotated.y[corner]
    is_kept = np.zeros(len(x), bool)
    is_kept[first] = is_kept[last] = is_kept[first + opposite] = True
    not_held, no_push = np.zeros(len(x), bool), np.zeros(len(x), np.int8)
    return Corners(x, y, offsets, rings.owner, is_kept, not_held, not_held, no_push, no_push)


def choose(corners: Corners, tolerance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Choose corners of all rings at once, halving the parts of the outlines level by level.

    Args:
        corners: The rings; kept corners stay so.
        tolerance: (rings,) how far corners may lie from the line that replaces them, pixels.

    Returns:
        (n,) True for chosen corners.
    """
    x, y, is_kept = corners.x, corners.y, corners.is_kept.copy()
    lines = lines_of(corners)
    begin, end = lines.begin, lines.end
    limits = np.repeat(tolerance, lines.corners.lengths) ** 2
    while True:
        long = np.flatnonzero(end - begin > 1)
        if not len(long):
            return is_kept
        begin, end, limits = begin[long], end[long], limits[long]
        lengths = end - begin - 1
        inner = ragged(begin + 1, lengths)
        line = np.repeat(np.arange(len(long)), lengths)
        distance = _squared_distances(
            (x[inner], y[inner]), (x[begin], y[begin]), (x[end], y[end]), line
        )
        worst = first_largest(distance, offsets_of(lengths))
        is_far = distance[worst] > limits
        split = inner[worst[is_far]]
        is_kept[split] = True
        begin, end = np.concatenate((begin[is_far], split)), np.concatenate((split, end[is_far]))
        limits = np.concatenate((limits[is_far], limits[is_far]))


def _squared_distances(
    point: XY, begin: XY, end: XY, line: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Compute squared distances (n,) of points to line segments.

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
    position = np.clip((px * dx + py * dy) * inverse[line], 0, 1)
    px -= position * dx
    py -= position * dy
    distance: NDArray[np.float64] = px * px + py * py
    return distance


def lines_of(selection: Corners) -> _Lines:
    """Make the lines between the chosen corners."""
    corners = np.flatnonzero(selection.is_kept)
    count = np.add.reduceat(selection.is_kept, selection.offsets[:-1], dtype=np.intp)
    is_start = np.ones(len(corners), bool)
    is_start[np.cumsum(count) - 1] = False
    start = np.flatnonzero(is_start)
    begin, end = corners[start], corners[start + 1]
    rings = Rings(selection.x[begin], selection.y[begin], offsets_of(count - 1), selection.owner)
    return _Lines(rings, begin, end)


def _fit(selection: Corners, lines: _Lines, limits: RingLimits) -> Rings:
    """Place corners where lines meet that preserve the area of their part of the outline.

    A line from a corner along d that is moved by s gains the area s x d. So the movement s of the
    corner between the lines d and e which gain the areas a and b solves s x d = a, s x e = b.
    """
    corners = lines.corners
    next_corner, previous = corners.next_corner, _previous_corner(corners)
    dx, dy = corners.x[next_corner] - corners.x, corners.y[next_corner] - corners.y
    gain = _gains(selection, lines)
    held_x, held_y = selection.held_x[lines.begin], selection.held_y[lines.begin]
    x, y = _move((dx, dy), (dx[previous], dy[previous]), gain, gain[previous])
    slides = held_x ^ held_y
    if slides.any():  # they slide along one axis, as near as they can to what both lines ask
        x = np.where(slides, _slide(dy, gain, dy[previous], gain[previous]), x)
        y = np.where(slides, -_slide(dx, gain, dx[previous], gain[previous]), y)
    reach = np.hypot(np.where(held_x, 0, x), np.where(held_y, 0, y))
    shorten = np.minimum(1, 0.9 * limits.distance / np.where(reach > 0, reach, 1))
    push_x, push_y = (
        limits.gap * push[lines.begin] for push in (selection.push_x, selection.push_y)
    )
    x, y = np.where(held_x, push_x, shorten * x), np.where(held_y, push_y, shorten * y)
    return corners._replace(x=corners.x + x, y=corners.y + y)


def _move(line: XY, last: XY, gain: NDArray[np.float64], previous_gain: NDArray[np.float64]) -> XY:
    """Compute movements of corners that gain the areas of the line ahead and the one behind."""
    (dx, dy), (before_x, before_y) = line, last
    sine = before_x * dy - before_y * dx
    square, square_before = dx * dx + dy * dy, before_x * before_x + before_y * before_y
    meet = np.abs(sine) > _MIN_SINE * np.sqrt(square * square_before)
    inverse = 1 / np.where(meet, sine, 1)
    # Where the lines are nearly parallel, the mean of both movements at right angles to them.
    half, half_before = gain / square / 2, previous_gain / square_before / 2
    x = np.where(
        meet, (gain * before_x - previous_gain * dx) * inverse, half * dy + half_before * before_y
    )
    y = np.where(
        meet, (gain * before_y - previous_gain * dy) * inverse, -half * dx - half_before * before_x
    )
    return x, y


def _slide(
    line: NDArray[np.float64],
    gain: NDArray[np.float64],
    last: NDArray[np.float64],
    previous_gain: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Solve ``t line = after`` and ``t last = before`` for t, in the least squares."""
    square = line * line + last * last
    movement: NDArray[np.float64] = (line * gain + last * previous_gain) / np.where(
        square > 0, square, np.inf
    )
    return movement


def _previous_corner(rings: Rings) -> NDArray[np.intp]:
    """Index of the previous corner of each one, (n,)."""
    next_corner = rings.next_corner
    previous = np.empty_like(next_corner)
    previous[next_corner] = np.arange(len(next_corner))
    return previous


def _gains(selection: Corners, lines: _Lines) -> NDArray[np.float64]:
    """Area (n,) between each line and its outline part, positive if the line lacks it."""
    origin = np.repeat(selection.offsets[:-1], np.diff(selection.offsets))
    x, y = selection.x - selection.x[origin], selection.y - selection.y[origin]
    # Corners of pixels are whole numbers, and so are these sums: nothing is lost in them.
    sums = np.zeros(len(x))
    np.cumsum(x[:-1] * y[1:] - x[1:] * y[:-1], out=sums[1:])
    begin, end = lines.begin, lines.end
    straight = x[begin] * y[end] - x[end] * y[begin]
    gains: NDArray[np.float64] = (sums[end] - sums[begin] - straight) / 2
    return gains


def _of_area(selection: Corners, lines: _Lines, rings: Rings, area: NDArray[np.float64]) -> Rings:
    """Correct small errors of the rings' areas."""
    is_held = selection.is_held
    scaled = _scale(rings, np.where(is_held, rings.areas(), area))
    if not is_held.any():
        return scaled
    # A ring without held corners is right by now, and is asked for nothing.
    area = np.where(is_held, area, scaled.areas())
    return _balance(scaled, area, (selection.held_x[lines.begin], selection.held_y[lines.begin]))


def _scale(rings: Rings, area: NDArray[np.float64]) -> Rings:
    """Scale rings about their mean corners to these areas, if the error is small."""
    ratio = area / np.where(rings.areas() != 0, rings.areas(), np.inf)
    is_small = (ratio < _MAX_GROWTH) & (ratio > 1 / _MAX_GROWTH) & (ratio != 1)
    growth = np.repeat(np.sqrt(np.where(is_small, ratio, 1)) - 1, rings.lengths)
    x, y = (np.repeat(mean, rings.lengths) for mean in rings.centroids())
    return rings._replace(x=rings.x + growth * (rings.x - x), y=rings.y + growth * (rings.y - y))


def _balance(
    rings: Rings, area: NDArray[np.float64], is_held: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Rings:
    """Move the rings' free corners outwards by equal distances until the areas are right.

    With corners p + t m the area is a quadratic function of t.
    """
    begin, next_corner, previous = rings.begin, rings.next_corner, _previous_corner(rings)
    chord_x, chord_y = (
        rings.x[next_corner] - rings.x[previous],
        rings.y[next_corner] - rings.y[previous],
    )
    length = np.hypot(chord_x, chord_y)
    length = np.where(length > 0, length, np.inf)
    x = np.where(is_held[0], 0, chord_y / length)
    y = np.where(is_held[1], 0, -chord_x / length)
    lacks = rings.areas() - area
    linear = np.add.reduceat(x * chord_y - y * chord_x, begin) / 2
    square = np.add.reduceat(x * y[next_corner] - x[next_corner] * y, begin) / 2
    root = linear * linear - 4 * square * lacks
    is_solvable = (root >= 0) & (linear > 0)
    denominator = np.where(is_solvable, linear + np.sqrt(np.where(is_solvable, root, 0)), np.inf)
    t = np.repeat(-2 * lacks / denominator, rings.lengths)
    return rings._replace(x=rings.x + t * x, y=rings.y + t * y)


def distances(selection: Corners, new: Rings) -> NDArray[np.float64]:
    """Compute the distance (n,) of each corner from its new line, 0 for chosen corners."""
    lengths = np.diff(selection.offsets)
    ring = np.repeat(np.arange(len(lengths)), lengths)
    # Each ring has one chosen corner more than it has lines: its first one comes twice.
    line = np.cumsum(selection.is_kept) - 1 - ring
    inner = np.flatnonzero(~selection.is_kept)
    distances = np.zeros(len(selection.x))
    next_corner = new.next_corner
    distances[inner] = _squared_distances(
        (selection.x[inner], selection.y[inner]),
        (new.x, new.y),
        (new.x[next_corner], new.y[next_corner]),
        line[inner],
    )
    return np.sqrt(distances)
