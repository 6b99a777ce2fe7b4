"""Pictures of a coarser camera, resampled: what a satellite shows of a camp."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .options import MIN_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .options import SceneOptions


def camera_options(options: SceneOptions) -> SceneOptions:
    """Options of the picture that the camera takes: its GSD, and as many pixels as that needs."""
    gsd = options.native_gsd
    if gsd is None or gsd <= options.gsd:
        return options
    # Two pixels more, so that every pixel of the image lies between four of the camera.
    height, width = (
        max(int(np.ceil(side * options.gsd / gsd)) + 2, MIN_SIDE)
        for side in (options.height, options.width)
    )
    return replace(options, height=height, width=width, gsd=gsd)


def enlarge(image: NDArray[np.uint8], options: SceneOptions) -> NDArray[np.uint8]:
    """Resample a camera's picture (3, rows, columns) to the image's GSD, bilinear."""
    gsd = options.native_gsd
    if gsd is None or gsd <= options.gsd:
        return image
    enlarged = image.astype(np.float32)
    for axis, count in ((1, options.height), (2, options.width)):
        place = np.maximum((np.arange(count) + 0.5) * (options.gsd / gsd) - 0.5, 0)
        first = place.astype(np.intp)
        shape = (-1, 1) if axis == 1 else (-1,)
        part = (place - first).astype(np.float32).reshape(shape)
        low, high = enlarged.take(first, axis), enlarged.take(first + 1, axis)
        enlarged = low + (high - low) * part
    return np.rint(enlarged).astype(np.uint8)
