"""A raster layer as what the engine can read, wherever its pixels come from.

A file is opened by its name, apart from the layer. Anything else (WMS, XYZ tiles, virtual rasters)
is read through a copy of the layer's data provider, at a resolution that is chosen.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Optional

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem

from camp_detector_core.georaster.names import literal
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.reach import refuse_reach
from camp_detector_core.hostgdal import calls
from camp_detector_core.hostgdal.library import GdalCrs

from .faults import Fault
from .i18n import tr
from .lattices import bounds_of, lattice_of
from .layer_library import LayerLibrary
from .layers import Layer, wkt_variant

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


def raster_of(layer: Layer, spec: ModelSpec, options: SourceOptions) -> Raster:
    """Make the raster that the engine reads.

    Args:
        layer: From `look_at`.
        spec: The model's description.
        options: What the user chose; the extent in the layer's CRS.

    Raises:
        Fault: A layer without end and without an extent, or one that lies nowhere.
    """
    nodata, notes = options.nodata, []
    if nodata is None and layer.nodata is not None:
        nodata = layer.nodata
        notes.append(tr("The value {x} is no image, as the layer says.", x=f"{nodata:g}"))
    if layer.file is not None:
        if not options.external:
            refuse_reach(literal(layer.file))
        raster = _file(layer, layer.file)
        raster.notes = notes
        raster.options = replace(options, nodata=nodata, shown=layer.drawn_bands)
        return raster
    resolution = None if isinstance(options.gsd, str) else options.gsd
    lattice = lattice_of(layer, spec.gsd, options.extent, resolution)
    if lattice.width * lattice.height > _MOST_PIXELS:
        msg = tr(
            "{layer} would have {width} x {height} pixels: choose an extent that holds the camp.",
            layer=layer.title,
            width=lattice.width,
            height=lattice.height,
        )
        raise Fault(msg)
    name = tr("the layer {name}", name=layer.title)
    part = options.extent or bounds_of(layer.extent)
    library = LayerLibrary(name, layer, lattice, part, nodata=nodata)
    own = replace(options, gsd="native", nodata=None, extent=None, shown=layer.drawn_bands)
    return Raster(name, layer.crs, library=library, options=own, notes=notes)


def _file(layer: Layer, name: str) -> Raster:
    """A file; where the user gave its layer another CRS than it has, that one counts."""
    try:
        dataset = calls.call(gdal.OpenEx, name, gdal.OF_RASTER)
    except calls.GdalError as error:
        msg = tr(
            "{name} cannot be opened ({reason}): load the layer again.", name=name, reason=error
        )
        raise Fault(msg) from error
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
