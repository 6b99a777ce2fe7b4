"""Training samples of the known ground, in which the network also sees what is around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features
from torch.utils.data import Dataset

from camp_detector_core.engine.grid import Shape, Window
from training.adapt.networks import extras_of
from training.data.chip_store import ChipStore
from training.data.chips import read_chips, refuse_unfit
from training.data.labels import labels_of
from training.data.mosaic import ArrayArea, Patch, join_chips
from training.data.samples import RandomSamples, Sample, SampleForm
from training.fit.options import AugmentOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.folds import Folds
    from training.adapt.ground import Ground
    from training.adapt.options import AdaptOptions
    from training.data.mosaic import LabelledArea

VARIETY = AugmentOptions(
    scale=(0.85, 1.2),
    rotate=0.3,
    photometric=0.5,
    camera=0.0,
    coarse=0.0,
    degrade=0.1,
    weather=0.05,
)
"""One place in one light: samples vary in pose more than in colour."""
_ON_DWELLINGS = 0.5
"""Share of the samples of the ground that are centred on a dwelling."""

Groups = list[tuple[float, "Sequence[LabelledArea]"]]


class ChosenSamples(Dataset[Sample]):
    """Samples with those channels of `training.fit.options.EXTRAS` that are trained."""

    def __init__(self, samples: RandomSamples, extras: tuple[int, ...]) -> None:
        """Take samples, and the numbers of the channels."""
        self._samples = samples
        self._extras = list(extras)

    def __getitem__(self, index: int) -> Sample:
        """Make a sample; see `Sample`."""
        sample = self._samples[index]
        return {**sample, "extra": sample["extra"][self._extras]}


def training_samples(
    ground: Ground, folds: Folds, fold: int | None, options: AdaptOptions, spec: ModelSpec
) -> ChosenSamples:
    """Endless samples of the known ground beyond one part.

    Args:
        ground: The reviewed ground.
        folds: Its parts.
        fold: The part that is held out; None: none.
        options: Say what is mixed in.
        spec: Bands, classes and pixels.

    Raises:
        CampDetectorError: What is mixed in cannot be read.
    """
    values = tuple(c.value for c in spec.classes)
    form = SampleForm(options.crop, spec.gsd, spec.bands, values)
    known = ground.known & folds.without(fold)
    area = _area(ground, known)
    blocks = [w for w in folds.windows() if known[w.slices].any()]
    share = 1.0 if options.mix_chips is None else 1 - options.mix_share
    groups: Groups = [
        (share * (1 - _ON_DWELLINGS), [_centred(area, blocks)]),
        (share * _ON_DWELLINGS, [_centred(area, _boxes(ground, known))]),
    ]
    if options.mix_chips is not None:
        groups.append((options.mix_share, _mixed(options, spec)))
    samples = RandomSamples(groups, form, augment=VARIETY, seed=options.seed)
    return ChosenSamples(samples, extras_of(spec))


def _area(ground: Ground, known: NDArray[np.bool_]) -> ArrayArea:
    """The ground as samples take it: all is seen, and the labels of the known part are learned."""
    shape = ground.grid.shape
    labels = ground.labels
    owner: NDArray[np.int32] = np.zeros(shape, np.int32)
    if len(labels.polygons):
        numbered = zip(labels.polygons, range(1, len(labels.polygons) + 1), strict=True)
        owner = features.rasterize(numbered, out_shape=shape, dtype="int32")
    classes = labels.rasterised(shape)
    patch = Patch(ground.pixels, classes, ground.valid, known, known, owner)
    return ArrayArea(patch, ground.grid.gsd)


def _centred(area: ArrayArea, windows: Sequence[Window]) -> ArrayArea:
    """The area with other places to centre samples on."""
    out = ArrayArea(area.read(Window(0, 0, *area.shape)), area.gsd)
    out.pieces = tuple(windows)
    return out


def _boxes(ground: Ground, known: NDArray[np.bool_]) -> list[Window]:
    """Windows around the dwellings whose middle is known."""
    out = []
    height, width = Shape(*known.shape)
    for polygon in ground.labels.polygons:
        left, top, right, bottom = shapely.bounds(polygon)
        row, col = int((top + bottom) / 2), int((left + right) / 2)
        if 0 <= row < height and 0 <= col < width and known[row, col]:
            first = max(0, int(top)), max(0, int(left))
            last = min(height, int(bottom) + 1), min(width, int(right) + 1)
            out.append(Window(*first, last[0] - first[0], last[1] - first[1]))
    return out


def _mixed(options: AdaptOptions, spec: ModelSpec) -> Sequence[LabelledArea]:
    """Areas of the chips that the model was trained on."""
    if options.mix_chips is None or options.mix_labels is None:
        return []
    chips = read_chips(options.mix_chips)
    refuse_unfit(chips, len(spec.bands))
    labelled = labels_of(chips, options.mix_labels, spec.classes)
    store = ChipStore(labelled.labels, bands=len(spec.bands))
    return join_chips(labelled.chips, store, chip_gsd=spec.gsd)
