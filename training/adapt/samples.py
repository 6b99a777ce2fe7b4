"""Training samples of the known ground, in which the network also sees what is around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features
from torch.utils.data import Dataset

from camp_detector_core.engine.grid import Shape, Window
from training.adapt.networks import extras_of
from training.data.datamodule import CampDataModule
from training.data.mosaic import ArrayArea, Patch
from training.data.places_file import read_places
from training.data.samples import RandomSamples, Sample, SampleForm
from training.fit.options import AugmentOptions, DataOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.ground import Ground
    from training.adapt.options import AdaptOptions
    from training.data.mosaic import LabelledArea

VARIETY = AugmentOptions(
    scale=(0.85, 1.2),
    rotate=0.6,
    photometric=0.4,
    camera=0.0,
    coarse=0.0,
    degrade=0.1,
    weather=0.05,
)
"""One place in one light: samples vary in pose more than in colour."""
_ON_DWELLINGS = 0.5
"""Share of the samples of the ground that are centred on a dwelling."""

_PIECE = 64
"""Side in pixels of the squares that samples are centred on."""

Groups = Sequence[tuple[float, "Sequence[LabelledArea]"]]


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
    ground: Ground,
    part: NDArray[np.bool_] | None,
    options: AdaptOptions,
    spec: ModelSpec,
    mixed: Groups = (),
) -> ChosenSamples:
    """Endless samples of the known ground.

    Args:
        ground: The reviewed ground.
        part: (height, width) True where it may be learned from; None: everywhere.
        options: Form and seed of the samples, and the share of those that are mixed in.
        spec: Bands, classes and pixels.
        mixed: Other areas, with shares that add up to 1; see `areas_to_mix`.
    """
    values = tuple(c.value for c in spec.classes)
    form = SampleForm(options.crop, spec.gsd, spec.bands, values)
    known = ground.known if part is None else ground.known & part
    area = _area(ground, known)
    share = 1 - options.mix_share if mixed else 1.0
    groups = [
        (share * (1 - _ON_DWELLINGS), [_centred(area, _pieces(known))]),
        (share * _ON_DWELLINGS, [_centred(area, _boxes(ground, known))]),
        *((options.mix_share * own, areas) for own, areas in mixed),
    ]
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
    patch = Patch(ground.pixels, classes, ground.valid, known, known & ground.certain, owner)
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


def _pieces(known: NDArray[np.bool_]) -> list[Window]:
    """Squares of the ground that hold known pixels."""
    height, width = known.shape
    windows = [
        Window(row, col, min(_PIECE, height - row), min(_PIECE, width - col))
        for row in range(0, height, _PIECE)
        for col in range(0, width, _PIECE)
    ]
    return [window for window in windows if known[window.slices].any()]


def areas_to_mix(options: AdaptOptions, spec: ModelSpec) -> Groups:
    """Read the training parts of the places that are mixed in, with their shares.

    Raises:
        CampDetectorError: They cannot be read.
    """
    if options.mix is None:
        return ()
    data = DataOptions(
        places=read_places(options.mix),
        gsd=spec.gsd,
        bands=spec.bands,
        dtype=spec.dtype,
        classes=spec.classes,
    )
    return CampDataModule(data).groups()
