"""Mosaic of rasters as a GDAL virtual raster in which every pixel keeps its own validity."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from html import escape  # for XML, which takes the same
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import RasterError
from ..engine.grid import Shape, Transform, Window
from . import virtual
from .validity import marks_of, masked_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .layout import Layout
    from .validity import StoreText

MAX_SIDE = 2**31 - 1
"""Largest side of a raster that GDAL supports, pixels."""
_SIZE_TOLERANCE = 0.01
"""Largest relative difference of pixel sizes: web map tiles kept in degrees grow shorter with the
latitude, row of tiles by row of tiles."""


@dataclass(frozen=True)
class MosaicPart:
    """Raster of a mosaic and the window that it fills."""

    layout: Layout
    window: Window


@dataclass(frozen=True)
class MosaicPlan:
    """Grid of a mosaic and the place of each part on it."""

    shape: Shape
    transform: Transform
    parts: tuple[MosaicPart, ...]

    def layout(self, bands: Sequence[int], store_text: StoreText) -> Layout:
        """Make the layout of the mosaic as one raster.

        Pixels that no part covers are missing: by the nodata value where there is one, and by a
        mask where there is none or where parts have alpha or masks.

        Args:
            bands: Numbers of the parts' bands to take, from 1, without alpha.
            store_text: Holds the virtual rasters that it is made of.
        """
        first = self.parts[0].layout
        names = self._masked_names(bands, store_text)
        nodata = tuple(first.nodata[b - 1] for b in bands)
        has_mask = bool(names) or any(p.layout.alpha or p.layout.has_mask for p in self.parts)
        has_mask = has_mask or all(value is None for value in nodata)
        text = virtual.dataset(
            self.shape,
            [self._band(b, number, names) for number, b in enumerate(bands, 1)],
            mask=virtual.mask(self._coverage(names)) if has_mask else "",
            place=self._place,
        )
        return replace(
            first,
            name=store_text(text),
            shape=self.shape,
            transform=self.transform,
            colors=tuple(first.colors[b - 1] for b in bands),
            descriptions=tuple(first.descriptions[b - 1] for b in bands),
            nodata=nodata,
            has_mask=has_mask,
            masked_bands=(),
            driver="VRT",
        )

    @property
    def _place(self) -> str:
        crs = self.parts[0].layout.crs
        numbers = ", ".join(repr(float(v)) for v in self.transform.gdal)
        place = f"<GeoTransform>{numbers}</GeoTransform>"
        if crs is None:
            return place
        axes = 'dataAxisToSRSAxisMapping="2,1"' if crs.is_geographic else ""
        return f"<SRS {axes}>{escape(crs.wkt, quote=False)}</SRS>{place}"

    def _masked_names(self, bands: Sequence[int], store_text: StoreText) -> dict[int, str]:
        """Names of the parts as rasters with one mask for their whole validity, if they need it.

        A part's missing pixels must not cover those of another part, nor may a pixel be mixed
        from two parts because one band of the upper one has the nodata value. GDAL's sources heed
        a nodata value or a mask, and never several of these.
        """
        overlapping = self._overlapping
        names = {}
        for i, part in enumerate(self.parts):
            marks = marks_of(part.layout, bands)
            ways = len(marks.masks) + (marks.alpha is not None)
            if ways > 1 or part.layout.masked_bands or (i in overlapping and not marks.say_nothing):
                names[i] = store_text(masked_text(part.layout, bands, store_text))
        return names

    def _coverage(self, names: Mapping[int, str]) -> Iterator[str]:
        """Sources of a mask: the parts, without what their alpha or their mask leaves out."""
        for i, part in enumerate(self.parts):
            layout, window = part.layout, part.window
            if i in names:
                layout = replace(layout, name=names[i])
            if i in names or layout.has_mask:
                yield virtual.source(layout, "mask,1", window=window, extra=virtual.NOT_ZERO)
            elif layout.alpha:
                yield virtual.source(layout, layout.alpha, window=window, extra=virtual.NOT_ZERO)
            else:
                yield virtual.source(layout, 1, window=window, extra=virtual.EVERYWHERE)

    @property
    def _overlapping(self) -> frozenset[int]:
        """Numbers of the parts that overlap another."""
        windows = [part.window for part in self.parts]
        order = np.array(sorted(range(len(windows)), key=lambda i: windows[i].row), np.intp)
        box = np.array([(w.row, w.stop_row, w.col, w.stop_col) for w in windows])[order]
        is_shared = np.zeros(len(windows), bool)
        for i, (_, stop_row, col, stop_col) in enumerate(box.tolist()):
            # Later ones begin no higher, and those from the first that begins below do not matter.
            stop = int(np.searchsorted(box[:, 0], stop_row))
            hit = (box[i + 1 : stop, 2] < stop_col) & (box[i + 1 : stop, 3] > col)
            is_shared[i + 1 : stop] |= hit
            is_shared[i] |= hit.any()
        return frozenset(order[is_shared].tolist())

    def _band(self, band: int, number: int, names: Mapping[int, str]) -> str:
        """Make band ``number`` of the mosaic from one band of the parts."""
        first = self.parts[0].layout
        sources = []
        for i, part in enumerate(self.parts):
            if i in names:
                masked_layout = replace(part.layout, name=names[i])
                sources.append(
                    virtual.source(
                        masked_layout, number, window=part.window, extra=virtual.USE_MASK
                    )
                )
            else:
                sources.append(virtual.source(part.layout, band, window=part.window))
        color, nodata = first.colors[band - 1], first.nodata[band - 1]
        return virtual.band(number, first.dtype, sources, color=color, nodata=nodata)


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
        parts.append(MosaicPart(layout, Window(row, col, *size)))
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
    """Refuse a part that does not fit the first."""
    if other.transform is None or first.transform is None:
        loose = other if other.transform is None else first
        msg = f"{loose.name} {loose.placeless}, so its place in a mosaic is unknown: give it alone"
        raise RasterError(msg)
    if not alone and not other.is_north_up:
        msg = f"{other.name} is not north up"
        raise RasterError(msg, remedy="turn it first with {tool:warp}, or give it alone")
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
    for difference, expected, actual, is_equal in fields:
        if not (expected == actual if is_equal is None else is_equal):
            msg = (
                f"{other.name} has {difference} than {first.name} ({actual} beside {expected}), so "
                "they cannot be one mosaic: convert it, or run it apart"
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
