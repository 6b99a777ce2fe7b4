"""Which pixels count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def can_be(value: float, dtype: str) -> bool:
    """Whether a pixel of a type can have a value."""
    if np.dtype(dtype).kind == "f":
        with np.errstate(over="ignore"):
            return not np.isfinite(value) or bool(np.isfinite(np.dtype(dtype).type(value)))
    limits = np.iinfo(dtype)
    return float(value).is_integer() and limits.min <= value <= limits.max


def valid_pixels(
    pixels: NDArray[np.generic], mask: NDArray[np.uint8] | None, nodata: float | None
) -> NDArray[np.bool_]:
    """(height, width), True where mask, nodata value and NaN leave the pixel.

    Args:
        pixels: (bands, height, width).
        mask: (height, width), 0 where pixels are missing; None where all are there.
        nodata: The value of missing pixels.
    """
    valid = np.ones(pixels.shape[1:], bool) if mask is None else mask != 0
    if nodata is not None and not np.isnan(nodata):
        missing = pixels == nodata
        # In unsigned images nodata is 0 or the largest value, which one band can have by right
        # (a black or glaring pixel); elsewhere it is no measurement, and no band may have it.
        unsigned = np.issubdtype(pixels.dtype, np.unsignedinteger)
        valid &= ~(missing.all(axis=0) if unsigned else missing.any(axis=0))
    return finite_pixels(pixels, valid=valid)


def finite_pixels(pixels: NDArray[np.generic], *, valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(height, width), True where the pixel is valid and a number in each band."""
    if np.issubdtype(pixels.dtype, np.floating):
        valid = valid & np.isfinite(pixels).all(axis=0)
    return valid
