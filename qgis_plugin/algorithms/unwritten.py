"""Reasons why features could not be written, in words."""

from __future__ import annotations

from qgis.core import QgsProcessingException

from ..i18n import tr
from .places import Place

_LOCKED = "locked"


def cannot_write(path: str, reason: str) -> QgsProcessingException:
    """The exception for a place that cannot be written to, for a reason of GDAL's."""
    if _LOCKED in reason:
        return QgsProcessingException(
            tr(
                "{path} is being changed by another program, or by an edit in QGIS: finish that "
                "first.",
                path=path,
            )
        )
    return QgsProcessingException(
        tr("{path} cannot be written: {reason}. Is the disk full?", path=path, reason=reason)
    )


def not_whole(path: str) -> QgsProcessingException:
    """The exception for a file from which less can be read than was written."""
    if Place(path).is_geopackage:
        return QgsProcessingException(
            tr("{path} could not be written whole: is the disk full?", path=path)
        )
    return QgsProcessingException(
        tr(
            "{path} could not be written whole: the disk may be full, or its format not hold all "
            "outlines as a GeoPackage (.gpkg) does.",
            path=path,
        )
    )
