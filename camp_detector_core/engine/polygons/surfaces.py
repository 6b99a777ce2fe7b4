"""Rules for taking polygons from features: all polygons count, in any kind of geometry.

A reader (shapely, QGIS, arcpy) gives each feature's geometry as well-known binary, makes its own
geometries of the outlines that come back, and mends those that cross themselves. What is taken
from a place that users do not expect, left out, mended or there twice is counted, and said in one
sentence.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Hashable, NamedTuple, Optional

import numpy as np

from ..counts import counted
from .wkb import EMPTY, FACES, LINE, POINT, Part, parts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ring = NDArray[np.float64]

_CORNERS = 4
"""Fewest points of a closed ring that bounds anything."""


class Outline(NamedTuple):
    """Surface whose faces are polygons with one union, mostly a single polygon."""

    faces: list[list[Ring]]
    """Rings of each face: (n, 2) coordinates, finite and closed, the outer ring first."""

    def wkb(self) -> list[bytes]:
        """Write each face as a polygon in well-known binary."""
        return [_polygon(rings) for rings in self.faces]


@dataclass
class FeatureCounts:
    """Counts of the features of a layer."""

    polygons: int = 0
    """Number of all polygons, also of omitted ones."""
    nested: int = 0
    """Number of polygons inside of geometry collections."""
    lines: int = 0
    points: int = 0
    empty: int = 0
    missing: int = 0
    """Number of features without a geometry."""
    unreadable: int = 0
    """Number of features whose geometry is damaged."""
    infinite: int = 0
    """Number of polygons with coordinates that are not finite."""
    beyond: int = 0
    """Number of polygons outside of the Earth, or of the requested CRS."""
    flat: int = 0
    """Number of polygons without area."""
    mended: int = 0
    """Number of polygons that cross themselves, or had open rings."""
    scraps: int = 0
    """Number of lines and points that mending leaves."""
    twice: int = 0
    """Number of polygons that repeat an earlier one."""
    further_clauses: list[str] = field(default_factory=list)
    """Further clauses of the sentence."""

    def sentence(self, name: str) -> Optional[str]:
        """Write a sentence on everything unexpected, or None.

        Args:
            name: Name of the file or layer.
        """
        clauses = []
        if self.nested:
            were = _were(self.nested)
            clauses.append(
                f"{self.nested:,} of {counted(self.polygons, 'polygon')} {were} inside geometry "
                f"collections and {were} taken"
            )
        left, number = self._left_out()
        if left:
            clauses.append(f"{left} {_were(number)} left out")
        if self.mended:
            scraps = f" ({counted(self.scraps, 'stray line')} dropped)" if self.scraps else ""
            clauses.append(
                f"{counted(self.mended, 'polygon')} with crossing or open outlines "
                f"{_were(self.mended)} mended{scraps}"
            )
        if self.twice:
            are = "is" if self.twice == 1 else "are"
            clauses.append(
                f"{counted(self.twice, 'polygon')} that {are} the same as another "
                f"{_were(self.twice)} counted once"
            )
        clauses += self.further_clauses
        return f"{name}: {'; '.join(clauses)}" if clauses else None

    def _left_out(self) -> tuple[str, int]:
        """Name what is left out, and count it."""
        counts = (
            (self.lines, "line", "lines"),
            (self.points, "point", "points"),
            (self.empty, "empty geometry", "empty geometries"),
            (self.missing, "feature without geometry", "features without geometry"),
            (self.unreadable, "damaged geometry", "damaged geometries"),
            (
                self.infinite,
                "polygon with coordinates that are not numbers",
                "polygons with coordinates that are not numbers",
            ),
            (
                self.beyond,
                "polygon outside of what its coordinate system covers",
                "polygons outside of what their coordinate system covers",
            ),
            (self.flat, "polygon without area", "polygons without area"),
        )
        texts = [counted(*each) for each in counts if each[0]]
        return _enumerate(texts), sum(number for number, *_ in counts)

    def contents(self) -> str:
        """Name the geometries in place of polygons."""
        return self._left_out()[0] or "no feature"


class Surfaces:
    """Collector of the polygons of features."""

    def __init__(self, *, skip_repeated: bool = True) -> None:
        """Start without polygons.

        Args:
            skip_repeated: True to omit polygons that repeat an earlier one.
        """
        self.tally = FeatureCounts()
        self._skip_repeated = skip_repeated
        self._outlines_by_key: dict[Hashable, list[Outline]] = {}
        self._normal: dict[Hashable, set[Hashable]] = {}

    def take(self, wkb: Optional[bytes], kind: Hashable = None) -> list[Outline]:
        """Take the polygons of a feature; an empty list if all are omitted.

        Args:
            wkb: Its geometry in well-known binary of any kind, None where it has none.
            kind: Its class: polygons of different classes are never the same.
        """
        if wkb is None:
            self.tally.missing += 1
            return []
        try:
            parts = list(parts_of(wkb))
        except ValueError:
            self.tally.unreadable += 1
            return []
        outlines = [outline for part in parts for outline in self._outlines(part)]
        return (
            [o for o in outlines if not self._is_known(o, kind)]
            if self._skip_repeated
            else outlines
        )

    def _outlines(self, part: Part) -> list[Outline]:
        tally = self.tally
        if part.kind in {EMPTY, LINE, POINT}:
            tally.empty += part.kind == EMPTY
            tally.lines += part.kind == LINE
            tally.points += part.kind == POINT
            return []
        tally.polygons += 1
        tally.nested += part.nested
        faces = part.faces if part.kind == FACES else [part.rings]
        if not all(np.isfinite(ring).all() for rings in faces for ring in rings):
            tally.infinite += 1
            return []
        closed_faces = [[_close(ring) for ring in rings if len(ring)] for rings in faces]
        tally.mended += any(
            len(a) != len(b)
            for rings, new_rings in zip(faces, closed_faces)
            for a, b in zip((r for r in rings if len(r)), new_rings)
        )
        faces_kept = [
            [rings[0], *(hole for hole in rings[1:] if len(hole) >= _CORNERS)]
            for rings in closed_faces
            if rings and len(rings[0]) >= _CORNERS
        ]
        if not faces_kept:
            tally.flat += 1
            return []
        return [Outline(faces_kept)]

    def _is_known(self, outline: Outline, kind: Hashable) -> bool:
        """Test if a polygon came before; only similar ones are compared in full."""
        first = outline.faces[0][0]
        alike: Hashable = (
            kind,
            len(outline.faces),
            first.min(axis=0).tobytes(),
            first.max(axis=0).tobytes(),
        )
        earlier = self._outlines_by_key.setdefault(alike, [])
        if not earlier:
            earlier.append(outline)
            return False
        normal = self._normal.setdefault(alike, {_normal(o) for o in earlier})
        if (form := _normal(outline)) in normal:
            self.tally.twice += 1
            return True
        normal.add(form)
        return False


def _close(ring: Ring) -> Ring:
    return ring if (ring[0] == ring[-1]).all() else np.concatenate((ring, ring[:1]))


def _normal(outline: Outline) -> Hashable:
    """Normalise an outline, so that rings of any start and direction compare equal."""
    faces = [(_normal_ring(r[0]), *sorted(_normal_ring(h) for h in r[1:])) for r in outline.faces]
    return tuple(sorted(faces))


def _normal_ring(ring: Ring) -> bytes:
    points: Ring = ring[:-1]
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)] + 0.0  # no -0.0
    if not len(points):
        return bytes(ring[:1].tobytes())
    first = int(np.lexsort((points[:, 1], points[:, 0]))[0])
    onward = np.roll(points, -first, axis=0)
    backward = np.roll(onward[::-1], 1, axis=0)
    ways: list[bytes] = [onward.tobytes(), backward.tobytes()]
    return min(ways)


def _polygon(rings: list[Ring]) -> bytes:
    chunks = [struct.pack("<BII", 1, 3, len(rings))]
    for ring in rings:
        chunks += (struct.pack("<I", len(ring)), ring.astype("<f8").tobytes())
    return b"".join(chunks)


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _enumerate(parts: list[Any]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
