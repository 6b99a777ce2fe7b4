"""How the user wants a raster to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..engine.parameters import check

GsdChoice = Literal["auto", "native", "model"]


@dataclass(frozen=True)
class SourceOptions:
    """Choices about the input that neither the raster nor the model can make.

    Raises:
        ParameterError: A choice that cannot be.
    """

    bands: tuple[int, ...] | None = None
    """Band numbers from 1, in the order of the model's bands; None: by colour or by order."""
    gsd: GsdChoice | float = "auto"
    """Metres a pixel to run the model at. ``auto``: the raster's own where it is within 10 % of
    the model's, else the model's; ``native``: the raster's own in any case."""
    pixel_size: float | None = None
    """Metres a pixel of a picture without georeference; None: the model's."""
    stretch: tuple[float, float] | Literal["percentile"] | None = None
    """Raw values that become 0 and 1, or the 2nd and 98th percentile of the whole raster. None:
    no stretch where the raster's dtype is the model's, else the percentiles."""
    nodata: float | None = None
    """Raw value that means no image where the files do not say so, as the white or black around
    many mosaics; a pixel is left out where all bands have it, besides what alpha or a mask leaves
    out. None: what the files say."""
    external: bool = False
    """Whether a local file, such as a virtual raster, may read what lies outside of its folder or
    on the network."""
    shown: tuple[int, ...] | None = None
    """Band numbers that a host shows as red, green and blue; taken where the bands do not say what
    they hold."""

    def __post_init__(self) -> None:
        """Refuse what is outside of the limits."""
        check(vars(self))
