"""Places that a run left out, as the exported model of the run sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.predictors.open import open_predictor
from camp_detector_core.model_file import open_model
from training.artefacts.dwelling_score import measure, scored_areas
from training.artefacts.place_figures import PlaceFigures
from training.artefacts.run_item import MODEL
from training.data.datamodule import CampDataModule
from training.evaluation.predict import predict_area

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.dwelling_score import ScoredArea
    from training.evaluation.predict import Prediction
    from training.fit.options import TrainOptions


@dataclass(frozen=True)
class UnseenPlace:
    """Scores of a model on a place that it never saw."""

    spec: ModelSpec
    """The model's, with its own settings."""
    predictions: tuple[Prediction, ...]
    areas: tuple[ScoredArea, ...]
    """The same with the labelled dwellings."""

    def figures(self, name: str, spec: ModelSpec) -> PlaceFigures:
        """Measure the place with other settings."""
        score = measure(self.areas, spec)
        return PlaceFigures.of(name, "test", self.predictions, score, threshold=spec.threshold)


def see(run: TrainOptions) -> dict[str, UnseenPlace]:
    """Run the exported model of a finished run over the places that it left out, by their names.

    Raises:
        CampDetectorError: Model, chips or labels cannot be read.
    """
    model = open_model(run.out / "meta" / MODEL)
    predictor = open_predictor(model, "cpu")
    areas = CampDataModule(run.data).areas_by_place("test")
    unseen = {}
    for name in run.data.unseen:
        predictions = tuple(predict_area(area, predictor, model.spec) for area in areas[name])
        its_areas = scored_areas(predictions, model.spec)
        unseen[name] = UnseenPlace(model.spec, predictions, its_areas)
    return unseen
