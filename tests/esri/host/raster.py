"""A raster as ArcGIS sees it, and the blocks of it that a raster function gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CODES = {"uint8": "u1", "uint16": "u2", "int16": "i2", "float32": "f4"}


@dataclass(frozen=True)
class HostRaster:
    """Pixels on a north-up grid."""

    pixels: Any
    """(bands, height, width)."""
    valid: Any
    """(height, width), True where there is image."""
    cell: tuple[float, float] = (0.5, 0.5)
    origin: tuple[float, float] = (500000.0, 3000000.0)
    """x and y of the upper left corner."""
    epsg: int = 32645
    nodata: float | None = None

    @property
    def kind(self) -> str:
        return CODES[self.pixels.dtype.name]

    def info(self) -> dict[str, Any]:
        """Description of the raster that updateRasterInfo gets."""
        bands, height, width = self.pixels.shape
        (x, y), (cx, cy) = self.origin, self.cell
        nodata = None
        if self.nodata is not None:
            nodata = np.full(bands, self.nodata).astype(self.pixels.dtype)
        extent = (x, y - height * cy, x + width * cx, y)
        return {
            "bandCount": bands,
            "pixelType": self.kind,
            "noData": nodata,
            "cellSize": self.cell,
            "extent": extent,
            "nativeExtent": extent,
            "spatialReference": self.epsg,
            "nativeSpatialReference": self.epsg,
            "statistics": tuple({"minimum": 0, "maximum": 255} for _ in range(bands)),
            "histogram": tuple({"minimum": 0, "maximum": 255, "size": 2} for _ in range(bands)),
            "colormap": (),
            "rasterAttributeTable": "",
            "levelOfDetails": 0,
            "origin": self.origin,
            "bandSelection": False,
        }


@dataclass(frozen=True)
class Extent:
    """Extent to process, in pixels of the raster; also off its grid and beyond it."""

    top: float
    left: float
    height: int
    width: int


@dataclass(frozen=True)
class Reader:
    """Cuts blocks; what lies outside of the raster, or is masked, is filled in some way."""

    raster: HostRaster
    extent: Extent
    bands: tuple[int, ...]
    fill: str = "zero"
    """``zero``, ``nodata``, ``garbage``, or ``keep`` for what the raster has under its mask."""
    blocks: str = "plain"
    """``plain``, ``readonly`` or ``strided``: how the arrays lie in memory."""

    def read(self, row: int, col: int, height: int, width: int) -> tuple[Any, Any]:
        """Pixels (bands, height, width) and mask (height, width) from a place of the extent on."""
        _, rows, cols = self.raster.pixels.shape
        # Pixels off the grid are those whose middle they hold, as in nearest neighbour.
        r = np.floor(self.extent.top + row + np.arange(height) + 0.5).astype(int)
        c = np.floor(self.extent.left + col + np.arange(width) + 0.5).astype(int)
        inside = ((r >= 0) & (r < rows))[:, None] & ((c >= 0) & (c < cols))[None]
        r, c = r.clip(0, rows - 1), c.clip(0, cols - 1)
        pixels = self.raster.pixels[np.asarray(self.bands)][:, r][:, :, c]
        mask = inside & self.raster.valid[r][:, c]
        self._fill(pixels, ~mask if self.fill != "keep" else ~inside, abs(row * 7919 + col))
        return self._laid(pixels), self._laid(mask.astype(np.uint8))

    def _fill(self, pixels: Any, missing: Any, seed: int) -> None:
        if self.fill == "garbage":
            noise = np.random.default_rng(seed).integers(0, 256, pixels.shape)
            if pixels.dtype.kind == "f":
                noise = np.where(noise % 3, noise * 1e30, np.nan)
            pixels[:, missing] = noise.astype(pixels.dtype)[:, missing]
        elif self.fill == "nodata" and self.raster.nodata is not None:
            pixels[:, missing] = self.raster.nodata
        else:
            pixels[:, missing] = 0

    def _laid(self, array: Any) -> Any:
        if self.blocks == "strided":
            wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
            wide[..., ::2] = array
            return wide[..., ::2]
        array = np.ascontiguousarray(array)
        array.flags.writeable = self.blocks != "readonly"
        return array
