"""GDAL settings for the time of a run."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rasterio
import rasterio.errors

from camp_detector_core.georaster.gdal_settings import OFFLINE, READING

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_CACHE = 64 << 20
"""Smallest cache of decoded blocks in bytes. GDAL's default is 5 % of the machine's memory, so that
the use of memory would depend on the machine."""
MAX_CACHE = 512 << 20
"""Largest cache in bytes for blocks that span a wide raster; see `Rasterio.allow_cache`."""

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
"""Settings that `gdal_env` applies around each run; environment variables stay untouched."""


_KEPT_FREE = 40
"""Number of open files that a process needs besides the tiles of a mosaic."""


def _few_files() -> dict[str, str]:
    """Limit the tiles that GDAL keeps open to the system's limit of open files.

    GDAL keeps up to 450, each with a mask beside it, perhaps, and opens the others anew.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return {}
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if not 0 <= limit < 1024:  # noqa: PLR2004 - the usual limit, which holds all
        return {}
    return {"GDAL_MAX_DATASET_POOL_SIZE": str(max(2, (limit - _KEPT_FREE) // 2))}


@contextmanager
def quiet_about_place() -> Iterator[None]:
    """Silence rasterio's warning about missing georeference, of which users hear on opening."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        yield


def gdal_env(*, offline: bool = False) -> rasterio.Env:
    """Make a context in which GDAL runs with `OPTIONS`, without the network if ``offline``."""
    return rasterio.Env(**{**OPTIONS, **_few_files(), **(OFFLINE if offline else {})})
