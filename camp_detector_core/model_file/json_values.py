"""Access to the values of untrusted JSON without trust in their types."""

from __future__ import annotations

from typing import Any, Iterator


def as_dict(value: object) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def first_dict(value: object) -> dict[str, Any]:
    """Return the first entry of a list if it is an object, else an empty one."""
    return as_dict(next(iter(as_list(value)), None))


def texts(value: object) -> list[str]:
    """List the texts in a list."""
    return [entry for entry in as_list(value) if isinstance(entry, str)]


def is_number(value: object) -> bool:
    """Test if a value is a number; true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Test if a value is an integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def numbers_in(value: object, depth: int = 8) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield the numbers in objects within each other, with the keys that lead to each."""
    for key, inner in as_dict(value).items() if depth else ():
        if is_number(inner):
            yield (key,), inner
        else:
            yield from (((key, *way), number) for way, number in numbers_in(inner, depth - 1))
