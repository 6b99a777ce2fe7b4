"""Checks of a dialog while it is filled in, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Optional

from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.emd_keys import SETTINGS
from camp_detector_core.engine.errors import CampDetectorError, ParameterError
from camp_detector_core.engine.limits import size_fault
from camp_detector_core.engine.parameters import BANDS
from camp_detector_core.engine.wording import shown
from camp_detector_core.georaster.bands import check_numbers
from camp_detector_core.georaster.layout import DTYPES
from camp_detector_core.model_file.emd import MODEL_TYPES, disagreements

from .machine import choose
from .model_folder import default_model
from .model_package import FILLED, read_model, summary_of, value_in
from .option_values import read_values
from .raster_facts import facts_of
from .words import in_words, name_here

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file.emd import Kind

    from .model_package import Model
    from .parameters import Parameters
    from .raster_facts import RasterFacts


_ROUNDING = 1e-9
"""Largest difference between two numbers that are the same."""


class Finding(NamedTuple):
    """A remark at a parameter."""

    parameter: str
    text: str
    is_error: bool


def model_of(parameters: Parameters, kind: Kind) -> Model:
    """The model that the user chose, or the default one.

    Raises:
        ToolError: There is none, or it cannot be read.
    """
    path = parameters["in_model"].valueAsText
    return read_model(path or default_model(kind))


def fill(parameters: Parameters, kind: Kind) -> None:
    """Put the model's own values where the user has not put others.

    A value is the user's if it is not the one that was filled in before: ArcGIS marks a parameter
    as altered also where a tool's own code sets it.
    """
    try:
        model = model_of(parameters, kind)
    except CampDetectorError:
        return
    summary = summary_of(model)
    says = parameters["model_says"]
    before = says.valueAsText
    if before == summary:
        return
    for name in FILLED:
        if name not in parameters:
            continue
        parameter, earlier = parameters[name], value_in(before, name)
        if parameter.value is None or (
            earlier is not None and abs(float(parameter.value) - earlier) <= _ROUNDING
        ):
            value = value_in(summary, name)
            is_whole = isinstance(getattr(model.spec, name), int)
            parameter.value = int(value) if value and is_whole else value
    says.value = summary


def findings(parameters: Parameters, kind: Kind) -> list[Finding]:
    """Compare raster, model and values, as far as that takes no pixel."""
    layer = parameters["in_raster"].value
    try:
        model = model_of(parameters, kind)
    except CampDetectorError as error:
        # A dialog that was just opened has no model yet, and says so only once a raster is chosen.
        quiet = layer is None and not parameters["in_model"].valueAsText
        return [] if quiet else [Finding("in_model", in_words(error), is_error=True)]
    values, errors = read_values(parameters, model.spec)
    remarks = [*_of_settings(model, kind), *_of_type(model, kind), *map(_of_error, errors)]
    if layer is None:
        return remarks
    try:
        raster = facts_of(parameters["in_raster"].valueAsText)
        remarks += of_raster(raster, model.spec, values.get(BANDS.name))
        return remarks + _of_engine(raster, model, values)
    except CampDetectorError as error:
        return [*remarks, Finding("in_raster", in_words(error), is_error=True)]


def _of_error(error: ParameterError) -> Finding:
    """The remark at the parameter that an error is about."""
    place = name_here(error.parameter) or "in_model"
    return Finding(place, in_words(error), is_error=True)


def _of_settings(model: Model, kind: Kind) -> list[Finding]:
    """Say which values of a changed definition the tools pass over, whatever runs the model."""
    fields = model.definition.fields
    wrong = disagreements(fields, model.spec, kind, stated_only=True)
    texts = (
        f"The definition has the {key} {shown(fields[key])}; this tool begins with the model's "
        f"own, {shown(wrong[key])}."
        for key in SETTINGS
        if key in wrong
    )
    return [Finding("in_model", text, is_error=False) for text in texts]


def _of_type(model: Model, kind: Kind) -> list[Finding]:
    if model.definition.kind == kind:
        return []
    model_type = shown(model.definition.fields.get("ModelType"))
    text = (
        f"This package is made for another tool (its ModelType is {model_type}, and this one takes "
        f"{MODEL_TYPES[kind]}): ArcGIS' own tool may refuse it."
    )
    return [Finding("in_model", text, is_error=False)]


def of_raster(
    raster: RasterFacts, spec: ModelSpec, bands: Optional[tuple[int, ...]]
) -> list[Finding]:
    """Compare a raster with what a model takes.

    Args:
        raster: The input.
        spec: The model.
        bands: Numbers of the bands that the user chose, from 1, or None.
    """
    remarks = _of_first_bands(raster, spec) if bands is None else _of_bands(raster, spec, bands)

    def say(text: str, *, is_error: bool) -> None:
        remarks.append(Finding("in_raster", text, is_error=is_error))

    if raster.dtype not in DTYPES:
        say(f"No model takes pixels of {raster.dtype}: use Copy Raster to 8 bits.", is_error=True)
    if not raster.has_place:
        say(
            "The raster has no coordinate system, so that sizes on the ground are unknown: set it "
            "with Define Projection.",
            is_error=True,
        )
        return remarks
    size = raster.cell_size(spec)
    fault = size_fault(size.own, spec.gsd, "The raster")
    if fault:
        say(f"{in_words(fault)}.", is_error=True)
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
    return remarks


def _of_bands(raster: RasterFacts, spec: ModelSpec, bands: tuple[int, ...]) -> list[Finding]:
    """Compare the bands that the user chose with those of the raster and of the model."""
    names = [band.name for band in spec.bands]
    try:
        check_numbers(bands, names, count=raster.bands, label="the raster")
    except ParameterError as error:
        return [_of_error(error)]
    return []


def _of_first_bands(raster: RasterFacts, spec: ModelSpec) -> list[Finding]:
    names = ", ".join(band.name for band in spec.bands)
    have, needed = counted(raster.bands, "band"), len(spec.bands)
    sentence = f"The raster has {have} and the model takes {needed}: "
    if raster.bands < needed:
        return [Finding("in_raster", f"{sentence}{names}.", is_error=True)]
    if raster.bands == needed:
        return []
    first = ", ".join(str(i) for i in range(1, needed + 1))
    text = f"{sentence}bands {first} are taken as {names}. “{BANDS.label}” chooses others."
    return [Finding("in_raster", text, is_error=False)]


def _of_engine(raster: RasterFacts, model: Model, values: Mapping[str, Any]) -> list[Finding]:
    try:
        _, reason = choose(values, raster, model)
    except CampDetectorError as error:
        return [Finding("engine", in_words(error), is_error=True)]
    if reason is None:
        return []
    text = f"{reason}: the engine of this toolbox will run the model."
    if raster.dtype != model.spec.dtype:
        text += " Its values are stretched from the 2nd to the 98th percentile of the whole raster."
    return [Finding("engine", text, is_error=False)]


def show(parameters: Parameters, remarks: list[Finding]) -> None:
    """Put the findings at their parameters; of several, errors first, all in one text."""
    by_name: dict[str, list[Finding]] = {}
    for finding in remarks:
        by_name.setdefault(finding.parameter, []).append(finding)
    for name, several in by_name.items():
        errors = [f.text for f in several if f.is_error]
        text = " ".join(errors or [f.text for f in several])
        if errors:
            parameters[name].setErrorMessage(text)
        else:
            parameters[name].setWarningMessage(text)
