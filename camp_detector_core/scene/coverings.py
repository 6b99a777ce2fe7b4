"""Roofing materials, evenly lit: cloth, sheets, straw and tin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .patchwork import MATERIALS
from .random_draws import chance
from .texture import noise_at, smooth_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .surface import Surface

    Samples = NDArray[np.float32]

_COLORS: Final[dict[str, tuple[tuple[float, float, float], ...]]] = {
    "tent_white": ((0.93, 0.93, 0.91), (0.88, 0.87, 0.84), (0.95, 0.95, 0.95), (0.84, 0.82, 0.77)),
    "tent_beige": ((0.80, 0.73, 0.59), (0.72, 0.65, 0.52), (0.85, 0.80, 0.69), (0.66, 0.60, 0.47)),
    "tent_blue": ((0.22, 0.44, 0.71), (0.30, 0.54, 0.78), (0.16, 0.34, 0.62), (0.42, 0.60, 0.76)),
    "shelter": (
        (0.86, 0.86, 0.85),
        (0.55, 0.57, 0.58),
        (0.24, 0.42, 0.66),
        (0.62, 0.54, 0.42),
        (0.74, 0.73, 0.70),
        (0.36, 0.43, 0.36),
        (0.80, 0.78, 0.72),
    ),
    "tukul": ((0.52, 0.44, 0.32), (0.44, 0.39, 0.32), (0.60, 0.52, 0.37), (0.38, 0.34, 0.29)),
    "tin_roof": (
        (0.68, 0.70, 0.72),
        (0.78, 0.79, 0.80),
        (0.52, 0.50, 0.48),
        (0.47, 0.31, 0.24),
        (0.28, 0.42, 0.58),
        (0.56, 0.24, 0.20),
        (0.72, 0.73, 0.73),
        (0.60, 0.57, 0.52),
    ),
}
_DUST: Final = np.array((0.62, 0.52, 0.40), np.float32)
_RUST: Final = np.array((0.42, 0.25, 0.17), np.float32)


def cover_roof(rng: np.random.Generator, surface: Surface) -> Samples:
    """Colours (..., 3) of a roof as seen in level light, near [0, 1]."""
    covered: Samples = _MAKERS[surface.material](rng, surface).astype(np.float32, copy=False)
    return covered


def _pick(rng: np.random.Generator, kind: str, style: int) -> Samples:
    colors = _COLORS[kind]
    base = np.array(colors[style % len(colors)], np.float32)
    tint = rng.normal(0, 0.007, 3) + rng.normal(0, 0.03)
    picked: Samples = np.clip(base + tint, 0.05, 0.98).astype(np.float32)
    return picked


def _any_sheet(rng: np.random.Generator) -> Samples:
    return _pick(rng, "shelter", int(rng.integers(100)))


def _over(below: Samples, color: Samples, *, on: NDArray[np.bool_]) -> Samples:
    """Lay one colour over another where ``on`` is true."""
    laid: Samples = np.where(on[..., None], color, below).astype(np.float32, copy=False)
    return laid


def _cloth(rng: np.random.Generator, surface: Surface, *, base: Samples) -> Samples:
    """Canvas: folds, panels, dust that gathers along the lower edge, a stain or two."""
    u, v = surface.u, surface.v
    folds = noise_at(rng, u * 2.2, v * 0.7) * 0.035 + noise_at(rng, u * 0.8, v * 1.1) * 0.035
    panel = np.abs((u / rng.uniform(1.3, 2.2) + rng.random()) % 1 - 0.5)
    seam = smooth_step(panel, low=0.04, high=0.0) * 0.06
    wear = rng.beta(1.4, 4.0) * 0.7
    low_edge = smooth_step(np.abs(v) / np.float32(surface.half[1]), low=0.55, high=1.05)
    patches = smooth_step(noise_at(rng, u * 0.55, v * 0.55), low=0.1, high=0.8)
    dirt = np.clip(wear * (0.18 + 0.5 * low_edge + 0.6 * patches), 0, 0.75)[..., None]
    ridge = smooth_step(np.abs(v), low=0.16, high=0.05) * rng.uniform(-0.12, 0.06)
    color = base * (1 + folds - seam + ridge)[..., None]
    worn: Samples = color * (1 - dirt) + _DUST * (base.mean() * 1.1) * dirt
    return worn


def _tent(rng: np.random.Generator, surface: Surface) -> Samples:
    """A tent of one cloth, sometimes mended with a sheet that hangs over one slope."""
    color = _cloth(rng, surface, base=_pick(rng, surface.material, surface.style))
    if chance(rng, 0.2):
        side = rng.choice((-0.55, 0.55))
        on = surface.across(middle=side, half=0.48)
        on &= surface.within(middle=rng.uniform(-0.8, 0.8), half=rng.uniform(0.2, 0.6))
        wrinkle = 1 + 0.05 * noise_at(rng, surface.u * 1.5, surface.v * 1.5)
        color = _over(color, _any_sheet(rng) * wrinkle[..., None], on=on)
    return color


def _shelter(rng: np.random.Generator, surface: Surface) -> Samples:
    """Sheets of several makes laid crookedly over each other, held down by stones and tyres."""
    u, v = surface.u, surface.v
    color = _cloth(rng, surface, base=_pick(rng, "shelter", surface.style))
    for _ in range(int(rng.integers(0, 4))):
        middle, half = rng.uniform(-0.9, 0.9, 2) * surface.half, rng.uniform(0.5, 1.7, 2)
        turn = rng.normal(0, 0.35)
        x, y = u - np.float32(middle[0]), v - np.float32(middle[1])
        lengthwise = np.abs(x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn)))
        across = np.abs(y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn)))
        wrinkle = 1 + 0.08 * noise_at(rng, u * 1.5, v * 1.5)
        on = (lengthwise < half[0]) & (across < half[1])
        color = _over(color, _any_sheet(rng) * wrinkle[..., None], on=on)
    for _ in range(int(rng.integers(0, 4)) * int(chance(rng, 0.5))):
        spot, size = rng.uniform(-0.8, 0.8, 2) * surface.half, rng.uniform(0.10, 0.24)
        away = np.hypot(u - np.float32(spot[0]), v - np.float32(spot[1]))
        stone = rng.uniform(0.25, 0.5) * smooth_step(away, low=size + 0.06, high=size - 0.06)
        color = color * (1 - stone)[..., None]
    wrinkled: Samples = color * (1 + 0.06 * noise_at(rng, u * 2.5, v * 2.5))[..., None]
    return wrinkled


def _thatch(rng: np.random.Generator, surface: Surface) -> Samples:
    """Straw laid from the top down: streaks along the slope, rings of layers, a dark crown."""
    u, v = surface.u / np.float32(surface.half[0]), surface.v / np.float32(surface.half[1])
    turn, distance = np.arctan2(v, u), np.hypot(u, v)
    streaks = noise_at(rng, (turn + 4) * 6, distance * 2) * 0.16
    streaks += noise_at(rng, (turn + 4) * 13, distance * 3) * 0.12
    rings = 0.05 * np.sin(distance * np.float32(rng.uniform(14, 22)))
    patches = 0.14 * noise_at(rng, surface.u * 0.6, surface.v * 0.6)
    crown = -0.28 * smooth_step(distance, low=0.2, high=0.08)
    color: Samples = (
        _pick(rng, "tukul", surface.style) * (1 + streaks + rings + patches + crown)[..., None]
    )
    if chance(rng, 0.1):
        on = surface.within(middle=rng.uniform(-0.4, 0.4), half=rng.uniform(0.15, 0.4))
        on &= surface.across(middle=rng.uniform(-0.4, 0.4), half=rng.uniform(0.15, 0.4))
        color = _over(color, _any_sheet(rng), on=on)
    return color


def _tin(rng: np.random.Generator, surface: Surface) -> Samples:
    """Corrugated sheets, each of its own brightness, with rust that runs down."""
    u, v = surface.u, surface.v
    sheet = rng.uniform(0.65, 1.0)
    tone = rng.normal(0, rng.uniform(0.02, 0.09), 256).astype(np.float32)
    nth = np.floor(u / np.float32(sheet)).astype(np.intp) % 128 + 128 * (v > 0)
    corrugation = 0.05 * np.sin(u * np.float32(2 * np.pi / rng.uniform(0.28, 0.45)))
    joint = np.abs(u / np.float32(sheet) - np.round(u / np.float32(sheet)))
    light = 1 + tone[nth] + corrugation - 0.09 * smooth_step(joint, low=0.1, high=0.0)
    color = _pick(rng, "tin_roof", surface.style) * light[..., None]
    amount = rng.beta(0.9, 3.0)
    streak = noise_at(rng, u * 2.6, v * 0.5) * 0.6 + noise_at(rng, u * 0.5, v * 0.5) * 0.7
    share = (amount * smooth_step(streak, low=0.15 - amount, high=0.9))[..., None]
    color = color * (1 - share) + _RUST * share
    if chance(rng, 0.12):
        on = surface.within(middle=rng.uniform(-0.6, 0.6), half=sheet / surface.half[0])
        color = _over(color, _pick(rng, "tin_roof", int(rng.integers(99))), on=on)
    ridge = smooth_step(np.abs(v), low=0.2, high=0.1) * rng.uniform(-0.05, 0.12)
    tin: Samples = color * (1 + ridge)[..., None]
    return tin


_MAKERS: Final[dict[str, Callable[[np.random.Generator, Surface], Samples]]] = {
    "tent_white": _tent,
    "tent_beige": _tent,
    "tent_blue": _tent,
    "shelter": _shelter,
    "tukul": _thatch,
    "tin_roof": _tin,
    **MATERIALS,
}
