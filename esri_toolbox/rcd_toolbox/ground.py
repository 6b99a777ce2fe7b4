"""Metres on the ground in a raster's coordinate system, and the cell size that a model wants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, List, Optional, Sequence, Tuple

from .errors import ToolError

# WGS 84 (NIMA TR8350.2, 2000). Other ellipsoids in use differ by less than 0.02 %.
_A = 6378137.0
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)
_STEP = 50.0
"""Half length in metres of the line whose true length gives the local scale."""
_SURVEY_TOLERANCE = 0.01
_SURVEY = (
    "transverse_mercator",
    "gauss_kruger",
    "oblique_mercator",
    "lambert_conformal_conic",
    "stereographic",
    "cassini",
    "krovak",
    "polyconic",
    "new_zealand_map_grid",
)
"""Projections (names of ArcGIS) of the grids in which surveyors measure: up to 1 % off the ground
their metres are kept, as the engine does."""
NATIVE_TOLERANCE = 0.1
"""A raster is read on its own grid if its pixels differ from the model's by at most this."""
MAX_ENLARGEMENT = 10.0
MAX_REDUCTION = 1000.0

Point = Tuple[float, float]
ToLonLat = Callable[[Sequence[Point]], List[Point]]
"""From coordinates to longitude and latitude on WGS 84, degrees."""


@dataclass(frozen=True)
class CellSize:
    """What a raster's pixels are on the ground, and with which cell size a model is run."""

    own: Point
    """Sides of the raster's own pixels in metres, along x and y."""
    native: bool
    """Whether the raster's own grid is good enough."""
    value: float
    """Cell size in units of the coordinate system."""
    stretched: bool
    """Whether cells of one size along x and y cannot be square on the ground (degrees)."""


def metres_per_unit(reference: Any, at: Point, to_lonlat: ToLonLat) -> Point:  # noqa: ANN401
    """Ground metres of one unit along x and y at a place.

    Args:
        reference: ``arcpy.SpatialReference``.
        at: Coordinates.
        to_lonlat: Projects coordinates of it.

    Raises:
        ToolError: The place is none on Earth.
    """
    if is_geographic(reference):
        radians = float(reference.radiansPerUnit)
        latitude = at[1] * radians
        if abs(latitude) > math.pi / 2:
            msg = (
                f"a latitude of {math.degrees(latitude):g} degrees cannot be: the raster's "
                "coordinate system is not its own; set it with Define Projection"
            )
            raise ToolError(msg)
        parallel, meridian = _radii(latitude)
        return parallel * radians, meridian * radians
    unit = float(reference.metersPerUnit)
    step = _STEP / unit
    x, y = at
    west, east, south, north = to_lonlat([(x - step, y), (x + step, y), (x, y - step), (x, y + step)])
    mx, my = _length(west, east) / (2 * _STEP), _length(south, north) / (2 * _STEP)
    if not (math.isfinite(mx) and math.isfinite(my) and mx > 0 and my > 0):
        msg = (
            f"x {x:g}, y {y:g} is no place on Earth: the raster's coordinate system is not its "
            "own; set it with Define Projection"
        )
        raise ToolError(msg)
    if _is_survey(reference) and max(abs(mx - 1), abs(my - 1)) < _SURVEY_TOLERANCE:
        return unit, unit
    return mx * unit, my * unit


def cell_size(cells: Point, metres: Point, gsd: float) -> CellSize:
    """The cell size to run a model of ``gsd`` metres a pixel with.

    Args:
        cells: The raster's own cell size along x and y, units of its coordinate system.
        metres: Ground metres of a unit along x and y.
        gsd: Metres a pixel that the model was trained on.
    """
    own = (cells[0] * metres[0], cells[1] * metres[1])
    native = all(abs(side / gsd - 1) <= NATIVE_TOLERANCE for side in own)
    stretched = not math.isclose(metres[0], metres[1], rel_tol=NATIVE_TOLERANCE)
    if native and math.isclose(cells[0], cells[1], rel_tol=1e-6):
        return CellSize(own, True, cells[0], stretched)
    return CellSize(own, False, gsd / math.sqrt(metres[0] * metres[1]), stretched)


def fault_of_size(size: CellSize, gsd: float) -> Optional[str]:
    """Why a model cannot be run on such pixels, or None."""
    if max(size.own) > gsd * MAX_ENLARGEMENT:
        return (
            f"The raster has pixels of {max(size.own):.3g} m and the model needs about {gsd:.3g} m:"
            " so small things are not in the picture. Use finer imagery, or another model."
        )
    if min(size.own) * MAX_REDUCTION < gsd:
        return (
            f"The raster has pixels of {min(size.own):.3g} m and the model needs about {gsd:.3g} m:"
            " its coordinate system is wrong. Set it with Define Projection."
        )
    return None


def is_known(reference: Any) -> bool:  # noqa: ANN401
    """Whether a raster has a coordinate system that leads to places on Earth."""
    if reference is None:
        return False
    return str(reference.type) in {"Geographic", "Projected"}


def is_geographic(reference: Any) -> bool:  # noqa: ANN401
    """Whether coordinates are degrees."""
    return str(reference.type) == "Geographic"


def lonlat_of(reference: Any) -> ToLonLat:  # noqa: ANN401
    """Project coordinates of a reference with arcpy."""
    import arcpy

    world = arcpy.SpatialReference(4326)

    def project(points: Sequence[Point]) -> List[Point]:
        out = []
        for x, y in points:
            try:
                place = arcpy.PointGeometry(arcpy.Point(x, y), reference).projectAs(world)
                out.append((float(place.firstPoint.X), float(place.firstPoint.Y)))
            except (RuntimeError, ValueError, AttributeError):  # outside of the projection
                out.append((math.nan, math.nan))
        return out

    return project


def _is_survey(reference: Any) -> bool:  # noqa: ANN401
    method = str(getattr(reference, "projectionName", "")).lower()
    return any(name in method for name in _SURVEY)


def _radii(latitude: float) -> Point:
    """Radii of curvature along parallel and meridian (Snyder, USGS PP 1395, 4-18 to 4-20)."""
    w = 1 - _E2 * math.sin(latitude) ** 2
    return _A / math.sqrt(w) * math.cos(latitude), _A * (1 - _E2) / w**1.5


def _length(a: Point, b: Point) -> float:
    """Ground metres between two places that are near each other."""
    parallel, meridian = _radii(math.radians((a[1] + b[1]) / 2))
    turn = (math.radians(b[0] - a[0]) + math.pi) % (2 * math.pi) - math.pi
    return math.hypot(turn * parallel, math.radians(b[1] - a[1]) * meridian)
