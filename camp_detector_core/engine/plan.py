"""Where the chips lie: one plan for a whole raster, the same however the work is divided.

Chips begin at multiples of the network's stride. A network that halves its input five times
answers differently when the image is moved by part of 32 pixels, so chips off that lattice
disagree where they overlap: on 7 ha of Banepa the masks of chips of 512 and of the whole image in
one piece had an IoU of 0.91 off the lattice and of 0.94 (overlap 32) to 0.97 (64) on it. Along
each axis the side is chosen, up to the spec's, that leaves the fewest pixels to compute; the last
chip may end beyond the raster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, Optional

import numpy as np

from .errors import GridError
from .grid import Shape, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .spec import ModelSpec


@dataclass(frozen=True)
class Axis:
    """Chips along one axis: ``[start, start + size)`` for each start."""

    length: int
    """Pixels of the raster along this axis."""
    size: int
    """Side of a chip, pixels; larger than ``length`` where the chip is padded."""
    starts: tuple[int, ...]
    """First pixel of each chip, ascending from 0."""

    @classmethod
    def place(cls, length: int, *, tile: int, overlap: int, multiple: int) -> Axis:
        """Choose the side of the chips that leaves the fewest pixels to compute.

        Args:
            length: Pixels to cover.
            tile: Largest side of a chip, a multiple of ``multiple``.
            overlap: Least number of pixels that neighbours share.
            multiple: Sides, and starts as far as the overlap allows, are multiples of this.
        """
        if length <= tile:
            return cls(length, math.ceil(length / multiple) * multiple, (0,))
        smallest = max(multiple, tile // 2 // multiple * multiple, 2 * overlap)
        sizes = [s for s in range(multiple, tile + 1, multiple) if s >= smallest]
        options = [cls.of_size(length, s, overlap=overlap, multiple=multiple) for s in sizes]
        return min(options, key=lambda axis: (len(axis.starts) * axis.size, -axis.size))

    @classmethod
    def of_size(cls, length: int, size: int, *, overlap: int, multiple: int) -> Axis:
        """Chips of a given side; see `place`."""
        stride = (size - overlap) // multiple * multiple or size - overlap
        count = max(0, math.ceil((length - size) / stride)) + 1
        return cls(length, size, tuple(i * stride for i in range(count)))

    def stop(self, index: int) -> int:
        """The pixel after the last one of a chip, cut at the raster's end."""
        return min(self.starts[index] + self.size, self.length)

    def touching(self, start: int, stop: int) -> range:
        """Indices of the chips that have a pixel in ``[start, stop)``."""
        hits = [i for i, s in enumerate(self.starts) if s < stop and self.stop(i) > start]
        return range(hits[0], hits[-1] + 1)

    def weights(self) -> list[NDArray[np.float32]]:
        """Blending weights of each chip along this axis; over all chips they sum to 1.

        Each rises from its edge over the pixels shared with its neighbour along a cubic (slow at
        the ends, where a network sees least around it), and is flat between.

        Returns:
            For each chip a float32 array of its length within the raster.
        """
        last = len(self.starts) - 1
        raw = []
        total = np.zeros(self.length)
        for i, start in enumerate(self.starts):
            at = np.arange(start, self.stop(i)) + 0.5
            weight = np.ones(len(at))
            before = self.stop(i - 1) - start if i > 0 else 0
            after = self.stop(i) - self.starts[i + 1] if i < last else 0
            if before:
                weight *= _rise((at - start) / before)
            if after:
                weight *= _rise((self.stop(i) - at) / after)
            raw.append(weight)
            total[start : self.stop(i)] += weight
        return [(w / total[s : s + len(w)]).astype(np.float32) for s, w in zip(self.starts, raw)]


def _rise(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 at 0, 1 from 1 on, ``3 t^2 - 2 t^3`` between (the cubic with level ends)."""
    t = np.clip(t, 0, 1)
    out: NDArray[np.float64] = t * t * (3 - 2 * t)
    return out


@dataclass(frozen=True)
class TilePlan:
    """The chips of a whole raster, in row-major order."""

    rows: Axis
    cols: Axis

    @classmethod
    def of(
        cls,
        spec: ModelSpec,
        shape: Shape,
        *,
        fixed: Optional[int] = None,
    ) -> TilePlan:
        """Plan the chips of a raster for a model.

        Args:
            spec: Its tile size, overlap and multiple are used.
            shape: Height and width of the raster, pixels.
            fixed: Side of the only chips that the network takes, where its size is not free.

        Raises:
            GridError: The overlap does not leave room in the fixed side.
        """
        tile, overlap, multiple = fixed or spec.tile_size, spec.overlap, spec.multiple
        if overlap >= tile / 2:
            msg = f"an overlap of {overlap} px does not fit chips of {tile} px: use less than half"
            raise GridError(msg)
        if fixed:
            rows, cols = (Axis.of_size(n, fixed, overlap=overlap, multiple=multiple) for n in shape)
        else:
            rows, cols = (
                Axis.place(n, tile=tile, overlap=overlap, multiple=multiple) for n in shape
            )
        return cls(rows, cols)

    @property
    def shape(self) -> Shape:
        """Height and width of the raster."""
        return Shape(self.rows.length, self.cols.length)

    @property
    def tile(self) -> Shape:
        """Height and width of the arrays that the network gets."""
        return Shape(self.rows.size, self.cols.size)

    def window_rows(self, block: Window) -> Iterator[list[Window]]:
        """Windows that touch a block, one list for each row of chips, top to bottom."""
        for i in self.rows.touching(block.row, block.stop_row):
            row, height = self.rows.starts[i], self.rows.stop(i) - self.rows.starts[i]
            columns = self.cols.touching(block.col, block.stop_col)
            starts = ((j, self.cols.starts[j]) for j in columns)
            yield [Window(row, col, height, self.cols.stop(j) - col) for j, col in starts]

    def windows(self, block: Optional[Window] = None) -> list[Window]:
        """Windows that touch a block (default: all), row by row, cut at the raster's edge."""
        whole = Window(0, 0, *self.shape)
        return [w for row in self.window_rows(block or whole) for w in row]

    def blocks(self, *, height: int, width: int) -> list[Window]:
        """Cut the raster into blocks of at most ``height`` x ``width`` pixels, row by row.

        Raises:
            GridError: A side below one pixel.
        """
        if height < 1 or width < 1:
            msg = f"a block must hold a pixel, got {height} x {width}"
            raise GridError(msg)
        rows, cols = self.shape
        return [
            Window(row, col, min(height, rows - row), min(width, cols - col))
            for row in range(0, rows, height)
            for col in range(0, cols, width)
        ]
