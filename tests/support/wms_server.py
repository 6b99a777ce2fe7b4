"""A map server (WMS 1.3.0) of one picture on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.support.ows_server import Answer, OwsServer
from tests.support.qgis_ground import png_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CAPABILITIES = """<?xml version="1.0" encoding="UTF-8"?>
<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms"
 xmlns:xlink="http://www.w3.org/1999/xlink">
 <Service><Name>WMS</Name><Title>test</Title>
  <OnlineResource xlink:href="{address}"/></Service>
 <Capability><Request>
  <GetCapabilities><Format>text/xml</Format><DCPType><HTTP><Get>
   <OnlineResource xlink:href="{address}?"/></Get></HTTP></DCPType></GetCapabilities>
  <GetMap><Format>image/png</Format><DCPType><HTTP><Get>
   <OnlineResource xlink:href="{address}?"/></Get></HTTP></DCPType></GetMap>
 </Request>
 <Layer><Title>root</Title><CRS>EPSG:{epsg}</CRS>
  <Layer queryable="0"><Name>camp</Name><Title>camp</Title><CRS>EPSG:{epsg}</CRS>
   <EX_GeographicBoundingBox><westBoundLongitude>-180</westBoundLongitude>
    <eastBoundLongitude>180</eastBoundLongitude><southBoundLatitude>-85</southBoundLatitude>
    <northBoundLatitude>85</northBoundLatitude></EX_GeographicBoundingBox>
   <BoundingBox CRS="EPSG:{epsg}" minx="{left}" miny="{bottom}" maxx="{right}" maxy="{top}"/>
  </Layer>
 </Layer></Capability>
</WMS_Capabilities>
"""


class WmsServer(OwsServer):
    """Serves a picture, north up, each pixel by the nearest one; use it with ``with``."""

    service = "wms"

    def __init__(
        self, pixels: NDArray[np.uint8], place: tuple[float, float, float], *, epsg: int
    ) -> None:
        """Listen.

        Args:
            pixels: (3, height, width).
            place: x and y of its north-western corner, and the side of a pixel.
            epsg: Code of a CRS whose first axis is east.
        """
        super().__init__()
        self.pixels, self.place, self.epsg = pixels, place, epsg
        self.broken: Answer | None = None
        """In place of maps."""

    @property
    def layer(self) -> list[str]:
        """Source, name and provider that QGIS makes a layer of."""
        uri = (
            f"contextualWMSLegend=0&crs=EPSG:{self.epsg}&dpiMode=7&format=image/png&layers=camp"
            f"&styles&url={self.address}"
        )
        return [uri, "WMS", "wms"]

    def reply(self, words: dict[str, str]) -> Answer:
        """A part of the pixels, or what there is."""
        kind = "text/xml"
        if words.get("REQUEST") == "GetMap":
            self.requests.append(words)
            if self.broken is not None:
                return self.broken
            kind, body = "image/png", self._map(words)
        else:
            left, top, side = self.place
            _, height, width = self.pixels.shape
            body = _CAPABILITIES.format(
                address=self.address, epsg=self.epsg, left=left, top=top,
                right=left + width * side, bottom=top - height * side,
            ).encode()  # fmt: skip
        return Answer(kind, body)

    def _map(self, words: dict[str, str]) -> bytes:
        left, bottom, right, top = map(float, words["BBOX"].split(","))
        width, height = int(words["WIDTH"]), int(words["HEIGHT"])
        x = left + (np.arange(width) + 0.5) * (right - left) / width
        y = top - (np.arange(height) + 0.5) * (top - bottom) / height
        west, north, side = self.place
        cols = np.clip(((x - west) // side).astype(int), 0, self.pixels.shape[2] - 1)
        rows = np.clip(((north - y) // side).astype(int), 0, self.pixels.shape[1] - 1)
        return png_of(self.pixels[:, rows][:, :, cols])
