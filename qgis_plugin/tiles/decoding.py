"""The bytes of a map tile as pixels."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Optional

import numpy as np
from osgeo import gdal
from qgis.PyQt.QtCore import QBuffer, QByteArray, Qt
from qgis.PyQt.QtGui import QImage, QImageReader

from camp_detector_core.hostgdal import calls

from ..averages import averaged
from ..provider_reader import ALPHA, OPAQUE, PICTURE

if TYPE_CHECKING:
    from numpy.typing import NDArray


_LARGEST = 4096
"""Pixels along a side; more is no map tile, and unpacks to more than it may."""


def pixels_of(data: bytes, side: int) -> tuple[Optional[NDArray[np.uint8]], bool]:
    """A tile's pixels.

    Args:
        data: A picture in a format that Qt or GDAL knows.
        side: Pixels along each side that a tile has here.

    Returns:
        (4, side, side) uint8, red, green, blue, alpha; None: it is no picture. And whether it
        has another size than that: larger ones are averaged, smaller ones enlarged.
    """
    image = _by_qt(data) or _by_gdal(data)
    if image is None:
        return None, False
    size = image.width(), image.height()
    if size == (side, side):
        return _array(image), False
    fine = size[0] // side
    if size == (side * fine, side * fine):
        pixels = _array(image)
        pixels, valid = averaged(pixels, pixels[ALPHA] != 0, fine)
        pixels[ALPHA] = np.where(valid, OPAQUE, 0)
        return pixels, True
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return _array(scaled), True


def _by_qt(data: bytes) -> Optional[QImage]:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _LARGEST:
        return None
    image = reader.read()
    return None if image.isNull() or max(image.width(), image.height()) > _LARGEST else image


def _by_gdal(data: bytes) -> Optional[QImage]:
    """A picture of a kind that this Qt does not know, such as WebP in some installations."""
    name = f"/vsimem/{uuid.uuid4().hex}"
    gdal.FileFromMemBuffer(name, data)
    try:
        dataset = calls.call(gdal.OpenEx, name, gdal.OF_RASTER)
        if max(dataset.RasterXSize, dataset.RasterYSize) > _LARGEST:
            return None
        png = calls.call(gdal.Translate, f"{name}.png", dataset, format="PNG")
        del png, dataset
        file = calls.call(gdal.VSIFOpenL, f"{name}.png", "rb")
        size = gdal.VSIStatL(f"{name}.png").size
        image = QImage.fromData(bytes(gdal.VSIFReadL(1, size, file)))
        gdal.VSIFCloseL(file)
    except calls.GdalError:
        return None
    finally:
        for left in (name, f"{name}.png", f"{name}.png.aux.xml"):
            with suppress(RuntimeError):  # there is none
                gdal.Unlink(left)
    return None if image.isNull() else image


def _array(image: QImage) -> NDArray[np.uint8]:
    """(4, height, width) uint8, its own memory."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    raw = image.constBits().asstring(image.bytesPerLine() * image.height())
    rows = np.frombuffer(raw, np.uint8).reshape(image.height(), image.bytesPerLine())
    shape = image.height(), image.width(), len(PICTURE)
    pixels = rows[:, : len(PICTURE) * image.width()].reshape(shape)
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
