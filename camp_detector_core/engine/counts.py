"""Counts of things as text."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number with its noun: ``1 tile``, ``2 tiles``, ``1,234 dwellings``.

    Args:
        number: Number of things.
        singular: One of them.
        plural: Several of them; ``singular`` with an ``s`` unless given.
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
