"""Safe reading of an untrusted item, and access to its values without trust in their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.untrusted import require_file

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
    require_file(path, what="item")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"the item {shown(path)} cannot be read: {error.strerror or error}"
        raise PredictorError(msg) from error
    if len(data) > MAX_BYTES:
        msg = f"{shown(path)} is larger than {MAX_BYTES >> 20} MiB, which no item is: name an item"
        raise PredictorError(msg)
    item = parse(data, shown(path))
    if not isinstance(item, dict):
        msg = f"{shown(path)} is not a STAC item: a JSON object is needed"
        raise PredictorError(msg)
    _refuse_excess(item, shown(path))
    return item


def parse(data: bytes, origin: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Parse strict JSON: no NaN, no infinity, no duplicate names in an object.

    Raises:
        PredictorError: It is something else.
    """
    try:
        return parse_json(data)
    except ValueError as error:
        msg = f"{origin} is not JSON that can be read: {shown(error)}; write it again"
        raise PredictorError(msg) from error


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


# Values of a type, or nothing.


def as_dict(value: object) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """List the texts in a list."""
    return [entry for entry in as_list(value) if isinstance(entry, str)]


def is_number(value: object) -> bool:
    """Test if a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Test if a value is an integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def properties_of(item: dict[str, Any]) -> dict[str, Any]:
    """Properties of the item."""
    return as_dict(item.get("properties"))


def assets_of(item: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Assets of the item that are objects."""
    return {k: a for k, a in as_dict(item.get("assets")).items() if isinstance(a, dict)}


def roles_of(asset: dict[str, Any]) -> list[str]:
    """Roles of an asset."""
    return texts(asset.get("roles"))
