"""Pixels through a QGIS data provider, as what the engine asks of a library that reads rasters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple, Optional, Sequence

import numpy as np
from qgis.core import Qgis, QgsRectangle

from camp_detector_core.engine.grid import Shape, Transform
from camp_detector_core.georaster.ports import Header, ReadError
from camp_detector_core.georaster.validity import valid_pixels

from .averages import averaged
from .feedback import stop_if_asked

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qgis.core import QgsRasterDataProvider

    from camp_detector_core.engine.grid import Window
    from camp_detector_core.georaster.ports import Crs

    from .server_errors import ServerErrors

_ARGB = ("ARGB32", "ARGB32_Premultiplied")
_DTYPES = {
    "Byte": "uint8",
    "Int8": "int8",
    "UInt16": "uint16",
    "Int16": "int16",
    "UInt32": "uint32",
    "Int32": "int32",
    "Float32": "float32",
    "Float64": "float64",
}
PICTURE = ("red", "green", "blue", "alpha")
"""Colours of the bands of a picture."""
ALPHA = PICTURE.index("alpha")
"""Position of alpha among them."""
OPAQUE = 255
"""Alpha, or a mask, where there is a pixel."""
_BLUE_FIRST = (2, 1, 0, 3)
"""Positions of red, green, blue and alpha in an ARGB32 of a little-endian machine."""
_ALPHA_FIRST = (1, 2, 3, 0)
_UNCALCULATED = float(np.finfo(np.float32).min)
"""Value of a missing pixel in QGIS' raster calculator, and so in virtual rasters."""


_Key = tuple["Window", int, int]
"""Key of the last read: a window, and the pixels along its sides."""


class Lattice(NamedTuple):
    """Places of pixels: north up, in CRS units."""

    left: float
    top: float
    step_x: float
    step_y: float
    width: int
    height: int
    fine: int = 1
    """Along each side so many finer pixels are read for one, which is their mean."""

    def rectangle(self, window: Window) -> QgsRectangle:
        """The place of a window of pixels."""
        return QgsRectangle(
            self.left + window.col * self.step_x,
            self.top - (window.row + window.height) * self.step_y,
            self.left + (window.col + window.width) * self.step_x,
            self.top - window.row * self.step_y,
        )


def type_name(number: Qgis.DataType) -> str:
    """QGIS' name of a type of pixels."""
    for name in (*_ARGB, *_DTYPES):
        if getattr(Qgis.DataType, name, None) == number:
            return name
    return "unknown"


def header_of(
    lattice: Lattice,
    crs: Optional[Crs],
    dtypes: tuple[str, ...],
    colors: tuple[str, ...],
    names: tuple[str, ...],
) -> Header:
    """The engine's `Header` of pixels that lie on a lattice."""
    return Header(
        shape=Shape(lattice.height, lattice.width),
        transform=Transform(lattice.step_x, 0.0, lattice.left, 0.0, -lattice.step_y, lattice.top),
        crs=crs,
        dtypes=dtypes,
        colors=colors,
        descriptions=names,
        nodata=(None,) * len(dtypes),
        masked=True,
        settled=True,
        block=(256, 256),
        driver="QGIS",
        has_points=False,
        subdatasets=(),
        tags={},
    )


class LayerReader:
    """The open layer; see the engine's port `Reader`."""

    def __init__(
        self,
        provider: QgsRasterDataProvider,
        lattice: Lattice,
        crs: Optional[Crs],
        errors: ServerErrors,
        *,
        nodata: Optional[float] = None,
    ) -> None:
        """Read with a provider that nobody else uses.

        Args:
            provider: A ``QgsRasterDataProvider``.
            lattice: The pixels that are wanted.
            crs: The engine's.
            errors: Hears what the server answers, and stops waiting for it.
            nodata: Where all bands have this value there is no image.
        """
        kinds = [type_name(provider.dataType(i + 1)) for i in range(provider.bandCount())]
        self._provider, self._lattice, self._crs, self._errors = provider, lattice, crs, errors
        self._value = nodata
        self._argb = kinds[0] if kinds and kinds[0] in _ARGB else ""
        self._last: Optional[tuple[_Key, NDArray[np.uint8]]] = None
        self._valid: Optional[tuple[_Key, NDArray[np.bool_]]] = None
        self.shape = Shape(lattice.height, lattice.width)
        """Height and width in pixels."""
        self.dtypes = ("uint8",) * 4 if self._argb else tuple(_DTYPES.get(k, k) for k in kinds)
        """numpy's name of each band's type."""
        self.colors = PICTURE if self._argb else tuple("undefined" for _ in kinds)
        """Colour of each band."""

    def header(self) -> Header:
        """All that can be known without reading pixels."""
        count = len(self.dtypes)
        names = [""] * count if self._argb else [self._description(i + 1) for i in range(count)]
        return header_of(self._lattice, self._crs, self.dtypes, self.colors, tuple(names))

    def files(self) -> tuple[str, ...]:
        """None that could be in the way."""
        return ()

    def read(
        self,
        bands: Sequence[int],
        window: Window,
        *,
        shape: Optional[tuple[int, int]] = None,
        average: bool = False,
    ) -> NDArray[np.generic]:
        """Pixels (bands, height, width) of a window; see the port.

        Raises:
            ReadError: The provider gives none.
        """
        del average  # how it takes fewer pixels is the provider's own
        height, width = shape or window.shape
        fine = 1 if shape else self._lattice.fine
        if self._argb:
            pixels = self._picture(window, height, width, fine)
            self._valid = ((window, height, width), pixels[ALPHA] != 0)
            return pixels[[b - 1 for b in bands]]
        size = height * fine, width * fine
        pixels = np.stack([self._band(b, window, *size) for b in bands])
        valid = valid_pixels(pixels, [self._nodata(b) for b in bands])
        self._count(valid)
        if self._value is not None:
            valid &= valid_pixels(pixels, [self._value] * len(bands))
        pixels, valid = averaged(pixels, valid, fine)
        self._valid = ((window, height, width), valid)
        return pixels

    def read_mask(
        self, window: Window, *, band: int = 1, shape: Optional[tuple[int, int]] = None
    ) -> NDArray[np.uint8]:
        """(height, width) uint8: 0 where pixels are missing, of the bands that were read last.

        Raises:
            ReadError: The provider gives no pixels.
        """
        del band  # one mask holds for all that are read
        height, width = shape or window.shape
        if self._valid is None or self._valid[0] != (window, height, width):
            self.read(range(1, 4 if self._argb else len(self.dtypes) + 1), window, shape=shape)
        valid = np.zeros((height, width), bool) if self._valid is None else self._valid[1]
        return np.where(valid, OPAQUE, 0).astype(np.uint8)

    def close(self) -> None:
        """Forget the last pixels."""
        self._last = self._valid = None

    def _description(self, band: int) -> str:
        name = self._provider.generateBandName(band)
        return str(name).partition(":")[2].strip()

    def _nodata(self, band: int) -> Optional[float]:
        if self._argb:
            return None
        if self._provider.name() == "virtualraster":  # which says that it has none
            return _UNCALCULATED
        if not self._provider.sourceHasNoDataValue(band):
            return None
        return float(self._provider.sourceNoDataValue(band))

    def _picture(self, window: Window, height: int, width: int, fine: int) -> NDArray[np.uint8]:
        """(4, height, width) uint8: red, green, blue, alpha; the last one is remembered."""
        key = (window, height, width)
        if self._last is None or self._last[0] != key:
            order = _BLUE_FIRST if sys.byteorder == "little" else _ALPHA_FIRST
            size = height * fine, width * fine
            raw = np.frombuffer(self._bytes(1, window, *size), np.uint8)
            pixels = np.moveaxis(raw.reshape(*size, 4), -1, 0)[list(order)]
            if self._argb.endswith("Premultiplied"):
                pixels = _unmultiplied(pixels)
            valid = pixels[ALPHA] != 0
            self._count(valid)
            if self._value is not None:
                valid = valid & ~(pixels[:3] == self._value).all(axis=0)
            if fine > 1 or self._value is not None:
                pixels, valid = averaged(pixels, valid, fine)
                pixels[ALPHA] = np.where(valid, OPAQUE, 0)
            self._last = (key, pixels)
        return self._last[1]

    def _count(self, valid: NDArray[np.bool_]) -> None:
        """Some pixels came, and some did not; what the user calls no image has come.

        Raises:
            RasterError: The server said why.
        """
        empty = int((~valid).sum())
        self._errors.count(valid.size, empty)
        if empty:
            self._errors.raise_if_failed()
        self._errors.take_account(gaps=empty > 0)

    def _band(self, band: int, window: Window, height: int, width: int) -> NDArray[np.generic]:
        data = self._bytes(band, window, height, width)
        return np.frombuffer(data, self.dtypes[band - 1]).reshape(height, width)

    def _bytes(self, band: int, window: Window, height: int, width: int) -> bytes:
        """The pixels of a band, row by row.

        Raises:
            ReadError: There are none.
            Cancelled: The user wants to stop.
        """
        place = self._lattice.rectangle(window)
        with self._errors.hearing.listening():
            block = self._provider.block(band, place, width, height, self._errors.feedback)
        stop_if_asked(self._errors.feedback)
        if block is None or not block.isValid() or block.width() != width:
            self._errors.raise_if_failed()
            msg = "it gives no pixels"
            raise ReadError(msg)
        return bytes(block.data())


def _unmultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colours of (4, height, width) as they were before alpha was multiplied in."""
    alpha = pixels[ALPHA].astype(np.uint16)
    if not ((alpha > 0) & (alpha < OPAQUE)).any():
        return pixels
    out = pixels.copy()
    safe = np.maximum(alpha, 1)
    for i in range(3):
        out[i] = np.minimum(OPAQUE, (pixels[i].astype(np.uint16) * OPAQUE + safe // 2) // safe)
    return out
