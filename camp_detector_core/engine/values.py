"""Checks of single values from untrusted JSON.

Every function raises `SpecError` with the field's name and a short form of the value.
"""

from __future__ import annotations

import reprlib
from typing import Any, Mapping, Sequence

from .errors import SpecError

NUMBERS: Mapping[str, Any] = {"int": (int,), "float": (int, float)}
"""JSON types of the dataclass fields of these types."""


def require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise if a condition fails."""
    if not condition:
        raise SpecError(message)


def to_text(value: Any, name: str) -> str:  # noqa: ANN401 - whatever the JSON holds
    """Return a value that must be text in valid Unicode."""
    if not isinstance(value, str):
        msg = f"{name} must be text, got {reprlib.repr(value)}"
        raise SpecError(msg)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        msg = f"{name} holds half of a character (a lone surrogate), which cannot be written"
        raise SpecError(msg) from error
    return value


def to_texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever the JSON holds
    """Return a list of texts; a single text is refused, though it can be iterated."""
    if not isinstance(value, (list, tuple)):
        msg = f"attribution must be a list of texts, got {reprlib.repr(value)}"
        raise SpecError(msg)
    return tuple(to_text(v, "attribution") for v in value)


def to_object(value: Any, name: str) -> Mapping[str, Any]:  # noqa: ANN401 - whatever the JSON holds
    """Return a value that must be an object."""
    if not isinstance(value, dict):
        msg = f"{name} must be an object, got {reprlib.repr(value)}"
        raise SpecError(msg)
    return value


def to_objects(value: Any, name: str) -> Sequence[Any]:  # noqa: ANN401 - whatever the JSON holds
    """Return a value that must be a list, with its entries unchecked."""
    if not isinstance(value, (list, tuple)):
        msg = f"{name} must be a list, got {reprlib.repr(value)}"
        raise SpecError(msg)
    return value


def check_number(value: Any, kind: str, name: str) -> None:  # noqa: ANN401 - whatever the JSON holds
    """Refuse text, booleans, and integers beyond the range of a float."""
    if isinstance(value, bool) or not isinstance(value, NUMBERS[kind]):
        words = "whole number" if kind == "int" else "number"
        msg = f"{name} must be a {words}, got {reprlib.repr(value)}"
        raise SpecError(msg)
    try:
        float(value)
    except OverflowError as error:
        msg = f"{name} must be a number of a sensible size, got {reprlib.repr(value)}"
        raise SpecError(msg) from error
