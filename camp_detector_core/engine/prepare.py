"""Normalisation of raw pixels for the network; training and every host use these functions.

Nothing here looks at the data to decide how to scale it: the scaling is in the spec, or the user
(or a pass over the whole raster) gives one `Stretch` for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Sequence

import numpy as np

from .errors import SpecError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .spec import Band


@dataclass(frozen=True)
class Stretch:
    """Linear stretch of raw values to [0, 1], one pair per band, the same for a whole raster.

    It takes the place of ``Band.scale`` where a raster's dtype or radiometry is not the one that
    the model was trained on.

    Raises:
        SpecError: Lists of different length, or a low end that is not below the high end.
    """

    low: tuple[float, ...]
    """Raw value that becomes 0, for each band."""
    high: tuple[float, ...]
    """Raw value that becomes 1, for each band."""

    def __post_init__(self) -> None:
        """Refuse a stretch that inverts the image or has no range."""
        if not self.low or len(self.low) != len(self.high):
            msg = f"a stretch needs one low and one high value a band: {self.low}, {self.high}"
            raise SpecError(msg)
        for low, high in zip(self.low, self.high):
            if not (np.isfinite(low) and np.isfinite(high) and low < high):
                msg = f"the low end of a stretch must be below its high end, got {low} and {high}"
                raise SpecError(msg)


def normalise(
    pixels: NDArray[np.generic],
    valid: NDArray[np.bool_],
    bands: Sequence[Band],
    *,
    stretch: Optional[Stretch] = None,
) -> NDArray[np.float32]:
    """Scale raw pixels for the network.

    Args:
        pixels: (bands, height, width) raw values of any real dtype.
        valid: (height, width), True where all bands are valid.
        bands: The model's bands, in the order of ``pixels``.
        stretch: Used in place of ``Band.scale``; its results are clipped to [0, 1].

    Returns:
        (bands, height, width) float32, 0 (the mean of the training data) where not valid.

    Raises:
        SpecError: The number of bands does not fit.
    """
    if pixels.shape[0] != len(bands) or (stretch and len(stretch.low) != len(bands)):
        msg = f"the model takes {len(bands)} bands, got {pixels.shape[0]}"
        raise SpecError(msg)
    scaled = pixels.astype(np.float32)
    for i, band in enumerate(bands):
        if stretch is not None:
            low, high = stretch.low[i], stretch.high[i]
            scaled[i] -= np.float32(low)
            scaled[i] *= np.float32(1 / (high - low))
            np.clip(scaled[i], 0, 1, out=scaled[i])
            factor, offset = 1 / band.std, -band.mean / band.std
        else:
            factor, offset = band.scale / band.std, -band.mean / band.std
        scaled[i] *= np.float32(factor)
        scaled[i] += np.float32(offset)
    if not valid.all():
        scaled[:, ~valid] = 0
    return scaled


def pad_to(chip: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Pad a chip to (height, width) with zeros (the training mean) below and on the right.

    Cutting ``[:, :h, :w]`` out of the result undoes it.
    """
    bands, h, w = chip.shape
    if (h, w) == (height, width):
        return chip
    padded = np.zeros((bands, height, width), np.float32)
    padded[:, :h, :w] = chip
    return padded
