"""Bytes of a tile become pixels, and pixels a georeferenced chip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from camp_detector_core.georaster.xyz import CRS_CODE, transform_of
from training.preprocess.http import Unfit
from training.preprocess.manifest import PreprocessError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.preprocess.area import Tile

SIDES = (256, 512, 1024, 2048)
"""Pixels that a tile may have along either axis."""
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
)
_PNG_END = b"IEND\xaeB`\x82"
_GREY, _GREY_ALPHA, _RGB, _RGBA = 1, 2, 3, 4


@dataclass(frozen=True)
class Picture:
    """A tile."""

    pixels: NDArray[np.uint8]
    """(3, side, side) red, green, blue; 0 where not valid."""
    valid: NDArray[np.bool_]
    """(side, side), True where the tile shows ground."""
    one_bit: bool = False
    """True if the file has one bit a pixel: a drawing, not imagery."""

    @property
    def is_blank(self) -> bool:
        """True if it shows no ground: one colour, as servers mark missing imagery, or nothing."""
        from training.data.blank import one_colour

        return self.one_bit or one_colour(self.pixels, self.valid)

    @property
    def side(self) -> int:
        """Pixels along either axis."""
        return int(self.valid.shape[0])


def decode(data: bytes) -> Picture:
    """Pixels of a PNG, JPEG, WebP or TIFF.

    Grey and paletted pictures become coloured ones; transparent pixels are not valid.

    Raises:
        Unfit: It is no picture, or a damaged one.
        PreprocessError: It is a picture, but none that can be used.
    """
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    driver = next((name for magic, name in _MAGIC if data.startswith(magic)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        driver = "WEBP"
    if driver is None:
        msg = f"what it sends is no PNG, JPEG, WebP or TIFF image ({len(data)} bytes)"
        raise Unfit(msg)
    if driver == "PNG" and _PNG_END not in data:  # GDAL would leave the rest black
        msg = "what it sends is a PNG image that breaks off"
        raise Unfit(msg)
    settings = {
        "GDAL_ERROR_ON_LIBJPEG_WARNING": "YES",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_PNG_WHOLE_IMAGE_OPTIM": "NO",  # that way of reading ignores checksums
    }
    try:
        # The driver is named, so that nothing but a picture is ever opened.
        with (
            rasterio.Env(**settings),
            MemoryFile(data) as file,
            file.open(driver=driver) as source,
        ):
            _check(source.width, source.height, source.dtypes)
            return _picture(source)
    except RasterioError as error:
        msg = f"what it sends is a damaged {driver} image"
        raise Unfit(msg) from error


def encode(picture: Picture, tile: Tile) -> bytes:
    """A GeoTIFF of the picture with the exact bounds of its tile, without loss."""
    return _tiff(picture.pixels, tile, mask=None if picture.valid.all() else picture.valid)


def encode_mask(classes: NDArray[np.uint8], tile: Tile) -> bytes:
    """A GeoTIFF of a label mask on the grid of a tile's chip.

    Args:
        classes: (side, side), 0 for background.
        tile: Which tile.
    """
    return _tiff(classes[np.newaxis], tile, mask=None)


def side_of(path: Path, tile: Tile) -> int | None:
    """Pixels along either axis of a chip; None where the file is not a whole chip of this tile."""
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(path.absolute(), driver="GTiff") as source:
            side = int(source.width)
            same = tuple(source.transform)[:6] == tuple(transform_of(*_xyz(tile), side=side))
            fits = source.shape == (side, side) and source.count == _RGB and same
            return side if fits and source.crs == CRS_CODE else None
    except RasterioError:
        return None


def _tiff(bands: NDArray[np.uint8], tile: Tile, *, mask: NDArray[np.bool_] | None) -> bytes:
    import rasterio
    from rasterio.io import MemoryFile
    from rasterio.transform import Affine

    count, side, _ = bands.shape
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"), MemoryFile() as file:
        with file.open(
            driver="GTiff",
            width=side,
            height=side,
            count=count,
            dtype="uint8",
            crs=CRS_CODE,
            transform=Affine(*transform_of(*_xyz(tile), side=side)),
            compress="deflate",
            predictor=2 if count == _RGB else 1,
            photometric="RGB" if count == _RGB else "MINISBLACK",
        ) as target:
            target.write(bands)
            if mask is not None:
                target.write_mask(mask)
        return bytes(file.read())


def _xyz(tile: Tile) -> tuple[int, int, int]:
    return tile.x, tile.y, tile.zoom


def _check(width: int, height: int, dtypes: tuple[str, ...]) -> None:
    if width != height or width not in SIDES:
        msg = (
            f"the server sends tiles of {width} x {height} pixels, and squares of "
            f"{', '.join(map(str, SIDES))} can be used: choose another layer or template"
        )
        raise PreprocessError(msg)
    if set(dtypes) != {"uint8"}:
        msg = (
            f"the server sends tiles of {dtypes[0]} values, and 8 bits can be used: ask it for "
            "PNG or JPEG"
        )
        raise PreprocessError(msg)


def _picture(source: Any) -> Picture:  # noqa: ANN401 - a dataset of rasterio
    """Red, green, blue and validity of an open image."""
    from rasterio.enums import ColorInterp, MaskFlags

    from training.data.blank import is_one_bit

    bands: NDArray[np.uint8] = source.read()
    kinds = source.colorinterp
    count = len(bands)
    if count == _GREY and kinds[0] == ColorInterp.palette:
        table = np.zeros((256, 4), np.uint8)
        for value, colour in source.colormap(1).items():
            table[value] = colour
        coloured = table[bands[0]].transpose(2, 0, 1)
        pixels, valid = coloured[:3], coloured[3] > 0
    elif count in {_GREY, _RGB}:
        masks = source.read_masks() > 0
        flags = source.mask_flag_enums[0]
        # A single transparent colour: all of its bands must match.
        valid = np.ones(bands.shape[1:], np.bool_) if MaskFlags.all_valid in flags else masks.any(0)
        pixels = np.broadcast_to(bands, (3, *bands.shape[1:])) if count == _GREY else bands
    elif count in {_GREY_ALPHA, _RGBA} and kinds[-1] == ColorInterp.alpha:
        valid = bands[-1] > 0
        pixels = np.broadcast_to(bands[:-1], (3, *bands.shape[1:]))
    else:
        msg = f"the server sends tiles of {count} bands: ask it for red, green, blue (PNG or JPEG)"
        raise PreprocessError(msg)
    one_bit = is_one_bit(source)
    return Picture(np.where(valid, pixels, 0).astype(np.uint8), valid, one_bit)
