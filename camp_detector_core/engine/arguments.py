"""The choices of one run as hosts hand them over: as texts, written in any of their languages."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Mapping

from .errors import SpecError

_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
MAX_SIDE = 4096
"""Largest chip, pixels: with one around it on each side, three bands of 8 bits have 450 MB."""
HELP = {
    "padding": "Pixels at the rim of each chip that count less: more of them, fewer seams",
    "batch_size": "Chips that are computed together: more is faster and needs more memory",
    "threshold": "Probability, above 0 and up to 1, from which a pixel counts as dwelling",
    "min_area": "Smallest dwelling that is reported, square metres",
    "tile_size": "Side of the chips that the network sees, pixels",
    "test_time_augmentation": "Average over all flips and turns of each chip: eight times as slow",
    "return_probabilities": "Give the probability of the likeliest class in place of the class",
}
"""What each is, for whoever sets it."""


@dataclass(frozen=True)
class Arguments:
    """What a user can choose; the defaults stand where no model is known yet."""

    padding: int = 16
    """Pixels on each side of a chip; neighbouring chips share twice as many."""
    batch_size: int = 16
    """Chips that are computed together."""
    threshold: float = 0.5
    """Probability from which a pixel belongs to a class."""
    min_area: float = 0.0
    """Smallest dwelling, square metres."""
    tile_size: int = 512
    """Side of the chips, pixels."""
    test_time_augmentation: bool = False
    """Whether to average over flips and turns."""
    return_probabilities: bool = False
    """Whether the raster that comes out holds probabilities."""

    @classmethod
    def of_model(cls, own: Mapping[str, Any]) -> Arguments:
        """Those of a model, whose threshold and area may be outside of what a user can choose.

        Raises:
            SpecError: As `changed`.
        """
        threshold = number("threshold", own.get("threshold"), 0.5, (1e-9, 1), whole=False)
        area = number("min_area", own.get("min_area"), 0, (0, 1e12), whole=False)
        return cls(threshold=threshold, min_area=area).changed(own)

    def changed(self, given: Mapping[str, Any]) -> Arguments:
        """These, with what the user wrote in their place; other names are not looked at.

        Args:
            given: Texts such as ``64``, ``64.0``, ``0,5`` or ``True``; empty and None stand for
                what is here.

        Raises:
            SpecError: A text that is no number, or a number out of range; the name is said.
        """
        side = int(number("tile_size", given.get("tile_size"), self.tile_size, (1, MAX_SIDE)))
        most = (side - 1) // 4  # chips overlap by twice as much, and by less than half of a side
        limits: dict[str, tuple[float, float]] = {
            "padding": (0, most),
            "batch_size": (1, 256),
            # A model's own may be outside of what makes sense for a user.
            "threshold": (min(0.001, self.threshold), 1),
            "min_area": (0, max(1e6, self.min_area)),
            "tile_size": (1, MAX_SIDE),
        }
        values: dict[str, Any] = {}
        for f in fields(self):
            own, text = getattr(self, f.name), given.get(f.name)
            if isinstance(own, bool):
                values[f.name] = flag(f.name, text, default=own)
                continue
            own = min(own, most) if f.name == "padding" else own
            whole = str(f.type) == "int"
            value = number(f.name, text, own, limits[f.name], whole=whole)
            values[f.name] = int(value) if whole else value
        return Arguments(**values)


def number(
    name: str,
    given: Any,  # noqa: ANN401 - text, int, float or None
    default: float,
    limits: tuple[float, float],
    *,
    whole: bool = True,
) -> float:
    """A number in any of the forms in which hosts write it.

    Raises:
        SpecError: It is none, or lies outside of the limits, which are allowed.
    """
    text = "" if given is None else str(given).strip()
    try:
        value = float(text.replace(",", ".")) if text else float(default)
    except ValueError:
        value = math.nan
    low, high = limits
    if not low <= value <= high or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        msg = f"the argument {name} must be {kind} from {low:g} to {high:g}, not {text!r:.40}"
        raise SpecError(msg)
    return value


def flag(name: str, given: Any, *, default: bool) -> bool:  # noqa: ANN401 - text, bool or None
    """True or False in any of the forms in which hosts write it.

    Raises:
        SpecError: It is neither.
    """
    text = "" if given is None else str(given).strip().lower()
    if text not in {"", *_TRUE, *_FALSE}:
        msg = f"the argument {name} must be True or False, not {text!r:.40}"
        raise SpecError(msg)
    return text in _TRUE if text else default
