"""What a user is asked for before a model is run, and what is made of the answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Optional

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRectangle,
    QgsSettings,
)

from camp_detector_core.georaster.settings import Settings

from ..compat import DOUBLE, INTEGER, POLYGONS
from ..i18n import tr
from ..runtime import devices
from ..sources import Layer, look_at
from .base import CampAlgorithm, Fault
from .features import source_of
from .mask import polygons_of

INPUT, EXTENT, MASK, DEVICE = "INPUT", "EXTENT", "MASK", "DEVICE"
THRESHOLD, RESOLUTION, OVERLAP, TILE_SIZE = "THRESHOLD", "RESOLUTION", "OVERLAP", "TILE_SIZE"
BANDS, STRETCH, NODATA, SEPARATE, TTA = "BANDS", "STRETCH", "NODATA", "SEPARATE", "TTA"
EXTERNAL = "ALLOW_EXTERNAL_SOURCES"
_DEVICE = "camp_detector/device"
"""Of the user's settings."""
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
    mask: Optional[list[bytes]]
    """Polygons in the layer's CRS as well-known binary: the layer that holds them belongs to the
    main thread and may be removed while the model runs. None: none."""
    resolution: Optional[float]
    device: str


class AsksForModel(CampAlgorithm):
    """An algorithm with the parameters of a run."""

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
        preferred = str(QgsSettings().value(_DEVICE, devices.AUTO) or devices.AUTO)
        self.addParameter(
            QgsProcessingParameterEnum(
                DEVICE,
                tr("Device"),
                options=present,
                defaultValue=preferred if preferred in present else devices.AUTO,
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
                EXTERNAL, tr("Let the imagery read files outside of its folder"), defaultValue=False
            )
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

    def asked(self, parameters: dict[str, Any], context: Any, *, with_mask: bool = True) -> Asked:
        """All parameters, read and held against each other; in the main thread.

        Args:
            parameters: As the user gave them.
            context: Of the run.
            with_mask: Whether all polygons are read; else one, to see that there is any.

        Raises:
            Fault: Something is missing.
            SourceError: The layer cannot be used.
            CampDetectorError: The engine's, for values that cannot be.
        """
        raster = self.parameterAsRasterLayer(parameters, INPUT, context)
        if raster is None and isinstance(parameters.get(INPUT), str):
            msg = tr(
                "{path} cannot be read as imagery: choose a raster layer or file.",
                path=parameters[INPUT],
            )
            raise Fault(msg)
        layer = look_at(raster)
        extent = None
        if parameters.get(EXTENT):
            extent = self.parameterAsExtent(parameters, EXTENT, context, layer.crs)
            if extent.isEmpty():
                raise Fault(tr("“Extent” (EXTENT) is empty: choose another one, or leave it out."))
        settings = Settings(
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
            mask=self._mask(parameters, context, layer.crs, None if with_mask else 1),
            resolution=self.number(parameters, RESOLUTION, context),
            device=self._device(parameters, context),
        )

    def accepted(self, parameters: dict[str, Any], context: Any) -> dict[str, Any]:
        """See `CampAlgorithm.accepted`; the device is looked at, too.

        Raises:
            Fault: Nothing has such a name.
        """
        left = super().accepted(parameters, context)
        if not isinstance(parameters.get(DEVICE), (str, int, float)):
            return left
        return {**left, DEVICE: self._device(parameters, context)}

    def _device(self, parameters: dict[str, Any], context: Any) -> str:
        """What the model is to run on.

        Raises:
            Fault: There is no such device.
        """
        name, known = self.parameterAsString(parameters, DEVICE, context), devices.devices()
        if name and name not in known:
            raise Fault(
                tr(
                    "There is no device {name}: choose one of {known} as “Device” (DEVICE).",
                    name=name,
                    known=", ".join(known),
                )
            )
        return name or devices.AUTO

    def _mask(
        self, parameters: dict[str, Any], context: Any, crs: Any, most: Optional[int]
    ) -> Optional[list[bytes]]:
        """The polygons that bound the search, see `polygons_of`; None: it has no bounds.

        Raises:
            Fault: There is none in their layer, or that is gone.
        """
        source = source_of(self, parameters, MASK, context, optional=True)
        return None if source is None else polygons_of(source, crs, context, most=most)

    def _options(self, parameters: dict[str, Any], context: Any) -> dict[str, Any]:
        """For the engine's `SourceOptions`."""
        options: dict[str, Any] = {"external": self.parameterAsBool(parameters, EXTERNAL, context)}
        bands = self.parameterAsString(parameters, BANDS, context).strip()
        if bands:
            try:
                options["bands"] = tuple(int(b) for b in bands.split(","))
            except ValueError as error:
                msg = tr(
                    "“Bands” (BANDS) must be numbers between commas such as 4,3,2, got {x}.",
                    x=bands,
                )
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


def _pair(text: str) -> tuple[float, float]:
    try:
        low, high = (float(v) for v in text.split(","))
    except ValueError:
        low = high = math.nan
    if not math.isfinite(high - low):
        raise Fault(tr("“Stretch” (STRETCH) must be LOW,HIGH or percentile, got {x}.", x=text))
    return low, high
