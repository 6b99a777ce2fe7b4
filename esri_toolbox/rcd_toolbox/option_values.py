"""The values of a dialog's options, by the names of the table of parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping, Optional

from camp_detector_core.engine.arguments import ARGUMENTS, own_values, with_texts
from camp_detector_core.engine.emd_keys import emd_keys
from camp_detector_core.engine.errors import CampDetectorError, ParameterError
from camp_detector_core.engine.parameters import ARCGIS, CLI, FUNCTION, TILE_SIZE

from .wording_detection import OPTIONS

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

    from .parameters import Parameters


def read_values(
    parameters: Parameters, spec: ModelSpec
) -> tuple[dict[str, Any], list[ParameterError]]:
    """Combine the user's values with the model's own where there are none.

    Args:
        parameters: The parameters of the dialog.
        spec: The model.

    Returns:
        The values that can be read, those that only the raster function has included; and what is
        wrong with each other one.
    """
    texts = {
        option.name: parameters[option.hosts[ARCGIS]].valueAsText
        for option in OPTIONS
        if option.hosts[ARCGIS] in parameters
    }
    values: dict[str, Any] = {}
    errors: list[ParameterError] = []
    try:
        values.update(_arguments(texts, spec))
    except ParameterError as error:
        errors.append(error)
    for option in OPTIONS:
        if option.name in texts and option.name not in ARGUMENTS:
            try:
                value = option.parse(texts[option.name], decimal_comma=True)
                is_default = option.default is None and value is True  # a box that begins ticked
                values[option.name] = None if is_default else value
            except ParameterError as error:
                errors.append(error)
    return values, errors


def _arguments(texts: Mapping[str, Any], spec: ModelSpec) -> dict[str, Any]:
    """The values of the raster function.

    Raises:
        ParameterError: A value that cannot be, or that the model cannot be run with.
    """
    values = with_texts(own_values(emd_keys(spec)), texts)
    side = values[TILE_SIZE.name]
    try:
        replace(spec, tile_size=side)
    except CampDetectorError as error:
        msg = f"must be a multiple of {spec.multiple} and more than {2 * spec.overlap} pixels"
        raise ParameterError(msg, parameter=TILE_SIZE.name, value=str(side)) from error
    return values


def argument_text(values: Mapping[str, Any]) -> str:
    """The arguments for ArcGIS' tools, by the names of our raster function."""
    names = {name: parameter.hosts[FUNCTION] for name, parameter in ARGUMENTS.items()}
    return ";".join(f"{names[name]} {_plain(values[name])}" for name in names)


def _plain(value: object) -> str:
    """A number with a point and without an exponent, in any country; or True or False."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def beyond_arcgis(values: Mapping[str, Any]) -> Optional[str]:
    """The label of an option of the core that was set, and that the raster function has not."""
    labels = (
        option.label
        for option in OPTIONS
        if CLI in option.hosts
        and FUNCTION not in option.hosts
        and values.get(option.name, option.default) != option.default
    )
    return next(labels, None)
