"""Metres on the ground per CRS unit, without a projection library.

For hosts that tell what the coordinates are by a code or by WKT and bring nothing that projects.
Degrees and Web Mercator are computed; the grids in which surveyors measure are taken at their word,
which is right within 0.1 %; of other projections it is said that their scale is not known.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple, Sequence, Union

_WEB_MERCATOR = {3857, 3785, 102100, 102113, 900913}
# WGS 84 (NIMA TR8350.2, 2000): semi-major axis in metres and flattening. Other ellipsoids in use
# differ by less than 0.02 %.
SEMI_MAJOR = 6378137.0
FLATTENING = 1 / 298.257223563
_A = SEMI_MAJOR
_E2 = FLATTENING * (2 - FLATTENING)
_SURVEY = (
    "transverse_mercator",
    "gauss_kruger",
    "oblique_mercator",
    "lambert_conformal_conic",
    "oblique_stereographic",
    "double_stereographic",
    "cassini",
    "krovak",
    "polyconic",
    "swiss_oblique",
    "new_zealand_map_grid",
)
"""Projection methods (WKT names) of the grids in which surveyors measure. Mercator is none of
them: along the equator its metres are nearly those of the ground, and elsewhere they are not."""
_METHOD = re.compile(r'(?:PROJECTION|METHOD)\["([^"]*)"')
UNIT = re.compile(r'UNIT\["[^"]*",\s*([0-9.eE+-]+)')
"""A unit in WKT, with its size in metres or radians."""
_LONGITUDES = 361.0
_SMALLEST_PIXEL = 0.001
"""Smallest plausible pixel in metres: smaller pixels within +-360 can only be degrees."""


class Unit(NamedTuple):
    """Unit of a CRS in the middle of a raster."""

    metres: tuple[float, float]
    """Metres on the ground along x and y."""
    name: str
    """Plural name for a sentence."""
    is_known: bool = True
    """True if ``metres`` are measured on the ground there, False if only on the map."""


def unit_of(crs: Union[int, str, None], extent: Sequence[float], cell: tuple[float, float]) -> Unit:
    """Find the ground size of a CRS unit.

    Args:
        crs: EPSG or Esri code, or WKT; 0, empty and None for unknown.
        extent: xmin, ymin, xmax, ymax in CRS units; what lies there decides where a code alone
            does not say whether it is of degrees.
        cell: Width and height of a pixel in CRS units.
    """
    wkt = crs if isinstance(crs, str) and not crs.strip().isdigit() else ""
    code = int(crs) if crs and not wkt else 0
    wkt = re.split(r"VERT_?(?:CS|CRS)\[", wkt)[0]  # heights may be in other units
    y = (extent[1] + extent[3]) / 2
    if code in _WEB_MERCATOR or "Mercator_Auxiliary_Sphere" in wkt or "Pseudo-Mercator" in wkt:
        latitude = math.atan(math.sinh(y / _A))
        parallel_radius, meridian_radius = radii(latitude)
        return Unit(
            (parallel_radius / _A, meridian_radius * math.cos(latitude) / _A),
            "metres of Web Mercator",
        )
    tiny = max(cell) < _SMALLEST_PIXEL and max(abs(v) for v in extent) <= _LONGITUDES
    if wkt.lstrip().startswith(("GEOGCS", "GEOGCRS")) or (tiny and not wkt):
        latitude = math.radians(y)
        parallel_radius, meridian_radius = radii(latitude)
        degree = math.pi / 180
        return Unit((parallel_radius * degree, meridian_radius * degree), "degrees")
    units = UNIT.findall(wkt)
    metres = float(units[-1]) if units else 1.0
    is_known = not _METHOD.search(wkt) or is_survey(wkt)
    return Unit((metres, metres), "metres" if metres == 1 else "map units", is_known=is_known)


def is_survey(wkt: str) -> bool:
    """Test if a CRS uses a projection method of surveyors' grids."""
    match = _METHOD.search(wkt)
    method = match.group(1).lower().replace(" ", "_") if match else ""
    return any(name in method for name in _SURVEY)


def radii(latitude: float) -> tuple[float, float]:
    """Compute radii of curvature in metres at a latitude in radians, along parallel and meridian.

    The first is that of the parallel, ``N cos(lat)``; formulas in Snyder, Map Projections: A
    Working Manual, USGS Professional Paper 1395 (1987), equations 4-18 to 4-20.
    """
    # Not numpy's sine and cosine, which differ between its versions in the last digit: grids would.
    sine = math.sin(latitude)
    w = 1 - _E2 * sine * sine
    root = math.sqrt(w)
    return _A / root * math.cos(latitude), _A * (1 - _E2) / (w * root)
