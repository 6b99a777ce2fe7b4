"""Paints dwellings: the light on their slopes, their cloth, straw or tin, and their shadows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .shapes import convex_hull, inside_convex
from .texture import noise_at, smooth_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .canvas import Canvas, Light
    from .items import Item
    from .shapes import Box, Points

    Samples = NDArray[np.float32]
    Painter = Callable[[np.random.Generator, "Samples", "Samples", int], "Samples"]

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


def paint_dwelling(canvas: Canvas, item: Item) -> None:
    """Cast the shadow of a dwelling and paint its roof."""
    for box, part in zip(item.boxes, item.parts, strict=True):
        canvas.cast(shadow_hull(item, box=box, part=part, light=canvas.light))
    # One generator a wing, with one seed, gives the wings of a roof one colour.
    for box, part in zip(item.boxes, item.parts, strict=True):
        patch = canvas.patch(part)
        if patch is None:
            continue
        rng = np.random.default_rng(item.seed)
        axes = box.axes.astype(np.float32)
        x, y = patch.x - np.float32(box.x), patch.y - np.float32(box.y)
        u, v = x * axes[0, 0] + y * axes[0, 1], x * axes[1, 0] + y * axes[1, 1]
        slope_u, slope_v = _slopes(item, box=box, u=u, v=v)
        light = canvas.light.shade(
            slope_u * axes[0, 0] + slope_v * axes[1, 0], slope_u * axes[0, 1] + slope_v * axes[1, 1]
        )
        scaled_u, scaled_v = u / np.float32(box.half_length), v / np.float32(box.half_width)
        color = _PAINTERS[item.kind](
            rng, np.stack((u, v)), np.stack((scaled_u, scaled_v)), item.style
        )
        cover = inside_convex(part, patch.x, patch.y).astype(np.float32)
        canvas.paint(patch, color=color * light[..., None], cover=cover, shaded=False)


def shadow_hull(item: Item, *, box: Box, part: Points, light: Light) -> Points:
    """Outline of the shadow that one wing throws on level ground, (n, 2) metres."""
    eaves = part + light.shadow_offset(item.eave)
    top = light.shadow_offset(item.ridge)
    if item.profile == "cone":
        peak = np.array(((box.x, box.y),)) + top
    elif item.profile in ("flat", "shed"):
        peak = eaves
    else:
        inset = 0.55 if item.profile == "hip" else 0.95
        ends = np.array(((-box.half_length * inset, 0.0), (box.half_length * inset, 0.0)))
        peak = box.place(ends) + top
    return convex_hull(np.vstack((part, eaves, peak)))


def _slopes(item: Item, *, box: Box, u: Samples, v: Samples) -> tuple[Samples, Samples]:
    """Rise of the roof along u and along v, metres for a metre."""
    rise, length, width = item.ridge - item.eave, box.half_length, box.half_width
    pitch = np.float32(rise / width)
    flat = np.zeros(np.broadcast_shapes(u.shape, v.shape), np.float32)
    if item.profile == "cone":
        distance = np.maximum(np.hypot(u, v), 0.15)
        return -pitch * u / distance, -pitch * v / distance
    if item.profile == "arch":
        return flat, flat - 1.7 * pitch * np.clip(v / np.float32(width), -1, 1)
    if item.profile == "shed":
        return flat, flat + pitch * np.float32(0.5)
    if item.profile == "hip":
        end = (np.abs(u) - length * 0.45) / (length * 0.55) > np.abs(v) / width
        steep = np.float32(rise / (length * 0.55))
        return np.where(end, -np.sign(u) * steep, 0), np.where(end, 0, -np.sign(v) * pitch)
    # The ridge itself is round, a hand wide, or it would flicker between the samples.
    return flat, flat - pitch * np.clip(v / np.float32(0.12), -1, 1)


def _pick(rng: np.random.Generator, kind: str, style: int) -> Samples:
    colors = _COLORS[kind]
    base = np.array(colors[style % len(colors)], np.float32)
    tint = rng.normal(0, 0.018, 3) + rng.normal(0, 0.03)
    picked: Samples = np.clip(base + tint, 0.05, 0.98).astype(np.float32)
    return picked


def _cloth(rng: np.random.Generator, metres: Samples, scaled: Samples, *, base: Samples) -> Samples:
    """Canvas: folds, panels, dust that gathers along the lower edge, a stain or two."""
    u, v = metres
    dust = np.array((0.62, 0.52, 0.40), np.float32)
    folds = noise_at(rng, u * 2.2, v * 0.7) * 0.035 + noise_at(rng, u * 0.8, v * 1.1) * 0.035
    panel = np.abs((u / rng.uniform(1.3, 2.2) + rng.random()) % 1 - 0.5)
    seam = smooth_step(panel, low=0.04, high=0.0) * 0.06
    wear = rng.beta(1.4, 4.0) * 0.7
    low_edge = smooth_step(np.abs(scaled[1]), low=0.55, high=1.05)
    patches = smooth_step(noise_at(rng, u * 0.55, v * 0.55), low=0.1, high=0.8)
    dirt = np.clip(wear * (0.18 + 0.5 * low_edge + 0.6 * patches), 0, 0.75)[..., None]
    ridge = smooth_step(np.abs(v), low=0.16, high=0.05) * rng.uniform(-0.12, 0.06)
    color = base * (1 + folds - seam + ridge)[..., None]
    worn: Samples = color * (1 - dirt) + dust * base.mean() * 1.1 * dirt
    return worn


def _tent(kind: str) -> Painter:
    def paint(rng: np.random.Generator, metres: Samples, scaled: Samples, style: int) -> Samples:
        color = _cloth(rng, metres, scaled, base=_pick(rng, kind, style))
        if rng.random() < 0.22:  # noqa: PLR2004 - share of tents with a sheet of another colour
            over = _pick(rng, "shelter", int(rng.integers(100)))
            start, length = rng.uniform(-1, 0.4), rng.uniform(0.4, 1.2)
            side = rng.choice((-1.0, 1.0))
            on = (scaled[0] > start) & (scaled[0] < start + length) & (scaled[1] * side > 0.08)
            color = np.where(
                on[..., None], over * (1 + noise_at(rng, *metres))[..., None] ** 0.1, color
            )
        return color

    return paint


def _shelter(rng: np.random.Generator, metres: Samples, scaled: Samples, style: int) -> Samples:
    """Sheets of several makes laid over each other, held down by stones and tyres."""
    color = _cloth(rng, metres, scaled, base=_pick(rng, "shelter", style))
    for _ in range(int(rng.integers(0, 4))):
        sheet = _pick(rng, "shelter", int(rng.integers(100)))
        middle, half = rng.uniform(-1, 1, 2), rng.uniform(0.25, 0.8, 2)
        on = (np.abs(scaled[0] - middle[0]) < half[0]) & (np.abs(scaled[1] - middle[1]) < half[1])
        wrinkle = 1 + 0.08 * noise_at(rng, metres[0] * 1.5, metres[1] * 1.5)
        color = np.where(on[..., None], sheet * wrinkle[..., None], color)
    for _ in range(int(rng.integers(0, 5))):
        spot = rng.uniform(-0.75, 0.75, 2)
        half_size = metres[:, -1, -1] / scaled[:, -1, -1]
        away = np.hypot(metres[0] - spot[0] * half_size[0], metres[1] - spot[1] * half_size[1])
        color = color * (1 - 0.55 * smooth_step(away, low=0.3, high=0.16))[..., None]
    wrinkled: Samples = (
        color * (1 + 0.06 * noise_at(rng, metres[0] * 2.5, metres[1] * 2.5))[..., None]
    )
    return wrinkled


def _thatch(rng: np.random.Generator, metres: Samples, scaled: Samples, style: int) -> Samples:
    """Straw laid from the top down: streaks along the slope, rings of layers, a dark crown."""
    turn = np.arctan2(scaled[1], scaled[0]).astype(np.float32)
    distance = np.hypot(scaled[0], scaled[1]).astype(np.float32)
    streaks = noise_at(rng, (turn + 4) * 6, distance * 2) * 0.16
    streaks += noise_at(rng, (turn + 4) * 13, distance * 3) * 0.12
    rings = 0.05 * np.sin(distance * rng.uniform(14, 22))
    patches = 0.12 * noise_at(rng, metres[0] * 0.6, metres[1] * 0.6)
    crown = -0.28 * smooth_step(distance, low=0.2, high=0.08)
    color = _pick(rng, "tukul", style) * (1 + streaks + rings + patches + crown)[..., None]
    if rng.random() < 0.12:  # noqa: PLR2004 - share mended with a plastic sheet
        sheet = _pick(rng, "shelter", int(rng.integers(100)))
        on = (distance < rng.uniform(0.4, 0.9)) & (np.cos(turn - rng.uniform(0, 6)) > 0.1)
        color = np.where(on[..., None], sheet, color)
    thatched: Samples = color.astype(np.float32)
    return thatched


def _tin(rng: np.random.Generator, metres: Samples, scaled: Samples, style: int) -> Samples:
    """Corrugated sheets, each of its own brightness, rust that runs down, stones on top."""
    u, v = metres
    base = _pick(rng, "tin_roof", style)
    sheet = rng.uniform(0.65, 1.0)
    tone = rng.normal(0, rng.uniform(0.02, 0.09), 256).astype(np.float32)
    nth = np.floor(u / sheet).astype(int) % 128 + 128 * (v > 0)
    corrugation = 0.05 * np.sin(u * np.float32(2 * np.pi / rng.uniform(0.28, 0.45)))
    joint = smooth_step(np.abs(u / sheet - np.round(u / sheet)), low=0.1, high=0.0) * 0.09
    color = base * (1 + tone[nth] + corrugation - joint)[..., None]
    rust = np.array((0.42, 0.25, 0.17), np.float32)
    amount = rng.beta(0.9, 3.0)
    streak = noise_at(rng, u * 2.6, v * 0.5) * 0.6 + noise_at(rng, u * 0.5, v * 0.5) * 0.7
    share = (amount * smooth_step(streak, low=0.15 - amount, high=0.9))[..., None]
    color = color * (1 - share) + rust * share
    if rng.random() < 0.12:  # noqa: PLR2004 - share with one sheet of another colour
        odd = np.abs(u - rng.uniform(-2, 2)) < sheet
        color = np.where(odd[..., None], _pick(rng, "tin_roof", int(rng.integers(99))), color)
    ridge = smooth_step(np.abs(v), low=0.2, high=0.1) * rng.uniform(-0.05, 0.12)
    tin: Samples = (color * (1 + ridge)[..., None]).astype(np.float32)
    return tin


_PAINTERS: Final[dict[str, Painter]] = {
    "tent_white": _tent("tent_white"),
    "tent_beige": _tent("tent_beige"),
    "tent_blue": _tent("tent_blue"),
    "shelter": _shelter,
    "tukul": _thatch,
    "tin_roof": _tin,
}
