"""Camp Summary."""

from __future__ import annotations

import csv
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .areas import AreaIndex, Dwelling, HexagonGrid, Point, Tally, tally, tally_cells
from .errors import ToolError
from .features import Field, feature_class, ground_area, polygon
from .ground import is_known, lonlat_of, metres_per_unit
from .host import Progress, require_new

FIELDS: Tuple[Field, ...] = (
    ("name", "TEXT", 254),
    ("dwellings", "LONG", 0),
    ("covered_m2", "DOUBLE", 0),
    ("mean_m2", "DOUBLE", 0),
    ("area_ha", "DOUBLE", 0),
    ("per_ha", "DOUBLE", 0),
    ("cover_pct", "DOUBLE", 0),
)
_MOST_LINES = 40
"""Areas that are listed in the messages; all are in the table."""


@dataclass(frozen=True)
class Area:
    """One area with what was counted in it."""

    name: str
    shape: Any
    """``arcpy.Polygon``."""
    square_metres: float
    tally: Tally

    def row(self) -> List[Any]:
        """Values of `FIELDS`."""
        t, size = self.tally, self.square_metres
        return [
            self.name, t.dwellings, t.covered, t.mean, size / 1e4, t.density(size), t.share(size),
        ]  # fmt: skip


def execute(parameters: Dict[str, Any], messages: Any) -> None:  # noqa: ANN401
    """Count, and write what was asked for."""
    text = {name: p.valueAsText for name, p in parameters.items()}
    for name in ("out_areas", "out_hexagons", "out_table"):
        if text[name]:
            require_new(str(text[name]), "the output")
    fault = fault_of(parameters)
    if fault:
        raise ToolError(fault)
    progress = Progress("Reading dwellings")
    reference = _reference(str(text["in_dwellings"]))
    dwellings = _dwellings(parameters["in_dwellings"].value, progress)
    everything = Tally()
    for dwelling in dwellings:
        everything.add(dwelling)
    parameters["count"].value = everything.dwellings
    table: List[Tuple[str, Optional[Area], Tally]] = [("all dwellings", None, everything)]
    if text["in_boundaries"]:
        progress.label("Counting in each area")
        areas, outside = _by_area(parameters, dwellings, reference, progress)
        table += [("outside of all areas", None, outside), *((a.name, a, a.tally) for a in areas)]
        if text["out_areas"]:
            _write(str(text["out_areas"]), areas, reference)
    if text["out_hexagons"] or not text["in_boundaries"]:
        progress.label("Counting in hexagons")
        cells = _by_hexagon(float(parameters["hexagon_width"].value or 100.0), dwellings, reference)
        if not text["in_boundaries"]:
            table += [(cell.name, cell, cell.tally) for cell in cells]
        if text["out_hexagons"]:
            _write(str(text["out_hexagons"]), cells, reference)
        messages.addMessage(f"{len(cells)} hexagons hold a dwelling.")
    progress.check()
    if text["out_table"]:
        _write_table(Path(str(text["out_table"])), table)
    for line in lines_of(table):
        messages.addMessage(line)


def fault_of(parameters: Dict[str, Any]) -> Optional[str]:
    """What was asked for that cannot be, or None."""
    given = {name for name, p in parameters.items() if p.valueAsText}
    if "out_areas" in given and "in_boundaries" not in given:
        return "Output Areas needs Boundaries: choose a polygon layer, or leave the output empty"
    return None


def _reference(layer: str) -> Any:  # noqa: ANN401
    import arcpy

    reference = arcpy.Describe(layer).spatialReference
    if not is_known(reference):
        msg = (
            f"{layer} has no coordinate system, so that areas on the ground are unknown: set it "
            "with Define Projection"
        )
        raise ToolError(msg)
    return reference


def _dwellings(layer: Any, progress: Progress) -> List[Dwelling]:  # noqa: ANN401
    import arcpy

    found = []
    with arcpy.da.SearchCursor(layer, ["SHAPE@"]) as cursor:
        for i, (shape,) in enumerate(cursor):
            if i % 1024 == 0:
                progress.check()
            if shape is None or not shape.area:
                continue
            found.append(Dwelling(_centre(shape), ground_area(shape)))
    return found


def _centre(shape: Any) -> Point:  # noqa: ANN401
    """The centroid, or where that is outside of the outline, a point inside."""
    middle = shape.trueCentroid
    if not AreaIndex([_rings(shape)]).of((middle.X, middle.Y)) == 0:
        middle = shape.labelPoint
    return float(middle.X), float(middle.Y)


def _rings(shape: Any) -> List[List[Point]]:  # noqa: ANN401
    """The closed rings of a polygon; curves as the straight lines between their ends."""
    rings: List[List[Point]] = []
    for part in shape:
        ring: List[Point] = []
        for point in part:
            if point is None:  # what follows is a hole
                rings.append(ring)
                ring = []
            else:
                ring.append((float(point.X), float(point.Y)))
        rings.append(ring)
    return [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings if ring]


def _by_area(
    parameters: Dict[str, Any],
    dwellings: Sequence[Dwelling],
    reference: Any,  # noqa: ANN401
    progress: Progress,
) -> Tuple[List[Area], Tally]:
    import arcpy

    field = parameters["name_field"].valueAsText
    columns = ["OID@", "SHAPE@", *([field] if field else [])]
    shapes: List[Tuple[str, Any]] = []
    with arcpy.da.SearchCursor(
        parameters["in_boundaries"].value, columns, spatial_reference=reference
    ) as cursor:
        for number, shape, *name in sorted(cursor, key=lambda row: int(row[0])):
            progress.check()
            if shape is not None and shape.area:
                shapes.append((_name(name[0] if name else None, number), shape))
    if not shapes:
        msg = f"{parameters['in_boundaries'].valueAsText} holds no polygon to count in"
        raise ToolError(msg)
    counted, outside = tally(
        dwellings, AreaIndex([_rings(shape) for _, shape in shapes]), len(shapes)
    )
    areas = [
        Area(name, shape, ground_area(shape), found)
        for (name, shape), found in zip(shapes, counted)
    ]
    return areas, outside


def _name(value: object, number: object) -> str:
    text = "" if value is None else str(value).strip()
    return text[:254] or f"area {number}"


def _by_hexagon(width: float, dwellings: Sequence[Dwelling], reference: Any) -> List[Area]:  # noqa: ANN401
    if not dwellings:
        return []
    xs, ys = [d.at[0] for d in dwellings], [d.at[1] for d in dwellings]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    metres = metres_per_unit(reference, middle, lonlat_of(reference))
    grid = HexagonGrid(middle, metres, width)
    out = []
    for number, (cell, found) in enumerate(tally_cells(dwellings, grid).items(), 1):
        shape = polygon([grid.ring(cell)], reference)
        out.append(Area(f"hexagon {number}", shape, ground_area(shape), found))
    return out


def _write(target: str, areas: Sequence[Area], reference: Any) -> None:  # noqa: ANN401
    def rows() -> Iterator[Tuple[Any, Sequence[Any]]]:
        return ((area.shape, area.row()) for area in areas)

    with feature_class(target, FIELDS, reference) as table:
        table.fill(rows())


def _write_table(path: Path, table: Sequence[Tuple[str, Optional[Area], Tally]]) -> None:
    """A CSV with a byte order mark, which spreadsheets need to see that it is UTF-8."""
    part: Optional[Path] = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([name for name, _, _ in FIELDS])
            for title, area, found in table:
                row = area.row() if area else [title, found.dwellings, found.covered, found.mean]
                writer.writerow([_cell(v) for v in row] + [""] * (len(FIELDS) - len(row)))
        part.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise ToolError(msg) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"}:
        return "'" + value  # a spreadsheet would compute it
    return "" if value is None else value


def lines_of(table: Sequence[Tuple[str, Optional[Area], Tally]]) -> List[str]:
    """The table as lines for the messages."""
    head = f"{'':<32} {'dwellings':>9} {'covered m2':>12} {'mean m2':>9} {'per ha':>8}"
    out = [head]
    for title, area, found in table[:_MOST_LINES]:
        mean = "" if found.mean is None else f"{found.mean:.1f}"
        density = found.density(area.square_metres) if area else None
        per_hectare = "" if density is None else f"{density:.1f}"
        out.append(
            f"{title[:32]:<32} {found.dwellings:>9} {found.covered:>12,.0f} {mean:>9} "
            f"{per_hectare:>8}"
        )
    if len(table) > _MOST_LINES:
        out.append(f"... and {len(table) - _MOST_LINES} more; all are in the outputs.")
    return out
