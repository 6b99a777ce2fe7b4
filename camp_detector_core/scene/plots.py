"""Dwellings that are fitted to a plot: what stands on it, and the outline of its roof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .objects import Kind, Profile, SceneObject
from .random_draws import chance, new_seed
from .shapes import Box, convex_hull

if TYPE_CHECKING:
    from .shapes import Points


@dataclass(frozen=True)
class Make:
    """One way to build a dwelling."""

    kind: Kind
    material: str
    """Covering of the roof, one of those that `coverings.cover_roof` knows."""
    eave: float
    """Usual height of the roof's edge, metres."""
    pitch: float
    """Usual rise of the roof over half its span, metres for a metre."""
    profiles: tuple[Profile, ...]
    outline: str = "straight"
    """Shape of the outline: straight, crooked, round or slack."""


MAKES: Final = {
    "tin": Make("tin_roof", "patchwork", 2.4, 0.3, ("ridge", "ridge", "shed", "shed")),
    "sheeting": Make("shelter", "sheeting", 1.5, 0.35, ("ridge", "shed", "arch"), "crooked"),
    "buul": Make("shelter", "sheeting", 0.6, 0.9, ("dome",), "round"),
    "straw": Make("thatch", "straw", 1.9, 0.6, ("ridge", "ridge", "hip"), "crooked"),
    "hut": Make("tukul", "tukul", 1.3, 0.75, ("cone",), "round"),
    "earth": Make("flat_roof", "earth", 2.5, 0.0, ("flat",)),
    "concrete": Make("flat_roof", "concrete", 3.2, 0.0, ("flat",)),
    "white": Make("tent_white", "canvas", 1.1, 0.55, ("ridge", "ridge", "hip"), "slack"),
    "tunnel": Make("tent_white", "canvas", 0.9, 0.7, ("arch",), "slack"),
    "dome": Make("tent_white", "canvas", 0.4, 0.9, ("dome",), "round"),
    "beige": Make("tent_beige", "tent_beige", 1.4, 0.45, ("ridge", "arch", "hip"), "slack"),
    "blue": Make("tent_blue", "tent_blue", 1.2, 0.45, ("ridge", "arch"), "slack"),
    "plastic": Make("shelter", "plastic", 1.2, 0.4, ("ridge", "arch", "ridge"), "slack"),
}
"""Makes by name."""


@dataclass(frozen=True)
class Plot:
    """A rectangle for a dwelling, and what is built there."""

    box: Box
    make: Make
    style: int
    """Shared by neighbours of one make."""
    notch: tuple[float, float] = (0.0, 0.0)
    """Length and width of a corner that is left open, metres, for an L-shaped roof."""


def build_on(rng: np.random.Generator, plot: Plot) -> SceneObject:
    """The dwelling on a plot; its roof fills the plot's rectangle."""
    make, box = plot.make, plot.box
    boxes: tuple[Box, ...] = (box,)
    if plot.notch[0] > 0:
        boxes, outline = _notched(box, plot.notch)
    else:
        outline = _outline(rng, box, shape=make.outline)
    eave = make.eave * rng.uniform(0.8, 1.2)
    span = boxes[0].half_width
    return SceneObject(
        kind=make.kind,
        boxes=boxes,
        parts=(outline,) if len(boxes) == 1 else tuple(part.corners for part in boxes),
        outline=outline,
        eave=float(eave),
        ridge=float(eave + make.pitch * span * rng.uniform(0.7, 1.2)),
        profile=make.profiles[(plot.style + int(chance(rng, 0.15))) % len(make.profiles)],
        seed=new_seed(rng),
        style=plot.style,
        material=make.material,
    )


def _outline(rng: np.random.Generator, box: Box, *, shape: str) -> Points:
    half = (box.half_length, box.half_width)
    if shape == "straight":
        return box.corners
    if shape == "round":
        turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        bulge = 1 - rng.uniform(0, 0.05, len(turn))
        return box.place(
            convex_hull(np.column_stack((np.cos(turn), np.sin(turn))) * bulge[:, None] * half)
        )
    if shape == "slack":
        corners = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1)))
        return box.place(corners * (1 - rng.uniform(0, 0.05, (4, 2))) * half)
    square = np.array(((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)))
    return box.place(convex_hull(square * (1 - rng.uniform(0, 0.1, (8, 2)))) * half)


def _notched(box: Box, notch: tuple[float, float]) -> tuple[tuple[Box, Box], Points]:
    """An L: the whole length along one side of the plot, and a wing beside the notch."""
    a, b = box.half_length, box.half_width
    long, deep = notch
    ring = np.array(
        ((-a, -b), (a, -b), (a, b - deep), (a - long, b - deep), (a - long, b), (-a, b))
    )
    main_y, wing_x, wing_y = -deep / 2, -long / 2, b - deep / 2
    (main, wing) = box.place(np.array(((0.0, main_y), (wing_x, wing_y))))
    first = Box(float(main[0]), float(main[1]), box.angle, a, b - deep / 2)
    second = Box(float(wing[0]), float(wing[1]), box.angle + np.pi / 2, deep / 2, a - long / 2)
    return (first, second), box.place(ring)
