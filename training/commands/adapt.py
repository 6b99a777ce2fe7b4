"""``python -m training adapt``: a model that knows your place."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.training_data.adapted import START_IS_KEPT
from training.adapt.options import AdaptOptions

from . import options
from .tracking import experiment_named

if TYPE_CHECKING:
    from training.adapt.run import Adaptation
    from training.tracking.adapted import AdaptationTracker


def _starter() -> str:
    """The model that ships."""
    from camp_detector_core.model_file import default_model_path

    return str(default_model_path())


@click.command()
@click.option(
    "--model",
    type=options.FILE,
    default=_starter,
    show_default="the model that ships",
    help="The model to start from: float32 .onnx, .dlpk, or a STAC item that leads to one. One of "
    "8 bits will do if its float32 original lies in the folder float32 beside it.",
)
@click.option(
    "--data",
    type=options.EXISTING,
    help="Folder of Export training data, in place of --image, --labels and --area.",
)
@click.option("--image", type=options.EXISTING, help="The raster.")
@click.option(
    "--labels", type=options.EXISTING, help="Corrected dwellings: one vector file of polygons."
)
@click.option(
    "--area",
    type=options.EXISTING,
    help="Polygons within which the labels are complete; elsewhere nothing is known, and nothing "
    "counts.  [default: all of the image]",
)
@click.option("--out", type=options.OUT, required=True, help="Folder of results.")
@options.LABELS
@options.of(
    AdaptOptions,
    mix="TOML file of the places that the model was trained on, to mix in their training chips, "
    "where they are at hand.",
    mix_share="Share of the samples that come from --mix.",
    attribution="Credit that image or labels ask for; repeatable.",
    minutes="Minutes for all; fitting is cut short where they would not do.",
    steps="Steps of the fit on all of the ground, at most; those that judge take half as many.",
    folds="Parts of the ground, each of which is held out once.",
    block_metres="Side in metres of the blocks that parts are made of (default: by the ground).",
    lr="Highest learning rate.",
    start_decay="Decay of the weights towards those of --model.",
    batch_size="Samples per step.",
    crop="Side of a sample, pixels.",
    seed="Seed of the samples.",
    overwrite="Replace files in --out that exist.",
)
@click.option(
    "--model-version",
    help="Version of the adapted model.  [default: that of --model, a dot, and the name of --out]",
)
@click.option(
    "--track/--no-track",
    default=None,
    help="Log the run to MLflow, as a child of the run that --model comes from.  [default: where "
    "MLFLOW_TRACKING_URI is set]",
)
@click.option(
    "--experiment",
    help="MLflow experiment.  [default: MLFLOW_EXPERIMENT_NAME, else camp-detector]",
)
@click.option(
    "--register",
    metavar="NAME",
    help="Name to register the model under; none: do not register it.  [default: the name of "
    "--model]",
)
def adapt(**arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Teach a model your place from corrected dwellings.

    Correct what detect found on a part of your image: 50 to 150 dwellings, with empty ground
    around them, and draw the ground on which nothing is missing as --area. The image is divided
    into blocks; each part of them is held out in turn, and judged by a network that did not see
    it. Thresholds and the smallest dwelling are chosen anew, for F1 and for the count. If neither
    other weights nor other settings are better on the ground held out, the model stays as it is,
    and the exit code is 4.

    Writes into --out, at the end or not at all: adapted.onnx (8 bits, to install or to name with
    --model), adapted-float32.onnx, adapted.json (STAC item) and report.json (figures of the start
    and of the adapted model with 95 % intervals).

    \b
    Examples:
      python -m training adapt --model camp-unet-lite0.onnx --data camp-north --out runs/camp-north
      python -m training adapt --model camp-unet-lite0.onnx --image camp.tif \\
          --labels corrected.gpkg --area reviewed.gpkg --out runs/camp-north
    """  # noqa: D301 - click wants the control character
    from training.adapt.run import adapt_model

    adapt_options = _options_of(arguments)
    tracker = _tracker(arguments)
    result = adapt_model(adapt_options)
    show(result)
    if tracker is not None:
        logged = tracker.log(adapt_options.out)
        version = f", model {logged.name} version {logged.version}" if logged.version else ""
        say(f"MLflow: run {logged.run_id}{version}")
    if result.model is None:
        sys.exit(START_IS_KEPT)


def _options_of(arguments: dict[str, Any]) -> AdaptOptions:
    """Make the options, with what a folder of data decides.

    Raises:
        click.UsageError: Both forms of data are given, or neither.
        OptionsError: The folder cannot be read, or options make no sense.
    """
    from training.adapt.data_folder import options_in

    values = options.values_of(AdaptOptions, arguments)
    data, context = arguments["data"], click.get_current_context()
    if (data is None) == (values["image"] is None) or (data is None) == (values["labels"] is None):
        msg = "give --data, or --image and --labels in place of it"
        raise click.UsageError(msg, context)
    if data is not None:
        if values["area"] is not None:
            msg = "--data says what was reviewed: leave out --area"
            raise click.UsageError(msg, context)
        own = options_in(data)
        credits_of_all = (*values["attribution"], *own["attribution"])
        fields = {key: values[key] for key in ("class_field", "layer") if values[key] is not None}
        values |= {**own, **fields, "attribution": credits_of_all}
    return AdaptOptions(**values, version=arguments["model_version"])


def _tracker(arguments: dict[str, Any]) -> AdaptationTracker | None:
    """Ask MLflow for an answer, if the adaptation is to be tracked.

    Raises:
        TrackingError: It is, and MLflow does not answer.
    """
    track = arguments["track"]
    if track is None:
        track = "MLFLOW_TRACKING_URI" in os.environ
    if not track:
        return None
    from camp_detector_core.model_file import open_model
    from training.tracking.adapted import AdaptationTracker
    from training.tracking.options import EXPERIMENT, NO_SERVER, TrackOptions

    experiment = experiment_named(arguments) or EXPERIMENT
    name = arguments["register"] or open_model(arguments["model"]).spec.name
    return AdaptationTracker(TrackOptions(experiment, None if name == NO_SERVER else name))


def show(result: Adaptation) -> None:
    """Print the figures, the sentence and the files."""
    say(f"{'':<10}{'F1':>7}{'count':>8}{'IoU':>8}   95 % of F1")
    for name, figures in result.verdict.figures.items():
        row = figures.to_dict()
        bounds = row["intervals_95"].get("f1")
        interval = "" if bounds is None else f"{bounds[0]:.2f} to {bounds[1]:.2f}"
        count = "" if row["count_error"] is None else f"{row['count_error']:+.0%}"
        say(f"{name:<10}{row['f1']:>7.3f}{count:>8}{row['pixel_iou']:>8.3f}   {interval}")
    say(result.sentence)
    say(str(result.model or result.report))
