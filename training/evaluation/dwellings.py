"""Found and labelled dwellings one by one: how large they are, and which is which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIZES = (15.0, 40.0, 100.0, 250.0)
"""Square metres between the classes of size: a family tent has some 16 to 25 m2."""


@dataclass(frozen=True)
class Dwellings:
    """Areas of dwellings and pairs of them."""

    predicted: NDArray[np.float64]
    """(n,) square metres of each found dwelling."""
    labelled: NDArray[np.float64]
    """(m,) of each labelled one."""
    pairs: NDArray[np.intp]
    """(k, 2) index of the found and of the labelled dwelling of each pair that counts as right."""
    ious: NDArray[np.float64]
    """(k,) intersection over union of the pairs."""

    @classmethod
    def total(cls, parts: Sequence[Dwellings]) -> Dwellings:
        """Join the dwellings of several areas or classes."""
        shift = np.cumsum([[0, 0], *([len(p.predicted), len(p.labelled)] for p in parts)], axis=0)
        pairs = [p.pairs + at for p, at in zip(parts, shift[:-1], strict=True)]
        return cls(
            np.concatenate([np.empty(0), *(p.predicted for p in parts)]),
            np.concatenate([np.empty(0), *(p.labelled for p in parts)]),
            np.concatenate([np.empty((0, 2), np.intp), *pairs]),
            np.concatenate([np.empty(0), *(p.ious for p in parts)]),
        )

    @property
    def hits(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(n,) True for found ones that are right, (m,) True for labelled ones that are found."""
        return in_pairs(self.pairs, len(self.predicted), len(self.labelled))

    @property
    def area_error(self) -> float | None:
        """Median over the pairs of found less labelled area, over labelled; None without a pair."""
        return self._area_error(np.ones(len(self.pairs), np.bool_))

    @property
    def panoptic_quality(self) -> float:
        """Sum of the pairs' IoU over the mean of the numbers of found and labelled ones.

        A. Kirillov, K. He, R. Girshick, C. Rother and P. Dollar, "Panoptic segmentation", CVPR 2019
        (https://arxiv.org/abs/1801.00868), equation 1. 1 where there is nothing.
        """
        total = (len(self.predicted) + len(self.labelled)) / 2
        return float(self.ious.sum() / total) if total else 1.0

    def by_size(self, bounds: Sequence[float] = SIZES) -> list[dict[str, float | int | str | None]]:
        """Make one row for each size class: recall by labelled area, precision by detected area.

        A lower bound belongs to the class above it. None stands where there is nothing to count.
        """
        sizes = np.searchsorted(bounds, self.labelled, side="right")
        found_sizes = np.searchsorted(bounds, self.predicted, side="right")
        found_hit, labelled_hit = self.hits
        rows: list[dict[str, float | int | str | None]] = []
        for step, name in enumerate(_names(bounds)):
            labelled_here, predicted_here = sizes == step, found_sizes == step
            labelled, hits = int(labelled_here.sum()), int(labelled_hit[labelled_here].sum())
            count, right = int(predicted_here.sum()), int(found_hit[predicted_here].sum())
            error = self._area_error(labelled_here[self.pairs[:, 1]])
            rows.append(
                {
                    "area_m2": name,
                    "labelled": labelled,
                    "labelled_found": hits,
                    "recall": round(hits / labelled, 6) if labelled else None,
                    "found": count,
                    "found_right": right,
                    "precision": round(right / count, 6) if count else None,
                    "median_area_error": None if error is None else round(error, 6),
                }
            )
        return rows

    def _area_error(self, pair_mask: NDArray[np.bool_]) -> float | None:
        if not pair_mask.any():
            return None
        predicted_index, labelled_index = self.pairs[pair_mask].T
        errors = (self.predicted[predicted_index] - self.labelled[labelled_index]) / self.labelled[
            labelled_index
        ]
        return float(np.median(errors))


def in_pairs(
    pairs: NDArray[np.intp], predicted: int, labelled: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark which of so many dwellings are in a pair: (predicted,) and (labelled,)."""
    marks = np.zeros(predicted, np.bool_), np.zeros(labelled, np.bool_)
    marks[0][pairs[:, 0]] = marks[1][pairs[:, 1]] = True
    return marks


def _names(bounds: Sequence[float]) -> list[str]:
    inner = [f"{a:g} to {b:g}" for a, b in pairwise(bounds)]
    return [f"below {bounds[0]:g}", *inner, f"{bounds[-1]:g} and more"]
