"""Safe reading of an untrusted item that is to be validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.json_values import is_number
from camp_detector_core.model_file.untrusted import read_file, read_json

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 8 << 20
_MAX_DEPTH = 40
_MAX_VALUES = 200_000
_MAX_OBJECTS = 1_000
"""Largest list of objects; schemas compare all pairs to find duplicates."""


def read_item(path: Path) -> dict[str, Any]:
    """Read the JSON object in a file.

    Raises:
        PredictorError: It cannot be read, is no JSON object, or is of a size or depth that no
            item has.
    """
    origin = shown(path)
    item = read_json(read_file(path, MAX_BYTES, what="item"), origin)
    _refuse_excess(item, origin)
    return item


def _refuse_excess(item: dict[str, Any], origin: str) -> None:
    """Refuse values that would keep the schemas busy without end."""
    level: list[Any] = [item]
    values = depth = 0
    while level:
        depth += 1
        values += len(level)
        crowded = any(_crowded(value) for value in level)
        if depth > _MAX_DEPTH or values > _MAX_VALUES or crowded:
            msg = (
                f"{origin} is nested too deep, or holds more values than any item does: name a "
                "STAC item"
            )
            raise PredictorError(msg)
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]


def _crowded(value: object) -> bool:
    """Test if a list is long and holds more than texts, numbers, or positions of numbers.

    Lists of those can be sorted, so that finding what occurs twice is quick.
    """
    if not isinstance(value, list) or len(value) <= _MAX_OBJECTS:
        return False
    alike = all(isinstance(v, str) for v in value) or all(map(is_number, value))
    return not alike and not all(isinstance(v, list) and all(map(is_number, v)) for v in value)
