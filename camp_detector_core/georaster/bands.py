"""Choice of a raster's bands for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..engine.counts import counted
from ..engine.errors import ParameterError, RasterError
from ..engine.messages import Message
from .layout import ALPHA

if TYPE_CHECKING:
    from typing import Sequence

    from ..engine.spec import ModelSpec
    from .layout import Layout

_RGB = ("red", "green", "blue")
_MAX_UNNAMED = 4
"""More bands without colour or name are a multispectral product in an unknown order."""


class BandChoice(NamedTuple):
    """Band numbers from 1 in the order of the model's bands, with a warning for the user."""

    bands: tuple[int, ...]
    warning: Message | None


def choose_bands(
    layout: Layout,
    spec: ModelSpec,
    *,
    band_numbers: tuple[int, ...] | None,
    display_bands: tuple[int, ...] | None = None,
) -> BandChoice:
    """Choose the bands to read.

    Without ``band_numbers``, by the name or colour of each band; where the bands carry none, those
    that are ``display_bands`` as red, green and blue to a model of these, else the first ones, if
    there are at most four (not counting alpha).

    Raises:
        ParameterError: Numbers that do not exist or are too few.
        RasterError: No way to tell.
    """
    names = [b.name for b in spec.bands]
    if band_numbers is not None:
        check_numbers(band_numbers, names, count=len(layout.colors), label=layout.label)
        return BandChoice(band_numbers, None)
    by_name = [_find(layout, name.lower()) for name in names]
    if all(by_name):
        return BandChoice(tuple(b for b in by_name if b), None)
    is_rgb = tuple(n.lower() for n in names) == _RGB
    if display_bands and is_rgb and all(1 <= b <= len(layout.colors) for b in display_bands):
        return BandChoice(
            display_bands, _guess(layout, display_bands, names, ", as the layer shows them")
        )
    image_bands = [i for i, c in enumerate(layout.colors, 1) if c != ALPHA]
    if len(image_bands) < len(names) or len(image_bands) > max(_MAX_UNNAMED, len(names)):
        msg = (
            f"{layout.label} has {counted(len(image_bands), 'band')} and the model takes "
            f"{counted(len(names), 'band')} ({', '.join(names)})"
        )
        remedy = f"say which with {{bands}}, {_example(image_bands, len(names))}"
        raise RasterError(msg, parameter="bands", remedy=remedy)
    first_bands = tuple(image_bands[: len(names)])
    return BandChoice(first_bands, _guess(layout, first_bands, names, ""))


def _guess(layout: Layout, bands: tuple[int, ...], names: list[str], reason: str) -> Message:
    numbers = ", ".join(map(str, bands))
    sentence = (
        f"the bands of {layout.label} do not say what they show; bands {numbers} are taken as "
        f"{', '.join(names)}{reason}"
    )
    return Message(sentence, "bands", "({bands} chooses others)")


def _example(numbers: Sequence[int], length: int) -> str:
    """Return an example of band numbers that exist, as a remedy; the last repeats if too few."""
    numbers = numbers or [1]
    example = ",".join(str(numbers[min(i, len(numbers) - 1)]) for i in range(length))
    return f"e.g. {{bands={example}}}"


def check_numbers(
    band_numbers: tuple[int, ...], names: list[str], *, count: int, label: str
) -> None:
    """Refuse band numbers that a user chose and that cannot be read for a model.

    Args:
        band_numbers: Numbers from 1.
        names: The model's bands.
        count: Number of bands of the raster.
        label: The raster's name, for messages.

    Raises:
        ParameterError: Numbers that do not exist, too few or too many.
    """
    remedy = _example(range(1, count + 1), len(names))
    if len(band_numbers) != len(names):
        msg = (
            f"names {counted(len(band_numbers), 'band')}, but the model takes "
            f"{counted(len(names), 'band')} ({', '.join(names)})"
        )
        raise ParameterError(msg, parameter="bands", remedy=remedy)
    missing_bands = [b for b in band_numbers if b > count]
    if missing_bands:
        msg = f"asks for band {missing_bands[0]}, but {label} has {count}"
        raise ParameterError(msg, parameter="bands", remedy=remedy)


def _find(layout: Layout, name: str) -> int | None:
    """Find the one band with a description or colour."""
    for hits in (
        [i for i, d in enumerate(layout.descriptions, 1) if d == name],
        [i for i, c in enumerate(layout.colors, 1) if c == name],
    ):
        if len(hits) == 1:
            return hits[0]
    return None
