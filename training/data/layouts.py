"""Plans of settlements: where roofs of given sizes lie, in rows, blocks, clusters or scattered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Sizes = Sequence[tuple[float, float]]

_LANE = (1.5, 5.0)
"""Metres between blocks."""


@dataclass(frozen=True)
class Site:
    """A place for a roof."""

    index: int
    """Number of the roof among those that there are, from 0 on."""
    x: float
    """Metres of its middle from the left edge."""
    y: float
    """Metres of its middle from the upper edge."""
    angle: float
    """Direction of its longer side, radians from the x axis towards y (down)."""
    scale: float
    """Size as a multiple of its own."""
    is_mirrored: bool


@dataclass(frozen=True)
class Region:
    """A rectangle of ground to be built on."""

    x: float
    """Metres of its middle from the left edge."""
    y: float
    """Metres of its middle from the upper edge."""
    width: float
    """Metres along its own first axis."""
    height: float
    """Metres along its own second axis."""
    angle: float
    """Turn of these axes, radians."""

    def place(self, u: float, v: float) -> tuple[float, float]:
        """A point that is given in metres along its axes from its middle."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return self.x + cos * u - sin * v, self.y + sin * u + cos * v


def draw_region(rng: np.random.Generator, side: float) -> Region:
    """Draw a region within a square of ground of so many metres."""
    width, height = side * rng.uniform(0.3, 1.0, 2)
    x, y = side * rng.uniform(0.15, 0.85, 2)
    return Region(x, y, width, height, rng.uniform(0, math.pi))


def draw_sites(rng: np.random.Generator, region: Region, sizes: Sizes) -> list[Site]:
    """Fill a region with roofs.

    Args:
        rng: Draws the kind of plan and all that varies in it.
        region: Ground to be built on.
        sizes: Metres of the longer and the shorter side of each roof that there is.
    """
    kinds: list[Callable[[np.random.Generator, Region, Sizes], Iterator[Site]]]
    kinds = [_blocks, _rows, _cluster]
    kind = kinds[int(rng.choice(len(kinds), p=(0.6, 0.2, 0.2)))]
    return list(kind(rng, region, sizes))


def _blocks(rng: np.random.Generator, region: Region, sizes: Sizes) -> Iterator[Site]:
    """Rows back to back, whose roofs touch or nearly do, with lanes between blocks of rows."""
    depth = int(rng.integers(2, 6))
    gap = rng.uniform(-0.3, 0.6)
    return _lines(rng, region, sizes, lambda n: _span(rng, _LANE) if n % depth == 0 else gap)


def _rows(rng: np.random.Generator, region: Region, sizes: Sizes) -> Iterator[Site]:
    """Rows with a street between them."""
    street = rng.uniform(1.5, 7.0)
    return _lines(rng, region, sizes, lambda _: street * rng.uniform(0.8, 1.25))


def _lines(
    rng: np.random.Generator, region: Region, sizes: Sizes, behind: Callable[[int], float]
) -> Iterator[Site]:
    """Rows along the first axis; `behind` gives the metres after the first, second ... row."""
    scale, jitter, empty = _scale(rng), rng.uniform(0.0, 0.08), rng.uniform(0.0, 0.15)
    tight, lengthwise = rng.uniform(0.4, 1.0), rng.uniform(0.1, 1.0)
    v, number = -region.height / 2, 0
    while v < region.height / 2:
        u, deepest = -region.width / 2 + rng.uniform(0, 3), 0.0
        while u < region.width / 2:
            index, factor = int(rng.integers(len(sizes))), scale * rng.uniform(0.88, 1.12)
            factor = min(1.4, max(0.7, factor))
            is_along = rng.random() < lengthwise
            wide, deep = (s * factor for s in (sizes[index] if is_along else sizes[index][::-1]))
            if rng.random() >= empty:
                x, y = region.place(u + wide / 2, v + deep / 2 + rng.uniform(-0.3, 0.3))
                angle = region.angle + (0 if is_along else math.pi / 2) + rng.normal(0, jitter)
                yield _site(rng, index, (x, y), angle, factor)
            u += wide + (rng.uniform(-0.3, 0.5) if rng.random() < tight else rng.uniform(0.5, 3))
            deepest = max(deepest, deep)
        number += 1
        v += max(1.0, deepest + behind(number))


def _cluster(rng: np.random.Generator, region: Region, sizes: Sizes) -> Iterator[Site]:
    """Roofs at random places, denser in the middle, nearly all along one direction or at random."""
    scale, spread = _scale(rng), rng.choice((0.15, 3.0))
    mean = float(np.mean([a * b for a, b in sizes])) * scale**2
    tries = int(min(600, rng.uniform(0.5, 3.0) * region.width * region.height / mean))
    for _ in range(tries):
        u, v = rng.normal(0, 0.27, 2) * (region.width, region.height)
        factor = min(1.4, max(0.7, scale * rng.uniform(0.85, 1.15)))
        angle = region.angle + rng.normal(0, spread) + int(rng.integers(2)) * math.pi / 2
        yield _site(rng, int(rng.integers(len(sizes))), region.place(u, v), angle, factor)


def _site(
    rng: np.random.Generator, index: int, at: tuple[float, float], angle: float, scale: float
) -> Site:
    turned = angle + int(rng.integers(2)) * math.pi
    return Site(index, *at, turned, scale, is_mirrored=bool(rng.integers(2)))


def _scale(rng: np.random.Generator) -> float:
    """Draw the scale of a settlement's roofs; smaller ones are as likely as larger ones."""
    return math.exp(rng.uniform(math.log(0.72), math.log(1.35)))


def _span(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return float(rng.uniform(*bounds))
