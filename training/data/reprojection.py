"""Move polygons into another CRS; what has no place there becomes no geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.warp import transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid

    Points = NDArray[np.float64]
    Polygons = NDArray[np.object_]

LON_LAT = CRS.from_epsg(4326)
_PIECES = 8
"""Points that cannot be moved together are tried in so many pieces."""
_POLE, _TURN = 90.0, 360.0
_RADIUS, _SQUARED_ECCENTRICITY = 6378137.0, 0.00669437999014
"""Metres of the equator of the ellipsoid WGS 84, and the square of its eccentricity."""
_DEGREE = np.radians(1.0) * _RADIUS
"""Metres of a degree, to a hundredth, for short distances."""


class PlacedPolygons:
    """Polygons, and which of them touch a grid of any CRS."""

    def __init__(self, polygons: Polygons, crs: CRS) -> None:
        """Take (n,) valid polygons in a CRS."""
        self._polygons, self._crs = polygons, crs
        self._trees: dict[str, tuple[shapely.STRtree, Polygons]] = {}

    def swapped(self) -> PlacedPolygons:
        """The same with x and y exchanged, as files have them by mistake."""
        turned = shapely.transform(self._polygons, lambda points: points[:, ::-1])
        return PlacedPolygons(turned[on_earth(turned, self._crs)], self._crs)

    def chosen(self, mask: NDArray[np.bool_]) -> PlacedPolygons:
        """Some of them, in their order: (n,) True for those."""
        return PlacedPolygons(self._polygons[mask], self._crs)

    def shifted(self, metres: Sequence[float]) -> PlacedPolygons:
        """The same, so many metres farther to the east and to the north on the ground."""
        degrees = moved(self._polygons, self._crs, LON_LAT)
        return PlacedPolygons(shapely.transform(degrees, _step(*metres)), LON_LAT)

    def joined(
        self, metres: float, kinds: NDArray[np.generic]
    ) -> tuple[PlacedPolygons, NDArray[np.intp]]:
        """The same, with polygons of a kind that lie near to each other made one.

        Args:
            metres: Most distance on the ground.
            kinds: (n,) only polygons of equal kinds are joined.

        Returns:
            The polygons, and the number of the first that each was made of, in rising order.
        """
        degrees = moved(self._polygons, self._crs, LON_LAT)
        middle = np.radians(np.nanmean(shapely.bounds(degrees)[:, 1::2]))
        scale = np.array([_DEGREE * np.cos(middle), _DEGREE])
        flat = shapely.transform(degrees, lambda points: points * scale)
        groups = _groups(flat, metres, kinds)
        out = self._polygons.copy()
        for first in np.unique(groups[groups != np.arange(len(groups))]):
            members = np.flatnonzero(groups == first)
            grown = shapely.buffer(flat[members], metres, join_style="mitre")
            whole = shapely.buffer(shapely.union_all(grown), -metres, join_style="mitre")
            # What meets at a corner alone stays apart.
            parts = shapely.get_parts(whole)
            common = shapely.intersection(flat[members][:, np.newaxis], parts)
            part_of = np.argmax(shapely.area(common), axis=1)
            for number in np.unique(part_of):
                joined = members[part_of == number]
                groups[joined] = joined[0]
                if len(joined) > 1:
                    degrees = shapely.transform(parts[[number]], lambda points: points / scale)
                    out[joined[0]] = moved(degrees, LON_LAT, self._crs)[0]
        firsts = np.unique(groups)
        return PlacedPolygons(out[firsts], self._crs), firsts

    def touching(self, grid: Grid) -> tuple[NDArray[np.intp], Polygons]:
        """Numbers of the polygons that touch a grid, and these polygons in its CRS."""
        tree, polygons = self._in_crs(str(grid.crs_wkt))
        corners = grid.transform.apply(
            np.array([[0, 0], [grid.shape[1], grid.shape[0]]], np.float64)
        )
        low, high = corners.min(axis=0), corners.max(axis=0)
        numbers = np.sort(tree.query(shapely.box(*low, *high), predicate="intersects"))
        return numbers, polygons[numbers]

    def touch_any(self, grids: Iterable[Grid]) -> bool:
        """Return True if any polygon touches any of the grids."""
        return any(len(self.touching(grid)[0]) for grid in grids)

    def _in_crs(self, wkt: str) -> tuple[shapely.STRtree, Polygons]:
        if wkt not in self._trees:
            polygons = moved(self._polygons, self._crs, CRS.from_wkt(wkt))
            self._trees[wkt] = (shapely.STRtree(polygons), polygons)
        return self._trees[wkt]


def _groups(polygons: Polygons, metres: float, kinds: NDArray[np.generic]) -> NDArray[np.intp]:
    """(n,) the least number of the polygons that each hangs together with, over any number."""
    tree = shapely.STRtree(polygons)
    one, other = tree.query(polygons, predicate="dwithin", distance=metres)
    alike = kinds[one] == kinds[other]
    one, other = one[alike], other[alike]
    groups = np.arange(len(polygons))
    while True:
        least = groups.copy()
        np.minimum.at(least, one, groups[other])
        if np.array_equal(least, groups):
            return groups
        groups = least


def _step(east: float, north: float) -> Callable[[Points], Points]:
    """Move (n, 2) degrees of longitude and latitude by metres on the ellipsoid WGS 84."""

    def move(points: Points) -> Points:
        latitude = np.radians(points[:, 1])
        flatness = 1 - _SQUARED_ECCENTRICITY * np.sin(latitude) ** 2
        meridian = _RADIUS * (1 - _SQUARED_ECCENTRICITY) / flatness**1.5
        parallel = _RADIUS / np.sqrt(flatness) * np.cos(latitude)
        return points + np.degrees(np.column_stack((east / parallel, north / meridian)))

    return move


def moved(polygons: Polygons, source: CRS, target: CRS) -> Polygons:
    """Polygons in another CRS.

    Args:
        polygons: (n,) shapely geometries, finite; or None.
        source: Their CRS.
        target: The CRS that they are wanted in.

    Returns:
        (n,) geometries, None for those that have no place in the target.
    """
    if source == target or not len(polygons):
        return polygons
    points, owner = shapely.get_coordinates(polygons, return_index=True)
    new = move_points(points, source, target)
    return _rebuilt(polygons, new, owner)


def on_earth(polygons: Polygons, crs: CRS) -> NDArray[np.bool_]:
    """(n,) True for the polygons all of whose corners are places on the Earth."""
    points, owner = shapely.get_coordinates(polygons, return_index=True)
    valid = np.ones(len(polygons), np.bool_)
    if crs.is_geographic:
        degrees = np.degrees(points * crs.units_factor[1])
        good = (np.abs(degrees[:, 1]) <= _POLE) & (np.abs(degrees[:, 0]) <= _TURN)
    else:
        good = np.isfinite(move_points(points, crs, LON_LAT)).all(axis=1)
    valid[owner[~good]] = False
    return valid


def move_points(points: Points, source: CRS, target: CRS) -> Points:
    """(n, 2) coordinates in another CRS, not finite where there is no such place."""
    out = np.full(points.shape, np.nan)
    waiting = [(0, len(points))] if len(points) else []
    while waiting:
        first, last = waiting.pop()
        try:
            xs, ys = transform(source, target, points[first:last, 0], points[first:last, 1])
        except (RasterioError, CPLE_BaseError):
            # One of them is enough for the library to give none.
            if last - first > 1:
                size = -(-(last - first) // _PIECES)
                waiting += [(i, min(i + size, last)) for i in range(first, last, size)]
            continue
        out[first:last] = np.column_stack((xs, ys))
    return out


def _rebuilt(polygons: Polygons, points: Points, owner: NDArray[np.intp]) -> Polygons:
    """The polygons with other coordinates; None for those of which one is not finite."""
    is_lost = ~np.isfinite(points).all(axis=1)
    if not is_lost.any():
        out: Polygons = shapely.set_coordinates(polygons.copy(), points)
        return out
    good = np.ones(len(polygons), np.bool_)
    good[owner[is_lost]] = False
    polygons_left = polygons.copy()
    polygons_left[~good] = None
    rebuilt: Polygons = shapely.set_coordinates(polygons_left, points[good[owner]])
    return rebuilt
