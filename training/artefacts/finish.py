"""Turn a trained network into a model: calibrate, choose, measure, export, describe."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError
from training.artefacts.calibration import CALIBRATION, calibrate, fit_temperature, to_text
from training.artefacts.dwelling_score import scored_areas
from training.artefacts.esri_files import package_run
from training.artefacts.exports import export_all
from training.artefacts.method_scores import SEPARATIONS, MethodScores, score_methods
from training.artefacts.place_figures import PLACES, PlaceFigures, score_places
from training.artefacts.reproduction import write_reproduction
from training.artefacts.run_figures import PARTS
from training.artefacts.run_item import write_run_item
from training.artefacts.separation_method import METHODS
from training.evaluation.artefacts import write_csv, write_curves, write_example
from training.evaluation.pixel import ScoreHistogram, best_threshold
from training.evaluation.predict import NetworkPredictor, Prediction, predict_area
from training.evaluation.training_files import histogram_of, write_evaluation
from training.fit.record import LOGS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.separation import Separation
    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.trained_model import TrainedModel
    from training.data.datamodule import CampDataModule
    from training.fit.run_folder import RunFolder

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainResult:
    """Result of a run."""

    folder: Path
    """Folder of the files."""
    spec: ModelSpec
    exports: dict[str, float]
    """File name to the largest difference of a probability from the network."""
    validation: dict[str, float]
    """Figures by pixels on the validation part."""
    test: dict[str, float]
    """The same on the held-out part; empty where nothing was held out."""
    item: Path | None = None
    """The STAC item; None where it could not be made, which a warning told."""


@dataclass(frozen=True)
class _Measured:
    """A model with its settings, and what was measured to choose them."""

    model: TrainedModel
    predictions: dict[str, list[Prediction]]
    """Predictions by ``val`` and ``test``, with the channels of every method."""
    methods: MethodScores
    places: tuple[PlaceFigures, ...]
    """Figures of each place; empty where there is one place alone."""


def finish_run(model: TrainedModel, data: CampDataModule, run: RunFolder) -> TrainResult:
    """Turn trained weights into models and figures.

    Probabilities are calibrated and, but for settings that the user gives, thresholds chosen on
    validation alone. Every method of separation is measured, on validation and on the chips held
    out, into ``evaluation/separation.csv``; the one that the model names is exported.

    Args:
        model: The weights to keep; the logits of its network are calibrated in place.
        data: Chips and labels of the run.
        run: Folder of the run.

    Raises:
        CampDetectorError: Data cannot be read, or an export differs from the network.
    """
    model = calibrated(model, data)
    measured = _measure(model, data)
    model = measured.model
    exports = export_all(
        model.channels(model.method),
        run.meta,
        spec=model.spec,
        chips=_real_chips(data, model.spec),
        opset=model.opset,
    )
    figures = _write_figures(measured, run)
    return TrainResult(
        run.path,
        model.spec,
        exports,
        figures["validation"],
        figures.get("test", {}),
        describe_run(run),
    )


def calibrated(model: TrainedModel, data: CampDataModule) -> TrainedModel:
    """Divide the logits of the classes by temperatures that are fitted on validation."""
    if model.is_plain:
        return model
    predictions = predict_part(model, data, "val", method="none")
    temperatures = []
    for channel in range(len(model.spec.classes)):
        counts = (
            ScoreHistogram.of(p.class_scores[channel], p.targets[channel]) for p in predictions
        )
        temperatures.append(fit_temperature(ScoreHistogram.total(counts)))
    calibrate(model.network, temperatures)
    return model.with_provenance({CALIBRATION: to_text(temperatures)})


def _measure(model: TrainedModel, data: CampDataModule) -> _Measured:
    """Choose threshold and separation on validation, and measure every method."""
    predictions = {part: predict_part(model, data, part, method="all") for part in PARTS.values()}
    if not model.has_threshold:
        model = model.described(threshold=best_threshold(histogram_of(predictions["val"])))
    compare = model.method != "none"
    areas = {part: scored_areas(p, model.spec) for part, p in predictions.items() if p}
    fixed: dict[str, Separation] = (
        {} if model.separation is None else {model.method: model.separation}
    )
    methods = score_methods(areas, model.spec, compare=compare, fixed=fixed)
    if compare:
        LOG.info(
            "separation by %s, of F1 on validation: %s (all figures: evaluation/%s)",
            model.method,
            methods.text(),
            SEPARATIONS,
        )
    figures = {
        f"{part} pixels": _figures(histogram_of(its), model.spec.threshold) if its else "none"
        for part, its in predictions.items()
    }
    scores = methods.of_method(model.method)
    figures |= {f"{part} dwellings": score.text() for part, score in scores.items()}
    model = model.with_provenance(figures)
    model = model.described(separation=methods.separation(model.method))
    places = (
        score_places(predictions, areas, model.spec, model.method) if data.options.places else ()
    )
    return _Measured(model, predictions, methods, places)


def predict_part(
    model: TrainedModel, data: CampDataModule, part: str, *, method: str
) -> list[Prediction]:
    """Run the network over a part of the split, once for the channels of all methods."""
    predictor = NetworkPredictor(model.channels(method))
    further = len(METHODS) if method == "all" and model.method != "none" else 0
    areas = data.areas(part)
    return [predict_area(area, predictor, model.spec, further=further) for area in areas]


def _write_figures(measured: _Measured, run: RunFolder) -> dict[str, dict[str, float]]:
    """Write the evaluation of every part; figures by pixels, by the folder of the part."""
    folder, spec, predictions = run.path / "evaluation", measured.model.spec, measured.predictions
    measured.methods.write(folder / SEPARATIONS)
    figures = {
        name: write_evaluation(predictions[part], spec, folder / name).to_dict()
        for name, part in PARTS.items()
        if predictions[part]
    }
    write_curves(run.path / LOGS, folder / "curves.png")
    write_example(predictions["test"] or predictions["val"], spec, run.meta)
    if measured.places:
        write_csv(folder / PLACES, [figures.to_dict() for figures in measured.places])
    return figures


def describe_run(run: RunFolder) -> Path | None:
    """Write what lies beside the models; a fault there loses no trained model.

    Returns:
        The STAC item; None where it could not be made.
    """
    try:
        write_reproduction(run)
        item = write_run_item(run.path)
    except CampDetectorError as error:
        LOG.warning(
            "The models are in %s, but they have no STAC item: %s. When that is put right, say: "
            "python -m training stac %s",
            run.meta,
            error.render(COMMAND),
            COMMAND.parameter("run", str(run.path)),
        )
        return None
    package_run(run.meta, item)
    return item


def _real_chips(data: CampDataModule, spec: ModelSpec) -> list[NDArray[Any]]:
    """Some normalised validation chips, with sides that the network takes."""
    batch = next(iter(data.val_dataloader()))["image"][:2].numpy()
    height, width = (n // spec.multiple * spec.multiple for n in batch.shape[2:])
    return [batch[:, :, :height, :width].copy()]


def _figures(histogram: ScoreHistogram, threshold: float) -> str:
    figures = histogram.confusion(threshold).to_dict()
    names = ("iou", "precision", "recall", "f1", "all_ones_iou")
    return ", ".join(f"{n} {figures[n]:.4f}" for n in names)
