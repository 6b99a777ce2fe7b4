"""A coverage server (WCS 1.0.0) of one raster on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio.warp
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from tests.support.ows_server import Answer, OwsServer

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 'xmlns="http://www.opengis.net/wcs" xmlns:gml="http://www.opengis.net/gml" version="1.0.0"'
_LINK = (
    '<DCPType><HTTP><Get><OnlineResource xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xlink:href="{address}?"/></Get></HTTP></DCPType>'
)
_WORLD = (
    '<lonLatEnvelope srsName="urn:ogc:def:crs:OGC:1.3:CRS84"><gml:pos>{west} {south}</gml:pos>'
    "<gml:pos>{east} {north}</gml:pos></lonLatEnvelope>"
)
_CAPABILITIES = f"""<?xml version="1.0" encoding="UTF-8"?>
<WCS_Capabilities {_HEAD}>
 <Service><name>WCS</name><label>test</label></Service>
 <Capability><Request>
  <GetCapabilities>{_LINK}</GetCapabilities>
  <DescribeCoverage>{_LINK}</DescribeCoverage>
  <GetCoverage>{_LINK}</GetCoverage>
 </Request></Capability>
 <ContentMetadata><CoverageOfferingBrief><name>camp</name><label>Camp</label>
  {_WORLD}</CoverageOfferingBrief></ContentMetadata>
</WCS_Capabilities>
"""
_COVERAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<CoverageDescription {_HEAD}>
 <CoverageOffering><name>camp</name><label>Camp</label>{_WORLD}
  <domainSet><spatialDomain>
   <gml:Envelope srsName="{{crs}}"><gml:pos>{{left}} {{bottom}}</gml:pos>
    <gml:pos>{{right}} {{top}}</gml:pos></gml:Envelope>
   <gml:RectifiedGrid dimension="2"><gml:limits><gml:GridEnvelope><gml:low>0 0</gml:low>
     <gml:high>{{last_col}} {{last_row}}</gml:high></gml:GridEnvelope></gml:limits>
    <gml:axisName>x</gml:axisName><gml:axisName>y</gml:axisName>
    <gml:origin><gml:pos>{{left}} {{top}}</gml:pos></gml:origin>
    <gml:offsetVector>{{side}} 0</gml:offsetVector>
    <gml:offsetVector>0 -{{side}}</gml:offsetVector></gml:RectifiedGrid>
  </spatialDomain></domainSet>
  <rangeSet><RangeSet><name>bands</name><label>bands</label></RangeSet></rangeSet>
  <supportedCRSs><requestResponseCRSs>{{crs}}</requestResponseCRSs></supportedCRSs>
  <supportedFormats nativeFormat="GeoTIFF"><formats>GeoTIFF</formats></supportedFormats>
 </CoverageOffering>
</CoverageDescription>
"""


class WcsServer(OwsServer):
    """Serves the bands of a raster, each pixel by the nearest one; use it with ``with``."""

    service = "wcs"

    def __init__(self, path: Path) -> None:
        """Listen; the raster is north up with square pixels in a CRS with a code."""
        super().__init__()
        with rasterio.open(path) as raster:
            self.pixels = raster.read()
            self.profile, self.bounds = raster.profile, raster.bounds
            self.side, self.crs = raster.transform.a, raster.crs.to_string()
            self.world = rasterio.warp.transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)

    @property
    def layer(self) -> list[str]:
        """Source, name and provider that QGIS makes a layer of."""
        uri = f"crs={self.crs}&format=GeoTIFF&identifier=camp&url={self.address}&version=1.0.0"
        return [uri, "WCS", "wcs"]

    def reply(self, words: dict[str, str]) -> Answer:
        """A part of the pixels, or what there is."""
        operation, kind = words.get("REQUEST"), "text/xml"
        if operation == "GetCoverage":
            self.requests.append(words)
            kind, body = "image/tiff", self._part(words)
        else:
            west, south, east, north = self.world
            left, bottom, right, top = self.bounds
            text = _COVERAGE if operation == "DescribeCoverage" else _CAPABILITIES
            body = text.format(
                address=self.address, crs=self.crs, side=self.side,
                west=west, south=south, east=east, north=north,
                left=left, bottom=bottom, right=right, top=top,
                last_col=self.pixels.shape[2] - 1, last_row=self.pixels.shape[1] - 1,
            ).encode()  # fmt: skip
        return Answer(kind, body)

    def _part(self, words: dict[str, str]) -> bytes:
        left, bottom, right, top = map(float, words["BBOX"].split(","))
        width, height = int(words["WIDTH"]), int(words["HEIGHT"])
        across, down = (right - left) / width, (top - bottom) / height
        x = left + (np.arange(width) + 0.5) * across
        y = top - (np.arange(height) + 0.5) * down
        _, rows, cols = self.pixels.shape
        col = np.clip(((x - self.bounds.left) // self.side).astype(int), 0, cols - 1)
        row = np.clip(((self.bounds.top - y) // self.side).astype(int), 0, rows - 1)
        profile = {
            "driver": "GTiff", "count": len(self.pixels), "dtype": self.pixels.dtype.name,
            "width": width, "height": height, "crs": self.crs, "nodata": self.profile["nodata"],
            "transform": Affine(across, 0, left, 0, -down, top),
        }  # fmt: skip
        with MemoryFile() as file:
            with file.open(**profile) as out:
                out.write(self.pixels[:, row][:, :, col])
            return bytes(file.getbuffer())
