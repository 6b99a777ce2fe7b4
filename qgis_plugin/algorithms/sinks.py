"""Ways of results to their file, and the place that QGIS writes them to until then."""

from __future__ import annotations

import os
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Optional

from qgis.core import (
    QgsDataSourceUri,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProperty,
    QgsWkbTypes,
)

from .targets import DATABASES, is_folder

if TYPE_CHECKING:
    from qgis.core import QgsFields, QgsProcessingParameterDefinition

    from .places import Place


_BATCH = 500
"""Features between two looks at whether the user wants to stop."""
_NOT_FIRST = "`~!@#$%^&*()+-={}|[]\\:\";'<>?,./"
"""Letters with which no table of a GeoPackage begins."""
_TABLE = "dwellings"


Row = tuple[QgsGeometry, list[object]]
"""Shape and values of a feature."""


class Way(Enum):
    """A way of features to their place."""

    MOVED = "as a file of their own"
    CONVERTED = "the same, by way of a GeoPackage"
    PUT = "as a table of a file that was there"
    DIRECT = "QGIS writes them where they stay"


def way_of(destination: object, place: Place) -> Way:
    """Choose the way of features to a place.

    Args:
        destination: The parameter, as the user gave it.
        place: What it means.
    """
    is_added = (
        isinstance(destination, QgsProcessingOutputLayerDefinition) and destination.useRemapping()
    )
    if is_added or place.provider == "spatialite" or is_folder(place):
        return Way.DIRECT
    if place.format is not None and (place.table is None or place.driver not in DATABASES):
        return Way.MOVED if place.is_geopackage else Way.CONVERTED
    if place.table is None or not os.path.exists(place.path):  # noqa: PTH110
        return Way.MOVED
    return Way.PUT if place.driver in DATABASES else Way.DIRECT


def source_of(path: str, place: Place) -> str:
    """QGIS' name of a file, or of the table of it that a place names.

    QGIS names the table of a new GeoPackage after the file, which GDAL refuses for some names.
    """
    table, stem = place.table, Path(path).stem
    if table is None and place.is_geopackage and stem[:1] in _NOT_FIRST:
        table = stem.lstrip(_NOT_FIRST) or _TABLE
    if table is None:
        return path
    uri = QgsDataSourceUri()
    uri.setDataSource("", table, place.geometry or "geom")
    uri.setDatabase(path)
    return f"ogr:{uri.uri(expandAuthConfig=False)}"


def redirected(destination: object, to: str) -> object:
    """A parameter for features with another place, which is not to be loaded.

    Args:
        destination: The parameter, as the user gave it.
        to: The other place.
    """
    if not isinstance(destination, QgsProcessingOutputLayerDefinition):
        return to
    other = QgsProcessingOutputLayerDefinition(destination)
    other.sink = QgsProperty.fromValue(to)
    other.destinationProject = None  # type: ignore[assignment]
    return other


def load(
    destination: object,
    place: str,
    definition: Optional[QgsProcessingParameterDefinition],
    context: QgsProcessingContext,
) -> None:
    """Have QGIS load features from their place, if it was asked to.

    Args:
        destination: The parameter, as the user gave it.
        place: Where the features are.
        definition: Of the parameter.
        context: Of the run.
    """
    if not isinstance(destination, QgsProcessingOutputLayerDefinition):
        return
    project = destination.destinationProject
    if project is None or definition is None:  # type: ignore[redundant-expr]
        return
    name = destination.destinationName or definition.description()
    details = QgsProcessingContext.LayerDetails(
        name, project, definition.name(), QgsProcessingUtils.LayerHint.Vector
    )
    context.addLayerToLoadOnCompletion(place, details)


def features_of(fields: QgsFields, kind: Any, rows: Iterable[Row]) -> Iterator[list[QgsFeature]]:
    """Yield features, so many at a time; at least one list, which may be empty.

    Args:
        fields: Of the features.
        kind: Of their shapes, which are made multiple where it is.
        rows: Shape and values of each.
    """
    following = iter(rows)
    while True:
        batch = [_feature(fields, kind, *row) for row in islice(following, _BATCH)]
        yield batch
        if len(batch) < _BATCH:
            return


def _feature(fields: QgsFields, kind: Any, shape: QgsGeometry, values: list[object]) -> QgsFeature:
    feature, geometry = QgsFeature(fields), QgsGeometry(shape)
    if QgsWkbTypes.isMultiType(kind):
        geometry.convertToMultiType()
    feature.setGeometry(geometry)
    feature.setAttributes(values)
    return feature
