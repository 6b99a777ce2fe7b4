"""`adapt_model`: from a reviewed part of an image to a model that is better there, or to none."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from camp_detector_core.detection.own_inputs import refuse_own_inputs
from camp_detector_core.model_file import open_model
from camp_detector_core.network.start import read_start
from camp_detector_core.outputs.output_set import standing
from camp_detector_core.training_data.adapted import (
    ADAPTED,
    FILES,
    MODEL,
    REPORT,
    SETTINGS,
    START,
)
from training.adapt.files import Adapted, write_model, write_report
from training.adapt.folds import deal
from training.adapt.ground import read_ground
from training.adapt.samples import areas_to_mix
from training.adapt.trial import Trial
from training.fit.decoding import method_of
from training.fit.start import train_channels
from training.output import files_in, results

if TYPE_CHECKING:
    from pathlib import Path

    from training.adapt.options import AdaptOptions
    from training.adapt.verdict import Verdict

LOG = logging.getLogger(__name__)

_FOR_FITS = 0.75
"""Share of the time after which fits must have ended: the rest is for measuring and 8 bits."""


@dataclass(frozen=True)
class Adaptation:
    """Result of an adaptation."""

    verdict: Verdict
    model: Path | None
    """The adapted model; None where the start is kept."""
    start: str
    """Name and version of the model that it began with."""
    report: Path
    """The report, JSON."""

    @property
    def sentence(self) -> str:
        """Sentence that says which model is kept, and why."""
        return sentence_of(self.verdict, self.start)


def sentence_of(verdict: Verdict, start: str) -> str:
    """Say which model is kept, and why.

    Args:
        verdict: The figures.
        start: Name and version of the start.
    """
    before = verdict.figures[START]
    after = verdict.figures[ADAPTED if verdict.winner == START else verdict.winner]
    figures = (
        f"F1 {before.f1:.3f} -> {after.f1:.3f}, count error {before.count_error:+.0%} -> "
        f"{after.count_error:+.0%}, all on ground that was held out"
    )
    return {
        START: f"the adapted model is not better here: {start} is kept ({figures})",
        SETTINGS: f"{start} with other settings is better here than adapted weights ({figures})",
        ADAPTED: f"the adapted model is better here than {start} ({figures})",
    }[verdict.winner]


def adapt_model(options: AdaptOptions) -> Adaptation:
    """Adapt a model to a place, and keep it if that is better on ground that was held out.

    Writes into ``options.out`` a report, and where a model is kept the model with 8 bits, its
    float32 original and its STAC item; all at the end, or nothing.

    Raises:
        NetworkError: The model cannot be gone on from.
        OutputError: A file exists, is an input, or cannot be written.
        CampDetectorError: An input cannot be read, or the reviewed ground is too small.
        KeyboardInterrupt: It was stopped; nothing is written.
    """
    began = time.monotonic()
    named = (options.model, options.image, options.labels, options.area, options.mix)
    inputs = [path for path in named if path]
    refuse_own_inputs(standing(options.out / name for name in FILES), files_in(inputs))
    torch.manual_seed(options.seed)
    with results(options.out, FILES, overwrite=options.overwrite) as paths:
        base, start = open_model(options.model), read_start(options.model)
        spec = base.spec
        ground = read_ground(options, spec)
        smallest = spec.min_area / ground.grid.pixel_area
        folds = deal(ground, options.folds, metres=options.block_metres, smallest=smallest)
        count = len(ground.known_labels(smallest=smallest).polygons)
        parts = f"{folds.count} parts of blocks of {folds.squares.metres:g} m"
        LOG.info("%d dwellings on %.1f ha, in %s", count, ground.hectares, parts)
        if method_of(spec) == "both":  # the model's one channel is the mean of two
            train_channels(start, len(spec.classes), "both")
        end = began + 60 * options.minutes * _FOR_FITS
        trial = Trial(options, ground, folds, spec, end, areas_to_mix(options, spec))
        choice = trial.choose(start.network)
        adapted = Adapted(options, base, start, ground, folds, choice, count)
        if choice.verdict.winner != START:
            write_model(adapted, paths)
        write_report(
            adapted,
            paths[REPORT],
            sentence=sentence_of(choice.verdict, spec.id),
            fits=[{"steps": f.steps, "seconds": round(f.seconds, 1)} for f in trial.fits],
            seconds=round(time.monotonic() - began, 1),
        )
    model = None if choice.verdict.winner == START else options.out / MODEL
    return Adaptation(choice.verdict, model, spec.id, options.out / REPORT)
