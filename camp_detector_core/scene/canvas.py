"""A picture in the making: paints small windows at several samples a pixel, and casts shadows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .shapes import inside_convex

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .shapes import Points

    Samples = NDArray[np.float32]

_SKY: Final = np.array((0.36, 0.40, 0.47), np.float32)
"""Light of the open sky that is left in a shadow, share of full light: red, green, blue."""
_FINE_GSD: Final = 0.15
"""Below this GSD two samples a pixel suffice along each axis, else three."""
_CROWDED_GSD: Final = 0.35
"""The same where there are so many roofs that three would take long."""
_HALF: Final = 0.5
"""Share of a pixel from which a roof counts as covering it."""


@dataclass(frozen=True)
class Light:
    """The sun over flat ground; a level surface in the sun has brightness 1."""

    azimuth: float
    """Degrees clockwise from north, which is up in the image."""
    elevation: float
    """Degrees above the horizon."""

    @property
    def to_sun(self) -> tuple[float, float, float]:
        """Unit vector towards the sun: x right, y down, z up."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        return (
            float(np.sin(azimuth) * np.cos(elevation)),
            float(-np.cos(azimuth) * np.cos(elevation)),
            float(np.sin(elevation)),
        )

    def shadow_offset(self, height: float) -> Points:
        """Offset of the shadow of a point at ``height`` metres, (2,) metres from its foot."""
        x, y, z = self.to_sun
        return np.array((-x, -y)) * (height / z)

    def shade(self, slope_x: Samples, slope_y: Samples) -> Samples:
        """Brightness of surfaces that rise by ``slope_x`` and ``slope_y`` for a metre, (...)."""
        x, y, z = self.to_sun
        facing = (z - slope_x * x - slope_y * y) / np.sqrt(1 + slope_x**2 + slope_y**2)
        sky = float(_SKY.mean())
        lit: Samples = (sky + (1 - sky) * np.clip(facing, 0, None) / z).astype(np.float32)
        return np.minimum(lit, 1.45)


@dataclass(frozen=True)
class Patch:
    """A window of the canvas and the places of its samples."""

    rows: slice
    cols: slice
    x: Samples
    """(1, width x s) metres."""
    y: Samples
    """(height x s, 1) metres."""
    samples: int
    """Samples along a pixel's side, s."""

    def pixels(self, values: Samples) -> Samples:
        """Mean over the samples of each pixel: (height s, width s, ...) to (height, width, ...)."""
        s = self.samples
        rows, cols = values.shape[0] // s, values.shape[1] // s
        # Adding slices, rows first, is ten times as fast as a mean over two axes.
        across = _sum_second(values.reshape(rows, s, -1))
        horizontal = _sum_second(across.reshape(rows * cols, s, -1))
        return horizontal.reshape(rows, cols, *values.shape[2:]) * np.float32(1 / s**2)


class Canvas:
    """An image of reflected light, with the shadows that lie on it so far."""

    def __init__(
        self,
        ground: NDArray[np.float32],
        *,
        gsd: float,
        light: Light,
        soil: Samples,
        stacked: bool = False,
    ) -> None:
        """Start with bare ground.

        Args:
            ground: (height, width, 3) float32 in [0, 1], painted over in place.
            gsd: Metres a pixel.
            light: The sun.
            soil: Colour (3,) of the dust that lies about.
            stacked: Whether shadows that fall on roofs are shorter than those on the ground, as
                where roof stands beside roof.
        """
        self.rgb = ground
        self.gsd = gsd
        self.light = light
        self.soil = soil
        self._levels = np.zeros(ground.shape[:2], np.float32) if stacked else None
        self._shadow = np.zeros(ground.shape[:2], np.float32)
        self._samples = 2 if gsd < (_CROWDED_GSD if stacked else _FINE_GSD) else 3

    def patch(self, points: Points, *, border: float = 0.0) -> Patch | None:
        """The window around points, or None where it lies outside the image.

        Args:
            points: (n, 2) metres.
            border: Ground to add on every side, metres.
        """
        height, width = self.rgb.shape[:2]
        low = np.floor((points.min(0) - border) / self.gsd).astype(int)
        high = np.ceil((points.max(0) + border) / self.gsd).astype(int)
        col, row = max(int(low[0]), 0), max(int(low[1]), 0)
        stop_col, stop_row = min(int(high[0]), width), min(int(high[1]), height)
        if stop_col <= col or stop_row <= row:
            return None
        s = self._samples
        x = (col + (np.arange((stop_col - col) * s) + 0.5) / s) * self.gsd
        y = (row + (np.arange((stop_row - row) * s) + 0.5) / s) * self.gsd
        return Patch(
            slice(row, stop_row),
            slice(col, stop_col),
            x[None, :].astype(np.float32),
            y[:, None].astype(np.float32),
            s,
        )

    def paint(
        self,
        patch: Patch,
        *,
        color: Samples,
        cover: Samples,
        shaded: bool = False,
        height: float = 0.0,
    ) -> None:
        """Lay an object over what is there.

        Args:
            patch: Where.
            color: Samples (..., 3) of reflected light, or one colour (3,).
            cover: Samples (rows, cols) in [0, 1], 1 where the object hides what is below.
            shaded: Whether shadows that lie there fall on the object too (flat things), or it
                stands above them.
            height: Height of a roof's edge, metres, so that shadows on it are shorter.
        """
        alpha = patch.pixels(cover)
        if color.ndim == 1:
            weighted = alpha[..., None] * color
        else:
            weighted = patch.pixels(color * cover[..., None])
        shadow = self._shadow[patch.rows, patch.cols]
        if shaded:
            weighted = weighted * _dimming(shadow)
        else:
            shadow *= 1 - alpha
        view = self.rgb[patch.rows, patch.cols]
        view *= 1 - alpha[..., None]
        view += weighted
        if height > 0 and self._levels is not None:
            self._levels[patch.rows, patch.cols][alpha > _HALF] = height

    def cast(
        self,
        hull: Points,
        *,
        strength: float = 1.0,
        on_roofs: Callable[[float], Points] | None = None,
    ) -> None:
        """Darken what lies under a convex shadow outline; overlapping shadows count once.

        Args:
            hull: (n, 2) outline of the shadow on the ground, metres.
            strength: 0 (none) to 1 (full).
            on_roofs: Makes the outline of the shadow at a height in metres.
        """
        patch = self.patch(hull)
        if patch is None:
            return
        shadow = patch.pixels(inside_convex(hull, patch.x, patch.y).astype(np.float32))
        if on_roofs is not None and self._levels is not None:
            levels = self._levels[patch.rows, patch.cols]
            roofs = levels > 0
            if roofs.any():
                outline = on_roofs(float(levels[roofs].mean()))
                above = inside_convex(outline, patch.x, patch.y).astype(np.float32)
                shadow = np.where(roofs, patch.pixels(above), shadow)
        self.darken(patch, shadow * np.float32(strength))

    def darken(self, patch: Patch, shadow: Samples) -> None:
        """Add a shadow (height, width) in [0, 1] to those that lie in the window."""
        old = self._shadow[patch.rows, patch.cols]
        new = np.maximum(old, shadow)
        self.rgb[patch.rows, patch.cols] *= _dimming(new) / _dimming(old)
        self._shadow[patch.rows, patch.cols] = new


def _sum_second(values: Samples) -> Samples:
    """Sum over the second of three axes, which is short."""
    total = values[:, 0].copy()
    for i in range(1, values.shape[1]):
        total += values[:, i]
    return total


def _dimming(shadow: Samples) -> Samples:
    dimmed: Samples = 1 - shadow[..., None] * (1 - _SKY)
    return dimmed
