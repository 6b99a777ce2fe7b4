"""Measures a model file on labelled images, on the way that `camp-detector detect` takes."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.errors import ParameterError, RasterError
from camp_detector_core.engine.predictors.open import open_predictor
from camp_detector_core.georaster.settings import Settings
from camp_detector_core.model_file import open_model
from camp_detector_core.raster import gdal_env
from training.data.chip_store import ChipStore
from training.data.mask_labels import MaskLabels
from training.data.mosaic import join_chips
from training.evaluation.area import AreaRun, AreaScore
from training.evaluation.inputs import choose_chips, choose_labels
from training.evaluation.score import Score
from training.fit.place_options import LabelChanges

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile

LOG = logging.getLogger(__name__)

EDGE_RULE = (
    "labels and predictions are clipped to the valid pixels of each area; a dwelling that reaches "
    "its edge counts by its visible pieces of at least min_area_m2; a label inside always counts; "
    "what lies for more than half of it under labels that are ignored counts for nothing"
)
"""Rule for dwellings at the edge of an area, and of ground that is ignored."""


@dataclass(frozen=True)
class EvaluateOptions:
    """Model, images and labels of an evaluation.

    Raises:
        ParameterError: An IoU or a side of blocks that cannot be.
    """

    model: Path
    """``.onnx``, STAC-MLM item or ``.dlpk``."""
    chips: Path
    """Folder of images, or one image of any size."""
    labels: Path
    """Vector file, folder of masks named like the chips, or the mask of one image."""
    split: Path | None = None
    """A ``split.json``; without it all chips count."""
    part: str = "test"
    """The part of the split that is measured."""
    class_field: str | None = None
    """Attribute of the vector file that names the class."""
    layer: str | None = None
    """Layer of the vector file, where it has several."""
    chip_gsd: float | None = None
    """Metres a pixel of chips that say nothing about it; None: the model's."""
    changes: LabelChanges = field(default_factory=LabelChanges)
    """Changes of the labels; the band around outlines plays no part."""
    place: str = ""
    """Name of the place, which the names of its chips begin with in a split; empty: none."""
    settings: Settings = field(default_factory=Settings)
    """Settings of the detection."""
    threads: int | None = None
    """Processors to use; None: all that the process may use."""
    iou: float = 0.5
    """Least intersection over union of a dwelling that counts as found."""
    block_metres: float = 50.0
    """Side of the blocks of ground, metres."""
    spec: ModelSpec | None = None
    """A description in place of the one in the model file, to try another way of making
    dwellings of the same network's scores."""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 0 < self.iou <= 1:
            msg = f"must be above 0 and at most 1, got {self.iou:g}"
            raise ParameterError(msg, parameter="iou")
        if not (math.isfinite(self.block_metres) and self.block_metres >= 1):
            msg = f"must be at least 1, got {self.block_metres:g}"
            raise ParameterError(msg, parameter="block_metres")


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on some images."""

    options: EvaluateOptions
    model: ModelFile
    spec: ModelSpec
    """The model's with the values it was run with."""
    areas: tuple[AreaScore, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    """Sentences on what of the labels was left out, mended or taken from an unexpected place."""
    masks: bool = False
    """True if the labels are masks, which do not tell touching dwellings apart."""

    @property
    def total(self) -> Score:
        """Score of all areas and classes together."""
        return Score.total([s for a in self.areas for s in a.classes.values()])

    def of_class(self, name: str) -> Score:
        """Score of all areas together, for one class."""
        return Score.total([a.classes[name] for a in self.areas])


def evaluate_model(options: EvaluateOptions) -> Evaluation:
    """Run a model file over images and hold what it finds against the labels.

    Chips that adjoin are one mosaic, read and resampled as by `detection.run`, run
    through `detect`, thresholded, traced and simplified by the same code, so that the figures are
    those of what users get. No file is written, and no picture drawn.

    Raises:
        CampDetectorError: Model, images, labels or split cannot be read or do not fit.
    """
    start = time.perf_counter()
    model = open_model(options.model)
    spec = options.settings.apply(options.spec or model.spec)
    chips, all_chips = choose_chips(options, bands=len(spec.bands))
    labelled = choose_labels(options, spec, all_chips)
    chips = [chip for chip in chips if chip in labelled.chips]
    labels = labelled.labels
    gsd = options.chip_gsd or spec.gsd
    areas = join_chips(chips, ChipStore(labels, bands=len(spec.bands)), chip_gsd=gsd)
    predictor = open_predictor(
        model, threads=options.threads, on_fallback=lambda fallback: LOG.warning("%s", fallback)
    )
    run = AreaRun(spec, predictor, labels, options.settings, options.iou, options.block_metres)
    scores = []
    with gdal_env(offline=True):
        for number, area in enumerate(areas):
            images = counted(len(area.chips), "image")
            LOG.info("area %d of %d: %s", number + 1, len(areas), images)
            scores.append(run.measure(area, number))
    _refuse_nothing(options, scores)
    return Evaluation(
        options,
        model,
        spec,
        tuple(scores),
        time.perf_counter() - start,
        notes=labelled.notes,
        masks=isinstance(labels, MaskLabels),
    )


def _refuse_nothing(options: EvaluateOptions, scores: Sequence[AreaScore]) -> None:
    """Refuse an evaluation of no pixel, whose figures would all be perfect."""
    if any(score.hectares for score in scores):
        return
    part = "" if options.split is None else f" in the part {options.part} of {options.split}"
    msg = (
        f"{options.chips} has no valid pixel with a known label in {options.labels}{part}, so "
        "there is nothing to measure"
    )
    remedy = (
        "give other images, or correct the nodata value of images or masks ({tool:unset_nodata})"
    )
    raise RasterError(msg, remedy=remedy)
