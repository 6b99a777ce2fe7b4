"""Figures of the start and of what was made from it, on the same ground, and which is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from camp_detector_core.training_data.adapted import ADAPTED, SETTINGS, START
from training.adapt.decoding import merit_of
from training.evaluation.blocks import Blocks, Squares, count_blocks, figures_of
from training.evaluation.bootstrap import difference_intervals, intervals
from training.evaluation.coverage import certain_classes
from training.evaluation.matching import Matching
from training.evaluation.score import plain, rounded
from training.evaluation.truth import trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.ground import Ground

LEAST_GAIN = 0.01
"""Merit that a candidate must gain over the start to take its place."""
_IOU = 0.5
_FIGURES = ("f1", "precision", "recall", "count_error", "pixel_iou")


@dataclass(frozen=True)
class Figures:
    """Counts of a candidate on ground that it was not taught on."""

    blocks: Blocks

    @property
    def merit(self) -> float:
        """F1 of dwellings, less a part of the count error; see `merit_of`."""
        return merit_of(self.blocks.buildings)

    @property
    def f1(self) -> float:
        """F1 of dwellings at an IoU of one half."""
        return self.blocks.buildings.f1

    @property
    def count_error(self) -> float:
        """Predicted less labelled, over labelled."""
        return self.blocks.buildings.count_error

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        figures = figures_of(self.blocks.sums)
        score = self.blocks.buildings
        return {
            **{name: plain(float(figures[name])) for name in _FIGURES},
            "found": score.predicted,
            "labelled": score.labelled,
            "right": score.matched,
            "intervals_95": rounded(intervals(self.blocks)),
        }


@dataclass(frozen=True)
class Verdict:
    """Figures by candidate, and the one that is kept."""

    figures: Mapping[str, Figures]
    winner: str
    """One of `camp_detector_core.training_data.adapted`'s candidates."""

    @classmethod
    def of(cls, figures: Mapping[str, Figures]) -> Verdict:
        """Keep the best candidate whose F1 is no worse, and the start where that gains too little.

        It must gain `LEAST_GAIN` of merit.
        """
        start = figures[START]
        fit = [n for n in (SETTINGS, ADAPTED) if figures[n].f1 >= start.f1]
        best = max(fit, key=lambda name: figures[name].merit, default=START)
        is_better = figures[best].merit >= start.merit + LEAST_GAIN
        return cls(figures, best if is_better else START)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        start = self.figures[START]
        return {
            "kept": self.winner,
            "figures": {name: each.to_dict() for name, each in self.figures.items()},
            "gains": {
                name: {
                    "f1": round(each.f1 - start.f1, 6),
                    "intervals_95": rounded(difference_intervals(each.blocks, start.blocks)),
                }
                for name, each in self.figures.items()
                if name != START
            },
        }


def figures_on(
    classes: NDArray[np.uint8], ground: Ground, squares: Squares, spec: ModelSpec
) -> Figures:
    """Hold marked dwellings against the labels of the known ground.

    Args:
        classes: (height, width) class values that were marked.
        ground: The reviewed ground.
        squares: Blocks for the intervals.
        spec: Classes, and the smallest dwelling.
    """
    smallest = spec.min_area / ground.grid.pixel_area
    labelled = ground.known_labels(smallest=smallest)
    shape = (int(classes.shape[0]), int(classes.shape[1]))
    truth = ground.labels.rasterised(shape)
    certain = certain_classes(classes, ground.is_doubtful)
    inside = np.where(ground.known, certain, np.uint8(0))
    outlines = trace(inside)
    parts = []
    for kind in spec.classes:
        predicted = outlines.of_class(kind.value)
        predicted = predicted[_areas(predicted) >= smallest]
        matching = Matching.of(predicted, labelled.of_class(kind.value), iou=_IOU)
        masks = (inside == kind.value, truth == kind.value, ground.known)
        parts.append(count_blocks(squares, 0, masks, matching))
    return Figures(Blocks.total(parts))


def _areas(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    import shapely

    out: NDArray[np.float64] = shapely.area(polygons)
    return out
