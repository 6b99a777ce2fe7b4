"""A tile map server (WMTS 1.0.0) of map tiles on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.georaster.xyz import transform_of
from tests.support.ows_server import Answer, OwsServer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.tile_server import Place

_SIDE = 256
_SCALE = 0.00028
"""Metres of a pixel of a screen, as the standard has it."""
_CAPABILITIES = """<?xml version="1.0" encoding="UTF-8"?>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"
 xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">
 <ows:OperationsMetadata><ows:Operation name="GetTile"><ows:DCP><ows:HTTP>
  <ows:Get xlink:href="{address}?"><ows:Constraint name="GetEncoding"><ows:AllowedValues>
   <ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get>
 </ows:HTTP></ows:DCP></ows:Operation></ows:OperationsMetadata>
 <Contents>
  <Layer><ows:Title>camp</ows:Title><ows:Identifier>camp</ows:Identifier>
   <ows:WGS84BoundingBox><ows:LowerCorner>-180 -85</ows:LowerCorner>
    <ows:UpperCorner>180 85</ows:UpperCorner></ows:WGS84BoundingBox>
   <Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style>
   <Format>image/png</Format>
   <TileMatrixSetLink><TileMatrixSet>web</TileMatrixSet></TileMatrixSetLink>
  </Layer>
  <TileMatrixSet><ows:Identifier>web</ows:Identifier>
   <ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</ows:SupportedCRS>
{levels}  </TileMatrixSet>
 </Contents>
</Capabilities>
"""
_LEVEL = """   <TileMatrix><ows:Identifier>{zoom}</ows:Identifier>
    <ScaleDenominator>{scale!r}</ScaleDenominator>
    <TopLeftCorner>{left!r} {top!r}</TopLeftCorner>
    <TileWidth>256</TileWidth><TileHeight>256</TileHeight>
    <MatrixWidth>{count}</MatrixWidth><MatrixHeight>{count}</MatrixHeight></TileMatrix>
"""


class WmtsServer(OwsServer):
    """Serves map tiles by their places; use it with ``with``."""

    service = "wmts"

    def __init__(self, tiles: dict[Place, bytes], *, zooms: Iterable[int]) -> None:
        """Listen.

        Args:
            tiles: Place to the bytes of a PNG.
            zooms: The levels that there are.
        """
        super().__init__()
        self.tiles, self.zooms = tiles, tuple(zooms)
        self.absent = Answer("text/plain", b"", 404)
        """In place of tiles that are not there."""

    @property
    def layer(self) -> list[str]:
        """Source, name and provider that QGIS makes a layer of."""
        uri = (
            "contextualWMSLegend=0&crs=EPSG:3857&dpiMode=7&format=image/png&layers=camp"
            f"&styles=default&tileMatrixSet=web&url={self.address}"
            "?SERVICE%3DWMTS%26REQUEST%3DGetCapabilities"
        )
        return [uri, "WMTS", "wms"]

    @property
    def broken_layer(self) -> list[str]:
        """A layer of map tiles of the same server, each of which fails."""
        words = "REQUEST=GetTile&TILECOL={x}&TILEROW={y}&TILEMATRIX={z}&BROKEN=1"
        url = f"{self.address}?{words}".replace("&", "%26").replace("=", "%3D")
        return [f"type=xyz&url={url}&zmin=0&zmax=18", "broken", "wms"]

    def reply(self, words: dict[str, str]) -> Answer:
        """A tile, or what there is."""
        if words.get("REQUEST") == "GetTile":
            self.requests.append(words)
            if "BROKEN" in words:
                return Answer("text/plain", b"out of order", 500)
            x, y = int(words["TILECOL"]), int(words["TILEROW"])
            body = self.tiles.get((x, y, int(words["TILEMATRIX"])))
            return self.absent if body is None else Answer("image/png", body)
        levels = []
        for zoom in self.zooms:
            at = transform_of(0, 0, zoom, side=_SIDE)
            levels.append(
                _LEVEL.format(zoom=zoom, scale=at.a / _SCALE, left=at.c, top=at.f, count=2**zoom)
            )
        text = _CAPABILITIES.format(address=self.address, levels="".join(levels))
        return Answer("text/xml", text.encode())
