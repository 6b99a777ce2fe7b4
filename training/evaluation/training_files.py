"""Write the evaluation files of a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.evaluation.artefacts import (
    write_chip_table,
    write_confusion,
    write_csv,
    write_examples,
)
from training.evaluation.pixel import Confusion, ScoreHistogram, sweep_rows
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from training.evaluation.predict import Prediction


def histogram_of(predictions: Sequence[Prediction]) -> ScoreHistogram:
    """Scores of all pixels and classes together."""
    return ScoreHistogram.total(ScoreHistogram.of(p.class_scores, p.targets) for p in predictions)


def write_evaluation(predictions: Sequence[Prediction], spec: ModelSpec, folder: Path) -> Confusion:
    """Confusion matrix, per-chip table, threshold sweep and examples.

    Args:
        predictions: Of one part of the split.
        spec: Its threshold counts.
        folder: Made where it is missing.

    Returns:
        The counts of pixels at the spec's threshold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    histogram = histogram_of(predictions)
    confusion = histogram.confusion(spec.threshold)
    write_confusion(confusion, folder, name=spec.classes[0].name)
    write_csv(folder / "threshold_sweep.csv", sweep_rows(histogram))
    write_chip_table(predictions, spec, folder / "chips.csv")
    write_examples(predictions, spec, folder / "examples")
    summary = {"threshold": spec.threshold, "pixels": confusion.to_dict()}
    write_json(folder / "summary.json", summary)
    return confusion
