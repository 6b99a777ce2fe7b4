"""The commands of ``python -m training``: they parse, build options and call one function."""

from __future__ import annotations

import logging

import click

from camp_detector_core.console import JsonFormatter, LineFormatter

from .adapt import adapt
from .evaluate import evaluate
from .export import export
from .export_data import export_data
from .inference import inference
from .info import info
from .leave_one_out import leave_one_out
from .log import log
from .preprocess import preprocess
from .promote import promote
from .quantise import quantise
from .split import split
from .stac import stac
from .stac2esri import stac2esri
from .train import train
from .validate_stac import validate_stac

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=SETTINGS)
@click.option("-v", "--verbose", is_flag=True, help="Log more, and show the traceback of an error.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the messages on stderr; json: an object on each line, with the share of the work "
    "that is done where a command knows it.",
)
def main(*, verbose: bool, log_format: str) -> None:
    """Train models that detect dwellings, and evaluate them.

    \b
    Train and export a model on chips and labels:
      python -m training train --chips chips/ --labels buildings.geojson --out runs/first
    Evaluate a model on chips that were held out:
      python -m training evaluate --model runs/first/meta/best_model.onnx --chips chips/ \\
          --labels buildings.geojson --split runs/first/split.json
    """  # noqa: D301 - click wants the control character
    level = logging.DEBUG if verbose else logging.INFO
    terminal = logging.StreamHandler()
    terminal.setFormatter(JsonFormatter() if log_format == "json" else LineFormatter())
    logging.basicConfig(level=level, handlers=[terminal])
    for library in ("lightning.pytorch", "lightning.fabric", "lightning"):
        # They print through handlers of their own, and what they say is not for users.
        logging.getLogger(library).setLevel(level if verbose else logging.ERROR)
        logging.getLogger(library).propagate = False
    for noisy in ("rasterio", "matplotlib", "PIL", "fsspec", "pyogrio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


for command in (
    preprocess,
    split,
    train,
    leave_one_out,
    evaluate,
    export_data,
    adapt,
    inference,
    export,
    quantise,
    log,
    promote,
    stac,
    stac2esri,
    info,
    validate_stac,
):
    main.add_command(command)
