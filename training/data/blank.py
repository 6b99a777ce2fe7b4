"""Chips that show no ground: one colour all over, as servers send for "no imagery", or one bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rasterio.windows import Window

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.raster import gdal_env
from camp_detector_core.raster.library import FOREIGN, open_image
from training.data.chips import read_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from training.data.chips import Chip

_LOOK = 32
"""Side of the square in the middle of a chip that shows for nearly all that they are imagery."""
_MOST_NAMES = 5


def without_blank(chips: Sequence[Chip]) -> tuple[list[Chip], str | None]:
    """The chips that show something, and a sentence on those that do not.

    Sand and water have noise, so a chip counts as blank only if all its valid pixels are exactly
    one colour, or if it has one bit a pixel. A single chip is never left out.

    Raises:
        RasterError: None shows anything, or one cannot be read.
    """
    blank = [chip.name for chip in chips if len(chips) > 1 and _is_blank(chip)]
    if not blank:
        return list(chips), None
    few = ", ".join(blank[:_MOST_NAMES]) + (" ..." if len(blank) > _MOST_NAMES else "")
    if len(blank) == len(chips):
        msg = (
            f"all {len(chips)} chips in {chips[0].path.parent} are of one colour and show no "
            "ground: give images"
        )
        raise RasterError(msg)
    names = set(blank)
    note = (
        f"{chips[0].path.parent.name}: {len(blank)} of {len(chips)} chips are of one colour (or "
        f"have one bit a pixel), show no ground and are left out: {few}"
    )
    return [chip for chip in chips if chip.name not in names], note


def one_colour(pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> bool:
    """Return True if all valid pixels have one colour, or no pixel is valid.

    Args:
        pixels: (bands, height, width).
        valid: (height, width), True where a pixel is valid.
    """
    colours = pixels[:, valid]
    return not colours.size or bool((colours == colours[:, :1]).all())


def is_one_bit(source: DatasetReader) -> bool:
    """Return True if an open image has one bit per pixel in each band."""
    bits = [source.tags(band, ns="IMAGE_STRUCTURE").get("NBITS") for band in source.indexes]
    return all(number == "1" for number in bits)


def _is_blank(chip: Chip) -> bool:
    try:
        with gdal_env(offline=True), open_image(chip.path) as source:
            if is_one_bit(source):
                return True
            side = min(_LOOK, *chip.shape)
            row, col = (0, 0) if chip.window is None else (chip.window.row, chip.window.col)
            at = col + (chip.shape.width - side) // 2, row + (chip.shape.height - side) // 2
            middle = source.read(list(range(1, chip.bands + 1)), window=Window(*at, side, side))
    except FOREIGN as error:
        msg = f"{chip.path} cannot be read: {error}"
        raise RasterError(msg) from error
    if not one_colour(middle, np.ones(middle.shape[1:], np.bool_)):
        return False
    return one_colour(*read_pixels(chip, bands=chip.bands))
