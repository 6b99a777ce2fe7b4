"""Paints dwellings: the light on their slopes, and their shadows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from .coverings import cover_roof
from .shapes import convex_hull, inside_convex
from .surface import Surface
from .texture import noise_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .canvas import Canvas, Light
    from .objects import SceneObject
    from .shapes import Box, Points

    Samples = NDArray[np.float32]


def paint_dwelling(canvas: Canvas, scene_object: SceneObject) -> None:
    """Cast the shadow of a dwelling and paint its roof."""
    for box, part in zip(scene_object.boxes, scene_object.parts, strict=True):
        hull = partial(shadow_hull, scene_object, box=box, part=part, light=canvas.light)
        canvas.cast(hull(), on_roofs=hull)
    # One generator a wing, with one seed, gives the wings of a roof one colour.
    for box, part in zip(scene_object.boxes, scene_object.parts, strict=True):
        patch = canvas.patch(part)
        if patch is None:
            continue
        rng = np.random.default_rng(scene_object.seed)
        axes = box.axes.astype(np.float32)
        x, y = patch.x - np.float32(box.x), patch.y - np.float32(box.y)
        u, v = x * axes[0, 0] + y * axes[0, 1], x * axes[1, 0] + y * axes[1, 1]
        slope_u, slope_v = _slopes(scene_object, box=box, u=u, v=v)
        light = canvas.light.shade(
            slope_u * axes[0, 0] + slope_v * axes[1, 0], slope_u * axes[0, 1] + slope_v * axes[1, 1]
        )
        surface = Surface(
            u,
            v,
            half=(box.half_length, box.half_width),
            material=scene_object.material or scene_object.kind,
            style=scene_object.style,
            soil=canvas.soil,
            sun=_own_sun(canvas.light, axes),
        )
        color = cover_roof(rng, surface)
        cover = inside_convex(part, patch.x, patch.y)
        if scene_object.kind == "thatch":
            cover &= surface.inset > np.float32(0.22) * np.abs(noise_at(rng, u * 1.6, v * 1.6))
        lit = color * light[..., None]
        canvas.paint(patch, color=lit, cover=cover.astype(np.float32), height=scene_object.eave)


def _own_sun(light: Light, axes: Samples) -> tuple[float, float, float]:
    """Direction of the sun along the ridge, across it, and up."""
    x, y, z = light.to_sun
    along, across = (float(axis[0] * x + axis[1] * y) for axis in axes)
    return along, across, z


def shadow_hull(
    scene_object: SceneObject, level: float = 0.0, *, box: Box, part: Points, light: Light
) -> Points:
    """Outline of the shadow that one wing throws on a plane ``level`` metres up, (n, 2) metres."""
    eaves = part + light.shadow_offset(max(scene_object.eave - level, 0.0))
    top = light.shadow_offset(max(scene_object.ridge - level, 0.0))
    if scene_object.profile in ("cone", "dome"):
        peak = np.array(((box.x, box.y),)) + top
    elif scene_object.profile in ("flat", "shed"):
        peak = eaves
    else:
        inset = 0.55 if scene_object.profile == "hip" else 0.95
        ends = np.array(((-box.half_length * inset, 0.0), (box.half_length * inset, 0.0)))
        peak = box.place(ends) + top
    return convex_hull(np.vstack((part, eaves, peak)))


def _slopes(
    scene_object: SceneObject, *, box: Box, u: Samples, v: Samples
) -> tuple[Samples, Samples]:
    """Rise of the roof along u and along v, metres for a metre."""
    rise, length, width = scene_object.ridge - scene_object.eave, box.half_length, box.half_width
    pitch = np.float32(rise / width)
    flat = np.zeros(np.broadcast_shapes(u.shape, v.shape), np.float32)
    if scene_object.profile == "cone":
        distance: Samples = np.maximum(np.hypot(u, v), np.float32(0.15))
        return -pitch * u / distance, -pitch * v / distance
    if scene_object.profile == "dome":
        steep = np.float32(-1.1 * rise)
        return steep * u / np.float32(length**2), steep * v / np.float32(width**2)
    if scene_object.profile == "arch":
        return flat, flat - 1.7 * pitch * np.clip(v / np.float32(width), -1, 1)
    if scene_object.profile in ("flat", "shed"):
        return flat, flat + pitch * np.float32(0.5)
    if scene_object.profile == "hip":
        end = (np.abs(u) - length * 0.45) / (length * 0.55) > np.abs(v) / width
        steep = np.float32(rise / (length * 0.55))
        slope_u: Samples = np.where(end, -np.sign(u) * steep, flat)
        slope_v: Samples = np.where(end, flat, -np.sign(v) * pitch)
        return slope_u, slope_v
    # The ridge itself is round, a hand wide, or it would flicker between the samples.
    return flat, flat - pitch * np.clip(v / np.float32(0.12), -1, 1)
