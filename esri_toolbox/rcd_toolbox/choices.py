"""What the user chose in Detect Dwellings or Classify Camp Pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Union

from camp_detector_core.engine.emd_keys import emd_keys

from .checks import fault_of_side, model_of, of_raster
from .errors import ToolError
from .ground import ArcGisCrs, is_known
from .machine import choose
from .raster_facts import facts_of

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.model_file.emd import Kind

    from .checks import Finding
    from .host import Messages
    from .model_package import Model
    from .parameters import Parameters
    from .raster_facts import RasterFacts

Bounds = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y."""


@dataclass(frozen=True)
class Choices:
    """One run, all checked."""

    raster: object
    """The layer, or the text that names the raster."""
    facts: RasterFacts
    model: Model
    bounds: Optional[Bounds]
    """The part to work on, in the raster's coordinates; None is all of it."""
    threshold: float
    min_area: float
    """Square metres."""
    tile_size: int
    batch_size: int
    tta: bool
    run_nms: bool
    engine: str
    """``ARCGIS`` or ``CAMP_DETECTOR``."""
    reason: Optional[str]
    """Why it is not ArcGIS that runs the model, where the user left that open."""
    processor: str
    gpu_id: Optional[int]

    def arguments(self) -> str:
        """The text of arguments for ArcGIS' tools, by the names of our raster function."""
        values = {
            "padding": str(emd_keys(self.model.spec)["Padding"]),
            "batch_size": str(self.batch_size),
            "threshold": _plain(self.threshold),
            "min_area": _plain(self.min_area),
            "tile_size": str(self.tile_size),
            "test_time_augmentation": str(self.tta),
            "return_probabilities": "False",
        }
        return ";".join(f"{name} {value}" for name, value in values.items())


def _plain(value: float) -> str:
    """A number with a point and without an exponent, in any country."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def choices_of(parameters: Parameters, kind: Kind, messages: Messages) -> Choices:
    """Read the parameters, and refuse what cannot be run.

    Raises:
        ToolError: With the first thing that is wrong.
    """
    model = model_of(parameters, kind)
    facts = facts_of(parameters["in_raster"].valueAsText)
    found = of_raster(facts, model)
    _refuse([f for f in found if f.is_error])
    for finding in found:
        messages.addWarningMessage(finding.text)
    engine, reason = choose(_text(parameters, "engine") or "AUTOMATIC", facts, model)
    gpu = parameters["gpu_id"].value
    chosen = Choices(
        raster=parameters["in_raster"].value,
        facts=facts,
        model=model,
        bounds=_bounds(parameters["extent"].value, facts),
        threshold=_number(parameters, "threshold", model),
        min_area=_number(parameters, "min_area", model),
        tile_size=int(_number(parameters, "tile_size", model)),
        batch_size=int(parameters["batch_size"].value or 16),
        tta=bool(parameters["test_time_augmentation"].value),
        run_nms=bool(parameters["run_nms"].value) if "run_nms" in parameters else False,
        engine=engine,
        reason=reason,
        processor=_text(parameters, "processor") or "ENVIRONMENT",
        gpu_id=None if gpu is None else int(gpu),
    )
    _check(chosen)
    return chosen


def _check(chosen: Choices) -> None:
    fault = fault_of_side(chosen.tile_size, chosen.model.spec)
    if fault:
        raise ToolError(fault)
    if not 0 < chosen.threshold <= 1:
        msg = f"the threshold must be above 0 and at most 1, not {chosen.threshold:g}"
        raise ToolError(msg)
    if chosen.min_area < 0:
        msg = f"the minimum area must be 0 or more square metres, not {chosen.min_area:g}"
        raise ToolError(msg)


def _refuse(errors: list[Finding]) -> None:
    if errors:
        raise ToolError(" ".join(f.text for f in errors))


def _text(parameters: Parameters, name: str) -> str:
    return str(parameters[name].valueAsText or "")


def _number(parameters: Parameters, name: str, model: Model) -> float:
    """The user's number, or the model's own."""
    value = parameters[name].value if name in parameters else None
    return float(getattr(model.spec, name) if value is None else value)


def _bounds(extent: Union[arcpy.Extent, str, None], facts: RasterFacts) -> Optional[Bounds]:
    """The part of the raster to work on: the parameter's, or else the environment's."""
    import arcpy

    given = extent if extent is not None else arcpy.env.extent
    if given is None or isinstance(given, str):
        # The environment may hold a word, such as DEFAULT or MAXOF; so may the parameter, besides
        # four numbers.
        numbers = _numbers(given)
        if numbers is None:
            return None
        left, bottom, right, top = numbers
    else:
        reference = given.spatialReference
        if is_known(reference) and not _same(reference, facts):
            given = given.projectAs(facts.reference)
        left, bottom = float(given.XMin), float(given.YMin)
        right, top = float(given.XMax), float(given.YMax)
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
