"""Grow parts of a raster into the room around them so that no two of them ever meet.

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
    """(256,) True for the neighbourhoods in which adding the middle joins nothing that is apart.

    The number of parts is Yokoi's crossing number (Yokoi, Toriwaki, Fukumura 1975, Computer
    Graphics and Image Processing 4): the sum over the sides k of x_k - x_k x_(k+1) x_(k+2). It is
    one for a simple pixel, and none where all eight are kept: a pinhole, which may be filled.
    """
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    x = np.concatenate((bits, bits[:, :1]), axis=1)
    parts = sum(x[:, k] * (1 - x[:, k + 1] * x[:, k + 2]) for k in (0, 2, 4, 6))
    out: NDArray[np.bool_] = (parts == 1) | bits.all(axis=1)
    return out


ADDABLE = _addable()


def neighbourhoods(flat: NDArray[np.uint8], at: NDArray[np.intp], stride: int) -> NDArray[np.uint8]:
    """Which neighbours of some pixels are set, as bits in the order of `ring_of`.

    Args:
        flat: Raster of 0 and 1, row by row, with a margin of one pixel.
        at: (n,) pixels inside of the margin.
        stride: Width of the raster with its margin.

    Returns:
        (n,) uint8.
    """
    code = np.zeros(len(at), np.uint8)
    for bit, step in enumerate(ring_of(stride)):
        code |= flat.take(at + step) << np.uint8(bit)
    return code


def thicken(
    kept: NDArray[np.uint8], room: NDArray[np.bool_], *, rounds: int, origin: tuple[int, int]
) -> None:
    """Add pixels to the parts of a raster, in place, without joining any two.

    In each round only pixels beside one that was kept before it are added, so that all parts grow
    alike. A round goes over the pixels in four steps, by the parity of row and column in the
    grid: the pixels of a step are no neighbours, so their order does not matter.

    Args:
        kept: (height + 2, width + 2) 0 and 1, with a margin of zeros.
        room: (height, width) True where a pixel may be added.
        rounds: How many pixels to grow by.
        origin: Row and column in the grid of the first pixel inside of the margin.
    """
    flat, stride = kept.reshape(-1), kept.shape[1]
    fields = [_field(room, stride, (-origin[0]) % 2 ^ i, (-origin[1]) % 2 ^ j) for i, j in _STEPS]
    for _ in range(rounds):
        near = [at[_beside(flat, at, stride)] for at in fields]
        added = 0
        for at in near:
            simple = at[ADDABLE[neighbourhoods(flat, at, stride)]]
            flat[simple] = 1
            added += len(simple)
        if not added:
            return  # nor would any later round
        fields = [at[flat.take(at) == 0] for at in fields]


_STEPS = ((0, 0), (0, 1), (1, 0), (1, 1))


def _field(room: NDArray[np.bool_], stride: int, row: int, col: int) -> NDArray[np.intp]:
    """Every second pixel of every second row of the room, in the flat raster with its margin."""
    part = np.ascontiguousarray(room[row::2, col::2])
    at = np.flatnonzero(part)
    rows = at // max(1, part.shape[1])
    # 2 (at - rows w) + col + 1 is the column, 2 rows + row + 1 the row, both with the margin.
    at += at
    at += rows * (2 * stride - 2 * part.shape[1])
    at += (row + 1) * stride + col + 1
    return at


def _beside(flat: NDArray[np.uint8], at: NDArray[np.intp], stride: int) -> NDArray[np.bool_]:
    """(n,) True where a pixel shares a side with a kept one."""
    found = flat.take(at - stride)
    for step in (-1, 1, stride):
        found |= flat.take(at + step)
    out: NDArray[np.bool_] = found.view(bool)
    return out
