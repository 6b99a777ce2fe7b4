"""Shadows that roofs cast, on ground and on lower roofs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

_DIRECTIONS = 16
_REACH = 1.6
"""Metres beside dwellings in which their shadows are looked for."""
_FEWEST = 400
"""Pixels beside dwellings below which nothing is concluded from them."""
_CLEAR = 0.04
"""Brightness by which one side of dwellings must be darker than the mean of all sides."""
_PENUMBRA = 0.25
"""Metres over which the edge of a shadow fades."""


@dataclass(frozen=True)
class Sun:
    """Direct light on a piece of ground."""

    direction: float
    """In which shadows fall, radians from the x axis towards y (down)."""
    reach: float
    """Metres of a shadow for each metre of height."""
    strength: float
    """Share of the light that is missing in a shadow."""


def draw_sun(
    rng: np.random.Generator, pixels: Tensor, is_built: Tensor, is_known: Tensor, *, gsd: float
) -> Sun:
    """Draw a sun, in the direction that shadows of the ground's own dwellings have.

    Args:
        rng: Draws what these do not show.
        pixels: (bands, height, width) float32 raw values.
        is_built: (height, width) True on dwellings.
        is_known: (height, width) True where that is known.
        gsd: Metres a pixel.
    """
    reach, strength = float(rng.uniform(0.3, 1.3)), float(rng.uniform(0.3, 0.65))
    guess = float(rng.uniform(0, 2 * math.pi))
    seen = _direction(pixels.mean(0), is_built, is_known, gsd)
    return Sun(guess if seen is None else seen, reach, strength)


def _direction(light: Tensor, is_built: Tensor, is_known: Tensor, gsd: float) -> float | None:
    """The side of dwellings that is darkest; None where none is clearly so."""
    ground = is_known & ~is_built
    means = []
    for number in range(_DIRECTIONS):
        angle = 2 * math.pi * number / _DIRECTIONS
        step = (round(_REACH * math.sin(angle) / gsd), round(_REACH * math.cos(angle) / gsd))
        beside = torch.roll(is_built, step, (0, 1)) & ground
        if int(beside.sum()) < _FEWEST:
            return None
        means.append(float(light[beside].mean()))
    level = sum(means) / len(means)
    darkest = min(range(_DIRECTIONS), key=means.__getitem__)
    if means[darkest] > (1 - _CLEAR) * level:
        return None
    return 2 * math.pi * darkest / _DIRECTIONS


def shade_of(height: Tensor, surface: Tensor, sun: Sun, *, gsd: float) -> Tensor:
    """Light that is left where roofs take it.

    Args:
        height: (height, width) float32, metres of the roofs that cast shadows, else 0.
        surface: (height, width) float32, metres of what receives them.
        sun: Direction, reach and strength.
        gsd: Metres a pixel.

    Returns:
        (height, width) float32, 1 in full light.
    """
    longest = float(height.max()) * sun.reach / gsd
    lit = torch.zeros(height.shape, dtype=torch.bool)
    for step in range(1, math.ceil(longest) + 1):
        x, y = round(step * math.cos(sun.direction)), round(step * math.sin(sun.direction))
        lowered = _moved(height, y, x) - step * gsd / sun.reach
        lit |= lowered > surface + 0.05
    side = 2 * max(1, round(_PENUMBRA / gsd / 2)) + 1
    soft = functional.avg_pool2d(lit[None].float(), side, 1, side // 2, count_include_pad=False)[0]
    return 1 - sun.strength * soft


def _moved(plane: Tensor, rows: int, cols: int) -> Tensor:
    """A plane moved down and right, with 0 where nothing comes from."""
    out = torch.zeros_like(plane)
    high, wide = plane.shape
    to = (slice(max(0, rows), min(high, high + rows)), slice(max(0, cols), min(wide, wide + cols)))
    from_ = (
        slice(max(0, -rows), min(high, high - rows)),
        slice(max(0, -cols), min(wide, wide - cols)),
    )
    out[to] = plane[from_]
    return out
