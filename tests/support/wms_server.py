"""A map server (WMS 1.3.0) of one picture on this machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import numpy as np

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


class WmsServer:
    """Serves a picture, north up, each pixel by the nearest one; use it with ``with``."""

    def __init__(
        self, pixels: NDArray[np.uint8], place: tuple[float, float, float], *, epsg: int
    ) -> None:
        """Listen.

        Args:
            pixels: (3, height, width).
            place: x and y of its north-western corner, and the side of a pixel.
            epsg: Code of a CRS whose first axis is east.
        """
        self.pixels, self.place, self.epsg = pixels, place, epsg
        self.asked: list[dict[str, str]] = []
        """The words of each request for a map."""
        self.broken = False
        """Whether maps are refused."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            """Answers GET."""

            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self._thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Of the service."""
        return f"http://127.0.0.1:{self.http.server_port}/wms"

    @property
    def layer(self) -> list[str]:
        """What QGIS makes a layer of: source, name and provider."""
        uri = (
            f"contextualWMSLegend=0&crs=EPSG:{self.epsg}&dpiMode=7&format=image/png&layers=camp"
            f"&styles&url={self.address}"
        )
        return [uri, "WMS", "wms"]

    def __enter__(self) -> Self:
        """Answer from now on."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.http.shutdown()
        self.http.server_close()

    def _answer(self, handler: Any) -> None:
        words = {k.upper(): v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        kind, status = "text/xml", 200
        if words.get("REQUEST") == "GetMap":
            self.asked.append(words)
            kind, body = "image/png", self._map(words)
            if self.broken:
                kind, body, status = "text/plain", b"out of order", 500
        else:
            left, top, side = self.place
            _, height, width = self.pixels.shape
            body = _CAPABILITIES.format(
                address=self.address, epsg=self.epsg, left=left, top=top,
                right=left + width * side, bottom=top - height * side,
            ).encode()  # fmt: skip
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _map(self, words: dict[str, str]) -> bytes:
        left, bottom, right, top = map(float, words["BBOX"].split(","))
        width, height = int(words["WIDTH"]), int(words["HEIGHT"])
        x = left + (np.arange(width) + 0.5) * (right - left) / width
        y = top - (np.arange(height) + 0.5) * (top - bottom) / height
        west, north, side = self.place
        cols = np.clip(((x - west) // side).astype(int), 0, self.pixels.shape[2] - 1)
        rows = np.clip(((north - y) // side).astype(int), 0, self.pixels.shape[1] - 1)
        return png_of(self.pixels[:, rows][:, :, cols])
