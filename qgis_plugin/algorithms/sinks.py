"""How features get to their place, and what QGIS is told of where to write them meanwhile."""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsDataSourceUri,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProperty,
)

from .targets import DATABASES, is_folder

if TYPE_CHECKING:
    from .places import Place


class Way(Enum):
    """How features get to their place."""

    MOVED = "as a file of their own"
    PUT = "as a table of a file that was there"
    DIRECT = "QGIS writes them where they stay"


def way_of(given: Any, place: Place) -> Way:
    """How features get to a place.

    Args:
        given: The parameter, as the user gave it.
        place: What it means.
    """
    is_added = isinstance(given, QgsProcessingOutputLayerDefinition) and given.useRemapping()
    if is_added or place.provider == "spatialite" or is_folder(place):
        return Way.DIRECT
    if place.table is None or not os.path.exists(place.path):  # noqa: PTH110
        return Way.MOVED
    return Way.PUT if place.driver in DATABASES else Way.DIRECT


def source_of(path: str, place: Place) -> str:
    """What QGIS calls a file, or the table of it that a place names."""
    if place.table is None:
        return path
    uri = QgsDataSourceUri()
    uri.setDataSource("", place.table, place.geometry or "geom")
    uri.setDatabase(path)
    return f"ogr:{uri.uri(expandAuthConfig=False)}"


def redirected(given: Any, to: str) -> Any:
    """A parameter for features with another place, which is not to be loaded.

    Args:
        given: The parameter, as the user gave it.
        to: The other place.
    """
    if not isinstance(given, QgsProcessingOutputLayerDefinition):
        return to
    other = QgsProcessingOutputLayerDefinition(given)
    other.sink = QgsProperty.fromValue(to)
    other.destinationProject = None
    return other


def load(given: Any, place: str, definition: Any, context: Any) -> None:
    """Have QGIS load features from their place, if it was asked to.

    Args:
        given: The parameter, as the user gave it.
        place: Where the features are.
        definition: Of the parameter.
        context: Of the run.
    """
    project = getattr(given, "destinationProject", None)
    if project is None:
        return
    name = given.destinationName or definition.description()
    details = QgsProcessingContext.LayerDetails(
        name, project, definition.name(), QgsProcessingUtils.LayerHint.Vector
    )
    context.addLayerToLoadOnCompletion(place, details)
