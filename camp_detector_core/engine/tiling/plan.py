"""Plan of the chips of a whole raster, the same however the work is divided.

Chips begin at multiples of the network's stride. A network that halves its input five times
answers differently when the image is moved by part of 32 pixels, so chips off that lattice
disagree where they overlap: on 7 ha of Banepa the masks of chips of 512 and of the whole image in
one piece had an IoU of 0.91 off the lattice and of 0.94 (overlap 32) to 0.97 (64) on it. Along
each axis the side is chosen, up to the spec's, that leaves the fewest pixels to compute; the last
chip may end beyond the raster. Chips of a given side lie on a lattice instead that does not depend
on the raster's size, so that a host that sees a part of it can lay the same.

Each pixel has a home, the last chip that begins at or before it along both axes. A chip that is
home to no valid pixel need not be computed, since the homes of its valid pixels are.

Nothing here grows with the raster but the lists that are asked for: a raster may declare more
pixels than a list of its chips could be held for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, Optional

import numpy as np

from ..errors import GridError
from ..grid import Shape, Window, blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..spec import ModelSpec


@dataclass(frozen=True)
class Axis:
    """Chips along one axis: ``[i * stride, i * stride + size)`` for each ``i`` below ``count``."""

    length: int
    """Pixels of the raster along this axis."""
    size: int
    """Side of a chip, pixels; larger than ``length`` if the chip is padded."""
    stride: int
    """Pixels from the start of a chip to the start of the next, at least one."""
    count: int
    """Number of chips, at least one."""

    @property
    def starts(self) -> range:
        """First pixel of each chip, ascending from 0."""
        return range(0, self.count * self.stride, self.stride)

    @classmethod
    def place(cls, length: int, *, tile: int, overlap: int, multiple: int) -> Axis:
        """Choose the side of the chips with the fewest pixels to compute.

        Args:
            length: Pixels to cover.
            tile: Largest side of a chip, a multiple of ``multiple``.
            overlap: Least number of pixels that neighbours share.
            multiple: Sides, and starts as far as the overlap allows, are multiples of this.
        """
        if length <= tile:
            size = math.ceil(length / multiple) * multiple
            return cls(length, size, stride=size, count=1)
        smallest = max(multiple, tile // 2 // multiple * multiple, 2 * overlap)
        sizes = [s for s in range(multiple, tile + 1, multiple) if s >= smallest]
        options = [cls.of_size(length, s, overlap=overlap, multiple=multiple) for s in sizes]
        return min(options, key=lambda axis: (axis.count * axis.size, -axis.size))

    @classmethod
    def of_size(cls, length: int, size: int, *, overlap: int, multiple: int) -> Axis:
        """Lay out as few chips of a given side as cover ``length``; see `place`."""
        stride = stride_of(size, overlap=overlap, multiple=multiple)
        count = max(0, math.ceil((length - size) / stride)) + 1
        return cls(length, size, stride=stride, count=count)

    @classmethod
    def lattice(cls, length: int, size: int, *, overlap: int, multiple: int) -> Axis:
        """Lay out chips of a given side wherever one is home to a pixel, as on an endless axis."""
        stride = stride_of(size, overlap=overlap, multiple=multiple)
        return cls(length, size, stride=stride, count=math.ceil(length / stride))

    def start(self, index: int) -> int:
        """First pixel of a chip."""
        return index * self.stride

    def stop(self, index: int) -> int:
        """Pixel after the last one of a chip, cut at the raster's end."""
        return min(index * self.stride + self.size, self.length)

    def home(self, index: int) -> int:
        """Pixel after the last one whose home is a chip; the first is the chip's own first."""
        return self.length if index == self.count - 1 else self.start(index + 1)

    def touching(self, start: int, stop: int) -> range:
        """Indices of the chips that have a pixel in ``[start, stop)``, a span of the raster."""
        first = max(0, (start - self.size) // self.stride + 1)
        return range(first, min(self.count, (stop - 1) // self.stride + 1))

    def weight(self, index: int) -> NDArray[np.float32]:
        """Compute blending weights of a chip along this axis; over all chips they sum to 1.

        They rise from its edge over the pixels shared with its neighbour along a cubic (slow at
        the ends, where a network sees least around it), and are flat between.

        Returns:
            A float32 array of the chip's length within the raster.
        """
        start, stop = self.start(index), self.stop(index)
        total = np.zeros(stop - start)
        for chip in self.touching(start, stop):
            first, last = max(start, self.start(chip)), min(stop, self.stop(chip))
            begin = self.start(chip)
            total[first - start : last - start] += self._raw(chip)[first - begin : last - begin]
        weight: NDArray[np.float32] = (self._raw(index) / total).astype(np.float32)
        return weight

    def _raw(self, index: int) -> NDArray[np.float64]:
        """Compute weights of a chip before those of all chips are made to sum to 1."""
        start, stop = self.start(index), self.stop(index)
        centres = np.arange(start, stop) + 0.5
        weight = np.ones(stop - start)
        # Chips count as whole here, also where the raster ends before they do.
        overlap = self.size - self.stride
        if index > 0 and overlap:
            weight *= _rise((centres - start) / overlap)
        if index < self.count - 1 and overlap:
            weight *= _rise((start + self.size - centres) / overlap)
        return weight


def stride_of(size: int, *, overlap: int, multiple: int) -> int:
    """Compute the stride, a multiple of ``multiple`` if possible."""
    return (size - overlap) // multiple * multiple or size - overlap


def _rise(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute 0 at 0, 1 from 1 on, ``3 t^2 - 2 t^3`` between (the cubic with level ends)."""
    t = np.clip(t, 0, 1)
    height: NDArray[np.float64] = t * t * (3 - 2 * t)
    return height


@dataclass(frozen=True)
class TilePlan:
    """Chips of a whole raster, in row-major order."""

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
            fixed: Side of the chips, where it is not to be chosen: the only ones that the network
                takes, or those that the user wants.

        Raises:
            GridError: The overlap does not leave room in the fixed side.
        """
        tile, overlap, multiple = fixed or spec.tile_size, spec.overlap, spec.multiple
        if overlap >= tile / 2:
            msg = f"an overlap of {overlap} px does not fit chips of {tile} px: use less than half"
            raise GridError(msg)
        if fixed:
            rows, cols = (Axis.lattice(n, fixed, overlap=overlap, multiple=multiple) for n in shape)
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

    def count(self, block: Window) -> int:
        """Count the windows that touch a block, without making them."""
        rows = self.rows.touching(block.row, block.stop_row)
        return len(rows) * len(self.cols.touching(block.col, block.stop_col))

    def window_rows(self, block: Window) -> Iterator[list[Window]]:
        """Yield the windows that touch a block, one list per row of chips, top to bottom."""
        rows, cols = self.rows, self.cols
        columns = cols.touching(block.col, block.stop_col)
        for i in rows.touching(block.row, block.stop_row):
            row, height = rows.start(i), rows.stop(i) - rows.start(i)
            yield [
                Window(row, cols.start(j), height, cols.stop(j) - cols.start(j)) for j in columns
            ]

    def home(self, window: Window) -> Window:
        """Return the part of a window with the pixels whose home it is."""
        stop_row = self.rows.home(window.row // self.rows.stride)
        stop_col = self.cols.home(window.col // self.cols.stride)
        return Window(window.row, window.col, stop_row - window.row, stop_col - window.col)

    def blocks(self, *, height: int, width: int) -> list[Window]:
        """Cut the raster into blocks, row by row; see `grid.blocks`."""
        return list(blocks(self.shape, height=height, width=width))
