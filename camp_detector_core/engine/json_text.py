"""Strict reader of untrusted JSON: only what every reader understands alike.

Python's own reader also takes NaN, infinity, a name that stands twice in an object, numbers that
no float holds, and as many brackets within each other as its stack bears. Each of them breaks
something far from here, so all are refused in this one place.
"""

from __future__ import annotations

import json
import math
from typing import Any, Union

from .wording import shown

_LARGEST = 1 << 64
"""Largest integer; sizes of files and identifiers are smaller."""
_MAX_DIGITS = 20
_MAX_DEPTH = 100


def parse_json(text: Union[str, bytes]) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Parse a JSON text.

    Args:
        text: As bytes it is UTF-8, with or without a byte order mark.

    Raises:
        ValueError: It is no JSON, is nested too deep, or holds what is said above; the message is
            fit to be shown after a colon.
    """
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value = json.loads(
            decoded,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_no_number,
            object_pairs_hook=_unique_keys,
        )
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    except UnicodeDecodeError as error:
        msg = f"byte {error.start} is not UTF-8"
        raise ValueError(msg) from error
    _refuse_depth(value)
    return value


_TOO_DEEP = f"it is nested too deep, beyond {_MAX_DEPTH} brackets"


def _refuse_depth(value: Any) -> None:  # noqa: ANN401 - whatever the JSON holds
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            raise ValueError(_TOO_DEEP)
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]


def _integer(text: str) -> int:
    if len(text.lstrip("-")) <= _MAX_DIGITS and abs(int(text)) <= _LARGEST:
        return int(text)
    msg = f"the number {shown(text, 20)} has {len(text.lstrip('-'))} digits, and no sense here"
    raise ValueError(msg)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        msg = f"the number {shown(text, 20)} is too large"
        raise ValueError(msg)
    return value


def _no_number(word: str) -> float:
    msg = f"{word} is not a number in JSON"
    raise ValueError(msg)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names: set[str] = set()
        duplicate = next(name for name, _ in pairs if name in names or names.add(name))  # type: ignore[func-returns-value]
        msg = f"the name {shown(duplicate)!r} occurs twice in one object"
        raise ValueError(msg)
    return values
