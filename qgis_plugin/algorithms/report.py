"""A page with a picture and a table, in one file that needs nothing else."""

from __future__ import annotations

import base64
import math
import os
import tempfile
import uuid
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, NamedTuple, Optional, Sequence

import numpy as np
from osgeo import gdal, ogr

from ..i18n import tr
from ..vendored import engine

_SIDE = 900
"""Longest side of the picture in pixels."""
_BORDER = 20
_GROUND, _AREA, _LINE = (250, 250, 247), (226, 234, 244), (70, 100, 140)
_DWELLING, _OUTLINE = (226, 106, 90), (130, 15, 15)
_MOST_LINES = 2000
STYLE = (
    "body{font:14px sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.3em .6em;border-bottom:1px solid "
    "#ddd;text-align:end}td:first-child,th:first-child{text-align:start}img{max-width:100%}"
    "caption,p.note{color:#666;text-align:start}"
)


class Line(NamedTuple):
    """Of the table."""

    name: str
    tally: Any
    """What was counted."""
    square_metres: Optional[float]
    """Size of the area; None where it is none."""


@dataclass(frozen=True)
class Picture:
    """Dwellings and areas, north up."""

    png: bytes
    """Empty where there is nothing to see."""
    bar: float
    """Metres that the bar at the bottom is long."""

    @classmethod
    def of(
        cls, dwellings: Sequence[bytes], areas: Sequence[bytes], metres: tuple[float, float]
    ) -> Picture:
        """Draw polygons.

        Args:
            dwellings: Well-known binary, in the same CRS as the areas.
            areas: The same.
            metres: Of a unit of the CRS along x and y.
        """
        if not dwellings and not areas:
            return cls(b"", 0.0)
        drawn = _Shapes(areas), _Shapes(dwellings)
        boxes = [shapes.box for shapes in drawn if shapes.count]
        left, right = min(b[0] for b in boxes), max(b[1] for b in boxes)
        bottom, top = min(b[2] for b in boxes), max(b[3] for b in boxes)
        wide, high = max((right - left) * metres[0], 1.0), max((top - bottom) * metres[1], 1.0)
        pixel = max(wide, high) / (_SIDE - 2 * _BORDER)
        width, height = (math.ceil(side / pixel) + 2 * _BORDER for side in (wide, high))
        step = (pixel / metres[0], pixel / metres[1])
        canvas = gdal.GetDriverByName("MEM").Create("", width, height + _BORDER, 3, gdal.GDT_Byte)
        canvas.SetGeoTransform(
            (left - _BORDER * step[0], step[0], 0, top + _BORDER * step[1], 0, -step[1])
        )
        for band, value in enumerate(_GROUND, 1):
            canvas.GetRasterBand(band).Fill(value)
        for shapes, color in zip(drawn, (_AREA, _DWELLING)):
            shapes.draw(canvas, color)
        _Shapes(dwellings, lines=True).draw(canvas, _OUTLINE)
        _Shapes(areas, lines=True).draw(canvas, _LINE)
        bar = _round_length(width * pixel / 4)
        _bar(canvas, int(bar / pixel))
        return cls(_png(canvas), bar)


def page(title: str, body: str) -> str:
    """A whole page; ``title`` is text, ``body`` is HTML."""
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def write_page(path: str, text: str) -> None:
    """Put a page in its place when it is whole.

    Raises:
        OSError: It cannot be written.
    """
    final = Path(path)
    handle, name = tempfile.mkstemp(dir=final.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        part.chmod(0o644)
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


def write_report(path: str, source: str, lines: Sequence[Line], picture: Picture) -> None:
    """Write the summary of a camp.

    Args:
        path: Of the page.
        source: The name of the layer with the dwellings.
        lines: All dwellings, those outside of all areas where there are areas, and each area.
        picture: Of all of it.

    Raises:
        OSError: It cannot be written.
    """
    found = lines[0].tally
    head = tr(
        "{count} dwellings cover {covered} m².",
        count=f"{found.dwellings:,}", covered=f"{found.covered:,.0f}",
    )  # fmt: skip
    body = f"<p>{escape(tr('Dwellings from {layer}.', layer=source))} {escape(head)}</p>"
    if picture.png:
        data = base64.b64encode(picture.png).decode()
        note = tr("North is up; the bar is {metres} m long.", metres=f"{picture.bar:,g}")
        body += f'<p><img alt="{escape(head)}" src="data:image/png;base64,{data}"></p>'
        body += f'<p class="note">{escape(note)}</p>'
    body += _table(lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        more = tr("And {count} more, which are in the layer.", count=len(lines) - _MOST_LINES)
        body += f'<p class="note">{escape(more)}</p>'
    rule = tr("A dwelling belongs to the area that holds its centre, and to one alone.")
    body += f'<p class="note">{escape(rule)}</p>'
    write_page(path, page(tr("Summary of a camp"), body))


def _table(lines: Sequence[Line]) -> str:
    heads = (
        tr("Area"), tr("Dwellings"), tr("Covered m²"), tr("Mean m²"), tr("Hectares"),
        tr("Per hectare"), tr("Covered %"),
    )  # fmt: skip
    rows = ["".join(f"<th>{escape(head)}</th>" for head in heads)]
    for name, found, size in lines:
        cells = [
            escape(name),
            f"{found.dwellings:,}",
            f"{found.covered:,.0f}",
            "" if found.mean is None else f"{found.mean:,.1f}",
        ]
        if size:
            cells += [f"{size / 1e4:,.2f}", f"{found.density(size):,.1f}"]
            cells.append(f"{found.share(size):,.1f}")
        else:
            cells += [""] * 3
        rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


class _Shapes:
    """Polygons, or their outlines, as GDAL draws them."""

    def __init__(self, shapes: Sequence[bytes], *, lines: bool = False) -> None:
        """Read well-known binary."""
        driver = gdal.GetDriverByName("Memory") or gdal.GetDriverByName("MEM")
        self._dataset = driver.Create("", 0, 0, 0, gdal.GDT_Unknown)  # must outlive the layer
        self._layer = self._dataset.CreateLayer("shapes", None, ogr.wkbUnknown)
        for data in shapes:
            shape = ogr.CreateGeometryFromWkb(data)
            if shape is None:
                continue
            feature = ogr.Feature(self._layer.GetLayerDefn())
            feature.SetGeometryDirectly(shape.Boundary() if lines else shape)
            self._layer.CreateFeature(feature)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._layer.GetFeatureCount())

    @property
    def box(self) -> tuple[float, float, float, float]:
        """xmin, xmax, ymin, ymax of all of them; there is at least one."""
        left, right, bottom, top = self._layer.GetExtent()
        return left, right, bottom, top

    def draw(self, canvas: Any, color: tuple[int, int, int]) -> None:
        """Draw them in a colour; those smaller than a pixel are seen, too."""
        if self.count:
            engine("hostgdal.calls").call(
                gdal.RasterizeLayer,
                canvas,
                [1, 2, 3],
                self._layer,
                burn_values=list(color),
                options=["ALL_TOUCHED=TRUE"],
                failed=bool,
            )


def _round_length(metres: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is not more."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(n * power for n in (1, 2, 5) if n * power <= metres)


def _bar(canvas: Any, length: int) -> None:
    black = np.full((4, max(1, length)), 30, np.uint8)
    row = canvas.RasterYSize - _BORDER
    for band in (1, 2, 3):
        canvas.GetRasterBand(band).WriteRaster(
            _BORDER, row, black.shape[1], black.shape[0], black.tobytes()
        )


def _png(canvas: Any) -> bytes:
    name = f"/vsimem/{uuid.uuid4().hex}.png"
    written = gdal.GetDriverByName("PNG").CreateCopy(name, canvas, 0)
    del written
    handle = gdal.VSIFOpenL(name, "rb")
    try:
        gdal.VSIFSeekL(handle, 0, os.SEEK_END)
        size = gdal.VSIFTellL(handle)
        gdal.VSIFSeekL(handle, 0, os.SEEK_SET)
        return bytes(gdal.VSIFReadL(1, size, handle))
    finally:
        gdal.VSIFCloseL(handle)
        gdal.Unlink(name)
        gdal.Unlink(name + ".aux.xml")
