"""Value noise: smooth random fields, on a grid of pixels or at any points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_POINT_GRID: Final = 32
"""Side of the lattice behind `noise_at`, cells; the noise repeats beyond."""


def _steps(
    count: int, *, step: float, phase: float
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Lattice cell and smooth weight of the next cell for ``count`` points ``step`` cells apart."""
    position = (np.arange(count) + 0.5) * step + phase
    cell = np.floor(position)
    part = (position - cell).astype(np.float32)
    return cell.astype(np.intp), part * part * (3 - 2 * part)


def noise_field(
    rng: np.random.Generator, *, shape: tuple[int, int], cell: float
) -> NDArray[np.float32]:
    """Smooth noise over an image.

    Args:
        rng: Source of the lattice.
        shape: Height and width, pixels.
        cell: Size of the blobs, pixels.

    Returns:
        (height, width) float32 in [-1, 1], mean near 0.
    """
    phase = rng.random(2)
    rows, row_part = _steps(shape[0], step=1 / cell, phase=phase[0])
    cols, col_part = _steps(shape[1], step=1 / cell, phase=phase[1])
    lattice = rng.uniform(-1, 1, (rows[-1] + 2, cols[-1] + 2)).astype(np.float32)
    # Interpolating along rows first keeps the large arrays to two reads and one write.
    horizontal = lattice[:, cols]
    horizontal += (lattice[:, cols + 1] - horizontal) * col_part
    field = horizontal[rows]
    field += (horizontal[rows + 1] - field) * row_part[:, None]
    return field


def fractal_field(
    rng: np.random.Generator, *, shape: tuple[int, int], cells: Sequence[float], gain: float = 0.6
) -> NDArray[np.float32]:
    """Sum of noise fields of several blob sizes.

    Args:
        rng: Source of the lattices.
        shape: Height and width, pixels.
        cells: Blob sizes from coarse to fine, pixels; sizes under one pixel count as one.
        gain: Strength of each size relative to the one before.

    Returns:
        (height, width) float32, standard deviation near 0.4, within [-1, 1].
    """
    total = np.zeros(shape, np.float32)
    weight, weights = 1.0, 0.0
    for cell in cells:
        total += np.float32(weight) * noise_field(rng, shape=shape, cell=max(cell, 1.0))
        weights += weight
        weight *= gain
    total /= np.float32(weights)
    return total


def noise_at(
    rng: np.random.Generator, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Smooth noise at points; blobs are one unit of ``x`` and ``y`` in size.

    Args:
        rng: Source of the lattice.
        x: First coordinate, any shape.
        y: Second coordinate, of a shape that broadcasts with ``x``.

    Returns:
        float32 in [-1, 1] in the broadcast shape.
    """
    lattice = rng.uniform(-1, 1, (_POINT_GRID, _POINT_GRID)).astype(np.float32)
    # A border that repeats the first row and column, so that each cell has its four corners.
    wrapped = np.concatenate((lattice, lattice[:, :1]), axis=1)
    flat = np.concatenate((wrapped, wrapped[:1])).ravel()
    x_floor, y_floor = np.floor(x), np.floor(y)
    x_part, y_part = x - x_floor, y - y_floor
    x_part, y_part = x_part * x_part * (3 - 2 * x_part), y_part * y_part * (3 - 2 * y_part)
    row, col = y_floor.astype(np.intp) % _POINT_GRID, x_floor.astype(np.intp) % _POINT_GRID
    first = row * (_POINT_GRID + 1) + col
    top, low = flat.take(first), flat.take(first + _POINT_GRID + 1)
    top += (flat.take(first + 1) - top) * x_part
    low += (flat.take(first + _POINT_GRID + 2) - low) * x_part
    mixed: NDArray[np.float32] = (top + (low - top) * y_part).astype(np.float32, copy=False)
    return mixed


def smooth_step(value: NDArray[np.floating], *, low: float, high: float) -> NDArray[np.float32]:
    """0 below ``low``, 1 above ``high``, smooth between (``low`` above ``high`` falls instead)."""
    part = np.clip((value - low) / (high - low), 0, 1)
    stepped: NDArray[np.float32] = (part * part * (3 - 2 * part)).astype(np.float32)
    return stepped
