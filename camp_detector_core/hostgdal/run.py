"""Runs through GDAL's own bindings: rasters in and out; tables are written by the host."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, Iterator, Optional

from ..detection.request import RASTERS
from ..engine.errors import OutputError
from ..georaster.cog import raster_sink
from .cog import GdalCogs
from .library import Gdal

if TYPE_CHECKING:
    from ..detection.outcome import Outcome, Setup
    from ..detection.request import Outputs
    from ..georaster.cog import RasterSink
    from ..outputs.output_set import Target


class GdalResults:
    """Results that a host's GDAL writes; see the port `RunLibrary`."""

    def check_outputs(self, outputs: Outputs, crs_wkt: Optional[str] = None) -> None:
        """Refuse all but rasters on the model's grid; see the port."""
        del crs_wkt
        unsupported = sorted(outputs.paths().keys() - {*RASTERS})
        if unsupported or outputs.grid != "model":
            raise _elsewhere(", ".join(unsupported) or "a raster on the grid of the image")

    def raster_sink(
        self, name: str, target: Target, setup: Setup, cancelled: Callable[[], bool]
    ) -> RasterSink:
        """Start a Cloud-Optimized GeoTIFF; see the port."""
        return raster_sink(name, target, setup.source.grid, setup.finding.spec, GdalCogs(cancelled))

    def write(self, name: str, target: Target, outcome: Outcome) -> None:
        """Refuse all that is no raster, as `check_outputs` does before the run; see the port."""
        del target, outcome
        raise _elsewhere(name)


def _elsewhere(output_name: str) -> OutputError:
    return OutputError(f"{output_name} is written elsewhere")


class GdalRun(GdalResults, Gdal):
    """GDAL for a whole run; see the port `RunLibrary`."""

    @contextmanager
    def session(self, *, offline: bool) -> Iterator[Gdal]:
        """Give the library for the time of a run; see the port."""
        yield Gdal(offline=offline)
