"""Tiles that are fetched when they are wanted, and remembered for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Optional

import numpy as np

from camp_detector_core.engine.errors import RasterError

from ..i18n import tr
from ..provider_reader import PICTURE
from ..web.answers import no_imagery
from ..web.exchange import Ask, ask_all
from .decoding import pixels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..server_errors import ServerErrors
    from ..web.answers import Answer
    from .scheme import Part, Place, TileScheme

_CACHE_BYTES = 128 << 20
"""Bytes of pixels."""
_LARGEST = 20_000_000
"""Bytes of a tile."""


class TileStore:
    """The pixels of a layer's tiles."""

    def __init__(
        self, scheme: TileScheme, errors: ServerErrors, bounds: tuple[float, float, float, float]
    ) -> None:
        """Fetch nothing yet.

        Args:
            scheme: Says where the tiles are.
            bounds: xmin, ymin, xmax, ymax in CRS units: no pixel beyond is given.
            errors: A `ServerErrors`: told which tiles are missing, and asked whether to stop.
        """
        self.scheme, self._errors, self._bounds = scheme, errors, bounds
        self._cache: OrderedDict[Place, Optional[NDArray[np.uint8]]] = OrderedDict()
        """None: there is no such tile."""
        self._fault: Optional[str] = None

    def pixels(self, part: Part) -> NDArray[np.uint8]:
        """(4, height, width) uint8, red, green, blue, alpha; alpha is 0 where no tile is.

        Raises:
            Cancelled: The user wants to stop.
            RasterError: A tile cannot be had, though it may exist.
        """
        side = self.scheme.side
        out = np.zeros((len(PICTURE), part.height, part.width), np.uint8)
        limits = self.limits(part.zoom)
        west, north = max(part.col, limits.col), max(part.row, limits.row)
        east = min(part.col + part.width, limits.col + limits.width)
        south = min(part.row + part.height, limits.row + limits.height)
        if west >= east or north >= south:
            return out
        places = [
            (x, y, part.zoom)
            for y in range(north // side, (south - 1) // side + 1)
            for x in range(west // side, (east - 1) // side + 1)
        ]
        for (x, y, _), tile in self._tiles(places).items():
            if tile is None:
                continue
            left, top = max(x * side, west), max(y * side, north)
            right, bottom = min((x + 1) * side, east), min((y + 1) * side, south)
            out[:, top - part.row : bottom - part.row, left - part.col : right - part.col] = tile[
                :, top - y * side : bottom - y * side, left - x * side : right - x * side
            ]
        return out

    def limits(self, zoom: int) -> Part:
        """The pixels of a zoom level that are given."""
        return self.scheme.part(zoom, self._bounds)

    def _tiles(self, places: list[Place]) -> dict[Place, Optional[NDArray[np.uint8]]]:
        absent = [place for place in places if place not in self._cache]
        for place, tile in zip(absent, self._fetch(absent)):
            self._cache[place] = tile
        tiles = {}
        for place in places:
            self._cache.move_to_end(place)
            tiles[place] = self._cache[place]
        most = max(_CACHE_BYTES // (len(PICTURE) * self.scheme.side**2), 1)
        while len(self._cache) > most:
            self._cache.popitem(last=False)
        return tiles

    def _fetch(self, places: list[Place]) -> list[Optional[NDArray[np.uint8]]]:
        if self._fault is not None:  # a server that refuses is not asked again
            raise RasterError(self._fault)
        scheme, errors = self.scheme, self._errors
        asks = [
            Ask(
                scheme.url(place), _LARGEST, headers=scheme.headers, authcfg=scheme.authcfg,
                cached=True, elsewhere=True,
            )
            for place in places
        ]  # fmt: skip
        answers = ask_all(asks, cancelled=errors.feedback.isCanceled)
        out: list[Optional[NDArray[np.uint8]]] = []
        for place, answer in zip(places, answers):
            self._fault = answer.fault
            if self._fault is not None:
                raise RasterError(self._fault)
            errors.count_request(place, missing=answer.is_missing)
            out.append(None if answer.is_missing else self._decoded(answer))
        return out

    def _decoded(self, answer: Answer) -> NDArray[np.uint8]:
        pixels, other = pixels_of(answer.body, self.scheme.side)
        if pixels is None:
            msg = no_imagery(answer.server, tr("a map tile is no picture, or damaged"))
            raise RasterError(msg)
        if other:
            self._errors.note(
                tr(
                    "The layer's tiles do not have {side} pixels a side, as it says, and were "
                    "resampled: set the resolution of the tiles in the layer's connection.",
                    side=self.scheme.side,
                )
            )
        return pixels
