"""Dwellings on the visible map, kept so that another threshold costs no run of the model."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)

from camp_detector_core.detection.request import Request
from camp_detector_core.engine import instances
from camp_detector_core.engine.polygons import outline
from camp_detector_core.engine.polygons import sink as polygons
from camp_detector_core.georaster import table
from camp_detector_core.georaster.settings import Settings
from camp_detector_core.hostgdal.library import GdalCrs

from .. import jobs
from ..faults import Fault
from ..i18n import tr
from ..jobs import Job
from ..lattices import bounds_of
from ..layers import look_at
from ..runtime import devices

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qgis.core import QgsMapLayer, QgsProcessingFeedback
    from qgis.gui import QgsMapCanvas

    from camp_detector_core.engine.grid import Grid
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.ports import Crs
    from camp_detector_core.georaster.table import DwellingRows

    from ..models.installed import InstalledModel


MAX_PIXELS = 36_000_000
"""Most pixels of the model on the visible map; more is no preview."""


@dataclass
class Preview:
    """Scores of the visible map."""

    path: Path
    """A GeoTIFF of probabilities."""
    spec: ModelSpec
    grid: Grid
    scores: NDArray[np.uint8]
    """(channels, height, width) uint8."""
    crs: QgsCoordinateReferenceSystem
    warnings: tuple[str, ...]

    def discard(self) -> None:
        """Delete the file and what QGIS noted beside it, as far as Windows lets them go."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


@dataclass(frozen=True)
class PreviewResult:
    """A preview at one threshold."""

    preview: Preview
    rows: DwellingRows
    """The dwellings, as `dwellings` gives them."""
    threshold: float


def visible(layer: QgsMapLayer, canvas: QgsMapCanvas) -> QgsRectangle:
    """The part of a layer that is on the map, in the layer's CRS.

    Raises:
        Fault: There is none.
    """
    settings = canvas.mapSettings()
    extent = settings.visibleExtent()
    if layer.crs().isValid() and settings.destinationCrs().isValid():
        to_layer = QgsCoordinateTransform(
            settings.destinationCrs(), layer.crs(), QgsProject.instance()
        )
        try:
            extent = to_layer.transformBoundingBox(extent)
        except QgsCsException as error:
            raise Fault(
                tr("The map shows no place that {layer} knows: zoom to the layer.",
                   layer=layer.name())
            ) from error  # fmt: skip
    extent = extent.intersect(layer.extent())
    if extent.isEmpty():
        raise Fault(tr("{layer} is not on the map: zoom to the layer.", layer=layer.name()))
    return extent


def is_endless(layer: Optional[QgsMapLayer]) -> bool:
    """True if a layer has no size of its own, as web maps have none; an extent must be chosen."""
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        return False
    provider = layer.dataProvider()
    return provider is not None and provider.xSize() <= 0


def extent_text(canvas: QgsMapCanvas) -> str:
    """Extent of the map, as Processing writes extents."""
    settings = canvas.mapSettings()
    box, crs = settings.visibleExtent(), settings.destinationCrs()
    sides = (box.xMinimum(), box.xMaximum(), box.yMinimum(), box.yMaximum())
    text = ",".join(f"{side:.10g}" for side in sides)
    return f"{text} [{crs.authid()}]" if crs.authid() else text


def pixels_of(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem, gsd: float) -> float:
    """About how many pixels of a model cover a rectangle."""
    if not crs.isValid():
        return 0.0
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, QgsProject.instance().transformContext())
    measure.setEllipsoid("WGS84")
    # By halves: the sides of the whole world are no way at all on an ellipsoid.
    middle = extent.center()
    width = 2 * measure.measureLine(QgsPointXY(extent.xMinimum(), middle.y()), middle)
    height = 2 * measure.measureLine(QgsPointXY(middle.x(), extent.yMinimum()), middle)
    return float(width * height) / gsd**2


def check_size(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem, gsd: float) -> None:
    """Refuse what would take long.

    Raises:
        Fault: The map shows too much.
    """
    pixels = pixels_of(extent, crs, gsd)
    if pixels > MAX_PIXELS:
        raise Fault(
            tr("The map shows {million} million pixels of the model, too many for a preview (at "
               "most {most}): zoom in.",
               million=round(pixels / 1e6), most=MAX_PIXELS // 1_000_000)
        )  # fmt: skip


def job_of(layer: QgsMapLayer, model: InstalledModel, canvas: QgsMapCanvas) -> Job:
    """The request for a preview; in the main thread.

    Raises:
        Fault: The layer is not on the map, or the map shows too much of it.
    """
    extent = visible(layer, canvas)
    check_size(extent, layer.crs(), model.spec.gsd)
    device = devices.preference()
    values = {
        "images": layer.name(),
        "extent": bounds_of(extent),
        "external": True,  # the map shows the layer already, with all that it reads
        "device": devices.WORDS.get(device, device),
    }
    return Job(look_at(layer), model, Request.of(values))


def run(job: Job, feedback: QgsProcessingFeedback, warn: Callable[[str], None]) -> Preview:
    """Run the model over the visible map; in a thread.

    Raises:
        CampDetectorError: The layer or the model cannot be used; or the user stopped it.
    """
    path = Path(tempfile.mkdtemp(prefix="camp_detector_")) / "probability.tif"
    try:
        outcome, crs, warnings = jobs.run(job, feedback, {"probability": path}, warn)
    finally:
        if not path.exists():
            shutil.rmtree(path.parent, ignore_errors=True)
    return Preview(path, outcome.spec, outcome.grid, _scores(path), crs, tuple(warnings))


def first(
    job: Job, threshold: float, feedback: QgsProcessingFeedback, warn: Callable[[str], None]
) -> PreviewResult:
    """Run the model over the visible map, and find the dwellings; in a thread.

    Raises:
        CampDetectorError: See `run`.
    """
    preview = run(job, feedback, warn)
    try:
        return PreviewResult(preview, dwellings(preview, threshold), threshold)
    except BaseException:
        preview.discard()
        raise


def _scores(path: Path) -> NDArray[np.uint8]:
    """All scores of a file that `run` has written."""
    import numpy as np
    from osgeo import gdal

    dataset = gdal.Open(str(path))
    shape = (dataset.RasterCount, dataset.RasterYSize, dataset.RasterXSize)
    return np.frombuffer(dataset.ReadRaster(), np.uint8).reshape(shape)


def dwellings(preview: Preview, threshold: float) -> DwellingRows:
    """The dwellings at a threshold, as detection gives them.

    Args:
        preview: From `run`.
        threshold: Above 0 and at most 1.
    """
    settings = Settings()
    spec, grid = replace(preview.spec, threshold=threshold), preview.grid
    classes = instances.separate(preview.scores, spec, row=0, col=0)
    options = outline.OutlineOptions(
        tolerance=settings.tolerance(grid), min_pixels=spec.min_area / grid.pixel_area
    )
    sink = polygons.PolygonSink(grid.shape, spec, options)
    sink.write(grid.window, preview.scores, classes)
    crs: Optional[Crs] = None
    if grid.crs_wkt:
        crs = GdalCrs.from_text(grid.crs_wkt)
    return table.rows_of(sink.finish(), grid, spec, crs)
