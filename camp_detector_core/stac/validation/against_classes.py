"""Checks of an item's properties by the classes of stac-model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import properties_of

if TYPE_CHECKING:
    from .findings import Findings

_NAME = "classes of stac-model"
_MAX_ERRORS = 50
_TYPES = {
    "string": "a text",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
    "model": "an object",
}
"""Names for the types of pydantic."""


def check_classes(item: dict[str, Any], findings: Findings) -> None:
    """Note all objections of the classes to values that nothing else objected to.

    The classes are a library that is narrower than the extension. Where the extension's own schema
    has passed the item, what they object to is advice: programs that use them cannot read it.
    """
    try:
        from pydantic import ValidationError
        from stac_model.schema import MLModelProperties  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        remedy = 'pip install "camp-detector[stac]"'
        findings.at("properties").unchecked(f"{_NAME}: {error.name} is missing", remedy)
        return
    try:
        MLModelProperties.model_validate(properties_of(item))
    except ValidationError as error:
        with findings.as_advice(on=_has_passed_schema(findings)):
            for detail in error.errors(include_url=False, include_context=False)[:_MAX_ERRORS]:
                place = findings.at("properties", *_place(detail["loc"], properties_of(item)))
                if not place.is_faulty():
                    message = f"{_NAME}: {_words(detail)}"
                    place.problem(message, "write it as the MLM extension says")
    except (TypeError, ValueError, AssertionError, AttributeError, KeyError):
        # Classes of pystac that stac-model uses check by assertion, or not at all.
        message = (
            f"{_NAME}: they cannot hold this item, mostly for a field of a class in mlm:output"
        )
        findings.at("properties").unchecked(message)
    else:
        findings.passed.append(_NAME)


def _has_passed_schema(findings: Findings) -> bool:
    return any(name.startswith("mlm ") for name in findings.passed)


def _words(error: Any) -> str:  # noqa: ANN401 - pydantic gives a dict of many kinds
    """Replace the library's objection by a plainer one if there is one."""
    kind = str(error["type"])
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is no field of theirs"
    if kind.endswith("_type") and kind.partition("_type")[0] in _TYPES:
        return f"is not {_TYPES[kind.partition('_type')[0]]}"
    message = shown(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"it does not fit ({message})"


def _place(steps: tuple[str | int, ...], properties: dict[str, Any]) -> list[str | int]:
    """Find the place in the item, without the class names that pydantic adds."""
    value: Any = properties
    place: list[str | int] = []
    for step in steps:
        if isinstance(value, dict):
            if step not in value:
                return [*place, step] if step == steps[-1] else place
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return place
        place.append(step)
    return place
