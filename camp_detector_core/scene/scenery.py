"""Paints what is not to be found: roads, fences, trees, vehicles, tanks and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .roofs import shadow_hull
from .shapes import distance_field, inside_convex
from .texture import noise_at, smooth_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .canvas import Canvas, Patch
    from .objects import SceneObject
    from .surroundings import Fence, Road

    Samples = NDArray[np.float32]

_PAINTS: Final[dict[str, tuple[tuple[float, float, float], ...]]] = {
    "vehicle": ((0.92, 0.92, 0.93), (0.92, 0.92, 0.93), (0.25, 0.25, 0.27), (0.60, 0.58, 0.52)),
    "truck": ((0.78, 0.74, 0.62), (0.90, 0.90, 0.90), (0.32, 0.42, 0.30), (0.25, 0.40, 0.62)),
    "tank": ((0.12, 0.12, 0.13), (0.90, 0.90, 0.88), (0.20, 0.33, 0.55), (0.78, 0.74, 0.60)),
    "latrine": ((0.35, 0.48, 0.66), (0.72, 0.72, 0.71), (0.55, 0.48, 0.38), (0.85, 0.85, 0.84)),
    "tarpaulin": ((0.25, 0.45, 0.70), (0.88, 0.88, 0.86), (0.60, 0.30, 0.28), (0.45, 0.55, 0.40)),
}
_LEAVES: Final = ((0.22, 0.29, 0.14), (0.30, 0.34, 0.19), (0.17, 0.25, 0.13), (0.38, 0.38, 0.24))
_VEHICLE_WIDTH: Final = 3.0
"""Width from which a road has wheel tracks, metres."""
_REACH: Final = 40.0
"""Longest piece of a line that is painted in one window, metres."""


def paint_road(canvas: Canvas, road: Road, *, surface: Samples) -> None:
    """A band of packed earth with soft, uneven edges and, where wide enough, two wheel tracks."""
    half = road.width / 2
    soft = max(0.35 * half, 0.25)
    pieces = max(1, int(np.ceil(8.0 * len(road.line) / _REACH)))
    for part in np.array_split(np.arange(len(road.line) - 1), pieces):
        if len(part) == 0:
            continue
        line = road.line[part[0] : part[-1] + 2]
        patch = canvas.patch(line, border=half + soft)
        if patch is None:
            continue
        # Distances change slowly, so one sample a pixel is enough for them.
        x = patch.x[:, patch.samples // 2 :: patch.samples]
        y = patch.y[patch.samples // 2 :: patch.samples]
        rng = np.random.default_rng(road.seed)
        away = distance_field(line, x, y) + np.float32(0.7 * soft) * noise_at(rng, x * 0.5, y * 0.5)
        tone = 1 + np.float32(0.06) * noise_at(rng, x * 1.2, y * 1.2)
        if road.width > _VEHICLE_WIDTH:
            tone -= np.float32(0.1) * np.exp(-(((away - 0.85) / 0.3) ** 2))
        cover = road.strength * smooth_step(away, low=half + soft, high=half - soft)
        _lay(canvas, patch, color=surface * tone[..., None], cover=cover)


def _lay(canvas: Canvas, patch: Patch, *, color: Samples, cover: Samples) -> None:
    """Blend pixels, and not samples, into the ground."""
    view = canvas.rgb[patch.rows, patch.cols]
    view += (color - view) * cover[..., None].astype(np.float32)


def paint_fence(canvas: Canvas, fence: Fence) -> None:
    """A line of sheets and poles, or a hedge of thorn branches, with its shadow."""
    width = 0.7 if fence.is_thorn else 0.16
    shadow = canvas.light.shadow_offset(fence.height)
    color = np.array((0.36, 0.31, 0.24) if fence.is_thorn else (0.55, 0.52, 0.47), np.float32)
    color = color * np.float32(np.random.default_rng(fence.seed).uniform(0.7, 1.3))
    ends = list(zip(fence.line[:-1], fence.line[1:], strict=True))
    for start, stop in ends:
        canvas.cast(_ordered(np.array((start, stop, stop + shadow, start + shadow))), strength=0.6)
    for nth, (start, stop) in enumerate(ends):
        patch = canvas.patch(np.array((start, stop)), border=width)
        if patch is None:
            continue
        rng = np.random.default_rng([fence.seed % (1 << 32), nth])
        length = float(np.hypot(*(stop - start)))
        fraction = ((stop - start) / length).astype(np.float32)
        x, y = patch.x - np.float32(start[0]), patch.y - np.float32(start[1])
        u: Samples = x * fraction[0] + y * fraction[1]
        v: Samples = y * fraction[0] - x * fraction[1]
        rough = noise_at(rng, u * 1.3, v * 0.0 + 0.5) * np.float32(0.3 * width)
        cover = ((np.abs(v) < width / 2 + rough) & (u >= 0) & (u <= length)).astype(np.float32)
        if fence.is_thorn:
            cover *= smooth_step(noise_at(rng, patch.x * 3, patch.y * 3), low=-0.7, high=0.0)
        tone = 1 + 0.25 * noise_at(rng, u * 3, v * 3)
        canvas.paint(patch, color=color * tone[..., None], cover=cover, shaded=False)


def _ordered(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = ring.mean(0)
    return ring[np.argsort(np.arctan2(ring[:, 1] - middle[1], ring[:, 0] - middle[0]))]


def paint_thing(canvas: Canvas, scene_object: SceneObject) -> None:
    """A vehicle, truck, tank, latrine or tarpaulin with its shadow."""
    box, part = scene_object.boxes[0], scene_object.parts[0]
    canvas.cast(shadow_hull(scene_object, box=box, part=part, light=canvas.light))
    patch = canvas.patch(part)
    if patch is None:
        return
    rng = np.random.default_rng(scene_object.seed)
    axes = box.axes.astype(np.float32)
    x, y = patch.x - np.float32(box.x), patch.y - np.float32(box.y)
    u = (x * axes[0, 0] + y * axes[0, 1]) / np.float32(box.half_length)
    v = (x * axes[1, 0] + y * axes[1, 1]) / np.float32(box.half_width)
    paints = _PAINTS[scene_object.kind]
    base = np.array(paints[scene_object.style % len(paints)], np.float32)
    tone, glass = _fittings(scene_object.kind, u, v)
    tone = tone + np.float32(0.06) * noise_at(rng, u * 2, v * 2)
    color = base * tone[..., None] * (1 - glass[..., None]) + np.float32(0.13) * glass[..., None]
    cover = inside_convex(part, patch.x, patch.y).astype(np.float32)
    canvas.paint(patch, color=color, cover=cover, shaded=scene_object.kind == "tarpaulin")


def _fittings(kind: str, u: Samples, v: Samples) -> tuple[Samples, Samples]:
    """Brightness, and where there is glass, over a thing that spans -1 to 1 along u and v."""
    tone, glass = np.ones_like(u), np.zeros_like(u)
    if kind == "vehicle":
        windows = _band(u, middle=0.32, half=0.1) + _band(u, middle=-0.85, half=0.07)
        glass = windows * _band(v, middle=0.0, half=0.8)
        tone -= np.float32(0.12) * _band(u, middle=0.71, half=0.29)
    elif kind == "truck":
        glass = _band(u, middle=0.6, half=0.04)
        tone += np.float32(0.05) * np.sin(u * 40) * _band(u, middle=-0.22, half=0.78)
    elif kind == "tank":
        distance = np.hypot(u, v)
        tone -= np.float32(0.25) * _band(distance, middle=0.85, half=0.08)
        tone -= np.float32(0.30) * _band(distance, middle=0.0, half=0.2)
    return tone, glass


def _band(value: Samples, *, middle: float, half: float) -> Samples:
    """1 within ``half`` of ``middle``, else 0."""
    inside: Samples = (np.abs(value - np.float32(middle)) < half).astype(np.float32)
    return inside


def paint_tree(canvas: Canvas, scene_object: SceneObject) -> None:
    """A crown of leaf clumps, lit from the sun's side, with a ragged shadow."""
    box = scene_object.boxes[0]
    radius = box.half_length
    rng = np.random.default_rng(scene_object.seed)
    lobes = rng.uniform(-1, 1, 6)
    offset = canvas.light.shadow_offset(scene_object.ridge * 0.62)
    shadow = canvas.patch(scene_object.outline + offset, border=0.3 * radius)
    if shadow is not None:
        x, y = box.x + offset[0], box.y + offset[1]
        solid = _crown(shadow, x=float(x), y=float(y), radius=radius, lobes=lobes)
        canvas.darken(shadow, shadow.pixels(solid) * np.float32(0.88))
    patch = canvas.patch(scene_object.outline, border=0.3 * radius)
    if patch is None:
        return
    cover = _crown(patch, x=box.x, y=box.y, radius=radius, lobes=lobes)
    x, y = (patch.x - box.x) / radius, (patch.y - box.y) / radius
    clumps = noise_at(rng, patch.x * 1.1, patch.y * 1.1)
    fine = noise_at(rng, patch.x * 3.3, patch.y * 3.3)
    cover = cover * smooth_step(fine + 1.1 - np.hypot(x, y) ** 2, low=-0.35, high=0.15)
    sun_x, sun_y, _ = canvas.light.to_sun
    lit = 1 + 0.45 * (x * sun_x + y * sun_y) + 0.22 * clumps + 0.2 * fine
    leaf = np.array(_LEAVES[scene_object.style % len(_LEAVES)], np.float32)
    leaf = leaf * np.float32(rng.uniform(0.85, 1.2))
    lit = np.clip(lit, 0.3, 1.8).astype(np.float32)
    canvas.paint(patch, color=leaf * lit[..., None], cover=cover.astype(np.float32), shaded=False)


def _crown(
    patch: Patch, *, x: float, y: float, radius: float, lobes: NDArray[np.float64]
) -> Samples:
    """1 inside a round outline with a few lobes, 0 outside."""
    dx, dy = patch.x - np.float32(x), patch.y - np.float32(y)
    turn = np.arctan2(dy, dx)
    edge = np.ones_like(turn)
    for n, (a, b) in enumerate(lobes.reshape(-1, 2), start=2):
        edge += np.float32(0.10) * (
            np.float32(a) * np.sin(n * turn) + np.float32(b) * np.cos(n * turn)
        )
    crown: Samples = smooth_step(np.hypot(dx, dy) / np.float32(radius) - edge, low=0.05, high=-0.05)
    return crown
