"""XML of GDAL's virtual rasters, as far as it is used here."""

from __future__ import annotations

from html import escape  # for XML, which takes the same
from typing import TYPE_CHECKING, Iterable, Union

from ..engine.grid import Window

if TYPE_CHECKING:
    from ..engine.grid import Shape
    from .layout import Layout

GDAL_TYPES = {
    "uint8": "Byte",
    "int8": "Int8",
    "uint16": "UInt16",
    "int16": "Int16",
    "uint32": "UInt32",
    "int32": "Int32",
    "float32": "Float32",
    "float64": "Float64",
}
USE_MASK = "<UseMaskBand>true</UseMaskBand>"
"""Source whose pixels count where its mask holds."""
NOT_ZERO = "<NODATA>0</NODATA><ScaleOffset>255</ScaleOffset><ScaleRatio>0</ScaleRatio>"
"""Source that is 255 where its pixels are not 0, and leaves the others unchanged."""
EVERYWHERE = "<ScaleOffset>255</ScaleOffset><ScaleRatio>0</ScaleRatio>"
"""Source that is 255 everywhere."""


def source(
    layout: Layout, band: Union[int, str], *, window: Window | None = None, extra: str = ""
) -> str:
    """Write a raster, or a part of it, as source of a band.

    Args:
        layout: The raster.
        band: Its number from 1, or ``mask,1`` for the mask of the first band.
        window: The pixels that it fills; None: as many as it has, from the first.
        extra: Processing of its pixels, in GDAL's words.
    """
    kind = "ComplexSource" if extra else "SimpleSource"
    height, width = layout.shape
    rows, cols = layout.block
    place = Window(0, 0, height, width) if window is None else window
    return (
        f'<{kind}><SourceFilename relativeToVRT="0">{escape(layout.name, quote=False)}'
        f"</SourceFilename><SourceBand>{band}</SourceBand>"
        f'<SourceProperties RasterXSize="{width}" RasterYSize="{height}" '
        f'DataType="{GDAL_TYPES[layout.dtype]}" BlockXSize="{cols}" BlockYSize="{rows}"/>'
        f'<SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>'
        f'<DstRect xOff="{place.col}" yOff="{place.row}" xSize="{place.width}" '
        f'ySize="{place.height}"/>{extra}</{kind}>'
    )


def band(
    number: int,
    dtype: str,
    sources: Iterable[str],
    *,
    color: str = "undefined",
    nodata: float | None = None,
) -> str:
    """Write a band with the pixels of its sources, the last on top.

    Args:
        number: From 1.
        dtype: numpy's name of its type.
        sources: From `source`.
        color: GDAL's name of what it shows, in lower case.
        nodata: Its value where there is no source, and where pixels are missing.
    """
    value = "" if nodata is None else f"<NoDataValue>{nodata!r}</NoDataValue>"
    return (
        f'<VRTRasterBand dataType="{GDAL_TYPES[dtype]}" band="{number}">'
        f"<ColorInterp>{color.capitalize()}</ColorInterp>{value}{''.join(sources)}</VRTRasterBand>"
    )


def mask(sources: Iterable[str]) -> str:
    """Write a mask band, 0 where all of its sources are 0."""
    return f'<VRTRasterBand dataType="Byte">{"".join(sources)}</VRTRasterBand>'


def computed(function: str, sources: Iterable[str]) -> str:
    """Write a mask band that GDAL computes from its sources, pixel by pixel.

    Args:
        function: ``sum`` is not 0 where any of the sources is, ``mul`` where all are.
        sources: Sources of bytes.
    """
    return (
        '<VRTRasterBand dataType="Byte" subClass="VRTDerivedRasterBand">'
        f"<PixelFunctionType>{function}</PixelFunctionType>"
        f"<SourceTransferType>Byte</SourceTransferType>{''.join(sources)}</VRTRasterBand>"
    )


def dataset(shape: Shape, bands: Iterable[str], *, mask: str = "", place: str = "") -> str:
    """Write a virtual raster.

    Args:
        shape: Height and width.
        bands: From `band`.
        mask: From `mask` or `computed`; holds for all bands. Empty: there is none.
        place: Its CRS and geotransform.
    """
    masked = f"<MaskBand>{mask}</MaskBand>" if mask else ""
    return (
        f'<VRTDataset rasterXSize="{shape.width}" rasterYSize="{shape.height}">'
        f"{place}{''.join(bands)}{masked}</VRTDataset>"
    )
