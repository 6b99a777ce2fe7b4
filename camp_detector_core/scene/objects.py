"""The things that stand in a camp, and how one of each kind is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from .random_draws import chance, new_seed
from .shapes import Box, convex_hull

if TYPE_CHECKING:
    from .shapes import Points

Kind = Literal[
    "tent_white",
    "tent_beige",
    "tent_blue",
    "shelter",
    "tukul",
    "tin_roof",
    "thatch",
    "flat_roof",
]
Profile = Literal["ridge", "arch", "hip", "shed", "cone", "dome", "flat", "crown"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The kinds of dwelling, all labelled."""

_SIZES: Final[dict[str, tuple[tuple[float, float], tuple[float, float]]]] = {
    # length and width at the small and at the large end, metres
    "tent_white": ((4.2, 3.2), (7.2, 4.8)),
    "tent_beige": ((4.8, 3.6), (8.0, 5.6)),
    "tent_blue": ((4.0, 3.0), (6.4, 4.4)),
    "shelter": ((3.4, 2.8), (6.8, 4.6)),
    "tukul": ((4.0, 4.0), (6.0, 6.0)),
    "tin_roof": ((4.5, 4.0), (13.5, 7.5)),
}
_HEIGHTS: Final[dict[str, tuple[float, float]]] = {  # eaves and ridge, metres
    "tent_white": (1.3, 2.2),
    "tent_beige": (1.4, 2.5),
    "tent_blue": (1.2, 2.0),
    "shelter": (1.4, 2.0),
    "tukul": (1.3, 3.4),
    "tin_roof": (2.4, 3.2),
}
_PROFILES: Final[dict[str, tuple[Profile, ...]]] = {
    "tent_white": ("ridge", "ridge", "arch", "hip"),
    "tent_beige": ("ridge", "arch", "hip"),
    "tent_blue": ("ridge", "arch"),
    "shelter": ("arch", "shed", "ridge", "arch"),
    "tukul": ("cone",),
    "tin_roof": ("ridge", "ridge", "shed"),
}

_WINGED_FROM: Final = 7.0
"""Length from which a tin roof may have a wing, metres."""


@dataclass(frozen=True)
class SceneObject:
    """Object of a camp: outline seen from above, heights, and the seed of its texture."""

    kind: str
    """Kind of the object: one of `KINDS`, one of `decoys.DECOYS`, or another thing: tree,
    vehicle, truck, tank, latrine, tarpaulin."""
    boxes: tuple[Box, ...]
    """The rectangle of each wing of the roof."""
    parts: tuple[Points, ...]
    """Convex polygons (n, 2) in metres, one for each box, which together are the outline."""
    outline: Points
    """(n, 2) corners of the whole in metres."""
    eave: float
    """Height of the roof's edge, metres."""
    ridge: float
    """Height of the roof's top, metres."""
    profile: Profile
    """Shape of the roof between edge and top."""
    seed: int
    """Start of the random numbers of its texture."""
    style: int = 0
    """Number that neighbours of one make share, so that their colours agree."""
    material: str = ""
    """Covering of the roof; empty for the one that goes with the kind."""

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the bounding box of the outline, metres."""
        low, high = self.outline.min(0), self.outline.max(0)
        return float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2

    @property
    def radius(self) -> float:
        """Radius around `centre` that holds the outline, metres."""
        offset = self.outline - self.centre
        return float(np.sqrt((offset * offset).sum(1).max()))


@dataclass(frozen=True)
class Slot:
    """A place where the layout wants a dwelling."""

    kind: Kind
    x: float
    y: float
    """Centre, metres."""
    angle: float
    """Direction of the ridge, radians."""
    size: float
    """0 (smallest of its kind) to 1 (largest)."""
    style: int
    """Shared by neighbours of one make."""


def footprint(kind: Kind, *, size: float) -> tuple[float, float]:
    """Length and width of a dwelling of ``size`` 0 to 1, metres."""
    small, large = _SIZES[kind]
    return (
        small[0] + (large[0] - small[0]) * size,
        small[1] + (large[1] - small[1]) * size,
    )


def build_dwelling(rng: np.random.Generator, slot: Slot) -> SceneObject:
    """The dwelling that stands in a slot."""
    length, width = footprint(slot.kind, size=slot.size)
    box = Box(slot.x, slot.y, slot.angle, length / 2, width / 2)
    if slot.kind == "tukul":
        return _item(rng, slot, boxes=(box,), outline=_round_outline(rng, box))
    if slot.kind == "shelter":
        return _item(rng, slot, boxes=(box,), outline=_irregular_outline(rng, box))
    if slot.kind == "tin_roof":
        winged = length > _WINGED_FROM and chance(rng, 0.3)
        return build_wing(rng, slot, box) if winged else _item(rng, slot, boxes=(box,))
    return _item(rng, slot, boxes=(box,), outline=_slack_outline(rng, box))


def build_neighbour(
    rng: np.random.Generator, scene_object: SceneObject, *, length: float
) -> SceneObject:
    """A tin roof of ``length`` metres that shares a whole side with a rectangular one."""
    box = scene_object.boxes[0]
    step = (box.half_length + length / 2) * (1 if chance(rng, 0.5) else -1)
    x, y = box.place(np.array(((step, 0.0),)))[0]
    slot = Slot("tin_roof", float(x), float(y), box.angle, 0.0, int(rng.integers(1 << 30)))
    return _item(rng, slot, boxes=(Box(slot.x, slot.y, box.angle, length / 2, box.half_width),))


def build_wing(rng: np.random.Generator, slot: Slot, box: Box) -> SceneObject:
    """An L-shaped tin roof: ``box`` and a wing at one end of one long side."""
    a, b = box.half_length, box.half_width
    width = 2 * b * rng.uniform(0.75, 1.0)
    length = rng.uniform(2.5, 5.0)
    flip = -1 if chance(rng, 0.5) else 1
    ring = np.array(
        ((-a, -b), (a, -b), (a, b + length), (a - width, b + length), (a - width, b), (-a, b))
    ) * (flip, 1)
    middle = box.place(np.array(((flip * (a - width / 2), b + length / 2),)))[0]
    wing = Box(
        float(middle[0]), float(middle[1]), box.angle + np.pi / 2, length / 2, float(width / 2)
    )
    return _item(rng, slot, boxes=(box, wing), outline=box.place(ring))


def _item(
    rng: np.random.Generator,
    slot: Slot,
    *,
    boxes: tuple[Box, ...],
    outline: Points | None = None,
) -> SceneObject:
    eave, ridge = _HEIGHTS[slot.kind]
    tall = rng.uniform(0.85, 1.2)
    if slot.kind in ("tukul", "tin_roof"):
        # Pitched roofs rise with their span, a quarter to a half of it.
        ridge = eave + boxes[0].half_width * (0.75 if slot.kind == "tukul" else 0.3)
    profiles = _PROFILES[slot.kind]
    ring = boxes[0].corners if outline is None else outline
    return SceneObject(
        kind=slot.kind,
        boxes=boxes,
        parts=(ring,) if len(boxes) == 1 else tuple(b.corners for b in boxes),
        outline=ring,
        eave=float(eave * tall),
        ridge=float(ridge * tall),
        profile=profiles[(slot.style + int(chance(rng, 0.1))) % len(profiles)],
        seed=new_seed(rng),
        style=slot.style,
    )


def _round_outline(rng: np.random.Generator, box: Box) -> Points:
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    stretch = rng.uniform(0.94, 1.0)
    ring = np.column_stack((np.cos(turn), np.sin(turn) * stretch))
    return box.place(ring * box.half_length)


def _slack_outline(rng: np.random.Generator, box: Box) -> Points:
    """A rectangle whose corners a worn canvas has pulled in a little."""
    corners = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1))) * (1 - rng.uniform(0, 0.05, (4, 2)))
    return box.place(corners * (box.half_length, box.half_width))


def _irregular_outline(rng: np.random.Generator, box: Box) -> Points:
    """The convex hull of a few points near the edge of the box: sheets over bent sticks."""
    square = np.array(((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)))
    pulled = square * (1 - rng.uniform(0, 0.16, (8, 2)))
    return box.place(convex_hull(pulled) * (box.half_length, box.half_width))
