"""Collages: roofs of some areas pasted onto the ground of others, in rows, blocks and clusters.

They make dense settlements, whose dwellings are known one by one, out of places that have none.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from camp_detector_core.engine.grid import Window
from training.data.geometry import Pose, cut
from training.data.layouts import draw_region, draw_sites
from training.data.mosaic import ArrayArea, Patch
from training.data.roofs import RoofSource
from training.data.shadows import draw_sun, shade_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from training.data.geometry import Resampled
    from training.data.layouts import Site
    from training.data.mosaic import LabelledArea
    from training.data.roofs import Roof

SIDE_METRES = 160.0
"""Side of a collage on the ground."""
_TRIES = 4
"""Collages that are begun for each that is made; on some ground there is no room for a roof."""
_REGIONS = (2, 6)
"""Regions of a collage that are built on."""
_PALETTE = (6, 24)
"""Different roofs of a region."""
_KEPT_SHARE = 0.85
"""Share of a roof that must stay where it lies partly below others."""
_CLEARANCE = 0.4
"""Metres between a pasted roof and dwellings of the ground."""
_SEEN_SHARE = 0.3
"""Share of a roof at the edge of a collage that must be in it."""
_MOST = 0.5
"""Share of a pixel that decides on the whole of it."""
_FINER = 2
"""Steps within a pixel, along each axis, over which roofs that are turned are averaged."""
_GROUND_HEIGHT = 3.0
"""Metres above the ground at which dwellings of the ground receive shadows."""


def collage_areas(
    areas: Sequence[LabelledArea], count: int, *, gsd: float, values: tuple[int, ...], seed: int
) -> list[ArrayArea]:
    """Make collages.

    Args:
        areas: That give the roofs and the ground: areas to train on.
        count: How many.
        gsd: Metres a pixel.
        values: Class values of the dwellings.
        seed: Other seeds give other collages.

    Returns:
        As many areas; none where no dwelling can be cut out.

    Raises:
        RasterError: An area cannot be read.
    """
    sources = [RoofSource(area) for area in areas]
    if not any(len(s) for s in sources) or not any(s.ground for s in sources):
        return []
    maker = _Maker(sources, gsd, values)
    made = (maker.make(np.random.default_rng((seed, i))) for i in range(_TRIES * count))
    return list(islice((area for area in made if area is not None), count))


class _Maker:
    """Makes collages of the roofs and the ground of some areas."""

    def __init__(self, sources: Sequence[RoofSource], gsd: float, values: tuple[int, ...]) -> None:
        self._sources, self._gsd, self._values = sources, gsd, values
        # Square roots, so that large places do not drown small ones.
        self._by_ground = _shares([s.ground for s in sources])
        self._by_roofs = _shares([len(s) for s in sources])

    def make(self, rng: np.random.Generator) -> ArrayArea | None:
        """Draw the ground and paste roofs onto it; None where there was no room for any."""
        ground = self._sources[int(rng.choice(len(self._sources), p=self._by_ground))]
        side = max(64, round(SIDE_METRES / self._gsd))
        canvas = _Canvas(
            _ground(rng, ground, side, self._gsd, self._values), self._values, self._gsd
        )
        for _ in range(int(rng.integers(*_REGIONS))):
            self._build(rng, canvas, ground)
        return canvas.finish(rng, ground.dtype) if canvas.count else None

    def _build(self, rng: np.random.Generator, canvas: _Canvas, ground: RoofSource) -> None:
        """Build on a region of the ground, with roofs of one area."""
        source = self._sources[int(rng.choice(len(self._sources), p=self._by_roofs))]
        count = int(rng.integers(*_PALETTE))
        count = min(count, len(source))
        chosen = rng.choice(len(source), count, replace=False, p=source.odds)
        cuts = (source.cut(int(i), gsd=self._gsd) for i in chosen)
        light = _light(rng, source.colour, ground.colour)
        roofs = [_lit(roof, light) for roof in cuts if roof is not None]
        if not roofs:
            return
        height = rng.uniform(2.0, 4.0)
        region = draw_region(rng, SIDE_METRES)
        for site in draw_sites(rng, region, [roof.sides for roof in roofs]):
            canvas.paste(roofs[site.index], site, height * rng.uniform(0.8, 1.25))


def _shares(sizes: Sequence[float]) -> NDArray[np.float64]:
    roots: NDArray[np.float64] = np.sqrt(np.asarray(sizes, np.float64))
    shares: NDArray[np.float64] = roots / roots.sum()
    return shares


def _ground(
    rng: np.random.Generator, source: RoofSource, side: int, gsd: float, values: tuple[int, ...]
) -> Resampled:
    """Cut a square of ground around a random piece, the more likely the less is built on it."""
    area = source.area
    piece = area.pieces[int(rng.choice(len(source.free), p=source.free / source.free.sum()))]
    width, height = (max(1, round(side * gsd / g)) for g in area.gsd)
    row = piece.row + int(rng.integers(piece.height)) - height // 2
    col = piece.col + int(rng.integers(piece.width)) - width // 2
    row = max(0, min(row, area.shape.height - height))
    col = max(0, min(col, area.shape.width - width))
    return cut(area, Window(row, col, height, width), side=side, pose=Pose(), values=values)


def _light(
    rng: np.random.Generator, own: NDArray[np.float64], ground: NDArray[np.float64]
) -> Tensor:
    """Factors by band that bring roofs half of the way into the light of other ground."""
    ratio = np.sqrt(np.maximum(ground, 1e-6) / np.maximum(own, 1e-6))
    common = ratio.mean()
    # Ground of another colour mostly says that more or less grows on it, not that light differs.
    cast = np.clip(np.sqrt(ratio / common), 0.95, 1.05)
    factors = np.clip(common, 0.7, 1.3) * cast * rng.uniform(0.88, 1.12)
    return torch.from_numpy(factors.astype(np.float32))


def _lit(roof: Roof, light: Tensor) -> Roof:
    return replace(roof, pixels=roof.pixels * light[:, None, None])


class _Canvas:
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
        middle = (round(site.y / self._gsd), round(site.x / self._gsd))
        if all(0 <= n < self._side for n in middle) and (
            self._blocked[middle] or self._new[middle]
        ):
            return
        laid, row, col = _laid(roof, site, self._gsd)
        size = laid.shape[1]
        rows = slice(max(0, row), min(self._side, row + size))
        cols = slice(max(0, col), min(self._side, col + size))
        if rows.start >= rows.stop or cols.start >= cols.stop:
            return
        own = (slice(rows.start - row, rows.stop - row), slice(cols.start - col, cols.stop - col))
        to, whole = (rows, cols), int((laid[-2] >= _MOST).sum())
        share, certain = laid[(-2, *own)], laid[(-1, *own)]
        inside, is_free = share >= _MOST, self._new[to] == 0
        visible = inside & is_free
        is_hidden = int(visible.sum()) < _KEPT_SHARE * int(inside.sum())
        if (
            is_hidden
            or int(inside.sum()) < _SEEN_SHARE * whole
            or (inside & self._blocked[to]).any()
        ):
            return
        self.count += 1
        self._new[to][visible] = self.count
        self._classes[to][visible] = roof.value
        self._height[to][visible] = height
        self._is_certain[to] &= ~visible | (certain >= _MOST)
        before = self._alpha[to].clone()
        added = share * (is_free & ~self._blocked[to]) * (1 - before)
        colours = self._over[:, rows, cols] * before + laid[(slice(-2), *own)] * added
        self._alpha[to] += added
        self._over[:, rows, cols] = colours / self._alpha[to].clamp_min(1e-6)

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
