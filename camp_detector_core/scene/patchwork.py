"""Roofs of many pieces: old and new sheets, tarpaulins and cloth, straw, mud and concrete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .random_draws import chance
from .texture import noise_at, smooth_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .surface import Surface

    Samples = NDArray[np.float32]
    Colors = tuple[tuple[float, float, float], ...]

_SHEETS: Final[Colors] = (
    (0.70, 0.71, 0.72),
    (0.88, 0.90, 0.92),
    (0.54, 0.54, 0.53),
    (0.48, 0.38, 0.31),
    (0.80, 0.82, 0.84),
    (0.43, 0.30, 0.23),
    (0.76, 0.77, 0.78),
    (0.60, 0.57, 0.53),
    (0.50, 0.44, 0.39),
    (0.36, 0.47, 0.58),
    (0.52, 0.29, 0.24),
    (0.70, 0.71, 0.70),
    (0.43, 0.50, 0.45),
)
"""Corrugated iron: new, weathered, rusty and painted."""
_TARPAULINS: Final[Colors] = (
    (0.80, 0.80, 0.78),
    (0.70, 0.69, 0.65),
    (0.62, 0.60, 0.56),
    (0.86, 0.86, 0.86),
    (0.30, 0.44, 0.62),
    (0.55, 0.50, 0.43),
    (0.76, 0.74, 0.70),
    (0.30, 0.31, 0.32),
    (0.42, 0.47, 0.40),
    (0.66, 0.45, 0.30),
    (0.47, 0.40, 0.34),
    (0.58, 0.62, 0.66),
)
"""Plastic sheets of agencies and markets, sacking, cloth."""
_CANVAS: Final[Colors] = (
    (0.90, 0.90, 0.89),
    (0.84, 0.83, 0.80),
    (0.93, 0.93, 0.94),
    (0.78, 0.75, 0.68),
    (0.72, 0.69, 0.62),
)
_RUST: Final = np.array((0.40, 0.26, 0.18), np.float32)
_FEW, _ALL = 0.12, 0.45
"""Shares of odd sheets on most roofs, and on roofs of whatever was at hand."""


def _color(rng: np.random.Generator, colors: Colors, style: int, *, spread: float) -> Samples:
    base = np.array(colors[style % len(colors)], np.float32)
    tinted: Samples = base * np.float32(1 + rng.normal(0, spread))
    return np.clip(tinted + rng.normal(0, 0.01, 3).astype(np.float32), 0.05, 0.97)


def _odd(rng: np.random.Generator, colors: Colors, count: int) -> Samples:
    """Colours (count, 3) at will."""
    table = np.array(colors, np.float32)
    odd: Samples = table[rng.integers(len(table), size=count)]
    return odd


def _patchwork(rng: np.random.Generator, surface: Surface) -> Samples:
    """Rows of iron sheets, some older or newer than others, weighed down with stones."""
    u, v = surface.u, surface.v
    base = _color(rng, _SHEETS, surface.style, spread=0.07)
    table = base * (1 + rng.normal(0, rng.uniform(0.02, 0.10), (256, 1)).astype(np.float32))
    share = _ALL * rng.random() if chance(rng, 0.25) else _FEW * rng.random()
    other = rng.random(256) < share
    table[other] = _odd(rng, _SHEETS, int(other.sum()))
    if chance(rng, 0.18):
        # One slope was roofed at another time.
        table[128:] = table[128:] * 0.35 + _odd(rng, _SHEETS, 1) * 0.65
    wide, deep = rng.uniform(0.7, 1.1), rng.uniform(1.4, 3.2)
    column = u * np.float32(1 / wide) + np.float32(rng.random())
    nth = np.floor(column)
    row = np.minimum(np.abs(v) * np.float32(1 / deep), 3).astype(np.intp) + 4 * (v > 0)
    color: Samples = table[(nth.astype(np.intp) & 31) + 32 * row]
    streak = noise_at(rng, u * 1.7, v * 0.45)
    amount = rng.beta(0.8, 2.2)
    rust = np.float32(0.85 * amount) * smooth_step(streak, low=0.5 - amount, high=1.0)
    color = color + (_RUST - color) * rust[..., None]
    light = 1 - 0.07 * (column - nth < np.float32(0.12)) + 0.03 * streak
    if chance(rng, 0.5):
        light = light * (1 - 0.12 * smooth_step(np.abs(v), low=0.22, high=0.1))
    color *= light[..., None]
    if chance(rng, 0.3):
        color = _lay_sheets(rng, surface, color, count=int(rng.integers(1, 3)))
    if chance(rng, 0.55):
        color = _weigh_down(rng, surface, color)
    if chance(rng, 0.2):
        edge = v * np.float32(rng.choice((-1, 1))) > np.float32(
            surface.half[1] - rng.uniform(0.7, 1.5)
        )
        color[edge] = color[edge] * 0.3 + _odd(rng, _SHEETS, 1) * 0.65
    return color


def _lay_sheets(
    rng: np.random.Generator, surface: Surface, color: Samples, *, count: int
) -> Samples:
    """Lay tarpaulins over a part of a roof, a little crooked."""
    for sheet in _odd(rng, _TARPAULINS, count):
        middle = rng.uniform(-0.8, 0.8, 2) * surface.half
        turn, half = rng.normal(0, 0.25), rng.uniform(0.6, 1.8, 2)
        x, y = surface.u - np.float32(middle[0]), surface.v - np.float32(middle[1])
        cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        on = (np.abs(x * cos + y * sin) < half[0]) & (np.abs(y * cos - x * sin) < half[1])
        color[on] = sheet
    return color


def _weigh_down(rng: np.random.Generator, surface: Surface, color: Samples) -> Samples:
    """Stones, tyres and poles on a roof: small dark and bright spots."""
    spots = noise_at(rng, surface.u * 1.5, surface.v * 1.5)
    dark = smooth_step(spots, low=0.62, high=0.78)
    bright = smooth_step(spots, low=-0.7, high=-0.85)
    weighed: Samples = color * (1 - 0.45 * dark + 0.3 * bright)[..., None]
    return weighed


def _sheeting(rng: np.random.Generator, surface: Surface) -> Samples:
    """Tarpaulins, sacks and cloth side by side over poles, dusty, patched with mud."""
    u, v = surface.u, surface.v
    count = int(rng.integers(1, 6))
    colors = _odd(rng, _TARPAULINS, count)
    colors[: 1 + count // 2] = _color(rng, _TARPAULINS, surface.style, spread=0.06)
    if chance(rng, 0.25):
        colors[-1] = surface.soil * np.float32(rng.uniform(0.7, 1.0))
    seeds = (rng.uniform(-1, 1, (count, 2)) * surface.half).astype(np.float32)
    nearest = np.full(u.shape, np.inf, np.float32)
    color = np.empty((*u.shape, 3), np.float32)
    for seed, sheet in zip(seeds, colors, strict=True):
        away = np.abs(u - seed[0]) + np.abs(v - seed[1]) * np.float32(1.3)
        closer = away < nearest
        nearest[closer] = away[closer]
        color[closer] = sheet
    wrinkle = noise_at(rng, u * 2.3, v * 1.2)
    dust = rng.beta(1.4, 3.0) * smooth_step(noise_at(rng, u * 0.6, v * 0.6), low=-0.9, high=0.6)
    color += (surface.soil * 0.9 - color) * dust[..., None]
    color *= (1 + np.float32(rng.uniform(0.04, 0.1)) * wrinkle)[..., None]
    return _weigh_down(rng, surface, color) if chance(rng, 0.5) else color


def _canvas(rng: np.random.Generator, surface: Surface, *, colors: Colors = _CANVAS) -> Samples:
    """A tent: panels between seams, a ridge line, dust from below, a mark or a mended corner."""
    u, v = surface.u, surface.v
    base = _color(rng, colors, surface.style, spread=0.035)
    fold = noise_at(rng, u * 1.8, v * 0.7)
    low = np.abs(v) * np.float32(1 / surface.half[1])
    dirt = np.float32(rng.beta(1.2, 4.0)) * (0.35 + 0.5 * low * low + 0.25 * fold)
    color = base + (surface.soil * base.mean() * 1.25 - base) * np.clip(dirt, 0, 0.8)[..., None]
    light = (
        1
        + 0.03 * fold
        - np.float32(rng.uniform(0, 0.14)) * smooth_step(np.abs(v), low=0.18, high=0.12)
    )
    ends = np.abs(u) * np.float32(1 / surface.half[0]) > rng.uniform(0.5, 0.9)
    color *= (light - np.float32(max(rng.normal(0, 0.05), 0)) * ends)[..., None]
    if chance(rng, 0.12):
        mark = surface.within(middle=rng.uniform(-0.5, 0.5), half=0.14)
        mark &= surface.across(middle=rng.choice((-0.5, 0.5)), half=0.25)
        color[mark] = (0.30, 0.45, 0.66)
    return _lay_sheets(rng, surface, color, count=1) if chance(rng, 0.1) else color


def _plastic(rng: np.random.Generator, surface: Surface) -> Samples:
    """A tent of one plastic sheet: blue, green, grey or whatever was given out."""
    return _canvas(rng, surface, colors=_TARPAULINS)


def _straw(rng: np.random.Generator, surface: Surface) -> Samples:
    """A thatched roof with a ridge: streaks down both slopes, a worn top, a sheet or none."""
    u, v = surface.u, surface.v
    age = rng.random()
    base = np.array((0.50, 0.43, 0.33), np.float32) * (1 - age) + np.float32(0.40) * age
    base *= np.float32(rng.uniform(0.75, 1.2))
    light = 1 + 0.16 * noise_at(rng, u * 4.5, v * 0.8) + 0.12 * noise_at(rng, u * 0.7, v * 0.5)
    top = smooth_step(np.abs(v), low=0.45, high=0.2) * np.float32(rng.uniform(-0.2, 0.25))
    color: Samples = base * (light + top)[..., None]
    return _lay_sheets(rng, surface, color, count=1) if chance(rng, 0.12) else color


def _earth(rng: np.random.Generator, surface: Surface) -> Samples:
    """A flat roof of the earth that it stands on, smoothed, with a low rim."""
    u, v = surface.u, surface.v
    base = surface.soil * np.float32(rng.uniform(0.82, 1.12))
    light = 1 + 0.09 * noise_at(rng, u * 0.8, v * 0.8) + 0.05 * noise_at(rng, u * 3, v * 3)
    rim = surface.inset < np.float32(rng.uniform(0.12, 0.35))
    color: Samples = base * (light + np.float32(rng.uniform(-0.08, 0.14)) * rim)[..., None]
    return _shadow_of_rim(surface, color, height=rng.uniform(0.0, 0.35))


def _concrete(rng: np.random.Generator, surface: Surface) -> Samples:
    """A flat roof with a parapet, stains, a stair house, a tank or things that are kept there."""
    u, v = surface.u, surface.v
    base = np.float32(rng.uniform(0.42, 0.72)) + np.array((0.02, 0.0, -0.02), np.float32)
    if chance(rng, 0.15):
        base = np.array((0.55, 0.36, 0.28), np.float32) * np.float32(rng.uniform(0.8, 1.2))
    stain = noise_at(rng, u * 0.5, v * 0.5) + 0.5 * noise_at(rng, u * 1.7, v * 1.7)
    color: Samples = (base * (1 + 0.1 * stain)[..., None]).astype(np.float32)
    color[surface.inset < np.float32(0.25)] = np.minimum(base * np.float32(1.15), 0.9)
    color = _shadow_of_rim(surface, color, height=rng.uniform(0.3, 1.0))
    for _ in range(int(rng.integers(0, 4))):
        middle = rng.uniform(-0.8, 0.8, 2) * surface.half
        half, height = rng.uniform(0.3, 1.4, 2), rng.uniform(0.4, 2.0)
        x, y = u - np.float32(middle[0]), v - np.float32(middle[1])
        reach = np.float32(0.5 * height / max(surface.sun[2], 0.3))
        shade = np.abs(x + reach * surface.sun[0]) < half[0]
        color[shade & (np.abs(y + reach * surface.sun[1]) < half[1])] *= 0.5
        color[(np.abs(x) < half[0]) & (np.abs(y) < half[1])] = _odd(rng, _SHEETS, 1)[0]
    return color


def _shadow_of_rim(surface: Surface, color: Samples, *, height: float) -> Samples:
    """Darken what lies behind a rim of ``height`` metres on the sides towards the sun."""
    along, across, up = surface.sun
    reach = height / max(up, 0.2)
    near = surface.half[0] - surface.u * np.sign(along) < 0.25 + reach * abs(along)
    near |= surface.half[1] - surface.v * np.sign(across) < 0.25 + reach * abs(across)
    color[near & (surface.inset > np.float32(0.25))] *= 0.55
    return color


MATERIALS: Final[dict[str, Callable[[np.random.Generator, Surface], Samples]]] = {
    "patchwork": _patchwork,
    "sheeting": _sheeting,
    "canvas": _canvas,
    "plastic": _plastic,
    "straw": _straw,
    "earth": _earth,
    "concrete": _concrete,
}
"""Each material by its name; `camp_detector_core.scene.plots` says which dwellings have it."""
