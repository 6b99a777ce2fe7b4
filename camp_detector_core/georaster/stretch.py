"""Stretch of raw values for rasters whose value range differs from the model's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..engine.grid import blocks
from ..engine.messages import Message
from ..engine.prepare import Stretch
from .undeclared_nodata import Standout, standouts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engine.spec import ModelSpec
    from .options import SourceOptions
    from .source import PlacedSource

PERCENTILES = (2.0, 98.0)
"""Percentiles of the whole raster that become 0 and 1."""
_SAMPLE_SIDE = 1024
_ENOUGH = 1000
"""Smallest number of pixels whose percentiles represent the raster."""
_BYTES = "uint8"
"""Pixels of this type are colours; where they have a border of one, it is one like others."""


class StretchChoice(NamedTuple):
    """Stretch with warnings; None if the model's own scale fits."""

    stretch: Stretch | None
    warnings: tuple[Message, ...] = ()


def choose_stretch(source: PlacedSource, spec: ModelSpec, options: SourceOptions) -> StretchChoice:
    """Choose the user's stretch, or percentiles if the raster's dtype differs from the model's.

    Values that look like nodata and that the file does not call so have no say in it.

    Raises:
        RasterError: The raster cannot be read.
    """
    fits = options.stretch is None and source.dtype.name == spec.dtype
    if source.dtype.name == _BYTES and (fits or isinstance(options.stretch, tuple)):
        return StretchChoice(_user_stretch(source, options))
    values = _sample(source)
    suspects = standouts(values)
    warnings = tuple(_undeclared(source, suspect) for suspect in suspects)
    if fits or isinstance(options.stretch, tuple):
        return StretchChoice(_user_stretch(source, options), warnings)
    for suspect in suspects:
        values = values[:, (values != suspect.value).all(axis=0)]
    stretch = _percentiles(values)
    warnings += tuple(_constant(source, values))
    if options.stretch is None and values.shape[1]:
        warnings = (_stretched(source, spec, stretch), *warnings)
    return StretchChoice(stretch, warnings)


def _user_stretch(source: PlacedSource, options: SourceOptions) -> Stretch | None:
    """Make the stretch that the user gave in numbers."""
    if not isinstance(options.stretch, tuple):
        return None
    low, high = options.stretch
    return Stretch((low,) * len(source.bands), (high,) * len(source.bands))


def _sample(source: PlacedSource) -> NDArray[np.float64]:
    """Sample valid pixels (bands, n) of the whole raster, or all if there are few."""
    picture = source.picture(_SAMPLE_SIDE, average=False)
    values: NDArray[np.float64] = picture.pixels[:, picture.valid].astype(np.float64)
    is_whole = picture.valid.shape == tuple(source.native_grid.shape)
    if is_whole or values.shape[1] >= _ENOUGH:
        return values
    parts, count = [], 0
    for window in blocks(source.grid.shape, height=_SAMPLE_SIDE, width=_SAMPLE_SIDE):
        pixels, valid = source.read(window)
        parts.append(pixels[:, valid].astype(np.float64))
        count += parts[-1].shape[1]
        if count > _SAMPLE_SIDE**2:
            break
    return np.concatenate(parts, axis=1)


def _percentiles(values: NDArray[np.float64]) -> Stretch:
    """Compute percentiles of each band of (bands, n) values."""
    if values.shape[1] == 0:
        return Stretch((0.0,) * len(values), (1.0,) * len(values))
    low, high = np.percentile(values, PERCENTILES, axis=1)
    high = np.where(high > low, high, low + np.maximum(1.0, np.abs(low) * 1e-6))
    return Stretch(tuple(map(float, low)), tuple(map(float, high)))


def _stretched(source: PlacedSource, spec: ModelSpec, stretch: Stretch) -> Message:
    """The warning of values that are stretched unasked."""
    ranges = ", ".join(f"{low:g} to {high:g}" for low, high in zip(stretch.low, stretch.high))
    sentence = (
        f"the raster is {source.dtype.name} and the model was trained on {spec.dtype}: values are "
        f"stretched from the 2nd to the 98th percentile of the whole raster ({ranges})"
    )
    return Message(sentence, "stretch", "; {stretch=LOW,HIGH} sets them")


def _undeclared(source: PlacedSource, suspect: Standout) -> Message:
    """The warning of a value that looks like nodata."""
    value = _number(suspect.value, source.dtype)
    sentence = (
        f"{100 * suspect.share:.2g} % of the pixels of {source.files[0]} have the value {value}, "
        f"far from all others ({suspect.low:g} to {suspect.high:g}), which the file does not call "
        "nodata: it has no say in a stretch"
    )
    return Message(sentence, "nodata", f"; {{nodata={value}}} leaves these pixels out")


def _number(value: float, dtype: np.dtype[np.generic]) -> str:
    """Write a pixel's value in the fewest digits that read back the same."""
    text = str(dtype.type(value))
    return text.removesuffix(".0")


def _constant(source: PlacedSource, values: NDArray[np.float64]) -> list[Message]:
    """A warning of bands that show nothing."""
    if values.shape[1] < 2:  # noqa: PLR2004
        return []
    flat = {b: v[0] for b, v in zip(source.bands, values) if v.min() == v.max()}
    if not flat:
        return []
    bands_text = ", ".join(f"band {b} ({v:g})" for b, v in flat.items())
    sentence = (
        f"{source.files[0]} has one value in all valid pixels of {bands_text}, which shows "
        "nothing: look at the bands of the file"
    )
    return [Message(sentence, "bands", "; {bands} chooses others")]
