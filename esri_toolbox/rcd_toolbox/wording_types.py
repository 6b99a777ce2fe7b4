"""Descriptions of tools and of their parameters; `wording` holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional, Union

from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import ARCGIS

if TYPE_CHECKING:
    from camp_detector_core.engine.parameter import Parameter

_DATATYPES = {
    Kind.FLAG: "GPBoolean",
    Kind.WHOLE: "GPLong",
    Kind.NUMBER: "GPDouble",
    Kind.WHOLES: "GPString",
    Kind.WORD: "GPString",
}
"""ArcGIS' keyword for values of each kind."""


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
    sentences = [parameter.explanation]
    if limits is not None and limits.above:
        # A filter of ArcGIS takes in both of its ends.
        sentences.append(f"It must be {parameter.requirement()}.")
    text = ParameterText(
        name=parameter.hosts[ARCGIS],
        label=parameter.title,
        datatype=_DATATYPES.get(parameter.kind, ""),
        help=" ".join(sentences),
        kind="Required" if parameter.required else "Optional",
        default=parameter.default,
        choices=tuple(parameter.choices),
        limits=None if limits is None else (limits.low, limits.high),
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
