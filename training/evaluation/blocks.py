"""Counts by blocks of ground, from which all figures of pixels and dwellings are sums.

A block is a square of ground, laid out from the first pixel of its area. What lies close together
is right or wrong together, so blocks are also what is drawn again for the intervals of
`training.evaluation.bootstrap`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from training.evaluation.buildings import BuildingScore
from training.evaluation.pixel import Confusion
from training.evaluation.ratios import count_error, right_share, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid
    from training.evaluation.matching import Matching

    Counts = NDArray[np.int64]

IOUS = tuple(n / 100 for n in range(50, 100, 5))
"""Thresholds of the IoU that the mean F1 averages over, as in the evaluation of COCO
(https://cocodataset.org)."""
TP, FP, FN, TN, PREDICTED, LABELLED = range(6)
_AT_FOUND, _AT_LABELLED = 6, 6 + 1 + len(IOUS)
"""First columns of the dwellings that are right: at the wanted IoU, then at each of `IOUS`; first
by the block of the found one, then by that of the labelled one of each pair."""
COLUMNS = _AT_LABELLED + 1 + len(IOUS)


@dataclass(frozen=True)
class Squares:
    """Squares of ground that a grid is divided into, with the pixels of each."""

    grid: Grid
    metres: float
    """Side of a square."""

    def rows_and_cols(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first row and the first column of the squares along each axis."""
        along_x, along_y = self.grid.gsd
        height, width = self.grid.shape
        return _starts(height, along_y / self.metres), _starts(width, along_x / self.metres)

    def pixels(self, mask: NDArray[np.bool_]) -> Counts:
        """(rows, cols) number of True pixels in each square."""
        rows, cols = self.rows_and_cols()
        down = np.add.reduceat(mask, rows, axis=0, dtype=np.int64)
        out: Counts = np.add.reduceat(down, cols, axis=1)
        return out

    def numbers(self, polygons: NDArray[np.object_]) -> NDArray[np.intp]:
        """(n,) the square, in reading order, that holds the centroid of each polygon."""
        rows, cols = self.rows_and_cols()
        points = shapely.get_coordinates(shapely.centroid(polygons))
        row = np.clip(np.searchsorted(rows, points[:, 1], side="right") - 1, 0, len(rows) - 1)
        col = np.clip(np.searchsorted(cols, points[:, 0], side="right") - 1, 0, len(cols) - 1)
        out: NDArray[np.intp] = row * len(cols) + col
        return out


def _starts(pixels: int, share: float) -> NDArray[np.intp]:
    """The first pixel of each square; a pixel belongs to the square that holds its centre."""
    square = np.floor((np.arange(pixels) + 0.5) * share)
    return np.flatnonzero(np.diff(square, prepend=-1)).astype(np.intp)


@dataclass(frozen=True)
class Blocks:
    """The counts of some blocks."""

    places: NDArray[np.intp]
    """(n, 3) number of the area, row and column of the block in it, each from 0."""
    counts: Counts
    """(n, COLUMNS); see `TP` and the names after it."""

    @classmethod
    def total(cls, parts: Sequence[Blocks]) -> Blocks:
        """Join the blocks of several classes or areas; counts at the same place are added up."""
        places = np.concatenate([np.empty((0, 3), np.intp), *(p.places for p in parts)])
        counts = np.concatenate([np.empty((0, COLUMNS), np.int64), *(p.counts for p in parts)])
        unique, inverse = np.unique(places, axis=0, return_inverse=True)
        out = np.zeros((len(unique), COLUMNS), np.int64)
        np.add.at(out, inverse.reshape(-1), counts)
        return cls(unique, out)

    def at(self, places: NDArray[np.intp]) -> Counts:
        """(len(places), COLUMNS) counts at these places, 0 where there is no such block."""
        rows_by_place = {tuple(p): i for i, p in enumerate(self.places.tolist())}
        rows = [rows_by_place.get(tuple(p), -1) for p in places.tolist()]
        return np.concatenate([self.counts, np.zeros((1, COLUMNS), np.int64)])[rows]

    @property
    def sums(self) -> Counts:
        """(COLUMNS,) of all blocks."""
        out: Counts = self.counts.sum(axis=0)
        return out

    @property
    def pixels(self) -> Confusion:
        """Pixels of all blocks."""
        return confusion_of(self.sums)

    @property
    def buildings(self) -> BuildingScore:
        """Dwellings of all blocks, right from the wanted IoU on."""
        return buildings_of(self.sums)


def confusion_of(counts: Counts) -> Confusion:
    """The pixels in one row of counts."""
    return Confusion(*(int(counts[i]) for i in (TP, FP, FN, TN)))


def buildings_of(counts: Counts) -> BuildingScore:
    """The dwellings in one row of counts, the right ones counted where the found ones lie."""
    return BuildingScore(*(int(counts[i]) for i in (_AT_FOUND, PREDICTED, LABELLED)))


def right_in(counts: Counts) -> tuple[Counts, Counts]:
    """Found ones that are right and labelled ones that are found, at the wanted IoU.

    Args:
        counts: (..., COLUMNS).
    """
    return counts[..., _AT_FOUND], counts[..., _AT_LABELLED]


def figures_of(counts: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Compute all figures from counts.

    Args:
        counts: (..., COLUMNS) sums over blocks.

    Returns:
        (...,) arrays by name. Where nothing is labelled and nothing found, shares are 1; the count
        error is infinite where something is found and nothing labelled.
    """
    predicted, labelled = counts[..., PREDICTED], counts[..., LABELLED]
    precise, recalled = (counts[..., i : i + 1 + len(IOUS)] for i in (_AT_FOUND, _AT_LABELLED))
    f1 = share(precise + recalled, (predicted + labelled)[..., None])
    marked = counts[..., TP] + counts[..., FP] + counts[..., FN]
    return {
        "pixel_iou": share(counts[..., TP], marked),
        "precision": right_share(precise[..., 0], predicted, labelled),
        "recall": right_share(recalled[..., 0], labelled, predicted),
        "f1": f1[..., 0],
        "mean_f1": f1[..., 1:].mean(axis=-1),
        "count_error": count_error(predicted, labelled),
    }


def count_blocks(
    squares: Squares,
    area: int,
    pixels: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    matching: Matching,
) -> Blocks:
    """Count one class of an area.

    Args:
        squares: The blocks.
        area: Number of the area.
        pixels: Masks (height, width): found, labelled, and which pixels count at all.
        matching: The dwellings.
    """
    predicted, is_labelled, valid = pixels
    cells = [
        squares.pixels(m)
        for m in (
            predicted & is_labelled & valid,
            predicted & ~is_labelled & valid,
            ~predicted & is_labelled & valid,
            valid,
        )
    ]
    cells[-1] = cells[-1] - cells[TP] - cells[FP] - cells[FN]
    counts = np.zeros((cells[0].size, COLUMNS), np.int64)
    counts[:, : LABELLED - 1] = np.stack([c.reshape(-1) for c in cells], axis=1)
    at_found, at_labelled = squares.numbers(matching.predicted), squares.numbers(matching.labelled)
    np.add.at(counts[:, PREDICTED], at_found, 1)
    np.add.at(counts[:, LABELLED], at_labelled, 1)
    for step, least in enumerate((matching.iou, *IOUS)):
        predicted_index, labelled_index = matching.at(least).T
        np.add.at(counts[:, _AT_FOUND + step], at_found[predicted_index], 1)
        np.add.at(counts[:, _AT_LABELLED + step], at_labelled[labelled_index], 1)
    rows, cols = np.divmod(np.arange(len(counts)), cells[0].shape[1])
    places = np.stack((np.full_like(rows, area), rows, cols), axis=1).astype(np.intp)
    nonempty = counts.any(axis=1)
    return Blocks(places[nonempty], counts[nonempty])
