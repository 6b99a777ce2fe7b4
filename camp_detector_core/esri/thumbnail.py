"""Thumbnail of a package, 200 x 133 pixels: part of the item's example, or a drawn camp.

The PNG is written here, without compression, so that its bytes depend on its pixels alone.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, cast

import numpy as np

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.untrusted import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec

WIDTH, HEIGHT = 200, 133
"""Size in pixels, as Esri's portals show packages."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK = 65535
"""Longest block that deflate stores, bytes."""
_LARGEST = 8192
"""Longest side of an example that is read."""
_GROUND, _SHADOW = (214, 200, 172), (150, 138, 116)
_STEP, _TURN = (34, 29), 0.3
"""Distance between tents in pixels, across and down; and rotation of the camp, radians."""
_TENT = (11.5, 7.5)
"""Half of a tent's length and width, pixels."""
_RGB = 3
_BITS, _COLOURS = {1, 2, 4, 8, 16}, {0, 2, 3, 4, 6}
_MAX_BYTES = 64 << 20


def thumbnail(spec: ModelSpec, example: Path | None = None) -> bytes:
    """Make a PNG of `WIDTH` x `HEIGHT` pixels; the same input gives the same bytes.

    Args:
        spec: Gives the colours of the drawn camp.
        example: A PNG to take a part of. One that cannot be read is left out: a package is not
            refused for want of a picture.
    """
    picture = None if example is None else _part_of(example)
    return png(_draw(spec) if picture is None else picture)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (height, width, 3) uint8 without compression."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * _RGB), np.uint8)  # filter 0 in front of each row
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", _zlib_stream(rows.tobytes())), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def png_fault(data: bytes) -> str:
    """Find faults in the chunks of a PNG (section 5 of its specification); empty if sound."""
    if not data.startswith(SIGNATURE):
        return "its first bytes are others"
    position = len(SIGNATURE)
    kinds: list[bytes] = []
    while position < len(data) and kinds[-1:] != [b"IEND"]:
        if position + 12 > len(data):
            return "it is cut"
        (size,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + size
        if end > len(data):
            return "it is cut"
        if struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(data[position + 4 : end - 4]):
            return f"a checksum is wrong ({shown(kind.decode('latin-1'))})"
        if not kinds and (kind != b"IHDR" or not _sound_header(data[position + 8 : end - 4])):
            return "its header is wrong"
        kinds.append(kind)
        position = end
    missing_chunks = [k.decode() for k in (b"IHDR", b"IDAT", b"IEND") if k not in kinds]
    return f"{missing_chunks[0]} is missing" if missing_chunks else ""


def _sound_header(header: bytes) -> bool:
    if len(header) != 13:  # noqa: PLR2004 - of the specification
        return False
    width, height, bits, colour, *_ = struct.unpack(">IIBBBBB", header)
    return width > 0 and height > 0 and bits in _BITS and colour in _COLOURS


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zlib_stream(data: bytes) -> bytes:
    """Write a zlib stream (RFC 1950) of stored blocks (RFC 1951)."""
    parts = [b"\x78\x01"]
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        last = start + _BLOCK >= len(data)
        parts.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(parts) + struct.pack(">I", zlib.adler32(data))


def _draw(spec: ModelSpec) -> NDArray[np.uint8]:
    """Draw rows of tents in the colours of the classes."""
    canvas = np.empty((HEIGHT, WIDTH, _RGB), np.uint8)
    canvas[:] = _GROUND
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    x_turned = (x * np.cos(_TURN) + y * np.sin(_TURN)) + 2 * _STEP[0]
    y_turned = (y * np.cos(_TURN) - x * np.sin(_TURN)) + 4 * _STEP[1]
    column = np.floor(x_turned / _STEP[0]).astype(np.intp)
    row = np.floor(y_turned / _STEP[1]).astype(np.intp)
    u, v = x_turned - (column + 0.5) * _STEP[0], y_turned - (row + 0.5) * _STEP[1]
    has_tent = (3 * column + 5 * row) % 7 != 0  # some places are empty
    colors = np.array([list(bytes.fromhex(c.color[1:])) for c in spec.classes], np.float64)
    color_index = (column + 2 * row) % len(colors)
    shadow = (np.abs(u - 2) <= _TENT[0]) & (np.abs(v - 2) <= _TENT[1]) & has_tent
    tent = (np.abs(u) <= _TENT[0]) & (np.abs(v) <= _TENT[1]) & has_tent
    canvas[shadow] = _SHADOW
    slope = np.where(v < 0, 1.0, 0.8)[..., None]  # the roof's far side is darker
    canvas[tent] = (colors[color_index] * slope)[tent].astype(np.uint8)
    return canvas


def _part_of(path: Path) -> NDArray[np.uint8] | None:
    """Read the middle of an image, (height, width, 3) uint8; None if it cannot be read."""
    import rasterio.errors
    from rasterio.io import MemoryFile

    from camp_detector_core.engine.errors import PredictorError
    from camp_detector_core.raster.env import quiet_about_place

    try:
        data = read_file(path, _MAX_BYTES)
        if png_fault(data):
            return None
        # From memory, so that no file beside it is read, and as no other format.
        with quiet_about_place(), MemoryFile(data) as file, file.open(driver="PNG") as dataset:
            if max(dataset.shape) > _LARGEST or dataset.dtypes[0] != "uint8":
                return None
            band_numbers = (1, 2, 3) if dataset.count >= _RGB else (1, 1, 1)
            pixels = cast("NDArray[np.uint8]", dataset.read(band_numbers))
    except (rasterio.errors.RasterioError, PredictorError, OSError, MemoryError):
        return None
    _, height, width = pixels.shape
    wide = max(1, min(width, height * WIDTH // HEIGHT))
    high = max(1, min(height, width * HEIGHT // WIDTH))
    left, top = (width - wide) // 2, (height - high) // 2
    part = pixels[:, top : top + high, left : left + wide]
    return _resize(part)


def _resize(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average the pixels of each cell, in integers; (3, h, w) to (HEIGHT, WIDTH, 3)."""
    _, height, width = pixels.shape
    sums = np.zeros((_RGB, height + 1, width + 1), np.int64)
    sums[:, 1:, 1:] = pixels.cumsum(1, dtype=np.int64).cumsum(2)
    rows, cols = _cells(height, HEIGHT), _cells(width, WIDTH)
    low = sums[:, rows[1]][:, :, cols[1]] - sums[:, rows[0]][:, :, cols[1]]
    high = sums[:, rows[1]][:, :, cols[0]] - sums[:, rows[0]][:, :, cols[0]]
    area = (rows[1] - rows[0])[:, None] * (cols[1] - cols[0])
    means: NDArray[np.uint8] = ((low - high) // area).astype(np.uint8)
    return means.transpose(1, 2, 0)


def _cells(size: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First pixel of each cell, and the one after its last; each cell has at least one."""
    index = np.arange(count)
    start = index * size // count
    return start, np.maximum((index + 1) * size // count, start + 1)
