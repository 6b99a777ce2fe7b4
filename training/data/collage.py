"""Collages: roofs of some areas pasted onto the ground of others, in rows, blocks and clusters.

They make dense settlements, whose dwellings are known one by one, out of places that have none.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch

from camp_detector_core.engine.grid import Window
from training.data.canvas import Canvas
from training.data.geometry import Pose, cut
from training.data.layouts import draw_region, draw_sites
from training.data.roofs import RoofSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from training.data.geometry import Resampled
    from training.data.mosaic import ArrayArea, LabelledArea
    from training.data.roofs import Roof

SIDE_METRES = 160.0
"""Side of a collage on the ground."""
_OPENNESS = 3
"""Power of the free share of ground by which it is chosen: on open ground most is new."""
_TRUST = 6
"""Power of the share of outlines that lie right; elsewhere roofs hide dwellings in part."""
_TRIES = 4
"""Collages that are begun for each that is made; on some ground there is no room for a roof."""
_REGIONS = (2, 6)
"""Regions of a collage that are built on."""
_PALETTE = (6, 24)
"""Different roofs of a region."""


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
    sources = [source for source in sources if source.ground]
    if not any(len(source) for source in sources):
        return []
    maker = _Maker(sources, gsd, values)
    made = (maker.make(np.random.default_rng((seed, i))) for i in range(_TRIES * count))
    return list(islice((area for area in made if area is not None), count))


class _Maker:
    """Makes collages of the roofs and the ground of some areas."""

    def __init__(self, sources: Sequence[RoofSource], gsd: float, values: tuple[int, ...]) -> None:
        self._sources, self._gsd, self._values = sources, gsd, values
        # Square roots, so that large places do not drown small ones.
        self._by_ground = _shares(
            [s.ground * s.free_share**_OPENNESS * s.trust(gsd=gsd) ** _TRUST for s in sources]
        )
        self._by_roofs = _shares([len(s) for s in sources])

    def make(self, rng: np.random.Generator) -> ArrayArea | None:
        """Draw the ground and paste roofs onto it; None where there was no room for any."""
        ground = self._sources[int(rng.choice(len(self._sources), p=self._by_ground))]
        side = max(64, round(SIDE_METRES / self._gsd))
        canvas = Canvas(
            _ground(rng, ground, side, self._gsd, self._values), self._values, self._gsd
        )
        for _ in range(int(rng.integers(*_REGIONS))):
            self._build(rng, canvas, ground)
        return canvas.finish(rng, ground.dtype) if canvas.count else None

    def _build(self, rng: np.random.Generator, canvas: Canvas, ground: RoofSource) -> None:
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
    odds = source.free**_OPENNESS / np.sum(source.free**_OPENNESS)
    piece = area.pieces[int(rng.choice(len(odds), p=odds))]
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
