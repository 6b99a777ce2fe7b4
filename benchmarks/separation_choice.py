"""The quick choice of a separation beside trying every setting, on the validation chips of a run.

Run with ``python benchmarks/separation_choice.py --run RUN``, where RUN is the ``--out`` of a
training whose chips still lie where they were: the weights are those of its best checkpoint. Or
with ``--model MODEL --chips CHIPS --labels LABELS --split split.json`` for the one method of a
model file. Both ways choose among the same thresholds and seeds; F1 is of dwellings at an IoU of
one half. ``--polygons`` scores every setting by polygons that are traced and cut, which gives the
same and takes much longer.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.model_file import open_model
from camp_detector_core.network.unet import load_state, read_weights
from training.artefacts.dwelling_score import DwellingScore, measure, scored_areas
from training.artefacts.finish import calibrated, predict_part
from training.artefacts.separation_choice import SEED_METRES2, THRESHOLDS, choose_separation
from training.artefacts.separation_method import METHODS, starting_separation
from training.artefacts.trained_model import TrainedModel
from training.data.datamodule import CampDataModule
from training.evaluation.buildings import BuildingScore, match_polygons
from training.evaluation.pixel import best_threshold
from training.evaluation.predict import predict_area
from training.evaluation.training_files import histogram_of
from training.evaluation.truth import Outlines, ground_of, read_truth, trace
from training.fit.decoding import METHOD
from training.fit.description import build_spec
from training.fit.fitting import CHECKPOINTS, new_network
from training.fit.options import DataOptions
from training.fit.place_options import SplitOptions
from training.fit.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.dwelling_score import ScoredArea
    from training.evaluation.predict import Prediction

    Score = Callable[[ModelSpec], DwellingScore]


@dataclass(frozen=True)
class ScoredChips:
    """The scores of validation chips, whose channels after the classes are those of methods."""

    predictions: list[Prediction]
    spec: ModelSpec
    methods: tuple[str, ...]


def of_run(folder: Path) -> ScoredChips:
    """The best checkpoint of a run, calibrated."""
    run = RunFolder.read(folder)
    data = CampDataModule(replace(run.data, split=SplitOptions(file=run.split_file)))
    network = new_network(run.options).network
    path = folder / CHECKPOINTS / "best.ckpt"
    load_state(network, read_weights(path)[0], origin=path)
    model = TrainedModel(network.eval(), build_spec(run.options), run.options.separation)
    predictions = predict_part(calibrated(model, data), data, "val", method="all")
    spec = replace(model.spec, threshold=best_threshold(histogram_of(predictions)))
    return ScoredChips(predictions, spec, METHODS)


def of_model(args: argparse.Namespace) -> ScoredChips:
    """A model file with a separation."""
    model = open_model(args.model)
    split = SplitOptions(file=args.split)
    data = CampDataModule(
        DataOptions(args.chips, args.labels, gsd=model.spec.gsd, split=split, workers=0)
    )
    spec = replace(model.spec, separation=None)
    predictor = OnnxPredictor(model.onnx, threads=1)
    predictions = [predict_area(a, predictor, spec, further=1) for a in data.areas("val")]
    return ScoredChips(predictions, spec, (model.spec.provenance[METHOD],))


def every_setting(method: str, spec: ModelSpec, score: Score) -> DwellingScore:
    """The best of all thresholds and seeds, as the search settles ties."""
    start = starting_separation(method, spec.gsd)
    seeds = sorted({min(64, max(1, round(a / spec.gsd**2))) for a in SEED_METRES2})
    order = sorted(THRESHOLDS, key=lambda t: abs(t - 0.5))
    settings = [replace(start, threshold=t, min_seed=n) for t in order for n in seeds]
    scores = [score(replace(spec, separation=setting)) for setting in settings]
    return max(scores, key=lambda s: s.merit)


def by_polygons(
    areas: Sequence[ScoredArea], labels: Sequence[Outlines], spec: ModelSpec
) -> DwellingScore:
    """Score a setting by outlines that are traced and cut."""
    smallest = spec.min_area / spec.gsd**2
    parts = []
    for area, truth in zip(areas, labels, strict=True):
        outlines = trace(area.classes(spec))
        large = shapely.area(outlines.polygons) >= smallest
        whole = Outlines(outlines.polygons[large], outlines.values[large])
        clipped = whole.clipped(ground_of(area.coverage.is_known), smallest=smallest)
        predicted, labelled = list(clipped.polygons), list(truth.polygons)
        pairs = match_polygons(predicted, labelled)
        parts.append(BuildingScore(len(pairs), len(predicted), len(labelled)))
    return DwellingScore("polygons", spec.separation, BuildingScore.total(parts))


def main() -> None:
    """Print a table and write JSON."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="--out of a training with a separation")
    for name in ("model", "chips", "labels", "split"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--method", choices=METHODS, action="append", help="default: every one")
    parser.add_argument("--polygons", action="store_true")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    args = parser.parse_args()
    if not args.run and not (args.model and args.chips and args.labels and args.split):
        print("needs real chips: give --run, or --model, --chips, --labels and --split")
        return
    subject = of_run(args.run) if args.run else of_model(args)
    predictions, spec = subject.predictions, subject.spec
    start = time.perf_counter()
    areas = scored_areas(predictions, spec)
    shares = time.perf_counter() - start
    labels = [
        read_truth(p.area, p.area.labels, p.grid).outlines.clipped(
            ground_of(a.coverage.is_known), smallest=spec.min_area / p.grid.pixel_area
        )
        for p, a in zip(predictions, areas, strict=True)
    ]
    rows = []
    for method in args.method or subject.methods:
        index = [*range(len(spec.classes)), len(spec.classes) + subject.methods.index(method)]
        own = [area.channels(index) for area in areas]
        score: Score = (
            (lambda s, a=own: by_polygons(a, labels, s))
            if args.polygons
            else (lambda s, a=own: measure(a, s))
        )
        start = time.perf_counter()
        full = every_setting(method, spec, score)
        between = time.perf_counter()
        quick = measure(own, replace(spec, separation=choose_separation(own, spec, method)))
        row = {
            "method": method,
            "every setting": {"F1": full.score.f1, "merit": full.merit, "seconds": between - start},
            "quick": {
                "F1": quick.score.f1,
                "merit": quick.merit,
                "seconds": time.perf_counter() - between,
            },
        }
        rows.append(row)
        print(
            f"{method:<8} every setting: F1 {full.score.f1:.4f}, merit {full.merit:.4f}, "
            f"{between - start:6.1f} s   quick: F1 {quick.score.f1:.4f}, merit {quick.merit:.4f}, "
            f"{row['quick']['seconds']:6.1f} s",
            flush=True,
        )
    print(f"shares of pixels under labels, once: {shares:.1f} s")
    if args.out:
        args.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
