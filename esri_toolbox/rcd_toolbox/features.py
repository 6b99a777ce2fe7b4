"""Write polygons into a feature class; it appears whole, or not at all."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Iterable, Sequence

from .placing import discard, place

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.engine.areas import Point

    Field = tuple[str, str, int]
    """Name, type of ArcGIS (TEXT, DOUBLE, LONG), and length of a text."""
    Row = tuple[arcpy.Polygon, Sequence[object]]
    """A polygon, and the values of its fields."""
    DwellingRow = tuple[arcpy.Polygon, tuple[str, float, float]]
    """A polygon with the class, the square metres, and the confidence of 100."""


def write_features(
    target: str, fields: Sequence[Field], reference: arcpy.SpatialReference, rows: Iterable[Row]
) -> None:
    """Write polygons into a feature class in memory, and at the end to its place.

    Args:
        target: Where they go; that it may be written there was asked before.
        fields: The fields beside shape and object id.
        reference: ``arcpy.SpatialReference`` of the shapes.
        rows: Polygons with the values of their fields.
    """
    import arcpy

    name = f"rcd_{uuid.uuid4().hex[:12]}"
    path = f"memory\\{name}"
    try:
        arcpy.management.CreateFeatureclass(
            out_path="memory", out_name=name, geometry_type="POLYGON", spatial_reference=reference
        )
        for field, kind, length in fields:
            if kind == "TEXT":
                arcpy.management.AddField(path, field, kind, field_length=length)
            else:
                arcpy.management.AddField(path, field, kind)
        with arcpy.da.InsertCursor(path, ["SHAPE@", *(field[0] for field in fields)]) as cursor:
            for shape, values in rows:
                cursor.insertRow([shape, *values])
        # Else an extent in the user's environments would leave out what lies beyond it.
        with arcpy.EnvManager(extent="MAXOF"):
            place(target, lambda part: arcpy.management.CopyFeatures(path, part))
    finally:
        discard(path)


def polygon(rings: Sequence[Sequence[Point]], reference: arcpy.SpatialReference) -> arcpy.Polygon:
    """A polygon of closed rings: the outer one clockwise as ArcGIS has it, holes the other way."""
    import arcpy

    shape: dict[str, object] = {"rings": [[list(point) for point in ring] for ring in rings]}
    code = int(getattr(reference, "factoryCode", 0) or 0)
    shape["spatialReference"] = {"wkid": code} if code else {"wkt": reference.exportToString()}
    return arcpy.AsShape(shape, esri_json=True)


def esri_rings(rings: Sequence[Sequence[Point]]) -> list[Sequence[Point]]:
    """The rings of a polygon of the engine with the exterior clockwise, y upwards.

    Args:
        rings: The exterior, and the holes, which run the other way.
    """
    exterior = rings[0]
    x0, y0 = exterior[0]  # relative to it, so that large coordinates cost no digits
    local = [(x - x0, y - y0) for x, y in exterior]
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(local, local[1:]))
    return [ring[::-1] if doubled > 0 else ring for ring in rings]


def ground_area(shape: arcpy.Polygon) -> float:
    """Geodesic area of a polygon in square metres."""
    return float(shape.getArea("GEODESIC", "SQUAREMETERS"))


def rings_of(shape: arcpy.Polygon) -> list[list[Point]]:
    """The closed rings of a polygon; curves as the straight lines between their ends."""
    rings: list[list[Point]] = []
    for part in shape:
        ring: list[Point] = []
        for point in part:
            if point is None:  # what follows is a hole
                rings.append(ring)
                ring = []
            else:
                ring.append((float(point.X), float(point.Y)))
        rings.append(ring)
    return [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings if ring]
