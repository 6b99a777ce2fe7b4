"""``camp-detector package``: make deep learning packages for ArcGIS Pro, and check them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from camp_detector_core.console import say

from .errors import plain_errors
from .parameters import CATALOG, VERBOSE
from .words import COMMAND

_INVALID = 1
"""Exit code for a package with problems."""


@click.group()
def package() -> None:
    """Make deep learning packages (.dlpk) for ArcGIS Pro, and check them without it.

    \b
    camp-detector package build model.onnx -o packages
    camp-detector package check packages/model-detect.dlpk
    """  # noqa: D301 - click wants the control character


@package.command()
@click.argument("path", metavar="PACKAGE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@VERBOSE
def check(*, path: Path, as_json: bool, verbose: bool) -> None:
    """Say all that is wrong with PACKAGE (.dlpk), one line for each.

    Looked at are the zip file, the model definition (.emd), the Python raster function, the
    network, the engine beside it, and the item information. Nothing in the package is run,
    imported or extracted. Packages of other makers are judged by what ArcGIS asks of all; what
    may be meant is advice. Whether ArcGIS Pro runs it, only ArcGIS Pro can tell.

    The exit status is 0 for a valid package, 1 for one with problems, 2 if it cannot be read.

    \b
    Example:
      camp-detector package check meta/refugee-camp-detector.dlpk
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        from camp_detector_core.esri.package_check import check_package

        report = check_package(path)
        say(report.text(COMMAND, as_json=as_json))
        sys.exit(0 if report.valid else _INVALID)


@package.command()
@click.argument("model", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder of the packages; it is made where it is missing.  [default: where you are]",
)
@click.option("--name", help="NAME of NAME-classify.dlpk and NAME-detect.dlpk [default: model's].")
@click.option(
    "--item",
    type=click.Path(path_type=Path),
    help="The model's STAC item, for the model card and the picture.",
)
@click.option(
    "--torchscript",
    type=click.Path(path_type=Path),
    help="best_model.pt of the same training, to carry along. The package works without it.",
)
@click.option("--overwrite", is_flag=True, help="Replace packages that exist.")
@CATALOG
@VERBOSE
def build(  # noqa: PLR0913 - click gives each option by its name
    *,
    model: Path | None,
    out: Path,
    name: str | None,
    item: Path | None,
    torchscript: Path | None,
    overwrite: bool,
    catalog: str | None,
    verbose: bool,
) -> None:
    """Make two packages of MODEL: one to classify pixels, one to detect objects.

    MODEL is an .onnx file, a STAC-MLM item (.json), a .dlpk, or the id of a model in the
    catalogue; without it, the model that ships. The same model gives the same bytes.

    \b
    Examples:
      camp-detector package build -o packages
      camp-detector package build meta/stac_item.json -o packages --name camp
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        from camp_detector_core.catalog.find import find_model
        from camp_detector_core.esri.dlpk import create_dlpks
        from camp_detector_core.esri.package_source import open_source
        from camp_detector_core.model_file import default_model_path

        path = find_model(model, catalog=catalog).path if model else default_model_path()
        source = open_source(path, item=item, torchscript=torchscript)
        for path_of_package in create_dlpks(source, out, name=name, overwrite=overwrite):
            say(path_of_package)
