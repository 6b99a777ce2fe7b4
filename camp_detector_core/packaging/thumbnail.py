"""The picture of a package, 200 x 133 pixels: a part of the item's example, or a drawn camp.

The PNG is written here, without compression, so that its bytes depend on its pixels alone.
"""

from __future__ import annotations

import struct
import warnings
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
"""Pixels, as Esri's portals show packages."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK = 65535
"""Bytes of the longest block that deflate stores."""
_LARGEST = 8192
"""Longest side of an example that is read."""
_GROUND, _SHADOW = (214, 200, 172), (150, 138, 116)
_STEP, _TURN = (34, 29), 0.3
"""Pixels from tent to tent, across and down; and how far the camp is turned, radians."""
_TENT = (11.5, 7.5)
"""Half of a tent's length and width, pixels."""
_RGB = 3
_BITS, _COLOURS = {1, 2, 4, 8, 16}, {0, 2, 3, 4, 6}
_MAX_BYTES = 64 << 20


def thumbnail(spec: ModelSpec, example: Path | None = None) -> bytes:
    """A PNG of `WIDTH` x `HEIGHT` pixels; the same input gives the same bytes.

    Args:
        spec: Gives the colours of the drawn camp.
        example: A PNG to take a part of. One that cannot be read is left out: a package is not
            refused for want of a picture.
    """
    picture = None if example is None else _part_of(example)
    return png(_drawn(spec) if picture is None else picture)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (height, width, 3) uint8, not compressed."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * _RGB), np.uint8)  # filter 0 in front of each row
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", _stored(rows.tobytes())), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def png_fault(data: bytes) -> str:
    """What is wrong with the chunks of a PNG (section 5 of its specification); else empty."""
    if not data.startswith(SIGNATURE):
        return "its first bytes are others"
    at = len(SIGNATURE)
    kinds: list[bytes] = []
    while at < len(data) and kinds[-1:] != [b"IEND"]:
        if at + 12 > len(data):
            return "it is cut"
        (size,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + size
        if end > len(data):
            return "it is cut"
        if struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(data[at + 4 : end - 4]):
            return f"a checksum is wrong ({shown(kind.decode('latin-1'))})"
        if not kinds and (kind != b"IHDR" or not _sound_header(data[at + 8 : end - 4])):
            return "its header is wrong"
        kinds.append(kind)
        at = end
    missing = [k.decode() for k in (b"IHDR", b"IDAT", b"IEND") if k not in kinds]
    return f"{missing[0]} is missing" if missing else ""


def _sound_header(header: bytes) -> bool:
    if len(header) != 13:  # noqa: PLR2004 - of the specification
        return False
    width, height, bits, colour, *_ = struct.unpack(">IIBBBBB", header)
    return width > 0 and height > 0 and bits in _BITS and colour in _COLOURS


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """A zlib stream (RFC 1950) of stored blocks (RFC 1951)."""
    out = [b"\x78\x01"]
    for at in range(0, len(data), _BLOCK):
        block = data[at : at + _BLOCK]
        last = at + _BLOCK >= len(data)
        out.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(out) + struct.pack(">I", zlib.adler32(data))


def _drawn(spec: ModelSpec) -> NDArray[np.uint8]:
    """Rows of tents in the colours of the classes."""
    canvas = np.empty((HEIGHT, WIDTH, _RGB), np.uint8)
    canvas[:] = _GROUND
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    along = (x * np.cos(_TURN) + y * np.sin(_TURN)) + 2 * _STEP[0]
    down = (y * np.cos(_TURN) - x * np.sin(_TURN)) + 4 * _STEP[1]
    column = np.floor(along / _STEP[0]).astype(np.intp)
    row = np.floor(down / _STEP[1]).astype(np.intp)
    u, v = along - (column + 0.5) * _STEP[0], down - (row + 0.5) * _STEP[1]
    there = (3 * column + 5 * row) % 7 != 0  # some places are empty
    colors = np.array([list(bytes.fromhex(c.color[1:])) for c in spec.classes], np.float64)
    which = (column + 2 * row) % len(colors)
    shadow = (np.abs(u - 2) <= _TENT[0]) & (np.abs(v - 2) <= _TENT[1]) & there
    tent = (np.abs(u) <= _TENT[0]) & (np.abs(v) <= _TENT[1]) & there
    canvas[shadow] = _SHADOW
    slope = np.where(v < 0, 1.0, 0.8)[..., None]  # the roof's far side is darker
    canvas[tent] = (colors[which] * slope)[tent].astype(np.uint8)
    return canvas


def _part_of(path: Path) -> NDArray[np.uint8] | None:
    """The middle of a picture, (height, width, 3) uint8; None if it cannot be read."""
    import rasterio.errors
    from rasterio.io import MemoryFile

    from camp_detector_core.engine.errors import PredictorError

    try:
        data = read_file(path, _MAX_BYTES)
        if png_fault(data):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            # From memory, so that no file beside it is read, and as no other format.
            with MemoryFile(data) as file, file.open(driver="PNG") as dataset:
                if max(dataset.shape) > _LARGEST or dataset.dtypes[0] != "uint8":
                    return None
                wanted = (1, 2, 3) if dataset.count >= _RGB else (1, 1, 1)
                pixels = cast("NDArray[np.uint8]", dataset.read(wanted))
    except (rasterio.errors.RasterioError, PredictorError, OSError, MemoryError):
        return None
    _, height, width = pixels.shape
    wide = max(1, min(width, height * WIDTH // HEIGHT))
    high = max(1, min(height, width * HEIGHT // WIDTH))
    left, top = (width - wide) // 2, (height - high) // 2
    part = pixels[:, top : top + high, left : left + wide]
    return _resized(part)


def _resized(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Means over the pixels of each cell, in whole numbers; (3, h, w) to (HEIGHT, WIDTH, 3)."""
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
    """First pixel of each cell, and the one after its last; each has one at least."""
    at = np.arange(count)
    start = at * size // count
    return start, np.maximum((at + 1) * size // count, start + 1)
