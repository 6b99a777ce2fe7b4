"""``camp-detector inspect``: what a model is."""

from __future__ import annotations

import json
from pathlib import Path

import click

from camp_detector_core.console import say

from .errors import plain_errors
from .parameters import CATALOG, VERBOSE


@click.command()
@click.argument("model", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@CATALOG
@VERBOSE
def inspect(*, model: Path | None, catalog: str | None, as_json: bool, verbose: bool) -> None:
    """Say what a model is: what it finds, in what imagery, whose it is, and where it is from.

    MODEL is an .onnx file, a STAC-MLM item (.json), a .dlpk, or the id of a model in the
    catalogue; without it, the model that ships.
    """
    with plain_errors(verbose=verbose):
        from camp_detector_core.catalog.find import find_model
        from camp_detector_core.engine.predictors.open import on_processor
        from camp_detector_core.model_file import default_model_path, open_model

        from . import describe

        path = find_model(model, catalog=catalog).path if model else default_model_path()
        model_file = open_model(path)
        predictor = on_processor(model_file, threads=1)
        if as_json:
            say(json.dumps(describe.as_json(model_file, predictor), indent=2))
        else:
            say(describe.as_text(model_file, predictor))
