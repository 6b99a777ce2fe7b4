"""Rules for geometry and bbox, the ground that the model was trained on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.json_values import as_dict, as_list, is_number

if TYPE_CHECKING:
    from .findings import Findings, Place

_TOLERANCE = 1e-6
"""Tolerance in degrees, about 0.1 m: bbox and geometry may be rounded differently."""
_LON, _LAT, _WORLD = 180.0, 90.0, 360.0
_RING = 4
_FLAT, _SOLID = 4, 6
_FAKE = ((0, 0, 1, 1), (0, 0, 0, 0))
"""Placeholder boxes of items whose true bbox nobody wrote."""

Box = tuple[float, float, float, float]
Ring = list[tuple[float, float]]


def check_place(item: dict[str, Any], findings: Findings) -> None:
    """Note faults of geometry and bbox."""
    geometry, place = item.get("geometry"), findings.at("geometry")
    box = _box(item.get("bbox"), findings)
    if geometry is None:
        remedy = "write the area of the training imagery and its bbox"
        place.advice("is null: it is not said where the model was trained", remedy)
        return
    problem_count = findings.problems()
    polygons = _polygons(as_dict(geometry))
    if polygons is None:
        kind = shown(as_dict(geometry).get("type"))
        place.unchecked(f"is a {kind}; only polygons are checked here")
        return
    rings_place = place.at("coordinates")
    several = as_dict(geometry).get("type") == "MultiPolygon"
    checked = [
        _rings(polygon, rings_place.at(i) if several else rings_place)
        for i, polygon in enumerate(polygons)
    ]
    if not checked:
        place.problem("has no polygon", "write the area of the training imagery")
    if findings.problems() > problem_count:
        return
    _check_shape(checked, findings)
    if box is not None:
        _compare(box, [ring for rings in checked for ring in rings], findings)


def _box(value: object, findings: Findings) -> Box | None:
    """Read west, south, east, north; None if they are wrong."""
    numbers = as_list(value)
    if len(numbers) not in {_FLAT, _SOLID} or not all(map(is_number, numbers)):
        if value is not None:
            message = f"{shown(value)} is not west, south, east, north"
            findings.at("bbox").problem(message, "write the bounds of the geometry")
        return None
    half = len(numbers) // 2
    west, south, east, north = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    box = (west, south, east, north)
    inside = max(abs(west), abs(east)) <= _LON and max(abs(south), abs(north)) <= _LAT
    if not inside or south > north:
        message = f"{shown(numbers)} does not lie in the degrees of the world, south before north"
        findings.at("bbox").problem(message, "write west, south, east, north in degrees")
        return None
    if box in _FAKE:
        message = f"{shown(numbers)} is not the area of any training"
        findings.at("bbox").problem(message, "write that of the training imagery")
    elif south == north or west == east:
        findings.at("bbox").problem(f"{shown(numbers)} covers no ground", "write an area")
    return box


def _polygons(geometry: dict[str, Any]) -> list[Any] | None:
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        return [coordinates]
    if geometry.get("type") == "MultiPolygon":
        return as_list(coordinates)
    return None


def _rings(polygon: object, base: Place) -> list[Ring]:
    """List the rings of a polygon, and check each ring."""
    rings = []
    for i, raw in enumerate(as_list(polygon)):
        place = base.at(i)
        ring = _positions(raw)
        if ring is None or len(ring) < _RING:
            message = "is not a ring of four or more positions of two or three numbers"
            place.problem(message, "write the corners, the first again at the end")
        elif ring[0] != ring[-1]:
            place.problem("is not closed", "repeat the first position at the end")
        elif any(abs(x) > _LON or abs(y) > _LAT for x, y in ring):
            remedy = "write longitude before latitude, in degrees"
            place.problem("lies outside of -180 to 180 and -90 to 90 degrees", remedy)
        else:
            _check_turn(ring, i, place)
            rings.append(ring)
    if not as_list(polygon):
        base.problem("is not a polygon: it has no ring", "write its corners")
    return rings


def _positions(raw: object) -> Ring | None:
    points = as_list(raw)
    is_valid = all(
        isinstance(p, list) and len(p) in {2, 3} and all(map(is_number, p)) for p in points
    )
    try:
        return [(float(p[0]), float(p[1])) for p in points] if is_valid and points else None
    except OverflowError:
        return None


def _check_turn(ring: Ring, number: int, place: Place) -> None:
    """Check the orientation of RFC 7946: outer rings counter-clockwise, holes clockwise."""
    x0, y0 = ring[0]
    corners = ((x - x0, y - y0) for x, y in ring)
    area = sum(x * v - u * y for (x, y), (u, v) in pairwise(corners))
    if area == 0:
        place.problem("encloses no ground", "write the corners of an area")
    elif (area > 0) != (number == 0):
        kind, way = (
            ("an outer ring", "counter-clockwise") if number == 0 else ("a hole", "clockwise")
        )
        # RFC 7946 asks readers not to refuse such polygons.
        place.advice(f"{kind} should run {way} (RFC 7946)", "reverse its positions")


def _check_shape(polygons: list[list[Ring]], findings: Findings) -> None:
    """Note rings that cross themselves or each other."""
    import shapely

    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons if rings]
    shape = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    if not shapely.is_valid(shape):
        reason = shown(shapely.is_valid_reason(shape))
        findings.at("geometry").problem(f"is not valid: {reason}", "write rings that do not cross")


def _compare(box: Box, rings: list[Ring], findings: Findings) -> None:
    """Compare bbox and geometry; across the antimeridian the bbox's west is the larger."""
    west, south, east, north = box
    turn = _WORLD if west > east else 0.0
    xs, ys = [], []
    for ring in rings:
        # A part that lies in the west of the world as a whole is east of the antimeridian.
        shift = turn if max(x for x, _ in ring) < west else 0.0
        xs += [x + shift for x, _ in ring]
        ys += [y for _, y in ring]
    true = (min(xs), min(ys), max(xs), max(ys))
    stated_box = (west, south, east + turn, north)
    if any(abs(a - b) > _TOLERANCE for a, b in zip(true, stated_box, strict=True)):
        bounds = [round(v, 7) for v in (true[0], true[1], true[2] - turn, true[3])]
        message = f"{shown(list(box))} is not that of the geometry"
        findings.at("bbox").problem(message, f"write {bounds}")
