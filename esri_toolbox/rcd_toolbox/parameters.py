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

    datatype = text.datatype if isinstance(text.datatype, str) else list(text.datatype)
    parameter = arcpy.Parameter(
        displayName=text.label,
        name=text.name,
        datatype=datatype,
        parameterType=text.kind,
        direction="Output" if text.output else "Input",
        category=text.category or None,
    )
    if text.depends_on:
        parameter.parameterDependencies = [text.depends_on]
    if text.choices:
        parameter.filter.type = "ValueList"
        parameter.filter.list = list(text.choices)
    elif text.limits is not None:
        parameter.filter.type = "Range"
        parameter.filter.list = list(text.limits)
    elif text.file_types:
        parameter.filter.list = list(text.file_types)
    elif text.geometry:
        parameter.filter.list = list(text.geometry)
    if text.default is not None:
        parameter.value = text.default
    if not text.enabled:
        parameter.enabled = False
    return parameter
