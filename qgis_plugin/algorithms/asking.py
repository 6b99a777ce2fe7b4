"""The parameters of a run, and the request that they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Optional

from qgis.core import (
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterRasterLayer,
    QgsRectangle,
)

from camp_detector_core.engine import parameters as options
from camp_detector_core.engine.parameters import QGIS
from camp_detector_core.engine.predictors.open import AUTO, GPUS
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.settings import Settings

from ..compat import POLYGONS
from ..i18n import tr
from ..layers import Layer, look_at
from ..runtime import devices
from ..words import WORDS
from .base import CampAlgorithm, Fault
from .features import source_of
from .mask import polygons_of
from .options import definition_of, help_of, value_of

if TYPE_CHECKING:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsProcessingContext,
        QgsProcessingParameterDefinition,
    )

    from camp_detector_core.engine.parameter import Parameter

    from ..models.installed import InstalledModel


INPUT, EXTENT, MASK, DEVICE = (
    option.hosts[QGIS] for option in (options.IMAGES, options.EXTENT, options.AREA, options.DEVICE)
)
_SETTINGS = (
    options.GSD, options.OVERLAP, options.TILE_SIZE, options.BANDS, options.STRETCH,
    options.NODATA, options.EXTERNAL, options.SEPARATE, options.TTA,
)  # fmt: skip
"""Options that the dialogs fold away."""


@dataclass
class Choices:
    """The user's request, taken from the parameters in the main thread."""

    layer: Layer
    model: InstalledModel
    settings: Settings
    options: SourceOptions
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
        self._add(
            options.IMAGES, QgsProcessingParameterRasterLayer(INPUT, tr(options.IMAGES.label))
        )
        self.add_model()
        label = tr(options.EXTENT.label)
        self._add(options.EXTENT, QgsProcessingParameterExtent(EXTENT, label, optional=True))
        label = tr(options.AREA.label)
        self._add(
            options.AREA,
            QgsProcessingParameterFeatureSource(MASK, label, [POLYGONS], optional=True),
        )
        self.addParameter(definition_of(options.THRESHOLD))

    def _add(self, option: Parameter, definition: QgsProcessingParameterDefinition) -> None:
        definition.setHelp(help_of(option))
        self.addParameter(definition)

    def add_settings(self) -> None:
        """Add what is folded away."""
        present = devices.devices()
        preferred = devices.preference()
        self._add(
            options.DEVICE,
            QgsProcessingParameterEnum(
                DEVICE,
                tr(options.DEVICE.label),
                options=present,
                defaultValue=preferred if preferred in present else AUTO,
                usesStaticStrings=True,
            ),
        )
        for option in _SETTINGS:
            self.advanced(definition_of(option))

    def settings(self, parameters: dict[str, object], context: QgsProcessingContext) -> Settings:
        """Choices about running the model.

        Raises:
            ParameterError: A value cannot be.
        """
        value = partial(value_of, algorithm=self, parameters=parameters, context=context)
        return Settings(
            threshold=value(options.THRESHOLD),
            overlap=value(options.OVERLAP),
            tile_size=value(options.TILE_SIZE),
            separate=None if value(options.SEPARATE) else False,
            tta=value(options.TTA),
        )

    def choices_of(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        *,
        with_mask: bool = True,
    ) -> Choices:
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
                raise Fault(
                    tr(
                        "{parameter} is empty: choose another one, or leave it out.",
                        parameter=WORDS.parameter(options.EXTENT.name, None),
                    )
                )
        settings = self.settings(parameters, context)
        return Choices(
            layer=layer,
            model=self.chosen_model(parameters, context),
            settings=settings,
            options=self._options(parameters, context),
            extent=extent,
            mask=self._mask(parameters, context, layer.crs, None if with_mask else 1),
            resolution=value_of(options.GSD, self, parameters, context),
            device=self._device(parameters, context),
        )

    def accepted(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> dict[str, object]:
        """See `CampAlgorithm.accepted`; the device is looked at, too.

        Raises:
            Fault: Nothing has such a name.
        """
        left = super().accepted(parameters, context)
        if not isinstance(parameters.get(DEVICE), (str, int, float)):
            return left
        return {**left, DEVICE: self._device(parameters, context)}

    def _device(self, parameters: dict[str, object], context: QgsProcessingContext) -> str:
        """Device that the model is to run on.

        Raises:
            Fault: There is no such device.
        """
        name, known = self.parameterAsString(parameters, DEVICE, context), devices.devices()
        # The list has ONNX Runtime's names, which saved models hold; the command line's do as well.
        device = GPUS.get(name, name) or AUTO
        if device not in known:
            raise Fault(
                tr(
                    "There is no device {name}: choose one of {known} as {parameter}.",
                    name=name,
                    known=", ".join(known),
                    parameter=WORDS.parameter(options.DEVICE.name, None),
                )
            )
        return device

    def _mask(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        crs: QgsCoordinateReferenceSystem,
        most: Optional[int],
    ) -> Optional[list[bytes]]:
        """The polygons that bound the search, see `polygons_of`; None: it has no bounds.

        Raises:
            Fault: There is none in their layer, or that is gone.
        """
        source = source_of(self, parameters, MASK, context, optional=True)
        return None if source is None else polygons_of(source, crs, context, most=most)

    def _options(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> SourceOptions:
        """Choices about reading the imagery.

        Raises:
            ParameterError: A value cannot be.
        """
        value = partial(value_of, algorithm=self, parameters=parameters, context=context)
        return SourceOptions(
            bands=value(options.BANDS),
            stretch=value(options.STRETCH),
            nodata=value(options.NODATA),
            external=value(options.EXTERNAL),
        )
