"""What is looked at while a dialog is filled in, before anything runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Optional

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.emd import MODEL_TYPES

from .ground import fault_of_size
from .machine import choose
from .model_folder import default_model
from .model_package import read_model, summary_of, value_in
from .raster_facts import facts_of

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file.emd import Kind

    from .model_package import Model
    from .parameters import Parameters
    from .raster_facts import RasterFacts

FILLED = ("threshold", "min_area", "tile_size")
"""Parameters that start with the model's own values."""


class Finding(NamedTuple):
    """Something to say at a parameter."""

    parameter: str
    text: str
    is_error: bool


def model_of(parameters: Parameters, kind: Kind) -> Model:
    """The model that was chosen, or the default one.

    Raises:
        ToolError: There is none, or it cannot be read.
    """
    named = parameters["in_model"].valueAsText
    return read_model(named or default_model(kind))


def fill(parameters: Parameters, kind: Kind) -> None:
    """Put the model's own values where the user has not put others.

    Whether a value is the user's is told by what was filled in before: ArcGIS marks a parameter
    as altered also where a tool's own code sets it.
    """
    try:
        now = summary_of(model_of(parameters, kind))
    except CampDetectorError:
        return
    says = parameters["model_says"]
    before = says.valueAsText
    if before == now:
        return
    for name in FILLED:
        if name not in parameters:
            continue
        parameter = parameters[name]
        own = parameter.value is not None and (
            value_in(before, name) is None
            or abs(float(parameter.value) - (value_in(before, name) or 0.0)) > 1e-9  # noqa: PLR2004
        )
        if not own:
            value = value_in(now, name)
            parameter.value = int(value) if value and name == "tile_size" else value
    says.value = now


def findings(parameters: Parameters, kind: Kind) -> list[Finding]:
    """All that does not fit, as far as it can be told without reading a pixel."""
    named = parameters["in_raster"].value
    try:
        model = model_of(parameters, kind)
    except CampDetectorError as error:
        # A dialog that was just opened has no model yet, and says so only once a raster is chosen.
        quiet = named is None and not parameters["in_model"].valueAsText
        return [] if quiet else [Finding("in_model", str(error), is_error=True)]
    found = _of_model(model, kind, parameters)
    if named is None:
        return found
    try:
        raster = facts_of(parameters["in_raster"].valueAsText)
        return found + of_raster(raster, model) + _of_engine(raster, model, parameters)
    except CampDetectorError as error:
        return [*found, Finding("in_raster", str(error), is_error=True)]


def _of_model(model: Model, kind: Kind, parameters: Parameters) -> list[Finding]:
    found = []
    if model.definition.kind != kind:
        stated = shown(model.definition.fields.get("ModelType"))
        text = (
            f"This package is made for another tool (its ModelType is {stated}, and this one "
            f"takes {MODEL_TYPES[kind]}): ArcGIS' own tool may refuse it."
        )
        found.append(Finding("in_model", text, is_error=False))
    side = parameters["tile_size"].value
    fault = None if side is None else fault_of_side(int(side), model.spec)
    if fault:
        found.append(Finding("tile_size", fault, is_error=True))
    return found


def fault_of_side(side: int, spec: ModelSpec) -> Optional[str]:
    """Why a model cannot be run on tiles of a side in pixels, or None."""
    try:
        replace(spec, tile_size=side)
    except CampDetectorError:
        return (
            f"The tile size must be a multiple of {spec.multiple} and more than {2 * spec.overlap} "
            f"for this model, not {side}."
        )
    return None


def of_raster(raster: RasterFacts, model: Model) -> list[Finding]:
    """What does not fit between a raster and a model."""
    found = []

    def say(text: str, *, is_error: bool) -> None:
        found.append(Finding("in_raster", text, is_error=is_error))

    spec = model.spec
    wanted, names = len(spec.bands), ", ".join(band.name for band in spec.bands)
    if raster.bands < wanted:
        have = "1 band" if raster.bands == 1 else f"{raster.bands} bands"
        say(f"The raster has {have} and the model takes {wanted}: {names}.", is_error=True)
    elif raster.bands > wanted:
        first = ", ".join(str(i) for i in range(1, wanted + 1))
        say(
            f"The raster has {raster.bands} bands and the model takes {wanted}: bands {first} are "
            f"taken as {names}. Use Extract Bands where others are meant.",
            is_error=False,
        )
    if raster.dtype not in {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32",
                            "float64"}:  # fmt: skip
        say(f"No model takes pixels of {raster.dtype}: use Copy Raster to 8 bits.", is_error=True)
    if not raster.has_place:
        say(
            "The raster has no coordinate system, so that sizes on the ground are unknown: set it "
            "with Define Projection.",
            is_error=True,
        )
        return found
    size = raster.cell_size(spec)
    fault = fault_of_size(size, spec.gsd)
    if fault:
        say(fault, is_error=True)
    elif not size.native:
        say(
            f"The pixels are {max(size.own):.3g} m and the model was trained on {spec.gsd:.3g} m: "
            "the raster is resampled as it is read.",
            is_error=False,
        )
    if size.stretched and not fault:
        say(
            "The raster is in degrees, where cells are not square on the ground and shapes are "
            "stretched: project it (to UTM, for example) for better results.",
            is_error=False,
        )
    return found


def _of_engine(raster: RasterFacts, model: Model, parameters: Parameters) -> list[Finding]:
    wanted = parameters["engine"].valueAsText or "AUTOMATIC"
    try:
        _, reason = choose(wanted, raster, model)
    except CampDetectorError as error:
        return [Finding("engine", str(error), is_error=True)]
    if reason is None:
        return []
    text = f"{reason}: the engine of this toolbox will run the model."
    if raster.dtype != model.spec.dtype:
        text += " Its values are stretched from the 2nd to the 98th percentile of the whole raster."
    return [Finding("engine", text, is_error=False)]


def show(parameters: Parameters, found: list[Finding]) -> None:
    """Put the findings at their parameters; of several, errors first, all in one text."""
    by_name: dict[str, list[Finding]] = {}
    for finding in found:
        by_name.setdefault(finding.parameter, []).append(finding)
    for name, several in by_name.items():
        errors = [f.text for f in several if f.is_error]
        text = " ".join(errors or [f.text for f in several])
        if errors:
            parameters[name].setErrorMessage(text)
        else:
            parameters[name].setWarningMessage(text)
