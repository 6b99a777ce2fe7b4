"""Classify Camp Pixels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from . import deep_learning
from .host import Progress, require_new
from .placing import place, scratch
from .tool_request import announce, request_of

if TYPE_CHECKING:
    from .host import Messages
    from .parameters import Parameters
    from .tool_request import ToolRequest

_FIELD = "Class"


def execute(parameters: Parameters, messages: Messages) -> None:
    """Classify pixels and write the raster."""
    import arcpy

    target = str(parameters["out_raster"].valueAsText)
    require_new(target)
    request = request_of(parameters, "classify", messages)
    progress = Progress("Classifying pixels")
    announce(request, f"threshold {request.values['threshold']:g}", messages)
    with scratch("rcd_classes.tif") as raster:
        if request.engine == "ARCGIS":
            progress.label("ArcGIS runs the model")
            deep_learning.classify(request, raster)
        else:
            from . import carried_core  # needs GDAL and ONNX Runtime

            carried_core.classify(request, raster, progress, messages)
        progress.check()
        progress.label("Writing the raster")
        _copy(request, raster, target)
    try:
        _name_classes(request, target)
    except (RuntimeError, OSError, arcpy.ExecuteError) as error:
        reason = " ".join(str(error).split())[:300]
        messages.addWarningMessage(
            f"The classes are in {target}, but could not be given names and colours: {reason}"
        )
    messages.addMessage(f"Classes written to {target}.")


def _copy(request: ToolRequest, raster: str, target: str) -> None:
    """Put the finished raster in its place; that it may be replaced was asked before."""
    import arcpy

    def copy(path: str) -> None:
        arcpy.management.CopyRaster(raster, path, nodata_value="255", pixel_type="8_BIT_UNSIGNED")

    # Else the user's environments would cut, move or project what has its grid already.
    with arcpy.EnvManager(
        cellSize="MAXOF",
        extent="MAXOF",
        outputCoordinateSystem=request.facts.reference,
        snapRaster=raster,
    ):
        place(target, copy)


def _name_classes(request: ToolRequest, target: str) -> None:
    """Give the raster a colour map, and an attribute table that names the classes."""
    import arcpy

    names = {0: "background", **request.model.class_names}
    colours_of = {0: "#000000", **{c.value: c.color for c in request.model.spec.classes}}
    colours = Path(str(arcpy.CreateUniqueName("rcd_colours.clr", arcpy.env.scratchFolder)))
    lines = [" ".join(map(str, (value, *bytes.fromhex(c[1:])))) for value, c in colours_of.items()]
    try:
        colours.write_text("\n".join(lines) + "\n", encoding="ascii")
        arcpy.management.AddColormap(target, None, os.fspath(colours))
    finally:
        colours.unlink(missing_ok=True)
    arcpy.management.BuildRasterAttributeTable(target, "Overwrite")
    if _FIELD not in {field.name for field in arcpy.ListFields(target)}:
        arcpy.management.AddField(target, _FIELD, "TEXT", field_length=255)
    with arcpy.da.UpdateCursor(target, ["Value", _FIELD]) as cursor:
        for value, _ in cursor:
            cursor.updateRow([value, names.get(int(value), str(value))])
