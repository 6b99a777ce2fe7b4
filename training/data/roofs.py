"""Roofs cut out of labelled areas along their outlines, to be pasted elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
import torch
from torch.nn import functional

from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.polygons.components import label_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from training.data.mosaic import LabelledArea, Patch

SMALLEST, LARGEST = 6.0, 300.0
"""Ground of a roof that is cut, square metres."""
_LARGEST_BOX = 3.0
"""Square metres of the upright box around a roof for each of its own."""
_MARGIN = 1.0
"""Metres around a roof that must be seen and labelled, too."""
_BLEED, _BLEEDS = 0.5, 2
"""Metres by which the colours of a roof are spread beyond its outline, and how often."""
_MOST_GREEN = 0.2
"""Share of a roof that may be greener than all that roofs are made of: trees above it."""
_GREEN = 1.12
"""The second band as a multiple of the higher one of its neighbours, where plants grow."""
_JUDGED = 16
"""Outlines of an area that are judged by the image."""
_STRONGEST = 2.5
"""Difference between neighbours beyond which edges count the same, as a multiple of the mean."""
_SHIFTED = 1.25
"""Edges below an outline that was moved, as a multiple of those below it where it lies, from which
on it is taken for misplaced."""
_FINER = 1.4
"""Pixels of a roof for each pixel of a collage, so that it may be enlarged."""


@dataclass(frozen=True)
class Roof:
    """A roof and its outline, on pixels of its own."""

    pixels: Tensor
    """(bands, height, width) float32 raw values."""
    inside: Tensor
    """(height, width) float32, the share of each pixel that lies inside the outline."""
    is_certain: Tensor
    """(height, width) float32, the share of each pixel in which the class counts."""
    gsd: tuple[float, float]
    """Metres a pixel along (x, y)."""
    value: int
    """Class of the dwelling."""
    angle: float
    """Direction of its longer side, radians from the x axis towards y (down)."""
    sides: tuple[float, float]
    """Metres of the longer and the shorter side of the rectangle around it."""

    def bled(self) -> Roof:
        """The same with the colours of its edge beyond the outline, in place of the ground."""
        reach = max(1, round(_BLEED / max(self.gsd)))
        return replace(self, pixels=_bled(self.pixels, self.inside, reach))


class RoofSource:
    """The roofs of an area, listed once and cut when they are asked for."""

    def __init__(self, area: LabelledArea) -> None:
        """Read the area piece by piece, and list its dwellings and its ground.

        Args:
            area: To be trained on.

        Raises:
            RasterError: It cannot be read.
        """
        self.area = area
        boxes: dict[int, NDArray[np.int64]] = {}
        ground, labelled, total, free = 0, 0, np.zeros(1), []
        for piece in area.pieces:
            patch = area.read(piece)
            bare = patch.is_known & (patch.owner == 0)
            self.dtype: np.dtype[np.generic] = patch.pixels.dtype
            free.append(int(bare.sum()))
            ground += free[-1]
            labelled += int(patch.is_known.sum())
            total = total + patch.pixels[:, bare].sum(axis=1, dtype=np.float64)
            for number, box in _boxes(patch.owner, piece):
                other = boxes.get(number, box)
                boxes[number] = np.concatenate(
                    (np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:]))
                )
        self.free = np.array(free, np.float64)
        """(pieces,) pixels of each piece that are known to hold no dwelling."""
        self.free_share = ground / max(1, labelled)
        """Share of the known ground that holds none."""
        self.colour = total / max(1, ground)
        """(bands,) mean raw value of these."""
        windows = ((n, self._window(box)) for n, box in sorted(boxes.items()))
        self._dwellings = tuple((n, w) for n, w in windows if w is not None)
        sizes = np.array([w.height * w.width for _, w in self._dwellings], np.float64)
        self.odds = sizes**-0.5 / np.sum(sizes**-0.5)
        """(dwellings,) probability that each is drawn: as many small ones as camps have."""

    def __len__(self) -> int:
        """Count the dwellings that may be cut out."""
        return len(self._dwellings)

    @property
    def ground(self) -> float:
        """Square metres that are known to hold no dwelling."""
        return float(self.free.sum()) * self.area.gsd[0] * self.area.gsd[1]

    def cut(self, index: int, *, gsd: float) -> Roof | None:
        """Cut a roof out.

        Args:
            index: Of the dwelling, below the length of this.
            gsd: Metres a pixel of what it is pasted on.

        Returns:
            None where the roof is cut by an edge of the imagery, is labelled in part or in several
            pieces, lies below trees, or its outline lies beside it.

        Raises:
            RasterError: The area cannot be read.
        """
        roof = self._whole(index, gsd)
        if roof is None or is_overgrown(roof) or is_misplaced(roof):
            return None
        return roof.bled()

    def _whole(self, index: int, gsd: float) -> Roof | None:
        """A roof that is seen and labelled as a whole; else None."""
        number, window = self._dwellings[index]
        patch = self.area.read(window)
        inside = patch.owner == number
        values = np.unique(patch.classes[inside])
        size = float(inside.sum()) * self.area.gsd[0] * self.area.gsd[1]
        is_whole = bool((patch.valid & patch.is_known).all())
        if not (is_whole and len(values) == 1 and SMALLEST <= size <= LARGEST):
            return None
        if label_runs(inside.astype(np.uint8)).count != 1:
            return None
        return _roof(patch, inside, self.area.gsd, int(values[0]), gsd / _FINER)

    def trust(self, *, gsd: float) -> float:
        """Judge some outlines by the image.

        Args:
            gsd: Metres a pixel, as for `cut`.

        Returns:
            Share of those that lie where the edges are, one more counted with them: above 0, and 1
            where there are none to judge.

        Raises:
            RasterError: The area cannot be read.
        """
        step = max(1, len(self) // _JUDGED)
        roofs = (self._whole(index, gsd) for index in range(0, len(self), step))
        judged = [is_misplaced(roof) for roof in roofs if roof is not None]
        return 1 - sum(judged) / (len(judged) + 1)

    def _window(self, box: NDArray[np.int64]) -> Window | None:
        """A dwelling's box with a margin; None where it leaves the area or has another size."""
        height, width = (box[2:] - box[:2]) * np.array(self.area.gsd[::-1])
        if not SMALLEST <= height * width <= _LARGEST_BOX * LARGEST:
            return None
        x, y = (math.ceil(_MARGIN / g) for g in self.area.gsd)
        row, col, stop_row, stop_col = (int(n) for n in box + np.array((-y, -x, y, x)))
        high, wide = self.area.shape
        if min(row, col) < 0 or stop_row > high or stop_col > wide:
            return None
        return Window(row, col, stop_row - row, stop_col - col)


def _boxes(owner: NDArray[np.int32], piece: Window) -> list[tuple[int, NDArray[np.int64]]]:
    """Numbers of the dwellings in a piece, with first and last (row, col) in the area."""
    rows, cols = np.nonzero(owner)
    numbers, at = np.unique(owner[rows, cols], return_inverse=True)
    low = np.full((len(numbers), 2), np.iinfo(np.int64).max)
    high = np.zeros((len(numbers), 2), np.int64)
    points = np.column_stack((rows + piece.row, cols + piece.col))
    np.minimum.at(low, at, points)
    np.maximum.at(high, at, points + 1)
    return [(int(n), np.concatenate((a, b))) for n, a, b in zip(numbers, low, high, strict=True)]


def _roof(
    patch: Patch, inside: NDArray[np.bool_], gsd: tuple[float, float], value: int, fine: float
) -> Roof:
    """Bring a roof to pixels of about `fine` metres, and bleed its colours beyond its outline."""
    layers = np.concatenate(
        (patch.pixels.astype(np.float32), inside[None], patch.is_certain[None]), dtype=np.float32
    )
    stack = torch.from_numpy(layers)[None]
    shape = [
        max(1, min(n, round(n * g / fine))) for n, g in zip(inside.shape, gsd[::-1], strict=True)
    ]
    if tuple(shape) != inside.shape:
        stack = functional.interpolate(
            stack, shape, mode="bilinear", align_corners=False, antialias=True
        )
    new_gsd = (
        gsd[0] * inside.shape[1] / shape[1],
        gsd[1] * inside.shape[0] / shape[0],
    )
    pixels, share, certain = stack[0, :-2], stack[0, -2], stack[0, -1]
    angle, sides = _rectangle(share.numpy() >= 0.5, new_gsd)  # noqa: PLR2004 - most of the pixel
    return Roof(pixels, share, certain, new_gsd, value, angle, sides)


def is_overgrown(roof: Roof) -> bool:
    """True where plants hide much of a roof; bands are taken for red, green, blue, or reversed."""
    if len(roof.pixels) < 3:  # noqa: PLR2004 - no colours
        return False
    green = roof.pixels[1] > _GREEN * torch.maximum(roof.pixels[0], roof.pixels[2])
    return float((green * roof.inside).sum()) > _MOST_GREEN * float(roof.inside.sum())


def is_misplaced(roof: Roof) -> bool:
    """True where the edges in the image would be clearer below the outline if it were moved."""
    light = roof.pixels.mean(0)
    slope = functional.pad((light[1:, 1:] - light[:-1, :-1]).abs(), (0, 1, 0, 1))
    slope += functional.pad((light[1:, :-1] - light[:-1, 1:]).abs(), (0, 1, 0, 1))
    slope = slope.clamp_max(_STRONGEST * float(slope.mean()))
    inside = (roof.inside >= 0.5).float()  # noqa: PLR2004 - most of the pixel
    outline = _mean(inside[None], 1)[0]
    ring = ((outline > 0) & (outline < 1)).float()
    reach = max(2, round(_MARGIN / max(roof.gsd)) - 1)
    edges = functional.conv2d(slope[None, None], ring[None, None], padding=reach)[0, 0]
    near = edges[reach - 1 : reach + 2, reach - 1 : reach + 2]
    return float(edges.max()) > _SHIFTED * float(near.max())


def _bled(pixels: Tensor, share: Tensor, reach: int) -> Tensor:
    """Replace what lies near an outline, outside of it, by the colours just inside of it."""
    whole = share > 0.999  # noqa: PLR2004 - what is mixed with ground is outside
    out = pixels * whole
    for _ in range(_BLEEDS):
        near = _mean(whole.float()[None], reach)
        fresh = ~whole & (near[0] > 0)
        out = torch.where(fresh, _mean(out, reach) / near.clamp_min(1e-6), out)
        whole = whole | fresh
    return out


def _mean(stack: Tensor, reach: int) -> Tensor:
    """(layers, height, width) mean over squares."""
    side = 2 * reach + 1
    return functional.avg_pool2d(stack[None], side, 1, reach, count_include_pad=True)[0]


def _rectangle(
    inside: NDArray[np.bool_], gsd: tuple[float, float]
) -> tuple[float, tuple[float, float]]:
    """Direction and sides of the smallest rectangle around the True pixels of a mask."""
    rows = np.nonzero(inside.any(axis=1))[0]
    first = inside[rows].argmax(axis=1)
    stop = inside.shape[1] - inside[rows, ::-1].argmax(axis=1)
    ends = np.concatenate(
        [np.column_stack((cols, rows + edge)) for cols in (first, stop) for edge in (0, 1)]
    )
    around = shapely.minimum_rotated_rectangle(shapely.MultiPoint(ends * gsd))
    corners = shapely.get_coordinates(around)
    if len(corners) < 4:  # noqa: PLR2004 - all on one line
        return 0.0, (1.0, 1.0)
    one, other = corners[1] - corners[0], corners[2] - corners[1]
    a, b = float(np.hypot(*one)), float(np.hypot(*other))
    longer = one if a >= b else other
    return math.atan2(longer[1], longer[0]), (max(a, b), min(a, b))
