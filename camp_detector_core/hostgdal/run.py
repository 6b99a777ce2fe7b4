"""From a raster and a model to dwellings, for hosts: the one call."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Protocol, Sequence, Union

from ..atomic import OutputSet, standing
from ..engine.errors import Cancelled
from ..georaster.cog import ClassSink, CogSink, ProbabilitySink
from ..georaster.finding import Finding, FixedPredictor
from ..georaster.options import SourceOptions
from ..georaster.settings import Settings
from ..georaster.stretch import choose_stretch
from ..georaster.table import DwellingRows, rows_of
from ..own_inputs import refuse_own_sources
from .cog import GdalCogs
from .library import Gdal
from .opening import open_gdal_source

if TYPE_CHECKING:
    import os

    from ..engine.detect import DetectStats
    from ..engine.grid import Grid
    from ..engine.ports import Progress
    from ..engine.spec import ModelSpec
    from .opening import Image


class HostPredictor(FixedPredictor, Protocol):
    """A model with its description, as `engine.ort.OnnxPredictor` is one."""

    @property
    def spec(self) -> ModelSpec:
        """Its description."""


@dataclass(frozen=True)
class HostJob:
    """What a host asks for besides the dwellings, and how."""

    settings: Settings = field(default_factory=Settings)
    """How the model is run; None in it is the model's own value."""
    source: SourceOptions = field(default_factory=SourceOptions)
    """How the raster is read."""
    extent: Optional[tuple[float, float, float, float]] = None
    """xmin, ymin, xmax, ymax in the raster's CRS; None: all of it."""
    mask: Union[str, os.PathLike[str], None] = None
    """Where the class raster is written, a Cloud-Optimized GeoTIFF; None: nowhere."""
    probability: Union[str, os.PathLike[str], None] = None
    """The same for the probabilities."""
    overwrite: bool = False
    """Whether existing rasters may be replaced."""


@dataclass(frozen=True)
class Found:
    """What a run gave."""

    rows: DwellingRows
    """The dwellings, to be written as the host writes tables."""
    spec: ModelSpec
    """The model's with the user's values."""
    grid: Grid
    """Where the model was run; its CRS is that of the dwellings."""
    warnings: tuple[str, ...]
    """What the user should know, in sentences."""
    stats: DetectStats


def detect_raster(
    images: Union[Image, Sequence[Image]],
    predictor: HostPredictor,
    job: Optional[HostJob] = None,
    *,
    progress: Optional[Progress] = None,
) -> Found:
    """Find the dwellings in a raster.

    Rasters that are asked for appear together at the end; until then, and after any error or
    cancelling, there is none.

    Args:
        images: See `open_gdal_source`.
        predictor: The model, for example ``OnnxPredictor(path.read_bytes())``.
        job: What is asked for; default: the dwellings, with the model's own values.
        progress: Told after each chip; asked whether to stop.

    Raises:
        CampDetectorError: With a sentence for the user; `Cancelled` if ``progress`` asked for it.
    """
    job = job or HostJob()
    asked = [(ProbabilitySink, job.probability), (ClassSink, job.mask)]
    finals = [(kind, Path(path)) for kind, path in asked if path is not None]
    outputs = OutputSet([path for _, path in finals], overwrite=job.overwrite)

    def cancelled() -> bool:
        return progress is not None and progress.cancelled()

    spec = job.settings.apply(predictor.spec)
    with outputs, ExitStack() as stack:
        source = open_gdal_source(images, spec, job.source, extent=job.extent)
        stack.callback(source.close)
        refuse_own_sources(standing(path for _, path in finals), source.files, Gdal())
        choice = choose_stretch(source, spec, job.source)
        warnings = (*source.warnings, *([choice.warning] if choice.warning else ()))
        if cancelled():
            msg = "cancelled"
            raise Cancelled(msg)
        finding = Finding(source, predictor, spec, job.settings, choice.stretch)
        library = GdalCogs(cancelled)
        sinks: list[CogSink] = []
        for kind, path in finals:
            sinks.append(
                stack.enter_context(kind(outputs.target(path), source.grid, spec, library))
            )
        stats, dwellings = finding.run(sinks, progress=progress)
        rows = rows_of(dwellings, source.grid, spec, source.crs)
        outputs.commit(cancelled=cancelled)
    return Found(rows, spec, source.grid, warnings, stats)
