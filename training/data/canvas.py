"""The ground of a collage, roofs pasted onto it, and their labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from training.data.mosaic import ArrayArea, Patch
from training.data.shadows import draw_sun, shade_of

if TYPE_CHECKING:
    from torch import Tensor

    from training.data.geometry import Resampled
    from training.data.layouts import Site
    from training.data.roofs import Roof

_VISIBLE_SHARE = 0.85
"""Share of a roof that must stay where it lies partly below others."""
_SEEN_SHARE = 0.3
"""Share of a roof at the edge of a collage that must be in it."""
_MOST = 0.5
"""Share of a pixel that decides on the whole of it."""
_CLEARANCE = 0.4
"""Metres between a pasted roof and dwellings of the ground."""
_GROUND_HEIGHT = 3.0
"""Metres above the ground at which dwellings of the ground receive shadows."""
_FINER = 2
"""Steps within a pixel, along each axis, over which roofs that are turned are averaged."""


class Canvas:
    """Ground, and the roofs that are pasted onto it one after the other, the first on top."""

    def __init__(self, ground: Resampled, values: tuple[int, ...], gsd: float) -> None:
        """Take the ground, the class values of its targets, and metres a pixel."""
        self._ground, self._gsd = ground, gsd
        self._side = int(ground.valid.shape[0])
        plane = (self._side, self._side)
        of_class = (torch.tensor(values)[:, None, None] * ground.targets).amax(0)
        # Pixels on an outline may have an owner and no class, or the other way round.
        is_built = (of_class > 0) & (ground.owner > 0)
        self._old = torch.where(is_built, ground.owner, torch.zeros(()))
        self._classes = torch.where(is_built, of_class, torch.zeros(())).to(torch.uint8)
        self._new = torch.zeros(plane, dtype=torch.int32)
        self._over, self._alpha = torch.zeros_like(ground.pixels), torch.zeros(plane)
        self._height = torch.zeros(plane)
        self._is_certain = ground.is_certain.clone()
        occupied = (of_class > 0) | (ground.owner > 0) | ~ground.is_known
        self._blocked = _grown(occupied, max(1, round(_CLEARANCE / gsd)))
        self.count = 0
        """Roofs that were pasted."""

    def paste(self, roof: Roof, site: Site, height: float) -> None:
        """Lay a roof where nothing is in its way; what others cover of it is cut off.

        Args:
            roof: To be pasted.
            site: Where and how.
            height: Metres above the ground.
        """
        if self._is_taken(round(site.y / self._gsd), round(site.x / self._gsd)):
            return
        laid, row, col = _laid(roof, site, self._gsd)
        size = laid.shape[1]
        rows = slice(max(0, row), min(self._side, row + size))
        cols = slice(max(0, col), min(self._side, col + size))
        if rows.start >= rows.stop or cols.start >= cols.stop:
            return
        whole = int((laid[-2] >= _MOST).sum())
        laid = laid[:, rows.start - row : rows.stop - row, cols.start - col : cols.stop - col]
        inside, is_free = laid[-2] >= _MOST, self._new[rows, cols] == 0
        seen, visible = int(inside.sum()), inside & is_free
        if seen < _SEEN_SHARE * whole or int(visible.sum()) < _VISIBLE_SHARE * seen:
            return
        if not (inside & self._blocked[rows, cols]).any():
            self._colour(laid[:-2], laid[-2], (rows, cols))
            self._label(visible, laid[-1] >= _MOST, (rows, cols), roof.value)
            self._height[rows, cols][visible] = height

    def _is_taken(self, row: int, col: int) -> bool:
        """True where a pixel is in here and cannot be built on."""
        is_here = 0 <= row < self._side and 0 <= col < self._side
        return is_here and bool(self._blocked[row, col] or self._new[row, col])

    def _colour(self, pixels: Tensor, share: Tensor, at: tuple[slice, slice]) -> None:
        """Add the colours of a roof below those that are there."""
        before, of_bands = self._alpha[at].clone(), (slice(None), *at)
        added = share * ((self._new[at] == 0) & ~self._blocked[at]) * (1 - before)
        self._alpha[at] += added
        colours = self._over[of_bands] * before + pixels * added
        self._over[of_bands] = colours / self._alpha[at].clamp_min(1e-6)

    def _label(
        self, visible: Tensor, is_certain: Tensor, at: tuple[slice, slice], value: int
    ) -> None:
        """Number the visible pixels of a roof, and give them its class."""
        self.count += 1
        self._new[at][visible] = self.count
        self._classes[at][visible] = value
        self._is_certain[at] &= ~visible | is_certain

    def finish(self, rng: np.random.Generator, like: np.dtype[np.generic]) -> ArrayArea:
        """Cast the shadows, and number the dwellings anew.

        Args:
            rng: Draws the sun where the ground has no shadows that show it.
            like: dtype of the pixels.
        """
        ground, is_old, gsd = self._ground, self._old > 0, self._gsd
        sun = draw_sun(rng, ground.pixels, is_old, ground.is_known, gsd=gsd)
        surface = torch.where(is_old, torch.tensor(_GROUND_HEIGHT), self._height)
        shade = shade_of(self._height, surface, sun, gsd=gsd)
        mixed = ground.pixels * (1 - self._alpha) + self._over * self._alpha
        pixels = (mixed * torch.where(ground.valid, shade, torch.ones(()))).numpy()
        if like.kind in "iu":
            pixels = np.clip(np.rint(pixels), np.iinfo(like.str).min, np.iinfo(like.str).max)
        numbers, at = np.unique(self._old.numpy(), return_inverse=True)
        old = at.reshape(self._old.shape) + (0 if numbers[0] == 0 else 1)
        owner = np.where(self._new > 0, self._new.numpy() + int(old.max()), old).astype(np.int32)
        patch = Patch(
            pixels.astype(like),
            self._classes.numpy(),
            ground.valid.numpy(),
            ground.is_known.numpy(),
            self._is_certain.numpy(),
            owner,
        )
        return ArrayArea(_without_margins(patch), (gsd, gsd))


def _without_margins(patch: Patch) -> Patch:
    """A patch without the rows and columns around it that have no image."""
    rows, cols = (np.nonzero(patch.valid.any(axis=axis))[0] for axis in (1, 0))
    at = np.s_[..., rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return Patch(**{name: array[at].copy() for name, array in vars(patch).items()})


def _laid(roof: Roof, site: Site, gsd: float) -> tuple[Tensor, int, int]:
    """Turn and scale a roof.

    Returns:
        (bands + 2, side, side) pixels, share inside the outline and share that is certain; and the
        row and column of the first.
    """
    height, width = (
        n * g * site.scale / gsd for n, g in zip(roof.inside.shape, roof.gsd[::-1], strict=True)
    )
    side = math.ceil(math.hypot(height, width)) + 1
    turn = site.angle - (-roof.angle if site.is_mirrored else roof.angle)
    cos, sin, sign = math.cos(turn), math.sin(turn), -1.0 if site.is_mirrored else 1.0
    matrix = torch.tensor(
        [
            [
                [sign * cos * side / width, sign * sin * side / width, 0.0],
                [-sin * side / height, cos * side / height, 0.0],
            ]
        ]
    )
    stack = torch.cat((roof.pixels, roof.inside[None], roof.is_certain[None]))[None]
    fine = [1, stack.shape[1], side * _FINER, side * _FINER]
    grid = functional.affine_grid(matrix, fine, align_corners=False)
    turned = functional.grid_sample(stack, grid, padding_mode="border", align_corners=False)
    laid = functional.avg_pool2d(turned, _FINER)[0]
    return laid, round(site.y / gsd - side / 2), round(site.x / gsd - side / 2)


def _grown(mask: Tensor, reach: int) -> Tensor:
    """(height, width) True within so many pixels of a True one."""
    side = 2 * reach + 1
    return functional.max_pool2d(mask[None].float(), side, 1, reach)[0] > 0
