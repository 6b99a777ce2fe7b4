"""Growth of raster parts into the surrounding room without ever joining two of them.

A pixel may be added if it is simple for 4-connected parts on an 8-connected ground: the kept
pixels among its eight neighbours that touch its sides are connected among themselves, so that
adding it joins nothing that was apart. That shows in its eight neighbours alone, and so does the
whole growth within four pixels a round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES = 0b01010101
"""Bits of a neighbourhood that share a side with the middle; the others share a corner."""


def ring_of(stride: int) -> tuple[int, ...]:
    """Steps to the eight neighbours in a flat raster: north first, then clockwise, bit 0 to 7."""
    return (-stride, 1 - stride, 1, stride + 1, stride, stride - 1, -1, -stride - 1)


def _addable() -> NDArray[np.bool_]:
    """Table (256,) of neighbourhoods in which adding the middle joins no separate parts.

    The number of parts is Yokoi's crossing number (Yokoi, Toriwaki, Fukumura 1975, Computer
    Graphics and Image Processing 4): the sum over the sides k of x_k - x_k x_(k+1) x_(k+2). It is
    one for a simple pixel, and none where all eight are kept: a pinhole, which may be filled.
    """
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    x = np.concatenate((bits, bits[:, :1]), axis=1)
    parts = sum(x[:, k] * (1 - x[:, k + 1] * x[:, k + 2]) for k in (0, 2, 4, 6))
    addable: NDArray[np.bool_] = (parts == 1) | bits.all(axis=1)
    return addable


ADDABLE = _addable()


def neighbourhoods(
    flat: NDArray[np.uint8], pixels: NDArray[np.intp], stride: int
) -> NDArray[np.uint8]:
    """Collect the neighbours of some pixels as bits in the order of `ring_of`.

    Args:
        flat: Raster of 0 and 1, row by row, with a margin of one pixel.
        pixels: (n,) pixels inside of the margin.
        stride: Width of the raster with its margin.

    Returns:
        (n,) uint8.
    """
    code = np.zeros(len(pixels), np.uint8)
    for bit, step in enumerate(ring_of(stride)):
        code |= flat.take(pixels + step) << np.uint8(bit)
    return code


def thicken(
    parts: NDArray[np.uint8], room: NDArray[np.bool_], *, rounds: int, origin: tuple[int, int]
) -> None:
    """Add pixels to the parts of a raster, in place, without joining any two.

    In each round only pixels beside one that was kept before it are added, so that all parts grow
    alike. A round goes over the pixels in four steps, by the parity of row and column in the
    grid: the pixels of a step are no neighbours, so their order does not matter.

    Args:
        parts: (height + 2, width + 2) 0 and 1, with a margin of zeros.
        room: (height, width) True where a pixel may be added.
        rounds: Number of pixels to grow by.
        origin: Row and column in the grid of the first pixel inside of the margin.
    """
    flat, stride = parts.reshape(-1), parts.shape[1]
    fields = [_field(room, stride, (-origin[0]) % 2 ^ i, (-origin[1]) % 2 ^ j) for i, j in _STEPS]
    for _ in range(rounds):
        nearby = [field[_is_beside(flat, field, stride)] for field in fields]
        count = 0
        for field in nearby:
            simple = field[ADDABLE[neighbourhoods(flat, field, stride)]]
            flat[simple] = 1
            count += len(simple)
        if not count:
            return  # nor would any later round
        fields = [field[flat.take(field) == 0] for field in fields]


_STEPS = ((0, 0), (0, 1), (1, 0), (1, 1))


def _field(room: NDArray[np.bool_], stride: int, row: int, col: int) -> NDArray[np.intp]:
    """Every second pixel of every second row of the room, in the flat raster with its margin."""
    part = np.ascontiguousarray(room[row::2, col::2])
    pixels = np.flatnonzero(part)
    rows = pixels // max(1, part.shape[1])
    # 2 (at - rows w) + col + 1 is the column, 2 rows + row + 1 the row, both with the margin.
    pixels += pixels
    pixels += rows * (2 * stride - 2 * part.shape[1])
    pixels += (row + 1) * stride + col + 1
    return pixels


def _is_beside(flat: NDArray[np.uint8], pixels: NDArray[np.intp], stride: int) -> NDArray[np.bool_]:
    """Test if pixels share a side with a part, (n,) bool."""
    neighbours = flat.take(pixels - stride)
    for step in (-1, 1, stride):
        neighbours |= flat.take(pixels + step)
    is_beside: NDArray[np.bool_] = neighbours.view(bool)
    return is_beside
