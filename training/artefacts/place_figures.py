"""Figures of the places that a run knows, each by itself."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from training.artefacts.method_scores import score_method
from training.artefacts.run_figures import FiguresError
from training.evaluation.training_files import histogram_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.dwelling_score import DwellingScore, ScoredArea
    from training.evaluation.predict import Prediction

PLACES = "places.csv"
"""Table of the figures, below ``evaluation``."""


@dataclass(frozen=True)
class PlaceFigures:
    """Figures of the exported model on one part of one place; dwellings at an IoU of 0.5."""

    place: str
    part: str
    """``val`` or ``test``."""
    chips: int
    labelled: int
    """Number of labelled dwellings."""
    predicted: int
    """Number of dwellings that the model marks."""
    f1: float
    precision: float
    recall: float
    count_error: float
    """Predicted less labelled dwellings, over labelled."""
    pixel_iou: float
    all_ones_iou: float
    """IoU of a mask that marks every pixel."""

    @classmethod
    def of(
        cls,
        place: str,
        part: str,
        predictions: Sequence[Prediction],
        dwellings: DwellingScore,
        *,
        threshold: float,
    ) -> PlaceFigures:
        """Gather the figures of a part of a place.

        Args:
            place: Its name.
            part: ``val`` or ``test``.
            predictions: Scores of its areas.
            dwellings: Score of its dwellings.
            threshold: Probability from which a pixel is marked.
        """
        score, pixels = dwellings.score, histogram_of(predictions).confusion(threshold)
        return cls(
            place,
            part,
            sum(len(p.area.chips) for p in predictions),
            score.labelled,
            score.predicted,
            *(round(v, 6) for v in (score.f1, score.precision, score.recall, score.count_error)),
            *(round(v, 6) for v in (pixels.iou, pixels.all_ones_iou)),
        )

    def text(self) -> str:
        """Say in one line what the model is worth there."""
        return (
            f"F1 {self.f1:.3f}, {self.predicted} dwellings of {self.labelled} labelled, pixel IoU "
            f"{self.pixel_iou:.3f}"
        )

    def to_dict(self) -> dict[str, Any]:
        """One row of a table."""
        return dict(vars(self))


def score_places(
    predictions: Mapping[str, Sequence[Prediction]],
    areas: Mapping[str, Sequence[ScoredArea]],
    spec: ModelSpec,
    method: str,
) -> tuple[PlaceFigures, ...]:
    """Measure a model on each place.

    Args:
        predictions: By part of the split.
        areas: The same with their labels, in the same order.
        spec: The model's, with the settings of its separation.
        method: Its separation.
    """
    out = []
    for part, its_areas in areas.items():
        pairs = list(zip(predictions[part], its_areas, strict=True))
        for place in dict.fromkeys(p.area.place for p, _ in pairs):
            own = [(p, a) for p, a in pairs if p.area.place == place]
            score = score_method([a for _, a in own], spec, method)
            shown = [p for p, _ in own]
            out.append(PlaceFigures.of(place, part, shown, score, threshold=spec.threshold))
    return tuple(out)


def read_place_figures(run: Path) -> tuple[PlaceFigures, ...]:
    """Read the figures of a run by place; none where it knows one place alone.

    Raises:
        FiguresError: The file is damaged.
    """
    path = run / "evaluation" / PLACES
    kinds = {"place": str, "part": str, "chips": int, "labelled": int, "predicted": int}
    names = [f.name for f in fields(PlaceFigures)]
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return tuple(
                PlaceFigures(**{n: kinds.get(n, float)(row[n]) for n in names})
                for row in csv.DictReader(file)
            )
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        msg = f"the figures in {path} cannot be read ({error}): take the file from a copy"
        raise FiguresError(msg) from error
