"""Detect Dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from . import deep_learning
from .features import feature_class, ground_area
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
    require_new(target, "the output")
    request = request_of(parameters, "detect", messages)
    progress = Progress("Looking for dwellings")
    values = request.values
    threshold, min_area = values["threshold"], values["min_area"]
    announce(request, f"threshold {threshold:g}, minimum area {min_area:g} m2", messages)
    totals = _Totals()
    with feature_class(target, FIELDS, request.facts.reference) as table:
        if request.engine == "ARCGIS":
            progress.label("ArcGIS runs the model")
            features = deep_learning.detect(request)
            try:
                progress.label("Measuring areas")
                table.fill(totals.count_rows(_with_areas(features, request, progress)))
            finally:
                deep_learning.discard(features)
        else:
            from . import carried_core  # needs GDAL and ONNX Runtime

            rows = carried_core.detect(request, progress, messages)
            table.fill(totals.count_rows(rows))
        progress.check()
    parameters["count"].value = totals.count
    messages.addMessage(totals.text(request))


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


class _Totals:
    """Counts the dwellings that pass."""

    def __init__(self) -> None:
        self.count = 0
        self.area = 0.0

    def count_rows(self, rows: Iterator[DwellingRow]) -> Iterator[DwellingRow]:
        for shape, values in rows:
            self.count += 1
            self.area += float(values[1])
            yield shape, values

    def text(self, request: ToolRequest) -> str:
        if not self.count:
            return (
                "0 dwellings found. If there are some in the picture, try a lower threshold than "
                f"{request.values['threshold']:g}, and look at the order of the bands."
            )
        noun = "dwelling" if self.count == 1 else "dwellings"
        mean = self.area / self.count
        return (
            f"{self.count} {noun} found; they cover {self.area:,.0f} m2, {mean:.1f} m2 each on "
            "average."
        )
