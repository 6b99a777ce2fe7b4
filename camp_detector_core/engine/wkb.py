"""The parts of a geometry in well-known binary of any kind: ISO, EWKB or OGC, 2D to 4D, nested."""

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
    """A part of a geometry that has no parts of its own kind."""

    kind: str
    """One of the names above."""
    rings: list[Ring]
    """Of a polygon: (n, 2) coordinates of each ring, the outer one first."""
    faces: list[list[Ring]]
    """Of a mesh: the rings of each face."""
    nested: bool
    """Whether it lies in a geometry collection."""


class _Open:
    """A geometry whose parts are still being read."""

    def __init__(self, kind: int, count: int, *, nested: bool) -> None:
        self.kind, self.left, self.nested = kind, count, nested
        self.rings: list[Ring] = []
        self.faces: list[list[Ring]] = []


class _Reader:
    """A place in the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._order = data, 0, "<"

    def header(self) -> tuple[int, int]:
        """Type without its dimensions, and how many numbers a point has."""
        order = self._data[self._at]
        if order > 1:
            msg = "no byte order"
            raise ValueError(msg)
        self._order = "<" if order else ">"
        self._at += 1
        code = self.count()
        if code & _EWKB_SRID:
            self.count()
        plain = code & 0x1FFFFFFF
        kind, family = plain % 1000, plain // 1000
        has_z = bool(code & _EWKB_Z) or family in {1, 3}
        has_m = bool(code & _EWKB_M) or family in {2, 3}
        return kind, 2 + has_z + has_m

    def count(self) -> int:
        """An unsigned number of 32 bits."""
        (value,) = struct.unpack_from(self._order + "I", self._data, self._at)
        self._at += 4
        return int(value)

    def points(self, count: int, size: int) -> Ring:
        """(count, 2) coordinates."""
        kind = np.dtype(self._order + "f8")
        flat = np.frombuffer(self._data, kind, count * size, self._at)
        self._at += 8 * count * size
        return flat.reshape(count, size)[:, :2].astype(np.float64)


def parts_of(data: bytes) -> Iterator[Part]:
    """The parts of a geometry, one after another.

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
                yield from _placed(part, stack)
                if stack:
                    stack[-1].left -= 1
            else:
                msg = f"type {kind}"
                raise ValueError(msg)
            while stack and not stack[-1].left:
                yield from _closed(stack.pop(), stack)
            if not stack:
                return
    except (struct.error, IndexError) as error:
        msg = "it breaks off"
        raise ValueError(msg) from error


def _leaf(reader: _Reader, kind: int, size: int, *, nested: bool) -> Part:
    if _LEAVES[kind] == POINT:
        at = reader.points(1, size)
        return Part(EMPTY if np.isnan(at).all() else POINT, [], [], nested)
    if _LEAVES[kind] == LINE:
        line = reader.points(reader.count(), size)
        if kind == _ARCS:
            line = arcs_to_lines(line)
        return Part(LINE if len(line) else EMPTY, [line], [], nested)
    rings = [reader.points(reader.count(), size) for _ in range(reader.count())]
    return Part(POLYGON if rings and len(rings[0]) else EMPTY, rings, [], nested)


def _placed(part: Part, stack: list[_Open]) -> Iterator[Part]:
    """Give a part to the surface that it belongs to, or out."""
    above = stack[-1].kind if stack else 0
    if above in {_COMPOUND, _CURVE_POLYGON}:
        stack[-1].rings += part.rings
    elif above in _MESHES:
        stack[-1].faces.append(part.rings)
    else:
        yield part


def _closed(done: _Open, stack: list[_Open]) -> Iterator[Part]:
    """A geometry whose parts have all been read."""
    if stack:
        stack[-1].left -= 1
    if done.kind in _MESHES and done.faces:
        yield Part(FACES, [], done.faces, done.nested)
    elif done.kind == _COMPOUND and done.rings:
        # Each member begins where the one before ends.
        line = np.concatenate([done.rings[0], *(r[1:] for r in done.rings[1:])])
        yield from _placed(Part(LINE, [line], [], done.nested), stack)
    elif done.kind == _CURVE_POLYGON and done.rings:
        kind = POLYGON if len(done.rings[0]) else EMPTY
        yield from _placed(Part(kind, done.rings, [], done.nested), stack)
