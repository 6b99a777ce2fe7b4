"""Pictures of a coarser camera, resampled: what a satellite shows of a camp."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from .options import MIN_SIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .options import SceneOptions


_STREAM: Final = 0x5A7
"""Number of the stream of random numbers for the picture's processing."""


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
    """Resample a camera's picture (3, rows, columns) to the image's GSD, bilinear.

    The picture is sharpened first, and its colours are spread over more pixels than its brightness,
    as in pictures whose colour bands are coarser than the panchromatic one.
    """
    gsd = options.native_gsd
    if gsd is None or gsd <= options.gsd:
        return image
    enlarged = _pansharpen(np.random.default_rng([options.seed, _STREAM]), image)
    for axis, count in ((1, options.height), (2, options.width)):
        place = np.maximum((np.arange(count) + 0.5) * (options.gsd / gsd) - 0.5, 0)
        first = place.astype(np.intp)
        shape = (-1, 1) if axis == 1 else (-1,)
        part = (place - first).astype(np.float32).reshape(shape)
        low, high = enlarged.take(first, axis), enlarged.take(first + 1, axis)
        enlarged = low + (high - low) * part
    return np.rint(np.clip(enlarged, 0, 255)).astype(np.uint8)


def _pansharpen(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Sharpen the brightness of a picture, and blur and shift its colours."""
    rgb = image.astype(np.float32)
    grey = rgb.mean(axis=0, keepdims=True)
    near = _mean(grey, offsets=(-1, 0, 1))
    sharp = grey + np.float32(rng.uniform(0.0, 0.9)) * (grey - near)
    first = int(rng.integers(-2, 1))
    colours = _mean(rgb - grey, offsets=range(first, first + 4))
    share = np.float32(rng.uniform(0.3, 1.0))
    mixed: NDArray[np.float32] = sharp + (rgb - grey) * (1 - share) + colours * share
    return mixed


def _mean(values: NDArray[np.float32], *, offsets: Sequence[int]) -> NDArray[np.float32]:
    """Mean over neighbours at the offsets along both axes, edges repeated."""
    for axis in (1, 2):
        count = values.shape[axis]
        places = (np.clip(np.arange(count) + offset, 0, count - 1) for offset in offsets)
        total = sum((values.take(place, axis) for place in places), np.zeros_like(values))
        values = total * np.float32(1 / len(offsets))
    return values
