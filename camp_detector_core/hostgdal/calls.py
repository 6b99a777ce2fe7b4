"""Calls into GDAL that leave the host's GDAL state unchanged.

Whether GDAL's Python bindings raise exceptions is one switch for the whole process, which is the
host's. So nothing here throws it: every call works with either setting, and what GDAL says is
taken from the call, not printed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Iterator, TypeVar

from osgeo import gdal

from ..georaster.gdal_settings import READING

if TYPE_CHECKING:
    from collections.abc import Mapping

_Result = TypeVar("_Result")


class GdalError(Exception):
    """A call into GDAL failed; the message is GDAL's own text."""


@contextmanager
def settings(options: Mapping[str, str] = READING) -> Iterator[None]:
    """Apply GDAL settings in this thread within the block, then restore the old ones."""
    old_values = {name: gdal.GetThreadLocalConfigOption(name) for name in options}
    for name, value in options.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        yield
    finally:
        for name, value in old_values.items():
            gdal.SetThreadLocalConfigOption(name, value)


def call(
    function: Callable[..., _Result],
    *args: Any,  # noqa: ANN401 - whatever the function takes
    failed: Callable[[_Result], bool] = lambda result: result is None,
    **kwargs: Any,  # noqa: ANN401
) -> _Result:
    """Call a function of GDAL without its messages.

    Args:
        function: Function of ``osgeo``.
        args: Its arguments.
        failed: Tests if a result means failure.
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
