"""A layer without a file as what the engine asks of a library that reads rasters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Optional, Union

from camp_detector_core.georaster.validity import refuse_value
from camp_detector_core.georaster.virtual import GDAL_TYPES
from camp_detector_core.hostgdal.library import Gdal
from camp_detector_core.hostgdal.run import GdalResults

from .layers import Layer, wkt_variant
from .provider_reader import Lattice, LayerReader
from .server_errors import ServerErrors
from .tiles.reader import TileReader
from .tiles.store import TileStore

if TYPE_CHECKING:
    from camp_detector_core.georaster.ports import Crs, Reader, StoredText

    from .lattices import Bounds


class LayerLibrary(GdalResults):
    """Opens the one layer, and writes with GDAL; see the core's port `RunLibrary`."""

    def __init__(
        self,
        name: str,
        layer: Layer,
        lattice: Lattice,
        bounds: Bounds,
        *,
        nodata: Optional[float] = None,
    ) -> None:
        """Open nothing yet.

        Args:
            name: By which the layer is opened.
            layer: From `layers.look_at`; its provider is used by nobody else.
            lattice: The pixels that are wanted.
            bounds: The part of the layer that is wanted.
            nodata: Where all bands have this value there is no image.
        """
        self._name = name
        self._layer, self._lattice, self._nodata = layer, lattice, nodata
        self._gdal = Gdal()
        if layer.provider is None:
            msg = f"{name}: a layer that is a file"
            raise ValueError(msg)
        self._provider = layer.provider
        self.errors = ServerErrors(layer.provider)
        """Answers of the server in place of pixels."""
        self._tiles = None
        if layer.tiles is not None:
            self._tiles = TileStore(layer.tiles, self.errors, bounds)

    @contextmanager
    def session(self, *, offline: bool) -> Iterator[LayerLibrary]:
        """Give the library for the time of a run: the layer is online or not as it is."""
        del offline
        yield self

    def is_layer(self, name: str) -> bool:
        """Tell if it is the name of the layer; see the port."""
        return name == self._name

    def open(self, name: str, *, label: Optional[str] = None) -> Reader:
        """Open the layer, or what else GDAL can.

        Raises:
            RasterError: No pixel of the layer can have the value that means no image.
        """
        if name != self._name:
            return self._gdal.open(name, label=label)
        at, crs = self._lattice, self._gdal.crs(self._layer.crs.toWkt(wkt_variant()))
        value, errors = self._nodata, self.errors
        reader: Union[LayerReader, TileReader] = (
            LayerReader(self._provider, at, crs, errors, nodata=value)
            if self._tiles is None
            else TileReader(self._tiles, at, crs, errors, nodata=value)
        )
        if reader.dtypes and reader.dtypes[0] in GDAL_TYPES:
            refuse_value(value, reader.dtypes[0], self._name)
        return reader

    def store_text(self, text: str) -> StoredText:
        """Hold the text of a virtual raster."""
        return self._gdal.store_text(text)

    def crs(self, code: str) -> Crs:
        """The CRS of a code such as EPSG:3857."""
        return self._gdal.crs(code)

    def allow_cache(self, needed: int) -> None:
        """Nothing: the provider keeps what it wants."""
