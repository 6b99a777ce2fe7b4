"""The picture of a report: dwellings over areas that are shaded by density and numbered."""

from __future__ import annotations

import base64
import math
import os
import uuid
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Sequence

import numpy as np
from osgeo import gdal, ogr
from qgis.core import QgsGeometry
from qgis.PyQt.QtGui import QTransform

from camp_detector_core.hostgdal.calls import call

from ..styling import density_steps

if TYPE_CHECKING:
    from .counting import Area

_SIDE = 1600
"""Longest side of the picture in pixels: about 9 for a millimetre on A4."""
_BORDER, _FOOT = 30, 70
_NARROWEST = 600
"""Pixels in which the bar and the arrow stand side by side."""
EMPTY = "#F6F5F0"
"""An area without dwellings."""
SHADES = ("#DDE9F6", "#B7D0EA", "#86AFDA", "#5588C2")
"""Areas by density, as many classes as on the map, light enough for the dwellings on them."""
DWELLING = "#6E3B23"
_OUTLINE, _LINE = (60, 34, 24), (24, 52, 104)
OPAQUE = 0.6
"""Opacity of the dwellings, which lets the ground below be seen."""
_LEAST, _MOST = 17.0, 40.0
"""Pixels that numbers are high; where less fits, there is none."""
_WIDE, _FILL = 0.62, 1.7
"""Width of a digit in parts of its height; part of the room around a place that numbers take."""
_DOT = 4.0
"""Radius in pixels of a dwelling that is given as a point."""
_LOOK = 1000


class Step(NamedTuple):
    """A shade of the legend."""

    least: float
    most: float
    color: str
    """``#RRGGBB``."""


@dataclass(frozen=True)
class Picture:
    """Dwellings and areas, north up."""

    svg: str
    """An element of HTML, which holds all that it shows; empty where there is nothing to see."""
    bar: float
    """Metres that the bar at the bottom is long."""
    steps: Sequence[Step] = ()

    @classmethod
    def of(
        cls,
        dwellings: Sequence[bytes],
        areas: Sequence[Area],
        metres: tuple[float, float],
        look: Callable[[], None],
    ) -> Picture:
        """Draw polygons.

        Args:
            dwellings: Well-known binary, in the same CRS as the areas.
            areas: Numbered from 1 on.
            metres: Of a unit of the CRS along x and y.
            look: Called often; may raise to stop.
        """
        if not dwellings and not areas:
            return cls("", 0.0)
        whole, houses = _Shapes([a.geometry.asWkb() for a in areas], look), _Shapes(dwellings, look)
        boxes = [shapes.box for shapes in (whole, houses) if shapes.count]
        left, right = min(b[0] for b in boxes), max(b[1] for b in boxes)
        bottom, top = min(b[2] for b in boxes), max(b[3] for b in boxes)
        wide, high = max((right - left) * metres[0], 1.0), max((top - bottom) * metres[1], 1.0)
        pixel = max(wide, high) / (_SIDE - 2 * _BORDER)
        width, height = (math.ceil(side / pixel) + 2 * _BORDER for side in (wide, high))
        width = max(width, _NARROWEST)
        step = (pixel / metres[0], pixel / metres[1])
        west, north = (left + right - width * step[0]) / 2, top + _BORDER * step[1]
        canvas = gdal.GetDriverByName("MEM").Create("", width, height, 3, gdal.GDT_Byte)
        canvas.SetGeoTransform((west, step[0], 0, north, 0, -step[1]))
        for band in (1, 2, 3):
            canvas.GetRasterBand(band).Fill(255)
        steps = _steps(areas)
        for color, members in _by_color(areas, steps).items():
            _Shapes([areas[i].geometry.asWkb() for i in members], look).draw(canvas, _rgb(color))
        _glaze(canvas, _Shapes(dwellings, look, dot=_DOT * step[0]), _rgb(DWELLING))
        look()
        _Shapes(dwellings, look, lines=True, dot=_DOT * step[0]).draw(canvas, _OUTLINE)
        look()
        _Shapes([a.geometry.asWkb() for a in areas], look, lines=True).draw(canvas, _LINE, width=3)
        turn = QTransform(1 / step[0], 0, 0, -1 / step[1], -west / step[0], north / step[1])
        numbers = _numbers([a.geometry for a in areas], turn, look)
        bar = _round_length(width * pixel / 4)
        data = base64.b64encode(_png(canvas)).decode()
        image = f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/>'
        foot = _foot(bar, bar / pixel, height, width)
        svg = (
            f'<svg class="map" xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {width} {height + _FOOT}">{image}{numbers}{foot}</svg>'
        )
        return cls(svg, bar, steps)


def _glaze(canvas: Any, shapes: _Shapes, color: tuple[int, int, int]) -> None:
    """Draw shapes so that what is below them is seen."""
    size = canvas.RasterXSize, canvas.RasterYSize
    mask = gdal.GetDriverByName("MEM").Create("", *size, 1, gdal.GDT_Byte)
    mask.SetGeoTransform(canvas.GetGeoTransform())
    shapes.draw(mask, (255,))
    is_covered = np.frombuffer(mask.ReadRaster(), np.uint8) > 0
    for number, value in enumerate(color, 1):
        band = canvas.GetRasterBand(number)
        pixels = np.frombuffer(band.ReadRaster(), np.uint8).copy()
        pixels[is_covered] = pixels[is_covered] * (1 - OPAQUE) + value * OPAQUE
        band.WriteRaster(0, 0, *size, pixels.tobytes())


def _steps(areas: Sequence[Area]) -> list[Step]:
    """The classes of density, with one for areas without dwellings where there are any."""
    limits = density_steps(max((a.density for a in areas), default=0.0))
    lows = [0.0, *limits]
    shaded = [Step(a, b, c) for a, b, c in zip(lows, limits, SHADES) if b > 0]
    has_empty = any(a.density <= 0 for a in areas)
    return [Step(0.0, 0.0, EMPTY), *shaded] if has_empty else shaded


def _by_color(areas: Sequence[Area], steps: Sequence[Step]) -> dict[str, list[int]]:
    """Places of the areas of each colour."""
    groups: dict[str, list[int]] = {}
    for i, area in enumerate(areas):
        step = next((s for s in steps if area.density <= s.most), steps[-1])
        groups.setdefault(step.color, []).append(i)
    return groups


def _numbers(shapes: Sequence[QgsGeometry], turn: QTransform, look: Callable[[], None]) -> str:
    """Numbers where they fit, all of one size unless an area is too small for it."""
    places: list[tuple[int, float, float, float]] = []
    for number, shape in enumerate(shapes, 1):
        look()
        size = _place(shape, turn, number)
        if size is not None:
            places.append((number, *size))
    sizes = sorted(place[3] for place in places)
    usual = min(_MOST, max(_LEAST, sizes[len(sizes) // 4])) if sizes else _MOST
    texts = [
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{min(usual, size):.0f}">{number}</text>'
        for number, x, y, size in places
    ]
    return f'<g class="numbers">{"".join(texts)}</g>'


def _place(
    shape: QgsGeometry, turn: QTransform, number: int
) -> Optional[tuple[float, float, float]]:
    """Place of a number in pixels, and its greatest height; None: there is no room."""
    outline = QgsGeometry(shape)
    outline.transform(turn)
    box = outline.boundingBox()
    if min(box.width(), box.height()) < _LEAST:
        return None
    middle, room = outline.poleOfInaccessibility(2.0)
    if middle.isEmpty() or room is None:
        return None
    size = _FILL * room / math.hypot(_WIDE * len(str(number)), 1.0)
    at = middle.asPoint()
    return (at.x(), at.y(), size) if size >= _LEAST else None


def _foot(bar: float, length: float, top: float, width: float) -> str:
    """A bar of so many metres, and an arrow to the north."""
    y = top + 40
    text = f"{bar:,g} m"
    arrow = f"M{width - 46} {y + 16}l16 -46 16 46 -16 -12z"
    return (
        f'<path class="bar" d="M{_BORDER} {y - 10}v10h{length:.0f}v-10"/>'
        f'<text class="bar" x="{_BORDER + length + 14:.0f}" y="{y}">{escape(text)}</text>'
        f'<path class="arrow" d="{arrow}"/>'
    )


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue


class _Shapes:
    """Polygons, their outlines, or points, as GDAL draws them."""

    def __init__(
        self,
        shapes: Sequence[Any],
        look: Callable[[], None],
        *,
        lines: bool = False,
        dot: float = 0.0,
    ) -> None:
        """Read well-known binary; points become dots of a radius, in units of the CRS."""
        driver = gdal.GetDriverByName("Memory") or gdal.GetDriverByName("MEM")
        self._dataset = driver.Create("", 0, 0, 0, gdal.GDT_Unknown)  # must outlive the layer
        self._layer = self._dataset.CreateLayer("shapes", None, ogr.wkbUnknown)
        for i, data in enumerate(shapes):
            if i % _LOOK == 0:
                look()
            shape = ogr.CreateGeometryFromWkb(bytes(data))
            if shape is None:
                continue
            if dot and shape.GetDimension() == 0:
                shape = shape.Buffer(dot, 2)
            feature = ogr.Feature(self._layer.GetLayerDefn())
            feature.SetGeometryDirectly(shape.Boundary() if lines else shape)
            self._layer.CreateFeature(feature)

    @property
    def count(self) -> int:
        """Number of shapes."""
        return int(self._layer.GetFeatureCount())

    @property
    def box(self) -> tuple[float, float, float, float]:
        """xmin, xmax, ymin, ymax of all of them; there is at least one."""
        left, right, bottom, top = self._layer.GetExtent()
        return left, right, bottom, top

    def draw(self, canvas: Any, color: tuple[int, ...], *, width: int = 1) -> None:
        """Draw them with a value for each band, lines so many pixels wide; all are seen."""
        if not self.count:
            return
        west, dx, _, north, _, dy = canvas.GetGeoTransform()
        for shift in range(width):  # the same once more, beside itself
            canvas.SetGeoTransform((west - shift * dx, dx, 0, north - shift * dy, 0, dy))
            call(
                gdal.RasterizeLayer,
                canvas,
                list(range(1, len(color) + 1)),
                self._layer,
                burn_values=list(color),
                options=["ALL_TOUCHED=TRUE"],
                failed=bool,
            )
        canvas.SetGeoTransform((west, dx, 0, north, 0, dy))


def _round_length(metres: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is not more."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(n * power for n in (1, 2, 5) if n * power <= metres)


def _png(canvas: Any) -> bytes:
    name = f"/vsimem/{uuid.uuid4().hex}.png"
    picture = gdal.GetDriverByName("PNG").CreateCopy(name, canvas, 0)
    del picture
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
