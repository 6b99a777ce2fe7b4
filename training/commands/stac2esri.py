"""``python -m training stac2esri``: packages for ArcGIS Pro of a model and its STAC item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from camp_detector_core.console import say

from . import options


@click.command("stac2esri")
@click.option(
    "--stac-path",
    type=click.Path(path_type=Path),
    default=Path("meta/stac_item.json"),
    show_default=True,
    help="STAC item of the model; it will list the packages that lie beside it or below.",
)
@click.option(
    "--onnx-path",
    type=click.Path(path_type=Path),
    default=Path("meta/best_model.onnx"),
    show_default=True,
    help="The model.",
)
@click.option(
    "--out-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("meta"),
    show_default=True,
    help="Folder of the packages.",
)
@click.option(
    "--dlpk-name",
    default="refugee-camp-detector.dlpk",
    show_default=True,
    help="Name of the package that detects objects.",
)
@click.option(
    "--torchscript",
    type=options.FILE,
    help="best_model.pt of the same training, to carry along. The packages work without it.",
)
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
def stac2esri(**arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Make deep learning packages for ArcGIS Pro from a model and its STAC item.

    Writes NAME.dlpk (detect objects), NAME-detect.dlpk and best_model.dlpk, which are copies
    of it, NAME-classify.dlpk (classify pixels), and model.emd with the files that it needs
    beside it. Then the item lists NAME.dlpk, NAME-classify.dlpk and model.emd.

    \b
    Examples:
      python -m training stac2esri
      python -m training stac2esri --stac-path runs/first/meta/stac_item.json \\
          --onnx-path runs/first/meta/best_model.onnx --out-dir runs/first/meta
    """  # noqa: D301 - click wants the control character
    from training.artefacts.esri_files import stac2esri as write

    package = write(**arguments)
    for path in (*package.packages, package.definition):
        say(path)
    if package.listed:
        say(f"{arguments['stac_path']} lists them")
