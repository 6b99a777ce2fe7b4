"""Warning for rasters with hardly any valid pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.messages import Message

if TYPE_CHECKING:
    from .source import PlacedSource

_WARNING_SHARE = 0.95
"""Share of missing pixels that gives a warning; rotated squares have a half."""
_REMEDY = (
    "; if it should not be so, its nodata value or its mask is wrong, which {tool:inspect} shows "
    "and {tool:unset_nodata} takes away"
)


def emptiness(source: PlacedSource, missing: int) -> tuple[Message, ...]:
    """Warn of a raster that is all or nearly all NoData.

    Args:
        source: Source of the run.
        missing: Number of its pixels without an image.
    """
    height, width = source.grid.shape
    valid_count = height * width - missing
    if valid_count > (1 - _WARNING_SHARE) * height * width:
        return ()
    more_files = f" and {len(source.files) - 1} more" if len(source.files) > 1 else ""
    name = f"{source.files[0]}{more_files}"
    if valid_count:
        share = 100 * valid_count / (height * width)
        sentence = f"only {share:.2g} % of the pixels of {name} hold an image: the others are"
    else:
        sentence = f"no pixel of {name} holds an image, so no dwelling can be found: all are"
    return (Message(f"{sentence} nodata, transparent, masked or no number", remedy=_REMEDY),)
