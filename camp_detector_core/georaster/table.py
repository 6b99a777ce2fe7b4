"""Dwellings as the columns of a table, in CRS units and square metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Sequence

import numpy as np

from .ground import ground_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engine.grid import Grid
    from ..engine.polygons.dwelling import Dwelling
    from ..engine.spec import ModelSpec
    from .ports import Crs


FIELDS: dict[str, type] = {
    "id": int, "class": str, "probability": float, "area_m2": float, "model": str,
}  # fmt: skip
"""Name and type of each field of the dwellings, in order."""


class Row(NamedTuple):
    """Row of one dwelling, as hosts write it."""

    number: int
    """Number of the dwelling, from 1."""
    class_name: str
    probability: float
    """Mean probability over the dwelling's pixels, in [0, 1]."""
    area: float
    """Area on the ground in square metres."""
    rings: list[list[tuple[float, float]]]
    """Closed rings of x and y in CRS units: the exterior, then the holes."""


@dataclass(frozen=True)
class DwellingRows:
    """Dwellings as columns; row ``i`` of each belongs to dwelling ``i + 1``."""

    corners: NDArray[np.float64]
    """Corners (corners, 2), x and y of all rings in CRS units."""
    ring_offsets: NDArray[np.intp]
    """Start (rings + 1,) of each ring in ``corners``."""
    polygon_offsets: NDArray[np.intp]
    """Start (n + 1,) of each dwelling's rings, of which the first is the exterior."""
    classes: list[str]
    """Class names (n,)."""
    probability: NDArray[np.float64]
    """Mean probability (n,) over each dwelling's pixels, in [0, 1]."""
    area: NDArray[np.float64]
    """Area (n,) on the ground in square metres."""

    def __len__(self) -> int:
        """Number of dwellings."""
        return len(self.classes)

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows."""
        for i, name in enumerate(self.classes):
            yield Row(i + 1, name, float(self.probability[i]), float(self.area[i]), self.rings(i))

    def rings(self, index: int) -> list[list[tuple[float, float]]]:
        """Closed rings of one dwelling: the exterior, then the holes."""
        first, last = self.polygon_offsets[index : index + 2]
        bounds = self.ring_offsets[first : last + 1].tolist()
        return [list(map(tuple, self.corners[a:b].tolist())) for a, b in zip(bounds, bounds[1:])]


def rows_of(
    dwellings: Sequence[Dwelling], grid: Grid, spec: ModelSpec, crs: Optional[Crs]
) -> DwellingRows:
    """Turn dwellings in pixels into rows in CRS units and square metres.

    Areas are measured where each dwelling lies, since the metres of a degree or of Web Mercator
    change with the latitude.

    Args:
        dwellings: Polygons in pixel corners of ``grid``.
        grid: Grid of the pixels.
        spec: Names the classes.
        crs: The CRS of the grid, None where it has none.
    """
    rings = [r for d in dwellings for r in (d.exterior, *d.holes)]
    pixels = np.concatenate(rings).astype(np.float64) if rings else np.empty((0, 2))
    ring_offsets = np.cumsum([0, *map(len, rings)])
    polygon_offsets = np.cumsum([0, *(1 + len(d.holes) for d in dwellings)])
    corners = grid.transform.apply(pixels)
    area = np.empty(0)
    if rings:
        inside, _ = _measure(pixels, ring_offsets, polygon_offsets)
        _, centres = _measure(corners, ring_offsets, polygon_offsets)
        area = inside * pixel_areas(grid, centres, crs)
    names = {c.value: c.name for c in spec.classes}
    return DwellingRows(
        corners=corners,
        ring_offsets=ring_offsets,
        polygon_offsets=polygon_offsets,
        classes=[names[d.class_value] for d in dwellings],
        probability=np.array([d.mean_probability for d in dwellings], np.float64),
        area=area,
    )


def _measure(
    points: NDArray[np.float64], ring_offsets: NDArray[np.intp], polygon_offsets: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute (n,) areas and (n, 2) centroids of polygons, in the units of their closed rings."""
    ring_starts, starts = ring_offsets[:-1], polygon_offsets[:-1]
    origin = points[ring_starts[starts]]
    corners = np.diff(ring_offsets[polygon_offsets])
    # Relative to the first corner, so that large coordinates cost no digits.
    x, y = (points - np.repeat(origin, corners, axis=0)).T
    cross = np.zeros(len(x))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[ring_offsets[1:] - 1] = 0  # from the end of a ring to the next ring
    double_areas = np.add.reduceat(cross, ring_starts)
    # Exteriors count, holes are taken off, whichever way they run.
    sign = np.full(len(double_areas), -1.0)
    sign[starts] = 1.0
    sign *= np.sign(double_areas)
    area = np.add.reduceat(double_areas * sign, starts) / 2
    centre = np.empty((len(area), 2))
    for axis, values in enumerate((x, y)):
        moment = cross * (values + np.append(values[1:], 0.0))
        moments = np.add.reduceat(moment, ring_starts) * sign
        # A dwelling without area lies at its first corner.
        total = np.add.reduceat(moments, starts)
        centre[:, axis] = np.divide(total, 6 * area, where=area > 0, out=np.zeros(len(area)))
    return area, centre + origin


def pixel_areas(grid: Grid, points: NDArray[np.float64], crs: Optional[Crs]) -> NDArray[np.float64]:
    """Compute the square metres of a pixel at each of the points (n, 2) in CRS units."""
    if crs is None or not len(points):
        return np.full(len(points), grid.pixel_area)
    # The first place is where others are looked up that the CRS does not have.
    middle = grid.transform.apply(np.array([[grid.shape.width / 2, grid.shape.height / 2]]))
    scale = ground_scale(crs, *np.concatenate((middle, points)).T).area
    areas: NDArray[np.float64] = abs(grid.transform.determinant) * scale[1:]
    return areas
