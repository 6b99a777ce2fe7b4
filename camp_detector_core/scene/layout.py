"""Positions of dwellings: rows of a planned camp, clusters around courtyards, dense blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .blocks import fill_blocks
from .grounds import Grounds
from .objects import Kind, Slot, footprint
from .random_draws import chance
from .tents import fill_tents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .objects import SceneObject
    from .options import SceneOptions

    Numbers = NDArray[np.float64]

MARGIN: Final = 12.0
"""Ground around the image that is laid out too, so that objects cross its border, metres."""
_SITE_SIDE: Final = 85.0
"""Mean distance of sites, metres."""
_MAX_SITES: Final = 80
_STRAY: Final = 0.12
"""Share of tents in rows that do not follow their block, in make or in direction."""
_OWN_MAKE: Final = 0.4
"""Share of dwellings in a cluster that differ from its others."""

_STYLES: Final = ("rows", "clusters", "dense")
_KINDS_OF: Final[dict[str, tuple[tuple[Kind, ...], ...]]] = {
    # sets of kinds that occur together, by style
    "rows": (
        ("tent_white",),
        ("tent_beige",),
        ("tent_white", "tent_blue"),
        ("tent_beige", "tent_blue"),
        ("tent_white", "tent_beige"),
        ("tin_roof",),
        ("shelter", "tent_white"),
    ),
    "clusters": (
        ("tukul",),
        ("tukul", "shelter"),
        ("tukul", "tin_roof"),
        ("shelter", "tent_white"),
        ("tent_beige", "shelter"),
        ("shelter", "tent_blue"),
    ),
    "dense": (
        ("tin_roof",),
        ("tin_roof", "shelter"),
        ("shelter", "tent_white", "tent_blue"),
        ("tin_roof", "tent_white", "tukul"),
        ("shelter",),
    ),
}


@dataclass(frozen=True)
class Site:
    """A part of the camp that was built in one manner; it owns the ground nearest to it."""

    x: float
    y: float
    """Centre, metres."""
    style: str
    """Layout of the dwellings: rows, clusters, dense, tents, blocks or open."""
    angle: float
    """Main direction, radians."""
    kinds: tuple[Kind, ...]
    """Kinds of building on the site; none where its layout chooses the makes itself."""
    size: float
    """0 to 1, the usual size of its dwellings."""
    gap: float
    """Usual gap between dwellings, metres."""
    density: float
    """Share of places that are built on."""

    def place(self, u: float, v: float, angle: float) -> tuple[float, float]:
        """Place so many metres along a direction and across it from the centre, x and y."""
        cos, sin = np.cos(angle), np.sin(angle)
        return self.x + u * cos - v * sin, self.y + u * sin + v * cos


def lay_sites(rng: np.random.Generator, options: SceneOptions) -> list[Site]:
    """Divide the ground into sites; the first is never open."""
    width, height = options.size_m
    count = int(np.clip(round(width * height / _SITE_SIDE**2), 1, _MAX_SITES))
    spots = _spread(rng, count=count, width=width, height=height)
    camp_angle = rng.uniform(0, np.pi)
    decks: dict[str, list[tuple[Kind, ...]]] = {}
    order = rng.permutation(len(_STYLES))
    sites = []
    for i, (x, y) in enumerate(spots):
        style: str = options.layout
        if style == "mixed":
            style = _STYLES[order[i % len(_STYLES)]]
        is_open = i > 0 and chance(rng, 0.32 - 0.28 * options.density)
        deck = decks.setdefault(style, [])
        if not deck:
            # Dealing from a shuffled deck shows every set before one comes twice.
            sets = _KINDS_OF.get(style, ((),))
            deck.extend(sets[j] for j in rng.permutation(len(sets)))
        sites.append(
            Site(
                x=float(x),
                y=float(y),
                style="open" if is_open else style,
                angle=float(
                    camp_angle + rng.normal(0, 0.15) + chance(rng, 0.3) * rng.uniform(0, 3)
                ),
                kinds=deck.pop(),
                size=float(rng.uniform(0.1, 0.9)),
                gap=float((1 - options.density) * rng.uniform(3, 6) + rng.uniform(0.6, 2.4)),
                density=float(np.clip(0.62 + 0.36 * options.density + rng.normal(0, 0.03), 0.4, 1)),
            )
        )
    return sites


def _spread(rng: np.random.Generator, *, count: int, width: float, height: float) -> Numbers:
    """Points that keep away from each other: the best of a few candidates, one after another."""
    extent = np.array((width, height))
    spots = rng.uniform(0.3, 0.7, (1, 2)) * extent
    while len(spots) < count:
        candidates = rng.uniform(0, 1, (12, 2)) * extent
        distance = np.linalg.norm(candidates[:, None] - spots, axis=2).min(1)
        spots = np.vstack((spots, candidates[distance.argmax()]))
    jittered: Numbers = spots
    return jittered


def owner(sites: list[Site], *, x: Numbers, y: Numbers) -> NDArray[np.intp]:
    """Index of the site nearest to each point."""
    centres = np.array([(site.x, site.y) for site in sites])
    squared = (x[:, None] - centres[:, 0]) ** 2 + (y[:, None] - centres[:, 1]) ** 2
    nearest: NDArray[np.intp] = squared.argmin(1)
    return nearest


def slots(rng: np.random.Generator, sites: list[Site], options: SceneOptions) -> Iterator[Slot]:
    """The places of all dwellings, site by site; they may still overlap each other."""
    width, height = options.size_m
    for index, site in enumerate(sites):
        if site.style not in _KINDS_OF:
            continue
        makers = {"rows": _rows, "clusters": _clusters, "dense": _dense}
        candidates = makers[site.style](rng, site, reach=float(np.hypot(width, height)) + MARGIN)
        x, y = candidates.x, candidates.y
        in_image = (np.abs(x - width / 2) < width / 2 + MARGIN) & (
            np.abs(y - height / 2) < height / 2 + MARGIN
        )
        in_image &= rng.random(len(x)) < site.density
        in_image[in_image] &= owner(sites, x=x[in_image], y=y[in_image]) == index
        for i in np.flatnonzero(in_image):
            yield Slot(
                kind=site.kinds[candidates.kind[i]],
                x=float(x[i]),
                y=float(y[i]),
                angle=float(candidates.angle[i]),
                size=float(np.clip(candidates.size[i], 0, 1)),
                style=int(candidates.style[i]),
            )


def fitted(
    rng: np.random.Generator, sites: list[Site], options: SceneOptions
) -> Iterator[SceneObject]:
    """Things that stand on sites of tents and of blocks; some may overlap each other."""
    centres = np.array([(site.x, site.y) for site in sites])
    makers = {"tents": fill_tents, "blocks": fill_blocks}
    for index, site in enumerate(sites):
        if site.style in makers:
            grounds = Grounds(centres, index, size=options.size_m, margin=MARGIN)
            yield from makers[site.style](rng, site, grounds=grounds)


@dataclass(frozen=True)
class _Places:
    """Places as arrays (n,): metres, radians, 0 to 1, and indices."""

    x: Numbers
    y: Numbers
    angle: Numbers
    size: Numbers
    kind: NDArray[np.int64]
    style: NDArray[np.int64]


def _world(site: Site, *, u: Numbers, v: Numbers) -> tuple[Numbers, Numbers]:
    cos, sin = np.cos(site.angle), np.sin(site.angle)
    return site.x + u * cos - v * sin, site.y + u * sin + v * cos


def _largest(site: Site, *, size: float) -> tuple[float, float]:
    sides = [footprint(kind, size=size) for kind in site.kinds]
    return max(s[0] for s in sides), max(s[1] for s in sides)


def _rows(rng: np.random.Generator, site: Site, *, reach: float) -> _Places:
    """A grid of equal tents, in blocks with lanes between them."""
    length, width = _largest(site, size=site.size)
    pitch_u, pitch_v = length + site.gap, width + site.gap + rng.uniform(0.8, 2.5)
    per_u, per_v = int(rng.integers(4, 9)), int(rng.integers(2, 6))
    lane = rng.uniform(4.0, 7.0)
    reach_u, reach_v = int(reach / pitch_u) + 1, int(reach / pitch_v) + 1
    i, j = (
        a.ravel()
        for a in np.meshgrid(np.arange(-reach_u, reach_u + 1), np.arange(-reach_v, reach_v + 1))
    )
    block_u, block_v = i // per_u, j // per_v
    n = len(i)
    u = i * pitch_u + block_u * lane + rng.normal(0, 0.25, n)
    v = j * pitch_v + block_v * lane + rng.normal(0, 0.2, n)
    x, y = _world(site, u=u, v=v)
    block = _scramble(block_u, block_v)
    stray = rng.random(n) < _STRAY
    style = np.where(stray, rng.integers(1 << 20, size=n), block % (1 << 20))
    tilt = rng.normal(0, 1, n) * np.where(rng.random(n) < _STRAY, 0.12, 0.025)
    return _Places(
        x=x,
        y=y,
        angle=site.angle + tilt,
        size=site.size + rng.normal(0, 0.03, n),
        kind=style % len(site.kinds),
        style=style,
    )


def _clusters(rng: np.random.Generator, site: Site, *, reach: float) -> _Places:
    """Dwellings in rings around courtyards, facing inwards."""
    largest = _largest(site, size=site.size)[0]
    pitch = 2 * largest + 11 + 2 * site.gap
    half = int(reach / pitch) + 1
    i, j = (a.ravel() for a in np.meshgrid(*(np.arange(-half, half + 1),) * 2))
    count = len(i)
    u = (i + rng.uniform(-0.28, 0.28, count)) * pitch
    v = (j + rng.uniform(-0.28, 0.28, count)) * pitch
    members = rng.integers(4, 10, count)
    cluster = np.repeat(np.arange(count), members)
    nth = np.concatenate([np.arange(m) for m in members])
    n = len(cluster)
    turn = (nth + rng.uniform(-0.2, 0.2, n)) * 2 * np.pi / members[cluster] + cluster
    ring = np.maximum(members[cluster] * (largest + site.gap * 0.6) / (2 * np.pi), largest * 0.8)
    ring *= rng.uniform(0.92, 1.2, n)
    x, y = _world(site, u=u[cluster] + ring * np.cos(turn), v=v[cluster] + ring * np.sin(turn))
    styles = rng.integers(1 << 20, size=count)[cluster]
    own = rng.random(n) < _OWN_MAKE
    styles = np.where(own, rng.integers(1 << 20, size=n), styles)
    return _Places(
        x=x,
        y=y,
        angle=site.angle + turn + np.pi / 2 + rng.normal(0, 0.1, n),
        size=site.size + rng.normal(0, 0.16, n),
        kind=styles % len(site.kinds),
        style=styles,
    )


def _dense(rng: np.random.Generator, site: Site, *, reach: float) -> _Places:
    """Self-built blocks: a crooked grid, sizes at will, hardly a gap."""
    length, width = _largest(site, size=0.35)
    pitch_u, pitch_v = length + 0.35 * site.gap, width + 0.35 * site.gap
    half_u, half_v = int(reach / pitch_u) + 1, int(reach / pitch_v) + 1
    i, j = (
        a.ravel()
        for a in np.meshgrid(np.arange(-half_u, half_u + 1), np.arange(-half_v, half_v + 1))
    )
    n = len(i)
    # Every sixth row and ninth column is left out: the alleys.
    open_ground = (i % 9 == 0) | (j % 6 == 0)
    u = i * pitch_u + rng.normal(0, 0.16 * pitch_u, n)
    v = j * pitch_v + rng.normal(0, 0.16 * pitch_v, n)
    bend = 0.25 * np.sin(u / 31.0 + site.size * 6) + 0.2 * np.cos(v / 23.0)
    x, y = _world(site, u=u, v=v + 4 * np.sin(u / 37.0))
    style = rng.integers(1 << 20, size=n)
    size = rng.beta(1.5, 2.2, n)
    is_built = ~open_ground
    return _Places(
        x=x[is_built],
        y=y[is_built],
        angle=(site.angle + bend + rng.normal(0, 0.06, n) + np.pi / 2 * (style % 7 == 0))[is_built],
        size=size[is_built],
        kind=(style % len(site.kinds))[is_built],
        style=style[is_built],
    )


def _scramble(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """A non-negative number that differs from pair to pair, spread evenly."""
    mixed = (first * 73856093) ^ (second * 19349663)
    mixed = (mixed ^ (mixed >> 7)) * 40503
    scrambled: NDArray[np.int64] = np.abs(mixed ^ (mixed >> 9))
    return scrambled
