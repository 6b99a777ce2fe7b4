"""Polygons of a host's features on the grid of the image, valid and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import numpy as np

from ..engine.errors import RasterError
from ..engine.polygons.surfaces import FeatureCounts, Outline, Surfaces
from ..engine.polygons.wkb import parts_of

if TYPE_CHECKING:
    from typing import Callable

    from numpy.typing import NDArray

    from .ports import DataWriter, FeatureLayer

    Ring = NDArray[np.float64]

_LOOK = 1000
"""Features between two looks at whether the user wants to stop."""


@dataclass(frozen=True)
class Polygon:
    """A valid polygon in the CRS of the image."""

    rings: list[Ring]
    """(n, 2) coordinates, closed, the exterior first."""
    kind: Optional[str] = None
    """Its class."""

    @property
    def wkb(self) -> bytes:
        """Well-known binary."""
        return Outline([self.rings]).wkb()[0]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest x and y, greatest x and y."""
        (left, bottom), (right, top) = self.rings[0].min(axis=0), self.rings[0].max(axis=0)
        return float(left), float(bottom), float(right), float(top)


@dataclass(frozen=True)
class PlacedLayer:
    """The polygons of a layer in the CRS of the image."""

    name: str
    polygons: list[Polygon]
    tally: FeatureCounts
    """Counts of what was left out, and more that a user may not expect."""


def place_layer(
    layer: FeatureLayer, crs_wkt: str, writer: DataWriter, look: Callable[[], None]
) -> PlacedLayer:
    """Take the polygons of a layer, by the rules of `Surfaces`, and move and mend them.

    Args:
        layer: Features in any CRS.
        crs_wkt: The CRS of the image.
        writer: Moves and mends.
        look: Called often; may raise to stop.

    Raises:
        RasterError: The layer has no CRS, no polygon, or none that has a place in the image's CRS.
    """
    if not layer.crs_wkt:
        msg = f"{layer.name} does not say its coordinate system: set the right one"
        raise RasterError(msg)
    surfaces = Surfaces()
    outlines, kinds = [], []
    for i, geometry in enumerate(layer.geometries):
        if i % _LOOK == 0:
            look()
        kind = None if layer.classes is None else layer.classes[i]
        own = surfaces.take(geometry, kind)
        outlines += own
        kinds += [kind] * len(own)
    tally = surfaces.tally
    polygons: list[Polygon] = []
    moved = _moved(outlines, layer, crs_wkt, writer, tally) if outlines else []
    for i, (outline, kind) in enumerate(zip(moved, kinds)):
        if i % _LOOK == 0:
            look()
        if outline is not None:
            polygons += [Polygon(rings, kind) for rings in _valid(outline, writer, tally)]
    if not polygons:
        msg = f"{layer.name} holds no polygon ({tally.contents()}): give a layer of outlines"
        raise RasterError(msg)
    return PlacedLayer(layer.name, polygons, tally)


def _moved(
    outlines: list[Outline],
    layer: FeatureLayer,
    crs_wkt: str,
    writer: DataWriter,
    tally: FeatureCounts,
) -> list[Optional[Outline]]:
    """The outlines in another CRS, None for those that have no place there.

    Raises:
        RasterError: None of them has.
    """
    source_wkt = str(layer.crs_wkt)
    rings = [ring for outline in outlines for face in outline.faces for ring in face]
    points = np.concatenate(rings)
    if source_wkt != crs_wkt:
        points = writer.moved(points, source_wkt, crs_wkt)
    ends = np.cumsum([len(ring) for ring in rings])[:-1]
    parts = iter(np.split(points, ends))
    result: list[Optional[Outline]] = []
    for outline in outlines:
        faces = [[next(parts) for _ in face] for face in outline.faces]
        is_somewhere = all(np.isfinite(ring).all() for face in faces for ring in face)
        tally.beyond += not is_somewhere
        result.append(Outline(faces) if is_somewhere else None)
    if not any(result):
        x, y = outlines[0].faces[0][0][0]
        msg = (
            f"{layer.name} holds coordinates such as {x:.10g}, {y:.10g}, which have no place in "
            "the coordinate system of the image: set the one that the layer is really in"
        )
        raise RasterError(msg)
    return result


def _valid(outline: Outline, writer: DataWriter, tally: FeatureCounts) -> list[list[Ring]]:
    """The rings of the valid polygons of an outline; none if it covers no ground."""
    pieces = writer.mended(outline.wkb())
    if pieces is None:
        return outline.faces
    valid = [part.rings for piece in pieces for part in parts_of(piece)]
    tally.flat += not valid
    tally.mended += bool(valid) and len(outline.faces) == 1
    return valid
