"""Validity of polygons: simple rings, apart from each other, holes inside the exterior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple

import numpy as np

from ..sequences import offsets_of, ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .rings import Rings

_BAND = 16.0
"""Height of the bands of rows within which segments are compared, pixels."""
_SLACK = 0.01
"""Largest distance of compared segments along a row, pixels."""
_SIGHT = 0.25
"""Distance between the lines of sight that test containment, pixels."""
_CHUNK = 1 << 19
"""Number of pairs compared at a time."""
_FLAT = 1e-9
"""Twice the area of a triangle below which its corners count as collinear, pixels."""


class _Segments(NamedTuple):
    """Sides of polygons, and a table of them by polygon, band of rows, and left end."""

    x: NDArray[np.float64]
    """Columns (2, n) of both ends, relative to the polygon's left end."""
    y: NDArray[np.float64]
    """Rows (2, n) of both ends, relative to the polygon's upper end."""
    ring: NDArray[np.intp]
    """Ring of each segment, (n,)."""
    polygon: NDArray[np.intp]
    """Polygon of each segment, (n,)."""
    next_segment: NDArray[np.intp]
    """Next segment of each one, (n,)."""
    entry: NDArray[np.intp]
    """Segment of each table entry, one per touched band, (m,) sorted by key."""
    key: NDArray[np.float64]
    """Key ``(polygon * bands + band) * span + x`` of the left end, (m,)."""
    bands: int
    """Number of bands of the highest polygon."""
    span: float
    """More than the width of the widest polygon."""


def faulty_sides(rings: Rings) -> NDArray[np.bool_]:
    """Find the sides that make polygons invalid or self-touching.

    Args:
        rings: Rings of polygons that are numbered 0 .. n - 1, each with at least three corners.

    Returns:
        (n,) True for the side from a corner to the one ahead of it if it has a point in common with
        another side of the polygon besides the ends of neighbours, and for all sides of holes that
        lie outside the exterior or in another hole.
    """
    segments = _segments(rings)
    faulty = _is_folded(segments)
    faulty[segments.next_segment[faulty]] = True
    for first, second in _close_pairs(segments):
        meet = _meet(segments, first, second)
        faulty[first[meet]] = faulty[second[meet]] = True
    misplaced = np.zeros(len(rings.owner), bool)
    misplaced[_misplaced(segments, rings)] = True
    return faulty | misplaced[segments.ring]


def _segments(rings: Rings) -> _Segments:
    next_segment, ring = rings.next_corner, rings.ring
    polygon = rings.owner[ring]
    first = np.flatnonzero(np.append(True, polygon[1:] != polygon[:-1]))
    x = rings.x - np.minimum.reduceat(rings.x, first)[polygon]
    y = rings.y - np.minimum.reduceat(rings.y, first)[polygon]
    x, y = np.stack((x, x[next_segment])), np.stack((y, y[next_segment]))
    band = (y // _BAND).astype(np.intp)
    top, bottom = band.min(axis=0), band.max(axis=0)
    times = bottom - top + 1
    entry = np.repeat(np.arange(len(ring)), times)
    bands, span = int(bottom.max()) + 1, float(x.max()) + 1
    key = (polygon[entry] * bands + ragged(top, times)) * span + x.min(axis=0)[entry]
    order = np.argsort(key)
    return _Segments(x, y, ring, polygon, next_segment, entry[order], key[order], bands, span)


def _is_folded(segments: _Segments) -> NDArray[np.bool_]:
    """Test if segments have no length, or fold back along the next one, (n,) bool."""
    dx, dy = segments.x[1] - segments.x[0], segments.y[1] - segments.y[0]
    next_x, next_y = dx[segments.next_segment], dy[segments.next_segment]
    flat = np.abs(dx * next_y - dy * next_x) <= _FLAT
    is_folded: NDArray[np.bool_] = flat & (dx * next_x + dy * next_y <= 0)
    return is_folded


def _close_pairs(segments: _Segments) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Find pairs of segments of one polygon whose bounding boxes meet, without neighbours."""
    entry, key = segments.entry, segments.key
    reach = key + (segments.x.max(axis=0) - segments.x.min(axis=0))[entry] + _SLACK
    first = np.arange(1, len(key) + 1)
    counts = np.searchsorted(key, reach, "right") - first
    total = offsets_of(counts)
    low, high = segments.y.min(axis=0), segments.y.max(axis=0)
    position = 0
    while position < len(key):
        stop = max(position + 1, int(np.searchsorted(total, total[position] + _CHUNK, "right")) - 1)
        left = np.repeat(entry[position:stop], counts[position:stop])
        right = entry[ragged(first[position:stop], counts[position:stop])]
        position = stop
        boxes_meet = (low[left] <= high[right]) & (low[right] <= high[left])
        boxes_meet &= (segments.next_segment[left] != right) & (
            segments.next_segment[right] != left
        )
        yield left[boxes_meet], right[boxes_meet]


def _meet(
    segments: _Segments, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Test if two segments whose bounding boxes meet have a common point, (n,) bool."""
    meets = np.ones(len(first), bool)
    for line, ends in ((first, second), (second, first)):
        x, y = segments.x[0, line], segments.y[0, line]
        dx, dy = segments.x[1, line] - x, segments.y[1, line] - y
        side = [
            dx * (segments.y[end, ends] - y) - dy * (segments.x[end, ends] - x) for end in (0, 1)
        ]
        # Both ends clearly on one side of the other segment's line: apart.
        meets &= ~(np.minimum(*side) > _FLAT) & ~(np.maximum(*side) < -_FLAT)
    return meets


def _misplaced(segments: _Segments, rings: Rings) -> NDArray[np.intp]:
    """Find holes that lie outside the exterior or inside another hole, if no rings meet.

    Along the uppermost of some narrow lines of sight that crosses a hole, an odd number of sides of
    the exterior and an even number of sides of other holes must lie to the left of the hole.
    Holes between two lines of sight are not judged and count as misplaced.
    """
    is_hole = ~rings.is_exterior
    hole = np.flatnonzero(is_hole)
    if not len(hole):
        return hole
    holed = np.zeros(rings.owner[-1] + 1, bool)
    holed[rings.owner[hole]] = True
    side = np.flatnonzero(holed[segments.polygon])
    begin = _lines_above(segments.y[:, side].min(axis=0))
    counts = _lines_above(segments.y[:, side].max(axis=0)) - begin
    line, side = ragged(begin, counts), np.repeat(side, counts)
    # One number for each line of sight of each polygon; only those that a hole needs matter.
    top = _lines_above(np.minimum.reduceat(segments.y[0], rings.begin))
    line_count = int(line.max()) + 2
    numbers = rings.owner * line_count + top
    number = segments.polygon[side] * line_count + line
    candidates = np.flatnonzero(np.isin(number, numbers[hole]))
    side, number = side[candidates], number[candidates]
    (x0, x1), (y0, y1) = segments.x[:, side], segments.y[:, side]
    y = (number % line_count + 0.5) * _SIGHT
    order = np.lexsort((x0 + (y - y0) / (y1 - y0) * (x1 - x0), number))
    ring, number = segments.ring[side[order]], number[order]
    # Every ring crosses a line an even number of times, so lines before this one do not count.
    holes_before: NDArray[np.intp] = np.cumsum(is_hole[ring]) - is_hole[ring]
    outer_before = np.arange(len(ring)) - holes_before
    first, place = np.unique(np.where(number == numbers[ring], ring, -1), return_index=True)
    is_valid = (outer_before[place] % 2 == 1) & (holes_before[place] % 2 == 0)
    return np.setdiff1d(hole, first[is_valid])


def _lines_above(y: NDArray[np.float64]) -> NDArray[np.intp]:
    """Count the lines of sight with a smaller y, (n,): line ``k`` is at ``(k + 0.5) * _SIGHT``."""
    return np.ceil(y / _SIGHT - 0.5).astype(np.intp)
