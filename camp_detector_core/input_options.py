"""Options of a command line that say how imagery is read; whoever runs a model takes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from camp_detector_core.georaster.options import SourceOptions

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


def together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Several decorators as one, in reading order."""

    def decorate(function: _Command) -> _Command:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


INPUT = together(
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
    click.option(
        "--allow-external-sources",
        "external",
        is_flag=True,
        help="Let virtual rasters and the like read files outside of their folder and servers; "
        "only for files that you trust.",
    ),
)


def source_of(options: dict[str, Any]) -> SourceOptions:
    """What the options of `INPUT` say."""
    from camp_detector_core.georaster.options import SourceOptions

    names = ("bands", "external", "gsd", "nodata", "pixel_size", "stretch")
    return SourceOptions(**{name: options[name] for name in names})
