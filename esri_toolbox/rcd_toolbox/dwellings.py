"""The dwellings that the features of a layer stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from .areas import AreaIndex, Dwelling, Point
from .features import ground_area, rings_of

if TYPE_CHECKING:
    from .host import Progress


def dwellings_in(layer: Any, progress: Progress) -> tuple[list[Dwelling], int]:
    """The dwellings of a layer, and how many of its features are none.

    Args:
        layer: Of polygons, points or multipoints.
        progress: Asked whether to stop.
    """
    import arcpy

    found: list[Dwelling] = []
    left_out = 0
    with arcpy.da.SearchCursor(layer, ["SHAPE@"]) as cursor:
        for i, (shape,) in enumerate(cursor):
            if i % 1024 == 0:
                progress.check()
            dwellings = list(_of(shape))
            found += dwellings
            left_out += not dwellings
    return found, left_out


def _of(shape: Any) -> Iterator[Dwelling]:
    """The dwellings of a feature: the ground of its polygon, or each of its points."""
    if shape is None:
        return
    if shape.type == "point":
        yield Dwelling((float(shape.firstPoint.X), float(shape.firstPoint.Y)), None)
    elif shape.type == "multipoint":
        yield from (Dwelling((float(point.X), float(point.Y)), None) for point in shape)
    elif shape.type == "polygon" and shape.area:
        yield Dwelling(_centre(shape), ground_area(shape))


def _centre(shape: Any) -> Point:
    """The centroid, or where that is outside of the outline, a point inside."""
    middle = shape.trueCentroid
    if AreaIndex([rings_of(shape)]).of((middle.X, middle.Y)) != 0:
        middle = shape.labelPoint
    return float(middle.X), float(middle.Y)
