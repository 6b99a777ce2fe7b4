"""Pictures for tiny models, which find what is bright, and what must come out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import STRtree
from shapely.geometry import Polygon

from tests.esri.host.raster import HostRaster

if TYPE_CHECKING:
    from collections.abc import Sequence

WHITE = {"uint8": 255, "uint16": 65535, "int16": 32767, "float32": 1.0}


def blocks(height: int, width: int, *, seed: int = 3, count: int = 40) -> np.ndarray:
    """(height, width) True in some rectangles, one with a hole, that may touch the borders."""
    rng = np.random.default_rng(seed)
    out = np.zeros((height, width), bool)
    for _ in range(count):
        row, col = rng.integers(0, height), rng.integers(0, width)
        rows, cols = rng.integers(3, 17, 2)
        out[row : row + rows, col : col + cols] = True
    if min(height, width) > 60:
        out[20:50, 25:55] = True
        out[30:35, 35:42] = False
    return out


def scene(
    height: int, width: int, *, bands: int = 3, dtype: str = "uint8", **place: Any
) -> HostRaster:
    """A raster in which blocks are white and the rest is black; a corner has no image."""
    white = blocks(height, width, seed=place.pop("seed", 3))
    pixels = np.zeros((bands, height, width), dtype)
    pixels[:, white] = WHITE[dtype]
    valid = np.ones((height, width), bool)
    if min(height, width) > 60:
        valid[height - 25 :, : width // 3] = False
        valid[40:44, 28:31] = False
    return HostRaster(pixels, valid, **place)


def expected_classes(raster: HostRaster, value: int = 1) -> np.ndarray:
    """(height, width): the class where white, 0 elsewhere, 255 without image."""
    white = raster.pixels[0] > WHITE[raster.pixels.dtype.name] / 2
    return np.where(raster.valid, np.where(white, value, 0), 255).astype(np.uint8)


def polygons_of(features: Sequence[dict[str, Any]]) -> list[Polygon]:
    """Features as polygons; each must be valid, with its holes inside."""
    out = []
    for feature in features:
        outer, *holes = feature["geometry"]["rings"]
        polygon = Polygon(outer, holes)
        assert polygon.is_valid, feature
        assert all(Polygon(outer).covers(Polygon(hole)) for hole in holes)
        out.append(polygon)
    return out


def doubles(polygons: Sequence[Polygon], least: float = 0.9) -> list[tuple[int, int]]:
    """Pairs that are nearly the same: one dwelling, given by two tiles."""
    if not polygons:
        return []
    tree = STRtree(polygons)
    left, right = tree.query(polygons, predicate="intersects")
    out = []
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if i < j:
            common_area = polygons[i].intersection(polygons[j]).area
            if common_area / polygons[i].union(polygons[j]).area > least:
                out.append((i, j))
    return out


def suppressed(features: Sequence[dict[str, Any]], most: float) -> list[dict[str, Any]]:
    """Return the features that the tool's non-maximum suppression leaves.

    Of two of a class that overlap by more than ``most`` (intersection over union) the less
    confident goes.
    """
    order = sorted(features, key=lambda f: -f["attributes"]["Confidence"])
    features_left: list[tuple[int, Polygon, dict[str, Any]]] = []
    for feature in order:
        (polygon,), value = polygons_of([feature]), feature["attributes"]["Classvalue"]
        if not any(
            v == value and p.intersection(polygon).area > most * p.union(polygon).area
            for v, p, _ in features_left
        ):
            features_left.append((value, polygon, feature))
    return [feature for _, _, feature in features_left]
