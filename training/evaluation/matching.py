"""The dwellings of an area: found, labelled, and which found one is which labelled one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from camp_detector_core.georaster.table import pixel_areas
from camp_detector_core.raster.library import crs_of
from training.evaluation.buildings import match_polygons
from training.evaluation.dwellings import Dwellings, in_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid

    Polygons = NDArray[np.object_]

_LEAST = 0.5
"""Pairs are kept from here on, for the mean over IoU, or from the wanted IoU where that is less."""


@dataclass(frozen=True)
class Matching:
    """Polygons of one class in pixels, and pairs of them."""

    predicted: Polygons
    labelled: Polygons
    pairs: NDArray[np.intp]
    """(k, 2) index of the found and of the labelled one; each occurs once."""
    ious: NDArray[np.float64]
    """(k,) of the pairs."""
    iou: float
    """Intersection over union from which a pair counts as right."""

    @classmethod
    def of(cls, predicted: Polygons, labelled: Polygons, *, iou: float) -> Matching:
        """Pair the best first, so that the pairs at any higher IoU are among these."""
        pairs = match_polygons(list(predicted), list(labelled), iou=min(iou, _LEAST))
        index = np.array([p[:2] for p in pairs], np.intp).reshape(-1, 2)
        return cls(predicted, labelled, index, np.array([p[2] for p in pairs], np.float64), iou)

    def at(self, iou: float) -> NDArray[np.intp]:
        """(k, 2) the pairs of at least this IoU, not less than those that were kept."""
        out: NDArray[np.intp] = self.pairs[self.ious >= iou]
        return out

    @property
    def right(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """True for found ones that are right, and for labelled ones that are found."""
        return in_pairs(self.at(self.iou), len(self.predicted), len(self.labelled))

    def dwellings(self, grid: Grid) -> Dwellings:
        """Return the ground areas of the polygons, with their pairs.

        Args:
            grid: Of whose pixels the polygons are.
        """
        return Dwellings(
            ground_areas(self.predicted, grid),
            ground_areas(self.labelled, grid),
            self.at(self.iou),
            self.ious[self.ious >= self.iou],
        )


def ground_areas(polygons: Polygons, grid: Grid) -> NDArray[np.float64]:
    """(n,) square metres on the ground of polygons in pixels of a grid, where each lies."""
    left, top, right, bottom = shapely.bounds(polygons).T
    middles = grid.transform.apply(np.column_stack(((left + right) / 2, (top + bottom) / 2)))
    sizes = pixel_areas(grid, middles, crs_of(grid.crs_wkt))
    areas: NDArray[np.float64] = shapely.area(polygons) * sizes
    return areas
