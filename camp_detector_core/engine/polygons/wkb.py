"""Parts of a geometry in well-known binary of any kind: ISO, EWKB or OGC, 2D to 4D, nested."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Iterator, NamedTuple

import numpy as np

from .arcs import arcs_to_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ring = NDArray[np.float64]

POLYGON, FACES, LINE, POINT, EMPTY = "polygon", "faces", "line", "point", "empty"
"""Kinds of parts. Faces are those of one solid or mesh (PolyhedralSurface, TIN)."""

_LEAVES = {1: POINT, 2: LINE, 8: LINE, 3: POLYGON, 17: POLYGON}
_ARCS, _COMPOUND, _CURVE_POLYGON, _COLLECTION = 8, 9, 10, 7
_MESHES = {15, 16}
_CONTAINERS = {4, 5, 6, 11, 12, _COLLECTION, _COMPOUND, _CURVE_POLYGON, *_MESHES}
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


class Part(NamedTuple):
    """Part of a geometry without parts of its own kind."""

    kind: str
    """Kind, one of the names above."""
    rings: list[Ring]
    """Rings of a polygon: (n, 2) coordinates, the outer one first."""
    faces: list[list[Ring]]
    """Rings of each face of a mesh."""
    nested: bool
    """True if it lies in a geometry collection."""


class _Open:
    """Geometry whose parts are still being read."""

    def __init__(self, kind: int, count: int, *, nested: bool) -> None:
        self.kind, self.left, self.nested = kind, count, nested
        self.rings: list[Ring] = []
        self.faces: list[list[Ring]] = []


class _Reader:
    """Reader with a position in the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position, self._order = data, 0, "<"

    def header(self) -> tuple[int, int]:
        """Read the type without its dimensions, and the number of coordinates per point."""
        order = self._data[self._position]
        if order > 1:
            msg = "no byte order"
            raise ValueError(msg)
        self._order = "<" if order else ">"
        self._position += 1
        code = self.count()
        if code & _EWKB_SRID:
            self.count()
        base_code = code & 0x1FFFFFFF
        kind, family = base_code % 1000, base_code // 1000
        has_z = bool(code & _EWKB_Z) or family in {1, 3}
        has_m = bool(code & _EWKB_M) or family in {2, 3}
        return kind, 2 + has_z + has_m

    def count(self) -> int:
        """Read an unsigned number of 32 bits."""
        (value,) = struct.unpack_from(self._order + "I", self._data, self._position)
        self._position += 4
        return int(value)

    def points(self, count: int, size: int) -> Ring:
        """Read (count, 2) coordinates."""
        kind = np.dtype(self._order + "f8")
        flat = np.frombuffer(self._data, kind, count * size, self._position)
        self._position += 8 * count * size
        return flat.reshape(count, size)[:, :2].astype(np.float64)


def parts_of(data: bytes) -> Iterator[Part]:
    """Yield the parts of a geometry.

    Args:
        data: Well-known binary. Arcs are made straight lines.

    Raises:
        ValueError: The bytes are no such geometry, or break off.
    """
    reader = _Reader(data)
    stack: list[_Open] = []
    try:
        while True:
            kind, size = reader.header()
            nested = bool(stack) and (stack[-1].nested or stack[-1].kind == _COLLECTION)
            if kind in _CONTAINERS:
                count = reader.count()
                stack.append(_Open(kind, count, nested=nested))
                if not count:
                    yield Part(EMPTY, [], [], nested)
            elif kind in _LEAVES:
                part = _leaf(reader, kind, size, nested=nested)
                yield from _place(part, stack)
                if stack:
                    stack[-1].left -= 1
            else:
                msg = f"type {kind}"
                raise ValueError(msg)
            while stack and not stack[-1].left:
                yield from _close(stack.pop(), stack)
            if not stack:
                return
    except (struct.error, IndexError) as error:
        msg = "it breaks off"
        raise ValueError(msg) from error


def _leaf(reader: _Reader, kind: int, size: int, *, nested: bool) -> Part:
    if _LEAVES[kind] == POINT:
        point = reader.points(1, size)
        return Part(EMPTY if np.isnan(point).all() else POINT, [], [], nested)
    if _LEAVES[kind] == LINE:
        line = reader.points(reader.count(), size)
        if kind == _ARCS:
            line = arcs_to_lines(line)
        return Part(LINE if len(line) else EMPTY, [line], [], nested)
    rings = [reader.points(reader.count(), size) for _ in range(reader.count())]
    return Part(POLYGON if rings and len(rings[0]) else EMPTY, rings, [], nested)


def _place(part: Part, stack: list[_Open]) -> Iterator[Part]:
    """Pass a part on to its surface, or yield it."""
    above = stack[-1].kind if stack else 0
    if above in {_COMPOUND, _CURVE_POLYGON}:
        stack[-1].rings += part.rings
    elif above in _MESHES:
        stack[-1].faces.append(part.rings)
    else:
        yield part


def _close(geometry: _Open, stack: list[_Open]) -> Iterator[Part]:
    """Close a geometry whose parts have all been read."""
    if stack:
        stack[-1].left -= 1
    if geometry.kind in _MESHES and geometry.faces:
        yield Part(FACES, [], geometry.faces, geometry.nested)
    elif geometry.kind == _COMPOUND and geometry.rings:
        # Each member begins where the one before ends.
        line = np.concatenate([geometry.rings[0], *(r[1:] for r in geometry.rings[1:])])
        yield from _place(Part(LINE, [line], [], geometry.nested), stack)
    elif geometry.kind == _CURVE_POLYGON and geometry.rings:
        kind = POLYGON if len(geometry.rings[0]) else EMPTY
        yield from _place(Part(kind, geometry.rings, [], geometry.nested), stack)
