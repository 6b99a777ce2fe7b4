"""The dwellings that the features of a layer stand for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Union

from camp_detector_core.engine.areas import CountedDwelling, Point, holds
from camp_detector_core.engine.polygons.surfaces import Surfaces

from .features import ground_area, rings_of

if TYPE_CHECKING:
    import arcpy

    from .host import Progress

    Shape = Union[arcpy.PointGeometry, arcpy.Multipoint, arcpy.Polyline, arcpy.Polygon]


class LayerDwellings(NamedTuple):
    """The dwellings of a layer, and features that are none."""

    dwellings: list[CountedDwelling]
    left_out: int
    """Features that are no dwelling."""
    twice: int
    """Polygons that are the same as an earlier one."""


def dwellings_in(layer: object, progress: Progress) -> LayerDwellings:
    """The dwellings of a layer, by the rules of `engine.polygons.surfaces`.

    Args:
        layer: Of polygons, points or multipoints.
        progress: Asked whether to stop.
    """
    import arcpy

    dwellings: list[CountedDwelling] = []
    left_out = 0
    surfaces = Surfaces()
    with arcpy.da.SearchCursor(layer, ["SHAPE@"]) as cursor:
        for i, (shape,) in enumerate(cursor):
            if i % 1024 == 0:
                progress.check()
            before = surfaces.tally.twice
            new = list(_of(shape, surfaces))
            dwellings += new
            left_out += not new and surfaces.tally.twice == before
    return LayerDwellings(dwellings, left_out, surfaces.tally.twice)


def _of(shape: Optional[Shape], surfaces: Surfaces) -> Iterator[CountedDwelling]:
    """The dwellings of a feature: the ground of its polygon, or each of its points."""
    if shape is None:
        return
    if shape.type == "point":
        yield CountedDwelling((float(shape.firstPoint.X), float(shape.firstPoint.Y)), None)
    elif shape.type == "multipoint":
        yield from (CountedDwelling((float(point.X), float(point.Y)), None) for point in shape)
    elif shape.type == "polygon" and shape.area and surfaces.take(bytes(shape.WKB)):
        area = ground_area(shape)
        if math.isfinite(area):
            yield CountedDwelling(_centre(shape), area)


def _centre(shape: arcpy.Polygon) -> Point:
    """The centroid, or where that is outside of the outline, a point inside."""
    middle = shape.trueCentroid
    if not holds(rings_of(shape), (middle.X, middle.Y)):
        middle = shape.labelPoint
    return float(middle.X), float(middle.Y)
