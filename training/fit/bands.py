"""Bands and classes of a model from the few words that a command line has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.spec import Band, ClassDef
from training.fit.options import DWELLING, IMAGENET_BANDS
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

WHITE = {"uint8": 255.0, "uint16": 65535.0, "int16": 32767.0, "float32": 1.0}
"""Raw value that becomes 1, by dtype."""
COLOURS = ("#E4572E", "#17BEBB", "#FFC914", "#76B041", "#8E6BBF", "#2E282A")
"""Colours of the classes, one after another."""


def make_bands(names: Sequence[str], *, dtype: str, white: float | None = None) -> tuple[Band, ...]:
    """Bands that scale raw values from 0 to ``white`` to what the ImageNet encoder expects.

    Red, green and blue have ImageNet's mean and standard deviation; others have the mean over
    these three, as the first convolution of such a band starts from the mean over theirs.

    Args:
        names: STAC common names where there are any: red, green, blue, nir ...
        dtype: Of the chips.
        white: Raw value that becomes 1; None: the largest one of the dtype.

    Raises:
        OptionsError: No name, one twice, or a white that is none.
    """
    if not names or len(set(names)) != len(names):
        msg = f"the bands must have different names, got {', '.join(names) or 'none'}"
        raise OptionsError(msg)
    top = WHITE[dtype] if white is None else white
    if not top > 0:
        msg = f"the raw value of white must be positive, got {top}"
        raise OptionsError(msg)
    imagenet = {b.name: b for b in IMAGENET_BANDS}
    mean = sum(b.mean for b in IMAGENET_BANDS) / len(IMAGENET_BANDS)
    std = sum(b.std for b in IMAGENET_BANDS) / len(IMAGENET_BANDS)
    return tuple(
        Band(n, 1 / top, imagenet[n].mean, imagenet[n].std)
        if n in imagenet
        else Band(n, 1 / top, mean, std)
        for n in names
    )


def make_classes(names: Sequence[str]) -> tuple[ClassDef, ...]:
    """Classes of the values 1, 2, 3 ...

    Raises:
        OptionsError: No name, one twice, or more than there are values.
    """
    if not names or len(set(names)) != len(names) or len(names) > 254:  # noqa: PLR2004 - values
        msg = f"the classes must have different names, got {', '.join(names) or 'none'}"
        raise OptionsError(msg)
    if tuple(names) == (DWELLING.name,):
        return (DWELLING,)
    return tuple(ClassDef(i + 1, n, COLOURS[i % len(COLOURS)]) for i, n in enumerate(names))
