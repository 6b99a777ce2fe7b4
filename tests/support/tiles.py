"""Map tiles made in code, and buildings that lie on them."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.enums import ColorInterp
from rasterio.io import MemoryFile

from camp_detector_core.georaster.xyz import place_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZOOM, WEST, NORTH = 19, 386693, 220243
"""Zoom of the drawn tiles, and x and y of the north-western one."""
COLS, ROWS = 3, 2


def picture(bands: NDArray[Any], *, driver: str = "PNG", **more: Any) -> bytes:
    """Bytes of an image.

    Args:
        bands: (bands, height, width).
        driver: Kind of the image, as GDAL names it.
        more: Further settings of the image.
    """
    count, height, width = bands.shape
    shape = {"count": count, "height": height, "width": width, "dtype": bands.dtype}
    with MemoryFile() as file:
        with file.open(driver="GTiff", **shape) as plain:
            plain.write(bands)
            kinds = ColorInterp
            if count == 4:
                plain.colorinterp = (kinds.red, kinds.green, kinds.blue, kinds.alpha)
            if count == 2:
                plain.colorinterp = (kinds.gray, kinds.alpha)
        if driver == "GTiff":
            return bytes(file.read())
        with file.open() as plain, MemoryFile() as copied:
            rasterio.shutil.copy(plain, copied.name, driver=driver, **more)
            return bytes(copied.read())


def paletted(index: NDArray[np.uint8], colours: list[tuple[int, int, int, int]]) -> bytes:
    """Bytes of a PNG with a palette, some of whose colours may be transparent.

    Args:
        index: (height, width) numbers of colours.
        colours: Red, green, blue, alpha.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    height, width = index.shape
    rows = b"".join(b"\0" + row.tobytes() for row in index)
    parts = (
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        chunk(b"PLTE", bytes(v for colour in colours for v in colour[:3])),
        chunk(b"tRNS", bytes(colour[3] for colour in colours)),
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pixels_of(x: int, y: int, *, side: int = 256) -> NDArray[np.uint8]:
    """(3, side, side) pixels that no other tile has; none is 0."""
    return np.random.default_rng((x, y)).integers(1, 255, (3, side, side), dtype=np.uint8)


def made_tiles(*, side: int = 256) -> dict[tuple[int, int, int], bytes]:
    """Place (x, y, zoom) to the bytes of a PNG, for 3 columns and 2 rows."""
    return {
        (x, y, ZOOM): picture(pixels_of(x, y, side=side))
        for x in range(WEST, WEST + COLS)
        for y in range(NORTH, NORTH + ROWS)
    }


def bbox_text(*, cols: int = COLS, rows: int = ROWS) -> str:
    """A bbox well inside of the outermost made tiles, all of which it touches."""
    west, north = place_of(WEST + 0.2, NORTH + 0.2, ZOOM)
    east, south = place_of(WEST + cols - 0.2, NORTH + rows - 0.2, ZOOM)
    return f"{west},{south},{east},{north}"


def ring(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    """A closed rectangle in degrees; its sides are given in tiles from the north-western corner."""
    corners = ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))
    return [[round(v, 7) for v in place_of(WEST + col, NORTH + row, ZOOM)] for col, row in corners]


def buildings() -> list[dict[str, Any]]:
    """Features: two that touch, one with a courtyard, one across the edge, one far outside."""
    rings = {
        101: [ring(0.25, 0.25, 0.5, 0.5)],
        102: [ring(0.5, 0.25, 0.75, 0.5)],
        103: [ring(1.25, 0.25, 1.75, 0.75), ring(1.4, 0.4, 1.6, 0.6)],
        104: [ring(2.8, 1.2, 3.2, 1.5)],
        105: [ring(9.0, 9.0, 9.5, 9.5)],
    }
    return [
        {
            "type": "Feature",
            "properties": {"osm_id": number, "building": "house", "addr:street": "Secret Lane"},
            "geometry": {"type": "Polygon", "coordinates": shape},
        }
        for number, shape in rings.items()
    ]
