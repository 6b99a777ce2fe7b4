"""Camp Summary."""

from __future__ import annotations

import csv
import ntpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Sequence, TextIO

from camp_detector_core.engine.areas import FIELDS as COLUMNS
from camp_detector_core.engine.areas import HexagonGrid, Tally, tally, tally_cells

from .dwellings import dwellings_in
from .errors import ToolError
from .features import ground_area, polygon, rings_of, write_features
from .ground import is_known, metres_per_unit
from .host import Progress, require_new
from .placing import discard, text_file

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.engine.areas import CountedDwelling

    from .features import Field
    from .host import Messages
    from .parameters import Parameters

_TYPES = {str: ("TEXT", 254), int: ("LONG", 0), float: ("DOUBLE", 0)}
FIELDS: tuple[Field, ...] = tuple((name, *_TYPES[kind]) for name, kind in COLUMNS.items())
Line = tuple[str, Optional["Area"], Tally]
"""A line of the table: its name, its area if it has one, and the tally."""
_INPUTS = ("in_dwellings", "in_boundaries")
_OUTPUTS = ("out_areas", "out_hexagons", "out_table")
_MOST_LINES = 40
"""Areas that are listed in the messages; all are in the table."""


@dataclass(frozen=True)
class Area:
    """One area with what was counted in it."""

    name: str
    shape: arcpy.Polygon
    square_metres: float
    tally: Tally

    def row(self) -> list[object]:
        """Values of `FIELDS`."""
        return self.tally.values(self.name, self.square_metres)


@dataclass
class _Job:
    """The layers to count, and the outputs."""

    text: dict[str, Optional[str]]
    """Each parameter as text."""
    boundaries: object
    """The layer of areas to count in, if there is one."""
    hexagon_width: float
    """Metres."""
    reference: arcpy.SpatialReference
    """Coordinate system of the dwellings, in which all is counted."""
    dwellings: list[CountedDwelling]
    progress: Progress
    left_out: int = 0
    """Number of features of the boundaries that are no area."""

    def write(self, outputs: dict[str, list[Area]], table: Sequence[Line]) -> None:
        """Write all outputs, or none.

        Raises:
            ToolError: The table cannot be written.
        """
        targets = [(self.text[name], areas) for name, areas in outputs.items()]
        finished: list[str] = []
        try:
            with text_file(self.text["out_table"], lambda out: _write_table(out, table)):
                for target, areas in targets:
                    if target:
                        rows = ((area.shape, area.row()) for area in areas)
                        write_features(target, FIELDS, self.reference, rows)
                        finished.append(target)
        except BaseException:
            for target in finished:
                discard(target)
            raise


def execute(parameters: Parameters, messages: Messages) -> None:
    """Count, and write what was asked for."""
    text = {name: p.valueAsText for name, p in parameters.items()}
    for output in _OUTPUTS:
        if text[output]:
            require_new(str(text[output]))
    fault = fault_of(parameters)
    if fault:
        raise ToolError(fault)
    _refuse_same(text)
    progress = Progress("Reading dwellings")
    reference = _reference(str(text["in_dwellings"]))
    dwellings, left_out, twice = dwellings_in(parameters["in_dwellings"].value, progress)
    if left_out and not dwellings:
        msg = (
            f"{text['in_dwellings']} holds {left_out:,} features, and none is a polygon or a "
            "point: choose the layer of the dwellings"
        )
        raise ToolError(msg)
    width = float(parameters["hexagon_width"].value or 100.0)
    boundaries = parameters["in_boundaries"].value
    job = _Job(text, boundaries, width, reference, dwellings, progress)
    total = Tally()
    for dwelling in job.dwellings:
        total.add(dwelling)
    parameters["count"].value = total.dwellings
    lines, outputs = _count(job)
    table: list[Line] = [("all dwellings", None, total), *lines]
    progress.label("Writing")
    progress.check()  # the last time: from here on all is written
    job.write(outputs, table)
    for line in lines_of(table):
        messages.addMessage(line)
    points = total.dwellings - total.measured
    if points:
        messages.addMessage(f"Dwellings that are points, whose ground is not known: {points:,}")
    _warn(job, messages, left_out, twice)


def _warn(job: _Job, messages: Messages, left_out: int, twice: int) -> None:
    """Say how many features were left out, and how many are there more than once."""
    dwellings = job.text["in_dwellings"]
    if twice:
        messages.addWarningMessage(
            f"Polygons of {dwellings} that are the same as another one, which were counted once: "
            f"{twice:,}"
        )
    for layer, number in ((dwellings, left_out), (job.text["in_boundaries"], job.left_out)):
        if number:
            messages.addWarningMessage(
                f"Features of {layer} that have no area and are no point, and are left out: "
                f"{number:,}"
            )


def _count(job: _Job) -> tuple[list[Line], dict[str, list[Area]]]:
    """Count by area and by hexagon: the lines of the table, and what goes into each output."""
    table: list[Line] = []
    outputs: dict[str, list[Area]] = {}
    bounded = bool(job.text["in_boundaries"])
    if bounded:
        job.progress.label("Counting in each area")
        areas, outside = _by_area(job)
        table = [("outside of all areas", None, outside), *((a.name, a, a.tally) for a in areas)]
        outputs["out_areas"] = areas
    if job.text["out_hexagons"] or not bounded:
        job.progress.label("Counting in hexagons")
        outputs["out_hexagons"] = cells = _by_hexagon(job)
        if not bounded:
            table = [(cell.name, cell, cell.tally) for cell in cells]
    return table, outputs


def fault_of(parameters: Parameters) -> Optional[str]:
    """Give the reason why the outputs cannot be made, or None."""
    names = {name for name, p in parameters.items() if p.valueAsText}
    if "out_areas" in names and "in_boundaries" not in names:
        return "Output Areas needs Boundaries: choose a polygon layer, or leave the output empty"
    return None


def _refuse_same(text: dict[str, Optional[str]]) -> None:
    """Refuse an output that is an input, or another output, and one layer for both inputs.

    Raises:
        ToolError: There is one.
    """
    places: dict[str, str] = {}
    for name in (*_INPUTS, *_OUTPUTS):
        path = text[name]
        if not path:
            continue
        place = _place_of(path)
        if name in _OUTPUTS and place in places:
            msg = f"{path} is {places[place]} as well: choose another name for the output"
            raise ToolError(msg)
        if place in places:
            msg = f"{path} was given as dwellings and as boundaries: choose other boundaries"
            raise ToolError(msg)
        places[place] = "an input" if name in _INPUTS else "another output"


def _place_of(path: str) -> str:
    """The place that a layer or a path leads to; equal places have equal texts."""
    import arcpy

    if arcpy.Exists(path):
        path = str(getattr(arcpy.Describe(path), "catalogPath", "") or path)
    return ntpath.normpath(path).casefold()


def _reference(layer: str) -> arcpy.SpatialReference:
    import arcpy

    reference = arcpy.Describe(layer).spatialReference
    if not is_known(reference):
        msg = (
            f"{layer} has no coordinate system, so that areas on the ground are unknown: set it "
            "with Define Projection"
        )
        raise ToolError(msg)
    return reference


def _by_area(job: _Job) -> tuple[list[Area], Tally]:
    import arcpy

    naming = job.text["name_field"]
    columns = ["OID@", "SHAPE@", *([naming] if naming else [])]
    shapes: list[tuple[str, arcpy.Polygon]] = []
    with arcpy.da.SearchCursor(job.boundaries, columns, spatial_reference=job.reference) as cursor:
        for number, shape, *name in sorted(cursor, key=lambda row: int(row[0])):
            job.progress.check()
            if shape is not None and shape.area:
                shapes.append((_name(name[0] if name else None, number), shape))
            else:
                job.left_out += 1
    if not shapes:
        msg = f"{job.text['in_boundaries']} holds no polygon to count in: choose another layer"
        raise ToolError(msg)
    rings = [rings_of(shape) for _, shape in shapes]
    tallies, outside = tally(job.dwellings, rings, job.progress.check)
    areas = [
        Area(name, shape, ground_area(shape), inside)
        for (name, shape), inside in zip(shapes, tallies)
    ]
    return areas, outside


def _name(value: object, number: object) -> str:
    text = "" if value is None else str(value).strip()
    return text[:254] or f"area {number}"


def _by_hexagon(job: _Job) -> list[Area]:
    if not job.dwellings:
        return []
    xs, ys = [d.at[0] for d in job.dwellings], [d.at[1] for d in job.dwellings]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    grid = HexagonGrid(middle, metres_per_unit(job.reference, middle), job.hexagon_width)
    out = []
    for number, (cell, inside) in enumerate(tally_cells(job.dwellings, grid).items(), 1):
        shape = polygon([grid.ring(cell)], job.reference)
        out.append(Area(f"hexagon {number}", shape, ground_area(shape), inside))
    return out


def _write_table(stream: TextIO, table: Sequence[Line]) -> None:
    writer = csv.writer(stream)
    writer.writerow([name for name, _, _ in FIELDS])
    for title, area, inside in table:
        row = area.row() if area else [title, inside.dwellings, inside.covered, inside.mean]
        writer.writerow([_cell(v) for v in row] + [""] * (len(FIELDS) - len(row)))


def _cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"}:
        return "'" + value  # a spreadsheet would compute it
    return "" if value is None else value


def lines_of(table: Sequence[Line]) -> list[str]:
    """The table as lines for the messages."""
    head = f"{'':<32} {'dwellings':>9} {'covered m2':>12} {'mean m2':>9} {'per ha':>8}"
    out = [head]
    for title, area, inside in table[:_MOST_LINES]:
        mean = "" if inside.mean is None else f"{inside.mean:.1f}"
        covered = "" if inside.covered is None else f"{inside.covered:,.0f}"
        density = inside.density(area.square_metres) if area else None
        per_hectare = "" if density is None else f"{density:.1f}"
        out.append(
            f"{title[:32]:<32} {inside.dwellings:>9} {covered:>12} {mean:>9} {per_hectare:>8}"
        )
    if len(table) > _MOST_LINES:
        out.append(f"... and {len(table) - _MOST_LINES} more; all are in the outputs.")
    return out
