"""Export Training Data."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional

from camp_detector_core.engine.parameters import BANDS
from camp_detector_core.training_data.request import MARGIN

from .errors import ToolError
from .host import Progress
from .machine import why_not_gdal
from .raster_facts import facts_of
from .readable import readable
from .words import in_words

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.training_data.ports import FeatureLayer
    from camp_detector_core.training_data.request import ExportOutcome, ExportRequest

    from .host import Messages
    from .parameters import Parameters
    from .raster_facts import RasterFacts
    from .tool_request import Bounds

_LABELS = {
    "open": "Looking at dwellings and area",
    "image": "Copying the imagery",
    "dwellings": "Writing dwellings and area",
}
"""Labels of the core's stages."""
_BATCH = 1024
"""Features between two looks at whether the user wants to stop."""


class _ExportProgress(Progress):
    """The progress bar of an export."""

    def stage(self, name: str) -> None:
        """Name the stage that begins."""
        self.label(_LABELS.get(name, name))


class _Features(NamedTuple):
    """The features of a layer in the coordinates of the raster."""

    name: str
    shapes: list[Optional[arcpy.Polygon]]
    classes: Optional[list[Optional[str]]]
    path: Optional[str]
    """The file that holds them, if there is one."""

    def layer(self, crs_wkt: Optional[str]) -> FeatureLayer:
        """The features as the core takes them."""
        from camp_detector_core.training_data.ports import FeatureLayer

        geometries = [None if shape is None else bytes(shape.WKB) for shape in self.shapes]
        return FeatureLayer(self.name, geometries, crs_wkt, self.classes, self.path)


def execute(parameters: Parameters, messages: Messages) -> None:
    """Write the folder."""
    fault = why_not_gdal()
    if fault:
        raise ToolError(fault)
    outcome = _export(parameters, _ExportProgress("Reading dwellings"))
    for warning in outcome.warnings:
        messages.addWarningMessage(in_words(warning))
    parameters["command"].value = outcome.command
    messages.addMessage(f"{outcome.folder}: {outcome.summary}")
    messages.addMessage("To teach a model, run on a machine with the training extra:")
    messages.addMessage(outcome.command)


def _export(parameters: Parameters, progress: _ExportProgress) -> ExportOutcome:
    """Read the layers, and let the core write.

    Raises:
        CampDetectorError: With a sentence for the user; `Cancelled` if the user stops.
    """
    from camp_detector_core.hostgdal.data_writer import GdalDataWriter
    from camp_detector_core.hostgdal.run import GdalRun
    from camp_detector_core.training_data.run import export_training_data

    raster = str(parameters["in_raster"].valueAsText)
    facts = facts_of(raster)
    if not facts.has_place:
        msg = (
            f"{raster} has no coordinate system, so that dwellings cannot be laid over it: set it "
            "with Define Projection"
        )
        raise ToolError(msg)
    dwellings = _read(parameters, "in_dwellings", facts, progress)
    has_area = bool(parameters["in_area"].valueAsText)
    area = _read(parameters, "in_area", facts, progress) if has_area else None
    bounds = _bounds(area or dwellings, facts, _margin(parameters))
    with readable(parameters["in_raster"].value, facts, bounds) as path:
        request = _request(parameters, path, dwellings, area)
        return export_training_data(request, GdalRun(), GdalDataWriter(), progress)


def _request(
    parameters: Parameters, path: str, dwellings: _Features, area: Optional[_Features]
) -> ExportRequest:
    """The request to the core.

    Raises:
        CampDetectorError: A value that cannot be, or a file that GDAL cannot open.
    """
    import arcpy

    from camp_detector_core.georaster.options import SourceOptions
    from camp_detector_core.hostgdal.library import Gdal
    from camp_detector_core.training_data.request import ExportRequest

    with closing(Gdal(offline=True).open(path)) as reader:
        crs = reader.header().crs
    # The features were read in the coordinates of the raster, whatever ArcGIS calls these.
    wkt = None if crs is None else crs.wkt
    bands = BANDS.parse(parameters["bands"].valueAsText, decimal_comma=True)
    credit = (parameters["credit"].valueAsText or "").strip()
    return ExportRequest(
        images=(path,),
        dwellings=dwellings.layer(wkt),
        folder=Path(str(parameters["out_folder"].valueAsText)),
        area=None if area is None else area.layer(wkt),
        source=SourceOptions(bands=bands),
        margin=_margin(parameters),
        attribution=(credit,) if credit else (),
        overwrite=bool(arcpy.env.overwriteOutput),
    )


def _margin(parameters: Parameters) -> float:
    value = parameters["margin"].value
    return MARGIN if value is None else float(value)


def _read(parameters: Parameters, name: str, facts: RasterFacts, progress: Progress) -> _Features:
    """Read the features of a parameter's layer.

    Raises:
        ToolError: The layer has no coordinate system.
    """
    import arcpy

    from .ground import is_known

    title = str(parameters[name].valueAsText)
    described = arcpy.Describe(title)
    if not is_known(described.spatialReference):
        msg = f"{title} has no coordinate system: set it with Define Projection"
        raise ToolError(msg)
    field = parameters["class_field"].valueAsText if name == "in_dwellings" else None
    columns = ["SHAPE@", *([field] if field else [])]
    shapes, classes = [], []
    with arcpy.da.SearchCursor(
        parameters[name].value, columns, spatial_reference=facts.reference
    ) as cursor:
        for i, (shape, *values) in enumerate(cursor):
            if i % _BATCH == 0:
                progress.check()
            shapes.append(shape)
            classes += [None if value is None else str(value) for value in values]
    return _Features(title, shapes, classes if field else None, _file_of(described.catalogPath))


def _file_of(path: str) -> Optional[str]:
    """The file of a data set, such as the GeoPackage that holds a table; None if there is none."""
    home = Path(path)
    return next((str(p) for p in (home, *home.parents) if p.is_file()), None)


def _bounds(features: _Features, facts: RasterFacts, margin: float) -> Optional[Bounds]:
    """The part of the raster that is exported, and some more; None if that is unknown."""
    boxes = [shape.extent for shape in features.shapes if shape is not None]
    sides = [
        [float(getattr(box, side)) for box in boxes] for side in ("XMin", "YMin", "XMax", "YMax")
    ]
    if not boxes or not all(map(math.isfinite, (value for side in sides for value in side))):
        return None
    (left, bottom), (right, top) = map(min, sides[:2]), map(max, sides[2:])
    x, y = (2 * margin / metres for metres in facts.metres((left + right) / 2, (bottom + top) / 2))
    whole = facts.bounds
    part = (
        max(left - x, whole[0]),
        max(bottom - y, whole[1]),
        min(right + x, whole[2]),
        min(top + y, whole[3]),
    )
    return part if part[0] < part[2] and part[1] < part[3] else None
