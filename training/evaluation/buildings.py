"""Agreement by dwellings: which predicted polygon is which labelled one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        return self.matched / self.predicted if self.predicted else float(not self.labelled)

    @property
    def recall(self) -> float:
        """Share of the labelled dwellings that are found."""
        return self.matched / self.labelled if self.labelled else float(not self.predicted)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.predicted + self.labelled
        return 2 * self.matched / total if total else 1.0

    @property
    def count_error(self) -> float:
        """Predicted less labelled, over labelled: -0.1 is one in ten too few."""
        if not self.labelled:
            return 0.0 if not self.predicted else float("inf")
        return (self.predicted - self.labelled) / self.labelled

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
    predicted_array, truth = np.asarray(predicted, object), np.asarray(labelled, object)
    labelled_index, predicted_index = shapely.STRtree(truth).query(predicted_array)
    sizes = shapely.area(predicted_array)[labelled_index], shapely.area(truth)[predicted_index]
    # The IoU is at most the ratio of the areas: one huge ragged polygon over a whole town, as a
    # weak model gives it, need not be cut with every building.
    alike = np.minimum(*sizes) >= iou * np.maximum(*sizes)
    labelled_index, predicted_index = labelled_index[alike], predicted_index[alike]
    common = shapely.area(
        shapely.intersection(predicted_array[labelled_index], truth[predicted_index])
    )
    union = (
        shapely.area(predicted_array)[labelled_index]
        + shapely.area(truth)[predicted_index]
        - common
    )
    ratio = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    keep = ratio >= iou
    labelled_index, predicted_index, ratio = (
        labelled_index[keep],
        predicted_index[keep],
        ratio[keep],
    )
    used_ours: set[int] = set()
    used_theirs: set[int] = set()
    pairs = []
    for index in np.lexsort((predicted_index, labelled_index, -ratio)):
        a, b = int(labelled_index[index]), int(predicted_index[index])
        if a not in used_ours and b not in used_theirs:
            used_ours.add(a)
            used_theirs.add(b)
            pairs.append((a, b, float(ratio[index])))
    return pairs


def score_buildings(
    predicted: Sequence[shapely.Geometry],
    labelled: Sequence[shapely.Geometry],
    *,
    iou: float = 0.5,
) -> BuildingScore:
    """Count what `match_polygons` pairs."""
    pairs = match_polygons(predicted, labelled, iou=iou)
    return BuildingScore(len(pairs), len(predicted), len(labelled))
