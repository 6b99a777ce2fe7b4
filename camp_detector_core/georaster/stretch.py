"""A stretch of raw values for rasters whose numbers are not those that the model knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..engine.prepare import Stretch

if TYPE_CHECKING:
    from ..engine.spec import ModelSpec
    from .options import SourceOptions
    from .source import PlacedSource

PERCENTILES = (2.0, 98.0)
"""Raw values at these percentiles of the whole raster become 0 and 1."""
_SAMPLE_SIDE = 1024


class StretchChoice(NamedTuple):
    """The stretch, None where the model's own scale fits, and what to tell the user."""

    stretch: Stretch | None
    warning: str | None


def choose_stretch(source: PlacedSource, spec: ModelSpec, options: SourceOptions) -> StretchChoice:
    """The stretch that the user gave, or percentiles where the raster's dtype is another one.

    Raises:
        RasterError: The raster cannot be read.
    """
    if isinstance(options.stretch, tuple):
        low, high = options.stretch
        return StretchChoice(Stretch((low,) * len(source.bands), (high,) * len(source.bands)), None)
    if options.stretch is None and source.dtype.name == spec.dtype:
        return StretchChoice(None, None)
    stretch = _percentiles(source)
    if options.stretch is not None:
        return StretchChoice(stretch, None)
    ranges = ", ".join(f"{low:g} to {high:g}" for low, high in zip(stretch.low, stretch.high))
    warning = (
        f"the raster is {source.dtype.name} and the model was trained on {spec.dtype}: values are "
        f"stretched from the 2nd to the 98th percentile of the whole raster ({ranges}); --stretch "
        "LOW,HIGH sets them"
    )
    return StretchChoice(stretch, warning)


def _percentiles(source: PlacedSource) -> Stretch:
    """Percentiles of each band over valid pixels, from one decimated read of the whole raster."""
    picture = source.picture(_SAMPLE_SIDE, average=False)
    values = picture.pixels[:, picture.valid].astype(np.float64)
    if values.shape[1] == 0:
        return Stretch((0.0,) * len(source.bands), (1.0,) * len(source.bands))
    low, high = np.percentile(values, PERCENTILES, axis=1)
    high = np.where(high > low, high, low + np.maximum(1.0, np.abs(low) * 1e-6))
    return Stretch(tuple(map(float, low)), tuple(map(float, high)))
