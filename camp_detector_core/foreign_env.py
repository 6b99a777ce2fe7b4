"""Settings that another program's GDAL left in the environment of this process.

QGIS, PostGIS, OSGeo4W and conda point ``PROJ_DATA`` and its like at their own copies of GDAL's and
PROJ's data, for all programs that are started afterwards. rasterio and pyogrio from the Python
Package Index bring the data that their libraries were built for, and fail with any other.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

FOREIGN = (
    "PROJ_DATA",
    "PROJ_LIB",
    "GDAL_DATA",
    # Drivers built for another GDAL, and drivers of ours that are switched off.
    "GDAL_DRIVER_PATH",
    "OGR_DRIVER_PATH",
    "GDAL_SKIP",
    "OGR_SKIP",
)
"""Names of the variables that say where a GDAL has its data and its drivers."""


def drop_foreign_settings() -> None:
    """Forget where other programs' GDAL has its data, if rasterio brought its own.

    For the beginning of a process that is ours: rasterio reads these variables whenever a thread
    first uses it. Where rasterio was built against a GDAL of the system or of conda, they may be
    right, and stay.
    """
    home = _own_home()
    if home is None or not (home / "proj_data" / "proj.db").is_file():
        return
    for name in FOREIGN:
        os.environ.pop(name, None)


def _own_home() -> Path | None:
    """The folder of rasterio, beside which its copy of PROJ's data lies if it has one."""
    spec = importlib.util.find_spec("rasterio")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent
