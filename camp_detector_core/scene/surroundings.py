"""Things in a camp that are not to be found: roads, paths, fences, trees, vehicles and others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .layout import MARGIN
from .objects import Profile, SceneObject
from .random_draws import chance, new_seed
from .shapes import Box

if TYPE_CHECKING:
    from .options import SceneOptions
    from .shapes import Points
    from .spacing import Placer

_MAX_ROADS: Final = 5
_OVERHANG: Final = 1.2
"""Reach of a crown over roofs and other crowns where the ground is cluttered, in its radii."""
_PATH_SPREAD: Final = 22.5
"""Footpaths are 37.5 m long, give or take this much."""


@dataclass(frozen=True)
class Road:
    """A band along a polyline."""

    line: Points
    """(n, 2) vertices, metres."""
    width: float
    """Metres; footpaths are under 1.5."""
    strength: float
    """0 (invisible) to 1 (bare surface)."""
    seed: int
    """Start of the random numbers of its texture."""


@dataclass(frozen=True)
class Fence:
    """A thin upright line."""

    line: Points
    """(n, 2) vertices, metres; closed where the first equals the last."""
    height: float
    """Metres."""
    is_thorn: bool
    """True for a hedge of branches, False for poles with sheets or wire."""
    seed: int
    """Start of the random numbers of its texture."""


@dataclass(frozen=True)
class _Make:
    """Sizes of one kind of distractor, metres, and how many there are on a hectare."""

    kind: str
    length: tuple[float, float]
    width: tuple[float, float]
    height: tuple[float, float]
    profile: Profile
    per_hectare: float


_MAKES: Final = (
    _Make("truck", (6.5, 9.0), (2.3, 2.6), (2.6, 3.2), "flat", 0.25),
    _Make("vehicle", (4.2, 5.2), (1.7, 2.0), (1.6, 2.0), "flat", 1.1),
    _Make("tank", (1.6, 3.2), (1.6, 3.2), (2.0, 4.0), "flat", 1.0),
    _Make("latrine", (1.1, 1.5), (1.1, 1.4), (2.0, 2.3), "shed", 3.5),
    _Make("tarpaulin", (1.5, 3.2), (1.0, 2.4), (0.02, 0.05), "flat", 1.6),
)


def lay_roads(rng: np.random.Generator, options: SceneOptions) -> list[Road]:
    """Roads for vehicles, from one border of the ground to another."""
    width, height = options.size_m
    span = float(np.hypot(width, height))
    roads = []
    main = rng.uniform(0, np.pi)
    for nth in range(min(int(rng.poisson(span / 220)), _MAX_ROADS)):
        through = rng.uniform(0.15, 0.85, 2) * (width, height)
        # Every other road crosses the main direction.
        angle = main + nth * np.pi / 2 + rng.normal(0, 0.25)
        positions = np.arange(-span, span, 8.0)
        phase, wave = rng.uniform(0, 6.28, 2), rng.uniform(60, 160, 2)
        aside = 7 * np.sin(positions / wave[0] + phase[0]) + 3 * np.sin(
            positions / wave[1] * 2 + phase[1]
        )
        cos, sin = np.cos(angle), np.sin(angle)
        line = np.column_stack(
            (through[0] + positions * cos - aside * sin, through[1] + positions * sin + aside * cos)
        )
        near = np.abs(line - np.array((width, height)) / 2) < np.array((width, height)) / 2 + 40
        line = line[near.all(1)]
        if len(line) > 1:
            roads.append(Road(line, rng.uniform(3.2, 6.5), rng.uniform(0.6, 1.0), new_seed(rng)))
    return roads


def lay_paths(
    rng: np.random.Generator, dwellings: list[SceneObject], options: SceneOptions
) -> list[Road]:
    """Footpaths between dwellings that lie 15 to 60 m apart."""
    if len(dwellings) < 2:  # noqa: PLR2004 - a path needs two ends
        return []
    centres = np.array([scene_object.centre for scene_object in dwellings])
    width, height = options.size_m
    paths = []
    for _ in range(int(min(width * height / 450, 2 * len(centres), 900))):
        start = centres[rng.integers(len(centres))]
        distance = np.linalg.norm(centres - start, axis=1)
        reachable = np.flatnonzero(np.abs(distance - 37.5) < _PATH_SPREAD)
        if len(reachable) == 0:
            continue
        stop = centres[rng.choice(reachable)]
        part = np.linspace(0, 1, 9)[:, None]
        wander = rng.normal(0, 1.0, 2) * np.sin(np.pi * part) * 4
        wander = wander + rng.normal(0, 0.35, (9, 2))
        line = start + (stop - start) * part + wander
        paths.append(Road(line, rng.uniform(0.5, 1.3), rng.uniform(0.25, 0.8), new_seed(rng)))
    return paths


def lay_fences(
    rng: np.random.Generator, dwellings: list[SceneObject], options: SceneOptions
) -> list[Fence]:
    """Fences around some dwellings: round thorn hedges at tukuls, straight ones elsewhere."""
    if not dwellings:
        return []
    fences = []
    width, height = options.size_m
    for _ in range(int(rng.poisson(width * height / 9000 + 0.2))):
        inside = dwellings[rng.integers(len(dwellings))]
        x, y = inside.centre + rng.normal(0, 5, 2)
        thorn = inside.kind == "tukul" or chance(rng, 0.2)
        if thorn:
            turn = np.linspace(0, 2 * np.pi, 25) + rng.uniform(0, 2 * np.pi)
            radius = rng.uniform(9, 20) * (1 + 0.12 * np.sin(3 * turn + rng.uniform(0, 6)))
            line = np.column_stack((x + radius * np.cos(turn), y + radius * np.sin(turn)))
            line = line[:-1]  # the gate
        else:
            box = Box(x, y, inside.boxes[0].angle, rng.uniform(8, 26), rng.uniform(7, 20))
            line = np.vstack((box.corners, box.corners[:1]))
        fences.append(Fence(line, rng.uniform(1.2, 2.0), thorn, new_seed(rng)))
    return fences


def add_distractors(rng: np.random.Generator, placer: Placer, options: SceneOptions) -> None:
    """Vehicles, tanks, latrines and tarpaulins wherever they fit."""
    width, height = options.size_m
    hectares = width * height / 10_000
    for make in _MAKES:
        for _ in range(int(rng.poisson(make.per_hectare * hectares))):
            x, y = rng.uniform(-0.02, 1.02, 2) * (width, height)
            length, side = rng.uniform(*make.length), rng.uniform(*make.width)
            if make.kind == "tank":
                side = length
            box = Box(x, y, rng.uniform(0, np.pi), length / 2, side / 2)
            outline = _circle(box) if make.kind == "tank" else box.corners
            placer.offer(_thing(rng, make=make, box=box, outline=outline), gap=0.3)


def add_trees(rng: np.random.Generator, placer: Placer, options: SceneOptions) -> None:
    """Trees in groves and alone, with crowns of 2 to 10 m."""
    width, height = options.size_m
    tree_count = options.vegetation**1.3 * 55 * width * height / 10_000
    groves = rng.uniform(-0.05, 1.05, (max(1, int(tree_count / 9)), 2)) * (width, height)
    make = _Make("tree", (0, 0), (0, 0), (2.2, 8.0), "crown", 0)
    for _ in range(int(rng.poisson(tree_count))):
        x, y = groves[rng.integers(len(groves))] + rng.normal(0, 14, 2)
        if not (-MARGIN < x < width + MARGIN and -MARGIN < y < height + MARGIN):
            continue
        radius = float(np.clip(rng.lognormal(0.75, 0.45), 0.9, 5.0))
        box = Box(float(x), float(y), rng.uniform(0, 6.28), radius, radius)
        tree = _thing(rng, make=make, box=box, outline=_circle(box), tall=0.55 + 0.14 * radius)
        # Crowns may meet other crowns, hence the negative gap.
        overhangs = options.clutter > 0 and chance(rng, 0.5)
        placer.offer(tree, gap=-(_OVERHANG if overhangs else 0.2) * radius)


def _circle(box: Box) -> Points:
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    return box.place(np.column_stack((np.cos(turn), np.sin(turn))) * box.half_length)


def _thing(
    rng: np.random.Generator, *, make: _Make, box: Box, outline: Points, tall: float | None = None
) -> SceneObject:
    low, high = make.height
    height = float(low + (high - low) * (rng.random() if tall is None else min(tall, 1.0)))
    eave = height - 0.1 if make.profile == "shed" else height
    return SceneObject(
        kind=make.kind,
        boxes=(box,),
        parts=(outline,),
        outline=outline,
        eave=eave,
        ridge=height,
        profile=make.profile,
        seed=new_seed(rng),
        style=int(rng.integers(1 << 20)),
    )
