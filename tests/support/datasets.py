"""Chips and labels of which every pixel is known, small enough to train on in a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import rasterio
import shapely
import shapely.affinity
from rasterio.transform import Affine

from tests.support.rasters import NORTH, UTM, WEST, write_raster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SIDE, GSD = 64, 0.5
"""Side of a chip in pixels, and metres a pixel."""
ROWS, COLS = 2, 4
"""Chips of the town."""
HOUSES = tuple(
    (row, col, row + height, col + width)
    for row, col, height, width in (
        *((8 + 40 * i, 6 + 36 * j, 12 + 2 * i, 10 + 2 * (j % 3)) for i in range(3) for j in (0, 1)),
        *((8 + 40 * i, 120, 12 + 2 * i, 14) for i in range(3)),
        *((8 + 40 * i, 6 + 36 * j, 12 + 2 * i, 10 + 2 * (j % 3)) for i in range(3) for j in (4, 6)),
        (56, 22, 16, 12),
        (40, 240, 4, 6),
    )
)
"""(row, col, stop_row, stop_col) of each house in pixels of the town, none touching another. Three
lie across the border of chips at column 128, 8 pixels west and 6 east of it, one across the border
at row 64; the last one is tiny."""


@dataclass(frozen=True)
class Town:
    """A folder of chips in a grid, and its labels."""

    chips: Path
    labels: Path
    """Polygons in a GeoPackage."""
    masks: Path
    pixels: NDArray[np.uint8]
    """(3, 128, 256): red is 255 on houses and at most 60 elsewhere, the others are noise."""
    truth: NDArray[np.bool_]
    """(128, 256), True on houses."""

    def names(self, *cols: int) -> list[str]:
        """Chips of some columns."""
        return [f"chip_{row}_{col}" for row in range(ROWS) for col in cols]


def town_pixels(*, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Pixels and truth of the town."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((ROWS * SIDE, COLS * SIDE), np.bool_)
    for row, col, stop_row, stop_col in HOUSES:
        truth[row:stop_row, col:stop_col] = True
    pixels = rng.integers(1, 60, (3, *truth.shape), dtype=np.uint8)
    pixels[0][truth] = 255
    return pixels, truth


def write_town(folder: Path, *, east: float = 0.0) -> Town:
    """Write the town: 2 x 4 chips, polygons, masks; so many metres farther to the east."""
    pixels, truth = town_pixels()
    chips, masks = folder / "chips", folder / "masks"
    for folder_made in (chips, masks):
        folder_made.mkdir(parents=True)
    for row in range(ROWS):
        for col in range(COLS):
            at = np.s_[..., row * SIDE : (row + 1) * SIDE, col * SIDE : (col + 1) * SIDE]
            name = f"chip_{row}_{col}.tif"
            at_place = place(row * SIDE, col * SIDE + east / GSD)
            write_raster(chips / name, pixels[at], transform=at_place)
            mask = truth[at].astype(np.uint8)[None]
            write_raster(masks / name, mask, transform=at_place)
    houses = [shapely.affinity.translate(house_polygon(h), east) for h in HOUSES]
    labels = write_polygons(folder / "houses.gpkg", houses)
    return Town(chips, labels, masks, pixels, truth)


def place(row: float, col: float, *, gsd: float = GSD) -> Affine:
    """Transform of a raster whose first pixel is (row, col) of the town."""
    return Affine(gsd, 0, WEST + col * GSD, 0, -gsd, NORTH - row * GSD)


def house_polygon(house: tuple[float, float, float, float]) -> shapely.Geometry:
    """The outline of a house in UTM."""
    row, col, stop_row, stop_col = house
    return shapely.box(
        WEST + col * GSD, NORTH - stop_row * GSD, WEST + stop_col * GSD, NORTH - row * GSD
    )


def write_polygons(path: Path, polygons: Sequence[shapely.Geometry], **fields: Any) -> Path:
    """Write polygons in UTM, with text attributes."""
    pyogrio.raw.write(
        str(path),
        geometry=shapely.to_wkb(np.array(polygons, object)),
        field_data=[np.array(v, object) for v in fields.values()],
        fields=np.array(list(fields), object),
        geometry_type="Polygon",
        crs=UTM,
        encoding="UTF-8",
    )
    return path


def write_picture(path: Path, pixels: NDArray[np.uint8]) -> Path:
    """Write (bands, height, width) as a plain picture without georeference."""
    bands, height, width = pixels.shape
    profile = {"width": width, "height": height, "count": bands, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="PNG", **profile) as out:
        out.write(pixels)
    return path
