"""``camp-detector detect``: rasters in, dwellings out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.detection.request import Request
from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.messages import Message

from .errors import plain_errors
from .parameters import DETECT, VERBOSE
from .terminal import StopRequest, Terminal, TransferBar, only_python_on_stderr, silence_libraries
from .words import COMMAND

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.detection.outcome import Outcome


def _images(
    _context: click.Context, _argument: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse an empty name, which GDAL and the system take for the current folder."""
    if not all(name.strip() for name in value):
        msg = "an IMAGE has an empty name (a variable that is not set?); the current folder is ."
        raise click.BadParameter(msg)
    return value


@click.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...", callback=_images)
@DETECT
@click.option("-q", "--quiet", is_flag=True, help="Write nothing but errors.")
@VERBOSE
def detect(
    *,
    images: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    **options: Any,  # noqa: ANN401 - click hands over each option by its name
) -> None:
    """Find dwellings in rasters and write them as polygons.

    IMAGE is anything that GDAL reads: a file, a URL, a VRT, or a folder of tiles with its
    sub-folders; several are one mosaic. Outputs appear together at the end, or not at all.

    \b
    camp-detector detect camp.tif -o camp.gpkg --all-outputs
    camp-detector detect tiles/ -o camp.fgb --threshold 0.4 --min-area 4
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose), StopRequest() as stop:
        with Terminal(stop, quiet=quiet) as terminal:
            options["model"] = _model(options, stop, terminal, quiet=quiet)
            request = Request.of({"images": images, **options})
            outcome = _detect(request, terminal, verbose=verbose)
        terminal.flush_warnings()
        if not quiet:
            say(_summary(outcome))


def _model(
    options: dict[str, Any], stop: StopRequest, terminal: Terminal, *, quiet: bool
) -> Path | None:
    """Return the model's file; look an id up in the catalogue."""
    name = options["model"]
    if name is None:
        return None
    from camp_detector_core.catalog.find import find_model

    with TransferBar(stop, str(name), quiet=quiet) as bar:
        hit = find_model(name, catalog=options["catalog"], progress=bar)
    if hit.warning:
        terminal.warn(Message(hit.warning))
    return hit.path


def _detect(request: Request, terminal: Terminal, *, verbose: bool) -> Outcome:
    """Run a request with a quiet stderr, unless asked for all of it."""
    from camp_detector_core.detection.run import detect as run
    from camp_detector_core.products.rasterio_run import RasterioRun

    if verbose:
        return run(request, RasterioRun(COMMAND), terminal)
    with only_python_on_stderr(), silence_libraries():
        return run(request, RasterioRun(COMMAND), terminal)


def _summary(outcome: Outcome) -> str:
    """Return the count of dwellings and the paths of the results as text."""
    counts = outcome.counts
    total = counted(counts.dwellings, "dwelling")
    if counts.median_area_m2 is not None:
        total += f", {counts.total_area_m2:,.1f} m2 in all, median {counts.median_area_m2:,.1f} m2"
    elif outcome.tiles.inferred == 0:
        total += ": the raster has no valid pixel"
    width = max(map(len, outcome.paths))
    return "\n".join([total, *(f"  {n:<{width}}  {p}" for n, p in outcome.paths.items())])
