"""Ground that a model was trained on, as GeoJSON in longitude and latitude (RFC 7946)."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from .facts import StacError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import shapely
    from numpy.typing import NDArray

DIGITS = 7
"""Decimals of a degree, about a centimetre on the ground."""
MAX_POINTS = 200
"""Outlines with more points are replaced by their convex hull."""
_HALF = 180.0
_WORLD = 360.0

Box = tuple[float, float, float, float]


def area_of_footprints(rings: Sequence[NDArray[Any]]) -> tuple[dict[str, Any], Box]:
    """Compute geometry and bbox of the footprints of chips.

    Footprints that touch are joined. Where that gives a ragged outline, it is replaced by the
    convex hull. An area across the antimeridian is cut there, and its bbox then begins west of
    it and ends east of it, as RFC 7946 asks.

    Args:
        rings: The outline of each chip, (n, 2) longitude and latitude in degrees.

    Returns:
        A Polygon or MultiPolygon whose outer rings run counter-clockwise, and west, south, east,
        north.

    Raises:
        StacError: There are none, or one lies nowhere on Earth.
    """
    import numpy as np
    import shapely

    if not rings:
        msg = "no footprint is given: an area needs at least one"
        raise StacError(msg)
    for ring in rings:
        inside = np.isfinite(ring).all() and (abs(ring) <= (_HALF, _HALF / 2)).all()
        if not inside:
            msg = f"a footprint has points outside of the world's degrees: {ring.tolist()!r:.100}"
            raise StacError(msg)
    crossing = _crosses(rings)
    shifted = [np.where(_west(r) & crossing, r + np.array([_WORLD, 0.0]), r) for r in rings]
    polygons = [shapely.make_valid(shapely.Polygon(np.round(r, DIGITS))) for r in shifted]
    union = shapely.union_all(polygons, grid_size=10.0**-DIGITS)
    union = union.simplify(2 * 10.0**-DIGITS)  # chips that were joined leave points on its sides
    if shapely.get_num_coordinates(union) > MAX_POINTS:
        union = union.convex_hull
    if union.area == 0:
        msg = "the footprints cover no ground: their points lie on a line"
        raise StacError(msg)
    return _finish(union)


def area_of_bbox(bbox: Box) -> tuple[dict[str, Any], Box]:
    """Compute geometry and bbox of a rectangle; west is larger than east across the antimeridian.

    Raises:
        StacError: The values are not a rectangle on Earth.
    """
    import shapely

    west, south, east, north = bbox
    fits = all(map(math.isfinite, bbox)) and max(abs(west), abs(east)) <= _HALF
    if not fits or not -_HALF / 2 <= south < north <= _HALF / 2 or west == east:
        msg = f"{list(bbox)} is not an area: give west, south, east, north in degrees"
        raise StacError(msg)
    unwrapped_east = east + _WORLD if east < west else east
    return _finish(shapely.box(west, south, unwrapped_east, north))


def area_of_geojson(raw: Mapping[str, Any]) -> tuple[dict[str, Any], Box]:
    """Compute geometry and bbox of the polygons of a GeoJSON geometry, feature or collection.

    Raises:
        StacError: It holds none.
    """
    import numpy as np
    import shapely

    try:
        geometries = shapely.from_geojson(json.dumps(raw))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        msg = f"the area is not GeoJSON: {str(error)[:100]}"
        raise StacError(msg) from error
    kinds = (shapely.Polygon, shapely.MultiPolygon)
    parts = [p for p in shapely.get_parts(geometries) if isinstance(p, kinds) and not p.is_empty]
    rings = [np.asarray(q.exterior.coords)[:, :2] for p in parts for q in shapely.get_parts(p)]
    if not rings:
        msg = "the area holds no polygon: give a GeoJSON file with one or more"
        raise StacError(msg)
    return area_of_footprints(rings)


def _west(ring: NDArray[Any]) -> NDArray[Any]:
    """Mask of points in the western hemisphere, (n, 1) bool."""
    is_west: NDArray[Any] = ring[:, :1] < 0
    return is_west


def _crosses(rings: Sequence[NDArray[Any]]) -> bool:
    """Test if the rings are closer together across the antimeridian than across Greenwich."""
    import numpy as np

    degrees = np.concatenate([r[:, 0] for r in rings])
    width = np.ptp(degrees)
    return bool(width > _HALF and np.ptp(np.where(degrees < 0, degrees + _WORLD, degrees)) < width)


def _finish(union: shapely.Geometry) -> tuple[dict[str, Any], Box]:
    """Cut at the antimeridian, orient the rings, and round the coordinates."""
    import shapely
    from shapely.affinity import translate

    west, south, east, north = union.bounds
    if east > _HALF:
        west_part = shapely.intersection(union, shapely.box(-_HALF, -90, _HALF, 90))
        east_part = shapely.intersection(union, shapely.box(_HALF, -90, _HALF + _WORLD, 90))
        union = shapely.MultiPolygon(
            [*_polygons(west_part), *_polygons(translate(east_part, -_WORLD))]
        )
        east -= _WORLD
    geometry = json.loads(shapely.to_geojson(_turn(union.normalize())))
    bbox = tuple(round(v, DIGITS) for v in (west, south, east, north))
    geometry["coordinates"] = _rounded(geometry["coordinates"])
    return geometry, (bbox[0], bbox[1], bbox[2], bbox[3])


def _turn(geometry: shapely.Geometry) -> shapely.Geometry:
    """Orient outer rings counter-clockwise and holes clockwise."""
    import shapely
    from shapely.geometry.polygon import orient

    parts = [orient(p) for p in _polygons(geometry)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _polygons(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    """List the polygons of a geometry without empty slivers."""
    import shapely

    return [p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon" and p.area > 0]


def _rounded(value: Any) -> Any:  # noqa: ANN401 - nested lists of numbers
    return [_rounded(v) for v in value] if isinstance(value, list) else round(value, DIGITS)
