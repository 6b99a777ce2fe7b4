"""Names of chips: the stem of the file, and of several places the place before it."""

from __future__ import annotations


def chip_name(place: str, stem: str) -> str:
    """Give the name of a chip as a run knows it: ``place/stem``, or the stem without a place."""
    return f"{place}/{stem}" if place else stem


def place_and_stem(name: str) -> tuple[str, str]:
    """Place and stem of a chip by its name; an empty place where there is one place alone."""
    place, _, stem = name.rpartition("/")
    return place, stem
