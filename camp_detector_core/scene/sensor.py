"""Turn light into bytes: haze, strips of a mosaic, blur, noise, JPEG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .jpeg import jpeg_round_trip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .options import SceneOptions

    Light3 = NDArray[np.float32]

_HAZE: Final = np.array((0.70, 0.74, 0.80), np.float32)
"""Colour of scattered light."""
_SHOULDER: Final = 0.8
"""Brightness from which the sensor saturates softly."""
_SHARP: Final = 0.15
"""Blur under which the kernel is one, four decimals, pixels."""
_STRIP: Final = (0.3, 0.6)
"""Width of a flight strip, share of the image's longer side."""


def expose(rng: np.random.Generator, rgb: Light3, options: SceneOptions) -> NDArray[np.uint8]:
    """Expose the image: light becomes digital numbers.

    Args:
        rng: Source of noise and of the strips.
        rgb: (height, width, 3) float32 reflected light, near [0, 1]; overwritten.
        options: Haze, blur, noise, JPEG quality, seams, exposure, saturation.

    Returns:
        (3, height, width) uint8.
    """
    rgb *= np.float32(options.exposure)
    grey = rgb.mean(axis=2, keepdims=True)
    rgb += (rgb - grey) * np.float32(options.saturation - 1)
    # A shoulder instead of a cut, or white tents would lose their ridges.
    np.clip(rgb, 0, None, out=rgb)
    over = np.maximum(rgb - np.float32(_SHOULDER), 0)
    room = np.float32(1 - _SHOULDER)
    rgb += room * np.tanh(over / room) - over
    rgb += (_HAZE - rgb) * np.float32(options.haze)
    if options.seams:
        rgb = _add_strips(rng, rgb)
    rgb = _blur(rgb, sigma=options.blur)
    if options.noise > 0:
        grain = rng.standard_normal(rgb.shape, np.float32)
        # Photon noise grows with the root of the light; half of it is left in the dark.
        rgb += grain * np.float32(options.noise) * (0.5 + 0.7 * np.sqrt(np.clip(rgb, 0, 1)))
    rgb *= 255
    np.clip(rgb, 0, 255, out=rgb)
    if options.jpeg_quality is not None:
        rgb = jpeg_round_trip(rgb, quality=int(options.jpeg_quality))
    return np.ascontiguousarray(np.rint(rgb).astype(np.uint8).transpose(2, 0, 1))


def _add_strips(rng: np.random.Generator, rgb: Light3) -> Light3:
    """Parallel strips, each with its own gain and offset of every band."""
    height, width = rgb.shape[:2]
    angle = rng.uniform(0, np.pi)
    across = np.arange(height, dtype=np.float32)[:, None] * np.float32(np.cos(angle)) + np.arange(
        width, dtype=np.float32
    )[None] * np.float32(np.sin(angle))
    side = max(height, width) * rng.uniform(*_STRIP)
    strip = np.floor((across - across.min()) / side + rng.random()).astype(np.intp)
    count = int(strip.max()) + 1
    gain = (1 + rng.normal(0, 0.04, (count, 1)) + rng.normal(0, 0.008, (count, 3))).astype(
        np.float32
    )
    offset = rng.normal(0, 0.007, (count, 3)).astype(np.float32)
    joined: Light3 = rgb * gain[strip] + offset[strip]
    return joined


def _blur(rgb: Light3, *, sigma: float) -> Light3:
    """Gaussian blur of the image, edges repeated."""
    reach = int(np.ceil(3 * sigma))
    if sigma < _SHARP:
        return rgb
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis in (0, 1):
        pad = [(0, 0)] * 3
        pad[axis] = (reach, reach)
        padded = np.pad(rgb, pad, mode="edge")
        size = rgb.shape[axis]
        blurred = np.zeros_like(rgb)
        for i, weight in enumerate(kernel):
            blurred += weight * (padded[i : i + size] if axis == 0 else padded[:, i : i + size])
        rgb = blurred
    return rgb
