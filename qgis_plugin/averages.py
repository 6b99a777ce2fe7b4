"""Fewer pixels from more."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


Scalar = TypeVar("Scalar", bound=np.generic)


def averaged(
    pixels: NDArray[Scalar], valid: NDArray[np.bool_], fine: int
) -> tuple[NDArray[Scalar], NDArray[np.bool_]]:
    """The mean of each square of pixels.

    Args:
        pixels: (bands, height x fine, width x fine) of any type.
        valid: (height x fine, width x fine) bool; the others do not count.
        fine: Pixels along a side of a square.

    Returns:
        (bands, height, width) in the same type, its own memory; and (height, width) bool, True
        where at least half of a square is valid.
    """
    if fine == 1:
        return pixels.copy(), valid
    bands, (height, width) = len(pixels), (n // fine for n in valid.shape)
    split = height, fine, width, fine
    weight = valid.reshape(split).sum(axis=(1, 3))
    filled = np.where(valid, pixels, 0).astype(np.float64)
    mean = filled.reshape(bands, *split).sum(axis=(2, 4)) / np.maximum(weight, 1)
    if np.issubdtype(pixels.dtype, np.integer):
        mean = np.rint(mean)
    return mean.astype(pixels.dtype), 2 * weight >= fine * fine
