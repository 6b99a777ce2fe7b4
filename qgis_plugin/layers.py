"""Facts of a raster layer, taken from it in the main thread."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional, Sequence

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsMultiBandColorRenderer,
    QgsPointXY,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsRectangle,
)

from camp_detector_core.georaster.ground import metres_per_unit
from camp_detector_core.hostgdal.library import GdalCrs

from .faults import Fault
from .i18n import tr
from .tiles.scheme import TileScheme

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsRasterRenderer

_SUFFIX = re.compile(
    r"\|(?=(?:layername|layerid|subset|geometrytype|uniquegeometrytype|authcfg"
    r"|option:[^=|]+|credential:[^=|]+)=)",
    re.IGNORECASE,
)
"""Start of QGIS' additions to the name of a file; "|" alone may be part of the name."""
_UNDEFINED = r'^\s*\w+\["undefined'
"""Start of the WKT of an undefined CRS."""


@dataclass(frozen=True)
class Layer:
    """Facts of a layer, taken from it in the main thread."""

    title: str
    crs: QgsCoordinateReferenceSystem
    extent: QgsRectangle
    file: Optional[str] = None
    """GDAL's name of it, where it is a file."""
    provider: Optional[QgsRasterDataProvider] = None
    """A provider of its own, where it is not."""
    tiles: Optional[TileScheme] = None
    """The map tiles that it is made of."""
    nodata: Optional[float] = None
    """The value that the user has called "additional no data" in the layer's properties."""
    drawn_bands: Optional[tuple[int, ...]] = None
    """Numbers of the bands that the map shows as red, green and blue."""


def file_of(source: str) -> tuple[str, str]:
    """The name of a file as GDAL knows it, and what QGIS writes after it.

    Args:
        source: A layer's source, such as ``camp.gpkg|layername=camp``.
    """
    if os.path.exists(source):  # noqa: PTH110 - the path may be anything
        return source, ""
    name, *suffixes = _SUFFIX.split(source, maxsplit=1)
    return name, "".join(suffixes)


def lies_somewhere(crs: QgsCoordinateReferenceSystem) -> bool:
    """True if coordinates of a CRS are places on the Earth.

    QGIS takes what a file calls undefined (GeoPackage's -1, 0 and 99999) for a CRS.
    """
    if not crs.isValid():
        return False
    return not re.search(_UNDEFINED, crs.toWkt(wkt_variant()), re.IGNORECASE)


def look_at(layer: Optional[QgsMapLayer]) -> Layer:
    """Take from a layer what is needed of it; in the main thread.

    Args:
        layer: A ``QgsRasterLayer``.

    Raises:
        Fault: It is not valid.
    """
    provider = layer.dataProvider() if isinstance(layer, QgsRasterLayer) else None
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid() or provider is None:
        raise Fault(tr("The raster layer cannot be read: load it again."))
    facts = Layer(
        layer.name(), layer.crs(), layer.extent(),
        nodata=_nodata_of(provider), drawn_bands=_drawn_by(layer.renderer()),
    )  # fmt: skip
    if layer.providerType() == "gdal":
        return replace(facts, file=file_of(layer.source())[0])
    own = provider.clone()
    return replace(facts, provider=own, tiles=None if own is None else TileScheme.of(own))


def _nodata_of(provider: QgsRasterDataProvider) -> Optional[float]:
    """The one value that the user has set for all bands; None: none, or ranges."""
    values = set()
    for band in range(1, provider.bandCount() + 1):
        ranges = provider.userNoDataValues(band)
        if len(ranges) != 1 or ranges[0].min() != ranges[0].max():
            return None
        values.add(float(ranges[0].min()))
    return values.pop() if len(values) == 1 else None


def _drawn_by(renderer: Optional[QgsRasterRenderer]) -> Optional[tuple[int, ...]]:
    """The bands that a style draws in red, green and blue; None: it does not draw so."""
    if not isinstance(renderer, QgsMultiBandColorRenderer):
        return None
    bands = (renderer.redBand(), renderer.greenBand(), renderer.blueBand())
    return bands if min(bands) > 0 else None


def wkt_variant() -> Any:
    """WKT that every GDAL reads; the enum moved between releases of QGIS."""
    variants: Any = getattr(QgsCoordinateReferenceSystem, "WktVariant", None)
    return (
        variants.WKT_PREFERRED_GDAL
        if hasattr(variants, "WKT_PREFERRED_GDAL")
        else QgsCoordinateReferenceSystem.WKT_PREFERRED_GDAL
    )


def metres_at(crs: QgsCoordinateReferenceSystem, x: float, y: float) -> tuple[float, float]:
    """Metres on the ground of a unit of a CRS along x and y, at a place in it.

    Raises:
        RasterError: It is no place on the Earth.
    """
    places = np.array([[x], [y]])
    along_x, along_y = metres_per_unit(GdalCrs.from_text(crs.toWkt(wkt_variant())), *places)
    return float(along_x[0]), float(along_y[0])


def polygon_of(rings: Sequence[Sequence[tuple[float, float]]]) -> QgsGeometry:
    """The shape of a dwelling: the exterior and the holes, their corners unchanged."""
    return QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in ring] for ring in rings])
