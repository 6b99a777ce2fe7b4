"""The request of a user in Detect Dwellings or Classify Camp Pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

from .checks import model_of, of_raster
from .errors import ToolError
from .ground import ArcGisCrs, is_known
from .machine import choose
from .option_values import read_values
from .raster_facts import box_of, facts_of

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.model_file.emd import Kind

    from .host import Messages
    from .model_package import Model
    from .parameters import Parameters
    from .raster_facts import RasterFacts

Bounds = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y."""


@dataclass(frozen=True)
class ToolRequest:
    """All that one run is asked to do, checked."""

    raster: object
    """The layer, or the text that names the raster."""
    facts: RasterFacts
    model: Model
    bounds: Optional[Bounds]
    """The part to work on, in the raster's coordinates; None is all of it."""
    values: Mapping[str, Any]
    """Values of the options, by the names of the table."""
    engine: str
    """``ARCGIS`` or ``CAMP_DETECTOR``."""
    reason: Optional[str]
    """Reason for which ArcGIS does not run the model, if the user left that open."""


def request_of(parameters: Parameters, kind: Kind, messages: Messages) -> ToolRequest:
    """Read the parameters, and refuse what cannot be run.

    Raises:
        CampDetectorError: With the first thing that is wrong.
    """
    model = model_of(parameters, kind)
    facts = facts_of(parameters["in_raster"].valueAsText)
    values, errors = read_values(parameters, model.spec)
    if errors:
        raise errors[0]
    findings = of_raster(facts, model.spec, values["bands"])
    faults = [finding.text for finding in findings if finding.is_error]
    if faults:
        raise ToolError(" ".join(faults))
    for finding in findings:
        messages.addWarningMessage(finding.text)
    engine, reason = choose(values, facts, model)
    return ToolRequest(
        raster=parameters["in_raster"].value,
        facts=facts,
        model=model,
        bounds=_bounds(parameters["extent"].value, facts),
        values=values,
        engine=engine,
        reason=reason,
    )


def announce(request: ToolRequest, values: str, messages: Messages) -> None:
    """Say which model runs, with what, and who runs it.

    Args:
        request: The run.
        values: The model's values, for a sentence.
        messages: Get the lines.
    """
    tiles = f"tiles of {request.values['tile_size']} pixels"
    messages.addMessage(f"Model {request.model.title}, {values}, {tiles}.")
    if request.engine == "ARCGIS":
        messages.addMessage("Run with ArcGIS' Image Analyst.")
        return
    if request.reason:
        messages.addWarningMessage(f"{request.reason}: the engine of this toolbox runs the model.")
    messages.addMessage("Run with the engine of Camp Detector.")


def _bounds(extent: Union[arcpy.Extent, str, None], facts: RasterFacts) -> Optional[Bounds]:
    """The part of the raster to work on: the parameter's, or else the environment's."""
    import arcpy

    box = extent if extent is not None else arcpy.env.extent
    if box is None or isinstance(box, str):
        # The environment may hold a word, such as DEFAULT or MAXOF; so may the parameter, besides
        # four numbers.
        numbers = _numbers(box)
        if numbers is None:
            return None
        left, bottom, right, top = numbers
    else:
        reference = box.spatialReference
        if is_known(reference) and not _same(reference, facts):
            box = box.projectAs(facts.reference)
        left, bottom, right, top = box_of(box)
    whole = facts.bounds
    part = (max(left, whole[0]), max(bottom, whole[1]), min(right, whole[2]), min(top, whole[3]))
    if not (part[0] < part[2] and part[1] < part[3]):
        msg = "the extent does not touch the raster: choose one that lies over it"
        raise ToolError(msg)
    return None if part == whole else part


def _same(reference: arcpy.SpatialReference, facts: RasterFacts) -> bool:
    """True if coordinates are the raster's, or the raster has no place to compare them with."""
    return not facts.has_place or ArcGisCrs(reference).same(ArcGisCrs(facts.reference))


def _numbers(text: Optional[str]) -> Optional[Bounds]:
    try:
        left, bottom, right, top = (float(part) for part in (text or "").split()[:4])
    except ValueError:
        return None
    return left, bottom, right, top
