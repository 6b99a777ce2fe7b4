"""Camps of tents: rows back to back, gaps of a step or none, porches, odd tents among them."""

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

_FAMILIES: Final[tuple[tuple[tuple[str, ...], tuple[float, float]], ...]] = (
    # makes in order of how common they are, and usual length and width, metres
    (("white",), (6.4, 4.0)),
    (("white", "blue"), (6.0, 4.0)),
    (("white", "plastic"), (5.0, 3.6)),
    (("tunnel", "white"), (6.6, 4.2)),
    (("dome", "blue"), (3.4, 3.4)),
    (("white", "dome", "blue", "plastic"), (4.2, 3.2)),
    (("beige", "white"), (7.0, 5.0)),
    (("blue", "plastic", "white"), (4.6, 3.4)),
    (("plastic", "sheeting", "white"), (4.4, 3.2)),
    (("white", "tin"), (6.0, 4.2)),
    (("buul", "plastic"), (4.0, 3.6)),
)
_COMMON: Final = 0.8
"""Share of tents of a site's first make."""
_LEFT: Final = ("pad", "pad", "bare", "sheet", "yard")
"""Things on a place that a tent has left."""


@dataclass(frozen=True)
class _Plan:
    """Measures of a site's rows, metres."""

    makes: tuple[str, ...]
    length: float
    width: float
    along: float
    """Gap between neighbours in a row."""
    back: float
    """Gap between two rows that stand back to back."""
    lane: float
    """Width of a lane between pairs of rows."""
    per_row: int
    """Tents from one cross lane to the next."""
    turned: bool
    """True where ridges run along the row."""
    jitter: float
    """Standard deviation of a tent's place."""


def _choose_plan(rng: np.random.Generator, density: float) -> _Plan:
    makes, (length, width) = _FAMILIES[rng.integers(len(_FAMILIES))]
    scale = rng.uniform(0.8, 1.2)
    loose = 1.3 - density
    tight = chance(rng, 0.3)
    along = float(rng.uniform(0.0, 0.25) if tight else rng.uniform(0.3, 2.2) * (0.4 + loose))
    return _Plan(
        makes=makes,
        length=length * scale,
        width=width * scale,
        along=along,
        back=float(rng.uniform(0.0, 1.2) if tight else rng.uniform(0.3, 2.5) * (0.4 + loose)),
        lane=float(rng.uniform(1.5, 5.0) * (0.5 + loose)),
        per_row=int(rng.integers(4, 14)),
        turned=chance(rng, 0.5),
        jitter=min(float(rng.choice((0.03, 0.12, 0.35))), 0.02 + 0.4 * along),
    )


def fill_tents(rng: np.random.Generator, site: Site, *, grounds: Grounds) -> Iterator[SceneObject]:
    """Tents of a site, and what is left where one is missing; they may still overlap."""
    plan = _choose_plan(rng, site.density)
    first, second = (plan.length, plan.width) if plan.turned else (plan.width, plan.length)
    pitch_u, pitch_v = first + plan.along, second + plan.back
    rows, cols = int(grounds.reach / pitch_v) + 1, int(grounds.reach / pitch_u) + 1
    style = int(rng.integers(1 << 20))
    for j in range(-rows, rows + 1):
        shift = rng.uniform(0, pitch_u) if chance(rng, 0.2) else 0.0
        v = j * pitch_v + (j // 2) * plan.lane
        for i in range(-cols, cols + 1):
            u = i * pitch_u + (i // plan.per_row) * plan.lane + shift
            x, y = site.place(u, v, site.angle)
            if grounds.include(x, y):
                x, y = np.array((x, y)) + rng.normal(0, plan.jitter, 2)
                angle = site.angle + (0.0 if plan.turned else np.pi / 2)
                angle += rng.normal(0, 0.25 if chance(rng, 0.06) else 0.5 * plan.jitter / first)
                box = Box(float(x), float(y), float(angle), plan.length / 2, plan.width / 2)
                if chance(rng, site.density):
                    yield _pitch(rng, box, plan, style=style)
                elif chance(rng, 0.3):
                    yield build_decoy(rng, _LEFT[rng.integers(len(_LEFT))], box)


def _pitch(rng: np.random.Generator, box: Box, plan: _Plan, *, style: int) -> SceneObject:
    """One tent: as its neighbours, or of another make, smaller, or with a porch."""
    makes = plan.makes
    name = makes[0] if chance(rng, _COMMON) else makes[rng.integers(len(makes))]
    make = MAKES[name]
    half = np.array((box.half_length, box.half_width)) * (1 - abs(rng.normal(0, 0.02)))
    if chance(rng, 0.08):
        half *= rng.uniform(0.65, 0.95, 2)
    if make.outline == "round":
        half[:] = half.min()
    box = Box(box.x, box.y, box.angle, float(half[0]), float(half[1]))
    if chance(rng, 0.15):
        style = int(rng.integers(1 << 20))
    notch = (0.0, 0.0)
    if make.outline == "slack" and chance(rng, 0.05):
        # A porch: the tent is narrower than it on one side of its end.
        notch = (float(half[0] * rng.uniform(1.2, 1.6)), float(half[1] * rng.uniform(0.3, 0.7)))
    return build_on(rng, Plot(box, make, style, notch))
