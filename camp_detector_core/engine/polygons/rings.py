"""Rings of many polygons as flat arrays, with the sums over them that outlines need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..sequences import offsets_of, ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rings(NamedTuple):
    """Rings of polygons in a row; no ring is empty."""

    x: NDArray[np.float64]
    """Columns (n,) of the corners, pixels; a ring's first corner is not repeated."""
    y: NDArray[np.float64]
    """Rows (n,) of the corners, pixels."""
    offsets: NDArray[np.intp]
    """Offsets (rings + 1,): ring ``k`` is at ``offsets[k]`` to ``offsets[k + 1]``."""
    owner: NDArray[np.intp]
    """Polygon of each ring (rings,), ascending; its first ring is the exterior."""

    @property
    def begin(self) -> NDArray[np.intp]:
        """Start of each ring, (rings,)."""
        return self.offsets[:-1]

    @property
    def lengths(self) -> NDArray[np.intp]:
        """Number of corners of each ring, (rings,)."""
        return np.diff(self.offsets)

    @property
    def ring(self) -> NDArray[np.intp]:
        """Ring of each corner, (n,)."""
        return np.repeat(np.arange(len(self.owner)), self.lengths)

    @property
    def next_corner(self) -> NDArray[np.intp]:
        """Index of the next corner of each one, (n,)."""
        next_corner = np.arange(1, len(self.x) + 1)
        next_corner[self.offsets[1:] - 1] = self.begin
        return next_corner

    @property
    def is_exterior(self) -> NDArray[np.bool_]:
        """True (rings,) for the first ring of each polygon."""
        first = np.ones(len(self.owner), bool)
        first[1:] = self.owner[1:] != self.owner[:-1]
        return first

    def take(self, indices: NDArray[np.intp]) -> Rings:
        """Select some of the rings."""
        lengths = self.lengths[indices]
        corner = ragged(self.begin[indices], lengths)
        return Rings(self.x[corner], self.y[corner], offsets_of(lengths), self.owner[indices])

    def replaced(self, indices: NDArray[np.intp], new_rings: Rings) -> Rings:
        """Replace some of the rings by others."""
        if not len(indices):
            return self
        all_rings = Rings(
            np.concatenate((self.x, new_rings.x)),
            np.concatenate((self.y, new_rings.y)),
            np.concatenate((self.offsets, new_rings.offsets[1:] + self.offsets[-1])),
            np.concatenate((self.owner, new_rings.owner)),
        )
        source = np.arange(len(self.owner))
        source[indices] = len(source) + np.arange(len(indices))
        return all_rings.take(source)

    def rotated(self, start: NDArray[np.intp]) -> Rings:
        """Rotate each ring to start from its corner with the given index."""
        lengths = self.lengths
        position = np.arange(len(self.x)) - np.repeat(self.begin - start, lengths)
        corner = np.repeat(self.begin, lengths) + position % np.repeat(lengths, lengths)
        return self._replace(x=self.x[corner], y=self.y[corner])

    def areas(self) -> NDArray[np.float64]:
        """Compute signed areas (rings,), negative if counter-clockwise on the screen."""
        if not len(self.owner):
            return np.zeros(0)
        # Relative to each ring's first corner, so that large coordinates cost no digits.
        x = self.x - np.repeat(self.x[self.begin], self.lengths)
        y = self.y - np.repeat(self.y[self.begin], self.lengths)
        next_corner = self.next_corner
        sums: NDArray[np.float64] = np.add.reduceat(
            x * y[next_corner] - x[next_corner] * y, self.begin
        )
        return sums / 2

    def farthest(
        self, from_x: NDArray[np.float64], from_y: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Find the index in each ring of the corner farthest from a point, of equals the first."""
        lengths = self.lengths
        distance = (self.x - np.repeat(from_x, lengths)) ** 2
        distance += (self.y - np.repeat(from_y, lengths)) ** 2
        return first_largest(distance, self.offsets) - self.begin

    def centroids(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute x and y of the mean corner of each ring, (rings,)."""
        lengths = self.lengths
        return np.add.reduceat(self.x, self.begin) / lengths, np.add.reduceat(
            self.y, self.begin
        ) / lengths


def first_largest(values: NDArray[np.float64], offsets: NDArray[np.intp]) -> NDArray[np.intp]:
    """Find the index of the first largest value in each of some non-empty ranges, (ranges,)."""
    begin = offsets[:-1]
    if not len(begin):
        return begin
    largest = np.flatnonzero(
        values == np.repeat(np.maximum.reduceat(values, begin), np.diff(offsets))
    )
    return largest[np.searchsorted(largest, begin)]
