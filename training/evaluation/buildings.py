"""Agreement by dwellings: which predicted polygon is which labelled one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from training.evaluation.ratios import count_error, right_share, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class BuildingScore:
    """Counts of dwellings."""

    matched: int
    """Pairs of a predicted and a labelled dwelling."""
    predicted: int
    labelled: int

    @classmethod
    def total(cls, parts: Sequence[BuildingScore]) -> BuildingScore:
        """Add up the counts of areas or classes."""
        return cls(
            *(sum(getattr(p, n) for p in parts) for n in ("matched", "predicted", "labelled"))
        )

    @property
    def precision(self) -> float:
        """Share of the predicted dwellings that are there."""
        return float(right_share(self.matched, self.predicted, self.labelled))

    @property
    def recall(self) -> float:
        """Share of the labelled dwellings that are found."""
        return float(right_share(self.matched, self.labelled, self.predicted))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return float(share(2 * self.matched, self.predicted + self.labelled))

    @property
    def count_error(self) -> float:
        """Predicted less labelled, over labelled: -0.1 is one in ten too few."""
        return float(count_error(self.predicted, self.labelled))

    def to_dict(self) -> dict[str, float | None]:
        """Counts and ratios for JSON, which knows no infinity: None stands for it."""
        ratios = {n: getattr(self, n) for n in ("precision", "recall", "f1", "count_error")}
        return {
            "matched": self.matched,
            "predicted": self.predicted,
            "labelled": self.labelled,
            **{n: round(v, 6) if np.isfinite(v) else None for n, v in ratios.items()},
        }


def match_polygons(
    predicted: Sequence[shapely.Geometry],
    labelled: Sequence[shapely.Geometry],
    *,
    iou: float = 0.5,
) -> list[tuple[int, int, float]]:
    """Pair polygons, each at most once, the pairs of the highest IoU first.

    Above an IoU of one half no polygon of a layer without overlaps has a second partner, so there
    the pairing is the best that there is.

    Args:
        predicted: Valid polygons.
        labelled: Valid polygons in the same planar CRS.
        iou: Least intersection over union of a pair.

    Returns:
        Index of the predicted polygon, index of the labelled one, IoU; the best first.
    """
    if not len(predicted) or not len(labelled):
        return []
    predicted_array, label_array = np.asarray(predicted, object), np.asarray(labelled, object)
    pairs = shapely.STRtree(label_array).query(predicted_array)
    areas = shapely.area(predicted_array)[pairs[0]], shapely.area(label_array)[pairs[1]]
    # The IoU is at most the ratio of the areas: one huge ragged polygon over a whole town, as a
    # weak model gives it, need not be cut with every building.
    alike = np.minimum(*areas) >= iou * np.maximum(*areas)
    pairs = pairs[:, alike]
    common = shapely.area(shapely.intersection(predicted_array[pairs[0]], label_array[pairs[1]]))
    union = areas[0][alike] + areas[1][alike] - common
    ratio = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    right = ratio >= iou
    return pair_best(pairs[0, right], pairs[1, right], ratio[right])


def pair_best(
    predicted: NDArray[np.intp], labelled: NDArray[np.intp], iou: NDArray[np.float64]
) -> list[tuple[int, int, float]]:
    """Pair dwellings, each at most once, the pairs of the highest IoU first.

    Args:
        predicted: (n,) index of a predicted dwelling.
        labelled: (n,) index of a labelled one that overlaps it.
        iou: (n,) intersection over union of both.
    """
    used_predicted: set[int] = set()
    used_labelled: set[int] = set()
    pairs = []
    for index in np.lexsort((labelled, predicted, -iou)):
        a, b = int(predicted[index]), int(labelled[index])
        if a not in used_predicted and b not in used_labelled:
            used_predicted.add(a)
            used_labelled.add(b)
            pairs.append((a, b, float(iou[index])))
    return pairs
