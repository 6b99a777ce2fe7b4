"""The options of ``camp-detector detect``, and the job that they make."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from camp_detector_core.job import Job, Machine, Products, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from camp_detector_core.raster.options import SourceOptions

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def _bands(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """Band numbers between commas."""
    if value is None:
        return None
    try:
        return tuple(int(v) for v in value.split(","))
    except ValueError as error:
        msg = f"{value!r} is not a list of band numbers such as 3,2,1"
        raise click.BadParameter(msg) from error


def _stretch(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[float, float] | str | None:
    """Two numbers, or the word."""
    if value is None or value == "percentile":
        return value
    try:
        low, high = (float(v) for v in value.split(","))
    except ValueError as error:
        msg = f"{value!r} is neither LOW,HIGH nor the word percentile"
        raise click.BadParameter(msg) from error
    if not math.isfinite(high - low):
        msg = f"{value!r} does not span a range of pixel values"
        raise click.BadParameter(msg)
    return low, high


def _gsd(_context: click.Context, _option: click.Parameter, value: str) -> float | str:
    """A word or a number."""
    if value in {"auto", "native", "model"}:
        return value
    try:
        return float(value)
    except ValueError as error:
        msg = f"{value!r} is neither auto, native, model nor a number of metres"
        raise click.BadParameter(msg) from error


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Several decorators as one, in reading order."""

    def decorate(function: _Command) -> _Command:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


OUTPUT = _options(
    click.option(
        "-o",
        "--out",
        required=True,
        type=click.Path(path_type=Path),
        help="Where the dwellings go: .gpkg, .fgb, .geojson or .shp. Other outputs lie beside it.",
    ),
    click.option("--probability", is_flag=True, help="Also NAME_probability.tif (COG, 0 to 254)."),
    click.option("--mask", is_flag=True, help="Also NAME_mask.tif (COG, one value a class)."),
    click.option("--overlay", is_flag=True, help="Also NAME_overlay.png, a picture to look at."),
    click.option(
        "--overlay-size",
        default=Products.overlay_size,
        show_default=True,
        type=click.IntRange(16, 32768),
        help="Longest side of the picture in pixels.",
    ),
    click.option(
        "--report/--no-report",
        default=True,
        show_default=True,
        help="NAME_report.json: model, input, parameters, software, counts, seconds.",
    ),
    click.option("--all-outputs", is_flag=True, help="All of these."),
    click.option("--overwrite", is_flag=True, help="Replace outputs that exist."),
)

CATALOG = click.option(
    "--catalog",
    envvar="CAMP_DETECTOR_CATALOG",
    metavar="PLACE",
    help="Catalogue of models: a folder, s3://bucket/prefix, https://... or postgresql://...; "
    "also from CAMP_DETECTOR_CATALOG.  [default: a folder among your own data]",
)

MODEL = _options(
    click.option(
        "-m",
        "--model",
        type=click.Path(path_type=Path),
        help="An .onnx file, a STAC-MLM item (.json), a .dlpk, or the id of a model in the "
        "catalogue.  [default: the one that ships]",
    ),
    CATALOG,
    click.option(
        "--threshold",
        type=float,
        help="Probability from which a pixel is dwelling.  [default: the model's]",
    ),
    click.option(
        "--min-area",
        type=float,
        metavar="M2",
        help="Smallest dwelling in square metres.  [default: the model's]",
    ),
    click.option(
        "--tile-size", type=int, metavar="PX", help="Side of a tile.  [default: the model's]"
    ),
    click.option(
        "--overlap", type=int, metavar="PX", help="Overlap of tiles.  [default: the model's]"
    ),
    click.option(
        "--simplify",
        type=float,
        metavar="METRES",
        help="Straighten outlines by at most this; 0 keeps every pixel edge.  [default: one pixel]",
    ),
    click.option(
        "--square/--no-square",
        default=Settings.square,
        show_default=True,
        help="Make nearly rectangular outlines rectangles.",
    ),
    click.option(
        "--separate/--no-separate",
        default=None,
        help="Part dwellings that touch, at no cost in time; --no-separate makes each connected "
        "patch one dwelling.  [default: where the model can]",
    ),
    click.option(
        "--tta",
        is_flag=True,
        help="Average the answers to the 8 flips and turns of each tile (4 where tiles are not "
        "square). Takes 8 times as long, for outlines that are a little truer.",
    ),
)

INPUT = _options(
    click.option(
        "--bands",
        callback=_bands,
        metavar="N,N,...",
        help="Bands of the raster for the model, e.g. 3,2,1.",
    ),
    click.option(
        "--stretch",
        callback=_stretch,
        metavar="LOW,HIGH|percentile",
        help="Raw values that become black and white, or the 2nd and 98th percentile of the "
        "whole raster.  [default: none for the dtype of the model, else percentile]",
    ),
    click.option(
        "--nodata",
        type=float,
        metavar="VALUE",
        help="Raw value of pixels without image, e.g. 255 for white borders.  [default: what "
        "the raster says]",
    ),
    click.option(
        "--gsd",
        callback=_gsd,
        metavar="auto|native|model|METRES",
        default="auto",
        show_default=True,
        help="Metres a pixel to work at; auto is the raster's own within 10 % of the model's, "
        "else the model's.",
    ),
    click.option(
        "--pixel-size",
        type=float,
        metavar="METRES",
        help="Metres a pixel of a picture without georeference.  [default: the model's]",
    ),
)

MACHINE = _options(
    click.option("--threads", type=click.IntRange(1), help="Processors to use.  [default: all]"),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "directml", "coreml"]),
        default="auto",
        show_default=True,
        help="What runs the model; auto is a GPU where one can be used.",
    ),
)

VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Show tracebacks and what libraries say."
)


def job_of(images: tuple[str, ...], options: dict[str, Any]) -> Job:
    """All options as one value."""
    everything = options["all_outputs"]
    return Job(
        images=images,
        products=Products(
            vector=options["out"],
            **{k: options[k] or everything for k in ("probability", "mask", "overlay", "report")},
            overlay_size=options["overlay_size"],
        ),
        source=source_of(options),
        model=options["model"],
        settings=Settings(
            **{
                name: options[name]
                for name in (
                    "threshold",
                    "min_area",
                    "tile_size",
                    "overlap",
                    "simplify",
                    "square",
                    "separate",
                    "tta",
                )
            }
        ),
        machine=Machine(threads=options["threads"], device=options["device"]),
        overwrite=options["overwrite"],
    )


def source_of(options: dict[str, Any]) -> SourceOptions:
    """What the options of `INPUT` say."""
    from camp_detector_core.raster.options import SourceOptions

    names = ("bands", "gsd", "nodata", "pixel_size", "stretch")
    return SourceOptions(**{name: options[name] for name in names})
