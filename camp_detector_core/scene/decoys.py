"""Things that look like dwellings from above and are none: ruins, yards, slabs, beds, panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .objects import SceneObject
from .random_draws import chance, new_seed
from .shapes import Box, convex_hull

if TYPE_CHECKING:
    from .options import SceneOptions
    from .shapes import Points
    from .spacing import Placer


@dataclass(frozen=True)
class Decoy:
    """One kind of thing that carries no label."""

    sides: tuple[float, float]
    """Shortest and longest side, metres, where it stands alone."""
    wall: tuple[float, float]
    """Lowest and highest wall, metres; 0 for none."""
    ragged: bool
    """True for an outline without straight sides."""
    per_hectare: float
    """Number on a hectare where there is room and the clutter is 1."""


DECOYS: Final = {
    "ruin": Decoy((4.0, 12.0), (0.8, 2.8), ragged=False, per_hectare=8.0),
    "yard": Decoy((5.0, 16.0), (1.0, 2.2), ragged=False, per_hectare=3.0),
    "slab": Decoy((3.0, 9.0), (0.0, 0.0), ragged=False, per_hectare=3.0),
    "paving": Decoy((4.0, 14.0), (0.0, 0.0), ragged=False, per_hectare=1.5),
    "rubble": Decoy((2.0, 8.0), (0.0, 0.0), ragged=True, per_hectare=5.0),
    "bare": Decoy((3.0, 12.0), (0.0, 0.0), ragged=True, per_hectare=6.0),
    "pad": Decoy((3.0, 7.0), (0.0, 0.0), ragged=False, per_hectare=4.0),
    "garden": Decoy((4.0, 16.0), (0.0, 0.0), ragged=False, per_hectare=2.5),
    "sheet": Decoy((1.5, 5.0), (0.0, 0.0), ragged=False, per_hectare=3.5),
    "panels": Decoy((2.0, 9.0), (0.0, 0.0), ragged=False, per_hectare=0.7),
    "net": Decoy((4.0, 12.0), (0.0, 0.0), ragged=False, per_hectare=0.7),
    "pond": Decoy((2.0, 9.0), (0.0, 0.0), ragged=True, per_hectare=0.6),
}
"""Each kind by its name."""


def build_decoy(rng: np.random.Generator, kind: str, box: Box) -> SceneObject:
    """A thing of a kind that fills a rectangle."""
    decoy = DECOYS[kind]
    outline = _ragged(rng, box) if decoy.ragged else box.corners
    height = float(rng.uniform(*decoy.wall))
    return SceneObject(
        kind=kind,
        boxes=(box,),
        parts=(outline,),
        outline=outline,
        eave=height,
        ridge=height,
        profile="flat",
        seed=new_seed(rng),
        style=int(rng.integers(1 << 20)),
    )


def add_decoys(rng: np.random.Generator, placer: Placer, options: SceneOptions) -> None:
    """Scatter things of every kind wherever they fit, as many as the clutter asks for."""
    width, height = options.size_m
    amount = options.clutter * width * height / 10_000
    for kind, decoy in DECOYS.items():
        for _ in range(int(rng.poisson(decoy.per_hectare * amount))):
            x, y = rng.uniform(-0.02, 1.02, 2) * (width, height)
            longer = rng.uniform(*decoy.sides)
            shorter = max(longer * rng.uniform(0.4, 1.0), decoy.sides[0] * 0.6)
            angle = placer.direction_near(x, y) if chance(rng, 0.6) else rng.uniform(0, np.pi)
            box = Box(float(x), float(y), float(angle), longer / 2, shorter / 2)
            placer.offer(build_decoy(rng, kind, box), gap=0.15)


def _ragged(rng: np.random.Generator, box: Box) -> Points:
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    ring = np.column_stack((np.cos(turn), np.sin(turn))) * rng.uniform(0.7, 1.0, (14, 1))
    return box.place(convex_hull(ring) * (box.half_length, box.half_width))
