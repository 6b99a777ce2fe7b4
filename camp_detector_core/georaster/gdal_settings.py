"""GDAL settings while rasters are read, by any library.

GDAL takes settings from the environment, too, where another program may have left its own. Those
that change which pixels are read, which of them count, or where they lie, are therefore set.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

READING: Mapping[str, str] = {
    # Listing a folder of ten thousand tiles for each of them takes minutes; side files (world
    # files, masks, overviews) are asked for by name instead.
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    # Without it a JPEG that ends early is silently filled up with grey.
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "TRUE",
    # The same for a damaged block of a GeoTIFF, which would be black.
    "GTIFF_IGNORE_READ_ERRORS": "FALSE",
    # Side files (.aux.xml) may hold the CRS and the nodata value.
    "GDAL_PAM_ENABLED": "YES",
    # Half a pixel lies between a pixel's corner and its centre.
    "GTIFF_POINT_GEO_IGNORE": "FALSE",
    # Masks of one bit are 0 and 255.
    "GDAL_TIFF_INTERNAL_MASK_TO_8BIT": "YES",
    # Code in a virtual raster is not run, even where the environment lets GDAL run it.
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    # Remote rasters: try again after a passing fault; a server that sends less than this many
    # bytes a second for as many seconds has died.
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "20",
    "GDAL_HTTP_LOW_SPEED_LIMIT": "1",
    "GDAL_HTTP_LOW_SPEED_TIME": "60",
    # Errors reach us as exceptions; what GDAL would print besides goes nowhere.
    "CPL_DEBUG": "OFF",
    "CPL_LOG": os.devnull,
}
"""Names and values as in GDAL."""

OFFLINE: Mapping[str, str] = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "-",  # no file on the web is called so
    # The drivers for servers know no such setting; at the port for what is discarded, none answers.
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
}
"""GDAL settings while only local files are read: a second bar beside `reach`, which does not look
into every format that can name a server."""
