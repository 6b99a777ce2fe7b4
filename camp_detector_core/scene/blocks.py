"""Dense self-built blocks: ground split into lots, roof beside roof, yards and ruins between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .decoys import build_decoy
from .plots import MAKES, Plot, build_on
from .random_draws import chance
from .shapes import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .grounds import Grounds
    from .layout import Site
    from .objects import SceneObject

_FAMILIES: Final[tuple[tuple[tuple[str, ...], float], ...]] = (
    # makes that occur together, one in turn for each lot, and the usual side of a lot, metres
    (("tin",), 6.5),
    (("tin", "tin", "tin", "sheeting"), 5.5),
    (("tin", "tin", "concrete", "tin"), 8.0),
    (("sheeting",), 4.0),
    (("sheeting", "sheeting", "straw", "sheeting", "earth"), 4.3),
    (("sheeting", "buul", "sheeting", "plastic"), 3.8),
    (("earth", "earth", "straw", "earth", "tin"), 6.0),
    (("concrete", "tin", "concrete", "earth"), 9.0),
    (("straw", "tin", "straw", "hut"), 6.0),
)
_OPEN_LOTS: Final = ("yard", "ruin", "bare", "rubble", "garden", "ruin", "slab", "yard", "paving")
_LONGEST: Final = 2.2
"""Longest lot that stays whole, in widths of it."""
_LEAST: Final = 0.9
"""Half of the narrowest dwelling, metres."""
_NOTCHED: Final = 2.2
"""Half of the width from which a roof may have a corner left out, metres."""


@dataclass(frozen=True)
class _Lot:
    """A rectangle in a block's own directions, metres."""

    low: tuple[float, float]
    high: tuple[float, float]

    @property
    def sides(self) -> tuple[float, float]:
        return self.high[0] - self.low[0], self.high[1] - self.low[1]


@dataclass(frozen=True)
class Manner:
    """The way in which a site is built."""

    makes: tuple[str, ...]
    side: float
    """Usual side of a lot, metres."""
    crowding: float
    """0 (gaps of a metre or two between roofs) to 1 (roofs share their walls)."""
    open_share: float
    """Share of lots without a roof."""


def choose_manner(rng: np.random.Generator, density: float) -> Manner:
    """Draw the manner of a site; a density of 1 leaves few lots open."""
    makes, side = _FAMILIES[rng.integers(len(_FAMILIES))]
    return Manner(
        makes,
        side=float(side * rng.uniform(0.8, 1.3)),
        crowding=float(np.clip(rng.beta(1.6, 1.2) * (0.4 + 0.6 * density), 0, 1)),
        open_share=float(rng.uniform(0.06, 0.3) + 0.25 * (1 - density)),
    )


def fill_blocks(rng: np.random.Generator, site: Site, *, grounds: Grounds) -> Iterator[SceneObject]:
    """Dwellings of a site and what stands on its open lots; some may be in each other's way."""
    manner = choose_manner(rng, site.density)
    for block, angle in _blocks(rng, site, grounds=grounds):
        style = int(rng.integers(1 << 20))
        for lot in _split(rng, block, manner):
            u, v = (lot.low[0] + lot.high[0]) / 2, (lot.low[1] + lot.high[1]) / 2
            x, y = site.place(u, v, angle)
            if grounds.include(x, y):
                if chance(rng, 0.5):
                    style = int(rng.integers(1 << 20))
                box = _fit(rng, lot, manner, place=(float(x), float(y), angle))
                built = _build(rng, box, manner, style=style)
                if built is not None:
                    yield built


def _blocks(
    rng: np.random.Generator, site: Site, *, grounds: Grounds
) -> Iterator[tuple[_Lot, float]]:
    """Rectangles between streets, each with its own direction."""
    long, deep = rng.uniform(22, 48), rng.uniform(9, 24)
    street, alley = rng.uniform(1.8, 5.5), rng.uniform(1.2, 4.0)
    across, along = grounds.reach / (long + alley), grounds.reach / (deep + street)
    for i in range(-int(across) - 1, int(across) + 2):
        for j in range(-int(along) - 1, int(along) + 2):
            angle = site.angle + rng.normal(0, 0.03)
            u, v = i * (long + alley) + rng.normal(0, 0.5), j * (deep + street)
            x, y = site.place(u, v, angle)
            if grounds.touch(x, y, radius=(long + deep) / 2):
                half = (long / 2, deep / 2)
                yield _Lot((u - half[0], v - half[1]), (u + half[0], v + half[1])), float(angle)


def _split(rng: np.random.Generator, lot: _Lot, manner: Manner) -> Iterator[_Lot]:
    """Halve a lot across its longer side, sometimes along a narrow alley, until lots are small."""
    sides = lot.sides
    axis = 0 if sides[0] >= sides[1] else 1
    longer, shorter = sides[axis], sides[1 - axis]
    small = longer < manner.side * rng.uniform(1.0, 1.7)
    if small and longer < _LONGEST * shorter:
        yield lot
        return
    alley = 0.0
    if longer > 2.5 * manner.side and chance(rng, 0.7):
        alley = rng.uniform(0.6, 2.2)
    cut = lot.low[axis] + longer * rng.uniform(0.36, 0.64)
    first, second = list(lot.high), list(lot.low)
    first[axis], second[axis] = cut - alley / 2, cut + alley / 2
    yield from _split(rng, _Lot(lot.low, (first[0], first[1])), manner)
    yield from _split(rng, _Lot((second[0], second[1]), lot.high), manner)


def _fit(
    rng: np.random.Generator, lot: _Lot, manner: Manner, *, place: tuple[float, float, float]
) -> Box:
    """The rectangle of a roof in its lot: on the lot's border, or some way inside."""
    apart = rng.random(4) > manner.crowding
    margins = apart * rng.uniform(0.1, 0.9, 4) * (1.3 - manner.crowding)
    long, deep = lot.sides[0] - margins[:2].sum(), lot.sides[1] - margins[2:].sum()
    x, y, angle = place
    u, v = (margins[0] - margins[1]) / 2, (margins[2] - margins[3]) / 2
    x, y = x + u * np.cos(angle) - v * np.sin(angle), y + u * np.sin(angle) + v * np.cos(angle)
    if apart.all():
        angle += rng.normal(0, 0.04)
    # Ridges run along the longer side, as a rule.
    if (deep > long) != chance(rng, 0.1):
        return Box(float(x), float(y), angle + np.pi / 2, deep / 2, long / 2)
    return Box(float(x), float(y), angle, long / 2, deep / 2)


def _build(rng: np.random.Generator, box: Box, manner: Manner, *, style: int) -> SceneObject | None:
    half = min(box.half_length, box.half_width)
    if chance(rng, manner.open_share):
        kind = _OPEN_LOTS[rng.integers(len(_OPEN_LOTS))]
        return build_decoy(rng, kind, box) if half > _LEAST and chance(rng, 0.7) else None
    if half < _LEAST:
        return None
    make = MAKES[manner.makes[style % len(manner.makes)]]
    if make.outline == "round":
        box = Box(box.x, box.y, box.angle, half, half)
    notch = (0.0, 0.0)
    if make.outline == "straight" and half > _NOTCHED and chance(rng, 0.22):
        notch = (
            float(box.half_length * rng.uniform(0.5, 1.2)),
            float(box.half_width * rng.uniform(0.5, 1.2)),
        )
    return build_on(rng, Plot(box, make, style, notch))
