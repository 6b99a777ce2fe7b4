"""Rings of many polygons as flat arrays, and the few sums over them that outlines need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .sequences import offsets_of, ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rings(NamedTuple):
    """Rings of polygons, one after another; no ring is empty."""

    x: NDArray[np.float64]
    """(n,) columns of the corners, pixels; a ring's first corner is not repeated."""
    y: NDArray[np.float64]
    """(n,) rows of the corners, pixels."""
    offsets: NDArray[np.intp]
    """(rings + 1,) ring ``k`` is at ``offsets[k]`` to ``offsets[k + 1]``."""
    owner: NDArray[np.intp]
    """(rings,) the polygon of each ring, ascending; its first ring is the exterior."""

    @property
    def begin(self) -> NDArray[np.intp]:
        """(rings,) where each ring begins."""
        return self.offsets[:-1]

    @property
    def lengths(self) -> NDArray[np.intp]:
        """(rings,) number of corners."""
        return np.diff(self.offsets)

    @property
    def ring(self) -> NDArray[np.intp]:
        """(n,) the ring of each corner."""
        return np.repeat(np.arange(len(self.owner)), self.lengths)

    @property
    def ahead(self) -> NDArray[np.intp]:
        """(n,) index of the corner after each one."""
        ahead = np.arange(1, len(self.x) + 1)
        ahead[self.offsets[1:] - 1] = self.begin
        return ahead

    @property
    def is_exterior(self) -> NDArray[np.bool_]:
        """(rings,) True for the first ring of each polygon."""
        first = np.ones(len(self.owner), bool)
        first[1:] = self.owner[1:] != self.owner[:-1]
        return first

    def take(self, which: NDArray[np.intp]) -> Rings:
        """Some of the rings."""
        lengths = self.lengths[which]
        at = ragged(self.begin[which], lengths)
        return Rings(self.x[at], self.y[at], offsets_of(lengths), self.owner[which])

    def exchanged(self, which: NDArray[np.intp], others: Rings) -> Rings:
        """These rings with some of them exchanged for others."""
        if not len(which):
            return self
        both = Rings(
            np.concatenate((self.x, others.x)),
            np.concatenate((self.y, others.y)),
            np.concatenate((self.offsets, others.offsets[1:] + self.offsets[-1])),
            np.concatenate((self.owner, others.owner)),
        )
        source = np.arange(len(self.owner))
        source[which] = len(source) + np.arange(len(which))
        return both.take(source)

    def turned(self, start: NDArray[np.intp]) -> Rings:
        """The same rings, each from the corner with this index in it on."""
        lengths = self.lengths
        within = np.arange(len(self.x)) - np.repeat(self.begin - start, lengths)
        at = np.repeat(self.begin, lengths) + within % np.repeat(lengths, lengths)
        return self._replace(x=self.x[at], y=self.y[at])

    def areas(self) -> NDArray[np.float64]:
        """(rings,) signed areas, negative where counter-clockwise on the screen."""
        if not len(self.owner):
            return np.zeros(0)
        # Relative to each ring's first corner, so that large coordinates cost no digits.
        x = self.x - np.repeat(self.x[self.begin], self.lengths)
        y = self.y - np.repeat(self.y[self.begin], self.lengths)
        ahead = self.ahead
        sums: NDArray[np.float64] = np.add.reduceat(x * y[ahead] - x[ahead] * y, self.begin)
        return sums / 2

    def farthest(
        self, from_x: NDArray[np.float64], from_y: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """(rings,) index in each ring of the corner farthest from a point, of equals the first."""
        lengths = self.lengths
        distance = (self.x - np.repeat(from_x, lengths)) ** 2
        distance += (self.y - np.repeat(from_y, lengths)) ** 2
        return first_largest(distance, self.offsets) - self.begin

    def centroids(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(rings,) x and y of the mean corners."""
        lengths = self.lengths
        return np.add.reduceat(self.x, self.begin) / lengths, np.add.reduceat(
            self.y, self.begin
        ) / lengths


def first_largest(values: NDArray[np.float64], offsets: NDArray[np.intp]) -> NDArray[np.intp]:
    """(ranges,) index of the first largest value in each of some ranges, none of them empty."""
    begin = offsets[:-1]
    if not len(begin):
        return begin
    largest = np.flatnonzero(
        values == np.repeat(np.maximum.reduceat(values, begin), np.diff(offsets))
    )
    return largest[np.searchsorted(largest, begin)]
