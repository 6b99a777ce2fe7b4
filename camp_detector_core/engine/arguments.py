"""The arguments of a raster function: texts that ArcGIS hands over become the values of a run."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Mapping

from .parameter import Kind, Limits, Parameter
from .parameters import BATCH_SIZE, FUNCTION, MIN_AREA, PADDING, TILE_SIZE, shown_in
from .spec import ModelSpec

MAX_SIDE = 4096
"""Largest chip, pixels: with one around it on each side, three bands of 8 bits have 450 MB."""
ARGUMENTS = {p.name: p for p in (PADDING, BATCH_SIZE, *shown_in(FUNCTION))}
"""The parameters of the raster function by their names in the table; as in ArcGIS' own functions,
padding and batch size come first."""
DEVICE = Parameter(
    "device",
    Kind.WHOLE,
    "Device",
    "Number of the GPU, from 0; -1 is the processor, and -2 the GPU with most free memory.",
    limits=Limits(-2, 64),
    default=-1,
)
"""The processor that ArcGIS names, in numbers of its own."""
_KEYS = {
    "batch_size": "BatchSize",
    "min_area": "MinArea",
    "padding": "Padding",
    "threshold": "Threshold",
    "tile_size": "ImageHeight",
}
"""The key of a model definition with which a parameter begins."""
_LARGEST_AREA = MIN_AREA.limits.high if MIN_AREA.limits else 0.0


def own_values(fields: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The values of `ARGUMENTS` that a model definition begins with, as it states them.

    Args:
        fields: Keys of the definition; a value that they lack is that of a model that names none.
    """
    return {
        name: fields.get(_KEYS.get(name, ""), getattr(ModelSpec, name, parameter.default))
        for name, parameter in ARGUMENTS.items()
    }


def with_texts(own: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `ARGUMENTS` for a run: what the user wrote, else the model's own.

    Args:
        own: The model's own values.
        texts: Texts such as ``64``, ``64.0``, ``0,5`` or ``True``, by the names of parameters;
            empty and None stand for the model's own. Other names are not looked at.

    Raises:
        ParameterError: A text that is no number, or a number out of range, the model's own
            ``tile_size`` included.
    """
    largest_side = replace(TILE_SIZE, limits=Limits(1, MAX_SIDE))
    side = _value(largest_side, own, texts)
    largest_side.check(side)
    most = (side - 1) // 4  # chips overlap by twice as much, and by less than half of a side
    # A model's own may be larger than what makes sense for a user.
    areas = Limits(0, max(_LARGEST_AREA, own[MIN_AREA.name]))
    parameters = {
        **ARGUMENTS,
        PADDING.name: replace(PADDING, limits=Limits(0, most)),
        TILE_SIZE.name: largest_side,
        MIN_AREA.name: replace(MIN_AREA, limits=areas),
    }
    begin = {**own, PADDING.name: min(own[PADDING.name], most)}
    return {name: _value(parameter, begin, texts) for name, parameter in parameters.items()}


def _value(parameter: Parameter, own: Mapping[str, Any], texts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number or a truth value
    """The value that was given for a parameter, or the model's own."""
    name = parameter.name
    return replace(parameter, default=own[name]).parse(texts.get(name), decimal_comma=True)
