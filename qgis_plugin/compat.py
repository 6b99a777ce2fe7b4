"""Names that moved between QGIS 3.22 with Qt 5 and QGIS 4 with Qt 6."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsFeatureSink,
    QgsField,
    QgsProcessing,
    QgsProcessingFeatureSource,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterNumber,
    QgsWkbTypes,
)
from qgis.PyQt import QtCore


def _of(new: tuple[str, str], old: Any, old_name: str) -> Any:
    """A value of a scoped enum of ``Qgis``, or where it was before."""
    scope = getattr(Qgis, new[0], None)
    return getattr(scope, new[1]) if hasattr(scope, new[1]) else getattr(old, old_name)


POINTS = _of(("ProcessingSourceType", "VectorPoint"), QgsProcessing, "TypeVectorPoint")
POLYGONS = _of(("ProcessingSourceType", "VectorPolygon"), QgsProcessing, "TypeVectorPolygon")
IS_POINT = _of(("GeometryType", "Point"), QgsWkbTypes, "PointGeometry")
IS_POLYGON = _of(("GeometryType", "Polygon"), QgsWkbTypes, "PolygonGeometry")
ADVANCED = _of(
    ("ProcessingParameterFlag", "Advanced"), QgsProcessingParameterDefinition, "FlagAdvanced"
)
INTEGER = _of(("ProcessingNumberParameterType", "Integer"), QgsProcessingParameterNumber, "Integer")
DOUBLE = _of(("ProcessingNumberParameterType", "Double"), QgsProcessingParameterNumber, "Double")
UNCHECKED = _of(
    ("ProcessingFeatureSourceFlag", "SkipGeometryValidityChecks"),
    QgsProcessingFeatureSource,
    "FlagSkipGeometryValidityChecks",
)
"""Outlines that cross themselves are read as well: QGIS' own check throws through Python's loop."""
_flags: Any = getattr(QgsFeatureSink, "Flag", QgsFeatureSink)
FAST_INSERT = _flags.FastInsert
POLYGON = _of(("WkbType", "Polygon"), QgsWkbTypes, "Polygon")
MULTI_POLYGON = _of(("WkbType", "MultiPolygon"), QgsWkbTypes, "MultiPolygon")
GEOMETRY_COLLECTION = _of(("WkbType", "GeometryCollection"), QgsWkbTypes, "GeometryCollection")


def _type(name: str, old: str) -> Any:
    """A type of attributes: ``QMetaType`` where fields take it (QGIS 3.38), else ``QVariant``."""
    if Qgis.QGIS_VERSION_INT >= 33800:  # noqa: PLR2004 - the release that changed it
        return getattr(QtCore.QMetaType.Type, name)
    return getattr(QtCore.QVariant, old)


def integer(name: str) -> QgsField:
    """A field of whole numbers."""
    return QgsField(name, _type("Int", "Int"))


def large_integer(name: str) -> QgsField:
    """A field of whole numbers of 64 bits, such as numbers of features."""
    return QgsField(name, _type("LongLong", "LongLong"))


def double(name: str) -> QgsField:
    """A field of numbers."""
    return QgsField(name, _type("Double", "Double"))


def text(name: str) -> QgsField:
    """A field of text."""
    return QgsField(name, _type("QString", "String"))


def fields(kinds: dict[str, type]) -> list[QgsField]:
    """Fields of these names and Python types."""
    makers = {int: integer, float: double, str: text}
    return [makers[kind](name) for name, kind in kinds.items()]


def holds_parts(field: QgsField) -> bool:
    """True if the values of a field are lists or maps, which not every format takes."""
    return field.type() in {
        _type("QVariantList", "List"),
        _type("QStringList", "StringList"),
        _type("QVariantMap", "Map"),
    }
