"""The commands of ``python -m training``: they parse, build options and call one function."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.options import DataOptions, SplitOptions

EXISTING = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(path_type=Path)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=SETTINGS)
@click.option("-v", "--verbose", is_flag=True, help="Say more of what is going on.")
def main(*, verbose: bool) -> None:
    r"""Train models that find dwellings, and measure them.

    \b
    From chips and labels to four exported files:
      python -m training train --chips chips/ --labels buildings.geojson --out runs/first
    What the model is worth on chips that it never saw:
      python -m training evaluate runs/first/meta/best_model.onnx --chips chips/ \\
          --labels buildings.geojson --split runs/first/split.json
    """
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(message)s")
    for library in ("lightning.pytorch", "lightning.fabric", "lightning"):
        # They print through handlers of their own, and what they say is not for users.
        logging.getLogger(library).setLevel(level if verbose else logging.ERROR)
        logging.getLogger(library).propagate = False
    for noisy in ("rasterio", "matplotlib", "PIL", "fsspec", "pyogrio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _data(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which data."""
    options = (
        click.option("--chips", type=EXISTING, required=True, help="Folder of images."),
        click.option(
            "--labels",
            type=EXISTING,
            required=True,
            help="Folder of masks with the stems of the chips, or one vector file of polygons.",
        ),
        click.option(
            "--chip-gsd",
            type=float,
            help="Metres a pixel of chips that have no georeference (default: the model's).",
        ),
        click.option(
            "--class-field", help="Attribute of the vector file that names the class of a polygon."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _split(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how chips are dealt."""
    options = (
        click.option(
            "--split", type=FILE, help="A split.json to use as it is, instead of the next options."
        ),
        click.option(
            "--val-columns",
            default="",
            help="Columns for validation, with commas: x of tile names, or 0, 1 ... from the west.",
        ),
        click.option(
            "--test-columns", "--holdout-columns", default="", help="Columns that are held out."
        ),
        click.option(
            "--val-share", default=0.2, show_default=True, help="Share of blocks for validation."
        ),
        click.option(
            "--test-share", default=0.2, show_default=True, help="Share of blocks held out."
        ),
        click.option(
            "--block", default=2, show_default=True, help="Side of a block of chips, in chips."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _split_options(given: dict[str, Any]) -> SplitOptions:
    from training.options import SplitOptions

    return SplitOptions(
        file=given["split"],
        val_columns=_list(given["val_columns"]),
        test_columns=_list(given["test_columns"]),
        val_share=given["val_share"],
        test_share=given["test_share"],
        block=given["block"],
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@main.command()
@_data
@_split
@click.option("--seed", default=0, show_default=True, help="Other seeds deal otherwise.")
@click.option("--out", type=OUT, required=True, help="The split.json to write.")
def split(out: Path, **given: Any) -> None:  # noqa: ANN401 - click's options
    r"""Deal chips to training, validation and test, and write who is where.

    Chips are dealt by blocks of neighbours or by columns, because neighbours look alike: chips
    dealt one by one would make every model look better than it is. Training does this by itself;
    the command is for looking at it first, or for giving several runs the same split.

    \b
    Example:
      python -m training split --chips chips/ --labels b.geojson --test-columns 386694 --out s.json
    """
    from training.data.chips import read_chips
    from training.data.split import PARTS, make_split

    made = make_split(read_chips(given["chips"]), _split_options(given), seed=given["seed"])
    made.write(out)
    for part in PARTS:
        click.echo(f"{part}: {len(made.part(part))} chips")


@main.command()
@_data
@_split
@click.option("--out", type=OUT, required=True, help="Folder of results.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --out.")
@click.option("--minutes", type=float, help="Wall clock for fitting; the schedule ends with it.")
@click.option("--epochs", default=200, show_default=True, help="Most epochs.")
@click.option("--patience", default=50, show_default=True, help="Epochs without progress allowed.")
@click.option("--samples", default=512, show_default=True, help="Samples in an epoch.")
@click.option("--batch-size", default=8, show_default=True, help="Samples in a step.")
@click.option("--crop", default=256, show_default=True, help="Side of a sample, pixels.")
@click.option("--gsd", default=0.2, show_default=True, help="Metres a pixel the model works on.")
@click.option("--lr", default=1e-3, show_default=True, help="Highest learning rate.")
@click.option("--gap-weight", default=2.0, show_default=True, help="Loss weight of narrow gaps.")
@click.option(
    "--seam-weight",
    default=0.0,
    show_default=True,
    help="Loss weight with which walls shared by two dwellings are taught as background; 0: not.",
)
@click.option("--seed", default=0, show_default=True, help="Of split, samples and weights.")
@click.option("--workers", type=int, help="Processes that prepare samples (default: by cores).")
@click.option(
    "--network",
    type=click.Choice(["unet", "reference"]),
    default="unet",
    show_default=True,
    help="The U-Net, or the plain network without skip connections that it is compared with "
    "(cross-entropy, Adam, no augmentation).",
)
@click.option("--encoder", default="tu-tf_efficientnet_lite0", show_default=True)
@click.option(
    "--start",
    type=click.Choice(["imagenet", "random"]),
    default="imagenet",
    show_default=True,
    help="Weights that the encoder starts from.",
)
@click.option("--scenes", default=0, show_default=True, help="Generated scenes to mix in.")
@click.option(
    "--scene-share", default=0.25, show_default=True, help="Share of samples from scenes."
)
@click.option("--name", default="camp-unet-lite0", show_default=True, help="Name of the model.")
@click.option("--model-version", default="1", show_default=True, help="Version of the model.")
@click.option(
    "--licence", default="CC-BY-4.0", show_default=True, help="SPDX licence of the model."
)
@click.option("--attribution", multiple=True, help="Who must be named; may be given repeatedly.")
@click.option("--threshold", type=float, help="Default: the best on validation.")
@click.option("--min-area", default=2.0, show_default=True, help="Smallest dwelling, m2.")
@click.option("--opset", type=click.Choice(["11", "17"]), default="17", show_default=True)
@click.option("--fast-dev-run", is_flag=True, help="One batch an epoch, to see that all works.")
def train(out: Path, **given: Any) -> None:  # noqa: ANN401 - click's options
    r"""Train a network, export it in every format, and show what it is worth.

    Writes into --out: split.json, statistics.json, system.json, options.json, log/ (metrics),
    checkpoints/, meta/ (best_model.pth, .pt, .onnx and one for Deepness) and evaluation/ (confusion
    matrix, curves, examples, table by chip, threshold sweep). Stop it with Ctrl-C, or lose power,
    and say the same again with --resume.

    \b
    Example, 40 minutes with whole columns of tiles held out:
      python -m training train --chips chips/ --labels osm_buildings.geojson \\
          --val-columns 386693 --test-columns 386694 --minutes 40 --out runs/first \\
          --attribution "OpenAerialMap contributors (CC BY 4.0)"
    """
    from training.options import (
        AugmentOptions,
        ModelOptions,
        OptimOptions,
        TrainOptions,
    )
    from training.train import train_model

    reference = given["network"] == "reference"
    result = train_model(
        TrainOptions(
            data=_data_options(given, AugmentOptions.none() if reference else AugmentOptions()),
            out=out,
            architecture=given["network"],
            network=_network_options(given),
            optim=OptimOptions(
                lr=given["lr"],
                epochs=given["epochs"],
                minutes=given["minutes"],
                patience=given["patience"],
                gap_weight=given["gap_weight"],
                seam_weight=given["seam_weight"],
            ),
            model=ModelOptions(
                name=given["name"],
                version=given["model_version"],
                threshold=given["threshold"],
                min_area=given["min_area"],
                licence=given["licence"],
                attribution=given["attribution"],
                opset=int(given["opset"]),
            ),
            resume=given["resume"],
            fast_dev_run=given["fast_dev_run"],
        )
    )
    click.echo(f"{result.spec.id} is in {result.folder / 'meta'}")
    for name, difference in result.exports.items():
        click.echo(f"  {name}: differs from the network by at most {difference:.1e}")
    click.echo(f"  threshold {result.spec.threshold}")
    click.echo(f"  validation {json.dumps(result.validation)}")
    click.echo(f"  test {json.dumps(result.test)}")


def _data_options(given: dict[str, Any], augment: Any) -> DataOptions:  # noqa: ANN401 - typed there
    from training.options import DataOptions

    names = (
        "chips",
        "labels",
        "gsd",
        "class_field",
        "chip_gsd",
        "crop",
        "batch_size",
        "samples",
        "workers",
        "scenes",
        "scene_share",
        "seed",
    )
    return DataOptions(**{n: given[n] for n in names}, split=_split_options(given), augment=augment)


def _network_options(given: dict[str, Any]) -> Any:  # noqa: ANN401 - imported late
    from camp_detector_core.network import NetworkOptions

    return NetworkOptions(encoder=given["encoder"], start=given["start"])
