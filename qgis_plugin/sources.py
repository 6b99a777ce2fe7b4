"""A raster layer as what the engine can read, wherever its pixels come from.

A file is opened by its name, apart from the layer. Anything else (WMS, XYZ tiles, virtual rasters)
is read through a copy of the layer's data provider, at a resolution that is chosen.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Optional

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.georaster.names import literal
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.reach import refuse_reach
from camp_detector_core.hostgdal import calls
from camp_detector_core.hostgdal.library import GdalCrs

from .i18n import tr
from .lattices import bounds_of, lattice_of
from .layer_library import LayerLibrary
from .layers import Layer, SourceError, wkt_variant
from .words import sentence_of

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec


_MOST_PIXELS = 2_000_000_000
"""Most pixels of a layer without end, such as a map of the world: more is a mistake."""


@dataclass
class Raster:
    """A raster for the engine; close it in the end."""

    name: str
    crs: QgsCoordinateReferenceSystem
    """Invalid where the results get theirs from the file."""
    library: Optional[LayerLibrary] = None
    """Reads it; None: GDAL."""
    options: SourceOptions = field(default_factory=SourceOptions)
    """Choices for the engine about reading it."""
    notes: list[str] = field(default_factory=list)
    """Notes for the user, in sentences."""
    _scratch: Optional[str] = None

    def close(self) -> None:
        """Let go of what was made for it."""
        if self.library is not None:
            self.library.errors.close()
        if self._scratch:
            gdal.Unlink(self._scratch)
            self._scratch = None


def raster_of(
    layer: Layer,
    spec: ModelSpec,
    *,
    extent: Optional[QgsRectangle],
    resolution: Optional[float],
    options: SourceOptions,
) -> Raster:
    """Make the raster that the engine reads.

    Args:
        layer: From `look_at`.
        spec: The model's description.
        extent: In the layer's CRS; None: all of it.
        resolution: Metres on the ground a pixel; None: what fits the model.
        options: What the user chose.

    Raises:
        SourceError: A layer without end and without an extent, or one that lies nowhere.
    """
    bounds = None if extent is None else bounds_of(extent)
    nodata, notes = options.nodata, []
    if nodata is None and layer.nodata is not None:
        nodata = layer.nodata
        notes.append(tr("The value {x} is no image, as the layer says.", x=f"{nodata:g}"))
    if layer.file is not None:
        if not options.external:
            _refuse_reach(layer.file)
        raster = _file(layer, layer.file)
        raster.notes = notes
        gsd = options.gsd if resolution is None else resolution
        raster.options = replace(options, nodata=nodata, shown=layer.shown, gsd=gsd, extent=bounds)
        return raster
    lattice = lattice_of(layer, spec.gsd, bounds, resolution)
    if lattice.width * lattice.height > _MOST_PIXELS:
        msg = tr(
            "{layer} would have {width} x {height} pixels: choose an extent that holds the camp.",
            layer=layer.title,
            width=lattice.width,
            height=lattice.height,
        )
        raise SourceError(msg)
    name = tr("the layer {name}", name=layer.title)
    part = bounds_of(layer.extent) if bounds is None else bounds
    library = LayerLibrary(name, layer, lattice, part, nodata=nodata)
    own = replace(options, gsd="native", nodata=None, shown=layer.shown)
    return Raster(name, layer.crs, library=library, options=own, notes=notes)


def _refuse_reach(name: str) -> None:
    """Refuse a file that reads what lies outside of its folder, before GDAL opens it.

    Raises:
        SourceError: It does.
    """
    try:
        refuse_reach(literal(name))
    except RasterError as error:
        raise SourceError(sentence_of(error)) from error


def _file(layer: Layer, name: str) -> Raster:
    """A file; where the user gave its layer another CRS than it has, that one counts."""
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
    wkt = layer.crs.toWkt(wkt_variant())
    if own is not None and GdalCrs(own).same(GdalCrs.from_text(wkt)):
        return Raster(name, layer.crs)
    scratch = f"/vsimem/{uuid.uuid4().hex}/{layer.title.replace('/', '_')}.vrt"
    calls.call(gdal.Translate, scratch, dataset, format="VRT", outputSRS=wkt)
    return Raster(scratch, layer.crs, _scratch=scratch)
