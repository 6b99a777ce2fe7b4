"""Paints what looks like a dwelling and is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .decoys import DECOYS
from .random_draws import chance
from .shapes import inside_convex
from .texture import noise_at, smooth_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .canvas import Canvas, Patch
    from .objects import SceneObject
    from .shapes import Box

    Samples = NDArray[np.float32]
    Floor = tuple[Samples, Samples]

_SHEETS: Final = (
    (0.30, 0.46, 0.68), (0.84, 0.84, 0.82), (0.60, 0.32, 0.28), (0.40, 0.47, 0.40),
    (0.66, 0.62, 0.52), (0.25, 0.26, 0.28),
)  # fmt: skip
_WALLS: Final = (
    (0.62, 0.58, 0.53), (0.72, 0.70, 0.66), (0.50, 0.34, 0.27), (0.48, 0.46, 0.43),
    (0.80, 0.78, 0.74),
)  # fmt: skip
_LEAF: Final = np.array((0.28, 0.34, 0.17), np.float32)


def paint_decoy(canvas: Canvas, thing: SceneObject) -> None:
    """Paint the floor of a thing, and its walls with their shadows where it has some."""
    box = thing.boxes[0]
    patch = canvas.patch(thing.outline)
    if patch is None:
        return
    rng = np.random.default_rng(thing.seed)
    u, v = _own_axes(patch, box)
    color, opacity = _FLOORS[thing.kind](rng, u, v, canvas.soil)
    cover = inside_convex(thing.outline, patch.x, patch.y) * opacity
    if DECOYS[thing.kind].ragged:
        rim = 1 - np.hypot(u / np.float32(box.half_length), v / np.float32(box.half_width))
        cover = cover * smooth_step(
            rim + 0.25 * noise_at(rng, u * 0.9, v * 0.9), low=0.05, high=0.3
        )
    canvas.paint(patch, color=color, cover=cover.astype(np.float32), shaded=True)
    if thing.ridge > 0:
        _raise_walls(rng, canvas, thing)


def _own_axes(patch: Patch, box: Box) -> tuple[Samples, Samples]:
    axes = box.axes.astype(np.float32)
    x, y = patch.x - np.float32(box.x), patch.y - np.float32(box.y)
    return x * axes[0, 0] + y * axes[0, 1], x * axes[1, 0] + y * axes[1, 1]


def _raise_walls(rng: np.random.Generator, canvas: Canvas, thing: SceneObject) -> None:
    box = thing.boxes[0]
    offset = canvas.light.shadow_offset(thing.ridge) / canvas.gsd
    patch = canvas.patch(thing.outline, border=float(np.abs(offset).max()) * canvas.gsd)
    if patch is None:
        return
    u, v = _own_axes(patch, box)
    is_ruin = thing.kind == "ruin"
    walls = np.zeros(u.shape, bool)
    for middle, half in _walls(rng, box, rooms=int(rng.integers(1, 5)) if is_ruin else 1):
        walls |= (np.abs(u - middle[0]) < half[0]) & (np.abs(v - middle[1]) < half[1])
    if is_ruin and chance(rng, 0.4):
        walls &= noise_at(rng, u * 0.5, v * 0.5) > rng.uniform(-0.8, -0.2)
    solid = walls.astype(np.float32)
    canvas.darken(patch, _thrown(patch.pixels(solid), offset) * np.float32(0.9))
    if is_ruin or chance(rng, 0.4):
        base = np.array(_WALLS[thing.style % len(_WALLS)], np.float32)
    else:
        base = canvas.soil * np.float32(rng.uniform(0.6, 1.0))
    tone = np.float32(rng.uniform(0.75, 1.2)) * (1 + 0.15 * noise_at(rng, u * 2, v * 2))
    canvas.paint(patch, color=base * tone[..., None], cover=solid, shaded=False)


def _walls(
    rng: np.random.Generator, box: Box, *, rooms: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Middles and halves of walls along u and v, metres: four sides with a gate, and partitions."""
    a, b, thick = box.half_length, box.half_width, rng.uniform(0.08, 0.2)
    walls = []
    for side in (-1, 1):
        walls.append(((side * (a - thick), 0.0), (thick, b)))
        gate = rng.uniform(-0.7, 0.7) * a
        for low, high in ((-a, gate - 0.6), (gate + 0.6, a)):
            walls.append((((low + high) / 2, side * (b - thick)), ((high - low) / 2, thick)))
    for nth in range(1, rooms):
        place = -a + 2 * a * (nth + rng.uniform(-0.2, 0.2)) / rooms
        gap = rng.uniform(-0.8, 0.4) * b
        walls.append(((place, (gap - b) / 2), (thick, (gap + b) / 2)))
        walls.append(((place, (gap + 1.0 + b) / 2), (thick, max((b - gap - 1.0) / 2, 0.0))))
    if rooms > 1 and chance(rng, 0.5):
        walls.append(((0.0, rng.uniform(-0.4, 0.4) * b), (a, thick)))
    return walls


def _thrown(solid: Samples, offset: NDArray[np.float64]) -> Samples:
    """Shadow of upright things, pixels: each is drawn out by ``offset`` (x, y)."""
    height, width = solid.shape
    shadow = solid.copy()
    steps = max(int(np.ceil(np.abs(offset).max())), 1)
    for nth in range(1, steps + 1):
        col, row = np.rint(offset * nth / steps).astype(int)
        rows = slice(max(row, 0), max(min(height, height + row), 0))
        cols = slice(max(col, 0), max(min(width, width + col), 0))
        source = solid[max(-row, 0) : max(height - row, 0), max(-col, 0) : max(width - col, 0)]
        view = shadow[rows, cols]
        np.maximum(view, source[: view.shape[0], : view.shape[1]], out=view)
    return shadow


def _ruin(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Earth, weeds or fallen blocks within walls."""
    blotch = noise_at(rng, u * 0.7, v * 0.7)
    color = soil * (0.9 + 0.15 * noise_at(rng, u * 2, v * 2))[..., None]
    weeds = np.float32(rng.random()) * smooth_step(blotch, low=-0.2, high=0.5)
    color = color + (_LEAF - color) * weeds[..., None]
    if chance(rng, 0.4):
        color = (
            color
            * (1 + 0.5 * smooth_step(noise_at(rng, u * 2.5, v * 2.5), low=0.4, high=0.5))[..., None]
        )
    return color, np.full(u.shape, rng.uniform(0.4, 0.9), np.float32)


def _swept(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Earth that is kept clean, paler than the ground around it."""
    tone = np.float32(rng.uniform(0.85, 1.25)) * (1 + 0.06 * noise_at(rng, u, v))
    return soil * tone[..., None], np.full(u.shape, rng.uniform(0.3, 0.9), np.float32)


def _bare(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Bright soil, sand or ash in a patch."""
    grey = np.float32(soil.mean())
    base = soil + (grey - soil) * np.float32(rng.random())
    tone = np.float32(rng.uniform(0.6, 1.5)) * (1 + 0.1 * noise_at(rng, u * 1.2, v * 1.2))
    return base * tone[..., None], np.full(u.shape, rng.uniform(0.4, 0.95), np.float32)


def _pad(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """The place where a tent stood: trodden earth within a shallow ditch."""
    color, opacity = _swept(rng, u, v, soil)
    edge = np.maximum(np.abs(u) - np.abs(u).max() * 0.9, np.abs(v) - np.abs(v).max() * 0.9) > 0
    return color * (1 - 0.15 * edge)[..., None], opacity


def _slab(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """A floor of concrete, cracked and dusty, without a shadow."""
    base = np.array((1.02, 1.0, 0.97), np.float32) * np.float32(rng.uniform(0.45, 0.78))
    dusty = (base + (soil - base) * np.float32(rng.uniform(0, 0.6))).astype(np.float32)
    tone = 1 + 0.1 * noise_at(rng, u * 0.6, v * 0.6) + 0.06 * noise_at(rng, u * 2.4, v * 2.4)
    return dusty * tone[..., None], np.full(u.shape, rng.uniform(0.75, 1.0), np.float32)


def _paving(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Tiles or blocks laid in a grid."""
    color, opacity = _slab(rng, u, v, soil)
    size = rng.uniform(0.5, 1.5)
    joint = _lines(u, step=size, share=0.12) | _lines(v, step=size, share=0.12)
    return color * (1 - np.float32(rng.uniform(0.05, 0.25)) * joint)[..., None], opacity


def _rubble(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Blocks, bricks and rubbish in a heap: bright and dark specks."""
    specks = noise_at(rng, u * 2.8, v * 2.8) + 0.5 * noise_at(rng, u * 1.1, v * 1.1)
    base = soil * 0.5 + np.float32(rng.uniform(0.2, 0.4))
    color = base * (1 + np.float32(rng.uniform(0.3, 0.7)) * specks)[..., None]
    return color, np.full(u.shape, 0.9, np.float32)


def _garden(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Beds or furrows: rows of plants at some stage of growth on turned earth."""
    spacing = np.float32(2 * np.pi / rng.uniform(0.5, 1.6))
    rows = 0.5 + 0.5 * np.sin(v * spacing + 0.4 * noise_at(rng, u * 0.3, v * 0.3))
    growth = np.float32(rng.random()) * rows * (0.7 + 0.4 * noise_at(rng, u * 0.8, v * 0.8))
    turned = soil * np.float32(rng.uniform(0.6, 0.95))
    color = turned + (_LEAF * np.float32(rng.uniform(0.8, 1.5)) - turned) * growth[..., None]
    return color * (0.9 + 0.12 * rows)[..., None], np.full(u.shape, 0.92, np.float32)


def _sheet(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """A tarpaulin, mat or washing on the ground: crumpled, without a ridge or a shadow."""
    base = np.array(_SHEETS[rng.integers(len(_SHEETS))], np.float32)
    base = base + (soil - base) * np.float32(rng.uniform(0, 0.35))
    tone = 1 + 0.12 * noise_at(rng, u * 1.6, v * 1.6) + 0.06 * noise_at(rng, u * 3.4, v * 3.4)
    return base * tone[..., None], np.ones(u.shape, np.float32)


def _panels(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Rows of solar panels with ground between them."""
    panel = np.array((0.14, 0.17, 0.26), np.float32) * np.float32(rng.uniform(0.8, 1.7))
    frame = _lines(u, step=1.0, share=0.08) | _lines(v, step=1.65, share=0.06)
    row = ~_lines(v, step=rng.uniform(2.2, 4.0), share=0.28)
    color = panel + (np.float32(0.6) - panel) * (frame * np.float32(0.7))[..., None]
    return np.where(row[..., None], color, soil * np.float32(0.8)), row * np.float32(1.0)


def _lines(along: Samples, *, step: float, share: float) -> NDArray[np.bool_]:
    """Mark lines every ``step`` metres that cover a share of the whole."""
    inside: NDArray[np.bool_] = along / np.float32(step) % 1 < np.float32(share)
    return inside


def _net(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """A shade net over poles: the ground shows through."""
    base = np.array((0.20, 0.27, 0.22) if chance(rng, 0.6) else (0.16, 0.16, 0.17), np.float32)
    sag = 1 + 0.2 * np.sin(u * np.float32(2.1)) * np.sin(v * np.float32(2.1))
    del soil
    return base * sag[..., None], np.full(u.shape, rng.uniform(0.45, 0.8), np.float32)


def _pond(rng: np.random.Generator, u: Samples, v: Samples, soil: Samples) -> Floor:
    """Standing water, or a pit."""
    base = soil * np.float32(rng.uniform(0.3, 0.7)) + np.array((0, 0.02, 0.04), np.float32)
    tone = 1 + 0.04 * noise_at(rng, u * 0.8, v * 0.8)
    return base * tone[..., None], np.full(u.shape, 0.95, np.float32)


_FLOORS: Final[
    dict[str, Callable[[np.random.Generator, Samples, Samples, Samples], Floor]]
] = {
    "ruin": _ruin,
    "yard": _swept,
    "slab": _slab,
    "paving": _paving,
    "rubble": _rubble,
    "bare": _bare,
    "pad": _pad,
    "garden": _garden,
    "sheet": _sheet,
    "panels": _panels,
    "net": _net,
    "pond": _pond,
}  # fmt: skip
