"""Ellipsoid of a CRS, and points on it in space."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..engine.ground import FLATTENING, SEMI_MAJOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ELLIPSOID = re.compile(
    r'(?:SPHEROID|ELLIPSOID)\s*\[\s*"[^"]*"\s*,\s*([0-9.eE+-]+)\s*,\s*([0-9.eE+-]+)'
    r'(?:\s*,\s*(?:LENGTH)?UNIT\s*\[\s*"[^"]*"\s*,\s*([0-9.eE+-]+))?'
)
_EARTH_TOLERANCE = 0.005
"""Largest relative difference from the Earth's semi-major axis, as PROJ tells bodies apart; of
the planets Venus comes nearest with 5 %."""


class Ellipsoid(NamedTuple):
    """Ellipsoid of rotation."""

    a: float
    """Semi-major axis in metres."""
    f: float
    """Flattening, 0 for a sphere."""

    @classmethod
    def of(cls, wkt: str) -> Ellipsoid:
        """Read the ellipsoid of a CRS; WGS 84 if the text names none."""
        match = _ELLIPSOID.search(wkt)
        if not match:
            return WGS84
        inverse = float(match[2])
        return cls(float(match[1]) * float(match[3] or 1), 1 / inverse if inverse else 0.0)

    @property
    def is_earth(self) -> bool:
        """True if it represents the Earth."""
        return math.isclose(self.a, SEMI_MAJOR, rel_tol=_EARTH_TOLERANCE)

    @property
    def ground(self) -> Ellipsoid:
        """Ellipsoid for areas: WGS 84 for a sphere that represents the Earth, else itself.

        Some projections of whole continents take the Earth for a sphere, on which areas are up to
        0.5 % off, while the latitudes are those of the ellipsoid. Ellipsoids of national surveys
        are kept: their coordinates are measured on them.
        """
        return WGS84 if self.is_earth and not self.f else self

    @property
    def longlat(self) -> str:
        """PROJ string of its longitude and latitude, without a datum so that nothing is shifted."""
        shape = f"+rf={1 / self.f!r}" if self.f else f"+b={self.a!r}"
        return f"+proj=longlat +a={self.a!r} {shape} +no_defs +type=crs"

    def points(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute points on the surface as (n, 3) metres from the centre, NaN if not finite.

        Formulas of EPSG Guidance Note 7-2 (2024), method 9602. In space there is neither a pole nor
        an antimeridian.

        Args:
            lon: (n,) longitudes in degrees.
            lat: (n,) geodetic latitudes in degrees.
        """
        e2 = self.f * (2 - self.f)
        is_finite = np.isfinite(lon) & np.isfinite(lat)
        points = np.full((len(lon), 3), np.nan)
        # Not numpy's sine and cosine, which differ between its versions in the last digit: grids
        # would.
        turns = [math.radians(v) for v in lon[is_finite].tolist()]
        rises = [math.radians(v) for v in lat[is_finite].tolist()]
        sine, cosine = (np.array([f(v) for v in rises]) for f in (math.sin, math.cos))
        normal = self.a / np.sqrt(1 - e2 * sine * sine)
        points[is_finite, 0] = normal * cosine * [math.cos(v) for v in turns]
        points[is_finite, 1] = normal * cosine * [math.sin(v) for v in turns]
        points[is_finite, 2] = normal * (1 - e2) * sine
        return points


WGS84 = Ellipsoid(SEMI_MAJOR, FLATTENING)
