"""Score dwellings on pixels: how many regions of a mask overlap a labelled dwelling.

Labelled dwellings are polygons and those of a mask are whole pixels, so the ground that two of
them share is a sum of shares of pixels. The shares do not depend on the mask and are computed
once; a score is then exact, and costs a tenth of tracing the mask and cutting polygons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features
from rasterio.transform import Affine

from camp_detector_core.engine.polygons.components import label_runs
from camp_detector_core.engine.sequences import ragged
from training.evaluation.buildings import BuildingScore, pair_best
from training.evaluation.truth import MOST_DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_IOU = 0.5
"""Least intersection over union of a pair of dwellings."""


@dataclass(frozen=True)
class LabelCoverage:
    """The share of each pixel that each labelled dwelling covers."""

    is_known: NDArray[np.bool_]
    """(height, width) True where scores and labels are known; dwellings are clipped to it."""
    areas: NDArray[np.float64]
    """(n,) areas of the labelled dwellings, pixels."""
    pixel: NDArray[np.int32]
    """(k,) places in the flattened raster, dwelling after dwelling, row by row."""
    label: NDArray[np.int32]
    """(k,) index of the dwelling."""
    share: NDArray[np.float32]
    """(k,) share of the pixel, above 0 and at most 1."""
    is_doubtful: NDArray[np.bool_] | None = None
    """(height, width) True under labels that are ignored; None: there is none."""

    @classmethod
    def of(
        cls,
        polygons: Sequence[shapely.Polygon],
        is_known: NDArray[np.bool_],
        is_doubtful: NDArray[np.bool_] | None = None,
    ) -> LabelCoverage:
        """Compute the shares.

        Args:
            polygons: Valid outlines in pixels (x = column, y = row), clipped to the known ground.
            is_known: (height, width), as in the field.
            is_doubtful: As in the field.
        """
        parts = [_shares(polygon, is_known.shape) for polygon in polygons]
        empty = (np.zeros(0, np.int32), np.zeros(0, np.float32))
        pixels, shares = zip(*parts, strict=True) if parts else ((empty[0],), (empty[1],))
        label = np.repeat(np.arange(len(parts), dtype=np.int32), [len(p) for p, _ in parts])
        areas: NDArray[np.float64] = shapely.area(np.asarray(polygons, object))
        known_pixels, known_shares = np.concatenate(pixels), np.concatenate(shares)
        return cls(is_known, areas, known_pixels, label, known_shares, is_doubtful)

    def score(self, classes: NDArray[np.uint8], *, smallest: float) -> BuildingScore:
        """Count the dwellings of a mask, and those that pair with a labelled one.

        Args:
            classes: (height, width) class values, 0 background, no NoData. Its 4-connected
                regions are the dwellings.
            smallest: Least area of a dwelling, and of what the edge of the known ground leaves
                of it, pixels.
        """
        region, sizes = self._regions(classes, smallest)
        predicted, labelled, common = self._overlaps(region)
        iou = common / (sizes[predicted] + self.areas[labelled] - common)
        right = iou >= _IOU
        pairs = pair_best(predicted[right], labelled[right], iou[right])
        return BuildingScore(len(pairs), len(sizes), len(self.areas))

    def _regions(
        self, classes: NDArray[np.uint8], smallest: float
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Number the dwellings of a mask: (height * width,) from 0 on, else -1; and their sizes."""
        classes = certain_classes(classes, self.is_doubtful)
        region, sizes = large_regions(classes, smallest)
        if not self.is_known.all():
            inside = (region >= 0).reshape(classes.shape) & self.is_known
            region, sizes = large_regions(np.where(inside, classes, np.uint8(0)), smallest)
        return region, sizes

    def _overlaps(
        self, region: NDArray[np.int32]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Sum the shares of every region and labelled dwelling that overlap.

        Returns:
            (m,) regions, (m,) labelled dwellings, (m,) pixels that they share.
        """
        count = max(1, len(self.areas))
        key = region[self.pixel].astype(np.int64) * count + self.label
        # Pixels of a row mostly belong to the same pair: adding up runs leaves little to sort.
        run = np.flatnonzero(np.diff(key, prepend=-count - 1))
        run_key = key[run]
        sums = np.add.reduceat(self.share, run, dtype=np.float64) if len(run) else np.zeros(0)
        inside = run_key >= 0
        pair, index = np.unique(run_key[inside], return_inverse=True)
        common: NDArray[np.float64] = np.bincount(index, sums[inside], len(pair)).astype(float)
        return pair // count, pair % count, common


def certain_classes(
    classes: NDArray[np.uint8], is_doubtful: NDArray[np.bool_] | None
) -> NDArray[np.uint8]:
    """Leave out the regions that lie for more than `MOST_DOUBTFUL` on doubtful ground.

    Args:
        classes: (height, width) class values, 0 background; stays as it is.
        is_doubtful: (height, width); None: there is no such ground.
    """
    if is_doubtful is None:
        return classes
    region, sizes = large_regions(classes, 0)
    on_it = region[is_doubtful.ravel()]
    doubtful_sizes = np.bincount(on_it[on_it >= 0], minlength=len(sizes))
    is_out = np.append(doubtful_sizes > MOST_DOUBTFUL * sizes, False)
    return np.where(is_out[region].reshape(classes.shape), np.uint8(0), classes)


def large_regions(
    classes: NDArray[np.uint8], smallest: float
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number the regions of at least so many pixels: (height * width,) from 0 on, else -1."""
    runs = label_runs(classes)
    sizes = runs.pixels()
    large = sizes >= smallest
    number = np.where(large, np.cumsum(large) - 1, -1).astype(np.int32)
    region = np.full(classes.size, -1, np.int32)
    # Runs are numbered with a spare pixel at the end of each row.
    first = runs.start - runs.start // (classes.shape[1] + 1)
    lengths = runs.stop - runs.start
    region[ragged(first, lengths)] = np.repeat(number[runs.label], lengths)
    return region, sizes[large]


def _shares(
    polygon: shapely.Polygon, shape: tuple[int, ...]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the pixels that a polygon covers, and the share of each that it covers."""
    left, top, right, bottom = polygon.bounds
    row, col = max(0, int(np.floor(top))), max(0, int(np.floor(left)))
    size = min(shape[0], int(np.ceil(bottom))) - row, min(shape[1], int(np.ceil(right))) - col
    if min(size) < 1:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    place = {"out_shape": size, "transform": Affine.translation(col, row), "dtype": "uint8"}
    share = features.rasterize([(polygon, 1)], **place).astype(np.float32)
    edge = features.rasterize([(polygon.boundary, 1)], all_touched=True, **place)
    rows, cols = np.nonzero(_with_neighbours(edge))
    boxes = shapely.box(cols + col, rows + row, cols + col + 1, rows + row + 1)
    share[rows, cols] = shapely.area(shapely.intersection(boxes, polygon))
    rows, cols = np.nonzero(share)
    pixel = (rows + row) * shape[1] + cols + col
    return pixel.astype(np.int32), share[rows, cols]


def _with_neighbours(raster: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return True where a pixel or one of its eight neighbours is set."""
    padded = np.pad(raster > 0, 1)
    height, width = raster.shape
    out = np.zeros(raster.shape, np.bool_)
    for down in range(3):
        for across in range(3):
            out |= padded[down : down + height, across : across + width]
    return out
