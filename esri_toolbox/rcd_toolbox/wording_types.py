"""Descriptions of tools and of their parameters; `wording` holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Optional, Union

from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import ARCGIS

if TYPE_CHECKING:
    from camp_detector_core.engine.parameter import Parameter

_NUMBERS = {Kind.WHOLE: "GPLong", Kind.NUMBER: "GPDouble"}
"""ArcGIS' keywords for numbers."""


@dataclass(frozen=True)
class ParameterText:
    """One parameter of a tool: all that dialogs, scripts and metadata say of it."""

    name: str
    label: str
    datatype: str
    """Keyword of ArcGIS: ``GPRasterLayer``, ``DEFile`` ..."""
    help: str
    """Sentences that say what it does and what to choose."""
    kind: str = "Optional"
    """``Required``, ``Optional`` or ``Derived``."""
    output: bool = False
    category: str = ""
    default: Union[str, float, bool, None] = None
    choices: tuple[str, ...] = ()
    file_types: tuple[str, ...] = ()
    """Endings of files, without a dot."""
    limits: Optional[tuple[float, float]] = None
    """Least and greatest value."""
    depends_on: str = ""
    """Name of the parameter that holds the table, for a field."""
    geometry: tuple[str, ...] = ()
    """Kinds of feature that are taken: ``Polygon``."""
    enabled: bool = True


def text_of_parameter(parameter: Parameter, **own: Any) -> ParameterText:
    """Describe a parameter of the table of detection's options.

    Args:
        parameter: One that ArcGIS shows.
        own: Fields that ArcGIS has otherwise.
    """
    limits = parameter.limits
    is_word, is_flag = parameter.kind is Kind.WORD, parameter.kind is Kind.FLAG
    # Words beside numbers are written as texts.
    number = None if parameter.choices else _NUMBERS.get(parameter.kind)
    sentences = [parameter.explanation]
    if (limits is not None and limits.above) or (parameter.choices and not is_word):
        # A filter of ArcGIS takes in both of its ends.
        sentences.append(f"It must be {parameter.requirement()}.")
    text = ParameterText(
        name=parameter.hosts[ARCGIS],
        label=parameter.title,
        datatype="GPBoolean" if is_flag else number or "GPString",
        help=" ".join(sentences),
        kind="Required" if parameter.required else "Optional",
        default=parameter.default if parameter.default is not None or not is_flag else True,
        choices=tuple(parameter.choices) if is_word else (),
        limits=(limits.low, limits.high) if number and limits and isfinite(limits.high) else None,
    )
    return replace(text, **own)


@dataclass(frozen=True)
class ToolText:
    """One tool."""

    name: str
    """Name of its class, which is also its name in scripts."""
    label: str
    summary: str
    usage: tuple[str, ...]
    """Paragraphs to read before using it."""
    parameters: tuple[ParameterText, ...]
    example: str
    """A call of it in Python."""
    tags: tuple[str, ...] = ("dwellings", "refugee camp", "deep learning", "imagery")


@dataclass(frozen=True)
class ToolboxText:
    """The toolbox itself."""

    label: str
    summary: str
    description: tuple[str, ...]
    credits: str
    licence: str
    tags: tuple[str, ...]
