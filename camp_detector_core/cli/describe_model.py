"""``camp-detector describe``: give an ONNX model from elsewhere a description."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say, warn
from camp_detector_core.engine.parameters import GSD, MIN_AREA, OVERLAP, THRESHOLD, TILE_SIZE
from camp_detector_core.engine.separation import Separation

from .errors import plain_errors
from .parameters import VERBOSE, option, together
from .words import COMMAND

if TYPE_CHECKING:
    from camp_detector_core.describing import DescribedModel, DraftOptions

_INDENT = 12


def _names(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",")) if value else ()


def _numbers(
    _context: click.Context, option: click.Parameter, value: str | None
) -> tuple[float, ...]:
    """Numbers, which may be fractions as 1/255, separated by commas."""
    try:
        return tuple(_number(part) for part in value.split(",")) if value else ()
    except (ValueError, ZeroDivisionError) as error:
        msg = f"{value!r} is not a number, or one for each band as 0.485,0.456,0.406"
        raise click.BadParameter(msg, param=option) from error


def _separation(
    _context: click.Context, option: click.Parameter, value: str | None
) -> Separation | None:
    """A method, a threshold and two numbers of pixels."""
    if value is None:
        return None
    try:
        method, threshold, reach, seed = value.split(",")
        return Separation(method.strip(), float(threshold), int(reach), int(seed))
    except ValueError as error:  # SpecError is one
        msg = f"{value!r} is not METHOD,THRESHOLD,REACH,MIN_SEED, as core,0.2,18,60: {error}"
        raise click.BadParameter(msg, param=option) from error


def _number(text: str) -> float:
    top, slash, bottom = text.partition("/")
    return float(top) / float(bottom) if slash else float(top)


DESCRIPTION = together(
    click.option(
        "--bands", callback=_names, help="Names of its bands in its order: red,green,blue."
    ),
    option(
        replace(
            GSD,
            default=None,
            choices={},
            form="METRES",
            help="Metres a pixel that it was trained on.",
        )
    ),
    click.option(
        "--dtype",
        type=click.Choice(["uint8", "uint16", "int16", "float32"]),
        help="Of the raw imagery.  [default: uint8]",
    ),
    click.option(
        "--scale",
        callback=_numbers,
        help="What raw values are multiplied by.  [default: 1/255]",
    ),
    click.option(
        "--mean", callback=_numbers, help="Subtracted after that; one, or one a band.  [default: 0]"
    ),
    click.option(
        "--std", callback=_numbers, help="Divided by after that; one, or one a band.  [default: 1]"
    ),
    click.option(
        "--classes",
        callback=_names,
        help="Names of its classes, without background.  [default: dwelling, where there is one]",
    ),
    click.option(
        "--activation",
        type=click.Choice(["auto", "none", "sigmoid", "softmax"]),
        default="auto",
        show_default=True,
        help="What is put behind it so that it gives probabilities.",
    ),
    click.option(
        "--background",
        type=click.IntRange(min=-1),
        help="Channel that is no class, from 0; -1: none.  [default: 0 of a softmax]",
    ),
    option(replace(THRESHOLD, unset="0.5")),
    option(replace(TILE_SIZE, unset="its own, or 512")),
    option(replace(OVERLAP, unset="an eighth of a tile")),
    click.option(
        "--separation",
        metavar="METHOD,THRESHOLD,REACH,MIN_SEED",
        callback=_separation,
        help="How an output named separation tells touching dwellings apart: core,0.2,18,60.",
    ),
    option(replace(MIN_AREA, unset="0")),
    click.option("--name", help="Its name.  [default: the file's]"),
    click.option("--version", help="Its version.  [default: 1]"),
    click.option("--description", help="A sentence on what it finds."),
    click.option("--licence", help="SPDX identifier, as CC-BY-4.0."),
    click.option("--attribution", multiple=True, help="Whom to credit; may be repeated."),
)


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The copy.  [default: MODEL_described.onnx beside it]",
)
@click.option(
    "--try", "image", metavar="IMAGE", help="A raster to try it on, of the kind it is for."
)
@DESCRIPTION
@click.option("--overwrite", is_flag=True, help="Replace a copy that exists.")
@VERBOSE
def describe(
    *,
    model: Path,
    out: Path | None,
    image: str | None,
    overwrite: bool,
    verbose: bool,
    **options: Any,  # noqa: ANN401 - click hands over each option by its name
) -> None:
    """Give an ONNX model from elsewhere a description, so that it runs everywhere here.

    A copy of MODEL gets the description in its metadata; MODEL stays as it is. What you do not
    say is taken from a description that is there, from the metadata of the QGIS plugin Deepness,
    or assumed, and each is listed with where it is from. Then the network is tried: on generated
    chips, or on the raster of --try. Where it gives logits and not probabilities, a sigmoid or a
    softmax is put behind it, and a channel of background is left out. Weights in files beside
    MODEL (.onnx.data) are put into the copy.

    It must be a segmentation network that takes one float32 image (n, bands, height, width) and
    gives float32 (n, channels, height, width) of the same height and width.

    \b
    Examples:
      camp-detector describe roofs.onnx --bands red,green,blue --gsd 0.3
      camp-detector describe roofs.onnx --gsd 0.1 --bands red,green,blue --try image.tif \\
          --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --classes tent,house
      camp-detector detect image.tif --model roofs_described.onnx -o roofs.gpkg
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        from camp_detector_core.describing import DraftOptions

        _describe(model, out, DraftOptions(**options), image=image, overwrite=overwrite)


def _describe(
    model: Path, out: Path | None, options: DraftOptions, *, image: str | None, overwrite: bool
) -> None:
    from camp_detector_core.describing import describe_model
    from camp_detector_core.engine.errors import OutputError
    from camp_detector_core.outputs.output_set import OutputSet

    path = out or model.with_name(f"{model.stem}_described.onnx")
    if path.suffix.lower() != ".onnx":
        msg = f"{path} must end in .onnx"
        raise OutputError(msg)
    if path.exists() and path.samefile(model):
        msg = f"{path} is the model itself, which stays as it is: give another name to -o"
        raise OutputError(msg)
    with OutputSet([path], overwrite=overwrite) as outputs:
        described = describe_model(model, options, image=image)
        outputs.target(path).temporary.write_bytes(described.data)
        outputs.commit()
    for warning in described.warnings:
        warn(warning.render(COMMAND))
    say(_text(described, path))


def _text(model: DescribedModel, path: Path) -> str:
    lines = [f"{model.spec.name}, version {model.spec.version}"]
    lines += [f"  {name:<{_INDENT - 1}} {value}" for name, value in model.facts]
    lines.append(f"written to {path}; look at it with camp-detector inspect {path}")
    return "\n".join(lines)
