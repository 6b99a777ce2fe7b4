"""Check that a PNG file is complete; GDAL silently invents the pixels of a truncated one."""

from __future__ import annotations

import os
import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from ..engine.errors import RasterError

if TYPE_CHECKING:
    from typing import BinaryIO

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER, _SUM = struct.Struct(">I4s"), struct.Struct(">I")
_PIECE = 1 << 20
"""Bytes that are read at a time."""
_REMEMBERED = 1 << 12


def refuse_cut_png(name: str, label: str) -> None:
    """Refuse a PNG file that ends early or whose pixels fail their checksums.

    Args:
        name: A file of any format; what is none, or is no PNG file, passes.
        label: The name for the user.

    Raises:
        RasterError: As said.
    """
    try:
        status = os.stat(name)  # noqa: PTH116 - of ten thousand
        reason = _fault(name, status.st_size, status.st_mtime_ns)
    except (OSError, ValueError):
        return  # the library says why
    if reason:
        msg = f"{label} cannot be read: it is damaged or cut short ({reason}); copy or download it "
        raise RasterError(msg + "again")


@lru_cache(_REMEMBERED)
def _fault(name: str, _size: int, _changed: int) -> str:
    """Describe the fault of a file of this size and time; empty if it is sound."""
    with open(name, "rb") as file:  # noqa: PTH123 - of ten thousand
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            return ""
        while True:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return "the end of the picture is missing"
            length, kind = _HEADER.unpack(header)
            if kind == b"IEND":
                return ""
            actual = _checksum(file, length, zlib.crc32(kind))
            expected_sum = file.read(_SUM.size)
            if actual is None or len(expected_sum) < _SUM.size:
                return "the end of the picture is missing"
            if kind == b"IDAT" and expected_sum != _SUM.pack(actual):
                return "a checksum of its pixels is wrong"


def _checksum(file: BinaryIO, length: int, start: int) -> int | None:
    """Compute the checksum of the next bytes; None if there are fewer."""
    while length:
        piece = file.read(min(length, _PIECE))
        if not piece:
            return None
        start, length = zlib.crc32(piece, start), length - len(piece)
    return start
