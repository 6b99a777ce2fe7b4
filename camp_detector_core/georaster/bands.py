"""Which bands of a raster are the model's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..engine.errors import ParameterError, RasterError
from ..engine.messages import Message
from .layout import ALPHA

if TYPE_CHECKING:
    from ..engine.spec import ModelSpec
    from .layout import Layout

_SHOWN = ("red", "green", "blue")
_MAX_UNNAMED = 4
"""More bands without colour or name are a multispectral product, whose order nobody can guess."""


class BandChoice(NamedTuple):
    """Band numbers from 1 in the order of the model's bands, and what to tell the user."""

    bands: tuple[int, ...]
    warning: Message | None


def choose_bands(
    layout: Layout,
    spec: ModelSpec,
    *,
    wanted: tuple[int, ...] | None,
    shown: tuple[int, ...] | None = None,
) -> BandChoice:
    """The bands to read.

    Without ``wanted``, by the name or colour of each band; where the bands carry none, those that
    are ``shown`` as red, green and blue to a model of these, else the first ones, if there are at
    most four (not counting alpha).

    Raises:
        ParameterError: Numbers that do not exist or are too few.
        RasterError: No way to tell.
    """
    names = [b.name for b in spec.bands]
    if wanted is not None:
        return BandChoice(_explicit(layout, names, wanted), None)
    by_name = [_find(layout, name.lower()) for name in names]
    if all(by_name):
        return BandChoice(tuple(b for b in by_name if b), None)
    if shown and tuple(n.lower() for n in names) == _SHOWN and _exist(layout, shown):
        return BandChoice(shown, _guess(layout, shown, names, ", as the layer shows them"))
    plain = [i for i, c in enumerate(layout.colors, 1) if c != ALPHA]
    if len(plain) < len(names) or len(plain) > max(_MAX_UNNAMED, len(names)):
        numbers = plain or [1]  # each of them is a band that there is
        example = ",".join(str(numbers[min(i, len(numbers) - 1)]) for i in range(len(names)))
        msg = (
            f"{layout.label} has {_count(len(plain))} and the model takes {_count(len(names))} "
            f"({', '.join(names)})"
        )
        remedy = f"say which with {{bands}}, e.g. {{bands={example}}}"
        raise RasterError(msg, parameter="bands", remedy=remedy)
    chosen = tuple(plain[: len(names)])
    return BandChoice(chosen, _guess(layout, chosen, names, ""))


def _exist(layout: Layout, bands: tuple[int, ...]) -> bool:
    return all(1 <= b <= len(layout.colors) for b in bands)


def _guess(layout: Layout, bands: tuple[int, ...], names: list[str], why: str) -> Message:
    numbers = ", ".join(map(str, bands))
    sentence = (
        f"the bands of {layout.label} do not say what they show; bands {numbers} are taken as "
        f"{', '.join(names)}{why}"
    )
    return Message(sentence, "bands", "({bands} chooses others)")


def _count(bands: int) -> str:
    return f"{bands} band" if bands == 1 else f"{bands} bands"


def _explicit(layout: Layout, names: list[str], wanted: tuple[int, ...]) -> tuple[int, ...]:
    if len(wanted) != len(names):
        msg = (
            f"names {_count(len(wanted))}, but the model takes {_count(len(names))} "
            f"({', '.join(names)})"
        )
        raise ParameterError(msg, parameter="bands")
    missing = [b for b in wanted if b > len(layout.colors)]
    if missing:
        msg = f"asks for band {missing[0]}, but {layout.label} has {len(layout.colors)}"
        raise ParameterError(msg, parameter="bands")
    return wanted


def _find(layout: Layout, name: str) -> int | None:
    """The one band with this description or colour."""
    for hits in (
        [i for i, d in enumerate(layout.descriptions, 1) if d == name],
        [i for i, c in enumerate(layout.colors, 1) if c == name],
    ):
        if len(hits) == 1:
            return hits[0]
    return None
