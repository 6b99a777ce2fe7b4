"""Rasters written for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

UTM = "EPSG:32645"
"""UTM zone 45 north; `WEST`, `NORTH` lie on its central meridian, at 27.6 degrees north."""
WEST, NORTH = 500_000.0, 3_053_000.0
UTM_AREA = 0.9996**2
"""Square metres of the map for one on the ground there."""


def write_raster(path: Path, pixels: NDArray[Any], *, gsd: float = 0.5, **changes: Any) -> Path:
    """Write (bands, height, width) as a tiled GeoTIFF, in UTM unless said otherwise.

    Args:
        path: Where to.
        pixels: The raster.
        gsd: Side of a pixel in metres.
        changes: ``mask`` (height, width) bool is stored inside the file; ``colors`` are the
            bands' colour interpretations; others go to rasterio.
    """
    mask = changes.pop("mask", None)
    colors = changes.pop("colors", None)
    bands, height, width = pixels.shape
    profile = {
        "driver": "GTiff",
        "height": height,
        "width": width,
        "count": bands,
        "dtype": pixels.dtype.name,
        "crs": UTM,
        "transform": Affine(gsd, 0, WEST, 0, -gsd, NORTH),
        "tiled": True,
        "blockxsize": 64,
        "blockysize": 64,
        **changes,
    }
    if colors is None and bands in {3, 4} and pixels.dtype == np.uint8:
        profile.setdefault("photometric", "RGB")
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"), rasterio.open(path, "w", **profile) as out:
        out.write(pixels)
        if colors is not None:
            out.colorinterp = [ColorInterp[c] for c in colors]
        if mask is not None:
            out.write_mask(mask)
    return path


def scene(height: int = 150, width: int = 170, *, seed: int = 0) -> NDArray[np.bool_]:
    """(height, width) bool: rectangles, one with a court, diagonal neighbours and single pixels."""
    rng = np.random.default_rng(seed)
    camp = np.zeros((height, width), bool)
    for _ in range(height * width // 700):
        row, col = rng.integers(0, height - 4), rng.integers(0, width - 4)
        camp[row : row + rng.integers(1, 14), col : col + rng.integers(1, 14)] ^= True
    camp[60:72, 60:75] = True
    camp[64:68, 64:70] = False
    camp[0, 0] = camp[-1, -1] = True
    return camp


def rgb_of(camp: NDArray[np.bool_], *, seed: int = 0) -> NDArray[np.uint8]:
    """(3, height, width) uint8: red is 255 where something is and 0 elsewhere, the rest noise."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(1, 255, (3, *camp.shape), dtype=np.uint8)
    pixels[0] = camp * np.uint8(255)
    return pixels
