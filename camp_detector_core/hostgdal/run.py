"""From a raster and a model to dwellings, for hosts: the one call."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Protocol, Sequence, Union

from ..atomic import OutputSet, standing
from ..engine.errors import Cancelled, RasterError
from ..engine.messages import Message
from ..georaster.blank import emptiness
from ..georaster.cog import ClassSink, CogSink, ProbabilitySink
from ..georaster.finding import Finding, FixedPredictor
from ..georaster.options import SourceOptions
from ..georaster.settings import Settings
from ..georaster.stretch import choose_stretch
from ..georaster.table import DwellingRows, rows_of
from ..own_inputs import refuse_own_sources
from .area import Area, AreaSource
from .cog import GdalCogs
from .library import Gdal
from .opening import open_gdal_source

if TYPE_CHECKING:
    import os

    from ..engine.detect import DetectStats
    from ..engine.grid import Grid
    from ..engine.ports import Progress, RasterSource
    from ..engine.spec import ModelSpec
    from ..georaster.ports import Library
    from ..georaster.source import PlacedSource
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
    area: Optional[Sequence[bytes]] = None
    """Polygons in the raster's CRS as well-known binary: pixels whose centre lies in none are taken
    as missing. None: everywhere."""
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
    warnings: tuple[Message, ...]
    """What the user should know, in sentences."""
    stats: DetectStats


def detect_raster(
    images: Union[Image, Sequence[Image]],
    predictor: HostPredictor,
    job: Optional[HostJob] = None,
    *,
    progress: Optional[Progress] = None,
    library: Optional[Library] = None,
) -> Found:
    """Find the dwellings in a raster.

    Rasters that are asked for appear together at the end; until then, and after any error or
    cancelling, there is none.

    Args:
        images: See `open_gdal_source`.
        predictor: The model, for example ``OnnxPredictor(path.read_bytes())``.
        job: What is asked for; default: the dwellings, with the model's own values.
        progress: Told after each chip; asked whether to stop.
        library: Reads the rasters; default: GDAL.

    Raises:
        CampDetectorError: With a sentence for the user; `Cancelled` if ``progress`` asked for it.
    """
    job = job or HostJob()
    asked = [(ProbabilitySink, job.probability), (ClassSink, job.mask)]
    finals = [(kind, Path(path)) for kind, path in asked if path is not None]
    left: list[Message] = []
    outputs = OutputSet(
        [p for _, p in finals],
        overwrite=job.overwrite,
        warn=lambda sentence: left.append(Message(sentence)),
    )

    def cancelled() -> bool:
        return progress is not None and progress.cancelled()

    spec = job.settings.apply(predictor.spec)
    with outputs, ExitStack() as stack:
        source, looked_at = _open(images, spec, job, library)
        stack.callback(source.close)
        own = library or Gdal()
        refuse_own_sources(standing(path for _, path in finals), source.files, own)
        choice = choose_stretch(source, spec, job.source)
        warnings = (*left, *source.warnings, *choice.warnings)
        if cancelled():
            msg = "cancelled"
            raise Cancelled(msg)
        finding = Finding(looked_at, predictor, spec, job.settings, choice.stretch)
        writer = GdalCogs(cancelled)
        sinks: list[CogSink] = []
        for kind, path in finals:
            sinks.append(stack.enter_context(kind(outputs.target(path), source.grid, spec, writer)))
        stats, dwellings = finding.run(sinks, progress=progress)
        rows = rows_of(dwellings, source.grid, spec, source.crs)
        outputs.commit(cancelled=cancelled)
    if job.area is None:
        warnings += emptiness(source, stats.missing)
    return Found(rows, spec, source.grid, warnings, stats)


def _open(
    images: Union[Image, Sequence[Image]], spec: ModelSpec, job: HostJob, library: Optional[Library]
) -> tuple[PlacedSource, RasterSource]:
    """The source, which the caller closes, and the view of it that the model gets.

    Raises:
        RasterError: The rasters cannot be used, or no polygon of the area lies on them.
    """
    if job.area is None:
        source = open_gdal_source(images, spec, job.source, extent=job.extent, library=library)
        return source, source
    area = Area(job.area)
    bounds = area.within(job.extent)
    source = open_gdal_source(images, spec, job.source, library=library)
    try:
        source.restrict(bounds)
    except RasterError as error:
        source.close()
        msg = f"no polygon of the area lies on {source.files[0]}: choose another area"
        raise RasterError(msg) from error
    return source, AreaSource(source, area)
