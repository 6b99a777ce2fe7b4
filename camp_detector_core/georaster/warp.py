"""Raster on another grid, as the text of a GDAL virtual raster.

The text says all that GDAL's warper is to do, so that every library that opens it gets the same
pixels. Only resampling is done: coordinates are scaled and shifted, never projected.
"""

from __future__ import annotations

import math
from html import escape  # for XML, which takes the same
from typing import TYPE_CHECKING

from .layout import ALPHA
from .validity import marks_of, masked_text
from .virtual import GDAL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..engine.grid import Grid, Transform
    from .layout import Layout
    from .validity import StoreText

_BLOCK = (128, 512)
"""Height and width of the computed blocks."""
_MEMORY = 64 << 20
"""Memory in bytes that the warper may use at a time."""
# Error of the approximated coordinates, pixels; the transform is linear, so it is exact anyway.
_TOLERANCE = 1e-6


def warped_vrt(
    layout: Layout, bands: Sequence[int], target: Grid, native_grid: Grid, store_text: StoreText
) -> str:
    """Write a view of a raster on the target grid, computed block by block on read.

    Args:
        layout: The raster on its own grid.
        bands: Numbers of its bands to take, from 1, without alpha.
        target: Grid of the view.
        native_grid: The grid of the raster.
        store_text: Holds the virtual rasters that it is made of.

    Returns:
        XML; its bands are those named, in their order, and then alpha, 0 where no valid pixel of
        the raster has a share in one.
    """
    marks = marks_of(layout, bands)
    name, numbers, nodata = layout.name, tuple(bands), marks.nodata
    if not marks.is_plain:
        name = store_text(masked_text(layout, bands, store_text))
        numbers, nodata = tuple(range(1, len(bands) + 1)), (None,) * len(bands)
    height, width = target.shape
    gdal_type = GDAL_TYPES[layout.dtype]
    lines = [
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}" subClass="VRTWarpedDataset">',
        f"<GeoTransform>{_numbers(target.transform.gdal)}</GeoTransform>",
    ]
    for number, color in enumerate((*(layout.colors[b - 1] for b in bands), ALPHA), 1):
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
        f"<ResampleAlg>{resampling(target.pixel_area / native_grid.pixel_area)}</ResampleAlg>",
        f"<WorkingDataType>{gdal_type}</WorkingDataType>",
    ]
    start = "0" if None in nodata else "NO_DATA"
    lines += [
        # A pixel is nodata where all bands are.
        '<Option name="UNIFIED_SRC_NODATA">YES</Option>',
        f'<Option name="INIT_DEST">{start}</Option>',
        '<Option name="ERROR_OUT_IF_EMPTY_SOURCE_WINDOW">FALSE</Option>',
    ]
    lines.append(f'<SourceDataset relativeToVRT="0">{escape(name, quote=False)}</SourceDataset>')
    lines += _transformer(native_grid.transform, target.transform)
    lines.append("<BandList>")
    for number, (band, value) in enumerate(zip(numbers, nodata), 1):
        lines += _mapping(band, number, value)
    lines.append("</BandList>")
    lines += [
        f"<DstAlphaBand>{len(bands) + 1}</DstAlphaBand>",
        "</GDALWarpOptions>",
        "</VRTDataset>",
    ]
    return "\n".join(lines)


def resampling(ratio: float) -> str:
    """Choose GDAL's name of the resampling.

    Args:
        ratio: The area of a pixel beside that of one of those that it is computed from.
    """
    if math.isclose(ratio, 1.0, rel_tol=1e-9):
        return "NearestNeighbour"  # only turned over: pixel falls on pixel
    return "Average" if ratio > 1 else "Bilinear"


def _mapping(band: int, number: int, nodata: float | None) -> Iterator[str]:
    yield f'<BandMapping src="{band}" dst="{number}">'
    if nodata is not None:
        yield f"<SrcNoDataReal>{nodata!r}</SrcNoDataReal>"
        yield "<SrcNoDataImag>0</SrcNoDataImag>"
    yield "</BandMapping>"


def _transformer(native: Transform, target: Transform) -> Iterator[str]:
    yield "<Transformer><ApproxTransformer>"
    yield f"<MaxError>{_TOLERANCE!r}</MaxError>"
    yield "<BaseTransformer><GenImgProjTransformer>"
    for end, transform in (("Src", native), ("Dst", target)):
        yield f"<{end}GeoTransform>{_numbers(transform.gdal)}</{end}GeoTransform>"
        inverse = _inverse_geotransform(transform)
        yield f"<{end}InvGeoTransform>{_numbers(inverse)}</{end}InvGeoTransform>"
    yield "</GenImgProjTransformer></BaseTransformer>"
    yield "</ApproxTransformer></Transformer>"


def _inverse_geotransform(transform: Transform) -> tuple[float, ...]:
    """Make GDAL's geotransform from CRS units to pixels."""
    a, e = transform.a, transform.e
    return (-transform.c / a, 1 / a, 0.0, -transform.f / e, 0.0, 1 / e)


def _numbers(values: Sequence[float]) -> str:
    return ",".join(repr(float(v)) for v in values)
