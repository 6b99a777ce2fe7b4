"""Count dwellings in areas and in hexagons: each dwelling once, so that totals add up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Sequence, Union

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point = tuple[float, float]
Rings = Sequence[Sequence[Point]]
"""The closed rings of one area; a point is inside where a ray crosses them oddly often."""
FIELDS: dict[str, type] = {
    "name": str, "dwellings": int, "covered_m2": float, "mean_m2": float, "area_ha": float,
    "per_ha": float, "cover_pct": float,
}  # fmt: skip
"""Name and type of each field of a layer of areas, in order."""
_EDGES = 2000
"""Edges between two looks at whether the user wants to stop."""


class CountedDwelling(NamedTuple):
    """A dwelling as it is counted."""

    at: Point
    """A point inside of it, in CRS units."""
    area: Optional[float]
    """Square metres on the ground; None for a dwelling that is given as a point."""


@dataclass
class Tally:
    """The dwellings of one area."""

    dwellings: int = 0
    measured: int = 0
    """Dwellings with an outline."""
    ground: float = 0.0
    """Square metres of their outlines."""

    def add(self, dwelling: CountedDwelling) -> None:
        """Count one more dwelling."""
        self.dwellings += 1
        if dwelling.area is not None:
            self.measured += 1
            self.ground += dwelling.area

    @property
    def covered(self) -> Optional[float]:
        """Square metres of the outlines; None if all dwellings are points."""
        return self.ground if self.measured or not self.dwellings else None

    @property
    def mean(self) -> Optional[float]:
        """Mean size of the outlines in square metres; None if there is no outline."""
        return self.ground / self.measured if self.measured else None

    def density(self, area: float) -> Optional[float]:
        """Dwellings per hectare of an area in square metres; None for an empty area."""
        return self.dwellings / (area / 1e4) if area > 0 else None

    def values(self, name: str, area: float) -> list[Any]:
        """Values of `FIELDS` for an area in square metres."""
        density, share = self.density(area), self.share(area)
        return [name, self.dwellings, self.covered, self.mean, area / 1e4, density, share]

    def share(self, area: float) -> Optional[float]:
        """Covered ground in percent of an area in square metres; None if unknown."""
        return None if self.covered is None or area <= 0 else 100 * self.covered / area


def tally(
    dwellings: Sequence[CountedDwelling],
    areas: Sequence[Rings],
    look: Callable[[], None] = lambda: None,
) -> tuple[list[Tally], Tally]:
    """Count dwellings in each area, and outside of all.

    Args:
        dwellings: Their points lie in the CRS of the areas.
        areas: Areas to count in; where they overlap, the first one counts.
        look: Called often; may raise to stop.
    """
    inside, outside = [Tally() for _ in areas], Tally()
    places = areas_of([d.at for d in dwellings], areas, look)
    for dwelling, place in zip(dwellings, places.tolist()):
        (outside if place < 0 else inside[place]).add(dwelling)
    return inside, outside


def holds(rings: Rings, point: Point) -> bool:
    """True if an area holds a point."""
    return bool(areas_of([point], [rings])[0] == 0)


def areas_of(
    points: Union[Sequence[Point], NDArray[np.float64]],
    areas: Sequence[Rings],
    look: Callable[[], None] = lambda: None,
) -> NDArray[np.int64]:
    """Find the first area that holds each point.

    A point on a border that two areas share, with the same corners, is in exactly one of them.

    Args:
        points: (n, 2) x and y.
        areas: The rings of each.
        look: Called often; may raise to stop.

    Returns:
        (points,) numbers of areas, -1 where no area holds the point.
    """
    numbers = np.full(len(points), -1, np.int64)
    if not len(points):
        return numbers
    at = np.asarray(points, np.float64)
    # In the order of y, an edge meets a slice of the points.
    order = np.argsort(at[:, 1], kind="stable")
    xs, ys, in_order = at[order, 0], at[order, 1], np.full(len(points), -1, np.int64)
    for number, rings in enumerate(areas):
        look()
        edges = _edges(rings)
        if not len(edges):
            continue
        low, high = float(edges[:, 1].min()), float(edges[:, 3].max())
        first, last = np.searchsorted(ys, [low, high], "left")
        inside = _inside(edges, xs[first:last], ys[first:last], look)
        part = in_order[first:last]
        part[inside & (part < 0)] = number
    numbers[order] = in_order
    return numbers


def _edges(rings: Rings) -> NDArray[np.float64]:
    """(edges, 4) x and y of the lower end and of the upper end; level edges are left out.

    An edge runs upwards whichever way its ring does, so that two areas that share it agree.
    """
    parts = []
    for ring in rings:
        corners = np.asarray(ring, np.float64).reshape(-1, 2)
        parts.append(np.hstack([corners[:-1], corners[1:]]))
    edges = np.vstack(parts) if parts else np.empty((0, 4))
    downward = edges[:, 1] > edges[:, 3]
    edges[downward] = edges[downward][:, [2, 3, 0, 1]]
    upward: NDArray[np.float64] = edges[edges[:, 1] < edges[:, 3]]
    return upward


def _inside(
    edges: NDArray[np.float64],
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    look: Callable[[], None],
) -> NDArray[np.bool_]:
    """(points,) bool: True if a ray to the right crosses the edges an odd number of times.

    An edge counts from its lower end up to, and without, its upper end.
    """
    inside = np.zeros(len(xs), bool)
    firsts = np.searchsorted(ys, edges[:, 1], "left")
    lasts = np.searchsorted(ys, edges[:, 3], "left")
    for i in np.flatnonzero(firsts < lasts):
        if i % _EDGES == 0:
            look()
        x0, y0, x1, y1 = edges[i]
        part = slice(firsts[i], lasts[i])
        inside[part] ^= xs[part] < x0 + (ys[part] - y0) / (y1 - y0) * (x1 - x0)
    return inside


@dataclass(frozen=True)
class HexagonGrid:
    """A plane of hexagons with a corner up; every point lies in exactly one."""

    origin: Point
    """Centre of cell (0, 0), in CRS units."""
    metres: Point
    """Ground metres of a CRS unit along x and y."""
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
        """The middle of a cell, in CRS units."""
        q, r = cell
        x = self.width * (q + r / 2)
        y = self.width * math.sqrt(3) / 2 * r
        return self.origin[0] + x / self.metres[0], self.origin[1] + y / self.metres[1]

    def ring(self, cell: tuple[int, int]) -> list[Point]:
        """The closed outline of a cell, clockwise, in CRS units.

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
    """The nearest cell: round the three coordinates and make the one most off fit the others."""
    s = -q - r
    rq, rr, rs = round(q), round(r), round(s)
    dq, dr, ds = abs(rq - q), abs(rr - r), abs(rs - s)
    if dq > dr and dq > ds:
        rq = -rr - rs
    elif dr > ds:
        rr = -rq - rs
    return rq, rr


def tally_cells(
    dwellings: Sequence[CountedDwelling], grid: HexagonGrid
) -> dict[tuple[int, int], Tally]:
    """Count dwellings in each cell that holds one, cells from top to bottom, left to right."""
    cells: dict[tuple[int, int], Tally] = {}
    for dwelling in dwellings:
        cells.setdefault(grid.cell_of(dwelling.at), Tally()).add(dwelling)
    return {cell: cells[cell] for cell in sorted(cells, key=lambda c: (-c[1], c[0]))}
