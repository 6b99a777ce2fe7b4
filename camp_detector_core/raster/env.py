"""GDAL's settings, in one place and for the time of a run only."""

from __future__ import annotations

import rasterio
import rasterio.env

from camp_detector_core.georaster.gdal_settings import OFFLINE, READING

MIN_CACHE = 64 << 20
"""Bytes that GDAL may keep of decoded blocks. Its default is 5 % of the machine's memory, so that
the use of memory would depend on the machine."""
MAX_CACHE = 512 << 20
"""Bytes that it may keep where blocks run across a wide raster; see `allow_cache`."""

OPTIONS: dict[str, str | int | bool] = {
    **READING,
    "GDAL_CACHEMAX": MIN_CACHE,
    # Decoding and encoding of blocks beside the inference.
    "GDAL_NUM_THREADS": "2",
    # Remote rasters: read in larger pieces, and keep them.
    "VSI_CACHE": "TRUE",
    "VSI_CACHE_SIZE": 16 * 1024 * 1024,
    "CPL_VSIL_CURL_CHUNK_SIZE": 256 * 1024,
    "CPL_VSIL_CURL_CACHE_SIZE": 64 * 1024 * 1024,
    "GDAL_HTTP_MULTIPLEX": "YES",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
}
"""Applied with `gdal_env` around each run; never through environment variables."""


def allow_cache(needed: int) -> None:
    """Let GDAL keep as many bytes of decoded blocks as a pass over the raster needs, within bounds.

    Where a block is a whole row of pixels, each chip reads the rows of its neighbour again; were
    they not kept, a wide raster would be decoded once for each chip in a row.
    """
    if rasterio.env.hasenv():
        rasterio.env.setenv(GDAL_CACHEMAX=min(max(needed, MIN_CACHE), MAX_CACHE))


def gdal_env(*, offline: bool = False) -> rasterio.Env:
    """A context in which GDAL runs with `OPTIONS`, and without the network if it is ``offline``."""
    return rasterio.Env(**{**OPTIONS, **(OFFLINE if offline else {})})
