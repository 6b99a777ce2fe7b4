"""Georeference of web map tiles by their names.

Tiles of the XYZ scheme are plain pictures; OpenAerialMap chips, for one, are JPEG files called
``OAM-386697-220243-19.tif`` without a word on georeference inside.
"""

from __future__ import annotations

import math
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..engine.grid import Transform
from ..engine.ground import SEMI_MAJOR
from .names import links_of

if TYPE_CHECKING:
    from ..engine.grid import Shape

CRS_CODE = "EPSG:3857"
"""CRS of XYZ tiles."""
MISSING_CODES = frozenset({204, 404, 410})
"""HTTP status codes for a tile that does not exist."""
TEMPORARY_CODES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP status codes that may change later."""

_HALF = math.pi * SEMI_MAJOR
"""Half the side of the square world in metres of EPSG:3857."""
_NAME = re.compile(r"(?:^|[^0-9])([1-9][0-9]*)[-_]([1-9][0-9]*)[-_](1[5-9]|2[0-4])$")
_PATH = re.compile(r"(?:^|/)(1[5-9]|2[0-4])/([1-9][0-9]*)/([1-9][0-9]*)$")
_SIDES = {256, 512, 1024, 2048}
_MIN_TURN = 0.07
"""Smallest y of a tile over the number of rows, at 82 degrees north."""


def tile_transform(name: str, *, height: int, width: int) -> Transform | None:
    """Compute the transform of a tile ``...x-y-z.ext`` or ``.../z/x/y.ext`` in EPSG:3857 metres.

    Dates are not mistaken for places: a tile is a square of 256 to 2048 pixels, its zoom is 15 to
    24, its numbers have no leading zero and fit the zoom, and it does not lie beyond 82 degrees
    north, where any date taken for x, y and zoom would put it.

    Args:
        name: File name or path; both kinds of slash.
        height: Pixels.
        width: Pixels.

    Returns:
        None where the name is not that of a tile.
    """
    if height != width or height not in _SIDES:
        return None
    stem = str(PurePosixPath(name.replace("\\", "/")).with_suffix(""))
    if match := _NAME.search(stem):
        x, y, zoom = (int(g) for g in match.groups())
    elif match := _PATH.search(stem):
        zoom, x, y = (int(g) for g in match.groups())
    else:
        return None
    count = 2**zoom
    if x >= count or not _MIN_TURN < y / count < 1:
        return None
    return transform_of(x, y, zoom, side=width)


def named_tile(name: str, shape: Shape) -> Transform | None:
    """Compute the transform of a tile by its name or, if it is a link, by its targets' names.

    Args:
        name: File name or path.
        shape: Height and width.

    Returns:
        As `tile_transform`: None where no name is that of a tile.
    """
    height, width = shape
    transform = tile_transform(name, height=height, width=width)
    if transform is not None or height != width or height not in _SIDES:
        return transform
    try:
        links = [str(path) for path in links_of(Path(name))]
    except (OSError, ValueError):  # no file
        return None
    places = (tile_transform(link, height=height, width=width) for link in links[1:])
    return next((place for place in places if place is not None), None)


def transform_of(x: int, y: int, zoom: int, *, side: int) -> Transform:
    """Compute the transform of a tile, in metres of EPSG:3857.

    Args:
        x: Column, from the antimeridian eastwards.
        y: Row, from the north.
        zoom: The world is 2^zoom tiles wide.
        side: Pixels of the tile along either axis.
    """
    metres = 2 * _HALF / 2**zoom
    pixel = metres / side
    return Transform(pixel, 0.0, x * metres - _HALF, 0.0, -pixel, _HALF - y * metres)


def tile_at(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Compute fractional tile indices, x from the west and y from the north, of a place.

    Args:
        lon: Degrees.
        lat: Degrees, at most 85.0511 from the equator.
        zoom: The world is 2^zoom tiles wide.
    """
    turn = math.asinh(math.tan(math.radians(lat))) / math.pi
    return (lon / 360 + 0.5) * 2**zoom, (1 - turn) / 2 * 2**zoom


def place_of(x: float, y: float, zoom: int) -> tuple[float, float]:
    """Compute longitude and latitude, in degrees, of the north-western corner of a tile."""
    turn = math.pi * (1 - 2 * y / 2**zoom)
    return (x / 2**zoom - 0.5) * 360, math.degrees(math.atan(math.sinh(turn)))
