"""Detect Dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from camp_detector_core.engine.counts import counted

from . import deep_learning
from .features import ground_area, write_features
from .host import Progress, require_new
from .tool_request import announce, request_of

if TYPE_CHECKING:
    from .features import DwellingRow, Field
    from .host import Messages
    from .parameters import Parameters
    from .tool_request import ToolRequest

FIELDS: tuple[Field, ...] = (
    ("class", "TEXT", 255),
    ("area_m2", "DOUBLE", 0),
    ("confidence", "DOUBLE", 0),
)
_SLACK = 0.99


def execute(parameters: Parameters, messages: Messages) -> None:
    """Find dwellings and write them."""
    target = str(parameters["out_features"].valueAsText)
    require_new(target)
    request = request_of(parameters, "detect", messages)
    progress = Progress("Looking for dwellings")
    values = request.values
    threshold, min_area = values["threshold"], values["min_area"]
    announce(request, f"threshold {threshold:g}, minimum area {min_area:g} m2", messages)
    areas: list[float] = []

    def write(rows: Iterator[DwellingRow]) -> None:
        noting = _noting(rows, areas, progress)
        write_features(target, FIELDS, request.facts.reference, noting)

    if request.engine == "ARCGIS":
        progress.label("ArcGIS runs the model")
        with deep_learning.detect(request) as features:
            progress.label("Measuring areas")
            write(_with_areas(features, request, progress))
    else:
        from . import carried_core  # needs GDAL and ONNX Runtime

        write(carried_core.detect(request, progress, messages))
    parameters["count"].value = len(areas)
    messages.addMessage(_count_text(areas, threshold))


def _with_areas(features: str, request: ToolRequest, progress: Progress) -> Iterator[DwellingRow]:
    """The features that ArcGIS' tool wrote, with their areas."""
    import arcpy

    names = request.model.class_names
    columns = ["SHAPE@", "Classvalue", "Confidence"]
    with arcpy.da.SearchCursor(features, columns) as cursor:
        for i, (shape, value, confidence) in enumerate(cursor):
            if i % 256 == 0:
                progress.check()
            if shape is None:
                continue
            area = ground_area(shape)
            # The raster function drops them already, where it was told how large a pixel is. The
            # areas of a projection differ a little from those on the ground.
            if area >= request.values["min_area"] * _SLACK:
                name = names.get(int(value), str(value))
                yield shape, (name, area, float(confidence))


def _noting(
    rows: Iterator[DwellingRow], areas: list[float], progress: Progress
) -> Iterator[DwellingRow]:
    """Note the area of each dwelling that passes; the user may stop until the last one has."""
    for shape, values in rows:
        areas.append(values[1])
        yield shape, values
    progress.check()


def _count_text(areas: list[float], threshold: float) -> str:
    if not areas:
        return (
            "0 dwellings found. If there are some in the picture, try a lower threshold than "
            f"{threshold:g}, and look at the order of the bands."
        )
    ground = sum(areas)
    return (
        f"{counted(len(areas), 'dwelling')} found; they cover {ground:,.0f} m2, "
        f"{ground / len(areas):.1f} m2 each on average."
    )
