"""Hold the properties of an item against the classes of stac-model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.packaging.strangers import shown

from .reading import properties_of

if TYPE_CHECKING:
    from .findings import Findings

_NAME = "classes of stac-model"
_MAX_ERRORS = 50


def check_classes(item: dict[str, Any], findings: Findings) -> None:
    """Note all that the classes object to, where nothing else did."""
    try:
        from pydantic import ValidationError
        from stac_model.schema import MLModelProperties  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        remedy = 'pip install "camp-detector[stac]"'
        findings.unchecked(("properties",), f"{_NAME}: {error.name} is missing", remedy)
        return
    try:
        MLModelProperties.model_validate(properties_of(item))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False)[:_MAX_ERRORS]:
            where = ("properties", *_place(each["loc"], properties_of(item)))
            if not findings.faulty(where):
                what = f"{_NAME}: {shown(each['msg'])}"
                findings.problem(where, what, "write it as the MLM extension says")
    except (TypeError, ValueError, AssertionError, AttributeError, KeyError) as error:
        # Classes of pystac that stac-model uses check by assertion, or not at all.
        what = f"{_NAME}: {type(error).__name__}: {shown(error)}"
        findings.problem(("properties",), what, "write the classes of the output as in STAC")
    else:
        findings.passed.append(_NAME)


def _place(steps: tuple[str | int, ...], properties: dict[str, Any]) -> list[str | int]:
    """The place in the item: pydantic also names the classes that it tried."""
    value: Any = properties
    found: list[str | int] = []
    for step in steps:
        if isinstance(value, dict):
            if step not in value:
                return [*found, step] if step == steps[-1] else found
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return found
        found.append(step)
    return found
