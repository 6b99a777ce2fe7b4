"""How the user wants a raster to be read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ..engine.errors import RasterError

GsdChoice = Literal["auto", "native", "model"]


@dataclass(frozen=True)
class SourceOptions:
    """Choices about the input that neither the raster nor the model can make.

    Raises:
        RasterError: A choice that cannot be.
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
        """Refuse numbers that mean nothing."""
        for what, value in (("--gsd", self.gsd), ("--pixel-size", self.pixel_size)):
            if isinstance(value, (int, float)) and not (math.isfinite(value) and value > 0):
                msg = f"{what} must be a positive number of metres, got {value:g}"
                raise RasterError(msg)
        if self.bands is not None and (not self.bands or min(self.bands) < 1):
            msg = f"--bands must be band numbers from 1 on, got {self.bands}"
            raise RasterError(msg)
        if isinstance(self.stretch, tuple) and not self.stretch[0] < self.stretch[1]:
            low, high = self.stretch
            msg = f"--stretch must be LOW,HIGH with LOW below HIGH, got {low:g},{high:g}"
            raise RasterError(msg)
