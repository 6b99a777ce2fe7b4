"""What follows fitting: calibrate, choose thresholds, measure, describe, export."""

from __future__ import annotations

import copy
import csv
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from camp_detector_core.channels import combine_channels
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.outputs.output_set import cannot_write
from training.artefacts.calibration import CALIBRATION, calibrate, fit_temperature, to_text
from training.artefacts.description import build_spec, describe_run, without_places
from training.artefacts.exports import export_all
from training.artefacts.reproduction import write_keepsakes
from training.artefacts.run_item import META, write_run_item
from training.artefacts.separation_choice import (
    WAY,
    WAYS,
    Decoding,
    choose_separation,
    measure,
    rows_of,
    sheets_of,
    starting_separation,
)
from training.evaluation.artefacts import write_curves, write_example
from training.evaluation.pixel import ScoreHistogram, best_threshold
from training.evaluation.predict import NetworkPredictor, Prediction, predict_area
from training.evaluation.training_files import histogram_of, write_evaluation
from training.fit.record import LOGS, manifest_of, provenance_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import nn

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.network import BuiltNetwork
    from training.data.datamodule import CampDataModule
    from training.fit.options import TrainOptions

LOG = logging.getLogger(__name__)

SEPARATIONS = "separation.csv"


@dataclass(frozen=True)
class TrainResult:
    """What came out of a run."""

    folder: Path
    """Where the files are."""
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
class _Variant:
    """The network with one way of telling dwellings apart."""

    network: nn.Module
    spec: ModelSpec
    val: list[Prediction]
    test: list[Prediction]


def finish_run(
    options: TrainOptions, data: CampDataModule, *, built: BuiltNetwork, network: nn.Module
) -> TrainResult:
    """Turn trained weights into models and figures.

    Probabilities are calibrated and thresholds chosen on validation alone. Every way of telling
    dwellings apart is measured, on validation and on what was held out, into
    ``evaluation/separation.csv``; the one that the options name is exported.

    Args:
        options: Of the run.
        data: Its chips and labels.
        built: What the network began with.
        network: With the weights to keep, on the CPU; its logits are calibrated in place.

    Raises:
        CampDetectorError: Data cannot be read, or an export differs from the network.
    """
    calibration = _calibrate(options, data, network)
    plain = _variant(options, data, network, method=None)
    threshold = options.model.threshold
    if threshold is None:
        threshold = best_threshold(histogram_of(plain.val))
    plain = replace(plain, spec=replace(plain.spec, threshold=threshold))
    variants = {"none": plain}
    if options.separation != "none":
        variants |= {m: _separated(options, data, network, plain.spec, method=m) for m in WAYS}
    ways = _measure_ways(variants, data)
    chosen = variants[options.separation]
    figures = {
        **({CALIBRATION: calibration} if calibration else {}),
        **({WAY: options.separation} if options.separation != "none" else {}),
        "val pixels": _figures(histogram_of(plain.val), threshold),
        "test pixels": _figures(histogram_of(plain.test), threshold) if plain.test else "none",
        **{
            f"{part} dwellings": _words(found)
            for (name, part), found in ways.items()
            if name == options.separation
        },
    }
    chips = {p: len(data.part(p)) for p in ("train", "val", "test")}
    told = provenance_of(options.out)
    spec = build_spec(
        options,
        threshold=threshold,
        attribution=built.attribution,
        provenance={
            **describe_run(options, start=built.start, chips=chips, figures=figures),
            **told,
            "command": without_places(told["command"]),
        },
        manifest=manifest_of(options),
    )
    spec = replace(spec, separation=chosen.spec.separation)
    exports = export_all(
        chosen.network,
        options.out / META,
        spec=spec,
        chips=_real_chips(data, spec),
        opset=options.model.opset,
    )
    _write_ways(ways, options.out / "evaluation" / SEPARATIONS)
    measured = {}
    for part, predictions in (("validation", plain.val), ("test", plain.test)):
        if predictions:
            folder = options.out / "evaluation" / part
            measured[part] = write_evaluation(predictions, spec, folder).to_dict()
    write_curves(options.out / LOGS, options.out / "evaluation" / "curves.png")
    write_example(plain.test or plain.val, spec, options.out / META)
    return TrainResult(
        options.out,
        spec,
        exports,
        measured["validation"],
        measured.get("test", {}),
        _describe(options),
    )


def _describe(options: TrainOptions) -> Path | None:
    """The STAC item and what lies beside the models; a fault in it loses no trained model."""
    try:
        write_keepsakes(options, options.out / META)
        return write_run_item(options.out)
    except CampDetectorError as error:
        LOG.warning(
            "The models are in %s, but they have no STAC item: %s. When that is put right, say: "
            "python -m training stac --run %s",
            options.out / META,
            error,
            options.out,
        )
        return None


def _variant(
    options: TrainOptions,
    data: CampDataModule,
    network: nn.Module,
    *,
    method: str | None,
    parts: tuple[str, ...] = ("val", "test"),
) -> _Variant:
    """The network with the channels of one method, and what it says about the chips."""
    spec = build_spec(options, threshold=0.5, attribution=(), provenance={})
    if method is not None:
        spec = replace(spec, separation=starting_separation(method, spec.gsd))
    kept = network
    if options.separation != "none":
        kept = copy.deepcopy(network)
        combine_channels(kept, rows_of(method or "none", len(options.data.classes)))
    predictor = NetworkPredictor(kept)
    val, test = (
        [predict_area(a, predictor, spec) for a in data.areas(part)] if part in parts else []
        for part in ("val", "test")
    )
    return _Variant(kept, spec, val, test)


def _calibrate(options: TrainOptions, data: CampDataModule, network: nn.Module) -> str:
    """Make the probabilities of the classes mean what they say; how, as JSON."""
    if options.architecture == "reference":
        return ""  # it is a yardstick, and stays as it is
    found = _variant(options, data, network, method=None, parts=("val",)).val
    temperatures = []
    for channel in range(len(options.data.classes)):
        counts = (ScoreHistogram.of(p.scores[channel], p.targets[channel]) for p in found)
        temperatures.append(fit_temperature(ScoreHistogram.total(counts)))
    calibrate(network, temperatures)
    return to_text(temperatures)


def _separated(
    options: TrainOptions,
    data: CampDataModule,
    network: nn.Module,
    spec: ModelSpec,
    *,
    method: str,
) -> _Variant:
    """One method with the settings that are best on validation."""
    variant = _variant(options, data, network, method=method)
    spec = replace(variant.spec, threshold=spec.threshold)
    sheets = sheets_of(variant.val, data.labels, spec)
    separation = choose_separation(sheets, spec, method)
    return replace(variant, spec=replace(spec, separation=separation))


def _measure_ways(
    variants: dict[str, _Variant], data: CampDataModule
) -> dict[tuple[str, str], Decoding]:
    """What each way of telling dwellings apart finds, by its name and the part of the split."""
    out = {}
    for name, variant in variants.items():
        way = "mask only" if name == "none" else name
        for part, predictions in (("val", variant.val), ("test", variant.test)):
            if predictions:
                sheets = sheets_of(predictions, data.labels, variant.spec)
                found = measure(sheets, variant.spec, way)
                LOG.info("dwellings on %s, %s: %s", part, way, _words(found))
                out[name, part] = found
    return out


def _write_ways(ways: dict[tuple[str, str], Decoding], path: Path) -> None:
    """One row for each way and part."""
    rows = [{"part": part, **found.to_dict()} for (_, part), found in ways.items()]
    names = list(dict.fromkeys(name for row in rows for name in row))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise cannot_write(path, error) from error


def _words(found: Decoding) -> str:
    score = found.score
    return (
        f"{score.predicted} marked, {score.labelled} labelled, precision {score.precision:.3f}, "
        f"recall {score.recall:.3f}, F1 {score.f1:.3f} at IoU 0.5"
    )


def _real_chips(data: CampDataModule, spec: ModelSpec) -> list[NDArray[Any]]:
    """Some normalised validation chips, with sides that the network takes."""
    batch = next(iter(data.val_dataloader()))["image"][:2].numpy()
    height, width = (n // spec.multiple * spec.multiple for n in batch.shape[2:])
    return [batch[:, :, :height, :width].copy()]


def _figures(histogram: ScoreHistogram, threshold: float) -> str:
    figures = histogram.confusion(threshold).to_dict()
    names = ("iou", "precision", "recall", "f1", "all_ones_iou")
    return ", ".join(f"{n} {figures[n]:.4f}" for n in names)
