"""Run a model with the engine that lies beside the toolbox; GDAL reads the raster."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, Optional, Sequence

from .deep_learning import discard
from .engine_copy import engine
from .errors import Stopped, ToolError
from .features import ground_area, polygon, turned

if TYPE_CHECKING:
    from .choices import Choices
    from .host import Progress

TOLERANCE = 1.0
"""Pixels by which outlines may be straightened: as ``camp-detector detect`` does, and as the raster
function does inside ArcGIS' own tool."""
_OUTLINE_BATCH = 256
_OPTION = re.compile(r"\s*\([^()]*--[^()]*\)|[;:] [^;:]*--[^;:]*$")
"""A clause that names an option of the command line."""


@dataclass(frozen=True)
class _Run:
    """A model and a raster, opened and checked against each other."""

    spec: Any
    """The model's ``ModelSpec`` with the user's values."""
    predictor: Any
    source: Any
    plan: Any
    stretch: Any

    def detect(self, sink: Any, progress: Progress) -> None:
        """Run the model over the raster.

        Raises:
            Stopped: The user wants to.
        """
        module = engine("engine.detect")
        options = module.DetectOptions(plan=self.plan, stretch=self.stretch)
        try:
            module.detect(
                self.source, self.predictor, self.spec, [sink], options=options, progress=progress
            )
        except engine("engine.errors").Cancelled:
            raise Stopped from None


@contextmanager
def _opened(chosen: Choices, messages: Any) -> Iterator[_Run]:
    from dataclasses import replace

    predictor = engine("engine.ort").OnnxPredictor(chosen.model.onnx())
    spec = engine("engine.spec").ModelSpec.from_dict(dict(chosen.model.spec))
    if spec != predictor.spec:
        msg = (
            f"{chosen.model.path}: its definition and its network describe different models: get "
            "or make it again"
        )
        raise ToolError(msg)
    spec = replace(
        spec,
        threshold=chosen.threshold,
        min_area=chosen.min_area,
        tile_size=chosen.tile_size,
    )
    with ExitStack() as stack:
        path = stack.enter_context(_readable(chosen))
        source = stack.enter_context(engine("hostgdal.opening").open_gdal_source(path, spec))
        options = engine("georaster.options").SourceOptions()
        # Of the whole raster, whichever part of it is worked on.
        stretch = engine("georaster.stretch").choose_stretch(source, spec, options)
        for warning in (*source.warnings, *([stretch.warning] if stretch.warning else [])):
            messages.addWarningMessage(without_options(warning))
        if chosen.bounds is not None:
            source.keep(chosen.bounds)
        shape = source.grid.shape
        fixed = predictor.fixed_size or chosen.tile_size
        plan = engine("engine.plan").TilePlan.of(spec, shape, fixed=fixed)
        if chosen.tta:
            predictor = engine("engine.augment").Augmented(predictor)
        yield _Run(spec, predictor, source, plan, stretch.stretch)


def without_options(sentence: str) -> str:
    """A sentence of the engine without what it says of the command line."""
    return _OPTION.sub("", sentence)


@contextmanager
def _readable(chosen: Choices) -> Iterator[str]:
    """A file with the raster that GDAL can read: its own, or a copy of a part of a database."""
    import arcpy

    path = chosen.facts.path
    if os.path.isfile(path):
        yield path
        return
    copy = str(arcpy.CreateUniqueName("rcd_raster.tif", arcpy.env.scratchFolder))
    try:
        with arcpy.EnvManager(extent=arcpy.Extent(*(chosen.bounds or chosen.facts.bounds))):
            arcpy.management.CopyRaster(chosen.raster, copy)
        yield copy
    finally:
        discard(copy)


class _Dwellings:
    """A sink that traces dwellings strip by strip and links them across strips."""

    def __init__(self, shape: Any, spec: Any, min_pixels: float) -> None:
        """Start with none."""
        self._vectorise, self._outline = engine("engine.vectorise"), engine("engine.outline")
        self._shape = shape
        self._classes = len(spec.classes)
        self._options = self._outline.OutlineOptions(tolerance=TOLERANCE, min_pixels=min_pixels)
        self._linker = self._vectorise.Linker(shape)
        self._waiting: list[Any] = []
        self._found: list[tuple[float, float, Any]] = []

    def write(self, window: Any, scores: Any, classes: Any) -> None:
        """Take a strip of classes (height, width) with its scores."""
        likeliest = scores[: self._classes].max(axis=0)
        fragment = self._vectorise.trace_block(window, classes, likeliest, self._shape)
        least = self._options.min_pixels
        self._waiting += [d for d in self._linker.add(fragment) if d.pixels >= least]
        if len(self._waiting) >= _OUTLINE_BATCH:
            self._refine()

    def finish(self) -> list[Any]:
        """All dwellings in reading order."""
        self._linker.finish()
        self._refine()
        return [dwelling for _, _, dwelling in sorted(self._found, key=lambda item: item[:2])]

    def _refine(self) -> None:
        exact, self._waiting = self._waiting, []
        for before, after in zip(exact, self._outline.refine_all(exact, self._options)):
            col, row = before.exterior[0]
            self._found.append((float(row), float(col), after))


def detect(
    chosen: Choices,
    progress: Progress,
    messages: Any,
) -> Iterator[tuple[Any, Sequence[Any]]]:
    """Find dwellings: a polygon each, with class, area in square metres, confidence of 100.

    Raises:
        ToolError: The model or the raster cannot be used.
        Stopped: The user wants to.
    """
    progress.label("Looking for dwellings")
    with _opened(chosen, messages) as run:
        grid = run.source.grid
        sink = _Dwellings(grid.shape, run.spec, run.spec.min_area / grid.pixel_area)
        run.detect(sink, progress)
        found = sink.finish()
    progress.label("Writing dwellings")
    reference = chosen.facts.reference
    names = {c.value: c.name for c in run.spec.classes}
    for i, dwelling in enumerate(found):
        if i % _OUTLINE_BATCH == 0:
            progress.check()
        outer, *holes = [
            grid.transform.apply(ring).tolist() for ring in (dwelling.exterior, *dwelling.holes)
        ]
        rings = [turned(outer, clockwise=True), *(turned(h, clockwise=False) for h in holes)]
        shape = polygon(rings, reference)
        confidence = 100.0 * dwelling.mean_probability
        yield shape, (names[dwelling.class_value], ground_area(shape), confidence)


class _Classes:
    """A sink that writes classes into an open GDAL band."""

    def __init__(self, band: Any) -> None:
        """Wrap the band."""
        self._band = band

    def write(self, window: Any, scores: Any, classes: Any) -> None:  # noqa: ARG002
        """Take a strip of classes (height, width)."""
        strip = classes.copy()
        data = strip.tobytes()
        height, width = strip.shape
        self._band.WriteRaster(window.col, window.row, width, height, data)


def classify(
    chosen: Choices,
    path: str,
    progress: Progress,
    messages: Any,
) -> None:
    """Write the class of each pixel into a new GeoTIFF; 255 is NoData.

    Raises:
        ToolError: The model or the raster cannot be used, or the file not be written.
        Stopped: The user wants to.
    """
    from osgeo import gdal

    progress.label("Classifying pixels")
    gdal.UseExceptions()
    with _opened(chosen, messages) as run:
        grid = run.source.grid
        t = grid.transform
        dataset: Optional[Any] = None
        try:
            dataset = gdal.GetDriverByName("GTiff").Create(
                path, grid.shape.width, grid.shape.height, 1, gdal.GDT_Byte,
                ["TILED=YES", "COMPRESS=LZW", "BIGTIFF=IF_SAFER"],
            )  # fmt: skip
            dataset.SetGeoTransform((t.c, t.a, t.b, t.f, t.d, t.e))
            if grid.crs_wkt:
                dataset.SetProjection(grid.crs_wkt)
            band = dataset.GetRasterBand(1)
            band.SetNoDataValue(255)
            band.SetColorTable(_colours(gdal, chosen))
            run.detect(_Classes(band), progress)
            dataset.FlushCache()
        except RuntimeError as error:
            msg = f"{path} cannot be written: {' '.join(str(error).split())[:300]}"
            raise ToolError(msg) from error
        finally:
            dataset = None


def _colours(gdal: Any, chosen: Choices) -> Any:
    table = gdal.ColorTable()
    table.SetColorEntry(0, (0, 0, 0, 0))
    for value, (_, colour) in chosen.model.classes.items():
        red, green, blue = bytes.fromhex(colour[1:])
        table.SetColorEntry(value, (red, green, blue, 255))
    return table
