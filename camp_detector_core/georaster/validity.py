"""Validity of a raster's pixels: one rule, at the raster's own resolution and any other.

A pixel is missing

- where the alpha band is 0, or a mask that holds for the whole file is; what is half transparent
  counts in full;
- where any band that the model reads is left out by a mask of its own;
- where its numbers are nodata. In images of unsigned whole numbers that are the bands that have a
  nodata value, all of them: it mostly is 0 or the largest value, which one band can have by right
  (a black or a glaring pixel). In others one band is enough, since -9999 is no measurement;
- where a band holds no finite number.

`valid_pixels` says it to numpy. `masked_text` says the same to GDAL, for its warper and for rasters
that lie over each other; the tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, Sequence

import numpy as np

from ..engine.errors import ParameterError
from . import virtual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engine.grid import Window
    from .layout import Layout
    from .ports import Reader

_ULPS = 2
"""Numbers that differ by so many steps of a 32-bit number count as one NoData value, as for GDAL
(``ARE_REAL_EQUAL`` in its gcore/gdal_priv.h), since its text is often rounded."""
# The largest number to its left and right counts; NaN comes out as the first entry, 0.
_FINITE = "<LUT>-inf:0,-1e308:255,1e308:255,inf:0</LUT>"

StoreText = Callable[[str], str]
"""Stores the text of a virtual raster and returns the name for GDAL to open it by."""


@dataclass(frozen=True)
class Marks:
    """Marks of missing pixels among the bands that are read."""

    dtype: str
    nodata: tuple[float | None, ...]
    """NoData value of each band that is read."""
    masks: tuple[int, ...] = ()
    """Numbers of the bands whose masks count."""
    one_for_all: bool = False
    """True if the one mask is that of all bands."""
    alpha: int | None = None
    """Number of the alpha band."""

    @property
    def one_is_enough(self) -> bool:
        """True if NoData in one band makes a pixel missing, False if it needs all bands."""
        return np.dtype(self.dtype).kind != "u"

    @property
    def say_nothing(self) -> bool:
        """True if every pixel is valid."""
        has_nodata = any(value is not None for value in self.nodata)
        is_float = np.dtype(self.dtype).kind == "f"
        return not (has_nodata or is_float or self.masks or self.alpha is not None)

    @property
    def is_plain(self) -> bool:
        """True if GDAL's warper follows the rule by the NoData values alone."""
        has_nodata = [value is not None for value in self.nodata]
        if np.dtype(self.dtype).kind == "f" or self.alpha is not None:
            return False
        if self.masks:
            return self.one_for_all and not any(has_nodata)
        return not any(has_nodata) or (all(has_nodata) and not self.one_is_enough)


def marks_of(layout: Layout, bands: Sequence[int]) -> Marks:
    """Collect the marks of missing pixels of some bands.

    Args:
        layout: The raster.
        bands: The numbers of those that are read, from 1, without alpha.
    """
    if layout.is_settled:
        return Marks(layout.dtype, (None,) * len(bands), (1,), one_for_all=True)
    masks = (1,) if layout.has_mask else tuple(b for b in layout.masked_bands if b in bands)
    nodata = tuple(layout.nodata[b - 1] for b in bands)
    return Marks(layout.dtype, nodata, masks, one_for_all=layout.has_mask, alpha=layout.alpha)


def can_be(value: float, dtype: str) -> bool:
    """Test if a pixel of a type can have a value."""
    if np.dtype(dtype).kind == "f":
        with np.errstate(over="ignore"):
            return not np.isfinite(value) or bool(np.isfinite(np.dtype(dtype).type(value)))
    limits = np.iinfo(dtype)
    return float(value).is_integer() and limits.min <= value <= limits.max


def refuse_value(value: float | None, dtype: str, name: str) -> None:
    """Refuse a NoData value of the user's that no pixel can have.

    Raises:
        ParameterError: The message names the value and the type of the pixels.
    """
    if value is not None and not can_be(value, dtype):
        msg = f"is no value of {name}, whose pixels are {dtype}"
        raise ParameterError(msg, parameter="nodata", value=f"{value:g}")


def read_valid(
    reader: Reader,
    marks: Marks,
    pixels: NDArray[np.generic],
    window: Window,
    *,
    shape: tuple[int, int] | None = None,
) -> NDArray[np.bool_]:
    """Read the validity of a window's pixels.

    Args:
        reader: The raster that they are from.
        marks: Marks of missing pixels.
        pixels: (bands, height, width) of the window.
        window: Window of the raster.
        shape: Rows and columns that were taken of it; None: all.

    Returns:
        (height, width), True where valid.

    Raises:
        ReadError: Alpha or a mask cannot be read.
    """
    masks: list[NDArray[np.generic]] = [
        reader.read_mask(window, band=band, shape=shape) for band in marks.masks
    ]
    if marks.alpha is not None:
        masks.append(reader.read((marks.alpha,), window, shape=shape)[0])
    return valid_pixels(pixels, marks.nodata, masks)


def valid_pixels(
    pixels: NDArray[np.generic],
    nodata: Sequence[float | None],
    masks: Sequence[NDArray[np.generic]] = (),
) -> NDArray[np.bool_]:
    """Compute the validity (height, width), True for pixels with an image.

    Args:
        pixels: (bands, height, width).
        nodata: Value of missing pixels, for each band.
        masks: (height, width) alpha and masks, 0 where pixels are missing.
    """
    valid = np.ones(pixels.shape[1:], bool)
    for mask in masks:
        valid &= (mask != 0) & (mask == mask)  # noqa: PLR0124 - alpha that is not a number
    is_nodata = [
        _equal(band, value)
        for band, value in zip(pixels, nodata)
        if value is not None and np.isfinite(value)
    ]
    if is_nodata:
        enough = Marks(pixels.dtype.name, tuple(nodata)).one_is_enough
        combine = np.logical_or if enough else np.logical_and
        valid &= ~combine.reduce(is_nodata)
    if pixels.dtype.kind == "f":
        valid &= np.isfinite(pixels).all(axis=0)
    return valid


def _equal(band: NDArray[Any], value: float) -> NDArray[np.bool_]:
    """Compare a band with a NoData value as GDAL does."""
    is_nodata: NDArray[np.bool_] = band == band.dtype.type(value)
    if band.dtype.kind != "f":
        return is_nodata
    number = band.dtype.type(value)
    step = np.finfo(np.float32).eps
    # Where the sum is too large for the type, as that of two of its least numbers, all is near.
    with np.errstate(over="ignore", invalid="ignore"):
        is_nodata |= np.abs(band - number) < step * np.abs(band + number) * _ULPS
    return is_nodata


def masked_text(layout: Layout, bands: Sequence[int], store_text: StoreText) -> str:
    """Write bands as a virtual raster whose mask follows the whole rule.

    Args:
        layout: The raster.
        bands: Numbers of the bands to take, without alpha.
        store_text: Holds the virtual rasters that it is made of.

    Returns:
        XML of a raster without alpha and without nodata values.
    """
    lines = [
        virtual.band(i, layout.dtype, [virtual.source(layout, b)], color=layout.colors[b - 1])
        for i, b in enumerate(bands, 1)
    ]
    conditions = list(_conditions(layout, bands, store_text))
    mask = (
        virtual.computed("mul", conditions)
        if len(conditions) > 1
        else virtual.mask(conditions)
        if conditions
        else ""
    )
    return virtual.dataset(layout.shape, lines, mask=mask)


def _conditions(layout: Layout, bands: Sequence[int], store_text: StoreText) -> Iterator[str]:
    """Yield sources that are all above 0 where a pixel is valid."""
    marks = marks_of(layout, bands)
    for band in marks.masks:
        yield virtual.source(layout, f"mask,{band}")
    if marks.alpha is not None:
        yield virtual.source(layout, marks.alpha, extra=virtual.NOT_ZERO)
    nodata_by_band = {b: value for b, value in zip(bands, marks.nodata) if value is not None}
    if nodata_by_band:
        yield from _apart_from_nodata(
            layout, nodata_by_band, store_text, one_is_enough=marks.one_is_enough
        )
    if np.dtype(layout.dtype).kind == "f":
        for band in dict.fromkeys(bands):
            yield virtual.source(layout, band, extra=_FINITE)


def _apart_from_nodata(
    layout: Layout,
    nodata_by_band: Mapping[int, float],
    store_text: StoreText,
    *,
    one_is_enough: bool,
) -> Iterator[str]:
    """Yield the same sources for NoData values alone, which GDAL compares with the pixels."""
    bands = [
        virtual.band(i, layout.dtype, [virtual.source(layout, b)], nodata=value)
        for i, (b, value) in enumerate(nodata_by_band.items(), 1)
    ]
    with_nodata = replace(layout, name=store_text(virtual.dataset(layout.shape, bands)))
    masks = [virtual.source(with_nodata, f"mask,{i}") for i in range(1, len(bands) + 1)]
    if one_is_enough or len(masks) == 1:
        yield from masks
        return
    sum_name = store_text(virtual.dataset(layout.shape, [virtual.computed("sum", masks)]))
    yield virtual.source(replace(with_nodata, name=sum_name, dtype="uint8"), 1)
