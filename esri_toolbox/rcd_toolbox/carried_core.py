"""Run a model with the core that the toolbox carries; GDAL reads and writes rasters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from camp_detector_core.detection.request import Request
from camp_detector_core.detection.run import detect as run
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.hostgdal.run import GdalRun
from camp_detector_core.model_file.reader import model_of_definition

from .features import esri_rings, ground_area, polygon
from .readable import readable
from .words import in_words

if TYPE_CHECKING:
    from camp_detector_core.detection.outcome import Outcome

    from .features import DwellingRow
    from .host import Messages, Progress
    from .tool_request import ToolRequest

_BATCH = 256
"""Dwellings between two looks at whether the user wants to stop."""


def detect(request: ToolRequest, progress: Progress, messages: Messages) -> Iterator[DwellingRow]:
    """Find dwellings: a polygon each, with class, area in square metres, confidence of 100.

    Raises:
        CampDetectorError: The model or the raster cannot be used; `Cancelled` if the user stops.
    """
    outcome = _run(request, progress, messages)
    progress.label("Writing dwellings")
    for row in outcome.rows:
        if row.number % _BATCH == 1:
            progress.check()
        shape = polygon(esri_rings(row.rings), request.facts.reference)
        yield shape, (row.class_name, ground_area(shape), 100.0 * row.probability)


def classify(request: ToolRequest, path: str, progress: Progress, messages: Messages) -> None:
    """Write the class of each pixel into a new GeoTIFF; 255 is NoData.

    Raises:
        CampDetectorError: The model or the raster cannot be used, or the file not be written;
            `Cancelled` if the user stops.
    """
    _run(request, progress, messages, mask=path)


def _run(
    request: ToolRequest, progress: Progress, messages: Messages, *, mask: Optional[str] = None
) -> Outcome:
    """Run the model.

    Raises:
        CampDetectorError: As said of `detect` and `classify`.
    """
    progress.label("Running the model")
    with readable(request.raster, request.facts, request.bounds) as path:
        data = {"images": path, "model": _predictor(request), "extent": request.bounds}
        work = Request.of({**request.values, **data, "mask": mask})
        outcome = run(work, GdalRun(), progress)
    for warning in outcome.warnings:
        messages.addWarningMessage(in_words(warning))
    return outcome


def _predictor(request: ToolRequest) -> OnnxPredictor:
    """The network, held against what the package says of it."""
    model = model_of_definition(request.model.definition)
    return OnnxPredictor(model.onnx, origin=model.origin)
