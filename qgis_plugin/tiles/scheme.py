"""The tiles of a layer: their addresses, zoom levels and pixels."""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Optional
from urllib.parse import unquote, urlsplit

from qgis.core import Qgis

from camp_detector_core.georaster.xyz import CRS_CODE, transform_of

if TYPE_CHECKING:
    from qgis.core import QgsRasterDataProvider


_SIDE = 256
"""Pixels of a tile where the layer does not say more."""
_LEAST_ZOOM, _MOST_ZOOM, _DEEPEST = 0, 18, 30
"""QGIS' own where the layer does not say, and the deepest that there may be."""
_HEADER = "http-header:"
_SLIVER = 1e-3
"""Less than this part of a pixel is rounding."""

Place = tuple[int, int, int]
"""Column from the west, row from the north, zoom."""


class Part(NamedTuple):
    """Some pixels of a zoom level, counted from the north-western corner of the world."""

    zoom: int
    col: int
    row: int
    width: int
    height: int


@dataclass(frozen=True)
class TileScheme:
    """Tiles of the world in Web Mercator, as a layer describes them."""

    template: str
    """Their address, with ``{x}``, ``{y}`` or ``{-y}``, ``{z}`` or ``{q}``."""
    least: int
    """The first zoom level."""
    most: int
    """The last one."""
    side: int
    """Pixels along a side of a tile."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Sent with each request."""
    authcfg: str = ""
    """QGIS' id of a log-in."""

    @classmethod
    def of(cls, provider: QgsRasterDataProvider) -> Optional[TileScheme]:
        """The tiles of a data provider; None where it has none that are pictures."""
        words = words_of(provider.dataSourceUri())
        is_picture = provider.dataType(1) == Qgis.DataType.ARGB32
        is_mercator = provider.crs().authid() == CRS_CODE
        if words.get("type") != "xyz" or not is_picture or not is_mercator:
            return None
        if urlsplit(words.get("url", "")).scheme.lower() not in ("http", "https", "file"):
            return None
        try:
            least = max(int(words.get("zmin") or _LEAST_ZOOM), 0)
            most = min(int(words.get("zmax") or _MOST_ZOOM), _DEEPEST)
            ratio = float(words.get("tilePixelRatio") or 0) or 1.0
        except ValueError:
            return None
        side = round(_SIDE * ratio)
        if least > most or side < 1:
            return None
        return cls(words["url"], least, most, side, headers_of(words), words.get("authcfg", ""))

    def step(self, zoom: int) -> float:
        """Side of a pixel in CRS units."""
        return float(transform_of(0, 0, zoom, side=self.side).a)

    @property
    def steps(self) -> list[float]:
        """Sides of a pixel at all zoom levels, in CRS units."""
        return [self.step(zoom) for zoom in range(self.least, self.most + 1)]

    def zoom_for(self, step: float) -> int:
        """The coarsest zoom level whose pixels are no larger than a step; else the finest."""
        for zoom in range(self.least, self.most + 1):
            if self.step(zoom) <= step * (1 + _SLIVER):
                return zoom
        return self.most

    def part(self, zoom: int, bounds: tuple[float, float, float, float]) -> Part:
        """The pixels of a zoom level that touch a rectangle.

        Args:
            zoom: One of the scheme's.
            bounds: xmin, ymin, xmax, ymax in CRS units, in the world.
        """
        world, step = transform_of(0, 0, 0, side=1), self.step(zoom)
        sides = (
            (bounds[0] - world.c) / step, (world.f - bounds[3]) / step,
            (bounds[2] - world.c) / step, (world.f - bounds[1]) / step,
        )  # fmt: skip
        most = self.side << zoom
        first = [min(max(math.floor(v + _SLIVER), 0), most - 1) for v in sides[:2]]
        last = [min(max(math.ceil(v - _SLIVER), 1), most) for v in sides[2:]]
        return Part(zoom, *first, *(max(b - a, 1) for a, b in zip(first, last)))

    def corner(self, part: Part) -> tuple[float, float]:
        """The place of the north-western corner of some pixels."""
        world, step = transform_of(0, 0, 0, side=1), self.step(part.zoom)
        return world.c + part.col * step, world.f - part.row * step

    def url(self, place: Place) -> str:
        """The address of a tile, as QGIS makes it."""
        x, y, zoom = place
        url = self.template.replace("{q}", _quadkey(place))
        upwards = "{-y}" in url
        values = {"x": x, "z": zoom, "-y": 2**zoom - 1 - y}
        if not upwards:
            values["y"] = y
        for name, value in values.items():
            for written in (name, name.upper()):
                url = url.replace(f"{{{written}}}", str(value))
        return url.replace("{usage}", "")


def words_of(uri: str) -> dict[str, str]:
    """The parts of a layer's source."""
    pairs = (part.partition("=") for part in uri.split("&"))
    return {unquote(name): unquote(value) for name, _, value in pairs}


def headers_of(words: dict[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a layer's requests; a log-in that QGIS keeps goes before its own."""
    headers = {
        name[len(_HEADER) :].title(): value
        for name, value in words.items()
        if name.startswith(_HEADER) and value
    }
    if words.get("referer"):
        headers.setdefault("Referer", words["referer"])
    if words.get("username") and not words.get("authcfg"):
        login = f"{words['username']}:{words.get('password', '')}".encode()
        headers.setdefault("Authorization", "Basic " + b64encode(login).decode())
    return tuple(
        (name.encode("latin-1", "replace"), value.encode()) for name, value in headers.items()
    )


def _quadkey(place: Place) -> str:
    x, y, zoom = place
    return "".join(str((x >> bit & 1) + 2 * (y >> bit & 1)) for bit in range(zoom - 1, -1, -1))
