"""Targets that a network learns beside the mask, so that touching dwellings can be separated.

Both targets are drawn in the pixels of a sample, after it was turned and resampled, so that they
are as wide for the network at every scale of the ground.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from camp_detector_core.engine.polygons.components import label_values
from camp_detector_core.engine.separation import MAX_REACH

if TYPE_CHECKING:
    from torch import Tensor

BORDER_METRES = 0.35
"""Width of the border of a dwelling on either side of its wall, metres."""
CONTACT_METRES = 0.8
"""Pixels that have two dwellings within this distance are where the separation is decided."""
CORE_METRES = 1.6
"""A core keeps at most this distance from the walls."""
_MOST = 254
"""Classes of a raster of bytes, without background and nodata."""


def reach_of(metres: float, gsd: float) -> int:
    """A distance in pixels: at least one, and at most what seeds can grow back by (`growth_of`)."""
    return min((MAX_REACH - 2) // 2, max(1, round(metres / gsd)))


def growth_of(distance: int) -> int:
    """Rounds by which seeds grow that kept so many pixels from the walls.

    Growth goes up, down, left and right, so the corner of a rectangle is twice as far as its
    sides; two more rounds are for what a network draws unevenly.
    """
    return 2 * distance + 2


def border_of(owner: Tensor, *, reach: int) -> Tensor:
    """Pixels that have a pixel of another owner, or of none, in the square around them.

    Args:
        owner: (height, width) float32, 0 for background, else which dwelling a pixel belongs to.
        reach: Half the side of the square, pixels.

    Returns:
        (height, width) bool; what lies beyond the sample is no other owner.
    """
    return _highest(owner, reach) != -_highest(-owner, reach)


def contact_of(owner: Tensor, *, reach: int) -> Tensor:
    """Pixels that have two dwellings in the square around them.

    Args:
        owner: (height, width) float32, 0 for background, else which dwelling a pixel belongs to.
        reach: Half the side of the square, pixels.

    Returns:
        (height, width) bool.
    """
    most = float(2**24)
    highest = _highest(owner, reach)
    lowest = most - _highest(torch.where(owner > 0, most - owner, 0.0), reach)
    return (highest > 0) & (lowest < highest)


def core_of(owner: Tensor, *, most: int) -> Tensor:
    """Pixels well inside a dwelling: at least half as deep as its deepest one, or ``most``.

    The depth is the number of erosions, by a square and by a cross in turn, that a pixel survives.

    Args:
        owner: (height, width) float32, 0 for background, else which dwelling a pixel belongs to.
        most: Depth that suffices, pixels.

    Returns:
        (height, width) bool; what lies beyond the sample counts as inside.
    """
    # Without the outermost pixels no two dwellings touch, so erosions need not tell them apart.
    alive = ((owner > 0) & ~border_of(owner, reach=1)).byte()
    depth = (owner > 0).byte() + alive
    for step in range(2 * most - 2):
        dead = 1 - alive
        if step % 2:
            dead = torch.maximum(_highest(dead, 1, 0), _highest(dead, 0, 1))
        else:
            dead = _highest(dead, 1)
        alive = 1 - dead
        if not alive.any():
            break
        depth += alive
    patch = _patches(owner)
    deepest = torch.zeros(int(patch.max()) + 1)
    deepest = deepest.scatter_reduce(0, patch.flatten(), depth.flatten().float(), "amax")
    enough = (deepest / 2).ceil().clamp(1, most)
    return (owner > 0) & (depth >= enough[patch])


def _patches(owner: Tensor) -> Tensor:
    """(height, width) int64: 0 outside, else the connected patch of one owner.

    Masks give all dwellings of a class one number, so numbers alone do not tell how deep each is.
    Of more dwellings than a byte can number, two neighbours may share a number, and so the depth.
    """
    # Runs first, of which there are few to sort.
    values, run = torch.unique_consecutive(owner, return_inverse=True)
    _, index = torch.unique(values, return_inverse=True)
    index = index[run]
    numbers = torch.where(owner > 0, index % _MOST + 1, 0).to(torch.uint8).numpy()
    return torch.from_numpy(label_values(numbers)).long()


def _highest(values: Tensor, rows: int, cols: int | None = None) -> Tensor:
    """Maximum over a rectangle around each pixel.

    One axis after the other by shifted copies: several times faster here than max pooling.
    """
    for axis, reach in enumerate((rows, rows if cols is None else cols)):
        out = values.clone()
        for step in range(1, min(reach, values.shape[axis] - 1) + 1):
            size = values.shape[axis] - step
            low, high = values.narrow(axis, 0, size), values.narrow(axis, step, size)
            for to, other in ((0, high), (step, low)):
                view = out.narrow(axis, to, size)
                torch.maximum(view, other, out=view)
        values = out
    return values
