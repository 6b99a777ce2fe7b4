"""Several rasters as one: a GDAL virtual raster in which every pixel keeps its own validity."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from html import escape  # for XML, which takes the same
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import RasterError
from ..engine.grid import Shape, Transform, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
MAX_SIDE = 2**31 - 1
"""Most pixels along a side of a raster that GDAL counts."""
_USE_MASK = "<UseMaskBand>true</UseMaskBand>"
_SIZE_TOLERANCE = 0.01
"""Pixel sizes may differ by this fraction: web map tiles kept in degrees grow shorter with the
latitude, row of tiles by row of tiles."""


@dataclass(frozen=True)
class Part:
    """A raster and the pixels of the mosaic that it fills."""

    layout: Layout
    window: Window


@dataclass(frozen=True)
class MosaicPlan:
    """The grid of a mosaic and the place of each part on it."""

    shape: Shape
    transform: Transform
    parts: tuple[Part, ...]

    def vrt(self, bands: Sequence[int]) -> str:
        """The mosaic as the text of a GDAL virtual raster.

        Pixels that no part covers are invalid: by the nodata value where there is one, by the
        alpha band, or else by a mask band. Where the parts have a nodata value, what their alpha
        or mask leaves out has it as well, and there is no alpha.

        Args:
            bands: Numbers of the parts' bands to take, from 1, without alpha.

        Returns:
            XML; its bands are those named, in their order, and then alpha if the parts have it.
        """
        first = self.parts[0].layout
        is_masked = any(p.layout.has_mask or p.layout.alpha for p in self.parts)
        if first.nodata is not None and is_masked:
            filled = tuple(replace(p, layout=_filled(p.layout, bands)) for p in self.parts)
            return replace(self, parts=filled).vrt(range(1, len(bands) + 1))
        t = self.transform
        lines = [f'<VRTDataset rasterXSize="{self.shape.width}" rasterYSize="{self.shape.height}">']
        if first.crs is not None:
            mapping = 'dataAxisToSRSAxisMapping="2,1"' if first.crs.is_geographic else ""
            lines.append(f"<SRS {mapping}>{escape(first.crs.wkt, quote=False)}</SRS>")
        numbers = ", ".join(repr(float(v)) for v in (t.c, t.a, t.b, t.f, t.d, t.e))
        lines.append(f"<GeoTransform>{numbers}</GeoTransform>")
        wanted = [*bands, *([first.alpha] if first.alpha else [])]
        shared = self._overlapping if first.nodata is not None else frozenset()
        whole = {i: _masked(self.parts[i].layout, bands) for i in shared}
        for number, band in enumerate(wanted, 1):
            lines += self._band(band, number=number, whole=whole)
        if first.alpha is None and first.nodata is None:
            lines += ["<MaskBand>", '<VRTRasterBand dataType="Byte">']
            for part in self.parts:
                lines += _source(part, "mask,1", kind="SimpleSource", extra="")
            lines += ["</VRTRasterBand>", "</MaskBand>"]
        lines.append("</VRTDataset>")
        return "\n".join(lines)

    @property
    def _overlapping(self) -> frozenset[int]:
        """Numbers of the parts that share pixels with another."""
        windows = [part.window for part in self.parts]
        order = np.array(sorted(range(len(windows)), key=lambda i: windows[i].row), np.intp)
        box = np.array([(w.row, w.stop_row, w.col, w.stop_col) for w in windows])[order]
        shared = np.zeros(len(windows), bool)
        for i, (_, stop_row, col, stop_col) in enumerate(box.tolist()):
            # Later ones begin no higher, and those from the first that begins below do not matter.
            stop = int(np.searchsorted(box[:, 0], stop_row))
            hit = (box[i + 1 : stop, 2] < stop_col) & (box[i + 1 : stop, 3] > col)
            shared[i + 1 : stop] |= hit
            shared[i] |= hit.any()
        return frozenset(order[shared].tolist())

    def _band(self, band: int, *, number: int, whole: Mapping[int, str]) -> Iterator[str]:
        """One band; ``whole`` names the parts that are read as `_masked` says."""
        first = self.parts[0].layout
        yield f'<VRTRasterBand dataType="{GDAL_TYPES[first.dtype]}" band="{number}">'
        yield f"<ColorInterp>{first.colors[band - 1].capitalize()}</ColorInterp>"
        nodata = None if band == first.alpha else first.nodata
        if nodata is not None:
            yield f"<NoDataValue>{nodata!r}</NoDataValue>"
        for i, part in enumerate(self.parts):
            if i in whole and nodata is not None:
                layout = replace(part.layout, name=whole[i])
                yield from _source(
                    replace(part, layout=layout), str(number), kind="ComplexSource", extra=_USE_MASK
                )
                continue
            # A part's missing pixels must not cover another part's pixels where they overlap.
            extra = "" if nodata is None else _nodata(nodata)
            if part.layout.has_mask or first.alpha:
                extra += _USE_MASK
            kind = "ComplexSource" if extra else "SimpleSource"
            yield from _source(part, str(band), kind=kind, extra=extra)
        yield "</VRTRasterBand>"


def _nodata(value: float) -> str:
    return f"<NODATA>{value!r}</NODATA>"


def _filled(layout: Layout, bands: Sequence[int]) -> Layout:
    """Bands of a raster as one without mask or alpha: what these leave out has the nodata value.

    GDAL's sources and its warper heed a nodata value or a mask, not both.
    """
    part = Part(layout, Window(0, 0, *layout.shape))
    lines = [f'<VRTDataset rasterXSize="{layout.shape.width}" rasterYSize="{layout.shape.height}">']
    for number, band in enumerate(bands, 1):
        lines.append(f'<VRTRasterBand dataType="{GDAL_TYPES[layout.dtype]}" band="{number}">')
        lines.append(f"<NoDataValue>{layout.nodata!r}</NoDataValue>")
        lines += _source(part, str(band), kind="ComplexSource", extra=_USE_MASK)
        lines.append("</VRTRasterBand>")
    lines.append("</VRTDataset>")
    colors = tuple(layout.colors[b - 1] for b in bands)
    return replace(layout, name="\n".join(lines), colors=colors, has_mask=False)


def _masked(layout: Layout, bands: Sequence[int]) -> str:
    """A raster as a virtual raster with a mask, which holds where any of its bands has a value.

    GDAL leaves out nodata band by band: where a valid pixel of the upper raster has the nodata
    value in one band, that band would be filled from the raster below, to a pixel of a colour that
    neither of them has.
    """
    part = Part(layout, Window(0, 0, *layout.shape))
    nodata = "" if layout.nodata is None else _nodata(layout.nodata)
    masked = _USE_MASK if layout.has_mask else ""
    lines = [f'<VRTDataset rasterXSize="{layout.shape.width}" rasterYSize="{layout.shape.height}">']
    for number, band in enumerate(bands, 1):
        lines.append(f'<VRTRasterBand dataType="{GDAL_TYPES[layout.dtype]}" band="{number}">')
        lines += _source(part, str(band), kind="SimpleSource", extra="")
        lines.append("</VRTRasterBand>")
    lines += ["<MaskBand>", '<VRTRasterBand dataType="Byte">']
    for band in bands:
        # Whatever the value is, it becomes 255; what is left out stays 0.
        scaled = "<ScaleOffset>255</ScaleOffset><ScaleRatio>0</ScaleRatio>"
        lines += _source(part, str(band), kind="ComplexSource", extra=scaled + nodata + masked)
    lines += ["</VRTRasterBand>", "</MaskBand>", "</VRTDataset>"]
    return "\n".join(lines)


def _source(part: Part, band: str, *, kind: str, extra: str) -> Iterator[str]:
    """One source of one band, with what GDAL would otherwise open the file for."""
    layout, window = part.layout, part.window
    height, width = layout.shape
    rows, cols = layout.block
    yield f"<{kind}>"
    yield f'<SourceFilename relativeToVRT="0">{escape(layout.name, quote=False)}</SourceFilename>'
    yield f"<SourceBand>{band}</SourceBand>"
    yield (
        f'<SourceProperties RasterXSize="{width}" RasterYSize="{height}" '
        f'DataType="{GDAL_TYPES[layout.dtype]}" '
        f'BlockXSize="{cols}" BlockYSize="{rows}"/>'
    )
    yield f'<SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>'
    yield (
        f'<DstRect xOff="{window.col}" yOff="{window.row}" '
        f'xSize="{window.width}" ySize="{window.height}"/>'
    )
    yield extra
    yield f"</{kind}>"


def plan_mosaic(layouts: Sequence[Layout]) -> MosaicPlan:
    """Place rasters side by side on one grid.

    The edges of each part are rounded to whole pixels of the mosaic, so parts that touch on the
    ground touch in the mosaic, without a gap or an overlap, even where their pixel sizes differ
    in the sixth digit.

    Raises:
        RasterError: A part differs from the first in CRS, bands, dtype, nodata or pixel size, or
            has no georeference; the message names it.
    """
    first = layouts[0]
    for other in layouts:
        _refuse_misfit(first, other, alone=len(layouts) == 1)
    transforms = [layout.transform for layout in layouts if layout.transform is not None]
    a = float(np.median([t.a for t in transforms]))
    e = float(np.median([t.e for t in transforms]))
    left = min(t.c for t in transforms)
    top = max(t.f for t in transforms)
    parts = []
    for layout, t in zip(layouts, transforms):
        col, row = _round((t.c - left) / a), _round((t.f - top) / e)
        stop_col = _round((t.c + t.a * layout.shape.width - left) / a)
        stop_row = _round((t.f + t.e * layout.shape.height - top) / e)
        size = max(1, stop_row - row), max(1, stop_col - col)
        parts.append(Part(layout, Window(row, col, *size)))
    shape = Shape(max(p.window.stop_row for p in parts), max(p.window.stop_col for p in parts))
    if max(shape) > MAX_SIDE:
        msg = (
            f"the rasters, the first of which is {first.name}, lie too far apart for one mosaic "
            f"({shape.width} x {shape.height} pixels): run them apart"
        )
        raise RasterError(msg)
    return MosaicPlan(shape, Transform(a, 0.0, left, 0.0, e, top), tuple(parts))


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def _refuse_misfit(first: Layout, other: Layout, *, alone: bool) -> None:
    """Refuse a part that cannot stand beside the first."""
    if other.transform is None or first.transform is None:
        loose = other if other.transform is None else first
        msg = f"{loose.name} {loose.placeless}, so its place in a mosaic is unknown: give it alone"
        raise RasterError(msg)
    if not alone and not other.is_north_up:
        msg = f"{other.name} is not north up: turn it first with gdalwarp, or give it alone"
        raise RasterError(msg)
    fields = (
        ("another CRS", _crs_name(first), _crs_name(other), _same_crs(first, other)),
        ("another number of bands", len(first.colors), len(other.colors), None),
        ("another dtype", first.dtype, other.dtype, None),
        ("another nodata value", str(first.nodata), str(other.nodata), None),
        ("another alpha band", first.alpha, other.alpha, None),
        (
            "another pixel size",
            _size(first.transform),
            _size(other.transform),
            _similar(first.transform, other.transform),
        ),
    )
    for what, wanted, got, same in fields:
        if not (wanted == got if same is None else same):
            msg = (
                f"{other.name} has {what} than {first.name} ({got} beside {wanted}), so they "
                "cannot be one mosaic: convert it, or run it apart"
            )
            raise RasterError(msg)


def _crs_name(layout: Layout) -> str:
    if layout.crs is None:
        return "none"
    return layout.crs.label


def _same_crs(one: Layout, other: Layout) -> bool:
    if one.crs is None or other.crs is None:
        return one.crs is other.crs
    return one.crs.same(other.crs)


def _size(transform: Transform) -> str:
    return f"{transform.a:.6g} x {-transform.e:.6g}"


def _similar(one: Transform, other: Transform) -> bool:
    return math.isclose(one.a, other.a, rel_tol=_SIZE_TOLERANCE) and math.isclose(
        one.e, other.e, rel_tol=_SIZE_TOLERANCE
    )
