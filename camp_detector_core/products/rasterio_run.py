"""Runs on a command line: rasterio reads, and every kind of output is written."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.messages import PLAIN
from camp_detector_core.georaster.cog import raster_sink
from camp_detector_core.outputs.output_set import cannot_write
from camp_detector_core.raster.library import Rasterio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from camp_detector_core.detection.outcome import Outcome, Setup
    from camp_detector_core.detection.request import Outputs
    from camp_detector_core.engine.messages import Words
    from camp_detector_core.georaster.cog import RasterSink
    from camp_detector_core.outputs.output_set import Target

_SMALLEST_PICTURE, _LARGEST_PICTURE = 16, 8192


class RasterioRun(Rasterio):
    """rasterio for a whole run; see the port `RunLibrary`."""

    def __init__(self, words: Words = PLAIN) -> None:
        """Keep the words of the host, in which the report has its warnings."""
        self._words = words

    @contextmanager
    def session(self, *, offline: bool) -> Iterator[Rasterio]:
        """Give the library with GDAL's settings for a run; see the port."""
        from camp_detector_core.raster.env import gdal_env

        with gdal_env(offline=offline):
            yield self

    def check_outputs(self, outputs: Outputs, crs_wkt: str | None = None) -> None:
        """Refuse a vector file that cannot be written; see the port.

        Raises:
            OutputError: Its format is not known, or does not take the CRS.
        """
        from .dwellings import check_crs, check_format

        if outputs.dwellings is not None:
            check_format(Path(outputs.dwellings))
            check_crs(Path(outputs.dwellings), crs_wkt)

    def raster_sink(
        self, name: str, target: Target, setup: Setup, cancelled: Callable[[], bool]
    ) -> RasterSink:
        """Start a GeoTIFF on the grid that is asked for; see the port.

        Raises:
            OutputError: It cannot be created.
        """
        from camp_detector_core.raster.cog import RasterioCogs

        del cancelled
        if setup.request.outputs.grid == "image":
            from camp_detector_core.raster.image_grid import ImageGridSink

            return ImageGridSink(name, target, setup)
        return raster_sink(name, target, setup.source.grid, setup.finding.spec, RasterioCogs())

    def write(self, name: str, target: Target, outcome: Outcome) -> None:
        """Write the vector file, the picture or the report; see the port.

        Raises:
            OutputError: It cannot be written.
        """
        from .dwellings import write_dwellings
        from .report import report_bytes

        if name == "dwellings":
            crs, model = outcome.grid.crs_wkt, outcome.spec.id
            write_dwellings(target, outcome.rows, crs_wkt=crs, model_id=model)
        elif name == "overlay":
            _store(target, _picture(outcome))
        else:
            _store(target, report_bytes(self.report(outcome)))

    def report(self, outcome: Outcome) -> dict[str, Any]:
        """Make the content of the report."""
        from .report import make_report

        return make_report(outcome, self._words)


def _picture(outcome: Outcome) -> bytes:
    """A PNG file of the imagery with the outlines."""
    from .overlay import render_overlay

    setup = outcome.setup
    side = setup.request.outputs.overlay_size
    if side is None:
        longest = max(setup.source.native_grid.shape)
        side = min(max(longest, _SMALLEST_PICTURE), _LARGEST_PICTURE)
    return render_overlay(
        setup.source,
        outcome.dwellings,
        outcome.spec,
        stretch=setup.finding.stretch,
        max_side=side,
    )


def _store(target: Target, data: bytes) -> None:
    try:
        target.temporary.write_bytes(data)
    except OSError as error:
        raise cannot_write(target.final, error, needed=len(data)) from error
