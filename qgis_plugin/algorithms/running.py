"""What the algorithms that run a model share: their parameters, their checks, and the run."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Optional

from qgis.core import (
    QgsCoordinateTransform,
    QgsFeatureRequest,
    QgsProcessingException,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRectangle,
)

from .. import runtime
from ..compat import DOUBLE, INTEGER, POLYGONS
from ..feedback import Stoppable, TileProgress
from ..i18n import tr
from ..runtime import devices
from ..sources import Layer, SourceError, look_at, raster_of
from ..text import plain
from ..vendored import engine
from .base import CampAlgorithm, Fault, stop_with

INPUT, EXTENT, MASK, DEVICE = "INPUT", "EXTENT", "MASK", "DEVICE"
THRESHOLD, RESOLUTION, OVERLAP, TILE_SIZE = "THRESHOLD", "RESOLUTION", "OVERLAP", "TILE_SIZE"
BANDS, STRETCH, NODATA, SEPARATE, TTA = "BANDS", "STRETCH", "NODATA", "SEPARATE", "TTA"
_PERCENTILE = "percentile"


@dataclass
class Asked:
    """What the user asked for, taken from the parameters in the main thread."""

    layer: Layer
    model: Any
    """An `InstalledModel`."""
    settings: Any
    """The engine's `Settings`."""
    options: dict[str, Any]
    """For the engine's `SourceOptions`."""
    extent: Optional[QgsRectangle]
    """In the layer's CRS."""
    mask: Any
    """A feature source; None: none."""
    resolution: Optional[float]
    device: str


class RunsModel(CampAlgorithm):
    """An algorithm that runs a model over a raster layer."""

    def add_inputs(self) -> None:
        """Add what is asked for first."""
        self.addParameter(QgsProcessingParameterRasterLayer(INPUT, tr("Imagery")))
        self.add_model()
        self.addParameter(QgsProcessingParameterExtent(EXTENT, tr("Extent"), optional=True))
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                MASK, tr("Only inside of these polygons"), [POLYGONS], optional=True
            )
        )
        self._number(
            THRESHOLD,
            tr("Threshold"),
            tr("Probability, 0 to 1, from which a pixel is dwelling. Not set: the model's own."),
            most=1.0,
        )

    def add_settings(self) -> None:
        """Add what is folded away."""
        present = devices.devices()
        self.addParameter(
            QgsProcessingParameterEnum(
                DEVICE,
                tr("Device"),
                options=present,
                defaultValue=devices.AUTO,
                usesStaticStrings=True,
            )
        )
        self._number(
            RESOLUTION,
            tr("Resolution (m)"),
            tr("Metres a pixel that the model is run at. Not set: what fits model and imagery."),
            is_advanced=True,
        )
        self._number(
            OVERLAP,
            tr("Tile overlap (pixels)"),
            tr("Pixels that neighbouring tiles share. Not set: the model's own."),
            kind=INTEGER,
        )
        self._number(
            TILE_SIZE,
            tr("Tile size (pixels)"),
            tr("Side of the tiles. Not set: what fits the imagery best."),
            kind=INTEGER,
        )
        for name, label, about in (
            (
                BANDS,
                tr("Bands"),
                tr("Numbers in the model's order, such as 4,3,2. Not set: by colour."),
            ),
            (
                STRETCH,
                tr("Stretch"),
                tr("LOW,HIGH of the pixel values, or percentile. Not set: where it is needed."),
            ),
        ):
            parameter = QgsProcessingParameterString(name, label, optional=True)
            parameter.setHelp(about)
            self.advanced(parameter)
        self._number(
            NODATA,
            tr("Value that means no image"),
            tr("Such as the white or black around many mosaics. Not set: what the layer says."),
            least=None,
            is_advanced=True,
        )
        self.advanced(
            QgsProcessingParameterBoolean(
                SEPARATE, tr("Part dwellings that touch"), defaultValue=True
            )
        )
        self.advanced(
            QgsProcessingParameterBoolean(
                TTA, tr("Look at each tile 8 times (slow)"), defaultValue=False
            )
        )

    def _number(  # noqa: PLR0913 - the facts of a parameter
        self,
        name: str,
        label: str,
        about: str,
        *,
        kind: Any = DOUBLE,
        least: Optional[float] = 0.0,
        most: Optional[float] = None,
        is_advanced: bool = False,
    ) -> None:
        """Add an optional number; ``about`` is shown when the mouse rests on it."""
        parameter = QgsProcessingParameterNumber(name, label, kind, optional=True)
        parameter.setHelp(about)
        if least is not None:
            parameter.setMinimum(least)
        if most is not None:
            parameter.setMaximum(most)
        if is_advanced or kind == INTEGER:
            self.advanced(parameter)
        else:
            self.addParameter(parameter)

    def extra_settings(self, parameters: dict[str, Any], context: Any) -> dict[str, Any]:
        """More of the engine's `Settings`."""
        del parameters, context
        return {}

    def checkParameterValues(self, parameters: dict[str, Any], context: Any) -> tuple[bool, str]:
        """Whether it can be run, and if not why, in a sentence."""
        ok, said = super().checkParameterValues(parameters, context)
        problem = runtime.problem()
        if problem:
            return False, problem
        if not ok and INPUT not in parameters:
            return ok, said
        try:
            asked = self.asked(parameters, context)
            self._look_at_raster(asked)
        except (Fault, SourceError, engine("engine.errors").CampDetectorError) as error:
            return False, plain(str(error))
        return ok, said

    def asked(self, parameters: dict[str, Any], context: Any) -> Asked:
        """All parameters, read and held against each other; in the main thread.

        Raises:
            Fault: Something is missing.
            SourceError: The layer cannot be used.
            CampDetectorError: The engine's, for values that cannot be.
        """
        raster = self.parameterAsRasterLayer(parameters, INPUT, context)
        layer = look_at(raster)
        extent = None
        if parameters.get(EXTENT):
            extent = self.parameterAsExtent(parameters, EXTENT, context, layer.crs)
            if extent.isEmpty():
                raise Fault(tr("The extent is empty: choose another one, or leave it out."))
        settings = engine("georaster.settings").Settings(
            threshold=self.number(parameters, THRESHOLD, context),
            overlap=self._whole(parameters, OVERLAP, context),
            tile_size=self._whole(parameters, TILE_SIZE, context),
            separate=None if self.parameterAsBoolean(parameters, SEPARATE, context) else False,
            tta=self.parameterAsBoolean(parameters, TTA, context),
            **self.extra_settings(parameters, context),
        )
        return Asked(
            layer=layer,
            model=self.chosen_model(parameters, context),
            settings=settings,
            options=self._options(parameters, context),
            extent=extent,
            mask=self.parameterAsSource(parameters, MASK, context),
            resolution=self.number(parameters, RESOLUTION, context),
            device=self.parameterAsEnumString(parameters, DEVICE, context) or devices.AUTO,
        )

    def run_model(self, asked: Asked, context: Any, feedback: Any, **outputs: Any) -> Any:
        """Run the model; gives the engine's `Found` and the CRS of the results, None if stopped.

        Args:
            asked: From `asked`.
            context: Of the run.
            feedback: Told how far it is, and asked whether to stop.
            outputs: ``mask`` and ``probability`` for the engine's `HostJob`.

        Raises:
            QgsProcessingException: It cannot be done; one sentence.
        """
        errors, run = engine("engine.errors"), engine("hostgdal.run")
        progress = TileProgress(feedback)
        try:
            predictor = devices.load(asked.model.read(), asked.device, feedback.pushWarning)
            feedback.pushInfo(
                tr("Model {id} on {where}", id=asked.model.id, where=predictor.provider)
            )
            raster = raster_of(
                asked.layer, asked.model.spec, extent=asked.extent, resolution=asked.resolution
            )
            with closing(raster):
                if raster.library is not None:
                    raster.library.stop_with(feedback)
                job = run.HostJob(
                    settings=asked.settings,
                    source=engine("georaster.options").SourceOptions(
                        **{**asked.options, **raster.options}
                    ),
                    extent=raster.extent,
                    area=self._polygons(asked, context),
                    overwrite=True,
                    **outputs,
                )
                found = run.detect_raster(
                    raster.name,
                    Stoppable(predictor, progress, errors.Cancelled),
                    job,
                    progress=progress,
                    library=raster.library,
                )
                self._tell(found, raster, feedback)
        except errors.Cancelled:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return None
        except (Fault, SourceError, runtime.RuntimeProblem, errors.CampDetectorError) as error:
            raise stop_with(error) from error
        return found, raster.crs

    def _tell(self, found: Any, raster: Any, feedback: Any) -> None:
        """Say what the user should know of a run."""
        for warning in found.warnings:
            feedback.pushWarning(plain(warning))
        refused = () if raster.library is None else raster.library.errors
        if refused:
            feedback.pushWarning(
                tr(
                    "Some of the imagery could not be fetched, and no dwelling is found there: "
                    "{reasons}",
                    reasons="; ".join(refused)[:500],
                )
            )
        if found.stats.inferred == 0:
            feedback.pushWarning(tr("There is no valid pixel where dwellings were looked for."))
        width, height = found.grid.shape.width, found.grid.shape.height
        gsd = max(found.grid.gsd)
        feedback.pushInfo(
            tr(
                "{width} x {height} pixels of {gsd} m in {tiles} tiles, {skipped} of them empty",
                tiles=found.stats.windows, width=width, height=height, gsd=f"{gsd:.3g}",
                skipped=found.stats.skipped,
            )
        )  # fmt: skip

    def _look_at_raster(self, asked: Asked) -> None:
        """Open the raster as the run will, without reading a pixel.

        Raises:
            Fault: It lies elsewhere than the extent.
            SourceError: It cannot be used.
            CampDetectorError: The same.
        """
        spec = asked.settings.apply(asked.model.spec)
        raster = raster_of(asked.layer, spec, extent=asked.extent, resolution=asked.resolution)
        with closing(raster):
            options = engine("georaster.options").SourceOptions(
                **{**asked.options, **raster.options}
            )
            source = engine("hostgdal.opening").open_gdal_source(
                raster.name, spec, options, extent=raster.extent, library=raster.library
            )
            source.close()

    def _polygons(self, asked: Asked, context: Any) -> Optional[list[bytes]]:
        """The mask in the layer's CRS as well-known binary."""
        if asked.mask is None:
            return None
        request = QgsFeatureRequest()
        if asked.layer.crs.isValid():
            request.setDestinationCrs(asked.layer.crs, context.transformContext())
        shapes = [f.geometry() for f in asked.mask.getFeatures(request)]
        found = [bytes(shape.asWkb()) for shape in shapes if not shape.isEmpty()]
        if not found:
            raise Fault(tr("The layer of polygons is empty: choose another one, or none."))
        return found

    def _options(self, parameters: dict[str, Any], context: Any) -> dict[str, Any]:
        """For the engine's `SourceOptions`."""
        options: dict[str, Any] = {}
        bands = self.parameterAsString(parameters, BANDS, context).strip()
        if bands:
            try:
                options["bands"] = tuple(int(b) for b in bands.split(","))
            except ValueError as error:
                msg = tr("Bands must be numbers between commas such as 4,3,2, got {x}.", x=bands)
                raise Fault(msg) from error
        stretch = self.parameterAsString(parameters, STRETCH, context).strip()
        if stretch == _PERCENTILE:
            options["stretch"] = stretch
        elif stretch:
            options["stretch"] = _pair(stretch)
        nodata = self.number(parameters, NODATA, context)
        if nodata is not None:
            options["nodata"] = nodata
        return options

    def number(self, parameters: dict[str, Any], name: str, context: Any) -> Optional[float]:
        """A number, or None where it is not given."""
        if parameters.get(name) is None or parameters.get(name) == "":
            return None
        return float(self.parameterAsDouble(parameters, name, context))

    def _whole(self, parameters: dict[str, Any], name: str, context: Any) -> Optional[int]:
        value = self.number(parameters, name, context)
        return None if value is None else int(value)

    def to_layer(self, context: Any, crs: Any) -> QgsCoordinateTransform:
        """From a CRS to the project's."""
        return QgsCoordinateTransform(crs, context.project().crs(), context.transformContext())


def _pair(text: str) -> tuple[float, float]:
    try:
        low, high = (float(v) for v in text.split(","))
    except ValueError:
        low = high = math.nan
    if not math.isfinite(high - low):
        raise Fault(tr("Stretch must be LOW,HIGH or percentile, got {x}.", x=text))
    return low, high


def prepared(asked: Optional[Asked]) -> Asked:
    """What `prepareAlgorithm` has left.

    Raises:
        QgsProcessingException: It left nothing.
    """
    if asked is None:
        raise QgsProcessingException(tr("The algorithm was not prepared: run it again."))
    return asked
