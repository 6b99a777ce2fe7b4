"""Rasters that say in many ways which of their pixels are missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from rasterio.transform import Affine

from tests.support.rasters import NORTH, UTM, WEST, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

Pixels = Any
Place = Affine
RGB = ("red", "green", "blue")
TRANSFORM = Affine(0.5, 0, WEST, 0, -0.5, NORTH)
_GDAL = {"uint8": "Byte", "uint16": "UInt16", "float32": "Float32"}


@dataclass(frozen=True)
class Kind:
    """One way to say it."""

    write: Callable[[Path, Pixels, Any, Affine], Path]
    """Writes (3, height, width) pixels of 1 to 200 at a path (without its ending), so that those
    where a mask (height, width) does not hold are missing."""
    dtype: str = "uint8"
    options: dict[str, Any] = field(default_factory=dict)
    """Further options of the user."""


def plain(dtype: str, value: float, *, one_band: bool = False, **changes: Any) -> Kind:
    """Missing pixels have a value, in one band or in all."""

    def write(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
        out = pixels.astype(dtype)
        for band in np.arange(3)[1 if one_band else 0 : 2 if one_band else 3]:
            out[band, ~valid] = value
        return write_raster(
            path.with_suffix(".tif"), out, colors=RGB, transform=transform, **changes
        )

    return Kind(write, dtype)


def with_options(kind: Kind, **options: Any) -> Kind:
    return Kind(kind.write, kind.dtype, options)


def mask(path: Path, pixels: Pixels, valid: Any, transform: Affine, **changes: Any) -> Path:
    """In the file."""
    out = path.with_suffix(".tif")
    return write_raster(out, pixels, colors=RGB, mask=valid, transform=transform, **changes)


def sidecar(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    """Beside the file."""
    out = write_raster(path.with_suffix(".tif"), pixels, colors=RGB, transform=transform)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="NO"), rasterio.open(out, "r+") as dataset:
        dataset.write_mask(valid)
    return out


def some(valid: NDArray[np.bool_], share: int) -> NDArray[np.bool_]:
    """(height, width) False in every third missing pixel, from the ``share``-th on."""
    rows, cols = np.indices(valid.shape)
    out: NDArray[np.bool_] = valid | ((rows + cols) % 3 != share)
    return out


def alpha(dtype: str, low: int, high: int, position: int = 3, **changes: Any) -> Kind:
    """An alpha band, of so much where there is an image."""

    def write(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
        shade = np.random.default_rng(0).integers(low, high + 1, valid.shape) * valid
        out = np.insert(pixels.astype(dtype), position, shade, axis=0)
        colors = [*RGB]
        colors.insert(position, "alpha")
        target = path.with_suffix(".tif")
        return write_raster(target, out, colors=colors, transform=transform, **changes)

    return Kind(write, dtype)


def alpha_and_mask(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    shade = some(valid, 0) * np.uint8(255)
    return write_raster(
        path.with_suffix(".tif"), np.concatenate((pixels, shade[None])), colors=(*RGB, "alpha"),
        mask=some(valid, 1) & some(valid, 2), transform=transform,
    )  # fmt: skip


def alpha_and_value(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    shade = (some(valid, 0) & some(valid, 1)) * np.uint8(200)
    out = np.concatenate((np.where(some(valid, 2), pixels, 255).astype(np.uint8), shade[None]))
    return write_raster(
        path.with_suffix(".tif"), out, colors=(*RGB, "alpha"), nodata=255, transform=transform
    )


def alpha_and_user_value(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    shade = (some(valid, 0) & some(valid, 1)) * np.uint8(200)
    out = np.concatenate((np.where(some(valid, 2), pixels, 255).astype(np.uint8), shade[None]))
    return write_raster(path.with_suffix(".tif"), out, colors=(*RGB, "alpha"), transform=transform)


def mask_and_value(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    out = np.where(some(valid, 0), pixels, 0).astype(np.uint8)
    return mask(path, out, some(valid, 1) & some(valid, 2), transform, nodata=0)


def mask_and_user_value(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    out = np.where(some(valid, 0), pixels, 255).astype(np.uint8)
    return mask(path, out, some(valid, 1) & some(valid, 2), transform)


def numbers(*bad: float, nodata: float | None) -> Kind:
    """Decimal numbers, with several that are none in turn."""

    def write(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
        out = pixels.astype(np.float32)
        rows, cols = np.indices(valid.shape)
        for i, value in enumerate(bad):
            out[i % 3, ~valid & ((rows + cols) % len(bad) == i)] = value
        changes = {} if nodata is None else {"nodata": nodata}
        return write_raster(
            path.with_suffix(".tif"), out, colors=RGB, transform=transform, **changes
        )

    return Kind(write, "float32")


def view(
    path: Path, pixels: Pixels, transform: Affine, *, extra: tuple[str, ...], mask: str = ""
) -> Path:
    """A virtual raster of a file's bands, with something said of each."""
    behind = path.with_name(path.name + "_file.tiff")
    write_raster(behind, pixels, colors=RGB, transform=transform)
    _, height, width = pixels.shape
    kind = _GDAL[pixels.dtype.name]
    bands = "".join(
        f'<VRTRasterBand dataType="{kind}" band="{i}"><ColorInterp>{color.capitalize()}'
        f"</ColorInterp>{element}<SimpleSource><SourceFilename relativeToVRT='1'>{behind.name}"
        f"</SourceFilename><SourceBand>{i}</SourceBand></SimpleSource></VRTRasterBand>"
        for i, (color, element) in enumerate(zip(RGB, extra, strict=True), 1)
    )
    place = ", ".join(map(repr, transform.to_gdal()))
    out = path.with_suffix(".vrt")
    out.write_text(
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}"><SRS>{UTM}</SRS>'
        f"<GeoTransform>{place}</GeoTransform>{bands}{mask}</VRTDataset>"
    )
    return out


def _mask_of(path: Path, number: int, valid: Any) -> str:
    """The words for a mask that lies in a file of its own; it is 1 where it holds."""
    name = path.with_name(f"{path.name}_mask{number}.tiff")
    write_raster(name, valid.astype(np.uint8)[None], crs=None, transform=None)
    return (
        "<MaskBand><VRTRasterBand dataType='Byte'><SimpleSource><SourceFilename relativeToVRT='1'>"
        f"{name.name}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
        "</MaskBand>"
    )


def mask_of_a_view(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    return view(path, pixels, transform, extra=("", "", ""), mask=_mask_of(path, 0, valid))


def masks_of_bands(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    """Each band misses another third."""
    extra = tuple(_mask_of(path, i, some(valid, i)) for i in range(3))
    return view(path, pixels, transform, extra=extra)


def mask_of_one_band(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    return view(path, pixels, transform, extra=("", _mask_of(path, 1, valid), ""))


def values_of_bands(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    """Missing where each band has a nodata value of its own; one alone is by right."""
    values = (0, 255, 201)
    out = pixels.copy()
    for band, value in enumerate(values):
        out[band, 2 * band :: 7, band::5] = value
    for band, value in enumerate(values):
        out[band, ~valid] = value
    elements = tuple(f"<NoDataValue>{value}</NoDataValue>" for value in values)
    return view(path, out, transform, extra=elements)


def value_of_one_band(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    """Only the second band has a nodata value."""
    out = pixels.copy()
    out[1, ~valid] = 0
    return view(path, out, transform, extra=("", "<NoDataValue>0</NoDataValue>", ""))


def scaled(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    """The nodata value is one of the numbers in the file, which its scale does not touch."""
    out = np.where(valid, pixels, 0).astype(np.uint16)
    target = write_raster(path.with_suffix(".tif"), out, colors=RGB, nodata=0, transform=transform)
    with rasterio.open(target, "r+") as dataset:
        dataset.scales, dataset.offsets = (0.1,) * 3, (1000.0,) * 3
    return target


def two_of_three(path: Path, pixels: Pixels, valid: Any, transform: Affine) -> Path:
    """Bytes that have the nodata value in two bands, by right, where all is valid."""
    out = np.where(valid, pixels, 0).astype(np.uint8)
    out[:2, 3::9, 4::7] = 0
    out[2, 3::9, 4::7] = np.where(valid[3::9, 4::7], 100, 0)
    return write_raster(path.with_suffix(".tif"), out, colors=RGB, nodata=0, transform=transform)


LEAST = float(np.finfo(np.float32).min)
KINDS = {
    "mask": Kind(mask),
    "mask beside the file": Kind(sidecar),
    "mask of a virtual raster": Kind(mask_of_a_view),
    "masks of bands": Kind(masks_of_bands),
    "mask of one band": Kind(mask_of_one_band),
    "nodata 0": plain("uint8", 0, nodata=0),
    "nodata 255": plain("uint8", 255, nodata=255),
    "nodata 0 in two of three bands": Kind(two_of_three),
    "nodata 65535": plain("uint16", 65535, nodata=65535),
    "nodata of uint32": plain("uint32", 4294967295, nodata=4294967295),
    "nodata of int32": plain("int32", -(2**31), nodata=-(2**31), one_band=True),
    "nodata -9999": plain("int16", -9999, nodata=-9999, one_band=True),
    "nodata by band": Kind(values_of_bands),
    "nodata of one band": Kind(value_of_one_band),
    "nodata and scale": Kind(scaled, "uint16"),
    "rounded nodata": plain("float32", LEAST, nodata=-3.4e38),
    "rounded nodata of one band": plain("float32", LEAST, nodata=-3.4e38, one_band=True),
    "rounded nodata of doubles": plain("float64", 0.1 + 1e-9, nodata=0.1, one_band=True),
    "nodata that is not a number": plain("float32", np.nan, nodata=np.nan, one_band=True),
    "not a number": numbers(np.nan, nodata=None),
    "infinite": numbers(np.inf, -np.inf, nodata=None),
    "nodata and no numbers": numbers(-9999, np.nan, np.inf, -np.inf, nodata=-9999),
    "not a number in doubles": plain("float64", np.nan, one_band=True),
    "alpha": alpha("uint8", 255, 255),
    "alpha of 1 to 254": alpha("uint8", 1, 254),
    "alpha first": alpha("uint8", 1, 255, 0),
    "alpha second": alpha("uint8", 1, 255, 1),
    "alpha of uint16": alpha("uint16", 1, 65535),
    "faint alpha of uint16": alpha("uint16", 1, 300, 0),
    "alpha and mask": Kind(alpha_and_mask),
    "alpha and nodata": Kind(alpha_and_value),
    "mask and nodata": Kind(mask_and_value),
    "the user's value": with_options(plain("uint8", 255), nodata=255.0),
    "the user's value beside alpha": Kind(alpha_and_user_value, options={"nodata": 255.0}),
    "the user's value beside a mask": Kind(mask_and_user_value, options={"nodata": 255.0}),
    "the user's value in decimals": with_options(
        plain("float32", -9999, one_band=True), nodata=-9999.0
    ),
    "the user's value over a declared one": with_options(
        plain("uint8", 255, nodata=7), nodata=255.0
    ),
}
"""Ways to say the same."""
