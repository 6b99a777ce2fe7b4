"""The arguments of a raster function: texts that ArcGIS hands over become the choices of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping

from .parameter import Kind, Limits, Parameter
from .parameters import (
    BATCH_SIZE,
    FUNCTION,
    MIN_AREA,
    PADDING,
    RETURN_PROBABILITIES,
    TILE_SIZE,
    TTA,
    shown_in,
)
from .spec import ModelSpec

MAX_SIDE = 4096
"""Largest chip, pixels: with one around it on each side, three bands of 8 bits have 450 MB."""
ARGUMENTS = {parameter.hosts[FUNCTION]: parameter for parameter in shown_in(FUNCTION)}
"""Each argument's parameter, by its name in the raster function."""
DEVICE = Parameter(
    "device",
    Kind.WHOLE,
    "Device",
    "Number of the GPU, from 0; -1 is the processor, and -2 the GPU with most free memory.",
    limits=Limits(-2, 64),
    default=-1,
)
"""The processor that ArcGIS names, in numbers of its own."""
_LARGEST_AREA = MIN_AREA.limits.high if MIN_AREA.limits else 0.0


@dataclass(frozen=True)
class Arguments:
    """Values that a user can choose; the defaults apply until a model is known."""

    padding: int = PADDING.default
    """Pixels on each side of a chip; neighbouring chips share twice as many."""
    batch_size: int = BATCH_SIZE.default
    """Chips that are computed together."""
    threshold: float = ModelSpec.threshold
    """Probability from which a pixel belongs to a class."""
    min_area: float = ModelSpec.min_area
    """Smallest dwelling, square metres."""
    tile_size: int = ModelSpec.tile_size
    """Side of the chips, pixels."""
    test_time_augmentation: bool = TTA.default
    """True to average over flips and turns."""
    return_probabilities: bool = RETURN_PROBABILITIES.default
    """True if the raster that comes out holds probabilities."""

    def changed(self, texts: Mapping[str, Any]) -> Arguments:
        """These, with what the user wrote in their place; other names are not looked at.

        Args:
            texts: Texts such as ``64``, ``64.0``, ``0,5`` or ``True``; empty and None stand for
                what is here.

        Raises:
            ParameterError: A text that is no number, or a number out of range, the model's own
                ``tile_size`` included.
        """
        largest_side = replace(TILE_SIZE, limits=Limits(1, MAX_SIDE))
        side = _value(largest_side, self.tile_size, texts)
        largest_side.check(side)
        most = (side - 1) // 4  # chips overlap by twice as much, and by less than half of a side
        values = {**vars(self), PADDING.name: min(self.padding, most)}
        special = {
            PADDING.name: replace(PADDING, limits=Limits(0, most)),
            TILE_SIZE.name: largest_side,
            # A model's own may be larger than what makes sense for a user.
            MIN_AREA.name: replace(MIN_AREA, limits=Limits(0, max(_LARGEST_AREA, self.min_area))),
        }
        parameters = {**ARGUMENTS, **special}
        return Arguments(
            **{name: _value(parameters[name], value, texts) for name, value in values.items()}
        )


def _value(parameter: Parameter, default: object, texts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number or a truth value
    """The value that was given for a parameter, or the model's own."""
    text = texts.get(parameter.hosts[FUNCTION])
    return replace(parameter, default=default).parse(text, decimal_comma=True)
