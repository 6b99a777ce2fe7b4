"""The rules by which polygons are taken from features: all polygons count, whatever holds them.

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

from .counts import counted
from .wkb import EMPTY, FACES, LINE, POINT, Part, parts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ring = NDArray[np.float64]

_CORNERS = 4
"""Fewest points of a closed ring that bounds anything."""


class Outline(NamedTuple):
    """One surface; its faces are polygons whose union it is, mostly a single one."""

    faces: list[list[Ring]]
    """The rings of each face: (n, 2) coordinates, finite and closed, the outer ring first."""

    def wkb(self) -> list[bytes]:
        """Each face as a polygon in well-known binary."""
        return [_polygon(rings) for rings in self.faces]


@dataclass
class Tally:
    """Counts of what the features of a layer hold."""

    polygons: int = 0
    """All polygons, also those that were left out."""
    nested: int = 0
    """Polygons inside of geometry collections."""
    lines: int = 0
    points: int = 0
    empty: int = 0
    missing: int = 0
    """Features without a geometry."""
    unreadable: int = 0
    """Features whose geometry is damaged."""
    infinite: int = 0
    """Polygons with coordinates that are no numbers."""
    beyond: int = 0
    """Polygons that lie nowhere on the Earth, or nowhere in the CRS that they are wanted in."""
    flat: int = 0
    """Polygons without area."""
    mended: int = 0
    """Polygons that cross themselves, or whose rings were not closed."""
    scraps: int = 0
    """Lines and points that mending leaves."""
    twice: int = 0
    """Polygons that are the same as an earlier one."""
    others: list[str] = field(default_factory=list)
    """Further clauses of the sentence."""

    def sentence(self, name: str) -> Optional[str]:
        """All that a user would not expect, or None.

        Args:
            name: Of the file or layer.
        """
        said = []
        if self.nested:
            were = _were(self.nested)
            said.append(
                f"{self.nested:,} of {counted(self.polygons, 'polygon')} {were} inside geometry "
                f"collections and {were} taken"
            )
        left = self._left_out()
        if left:
            said.append(f"{_listed(left)} {_were(self._dropped())} left out")
        if self.mended:
            scraps = f" ({counted(self.scraps, 'stray line')} dropped)" if self.scraps else ""
            said.append(
                f"{counted(self.mended, 'polygon')} with crossing or open outlines "
                f"{_were(self.mended)} mended{scraps}"
            )
        if self.twice:
            are = "is" if self.twice == 1 else "are"
            said.append(
                f"{counted(self.twice, 'polygon')} that {are} the same as another "
                f"{_were(self.twice)} counted once"
            )
        said += self.others
        return f"{name}: {'; '.join(said)}" if said else None

    def _left_out(self) -> list[str]:
        counts = (
            (self.lines, "line", "lines"),
            (self.points, "point", "points"),
            (self.empty, "empty geometry", "empty geometries"),
            (self.missing, "feature without geometry", "features without geometry"),
            (self.unreadable, "damaged geometry", "damaged geometries"),
            (
                self.infinite,
                "polygon with coordinates that are no numbers",
                "polygons with coordinates that are no numbers",
            ),
            (
                self.beyond,
                "polygon outside of what its coordinate system covers",
                "polygons outside of what their coordinate system covers",
            ),
            (self.flat, "polygon without area", "polygons without area"),
        )
        return [counted(n, one, many) for n, one, many in counts if n]

    def _dropped(self) -> int:
        return (
            self.lines + self.points + self.empty + self.missing + self.unreadable + self.infinite
            + self.beyond + self.flat
        )  # fmt: skip

    def contents(self) -> str:
        """Name the geometries that stand in place of polygons."""
        return _listed(self._left_out()) or "no feature"


class Surfaces:
    """Takes the polygons of features, one feature after another."""

    def __init__(self, *, once: bool = True) -> None:
        """Nothing is taken yet.

        Args:
            once: Whether a polygon that is the same as an earlier one is left out.
        """
        self.tally = Tally()
        self._once = once
        self._seen: dict[Hashable, list[Outline]] = {}
        self._normal: dict[Hashable, set[Hashable]] = {}

    def take(self, wkb: Optional[bytes], kind: Hashable = None) -> list[Outline]:
        """The polygons of a feature; none where all is left out.

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
        found = [outline for part in parts for outline in self._outlines(part)]
        return [o for o in found if not self._is_known(o, kind)] if self._once else found

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
        closed = [[_closed(ring) for ring in rings if len(ring)] for rings in faces]
        tally.mended += any(
            len(a) != len(b)
            for rings, made in zip(faces, closed)
            for a, b in zip((r for r in rings if len(r)), made)
        )
        kept = [
            [rings[0], *(hole for hole in rings[1:] if len(hole) >= _CORNERS)]
            for rings in closed
            if rings and len(rings[0]) >= _CORNERS
        ]
        if not kept:
            tally.flat += 1
            return []
        return [Outline(kept)]

    def _is_known(self, outline: Outline, kind: Hashable) -> bool:
        """Whether it came before; the costly comparison is of those that are alike only."""
        first = outline.faces[0][0]
        alike: Hashable = (
            kind,
            len(outline.faces),
            first.min(axis=0).tobytes(),
            first.max(axis=0).tobytes(),
        )
        earlier = self._seen.setdefault(alike, [])
        if not earlier:
            earlier.append(outline)
            return False
        normal = self._normal.setdefault(alike, {_normal(o) for o in earlier})
        if (form := _normal(outline)) in normal:
            self.tally.twice += 1
            return True
        normal.add(form)
        return False


def _closed(ring: Ring) -> Ring:
    return ring if (ring[0] == ring[-1]).all() else np.concatenate((ring, ring[:1]))


def _normal(outline: Outline) -> Hashable:
    """The same for the same ground, wherever rings begin, whichever way they run."""
    faces = [(_normal_ring(r[0]), *sorted(_normal_ring(h) for h in r[1:])) for r in outline.faces]
    return tuple(sorted(faces))


def _normal_ring(ring: Ring) -> bytes:
    points: Ring = ring[:-1]
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)] + 0.0  # no -0.0
    if not len(points):
        return bytes(ring[:1].tobytes())
    first = int(np.lexsort((points[:, 1], points[:, 0]))[0])
    onward = np.roll(points, -first, axis=0)
    back = np.roll(onward[::-1], 1, axis=0)
    ways: list[bytes] = [onward.tobytes(), back.tobytes()]
    return min(ways)


def _polygon(rings: list[Ring]) -> bytes:
    out = [struct.pack("<BII", 1, 3, len(rings))]
    for ring in rings:
        out += (struct.pack("<I", len(ring)), ring.astype("<f8").tobytes())
    return b"".join(out)


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _listed(parts: list[Any]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
