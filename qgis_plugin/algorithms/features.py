"""Features of a layer, taken from it before a run leaves the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsFeature, QgsFeatureRequest, QgsWkbTypes

from ..compat import GEOMETRY_COLLECTION, UNCHECKED
from ..faults import Fault
from ..i18n import tr
from ..layers import file_of, lies_somewhere
from .targets import misread

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeatureSource, QgsProcessingFeedback

    from .entries import Entries


class Features:
    """A source of features, opened: the layer may be changed or removed while it is read."""

    def __init__(
        self,
        source: QgsProcessingFeatureSource,
        context: QgsProcessingContext,
        *,
        into: Optional[QgsCoordinateReferenceSystem] = None,
        attributes: Optional[list[int]] = None,
    ) -> None:
        """Open them; in the main thread.

        Args:
            source: QGIS' source of features.
            context: Of the run.
            into: CRS that the shapes are wanted in; None: their own.
            attributes: Numbers of the fields that are wanted; None: all.
        """
        self.name = source.sourceName()
        self.crs: QgsCoordinateReferenceSystem = source.sourceCrs()
        self.fields = source.fields()
        self.count = max(0, source.featureCount())
        self._without_place = 0
        self._is_moved = into is not None
        request = QgsFeatureRequest()
        if attributes is not None:
            request.setSubsetOfAttributes(attributes)
        if into is not None:
            request.setDestinationCrs(into, context.transformContext())
            request.setTransformErrorCallback(self._lose)
        self._features = source.getFeatures(request, UNCHECKED)

    def __iter__(self) -> Iterator[QgsFeature]:
        """One after another; once."""
        for feature in self._features:
            shape = feature.geometry()
            if not self._is_moved or shape.isNull() or shape.boundingBox().isFinite():
                yield feature
            else:  # what PROJ makes of places beyond the world
                self._without_place += 1

    def tell(self, feedback: QgsProcessingFeedback) -> None:
        """Say what could not be placed, once all are read."""
        if self._without_place:
            feedback.pushWarning(
                tr(
                    "Outlines of {layer} that have no place in the other layer's coordinate system "
                    "and are left out: {count}. Look at its coordinate system.",
                    layer=self.name,
                    count=f"{self._without_place:,}",
                )
            )

    def _lose(self, _feature: QgsFeature) -> None:
        self._without_place += 1


def source_of(entries: Entries, name: str, *, optional: bool = False) -> Any:
    """QGIS' source of a parameter; None where it may be left out, and is.

    Raises:
        Fault: The layer is gone, or cannot be read.
    """
    algorithm, parameters = entries.algorithm, entries.parameters
    source = algorithm.parameterAsSource(parameters, name, entries.context)
    if source is None and not (optional and name not in entries):
        raise Fault(algorithm.invalidSourceError(parameters, name))
    layer = None if source is None else entries.vector(name)
    problem = None
    if layer is not None and layer.providerType() == "ogr":
        problem = misread(file_of(layer.source())[0])
    if problem:
        raise Fault(problem)
    return source


def placed_source(entries: Entries, name: str, *, optional: bool = False) -> Any:
    """The same of a layer that lies on the Earth.

    Raises:
        Fault: The layer is gone, cannot be read, or has no coordinate system.
    """
    source = source_of(entries, name, optional=optional)
    if source is None or lies_somewhere(source.sourceCrs()):
        return source
    if QgsWkbTypes.flatType(source.wkbType()) == GEOMETRY_COLLECTION:
        text = tr(
            "{layer} holds geometry collections, to which QGIS gives no coordinate system: "
            "turn them into polygons first.",
            layer=source.sourceName(),
        )
    else:
        text = tr(
            "{layer} has no coordinate system, so that areas on the ground are unknown: set it "
            "in the layer's properties.",
            layer=source.sourceName(),
        )
    raise Fault(text)
