"""Check that PROJ, the library behind every CRS, has its database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ..engine.errors import RasterError

if TYPE_CHECKING:
    from .ports import Crs, Library

_Crs = TypeVar("_Crs", bound="Crs")
_VARIABLES = ("PROJ_DATA", "PROJ_LIB")
"""Variables with the path of PROJ's database; the second is the name in releases before 9.1."""
_PLACE = ("EPSG:32631", 500_000.0, 0.0, 3.0, 0.0)
"""CRS, x and y in it, and the longitude and latitude of that point: by the definition of UTM, its
central meridian on the equator."""


def refuse_without_database(library: Library) -> None:
    """Refuse to place rasters if PROJ cannot transform coordinates.

    Without its database, or with that of another release, PROJ knows no CRS and calls good
    coordinates wrong; so this is asked before any raster is blamed.

    Raises:
        RasterError: It cannot; the message names the variable of the environment that misleads it.
    """
    code, x, y, *expected = _PLACE
    reason = ""
    try:
        lon, lat = library.crs(code).lonlat(np.array([x]), np.array([y]))
    except RasterError as error:
        reason = f" ({error})"
    else:
        if np.allclose([lon[0], lat[0]], expected, rtol=0, atol=1e-6):
            return
    misled = [f"{name}={os.environ[name]}" for name in _VARIABLES if os.environ.get(name)]
    remedy = (
        f"the environment variable {' and '.join(misled)} leads to another one: unset it and start "
        "again"
        if misled
        else "install rasterio, or the program that brings GDAL, again"
    )
    msg = f"no CRS can be read, because PROJ does not find the database of its release{reason}; "
    raise RasterError(msg + remedy)


def check_crs(crs: _Crs) -> _Crs:
    """Return the CRS of a raster after a test that PROJ can work with it; a broken one raises."""
    _ = crs.wkt, crs.label, crs.unit if crs.is_geographic or crs.is_projected else 1.0
    return crs
