"""The polygons that bound where a model looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from camp_detector_core.engine.parameters import AREA
from camp_detector_core.engine.polygons.surfaces import Surfaces

from ..faults import Fault
from ..i18n import tr
from ..layers import lies_somewhere
from ..words import WORDS
from .features import Features

if TYPE_CHECKING:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsProcessingContext,
        QgsProcessingFeatureSource,
    )


def polygons_of(
    source: QgsProcessingFeatureSource,
    crs: QgsCoordinateReferenceSystem,
    context: QgsProcessingContext,
    *,
    most: Optional[int] = None,
) -> list[bytes]:
    """The polygons of a layer as well-known binary, all of them or the first so many.

    Args:
        source: QGIS' source of features; what is not selected or filtered out is not in it.
        crs: That the polygons are given in.
        context: Of the run.
        most: Reading stops with so many; None: all.

    Raises:
        Fault: There is none.
    """
    is_placed = crs.isValid() and lies_somewhere(source.sourceCrs())
    polygons: list[bytes] = []
    surfaces = Surfaces()
    for feature in Features(source, context, into=crs if is_placed else None, attributes=[]):
        shape = feature.geometry()
        if not shape.isEmpty():
            for outline in surfaces.take(bytes(shape.asWkb())):
                polygons += outline.wkb()
        if most is not None and len(polygons) >= most:
            break
    if not polygons:
        raise Fault(
            tr(
                "The layer of {parameter} has no polygon: choose another one, or none.",
                parameter=WORDS.parameter(AREA.name, None),
            )
        )
    return polygons
