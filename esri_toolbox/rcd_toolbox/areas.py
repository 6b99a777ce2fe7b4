"""In which area a point lies: each point in one area at most, so that totals add up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Optional, Sequence

Point = tuple[float, float]
Ring = Sequence[Point]


class Dwelling(NamedTuple):
    """What is counted."""

    at: Point
    """Its centre."""
    area: Optional[float]
    """Square metres on the ground; None: it is given as a point."""


@dataclass
class Tally:
    """What was counted in one area."""

    dwellings: int = 0
    measured: int = 0
    """Of them, those with an outline."""
    ground: float = 0.0
    """Square metres of those."""

    def add(self, dwelling: Dwelling) -> None:
        """Count one more."""
        self.dwellings += 1
        if dwelling.area is not None:
            self.measured += 1
            self.ground += dwelling.area

    @property
    def covered(self) -> Optional[float]:
        """Square metres of the outlines; None where all dwellings are points."""
        return self.ground if self.measured or not self.dwellings else None

    @property
    def mean(self) -> Optional[float]:
        """Mean size of the outlines in square metres; None where there is none."""
        return self.ground / self.measured if self.measured else None

    def density(self, area: float) -> Optional[float]:
        """Dwellings for each hectare of an area in square metres; None for an empty area."""
        return self.dwellings / (area / 1e4) if area > 0 else None

    def share(self, area: float) -> Optional[float]:
        """Covered ground in percent of an area in square metres; None where it is not known."""
        return None if self.covered is None or area <= 0 else 100 * self.covered / area


class AreaIndex:
    """Areas made of rings (even-odd), and which of them holds a point."""

    def __init__(self, areas: Sequence[Sequence[Ring]]) -> None:
        """Take the areas in their order: where they overlap, the first one counts.

        Args:
            areas: The closed rings of each.
        """
        self._areas = areas
        self._boxes = [_box(rings) for rings in areas]

    def of(self, point: Point) -> Optional[int]:
        """Number of the area, or None where there is none.

        A point on a border that two areas share, with the same corners, is in exactly one.
        """
        x, y = point
        for i, (left, bottom, right, top) in enumerate(self._boxes):
            if left <= x <= right and bottom <= y <= top and _holds(self._areas[i], x, y):
                return i
        return None


def _box(rings: Sequence[Ring]) -> tuple[float, float, float, float]:
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    if not xs:
        return math.inf, math.inf, -math.inf, -math.inf
    return min(xs), min(ys), max(xs), max(ys)


def _holds(rings: Sequence[Ring], x: float, y: float) -> bool:
    """Whether a ray to the right crosses the rings an odd number of times.

    An edge counts from its lower end up to, and without, its upper end; the crossing is computed
    from the lower end whichever way the ring runs, so that two areas that share an edge agree.
    """
    inside = False
    for ring in rings:
        for a, b in zip(ring, ring[1:]):
            if (a[1] <= y) != (b[1] <= y):
                low, high = (a, b) if a[1] < b[1] else (b, a)
                at = low[0] + (y - low[1]) / (high[1] - low[1]) * (high[0] - low[0])
                inside ^= x < at
    return inside


@dataclass(frozen=True)
class HexagonGrid:
    """Hexagons with a corner up, each a cell of the plane; every point is in exactly one."""

    origin: Point
    """Centre of cell (0, 0), in units of the coordinate system."""
    metres: Point
    """Ground metres of a unit along x and y."""
    width: float
    """Metres between opposite sides."""

    def cell_of(self, point: Point) -> tuple[int, int]:
        """The cell of a point, as column and row of a sheared lattice (axial coordinates)."""
        x = (point[0] - self.origin[0]) * self.metres[0]
        y = (point[1] - self.origin[1]) * self.metres[1]
        r = y / (self.width * math.sqrt(3) / 2)
        q = x / self.width - r / 2
        return _rounded(q, r)

    def centre(self, cell: tuple[int, int]) -> Point:
        """The middle of a cell, in units of the coordinate system."""
        q, r = cell
        x = self.width * (q + r / 2)
        y = self.width * math.sqrt(3) / 2 * r
        return self.origin[0] + x / self.metres[0], self.origin[1] + y / self.metres[1]

    def ring(self, cell: tuple[int, int]) -> list[Point]:
        """The closed outline of a cell, clockwise, in units of the coordinate system.

        Corners are computed from the lattice of corners, so that neighbours share them exactly.
        """
        q, r = cell
        # Corners lie on a lattice of half widths and of sixths of the height of two rows.
        around = ((0, 2), (1, 1), (1, -1), (0, -2), (-1, -1), (-1, 1), (0, 2))
        out = []
        for dx, dy in around:
            x = (2 * q + r + dx) * self.width / 2
            y = (3 * r + dy) * self.width / (2 * math.sqrt(3))
            out.append((self.origin[0] + x / self.metres[0], self.origin[1] + y / self.metres[1]))
        return out


def _rounded(q: float, r: float) -> tuple[int, int]:
    """The nearest cell: the three coordinates are rounded, and the one most off is made to fit."""
    s = -q - r
    rq, rr, rs = round(q), round(r), round(s)
    dq, dr, ds = abs(rq - q), abs(rr - r), abs(rs - s)
    if dq > dr and dq > ds:
        rq = -rr - rs
    elif dr > ds:
        rr = -rq - rs
    return rq, rr


def tally(dwellings: Sequence[Dwelling], index: AreaIndex, count: int) -> tuple[list[Tally], Tally]:
    """Count dwellings in each of ``count`` areas, and outside of all."""
    areas = [Tally() for _ in range(count)]
    outside = Tally()
    for dwelling in dwellings:
        i = index.of(dwelling.at)
        (outside if i is None else areas[i]).add(dwelling)
    return areas, outside


def tally_cells(dwellings: Sequence[Dwelling], grid: HexagonGrid) -> dict[tuple[int, int], Tally]:
    """Count dwellings in each cell that holds one, cells from top to bottom, left to right."""
    found: dict[tuple[int, int], Tally] = {}
    for dwelling in dwellings:
        found.setdefault(grid.cell_of(dwelling.at), Tally()).add(dwelling)
    return {cell: found[cell] for cell in sorted(found, key=lambda c: (-c[1], c[0]))}
