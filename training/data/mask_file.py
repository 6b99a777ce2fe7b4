"""Mask raster: a value for each pixel, and the pixels that it does not label."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Compression
from rasterio.windows import Window

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Transform
from camp_detector_core.georaster.layout import refuse_block
from camp_detector_core.raster import gdal_env
from camp_detector_core.raster.env import quiet_about_place
from camp_detector_core.raster.library import FOREIGN, RasterioReader, open_image
from training.data.reprojection import move_points

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from training.data.chips import Chip

_STRIP = 1 << 22
"""Pixels that are read at a time where a mask is only looked through."""
_LOSSY = {Compression.jpeg: "JPEG"}
_EXACT = "write it without loss (PNG, or TIFF with deflate)"
_MOST_VALUES = 1000
"""Different values from which a mask is none."""


@dataclass(frozen=True)
class MaskFacts:
    """The facts of a mask."""

    values: frozenset[float]
    """Values of the labelled pixels; only the first thousand or so of a long list."""
    has_unknown: bool
    """True if any pixel is transparent, NoData or NaN."""
    largest: float
    """Largest value that its data type holds."""


def look_through(path: Path) -> MaskFacts:
    """Collect the values of a mask, read strip by strip.

    Raises:
        RasterError: It cannot be read, or is no mask: coloured, lossy, complex numbers.
    """
    values: set[float] = set()
    unknown = False
    with _open_mask(path) as source:
        rows = max(1, _STRIP // source.width)
        for row in range(0, source.height, rows):
            window = Window(0, row, source.width, min(rows, source.height - row))
            strip, is_known = _read(path, source, window)
            unknown = unknown or not is_known.all()
            if len(values) <= _MOST_VALUES:
                values.update(np.unique(strip[is_known]).tolist())
        kind = np.dtype(source.dtypes[0])
        largest = float(np.iinfo(kind).max) if kind.kind in "iu" else 1.0
    return MaskFacts(frozenset(values), unknown, largest)


def read_mask(path: Path, chip: Chip) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """The mask of a chip.

    Returns:
        (height, width) values in the mask's dtype, and (height, width), True where it knows.

    Raises:
        RasterError: As `look_through`; or it has another size or place than the chip.
    """
    with _open_mask(path) as source:
        if source.shape != tuple(chip.shape):
            msg = (
                f"{path} is {source.height} x {source.width} pixels, and its chip "
                f"{chip.shape[0]} x {chip.shape[1]}: give masks of the very pixels of the chips"
            )
            raise RasterError(msg)
        _refuse_elsewhere(path, source, chip)
        return _read(path, source, Window(0, 0, source.width, source.height))


@contextmanager
def _open_mask(path: Path) -> Iterator[DatasetReader]:
    """The file, if a mask may be in it.

    Raises:
        RasterError: See `look_through`.
    """
    try:
        with quiet_about_place(), gdal_env(offline=True), _image(path) as source:
            refuse_block(RasterioReader(source, str(path)).header(), str(path))
            _refuse_lossy(path, source)
            yield source
    except FOREIGN as error:
        msg = f"{path} cannot be read as a mask: {error}"
        raise RasterError(msg) from error


def _image(path: Path) -> DatasetReader:
    try:
        return open_image(path)
    except RasterError as error:
        reason = error.sentence.removeprefix(str(path)).strip()
        sentence = f"{path} cannot be read as a mask: it {reason}"
        raise error.with_sentence(sentence) from error


def _refuse_lossy(path: Path, source: DatasetReader) -> None:
    structure = {**source.tags(ns="IMAGE_STRUCTURE"), **source.tags(1, ns="IMAGE_STRUCTURE")}
    compression = "JPEG" if source.driver == "JPEG" else _LOSSY.get(source.compression)
    if compression is None and structure.get("COMPRESSION_REVERSIBILITY", "").startswith("LOSSY"):
        compression = source.driver
    if compression is not None:
        msg = (
            f"{path} is compressed with loss ({compression}), which changes the values of a mask: "
        )
        raise RasterError(msg + _EXACT)
    if np.dtype(source.dtypes[0]).kind not in "iuf":
        msg = f"{path} holds {source.dtypes[0]} values, which no mask has: write whole numbers"
        raise RasterError(msg)


def _read(
    path: Path, source: DatasetReader, window: Window
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Values and what is known of a part of a mask.

    Raises:
        RasterError: It is a coloured picture.
    """
    bands = [i + 1 for i, c in enumerate(source.colorinterp) if c != ColorInterp.alpha]
    pixels = source.read(bands or [1], window=window)
    if len(pixels) > 1 and not all(_same(band, pixels[0]) for band in pixels[1:]):
        msg = (
            f"{path} is a coloured picture of {len(bands)} bands, and a mask has one value for "
            "each pixel: 0 for background, and the number of a class"
        )
        raise RasterError(msg)
    values = pixels[0]
    is_known = source.read_masks(1, window=window) > 0
    if source.nodata == 0:  # 0 is background, whatever the file says
        is_known[:] = True
    if values.dtype.kind == "f":
        is_known &= ~np.isnan(values)
    return values, is_known


def _same(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


def _refuse_elsewhere(path: Path, source: DatasetReader, chip: Chip) -> None:
    """Refuse a mask that says that it lies elsewhere than its chip.

    Raises:
        RasterError: So it is.
    """
    if source.crs is None or chip.grid is None or source.transform.is_identity:
        return
    height, width = source.shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64)
    mask_corners = Transform(*tuple(source.transform)[:6]).apply(corners)
    crs = CRS.from_wkt(chip.grid.crs_wkt)
    if source.crs != crs:
        mask_corners = move_points(mask_corners, source.crs, crs)
    chip_corners = chip.grid.transform.apply(corners)
    pixel = float(np.hypot(*(chip_corners[1] - chip_corners[0]))) / width
    if not np.abs(mask_corners - chip_corners).max() <= pixel:  # also where it is no number
        msg = (
            f"{path} lies elsewhere than {chip.path.name}, of which it should be the mask: its "
            "georeference is another one; mend that, or give the mask of this chip"
        )
        raise RasterError(msg)
