"""Coordinates and polygons, as far as the toolbox uses them."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

_A = 6378137.0
_F = 1 / 298.257223563
_E = math.sqrt(_F * (2 - _F))


def _backend(source: SpatialReference, target: SpatialReference) -> Any:
    """A function from (x, y) to (x, y), by pyproj or GDAL, whichever this Python has."""
    try:
        import pyproj

        change = pyproj.Transformer.from_crs(source._wkt, target._wkt, always_xy=True)
        return change.transform
    except ImportError:
        from osgeo import osr

        osr.UseExceptions()
        ends = []
        for reference in (source, target):
            end = osr.SpatialReference()
            end.ImportFromWkt(reference._wkt)
            end.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
            ends.append(end)
        change = osr.CoordinateTransformation(*ends)
        return lambda x, y: change.TransformPoint(x, y)[:2]


class SpatialReference:
    """By EPSG code, or by WKT."""

    def __init__(self, item: Any = None, *, text: str | None = None) -> None:
        self.type, self.name, self.factoryCode = "Unknown", "Unknown", 0
        self.metersPerUnit, self.radiansPerUnit, self.projectionName = 1.0, 0.0, ""
        self._wkt = ""
        if item is None and not text:
            return
        try:
            import pyproj

            crs = pyproj.CRS.from_user_input(item if text is None else text)
            self._wkt, self.name = crs.to_wkt("WKT1_GDAL"), crs.name
            self.factoryCode = int(crs.to_epsg() or 0)
            geographic = crs.is_geographic
        except ImportError:
            from osgeo import osr

            osr.UseExceptions()
            crs = osr.SpatialReference()
            if text is None:
                crs.ImportFromEPSG(int(item))
            else:
                crs.ImportFromWkt(text)
            self._wkt, self.name = crs.ExportToWkt(["FORMAT=WKT1_GDAL"]), crs.GetName()
            self.factoryCode = int(crs.GetAuthorityCode(None) or 0)
            geographic = bool(crs.IsGeographic())
        if geographic:
            self.type, self.metersPerUnit, self.radiansPerUnit = "Geographic", 0.0, math.pi / 180
        else:
            self.type = "Projected"
            start = self._wkt.find('PROJECTION["') + len('PROJECTION["')
            self.projectionName = self._wkt[start : self._wkt.find('"', start)]

    def exportToString(self) -> str:
        return self._wkt.replace('"', "'")


class Point:
    def __init__(self, X: float = 0.0, Y: float = 0.0) -> None:
        self.X, self.Y = float(X), float(Y)


class PointGeometry:
    type = "point"

    def __init__(self, inputs: Point, spatial_reference: SpatialReference | None = None) -> None:
        if not isinstance(inputs, Point):
            raise TypeError("PointGeometry takes a Point")
        self.firstPoint, self._sr = inputs, spatial_reference

    def projectAs(self, spatial_reference: SpatialReference) -> PointGeometry:
        x, y = _backend(self._sr, spatial_reference)(self.firstPoint.X, self.firstPoint.Y)
        if not (math.isfinite(x) and math.isfinite(y)):
            raise RuntimeError("the point is outside of the projection")
        return PointGeometry(Point(x, y), spatial_reference)


class Extent:
    def __init__(
        self, XMin: float = 0.0, YMin: float = 0.0, XMax: float = 0.0, YMax: float = 0.0
    ) -> None:
        self.XMin, self.YMin, self.XMax, self.YMax = map(float, (XMin, YMin, XMax, YMax))
        self.spatialReference: SpatialReference | None = None

    def projectAs(self, spatial_reference: SpatialReference) -> Extent:
        change = _backend(self.spatialReference, spatial_reference)
        corners = [change(x, y) for x in (self.XMin, self.XMax) for y in (self.YMin, self.YMax)]
        xs, ys = zip(*corners)
        out = Extent(min(xs), min(ys), max(xs), max(ys))
        out.spatialReference = spatial_reference
        return out


Ring = list[tuple[float, float]]


def signed(ring: Ring) -> float:
    """Area of a closed ring, positive where it runs counter-clockwise, y upwards."""
    x0, y0 = ring[0]
    local = [(x - x0, y - y0) for x, y in ring]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(local, local[1:])) / 2


class Multipoint:
    type = "multipoint"

    def __init__(self, points: Sequence[Point], reference: SpatialReference) -> None:
        self._points, self.spatialReference = list(points), reference

    def __iter__(self) -> Any:
        return iter(self._points)


class Polyline:
    type = "polyline"
    area = 0.0


class Polygon:
    """Rings: outer ones clockwise, holes counter-clockwise."""

    type = "polygon"

    def __init__(self, rings: Sequence[Ring], reference: SpatialReference) -> None:
        self.rings = [[(float(x), float(y)) for x, y in ring] for ring in rings]
        self.spatialReference = reference

    @property
    def WKB(self) -> bytearray:
        """Several polygons, one for each outer ring, as the holes behind it say."""
        parts: list[list[Ring]] = []
        for ring in self.rings:
            if signed(ring) < 0 or not parts:
                parts.append([ring])
            else:
                parts[-1].append(ring)
        out = [struct.pack("<BII", 1, 6, len(parts))]
        for rings in parts:
            out.append(struct.pack("<BII", 1, 3, len(rings)))
            for ring in rings:
                flat = [v for place in ring for v in place]
                out.append(struct.pack(f"<I{len(flat)}d", len(ring), *flat))
        return bytearray(b"".join(out))

    @property
    def extent(self) -> Extent:
        xs, ys = zip(*(place for ring in self.rings for place in ring))
        return Extent(min(xs), min(ys), max(xs), max(ys))

    @property
    def area(self) -> float:
        return -sum(signed(ring) for ring in self.rings)

    def getArea(self, type: str | None = None, units: str | None = None) -> float:
        if (type, units) != ("GEODESIC", "SQUAREMETERS"):
            raise ValueError("only geodesic areas in square metres are known here")
        if self.spatialReference.type == "Unknown":
            raise RuntimeError("the polygon has no coordinate system")
        change = _backend(self.spatialReference, SpatialReference(4326))
        return -sum(signed([_equal_area(*change(x, y)) for x, y in ring]) for ring in self.rings)

    @property
    def trueCentroid(self) -> Point:
        total = sx = sy = 0.0
        x0, y0 = self.rings[0][0]
        for ring in self.rings:
            for (ax, ay), (bx, by) in zip(ring, ring[1:]):
                ax, ay, bx, by = ax - x0, ay - y0, bx - x0, by - y0
                cross = ax * by - bx * ay
                total += cross
                sx += (ax + bx) * cross
                sy += (ay + by) * cross
        return Point(x0 + sx / (3 * total), y0 + sy / (3 * total))

    @property
    def labelPoint(self) -> Point:
        """The middle of the longest stretch inside, on a line through the middle of the box."""
        ys = [y for ring in self.rings for _, y in ring]
        y = (min(ys) + max(ys)) / 2 + 1e-9
        cuts = sorted(
            a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for ring in self.rings
            for a, b in zip(ring, ring[1:])
            if (a[1] <= y) != (b[1] <= y)
        )
        left, right = max(zip(cuts[::2], cuts[1::2]), key=lambda pair: pair[1] - pair[0])
        return Point((left + right) / 2, y)

    def projectAs(self, spatial_reference: SpatialReference) -> Polygon:
        change = _backend(self.spatialReference, spatial_reference)
        return Polygon([[change(x, y) for x, y in r] for r in self.rings], spatial_reference)

    def __iter__(self) -> Any:
        """One part for each outer ring; None stands before each of its holes."""
        parts: list[list[Point | None]] = []
        for ring in self.rings:
            points: list[Point | None] = [Point(x, y) for x, y in ring]
            if signed(ring) < 0 or not parts:
                parts.append(points)
            else:
                parts[-1] += [None, *points]
        return iter(parts)


def _equal_area(lon: float, lat: float) -> tuple[float, float]:
    """Cylindrical equal-area on the ellipsoid (Snyder, USGS PP 1395, 3-12 and 10-15)."""
    s = math.sin(math.radians(lat))
    log = math.log((1 - _E * s) / (1 + _E * s)) / (2 * _E)
    q = (1 - _E**2) * (s / (1 - _E**2 * s**2) - log)
    return _A * math.radians(lon), _A * q / 2


def AsShape(geojson_struct: Any, esri_json: bool = False) -> Polygon:
    """Only polygons in Esri's JSON, held to what ArcGIS takes for granted."""
    if not esri_json:
        raise ValueError("only Esri's JSON is known here")
    geojson_reference = geojson_struct["spatialReference"]
    reference = (
        SpatialReference(geojson_reference["wkid"])
        if "wkid" in geojson_reference
        else SpatialReference(text=geojson_reference["wkt"].replace("'", '"'))
    )
    rings = geojson_struct["rings"]
    for i, ring in enumerate(rings):
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValueError(f"ring {i} is not closed")
        if not all(type(v) is float for point in ring for v in point):
            raise TypeError(f"ring {i} holds what is no float")
    if signed([tuple(p) for p in rings[0]]) >= 0:
        raise ValueError("the outer ring must run clockwise")
    return Polygon([[tuple(p) for p in ring] for ring in rings], reference)
