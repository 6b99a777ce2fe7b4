"""Dwellings on the visible map, kept so that another threshold costs no run of the model."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)

from camp_detector_core.detection.request import Outputs, Request
from camp_detector_core.detection.run import detect
from camp_detector_core.engine import instances
from camp_detector_core.engine.errors import Cancelled
from camp_detector_core.engine.polygons import outline
from camp_detector_core.engine.polygons import sink as polygons
from camp_detector_core.georaster import table
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.settings import Settings
from camp_detector_core.hostgdal.library import GdalCrs
from camp_detector_core.hostgdal.run import GdalRun

from ..doubts import in_words
from ..feedback import Stoppable, TileProgress
from ..i18n import tr
from ..layers import Layer, SourceError
from ..runtime import devices
from ..sources import raster_of

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


@dataclass(frozen=True)
class Ask:
    """A request for a preview; made in the main thread."""

    layer: Layer
    model: InstalledModel
    extent: QgsRectangle
    """In the layer's CRS."""
    device: str


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
class Shown:
    """A preview at one threshold."""

    preview: Preview
    rows: DwellingRows
    """The dwellings, as `dwellings` gives them."""
    threshold: float


def visible(layer: QgsMapLayer, canvas: QgsMapCanvas) -> QgsRectangle:
    """The part of a layer that is on the map, in the layer's CRS.

    Raises:
        SourceError: There is none.
    """
    settings = canvas.mapSettings()
    extent = settings.visibleExtent()
    if layer.crs().isValid() and settings.destinationCrs().isValid():
        there = QgsCoordinateTransform(
            settings.destinationCrs(), layer.crs(), QgsProject.instance()
        )
        try:
            extent = there.transformBoundingBox(extent)
        except QgsCsException as error:
            raise SourceError(
                tr("The map shows no place that {layer} knows: zoom to the layer.",
                   layer=layer.name())
            ) from error  # fmt: skip
    extent = extent.intersect(layer.extent())
    if extent.isEmpty():
        raise SourceError(tr("{layer} is not on the map: zoom to the layer.", layer=layer.name()))
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
    across = 2 * measure.measureLine(QgsPointXY(extent.xMinimum(), middle.y()), middle)
    along = 2 * measure.measureLine(QgsPointXY(middle.x(), extent.yMinimum()), middle)
    return float(across * along) / gsd**2


def check_size(ask: Ask) -> None:
    """Refuse what would take long.

    Raises:
        SourceError: The map shows too much.
    """
    pixels = pixels_of(ask.extent, ask.layer.crs, ask.model.spec.gsd)
    if pixels > MAX_PIXELS:
        raise SourceError(
            tr("The map shows {million} million pixels of the model, too many for a preview (at "
               "most {most}): zoom in.",
               million=round(pixels / 1e6), most=MAX_PIXELS // 1_000_000)
        )  # fmt: skip


def run(ask: Ask, feedback: QgsProcessingFeedback, warn: Callable[[str], None]) -> Preview:
    """Run the model over the visible map; in a thread.

    Raises:
        CampDetectorError: The layer or the model cannot be used; or the user stopped it.
        SourceError: The layer cannot be used.
        RuntimeProblem: ONNX Runtime is not there.
    """
    progress = TileProgress(feedback)
    loaded = devices.load(ask.model.read(), ask.device, warn)
    predictor = Stoppable(loaded, progress, Cancelled)
    # The map shows the layer already, with all that it reads.
    raster = raster_of(
        ask.layer,
        predictor.spec,
        extent=ask.extent,
        resolution=None,
        options=SourceOptions(external=True),
    )
    if raster.library is not None:
        raster.library.errors.listen(feedback)
    path = Path(tempfile.mkdtemp(prefix="camp_detector_")) / "probability.tif"
    try:
        request = Request(
            (raster.name,),
            predictor,
            source=raster.options,
            outputs=Outputs(probability=path),
        )
        outcome = detect(request, raster.library or GdalRun(), progress)
    finally:
        raster.close()
        if not path.exists():
            shutil.rmtree(path.parent, ignore_errors=True)
    warnings = [in_words(warning) for warning in outcome.warnings]
    if raster.library is not None:
        warnings += raster.library.errors.warnings()
    crs = raster.crs
    if not crs.isValid() and outcome.grid.crs_wkt:
        crs = QgsCoordinateReferenceSystem.fromWkt(outcome.grid.crs_wkt)
    return Preview(path, outcome.spec, outcome.grid, _scores(path), crs, tuple(warnings))


def first(
    ask: Ask, threshold: float, feedback: QgsProcessingFeedback, warn: Callable[[str], None]
) -> Shown:
    """Run the model over the visible map, and find the dwellings; in a thread.

    Raises:
        CampDetectorError: See `run`.
        SourceError: See `run`.
        RuntimeProblem: See `run`.
    """
    preview = run(ask, feedback, warn)
    try:
        return Shown(preview, dwellings(preview, threshold), threshold)
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


def polygon(rings: Sequence[Sequence[tuple[float, float]]]) -> QgsGeometry:
    """A dwelling's geometry."""
    return QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in ring] for ring in rings])
