"""Outlines that came out, and those that should have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import rasterio.features
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.transform import Affine

EXACT = ("--simplify", "0")
"""Options that keep every pixel edge."""


def features(path: Path) -> tuple[list[shapely.Geometry], dict[str, NDArray[Any]]]:
    """Geometries and columns of a vector file."""
    meta, _, geometry, columns = pyogrio.raw.read(path)
    return list(shapely.from_wkb(geometry)), dict(zip(meta["fields"], columns, strict=True))


def traced(mask: NDArray[np.bool_], transform: Affine) -> list[shapely.Geometry]:
    """GDAL's polygons of a mask."""
    shapes = rasterio.features.shapes(mask.astype(np.uint8), mask, 4, transform)
    return [shapely.geometry.shape(s) for s, _ in shapes]


def same_polygons(some: list[shapely.Geometry], expected: list[shapely.Geometry]) -> bool:
    """Return True if both hold the same shapes to a millimetre, in any order and from any start."""

    def normal(shapes: list[shapely.Geometry]) -> list[str]:
        return sorted(shapely.to_wkt(shapely.normalize(shapely.simplify(s, 0)), 3) for s in shapes)

    return normal(some) == normal(expected)
