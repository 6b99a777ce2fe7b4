"""Ground measures of a CRS: metres and square metres per unit.

There is one rule for all: the places a few metres to the left, right, above and below are put on
the ellipsoid, and the differences between them are what a unit along x and a unit along y are on
the ground. Their lengths are the metres of a unit, and the area of the parallelogram between them
is that of a square unit, also where the two are not square to each other.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..engine.errors import RasterError
from ..engine.ground import UNIT, is_survey
from .ellipsoid import Ellipsoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engine.grid import Grid
    from .ports import Crs

_STEP = 50.0
"""Distance in metres to the neighbouring points that give the local scale."""
_METRES_OF_RADIAN = 6.4e6
_SURVEY_TOLERANCE = 0.01
"""Largest distortion of surveyors' projections whose metres serve as pixel sizes: those of
UTM and of national grids differ from the ground by less (UTM: -0.04 to +0.1 %)."""
_LOCAL = re.compile(r'(?:COMP\w+\["[^"]*",\s*)?(?:LOCAL_CS|ENGCRS|ENGINEERINGCRS)\[')
_DERIVED = ("DERIVINGCONVERSION[", "PROJECTION[", "ob_tran")
"""Texts in the WKT of a geographic CRS on a rotated globe."""
_GEOCENTRIC = ("GEOCCS[", "CS[Cartesian,3")
_POLE = 90.0
_SAMPLES = 5
"""Number of points per place: itself, and two each along x and y."""
_ALIEN = "the coordinates do not belong to this CRS; assign the right one with {tool:assign_crs}"
"""Remedy for places that are none."""


class Scale(NamedTuple):
    """Ground measures at some points; not finite outside of the CRS."""

    x: NDArray[np.float64]
    """(n,) metres per unit along x."""
    y: NDArray[np.float64]
    """(n,) metres per unit along y."""
    area: NDArray[np.float64]
    """(n,) square metres per square unit."""


def metres_per_unit(
    crs: Crs | None, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute ground metres per CRS unit at some points, for pixel sizes.

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
    scale = ground_scale(crs, x, y)
    if crs is not None and crs.is_projected and is_survey(crs.wkt):
        unit = crs.unit
        if max(abs(scale.x[0] / unit - 1), abs(scale.y[0] / unit - 1)) < _SURVEY_TOLERANCE:
            return np.full(len(x), unit), np.full(len(x), unit)
    return scale.x, scale.y


def on_ground(grid: Grid, crs: Crs | None, *, unit: float = 1.0) -> Grid:
    """Return the grid with the ground size of a CRS unit at its middle.

    Args:
        grid: Grid of the pixels.
        crs: The CRS of the grid, None where it has none.
        unit: Metres of a unit where there is no CRS.

    Raises:
        RasterError: The middle, or a latitude, is none that the CRS has.
    """
    if crs is None:
        return replace(grid, crs_wkt=None, metres_per_unit=(unit, unit))
    x, y = grid.transform.apply(np.array([[grid.shape.width / 2, grid.shape.height / 2]])).T
    mx, my = metres_per_unit(crs, x, y)
    area = float(ground_scale(crs, x, y).area[0])
    metres = float(mx[0]), float(my[0])
    return replace(grid, crs_wkt=crs.wkt, metres_per_unit=metres, square_metres_per_unit=area)


def ground_scale(crs: Crs | None, x: NDArray[np.float64], y: NDArray[np.float64]) -> Scale:
    """Measure the ground of one CRS unit at some points.

    Args:
        crs: None counts as metres, and a local CRS has the metres of its unit everywhere.
        x: (n,) CRS coordinates, at least one. Where the CRS has no such place, as in the empty
            corner of a raster of the whole world, it is as at the first one.
        y: (n,) CRS coordinates.

    Returns:
        Metres and square metres on the ellipsoid of WGS 84, or on that of the CRS if this is one of
        another celestial body.

    Raises:
        RasterError: The first place, or a latitude, is none that the CRS has.
    """
    if crs is None or is_local(crs):
        unit = 1.0 if crs is None else _local_unit(crs)
        return Scale(*(np.full(len(x), v) for v in (unit, unit, unit * unit)))
    if any(text in crs.wkt for text in _GEOCENTRIC):
        msg = f"{crs.label} is geocentric, in which no raster lies"
        raise RasterError(msg, remedy="reproject it with {tool:warp}")
    if (crs.is_geographic or crs.is_projected) and not 0 < crs.unit < math.inf:
        msg = "its CRS has a unit of no length"
        raise RasterError(msg, remedy=_ALIEN)
    scale = _measured(crs, x, y)
    is_known = np.isfinite(scale.area) & (scale.area > 0)
    if not is_known[0]:
        msg = f"x {x[0]:g}, y {y[0]:g} is not a place on Earth"
        raise RasterError(msg, remedy=_ALIEN)
    return Scale(*(np.where(is_known, values, values[0]) for values in scale))


def is_local(crs: Crs) -> bool:
    """True if the CRS is a site's own grid without relation to the Earth."""
    return bool(_LOCAL.match(crs.wkt))


def _local_unit(crs: Crs) -> float:
    """Metres per unit of a local CRS, 1 if it names none."""
    match = UNIT.search(crs.wkt)
    return float(match.group(1)) if match else 1.0


def _measured(crs: Crs, x: NDArray[np.float64], y: NDArray[np.float64]) -> Scale:
    n = len(x)
    if crs.is_geographic:
        step = _STEP / _METRES_OF_RADIAN / crs.unit
    else:
        step = _STEP / (crs.unit if crs.is_projected else 1.0)
    xs = np.concatenate((x, x - step, x + step, x, x))
    ys = np.concatenate((y, y, y, y - step, y + step))
    ground = Ellipsoid.of(crs.wkt).ground
    points = ground.points(*_lonlat(crs, xs, ys)).reshape(_SAMPLES, n, 3)
    along_x, along_y = (_slope(points[0], points[i], points[i + 1], step) for i in (1, 3))
    normals = np.cross(along_x, along_y)
    return Scale(*(np.sqrt((v * v).sum(axis=1)) for v in (along_x, along_y, normals)))


def _slope(
    points: NDArray[np.float64],
    points_before: NDArray[np.float64],
    points_after: NDArray[np.float64],
    step: float,
) -> NDArray[np.float64]:
    """Compute (n, 3) metres in space per unit, from one side if the other has no point."""
    is_first, is_last = (~np.isfinite(side) for side in (points_before, points_after))
    reach = 2.0 - is_first - is_last
    rise = np.where(is_last, points, points_after) - np.where(is_first, points, points_before)
    slope: NDArray[np.float64] = rise / np.where(reach > 0, reach * step, np.nan)
    return slope


def _lonlat(
    crs: Crs, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute longitudes and latitudes (n,) in degrees.

    Raises:
        RasterError: A latitude beyond the poles.
    """
    if crs.is_geographic and not any(text in crs.wkt for text in _DERIVED):
        lat = np.degrees(y * crs.unit)
        absolute_latitude = np.abs(lat[: len(lat) // _SAMPLES])
        if absolute_latitude.max() > _POLE:
            msg = f"a latitude of {lat[absolute_latitude.argmax()]:g} degrees cannot be"
            raise RasterError(msg, remedy=_ALIEN)
        return np.degrees(x * crs.unit), lat
    return _projected_back(crs, x, y)


def _projected_back(
    crs: Crs, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project back to longitude and latitude; after a failure, retry without the bad points."""
    lon, lat = crs.lonlat(x, y)
    middle = len(x) // 2
    if not middle or np.isfinite(lon).any():
        return lon, lat
    halves = [
        _projected_back(crs, x[part], y[part]) for part in (slice(middle), slice(middle, None))
    ]
    return np.concatenate([h[0] for h in halves]), np.concatenate([h[1] for h in halves])
