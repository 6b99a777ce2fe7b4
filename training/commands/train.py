"""``python -m training train``: from chips and labels to exported and measured models."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.cli.parameters import option
from camp_detector_core.cli.words import option_of
from camp_detector_core.console import say, warn
from camp_detector_core.engine.parameters import GSD, MIN_AREA, THRESHOLD
from camp_detector_core.network.unet import NetworkOptions
from training.artefacts.copies import check_publish, publish_run
from training.fit.bands import WHITE, make_bands, make_classes
from training.fit.options import (
    DWELLING,
    EXTRAS,
    IMAGENET_BANDS,
    AugmentOptions,
    DataOptions,
    ModelOptions,
    OptimOptions,
    TrainOptions,
)

from . import options
from .tracking import tracker_of, tracking

if TYPE_CHECKING:
    from training.artefacts.finish import TrainResult
    from training.fit.decoding import Decoding
    from training.fit.options import Separating

UNNAMED = click.core.ParameterSource.DEFAULT


@click.command()
@options.data
@click.option(
    "--leave-out",
    "left_out",
    metavar="PLACE",
    help="Place of --places that the model never sees, with its region, and is measured on as a "
    "test.",
)
@options.split
@click.option(
    "--out",
    type=options.OUT,
    help="Folder of results.  [default: a new one below runs/, named after date and time]",
)
@click.option(
    "--publish",
    type=options.OUT,
    metavar="FOLDER",
    help="At the end, copy meta/ and the best checkpoint into this folder, replacing those "
    "of earlier trainings.",
)
@options.of(
    TrainOptions,
    resume="Continue from the last checkpoint in --out.",
    fast_dev_run="Train on one batch and run every later stage, to check the setup.",
    separation="Method by which the exported model separates touching dwellings: border, core, or "
    "both. All methods are measured; none: train without separation.",
)
@options.of(
    OptimOptions,
    minutes="Minutes to spend on fitting; the learning rate schedule ends with it. 0: no limit.",
    epochs="Maximum number of epochs.",
    patience="Number of epochs without progress after which fitting stops.",
    lr="Highest learning rate.",
    gap_weight="Weight of narrow gaps in the loss.",
    contact_weight="Weight of pixels near two dwellings, in the loss of the separation channels.",
    freeze_statistics="Keep the statistics of batch normalisation as they are at the start; always "
    "so with a start from an ONNX file, which has none.",
    start_decay="Decay of the weights towards those of the start, in place of that towards 0; 10 "
    "suits a short training on from a model.",
    average="Decay of the running average of the weights that is validated and kept; 0: none.",
)
@options.of(
    DataOptions,
    samples="Samples per epoch.",
    batch_size="Samples per step.",
    crop="Side of a sample, pixels.",
    seed="Seed of split, samples and weights.",
    workers="Number of processes that prepare samples (default: by cores).",
    scenes="Number of generated scenes to mix in.",
    scene_share="Share of samples from scenes.",
    collages="Number of collages to mix in: roofs cut from the training chips, pasted in rows and "
    "dense blocks onto other training ground.",
    collage_share="Share of samples from collages.",
    imagery_date="Date of the images, for the description: a date or time in ISO 8601 (UTC), or "
    "START/END (default: that of the chips and the manifest beside them).",
)
@option(
    replace(
        GSD,
        default=DataOptions.gsd,
        choices={},
        form="METRES",
        help="GSD of the model in metres per pixel.",
    )
)
@click.option(
    "--bands",
    default=",".join(band.name for band in IMAGENET_BANDS),
    show_default=True,
    help="Names of the first bands of the chips, separated by commas; the model takes these.",
)
@click.option(
    "--dtype",
    type=click.Choice(list(WHITE)),
    default=DataOptions.dtype,
    show_default=True,
    help="dtype of the chips.",
)
@click.option(
    "--white", type=float, help="Raw value that is scaled to 1 (default: the dtype's largest)."
)
@click.option(
    "--classes",
    default=DWELLING.name,
    show_default=True,
    help="Names of the classes, separated by commas; in masks they have the values 1, 2, 3 ...",
)
@click.option(
    "--network",
    type=click.Choice(["unet", "reference"]),
    default="unet",
    show_default=True,
    help="The U-Net, or the plain network without skip connections that it is compared with "
    "(cross-entropy, Adam, no augmentation).",
)
@options.of(
    NetworkOptions,
    encoder="Encoder of the U-Net, as segmentation-models-pytorch names it; with a model as "
    "--start that of the model.",
    start="Weights to start from: imagenet or random, for the encoder; or, for the whole network, "
    "starter, the model that ships, or the file of a model of ours (float32 .onnx, .pth, .ckpt, "
    ".dlpk, or a STAC item that leads to one).",
)
@click.option(
    "--decoder",
    default=",".join(map(str, NetworkOptions.decoder_channels)),
    show_default=True,
    help="Channels of the U-Net's decoder, coarsest stage first; fewer are faster; with a model "
    "as --start those of the model.",
)
@options.of(
    ModelOptions,
    name="Name of the model.",
    licence="SPDX licence of the model.",
    attribution="Attribution of the data; repeatable.",
)
@click.option(
    "--model-version",
    default=ModelOptions.version,
    show_default=True,
    help="Version of the model.",
)
@option(replace(THRESHOLD, unset="the best on validation"))
@option(replace(MIN_AREA, default=ModelOptions.min_area, unset=""))
@click.option(
    "--settings",
    type=options.FILE,
    help="JSON file of threshold, smallest dwelling and separation, as leave-one-out writes it, in "
    "place of --threshold, --min-area and of what is best on validation.",
)
@options.OPSET
@tracking
def train(out: Path | None, publish: Path | None, **arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Train a network, export it in every format, and evaluate it.

    Writes into --out: split.json, statistics.json, system.json, options.json, run.json, log/
    (metrics), checkpoints/, meta/ (best_model.pth, .pt, .onnx and one for Deepness) and evaluation/
    (confusion matrix, curves, examples, tables by chip and by place, threshold sweep). After Ctrl-C
    or a power cut, run the same command with --resume: training continues with the split, the
    weights and the clock of the last checkpoint. The same scenes and collages are generated again.

    With MLflow (--track) the run, its metrics and its model are logged too. If logging fails after
    the training, nothing is lost: the exit code is 3, and python -m training log repeats it.

    \b
    Example, 40 minutes with whole columns of tiles held out:
      python -m training train --chips chips/ --labels osm_buildings.geojson \\
          --val-columns 386693 --test-columns 386694 --minutes 40 --out runs/first \\
          --attribution "OpenAerialMap contributors (CC BY 4.0)"

    \b
    Several places, one of which the model never sees; places.toml holds a table for each:
      [banepa]
      chips = "banepa/chips"                   # paths are relative to the file
      labels = "banepa/osm_buildings.geojson"
      share = 0.5                              # of the samples; others share the rest equally
      [zanzibar]
      chips = "zanzibar/mosaic.tif"
      labels = "zanzibar/labels.geojson"
      leave_out = {osm_id = [796960072]}       # ruins: their ground is background
      ignore = {osm_id = [796960062]}          # doubtful: their ground counts for nothing
      python -m training train --places places.toml --leave-out zanzibar --out runs/second
    """  # noqa: D301 - click wants the control character
    from training.train import train_model

    out = out or _new_folder()
    run_options = train_options(arguments, out)
    if publish is not None:
        check_publish(out, publish)
    tracker = tracker_of(arguments, out)
    with tracker.session() if tracker else nullcontext():
        result = train_model(run_options, begin=tracker.begin if tracker else None)
        show_result(result)
        if publish is not None:
            publish_run(out, publish)
            say(f"  copied to {publish / 'meta'}")
        if tracker is not None:
            record = tracker.finish()
            version = f", model {record.register} version {record.version}"
            say(f"  MLflow: run {record.run_id}{version if record.version else ''}")


def show_result(result: TrainResult) -> None:
    """Print the result, and a warning where the network learned nothing."""
    say(f"{result.spec.id} is in {result.folder / 'meta'}")
    for name, difference in result.exports.items():
        say(f"  {name}: differs from the network by at most {difference:.1e}")
    say(f"  threshold {result.spec.threshold}")
    say(f"  validation {json.dumps(result.validation)}")
    say(f"  test {json.dumps(result.test)}")
    part, figures = ("test", result.test) if result.test else ("validation", result.validation)
    if figures["iou"] <= figures["all_ones_iou"]:
        warn(
            "the network is no better than marking every pixel as dwelling, which has an IoU of "
            f"{figures['all_ones_iou']:.3f}: its own is {figures['iou']:.3f} on {part}; train for "
            "longer, or on more chips"
        )


def _new_folder() -> Path:
    """A name that no earlier run has."""
    return Path("runs", dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3])


def train_options(arguments: dict[str, Any], out: Path) -> TrainOptions:
    """Make the options of a run from the parsed arguments."""
    is_reference = arguments["network"] == "reference"
    augment = AugmentOptions.none() if is_reference else AugmentOptions()
    data = _data_options(arguments, augment)
    separation: Separating = "none" if is_reference else arguments["separation"]
    encoder, decoder = _architecture(arguments)
    return TrainOptions(
        data=data,
        out=out,
        architecture=arguments["network"],
        separation=separation,
        network=NetworkOptions(
            encoder=encoder,
            start=arguments["start"],
            bands=len(data.bands),
            classes=len(data.classes) + (len(EXTRAS) if separation != "none" else 0),
            decoder_channels=decoder,
        ),
        optim=OptimOptions(
            **{
                **options.values_of(OptimOptions, arguments),
                "minutes": arguments["minutes"] or None,
            }
        ),
        model=ModelOptions(
            **{
                **options.values_of(ModelOptions, arguments),
                "opset": int(arguments["opset"]),
                "settings": _settings(arguments),
            },
            version=arguments["model_version"],
        ),
        resume=arguments["resume"],
        fast_dev_run=arguments["fast_dev_run"],
    )


def _settings(arguments: dict[str, Any]) -> Decoding | None:
    """Read the file of settings; None where there is none.

    Raises:
        click.UsageError: A setting is given by itself, too.
        OptionsError: The file cannot be read.
    """
    from training.fit.decoding_file import read_decoding

    if arguments["settings"] is None:
        return None
    context = click.get_current_context()
    for parameter in (THRESHOLD, MIN_AREA):
        if context.get_parameter_source(parameter.name) is not UNNAMED:
            msg = f"give {option_of(parameter.name)} or --settings, not both"
            raise click.UsageError(msg, context)
    return read_decoding(arguments["settings"])


def _architecture(arguments: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    """Encoder and decoder: those that were named, else those of the model to start from."""
    encoder, decoder = arguments["encoder"], options.whole_numbers(arguments["decoder"])
    model = NetworkOptions(start=arguments["start"]).model
    if model is None or arguments["network"] == "reference":
        return encoder, decoder
    from camp_detector_core.network.start import read_start

    own = read_start(model, encoder=encoder).options
    context = click.get_current_context()
    named = [context.get_parameter_source(n) is not UNNAMED for n in ("encoder", "decoder")]
    return (
        encoder if named[0] else own.encoder,
        decoder if named[1] else own.decoder_channels,
    )


def _data_options(arguments: dict[str, Any], augment: AugmentOptions) -> DataOptions:
    bands = options.names(arguments["bands"])
    values = {
        **options.values_of(DataOptions, arguments),
        "labels": _labels(arguments["labels"]),
        "places": options.places(arguments),
        "bands": make_bands(bands, dtype=arguments["dtype"], white=arguments["white"]),
        "classes": make_classes(options.names(arguments["classes"])),
        "split": options.split_options(arguments),
    }
    return DataOptions(**values, augment=augment)


def _labels(path: Path | None) -> Path | None:
    """The polygons that masks in a folder were made of, because they tell more; else the path."""
    if path is None:
        return None
    polygons = path / "buildings.geojson"
    return polygons if polygons.is_file() else path
