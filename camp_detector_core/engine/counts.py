"""Counts of things in words."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """A number with what it counts: ``1 tile``, ``2 tiles``, ``1,234 dwellings``.

    Args:
        number: How many.
        thing: One of them; its plural ends in ``s``.
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
