"""A raster layer as what the engine can read, wherever its pixels come from.

A file is opened by its name, apart from the layer. Anything else (WMS, XYZ tiles, virtual rasters)
is read through a copy of the layer's data provider, at a resolution that is chosen. So the layer
itself, which belongs to the main thread, is looked at in `look_at` alone.
"""

from __future__ import annotations

import math
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsRasterDataProvider, QgsRectangle

from .i18n import tr
from .provider_reader import Lattice, LayerLibrary
from .vendored import engine

Bounds = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in the layer's CRS."""
_MOST_PIXELS = 2_000_000_000
"""Of a layer without end, such as a map of the world: more is a mistake."""
_ROUNDED = 1e-3
_UNDEFINED = r'^\s*\w+\["undefined'
"""How the WKT of a CRS begins that says nothing."""
_SAME = 0.1
"""By how much a zoom level may differ from the wanted resolution and still be taken."""


class SourceError(Exception):
    """A layer cannot be used; one sentence for the user."""


@dataclass(frozen=True)
class Layer:
    """What is known of a layer, taken from it in the main thread."""

    title: str
    crs: QgsCoordinateReferenceSystem
    extent: QgsRectangle
    file: Optional[str] = None
    """GDAL's name of it, where it is a file."""
    provider: Optional[QgsRasterDataProvider] = None
    """A provider of its own, where it is not."""


@dataclass
class Raster:
    """What the engine is given; close it in the end."""

    name: str
    crs: QgsCoordinateReferenceSystem
    """Invalid where the results get theirs from the file."""
    library: Any = None
    """Reads it; None: GDAL."""
    extent: Optional[Bounds] = None
    """The part that is wanted; None: all."""
    options: dict[str, Any] = field(default_factory=dict)
    """For the engine's `SourceOptions`."""
    _scratch: Optional[str] = None

    def close(self) -> None:
        """Let go of what was made for it."""
        if self.library is not None:
            self.library.errors.close()
        if self._scratch:
            gdal.Unlink(self._scratch)
            self._scratch = None


def lies_somewhere(crs: QgsCoordinateReferenceSystem) -> bool:
    """Whether coordinates of a CRS are places on the Earth.

    QGIS takes what a file calls undefined (GeoPackage's -1, 0 and 99999) for a CRS.
    """
    if not crs.isValid():
        return False
    return not re.search(_UNDEFINED, crs.toWkt(_wkt_variant()), re.IGNORECASE)


def look_at(layer: Any) -> Layer:
    """Take from a layer what is needed of it; in the main thread.

    Args:
        layer: A ``QgsRasterLayer``.

    Raises:
        SourceError: It is not valid.
    """
    if layer is None or not layer.isValid():
        raise SourceError(tr("The raster layer cannot be read: load it again."))
    found = Layer(layer.name(), layer.crs(), layer.extent())
    if layer.providerType() == "gdal":
        return replace(found, file=layer.source().partition("|")[0])
    return replace(found, provider=layer.dataProvider().clone())


def raster_of(
    layer: Layer, spec: Any, *, extent: Optional[QgsRectangle], resolution: Optional[float]
) -> Raster:
    """What the engine is to read.

    Args:
        layer: From `look_at`.
        spec: The model's description.
        extent: In the layer's CRS; None: all of it.
        resolution: Metres on the ground a pixel; None: what fits the model.

    Raises:
        SourceError: A layer without end and without an extent, or one that lies nowhere.
    """
    bounds = None if extent is None else _bounds(extent)
    if layer.file is not None:
        raster = _file(layer, layer.file)
        raster.extent = bounds
        if resolution is not None:
            raster.options["gsd"] = resolution
        return raster
    lattice = _lattice(layer, spec.gsd, bounds, resolution)
    if lattice.width * lattice.height > _MOST_PIXELS:
        msg = tr(
            "{layer} would have {width} x {height} pixels: choose an extent that holds the camp.",
            layer=layer.title,
            width=lattice.width,
            height=lattice.height,
        )
        raise SourceError(msg)
    name = tr("the layer {name}", name=layer.title)
    library = LayerLibrary(name, layer.provider, lattice, layer.crs.toWkt(_wkt_variant()))
    return Raster(name, layer.crs, library=library, options={"gsd": "native"})


def _file(layer: Layer, name: str) -> Raster:
    """A file; where the user gave its layer another CRS than it has, that one counts."""
    calls = engine("hostgdal.calls")
    try:
        dataset = calls.call(gdal.OpenEx, name, gdal.OF_RASTER)
    except calls.GdalError as error:
        msg = tr(
            "{name} cannot be opened ({reason}): load the layer again.", name=name, reason=error
        )
        raise SourceError(msg) from error
    own, gcps = dataset.GetSpatialRef(), dataset.GetGCPCount()
    if dataset.GetGeoTransform() == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0) or gcps:
        return Raster(name, QgsCoordinateReferenceSystem())
    if not layer.crs.isValid():
        return Raster(name, layer.crs)
    wkt = layer.crs.toWkt(_wkt_variant())
    crs = engine("hostgdal.library").GdalCrs
    if own is not None and crs(own).same(crs.from_text(wkt)):
        return Raster(name, layer.crs)
    scratch = f"/vsimem/{uuid.uuid4().hex}/{layer.title.replace('/', '_')}.vrt"
    calls.call(gdal.Translate, scratch, dataset, format="VRT", outputSRS=wkt)
    return Raster(scratch, layer.crs, _scratch=scratch)


def _lattice(
    layer: Layer, gsd: float, bounds: Optional[Bounds], resolution: Optional[float]
) -> Lattice:
    """Where the pixels of a layer without a file are to lie."""
    if bounds is None:
        bounds = _bounds(layer.extent)
    if not all(map(math.isfinite, bounds)) or not layer.crs.isValid():
        msg = tr("{layer} does not say where it ends: choose an extent.", layer=layer.title)
        raise SourceError(msg)
    metres = _metres(layer, bounds)
    wanted = gsd if resolution is None else resolution
    if not math.isfinite(wanted) or wanted <= 0:
        raise SourceError(tr("The resolution must be above 0, got {x}.", x=f"{wanted:g}"))
    _refuse_coarse(layer, metres, wanted)
    steps = (wanted / metres[0], wanted / metres[1])
    left, top = bounds[0], bounds[3]
    for step in _own_steps(layer):
        tolerance = _SAME if resolution is None else _SAME / 10
        if all(abs(a / b - 1) <= tolerance for a, b in zip(step, steps)):
            # Pixels of the layer itself: nothing is resampled.
            steps, (west, north) = step, _origin(layer)
            left = west + _floor((left - west) / step[0]) * step[0]
            top = north - _floor((north - top) / step[1]) * step[1]
            break
    width = max(1, math.ceil((bounds[2] - left) / steps[0] - 1e-3))
    height = max(1, math.ceil((top - bounds[1]) / steps[1] - 1e-3))
    return Lattice(left, top, steps[0], steps[1], width, height)


def _refuse_coarse(layer: Layer, metres: tuple[float, float], wanted: float) -> None:
    """Refuse to enlarge what holds no detail, by the rule for files.

    Raises:
        SourceError: The finest pixels of the layer are too coarse.
    """
    steps = _own_steps(layer)
    if not steps:
        return
    finest = min(max(x * metres[0], y * metres[1]) for x, y in steps)
    if finest > wanted * engine("georaster.open").MAX_ENLARGEMENT:
        msg = tr(
            "{layer} has pixels of {finest} m at best, too coarse for {wanted} m: small things are "
            "not in the picture. Choose finer imagery, or give {finest} as “Resolution” to run it "
            "all the same.",
            layer=layer.title,
            finest=f"{finest:.3g}",
            wanted=f"{wanted:.3g}",
        )
        raise SourceError(msg)


def _origin(layer: Layer) -> tuple[float, float]:
    """Where the pixels of the layer begin, without what was rounded of the corner of the world."""
    world = engine("georaster.xyz").transform_of(0, 0, 0, side=1)
    west, north = layer.extent.xMinimum(), layer.extent.yMaximum()
    if abs(west - world.c) < _ROUNDED and abs(north - world.f) < _ROUNDED:
        return world.c, world.f
    return west, north


def _own_steps(layer: Layer) -> list[tuple[float, float]]:
    """Sides in CRS units of the pixels that the layer can give as they are."""
    provider = layer.provider
    if provider is None:
        return []
    if provider.xSize() > 0 and provider.ySize() > 0:
        extent = layer.extent
        return [(extent.width() / provider.xSize(), extent.height() / provider.ySize())]
    return [(r, r) for r in provider.nativeResolutions()]


def _metres(layer: Layer, bounds: Bounds) -> tuple[float, float]:
    """Metres on the ground of a unit of the CRS along x and y, in the middle."""
    import numpy as np

    errors = engine("engine.errors")
    crs = engine("hostgdal.library").GdalCrs.from_text(layer.crs.toWkt(_wkt_variant()))
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    try:
        mx, my = engine("georaster.ground").metres_per_unit(crs, np.array([x]), np.array([y]))
    except errors.RasterError as error:
        msg = f"{layer.title}: {error}"
        raise SourceError(msg) from error
    return float(mx[0]), float(my[0])


def _bounds(rectangle: QgsRectangle) -> Bounds:
    return (
        rectangle.xMinimum(),
        rectangle.yMinimum(),
        rectangle.xMaximum(),
        rectangle.yMaximum(),
    )


def _floor(pixels: float) -> int:
    """As the engine does: less than a thousandth of a pixel is rounding."""
    return math.floor(pixels + 1e-3)


def _wkt_variant() -> Any:
    """WKT that every GDAL reads; the enum moved between releases of QGIS."""
    variants = getattr(QgsCoordinateReferenceSystem, "WktVariant", None)
    return (
        variants.WKT_PREFERRED_GDAL
        if hasattr(variants, "WKT_PREFERRED_GDAL")
        else QgsCoordinateReferenceSystem.WKT_PREFERRED_GDAL
    )
