"""Checks that a vector file is whole: libraries read the rest of a truncated one without a word.

The checks compare what the formats say of themselves: lengths in headers, numbers of rows.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import VectorError
from camp_detector_core.georaster.names import is_pipe

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_REMEDY = "it is cut off or damaged, copy or download it again"
_SHAPE_HEADER, _SHAPE_CODE, _WORD = 100, 9994, 2
_ROW = 8
"""Bytes of a record in a .shx, and of the header of one in a .shp."""
_MOST_JSON = 1 << 26
"""Bytes of GeoJSON up to which its features are counted."""


def refuse_damaged(path: Path) -> None:
    """Refuse a file whose lengths are not those in its headers, and a device or a pipe.

    Args:
        path: A vector file of any format.

    Raises:
        VectorError: It is not whole.
        OSError: It cannot be read.
    """
    if is_pipe(str(path)):
        msg = f"{path} is a device or a pipe, which cannot be read as a vector file: name a file"
        raise VectorError(msg)
    kind = path.suffix.lower()
    if kind == ".shp" and path.is_file():
        _refuse_shapes(path)
    elif kind in {".gpkg", ".sqlite", ".db"} and path.is_file():
        _refuse_short_database(path)


def refuse_fewer(path: Path, count: int, expected: int) -> None:
    """Refuse a layer of which fewer features were read than it has.

    Args:
        path: The file.
        count: Features that were read.
        expected: The count in its own header or index; negative where there is none.

    Raises:
        VectorError: Some are missing.
    """
    if path.suffix.lower() == ".shp":
        return  # counts features that were deleted, too; see `refuse_damaged`
    if path.suffix.lower() in {".geojson", ".json"}:
        expected = _features_of(path)
    if count < expected:
        msg = f"{path} holds {expected:,} features, and only {count:,} can be read: {_REMEDY}"
        raise VectorError(msg)


def refuse_layerless(path: Path, count: int) -> None:
    """Refuse a file without a layer whose format always has one.

    Args:
        path: The file.
        count: Layers that the library names.

    Raises:
        VectorError: Its header is damaged.
    """
    if not count and path.suffix.lower() in {".fgb", ".shp"}:
        _fail(path, "its header cannot be read")


def _refuse_shapes(path: Path) -> None:
    """Hold a .shp against its .shx and its .dbf."""
    shapes = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, np.uint8)
    size = len(shapes)
    index = _sibling(path, ".shx")
    if size < _SHAPE_HEADER or _length(shapes.tobytes()[:_SHAPE_HEADER]) != size:
        _fail(path, "its length is not the one in its header")
    if index is None:
        msg = f"{path} lacks the .shx file that belongs to it: copy all its files"
        raise VectorError(msg)
    data = index.read_bytes()
    if len(data) < _SHAPE_HEADER or _length(data[:_SHAPE_HEADER]) != len(data):
        _fail(index, "its length is not the one in its header")
    rows = np.frombuffer(data[_SHAPE_HEADER:], ">i4").reshape(-1, 2).astype(np.int64) * _WORD
    if not _agree(shapes, rows):
        _fail(index, f"it does not fit {path.name}")
    table = _sibling(path, ".dbf")
    if table is not None:
        _refuse_table(table, len(rows))


def _agree(shapes: NDArray[np.uint8], rows: NDArray[np.int64]) -> bool:
    """Return True where each row of an index leads to a record of its length.

    Args:
        shapes: The bytes of the .shp.
        rows: The index, (n, 2) int64: offset and length of each record in bytes.
    """
    if (rows[:, 0] < _SHAPE_HEADER).any() or (rows.sum(axis=1) + _ROW > len(shapes)).any():
        return False
    at = rows[:, 0, None] + np.arange(4, _ROW)
    lengths = np.ascontiguousarray(shapes[at]).view(">i4")[:, 0].astype(np.int64) * _WORD
    return bool((lengths == rows[:, 1]).all()) and len(np.unique(rows[:, 0])) == len(rows)


def _refuse_table(path: Path, rows: int) -> None:
    with path.open("rb") as file:
        head = file.read(12)
        size = path.stat().st_size
    if len(head) < 12:  # noqa: PLR2004 - what is unpacked
        _fail(path, "it has no header")
    count, header, row = struct.unpack_from("<IHH", head, 4)
    if count < rows:
        _fail(path, f"it has {count:,} rows for {rows:,} shapes")
    if header + count * row > size:
        _fail(path, "its length is not the one in its header")


def _refuse_short_database(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):  # noqa: PLR2004 - its header
        return  # the library says what it is
    (side,) = struct.unpack_from(">H", head, 16)
    changed, pages, valid = struct.unpack_from(">II", head, 24) + struct.unpack_from(">I", head, 92)
    size = 65_536 if side == 1 else side
    # The number of pages counts only where the writer kept it; see "In-header database size".
    if changed == valid and pages * size > path.stat().st_size:
        _fail(path, f"it should have {pages * size:,} bytes")


def _features_of(path: Path) -> int:
    """Return how many features a GeoJSON file lists, -1 where it cannot be told."""
    if not path.is_file() or path.stat().st_size > _MOST_JSON:
        return -1
    try:
        # GDAL reads texts with broken characters, too.
        value = json.loads(path.read_bytes().decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return -1
    features = value.get("features") if isinstance(value, dict) else None
    return len(features) if isinstance(features, list) else -1


def _length(header: bytes) -> int:
    """Return the length in bytes that the header of a .shp or .shx states; -1 for another file."""
    code, words = struct.unpack_from(">i", header)[0], struct.unpack_from(">i", header, 24)[0]
    return int(words) * _WORD if code == _SHAPE_CODE else -1


def _sibling(path: Path, suffix: str) -> Path | None:
    """Return the file beside a .shp with another ending, in lower or upper case."""
    for ending in (suffix, suffix.upper()):
        other = path.with_suffix(ending)
        if other.is_file():
            return other
    return None


def _fail(path: Path, reason: str) -> None:
    msg = f"{path} is not whole: {reason}; {_REMEDY}"
    raise VectorError(msg)
