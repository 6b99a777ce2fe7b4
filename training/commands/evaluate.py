"""``python -m training evaluate``: what a model file is worth."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.cli.parameters import option, together
from camp_detector_core.console import say
from camp_detector_core.engine.parameters import (
    MIN_AREA,
    SEPARATE,
    SIMPLIFY,
    SQUARE,
    THREADS,
    THRESHOLD,
    TTA,
)

from . import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.evaluation.measure import EvaluateOptions, Evaluation

_SETTINGS = together(*map(option, (THRESHOLD, MIN_AREA, SIMPLIFY, SQUARE, SEPARATE, TTA)))


@click.command()
@click.option(
    "--model",
    type=options.FILE,
    required=True,
    help="The exported .onnx (or a STAC item or .dlpk that leads to one); any model that carries "
    "its description can be measured.",
)
@click.option("--chips", type=options.EXISTING, help="Folder of images, or one raster.")
@click.option(
    "--labels",
    type=options.EXISTING,
    help="One vector file of polygons; or a folder of masks named like the chips; or, for "
    "one raster, its mask.",
)
@click.option(
    "--places",
    type=options.FILE,
    help="TOML file of places, in place of --chips and --labels: labels are changed as it says.",
)
@options.PLACES_FOLDER
@click.option("--place", metavar="NAME", help="Place of --places to measure, if it has several.")
@click.option(
    "--chip-gsd",
    type=float,
    help="Metres per pixel of images without georeference (default: that of --model).",
)
@options.LABELS
@click.option("--split", type=options.FILE, help="The split.json of the training run.")
@click.option(
    "--part",
    type=options.PART,
    default="test",
    show_default=True,
    help="Part of the split to measure; without --split all images are measured.",
)
@click.option(
    "--compare",
    multiple=True,
    metavar="NAME=FILE",
    help="Another model to measure on the same images and compare with --model; repeatable.",
)
@click.option(
    "--out", type=options.OUT, help="Folder for report.html, JSON, CSV tables and errors.gpkg."
)
@_SETTINGS
@click.option(
    "--iou", default=0.5, show_default=True, help="IoU from which a dwelling counts as detected."
)
@click.option(
    "--block-metres",
    default=50.0,
    show_default=True,
    help="Side in metres of the blocks of ground for figures by block and for intervals.",
)
@option(THREADS)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the tables.")
@click.option("--overwrite", is_flag=True, help="Replace files in --out that exist.")
def evaluate(out: Path | None, **arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Measure a model on labelled images, by pixels and by dwellings.

    Adjoining images form one mosaic, which is run exactly as camp-detector detect runs it, so
    the figures are those that its users get. The table shows:

    \b
      pixels             IoU, precision, recall and F1 of the mask
      all pixels marked  IoU of a mask that marks everything: the least that a model must beat
      dwellings          precision, recall and F1 of polygons; one is right if its IoU with a
                         labelled one is at least --iou; each counts once
      mean               F1 averaged over ten IoUs from 0.5 to 0.95, which rewards exact outlines
      count error        (detected - labelled) / labelled: -10 % is one in ten too few
      95 % intervals     variation of the figures over more ground of this kind, from blocks of
                         --block-metres drawn again; none for fewer than 5 blocks
      calibration error  mean distance of probabilities from shares: 0.05 is 5 points off

    A dwelling that reaches the edge of the images counts by its visible part, if that is not
    smaller than --min-area. Figures on images that the model was trained on are worthless:
    give the run's split.json, or images of another place.

    With --out, report.html shows all this with maps of hits, misses and false alarms (one file
    that a browser opens without network), and errors.gpkg holds them for QGIS.

    \b
    Examples:
      python -m training evaluate --model runs/first/meta/best_model.onnx --chips chips/ \\
          --labels buildings.geojson --split runs/first/split.json --out runs/first/measured
      python -m training evaluate --model a.onnx --compare other=b.onnx \\
          --chips camp.tif --labels camp_dwellings.gpkg --out compared
      python -m training evaluate --model b.onnx --places places.toml --place zanzibar --out z
    """  # noqa: D301 - click wants the control character
    from training.evaluation.compare import comparison_rows, comparison_table
    from training.evaluation.files import FILES, summary_of, write_files
    from training.evaluation.summary import to_table
    from training.output import results

    evaluate_options = _options(arguments)
    models = _models(evaluate_options.model, arguments["compare"])
    with ExitStack() as stack:
        paths = {}
        if out:
            _refuse_inputs((out / name for name in FILES), evaluate_options, models)
            paths = stack.enter_context(results(out, FILES, overwrite=arguments["overwrite"]))
        evaluations = _measure(evaluate_options, models)
        if paths:
            write_files(paths, evaluations)
    if arguments["as_json"]:
        say(json.dumps(summary_of(evaluations), indent=2))
    else:
        say("\n\n".join(to_table(e) for e in evaluations.values()))
        if len(evaluations) > 1:
            say("\n" + comparison_table(comparison_rows(evaluations)))
    if out:
        say(f"\n{out / 'report.html'}", err=arguments["as_json"])


def _refuse_inputs(
    outputs: Iterable[Path], evaluate_options: EvaluateOptions, models: dict[str, Path]
) -> None:
    """Refuse to replace what is read.

    Raises:
        OutputError: An output is an input too.
    """
    from camp_detector_core.detection.own_inputs import refuse_own_inputs
    from camp_detector_core.outputs.output_set import standing
    from training.output import files_in

    inputs = (
        evaluate_options.labels,
        evaluate_options.chips,
        evaluate_options.split,
        *models.values(),
    )
    refuse_own_inputs(standing(outputs), files_in(p for p in inputs if p is not None))


def _options(arguments: dict[str, Any]) -> EvaluateOptions:
    from camp_detector_core.georaster.settings import Settings
    from training.evaluation.measure import EvaluateOptions

    values = {**options.values_of(EvaluateOptions, arguments), **_place(arguments)}
    return EvaluateOptions(**values, settings=Settings.of(arguments))


def _place(arguments: dict[str, Any]) -> dict[str, Any]:
    """Options of the place that is measured; without a file of places those of the command line.

    Raises:
        click.UsageError: No such place, or several and none is named.
        OptionsError: The file cannot be read.
    """
    places, name = options.places(arguments), arguments["place"]
    if not places:
        if name is not None:
            msg = "--place names a place of --places, which is missing"
            raise click.UsageError(msg, click.get_current_context())
        return {"place": ""}
    fits = [place for place in places if name in {None, place.name}]
    if len(fits) != 1:
        all_names = ", ".join(place.name for place in places)
        msg = f"name one place of {arguments['places']} with --place: {all_names}"
        raise click.UsageError(msg, click.get_current_context())
    (place,) = fits
    own = ("class_field", "layer", "chip_gsd")
    return {
        **{key: arguments[key] if (v := getattr(place, key)) is None else v for key in own},
        "chips": place.chips,
        "labels": place.labels,
        "changes": place.changes,
        "place": place.name,
    }


def _measure(evaluate_options: EvaluateOptions, models: dict[str, Path]) -> dict[str, Evaluation]:
    """Evaluate each model on the same ground; without a place the first one sets the size."""
    from training.evaluation.measure import evaluate_model

    evaluations: dict[str, Evaluation] = {}
    for name, path in models.items():
        evaluations[name] = evaluate_model(replace(evaluate_options, model=path))
        evaluate_options = replace(
            evaluate_options, chip_gsd=evaluate_options.chip_gsd or evaluations[name].spec.gsd
        )
    return evaluations


def _models(first: Path, pairs: Iterable[str]) -> dict[str, Path]:
    """The models by name; the first one's is its file's, as long as that is free.

    Raises:
        click.BadParameter: Not of the form NAME=FILE, a name twice, or no such file.
    """
    models: dict[str, Path] = {}
    for pair in pairs:
        name, equals, file = pair.partition("=")
        name, path = name.strip(), Path(file)
        if not equals or not name or not file:
            msg = f"--compare {pair!r} is not NAME=FILE, such as --compare reference=model.onnx"
            raise click.BadParameter(msg)
        if name in models:
            msg = f"--compare names two models {name!r}: give each its own name"
            raise click.BadParameter(msg)
        if not path.is_file():
            msg = f"--compare {name}: there is no file {path}"
            raise click.BadParameter(msg)
        models[name] = path
    own = first.stem if first.stem not in models else f"{first.stem} (--model)"
    return {own: first, **models}
