"""Block size of a TIFF, read from its first directory.

Of the sources of a virtual raster, and of masks and overviews beside a raster, GDAL tells nothing
before it reads them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH, _HEIGHT, _BITS, _SAMPLES, _ROWS, _PLANAR = 256, 257, 258, 277, 278, 284
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_SHORT, _LONG, _LONG8 = 3, 4, 16
_CODES = {1: "B", _SHORT: "H", _LONG: "I", _LONG8: "Q"}
_MAX_ENTRIES = 4096
"""Largest number of directory entries that are read."""
_PLANAR_SEPARATE = 2
"""Code of bands in separate blocks."""
_SPLIT = 2000
"""A single strip of more rows is read row by row (GDAL's ``GDAL_ENABLE_TIFF_SPLIT``)."""


class Block(NamedTuple):
    """Block of pixels."""

    height: int
    width: int
    size: int
    """Size in memory, bytes."""


def block_of(head: bytes, file: BinaryIO) -> Block | None:
    """Read the blocks of a TIFF; None for other and broken files.

    Args:
        head: Its first bytes.
        file: All of it.
    """
    try:
        tags = dict(_tags(head, file))
        width, height = tags[_WIDTH], tags[_HEIGHT]
        bits, samples = tags.get(_BITS, 1), tags.get(_SAMPLES, 1)
        if _TILE_WIDTH in tags:
            width, rows = tags[_TILE_WIDTH], tags[_TILE_HEIGHT]
        else:
            rows = min(height, tags.get(_ROWS, height))
            if rows == height > _SPLIT:
                rows = 1
    except (struct.error, OSError, KeyError, ValueError):
        return None
    samples = 1 if tags.get(_PLANAR) == _PLANAR_SEPARATE else samples
    return Block(rows, width, rows * width * samples * max(1, bits // 8))


def _tags(head: bytes, file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Read the first value of each tag of the first directory."""
    end = {b"II": "<", b"MM": ">"}[head[:2]]
    (version,) = struct.unpack_from(end + "H", head, 2)
    is_big = version == 43  # noqa: PLR2004 - BigTIFF
    offset = struct.unpack_from(end + ("Q" if is_big else "I"), head, 8 if is_big else 4)[0]
    file.seek(offset)
    (count,) = struct.unpack(end + ("Q" if is_big else "H"), file.read(8 if is_big else 2))
    size = 20 if is_big else 12
    table = file.read(min(count, _MAX_ENTRIES) * size)
    for i in range(0, len(table) - size + 1, size):
        tag, kind = struct.unpack_from(end + "HH", table, i)
        number = struct.unpack_from(end + ("Q" if is_big else "I"), table, i + 4)[0]
        code = _CODES.get(kind)
        if code is None:
            continue
        place = i + (12 if is_big else 8)
        room = 8 if is_big else 4
        if number * struct.calcsize(code) <= room:
            yield tag, struct.unpack_from(end + code, table, place)[0]
        elif tag == _BITS:  # one number for each band, which are alike
            file.seek(struct.unpack_from(end + ("Q" if is_big else "I"), table, place)[0])
            yield tag, struct.unpack(end + code, file.read(struct.calcsize(code)))[0]
