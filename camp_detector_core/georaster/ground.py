"""Metres on the ground for one unit of a coordinate reference system, where the raster lies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import RasterError
from ..engine.ground import is_survey, radii

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .ports import Crs

_STEP = 50.0
"""Half length, in metres, of the line whose true length gives the local scale."""
_SURVEY_TOLERANCE = 0.01
"""Up to this distortion the metres of a surveyors' projection are kept: those of UTM and of
national grids differ from the ground by less (UTM: -0.04 to +0.1 %)."""
_UNIT = re.compile(r'UNIT\["[^"]*",\s*([0-9.eE+-]+)')
_POLE = 90.0
_ALIEN = "the coordinates do not belong to this CRS; assign the right one with gdal_edit.py -a_srs"


def _radii(latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) radii of curvature in metres along the parallel and the meridian; see `radii`."""
    across, along = np.array([radii(v) for v in latitude.tolist()]).T
    return across, along


def metres_per_unit(
    crs: Crs | None, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ground metres for one CRS unit at some places.

    A local CRS (a site's own grid) has the metres of its unit everywhere.

    Args:
        crs: None counts as metres.
        x: (n,) CRS coordinates. The first place is the raster's centre, which decides for all of
            them whether the projection's own metres are kept.
        y: (n,) CRS coordinates.

    Returns:
        (n,) metres for one unit along x and along y.

    Raises:
        RasterError: Coordinates that the CRS does not have, as latitudes beyond the poles.
    """
    if crs is None:
        return np.ones(len(x)), np.ones(len(x))
    if crs.is_geographic:
        return _geographic(crs.unit, y)
    if is_local(crs):
        unit = _local_unit(crs)
        return np.full(len(x), unit), np.full(len(x), unit)
    unit = crs.unit
    scale_x, scale_y = _projected_scale(crs, x, y, step=_STEP / unit)
    mx, my = scale_x / (2 * _STEP), scale_y / (2 * _STEP)
    if not (np.isfinite(mx[0]) and np.isfinite(my[0]) and mx[0] > 0 and my[0] > 0):
        msg = f"x {x[0]:g}, y {y[0]:g} is no place on Earth: {_ALIEN}"
        raise RasterError(msg)
    if is_survey(crs.wkt) and max(abs(mx[0] - 1), abs(my[0] - 1)) < _SURVEY_TOLERANCE:
        return np.full(len(x), unit), np.full(len(x), unit)
    known = np.isfinite(mx) & np.isfinite(my) & (mx > 0) & (my > 0)
    return np.where(known, mx, mx[0]) * unit, np.where(known, my, my[0]) * unit


def is_local(crs: Crs) -> bool:
    """Whether the CRS is a site's own grid, which nothing ties to the Earth."""
    return not (crs.is_geographic or crs.is_projected)


def _local_unit(crs: Crs) -> float:
    """Metres of the unit of a local CRS, 1 where it names none."""
    found = _UNIT.search(crs.wkt)
    return float(found.group(1)) if found else 1.0


def _geographic(
    radians: float, y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres for one unit, which is so many radians, at latitudes ``y``."""
    degrees = np.degrees(y * radians)
    if np.abs(degrees).max() > _POLE:
        latitude = degrees[np.abs(degrees).argmax()]
        msg = f"a latitude of {latitude:g} degrees cannot be: {_ALIEN}"
        raise RasterError(msg)
    along_x, along_y = _radii(y * radians)
    return along_x * radians, along_y * radians


def _projected_scale(
    crs: Crs, x: NDArray[np.float64], y: NDArray[np.float64], *, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ground length of a line of two steps along x and along y; NaN where it cannot be told."""
    n = len(x)
    xs = np.concatenate([x - step, x + step, x, x])
    ys = np.concatenate([y, y, y - step, y + step])
    lon, lat = crs.lonlat(xs, ys)
    lon_rad, lat_rad = np.radians(lon), np.radians(lat)
    lon_rad[~np.isfinite(lon_rad)] = np.nan
    lat_rad[~np.isfinite(lat_rad)] = np.nan

    def length(i: int, j: int) -> NDArray[np.float64]:
        at = slice(i * n, (i + 1) * n), slice(j * n, (j + 1) * n)
        parallel, meridian = _radii((lat_rad[at[0]] + lat_rad[at[1]]) / 2)
        turn = lon_rad[at[1]] - lon_rad[at[0]]
        turn = (turn + np.pi) % (2 * np.pi) - np.pi  # across the antimeridian
        out: NDArray[np.float64] = np.hypot(
            turn * parallel, (lat_rad[at[1]] - lat_rad[at[0]]) * meridian
        )
        return out

    return length(0, 1), length(2, 3)
