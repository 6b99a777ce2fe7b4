"""Detect Dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from . import deep_learning
from .choices import choices_of
from .features import feature_class, ground_area
from .host import Progress, require_new

if TYPE_CHECKING:
    from .choices import Choices
    from .features import DwellingRow, Field
    from .host import Messages
    from .parameters import Parameters

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
    chosen = choices_of(parameters, "detect", messages)
    progress = Progress("Looking for dwellings")
    _announce(chosen, messages)
    totals = _Totals()
    with feature_class(target, FIELDS, chosen.facts.reference) as table:
        if chosen.engine == "ARCGIS":
            progress.label("ArcGIS runs the model")
            found = deep_learning.detect(chosen)
            try:
                progress.label("Measuring areas")
                table.fill(totals.counted(_measured(found, chosen, progress)))
            finally:
                deep_learning.discard(found)
        else:
            from . import own_engine  # needs GDAL and ONNX Runtime

            rows = own_engine.detect(chosen, progress, messages)
            table.fill(totals.counted(rows))
        progress.check()
    parameters["count"].value = totals.count
    messages.addMessage(totals.text(chosen))


def _announce(chosen: Choices, messages: Messages) -> None:
    messages.addMessage(
        f"Model {chosen.model.title}, threshold {chosen.arguments.threshold:g}, minimum area "
        f"{chosen.arguments.min_area:g} m2, tiles of {chosen.arguments.tile_size} pixels."
    )
    if chosen.engine == "ARCGIS":
        messages.addMessage("Run with ArcGIS' Image Analyst.")
        return
    if chosen.reason:
        messages.addWarningMessage(f"{chosen.reason}: the engine of this toolbox runs the model.")
    messages.addMessage("Run with the engine of Camp Detector.")


def _measured(found: str, chosen: Choices, progress: Progress) -> Iterator[DwellingRow]:
    """The features that ArcGIS' tool wrote, with their areas."""
    import arcpy

    names = chosen.model.class_names
    columns = ["SHAPE@", "Classvalue", "Confidence"]
    with arcpy.da.SearchCursor(found, columns) as cursor:
        for i, (shape, value, confidence) in enumerate(cursor):
            if i % 256 == 0:
                progress.check()
            if shape is None:
                continue
            area = ground_area(shape)
            # The raster function drops them already, where it was told how large a pixel is. The
            # areas of a projection differ a little from those on the ground.
            if area >= chosen.arguments.min_area * _SLACK:
                name = names.get(int(value), str(value))
                yield shape, (name, area, float(confidence))


class _Totals:
    """Counts the dwellings that pass."""

    def __init__(self) -> None:
        self.count = 0
        self.area = 0.0

    def counted(self, rows: Iterator[DwellingRow]) -> Iterator[DwellingRow]:
        for shape, values in rows:
            self.count += 1
            self.area += float(values[1])
            yield shape, values

    def text(self, chosen: Choices) -> str:
        if not self.count:
            return (
                "0 dwellings found. If there are some in the picture, try a lower threshold than "
                f"{chosen.arguments.threshold:g}, and look at the order of the bands."
            )
        noun = "dwelling" if self.count == 1 else "dwellings"
        mean = self.area / self.count
        return (
            f"{self.count} {noun} found; they cover {self.area:,.0f} m2, {mean:.1f} m2 each on "
            "average."
        )
