"""The images of a folder and where each lies."""

from __future__ import annotations

import logging
import re
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from rasterio.crs import CRS

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Grid, Shape, Transform, Window, blocks
from camp_detector_core.georaster.folders import images_below
from camp_detector_core.georaster.ground import on_ground
from camp_detector_core.georaster.layout import (
    ALPHA,
    NOWHERE,
    is_placeless,
    layout_of,
    refuse_block,
    straight_transform,
)
from camp_detector_core.georaster.names import links_of, literal
from camp_detector_core.georaster.ports import ReadError
from camp_detector_core.georaster.reach import refuse_reach
from camp_detector_core.georaster.validity import marks_of, read_valid
from camp_detector_core.georaster.xyz import CRS_CODE, tile_transform
from camp_detector_core.raster import gdal_env
from camp_detector_core.raster.library import Rasterio, RasterioCrs
from training.data.names import place_and_stem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LOG = logging.getLogger(__name__)

SUFFIXES = {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".vrt", ".jp2", ".webp"}

RASTER_CHIP = 512
"""Side of the chips that a raster is cut into, pixels."""
_MAX_BYTES = 4 << 30
"""Largest size in bytes of the pixels of a chip, which is read whole."""


@dataclass(frozen=True)
class Chip:
    """Image of a training set."""

    name: str
    """Stem of the file, which windows of a raster add their place to; of a chip of several places
    ``place/stem``."""
    path: Path
    grid: Grid | None
    """Grid of the chip; None for a plain image."""
    shape: Shape
    bands: int
    """Bands that are not alpha."""
    dtype: str
    column: str | None = None
    """x of the tile's name, where it has one."""
    window: Window | None = None
    """The part of the file that it shows; None: all of it."""

    @property
    def stem(self) -> str:
        """The name without that of the place."""
        return place_and_stem(self.name)[1]

    @property
    def gsd(self) -> tuple[float, float] | None:
        """Metres a pixel along (x, y), where known."""
        return None if self.grid is None else self.grid.gsd


def read_chips(folder: Path) -> list[Chip]:
    """Open all images of a folder, sorted by name.

    Raises:
        RasterError: No folder, no image in it, two of one name, or one that cannot be read.
    """
    if not folder.is_dir():
        msg = f"{folder} is not a folder: give the folder that holds the chips"
        raise RasterError(msg)
    inside = sorted(folder.iterdir())
    paths = [p for p in inside if p.suffix.lower() in SUFFIXES and not p.is_dir()]
    deeper = [p for p in inside if p.is_dir() and not p.name.startswith(".")]
    deeper = [p for p in deeper if next(images_below(p, SUFFIXES), None) is not None]
    if not paths:
        hint = f"; {deeper[0]} does: name that, a folder at a time" if deeper else ""
        msg = f"{folder} holds no image ({', '.join(sorted(SUFFIXES))}){hint}"
        raise RasterError(msg)
    if deeper:
        LOG.warning(
            "the images in %d folders of %s are left out, the first of which is %s: chips lie in "
            "one folder, without sub-folders", len(deeper), folder, deeper[0],
        )  # fmt: skip
    stems = [p.stem for p in paths]
    twice = {s for s in stems if stems.count(s) > 1}
    if twice:
        msg = f"{folder} holds more than one image of the name {min(twice)}: rename one"
        raise RasterError(msg)
    return [open_chip(p) for p in paths]


def cut_raster(path: Path) -> list[Chip]:
    """Chips side by side that cover one raster, such as a mosaic, with its grid.

    Raises:
        RasterError: It cannot be read.
    """
    whole = open_chip(path)
    return [
        replace(
            whole,
            name=f"{whole.name}_{window.row}_{window.col}",
            grid=None if whole.grid is None else whole.grid[window],
            shape=window.shape,
            column=None,
            window=window,
        )
        for window in blocks(whole.shape, height=RASTER_CHIP, width=RASTER_CHIP)
    ]


def open_chip(path: Path) -> Chip:
    """Open one image.

    Raises:
        RasterError: It cannot be read.
    """
    name = literal(path)
    refuse_reach(name)
    with closing(Rasterio().open(name, label=str(path))) as reader:
        header = reader.header()
    refuse_block(header, str(path))
    shape, transform, file_crs = header.shape, header.transform, header.crs
    alpha = header.colors.count(ALPHA)
    crs = file_crs.crs if isinstance(file_crs, RasterioCrs) else None
    tile, column = _tile(path, shape)
    placeless = is_placeless(transform, file_crs)
    if tile is not None and (placeless or crs is None):
        crs, transform = CRS.from_string(CRS_CODE), tile
    elif placeless and crs is not None:
        LOG.warning(
            "%s has a CRS but no place: it is treated as an image without georeference", path
        )
        crs = None
    elif crs is not None:
        # Tiles are north up, and so is all that a model is run on.
        transform = straight_transform(header, str(path)) or transform
    try:
        whole = Grid(shape, transform, None)
        grid = None if crs is None else on_ground(whole, RasterioCrs(crs))
    except RasterError as error:
        sentence = f"{path}: {error.sentence}"
        raise error.with_sentence(sentence) from error
    return Chip(path.stem, path, grid, shape, len(header.dtypes) - alpha, header.dtypes[0], column)


def _tile(path: Path, shape: Shape) -> tuple[Transform | None, str | None]:
    """Place and column of a map tile, by its file's name or what that is a link to; else None."""
    for link in links_of(path.absolute()):
        tile = tile_transform(link.name, height=shape.height, width=shape.width)
        if tile is not None:
            return tile, re.findall(r"\d+", link.stem)[-3]
    return None, None


def refuse_unfit(chips: Sequence[Chip], bands: int) -> None:
    """Refuse chips of too few bands, or of different numbers of them.

    Raises:
        RasterError: The message names the chip.
    """
    for chip in chips:
        if chip.bands < bands:
            msg = f"{chip.path} has {chip.bands} bands, and the model takes {bands}"
            raise RasterError(msg)
        if chip.bands != chips[0].bands:
            msg = (
                f"{chip.path} has {chip.bands} bands and {chips[0].path} has {chips[0].bands}: "
                "give chips of one kind"
            )
            raise RasterError(msg)


def read_pixels(chip: Chip, *, bands: int) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Pixels and their validity.

    Args:
        chip: The image.
        bands: How many of its first bands besides alpha.

    Returns:
        (bands, height, width) in the file's dtype, and (height, width), True where valid by the
        rule of `camp_detector_core.georaster.validity`.

    Raises:
        RasterError: Too few bands, numbers that are no colours, or the file cannot be read.
    """
    refuse_unfit([chip], bands)
    if chip.shape[0] * chip.shape[1] * bands * np.dtype(chip.dtype).itemsize > _MAX_BYTES:
        size = f"{chip.shape[1]} x {chip.shape[0]} pixels"
        msg = f"{chip.path} has {size}, which are too many for a chip"
        raise RasterError(msg, remedy="cut it into tiles with {tool:retile}")
    window = chip.window or Window(0, 0, *chip.shape)
    try:
        with (
            gdal_env(offline=True),
            closing(Rasterio().open(literal(chip.path), label=str(chip.path))) as file,
        ):
            header = replace(file.header(), transform=NOWHERE, crs=None, has_points=False)
            layout = layout_of(header, str(chip.path))
            first = [i for i, color in enumerate(layout.colors, 1) if color != ALPHA][:bands]
            marks = marks_of(layout, first)
            pixels = file.read(first, window)
            valid = read_valid(file, marks, pixels, window)
    except ReadError as error:
        msg = f"{chip.path} cannot be read: {error}"
        raise RasterError(msg) from error
    return np.where(valid, pixels, 0).astype(pixels.dtype), valid
