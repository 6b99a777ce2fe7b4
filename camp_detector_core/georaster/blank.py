"""Rasters of which hardly a pixel holds an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.messages import Message

if TYPE_CHECKING:
    from .source import PlacedSource

_MUCH = 0.95
"""Share of missing pixels from which it is worth a look; turned squares have a half."""
_REMEDY = (
    "; if it should not be so, its nodata value or its mask is wrong, which {tool:inspect} shows "
    "and {tool:unset_nodata} takes away"
)


def emptiness(source: PlacedSource, missing: int) -> tuple[Message, ...]:
    """Warn of a raster that is all or nearly all without an image.

    Args:
        source: That the model was run on.
        missing: How many of its pixels hold no image.
    """
    height, width = source.grid.shape
    there = height * width - missing
    if there > (1 - _MUCH) * height * width:
        return ()
    others = f" and {len(source.files) - 1} more" if len(source.files) > 1 else ""
    name = f"{source.files[0]}{others}"
    if there:
        share = 100 * there / (height * width)
        sentence = f"only {share:.2g} % of the pixels of {name} hold an image: the others are"
    else:
        sentence = f"no pixel of {name} holds an image, so no dwelling can be found: all are"
    return (Message(f"{sentence} nodata, transparent, masked or no number", remedy=_REMEDY),)
