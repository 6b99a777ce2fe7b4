"""A raster on another grid, as the text of a GDAL virtual raster.

The text says all that GDAL's warper is to do, so that every library that opens it gets the same
pixels. Only resampling is done: coordinates are scaled and shifted, never projected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape  # for XML, which takes the same
from typing import TYPE_CHECKING

import numpy as np

from .layout import ALPHA
from .mosaic import GDAL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..engine.grid import Grid, Transform

_BLOCK = (128, 512)
"""Height and width of the blocks in which the pixels are computed."""
_MEMORY = 64 << 20
"""Bytes that the warper may use at a time."""
# Error of the approximated coordinates, pixels; the transform is linear, so it is exact anyway.
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class WarpBands:
    """What the raster to be warped is made of."""

    colors: tuple[str, ...]
    """What each band shows; at most the last one is alpha."""
    dtype: str
    nodata: float | None


def warped_vrt(source: str, own: Grid, target: Grid, bands: WarpBands) -> str:
    """A view of a raster on the target grid, computed block by block on read.

    Args:
        source: The raster on its own grid: the text of a virtual raster, or a name.
        own: Its grid.
        target: Where the pixels are wanted.
        bands: What the raster is made of.

    Returns:
        XML; its bands are those of the raster, and then alpha if they have none.
    """
    plain = [c for c in bands.colors if c != ALPHA]
    alpha = len(plain) + 1
    height, width = target.shape
    gdal_type = GDAL_TYPES[bands.dtype]
    lines = [
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}" subClass="VRTWarpedDataset">',
        f"<GeoTransform>{_numbers(_forth(target.transform))}</GeoTransform>",
    ]
    for number, color in enumerate((*plain, ALPHA), 1):
        lines += [
            (
                f'<VRTRasterBand dataType="{gdal_type}" band="{number}" '
                'subClass="VRTWarpedRasterBand">'
            ),
            f"<ColorInterp>{color.capitalize()}</ColorInterp>",
            "</VRTRasterBand>",
        ]
    lines += [
        f"<BlockXSize>{min(width, _BLOCK[1])}</BlockXSize>",
        f"<BlockYSize>{min(height, _BLOCK[0])}</BlockYSize>",
        "<GDALWarpOptions>",
        f"<WarpMemoryLimit>{_MEMORY}</WarpMemoryLimit>",
        f"<ResampleAlg>{_resampling(own, target)}</ResampleAlg>",
        f"<WorkingDataType>{gdal_type}</WorkingDataType>",
    ]
    for name, value in _options(bands).items():
        lines.append(f'<Option name="{name}">{value}</Option>')
    lines.append(f'<SourceDataset relativeToVRT="0">{escape(source, quote=False)}</SourceDataset>')
    lines += _transformer(own.transform, target.transform)
    lines.append("<BandList>")
    # Alpha is computed with the others, not as one of them.
    for number in range(1, len(bands.colors) + 1):
        lines += _mapping(number, None if number == alpha else bands.nodata)
    lines.append("</BandList>")
    if len(plain) < len(bands.colors):
        lines.append(f"<SrcAlphaBand>{alpha}</SrcAlphaBand>")
    lines += [f"<DstAlphaBand>{alpha}</DstAlphaBand>", "</GDALWarpOptions>", "</VRTDataset>"]
    return "\n".join(lines)


def _resampling(own: Grid, target: Grid) -> str:
    """GDAL's name of the way to compute a pixel from others."""
    ratio = target.pixel_area / own.pixel_area
    if math.isclose(ratio, 1.0, rel_tol=1e-9):
        return "NearestNeighbour"  # only turned over: pixel falls on pixel
    return "Average" if ratio > 1 else "Bilinear"


def _options(bands: WarpBands) -> dict[str, str]:
    unified = "YES"
    if bands.nodata is not None and np.dtype(bands.dtype).kind != "u":
        # As in `pixels`: which bands must be nodata for the pixel to be.
        unified = "PARTIAL"
    return {
        "UNIFIED_SRC_NODATA": unified,
        "INIT_DEST": "0" if bands.nodata is None else "NO_DATA",
        "ERROR_OUT_IF_EMPTY_SOURCE_WINDOW": "FALSE",
    }


def _mapping(number: int, nodata: float | None) -> Iterator[str]:
    yield f'<BandMapping src="{number}" dst="{number}">'
    if nodata is not None:
        yield f"<SrcNoDataReal>{nodata!r}</SrcNoDataReal>"
        yield "<SrcNoDataImag>0</SrcNoDataImag>"
    yield "</BandMapping>"


def _transformer(own: Transform, target: Transform) -> Iterator[str]:
    yield "<Transformer>"
    yield "<ApproxTransformer>"
    yield f"<MaxError>{_TOLERANCE!r}</MaxError>"
    yield "<BaseTransformer>"
    yield "<GenImgProjTransformer>"
    for end, transform in (("Src", own), ("Dst", target)):
        yield f"<{end}GeoTransform>{_numbers(_forth(transform))}</{end}GeoTransform>"
        yield f"<{end}InvGeoTransform>{_numbers(_back(transform))}</{end}InvGeoTransform>"
    yield "</GenImgProjTransformer>"
    yield "</BaseTransformer>"
    yield "</ApproxTransformer>"
    yield "</Transformer>"


def _forth(transform: Transform) -> tuple[float, ...]:
    """GDAL's geotransform of a transform without rotation."""
    return (transform.c, transform.a, 0.0, transform.f, 0.0, transform.e)


def _back(transform: Transform) -> tuple[float, ...]:
    """GDAL's geotransform from CRS units to pixels."""
    a, e = transform.a, transform.e
    return (-transform.c / a, 1 / a, 0.0, -transform.f / e, 0.0, 1 / e)


def _numbers(values: Sequence[float]) -> str:
    return ",".join(repr(float(v)) for v in values)
