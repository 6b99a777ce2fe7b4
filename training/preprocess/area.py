"""Web map tiles that cover an area."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from camp_detector_core.georaster.xyz import place_of, tile_at
from training.preprocess.manifest import PreprocessError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.preprocess.manifest import Box

ZOOMS = (12, 24)
"""Below the first no building is larger than a pixel; tiles beyond the second are not served."""
_MOST_NORTH = 85.0511
"""Northern edge of the square world of web maps, degrees of latitude."""
_EDGE = 1e-9
"""Tiles: an area that ends on the edge of a tile does not reach into the next one."""


class Tile(NamedTuple):
    """Tile of the XYZ scheme; y counts from the north."""

    zoom: int
    x: int
    y: int

    @property
    def stem(self) -> str:
        """Name of its chip and of its mask, without the ending."""
        return f"OAM-{self.x}-{self.y}-{self.zoom}"


@dataclass(frozen=True)
class TileArea:
    """A rectangle of tiles."""

    zoom: int
    west: int
    north: int
    east: int
    south: int
    """Smallest and largest x and y; all of them belong to the area."""

    def __len__(self) -> int:
        """Count the tiles."""
        return (self.east - self.west + 1) * (self.south - self.north + 1)

    def __iter__(self) -> Iterator[Tile]:
        """Column by column, from the north."""
        for x in range(self.west, self.east + 1):
            for y in range(self.north, self.south + 1):
                yield Tile(self.zoom, x, y)

    def bounds(self, *, margin: float = 0.0) -> Box:
        """West, south, east, north in degrees, wider by some metres on every side."""
        west, north = place_of(self.west, self.north, self.zoom)
        east, south = place_of(self.east + 1, self.south + 1, self.zoom)
        up = margin / 111_320.0  # metres in a degree of latitude
        across = up / max(0.05, math.cos(math.radians(max(abs(south), abs(north)))))
        return (
            max(-180.0, west - across),
            max(-90.0, south - up),
            min(180.0, east + across),
            min(90.0, north + up),
        )


def parse_bbox(text: str) -> Box:
    """West, south, east and north out of a text with commas.

    Raises:
        PreprocessError: It is no area that tiles can cover.
    """
    try:
        values = tuple(float(part) for part in text.strip().strip("\"'[]()").split(","))
    except ValueError:
        values = ()
    if len(values) != 4 or not all(map(math.isfinite, values)):  # noqa: PLR2004 - sides
        msg = (
            f"bbox {text!r} is not four numbers: give west,south,east,north in degrees, such as "
            "85.5199,27.6288,85.5273,27.6334"
        )
        raise PreprocessError(msg)
    return check_bbox((values[0], values[1], values[2], values[3]))


def check_bbox(bbox: Box) -> Box:
    """The same area, if tiles can cover it.

    Raises:
        PreprocessError: They cannot.
    """
    west, south, east, north = bbox
    name = ",".join(f"{value:g}" for value in bbox)
    if not (-180 <= west <= 180 and -180 <= east <= 180):  # noqa: PLR2004 - degrees
        reason = "longitudes lie between -180 and 180: is the order west,south,east,north?"
    elif west > east:
        reason = (
            "west must be less than east: give an area that crosses the antimeridian as two areas, "
            "one on either side, with two folders"
        )
    elif max(abs(south), abs(north)) > _MOST_NORTH:
        reason = (
            f"web map tiles end at {_MOST_NORTH} degrees north and south, short of the poles: is "
            "the order west,south,east,north?"
        )
    elif west == east or south >= north:
        reason = "south must be less than north, and west less than east"
    else:
        return bbox
    msg = f"bbox {name} is no area: {reason}"
    raise PreprocessError(msg)


def tiles_of(bbox: Box, zoom: int) -> TileArea:
    """The tiles that an area touches.

    Raises:
        PreprocessError: Zoom or area is out of range.
    """
    low, high = ZOOMS
    if not low <= zoom <= high:
        msg = f"zoom must lie between {low} and {high}, got {zoom}; single houses show from 17 on"
        raise PreprocessError(msg)
    west, south, east, north = check_bbox(bbox)
    left, top = tile_at(west, north, zoom)
    right, bottom = tile_at(east, south, zoom)
    column, row = math.floor(left + _EDGE), math.floor(top + _EDGE)
    return TileArea(
        zoom,
        column,
        row,
        max(column, math.ceil(right - _EDGE) - 1),
        max(row, math.ceil(bottom - _EDGE) - 1),
    )
