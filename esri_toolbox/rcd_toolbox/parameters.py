"""``arcpy.Parameter`` objects from the words of a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import arcpy

    from .wording_types import ParameterText, ToolText

    Parameters = dict[str, arcpy.Parameter]
    """The parameters of a tool by their names."""


def make_parameters(text: ToolText) -> list[arcpy.Parameter]:
    """The parameters of a tool, in order."""
    return [_make(parameter) for parameter in text.parameters]


def by_name(parameters: list[arcpy.Parameter]) -> Parameters:
    """Parameters by their names."""
    return {parameter.name: parameter for parameter in parameters}


def _make(text: ParameterText) -> arcpy.Parameter:
    import arcpy

    parameter = arcpy.Parameter(
        displayName=text.label,
        name=text.name,
        datatype=text.datatype,
        parameterType=text.kind,
        direction="Output" if text.output else "Input",
        category=text.category or None,
    )
    if text.depends_on:
        parameter.parameterDependencies = [text.depends_on]
    if text.choices:
        parameter.filter.type = "ValueList"
    elif text.limits:
        parameter.filter.type = "Range"
    values_taken = text.choices or text.limits or text.file_types or text.geometry
    if values_taken:
        parameter.filter.list = list(values_taken)
    if text.default is not None:
        parameter.value = text.default
    parameter.enabled = text.enabled
    return parameter
