"""Options for reading a raster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..engine.parameters import Part

if TYPE_CHECKING:
    from .ports import Area, Bounds

GsdChoice = Literal["auto", "native", "model"]


@dataclass(frozen=True)
class SourceOptions(Part):
    """Options about the input that neither the raster nor the model decides.

    Raises:
        ParameterError: A choice that cannot be.
    """

    bands: tuple[int, ...] | None = None
    """Band numbers from 1, in the order of the model's bands; None chooses by colour or order."""
    gsd: GsdChoice | float = "auto"
    """Metres per pixel of the run. ``auto`` is the raster's own if it is within 10 % of
    the model's, else the model's; ``native``: the raster's own in any case."""
    pixel_size: float | None = None
    """Metres per pixel of a picture without georeference; None takes the model's."""
    stretch: tuple[float, float] | Literal["percentile"] | None = None
    """Raw values that become 0 and 1, or the 2nd and 98th percentile of the whole raster. None:
    no stretch where the raster's dtype is the model's, else the percentiles."""
    nodata: float | None = None
    """Raw value of pixels without an image if no file states it, as the white or black around
    many mosaics; a pixel is left out where all bands have it, besides what alpha or a mask leaves
    out. None: what the files say."""
    external: bool = False
    """True if a local file, such as a virtual raster, may read files outside of its folder or
    on the network."""
    extent: Bounds | None = None
    """Only the pixels that touch this rectangle are read, in the CRS of the first raster; None:
    all."""
    area: Area | None = None
    """Area of interest in the CRS of the first raster; None: everywhere."""
    shown: tuple[int, ...] | None = None
    """Bands that a host displays as red, green and blue; used if the bands do not say what
    they hold."""
