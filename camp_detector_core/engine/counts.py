"""Counts of things in words."""

from __future__ import annotations


def counted(number: int, thing: str, things: str | None = None) -> str:
    """A number with what it counts: ``1 tile``, ``2 tiles``, ``1,234 dwellings``.

    Args:
        number: How many.
        thing: One of them.
        things: Several of them; ``thing`` with an ``s`` unless given.
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
