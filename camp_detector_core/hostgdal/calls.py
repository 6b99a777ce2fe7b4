"""Calls into GDAL that leave its state as the host has it.

Whether GDAL's Python bindings raise exceptions is one switch for the whole process, which is the
host's. So nothing here throws it: every call works with either setting, and what GDAL says is
taken from the call, not printed.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Iterator, TypeVar

from osgeo import gdal

if TYPE_CHECKING:
    from collections.abc import Mapping

_Result = TypeVar("_Result")

OPTIONS: Mapping[str, str] = {
    # Listing a folder of ten thousand tiles for each of them takes minutes; side files (world
    # files, masks, overviews) are asked for by name instead.
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    # Without it a JPEG that ends early is silently filled up with grey.
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "TRUE",
    # Remote rasters: try again after a passing fault; a server that sends less than this many
    # bytes a second for as many seconds has died.
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "20",
    "GDAL_HTTP_LOW_SPEED_LIMIT": "1",
    "GDAL_HTTP_LOW_SPEED_TIME": "60",
    "CPL_LOG": os.devnull,
}
"""GDAL's settings for the time of a call, in the calling thread only."""


class GdalError(Exception):
    """GDAL did not do what it was asked for; the message holds its own words."""


@contextmanager
def settings(options: Mapping[str, str] = OPTIONS) -> Iterator[None]:
    """Settings that hold for this thread within the block, and are then as they were."""
    before = {name: gdal.GetThreadLocalConfigOption(name) for name in options}
    for name, value in options.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            gdal.SetThreadLocalConfigOption(name, value)


def call(
    function: Callable[..., _Result],
    *args: Any,  # noqa: ANN401 - whatever the function takes
    failed: Callable[[_Result], bool] = lambda result: result is None,
    **kwargs: Any,  # noqa: ANN401
) -> _Result:
    """Call a function of GDAL, quietly.

    Args:
        function: Of ``osgeo``.
        args: Its arguments.
        failed: Whether its result says that it failed.
        kwargs: Its arguments.

    Raises:
        GdalError: It failed.
    """
    gdal.ErrorReset()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        with settings():
            result = function(*args, **kwargs)
    except RuntimeError as error:
        raise GdalError(str(error)) from error
    finally:
        gdal.PopErrorHandler()
    if failed(result):
        raise GdalError(gdal.GetLastErrorMsg() or "GDAL does not say why")
    return result
