"""The samples that the network sees: random ones to train on, fixed ones to validate on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.prepare import normalise
from training.data.geometry import Pose, Resampled, cut, draw_pose, draw_window
from training.data.photometric import vary
from training.data.separation import (
    BORDER_METRES,
    CONTACT_METRES,
    CORE_METRES,
    border_of,
    contact_of,
    core_of,
    reach_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from camp_detector_core.engine.spec import Band
    from training.data.mosaic import LabelledArea
    from training.fit.options import AugmentOptions

Sample = dict[str, Tensor]
"""``image`` (bands, side, side) normalised, ``target`` (classes, side, side) 0 or 1, both float32;
``extra`` (2, side, side) float32 the targets of `training.fit.options.EXTRAS`; ``valid`` (where the
class counts), ``extra_valid`` (where these are known) and ``contact`` (near two dwellings)
(side, side) bool."""


@dataclass(frozen=True)
class SampleForm:
    """Size, scale and bands of the samples."""

    side: int
    """Height and width in pixels."""
    gsd: float
    """Metres a pixel."""
    bands: tuple[Band, ...]
    values: tuple[int, ...]
    """Class values, one target channel each."""


class RandomSamples(Dataset[Sample]):
    """Endless random samples; the index alone decides what a sample is.

    So a run that goes on from a checkpoint sees what it would have seen without the break, however
    many processes prepare the samples.
    """

    def __init__(
        self,
        groups: Sequence[tuple[float, Sequence[LabelledArea]]],
        form: SampleForm,
        *,
        augment: AugmentOptions,
        seed: int,
    ) -> None:
        """Take groups of areas, and the form of the samples.

        Args:
            groups: Shares of the samples, and the areas that they come from (by their size).
            form: What samples look like.
            augment: How they vary.
            seed: Of all randomness.
        """
        self._form = form
        self._augment = augment
        self._seed = seed
        self._areas = [a for _, areas in groups for a in areas]
        weights = []
        for share, areas in groups:
            sizes = np.array([_ground(a) for a in areas], np.float64)
            weights.append(share * sizes / sizes.sum())
        joined = np.concatenate(weights)
        self._weights = joined / joined.sum()

    def __getitem__(self, index: int) -> Sample:
        """Make a sample."""
        rng = np.random.default_rng((self._seed, index))
        area = self._areas[int(rng.choice(len(self._areas), p=self._weights))]
        form = self._form
        pose = draw_pose(rng, self._augment)
        window = draw_window(rng, area, side=form.side, gsd=form.gsd, pose=pose)
        piece = cut(area, window, side=form.side, pose=pose, values=form.values)
        scales = torch.tensor([b.scale for b in form.bands])[:, None, None]
        varied = vary(piece.pixels * scales, rng, self._augment) / scales
        return finish(replace(piece, pixels=varied), form)


class FixedSamples(Dataset[Sample]):
    """Areas cut into tiles side by side, as they are."""

    def __init__(self, areas: Sequence[LabelledArea], form: SampleForm) -> None:
        """List the tiles."""
        self._form = form
        self._tiles = [(a, w) for a in areas for w in _tiles(a, form)]

    def __len__(self) -> int:
        """Count the tiles."""
        return len(self._tiles)

    def __getitem__(self, index: int) -> Sample:
        """Read a tile."""
        area, window = self._tiles[index]
        form = self._form
        return finish(cut(area, window, side=form.side, pose=Pose(), values=form.values), form)


class EpochSampler(Sampler[int]):
    """Indices that never come twice: epoch e has those from e * size on."""

    def __init__(self, size: int) -> None:
        """Start with epoch 0."""
        self._size = size
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer before each epoch, also after a resumption."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Samples in an epoch."""
        return self._size

    def __iter__(self) -> Iterator[int]:
        """The indices of the epoch."""
        start = self._epoch * self._size
        return iter(range(start, start + self._size))


def finish(piece: Resampled, form: SampleForm) -> Sample:
    """Normalise with the engine's own function, and drop labels where nothing is known.

    The network sees ground whose labels are unknown as it sees all other ground.
    """
    valid = piece.valid.numpy()
    image = normalise(piece.pixels.numpy(), valid, form.bands)
    return {
        "image": torch.from_numpy(image),
        "target": piece.targets * piece.is_certain,
        "valid": piece.is_certain,
        **_extras(piece, form.gsd),
    }


def _extras(piece: Resampled, gsd: float) -> Sample:
    """Draw the channels that tell dwellings apart."""
    owner, reach = piece.owner, reach_of(BORDER_METRES, gsd)
    border = border_of(owner, reach=reach)
    core = core_of(owner, most=reach_of(CORE_METRES, gsd))
    # Beside pixels of which nothing is known it is not known whether a dwelling ends.
    is_known = ~border_of(piece.is_known.float(), reach=reach) & piece.is_known
    return {
        "extra": torch.stack((border, core)).float() * is_known,
        "extra_valid": is_known,
        "contact": contact_of(owner, reach=reach_of(CONTACT_METRES, gsd)) & is_known,
    }


def _ground(area: LabelledArea) -> float:
    """Square metres."""
    return sum(p.height * p.width for p in area.pieces) * area.gsd[0] * area.gsd[1]


def _tiles(area: LabelledArea, form: SampleForm) -> list[Window]:
    width, height = (max(1, round(form.side * form.gsd / g)) for g in area.gsd)
    windows = [
        Window(row, col, height, width)
        for row in range(0, area.shape.height, height)
        for col in range(0, area.shape.width, width)
    ]
    return [w for w in windows if any(p.intersection(w) for p in area.pieces)]
