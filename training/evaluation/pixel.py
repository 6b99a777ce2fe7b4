"""Agreement by pixels, for every threshold at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.scores import MAX_SCORE, score_threshold
from training.evaluation.ratios import share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Confusion:
    """Counts of pixels (or of anything else that is right or wrong)."""

    tp: int
    """Found and there."""
    fp: int
    """Found and not there."""
    fn: int
    """Missed."""
    tn: int
    """Rightly not found."""

    @classmethod
    def of(cls, predicted: NDArray[np.bool_], labelled: NDArray[np.bool_]) -> Confusion:
        """Count pixels of two masks of one shape."""
        tp, found_count, there_count = (
            int(np.count_nonzero(m)) for m in (predicted & labelled, predicted, labelled)
        )
        fp, fn = found_count - tp, there_count - tp
        return cls(tp, fp, fn, predicted.size - tp - fp - fn)

    @classmethod
    def total(cls, parts: Sequence[Confusion]) -> Confusion:
        """Add up."""
        return cls(*(sum(getattr(p, n) for p in parts) for n in ("tp", "fp", "fn", "tn")))

    @property
    def iou(self) -> float:
        """Intersection over union; 1 where there is nothing to find and nothing found."""
        return float(share(self.tp, self.tp + self.fp + self.fn))

    @property
    def precision(self) -> float:
        """Share of what is found that is there."""
        return float(share(self.tp, self.tp + self.fp))

    @property
    def recall(self) -> float:
        """Share of what is there that is found."""
        return float(share(self.tp, self.tp + self.fn))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return float(share(2 * self.tp, 2 * self.tp + self.fp + self.fn))

    @property
    def all_ones_iou(self) -> float:
        """IoU of a mask that marks every pixel: the least that a model must beat."""
        return float(share(self.tp + self.fn, self.tp + self.fp + self.fn + self.tn))

    def to_dict(self) -> dict[str, float]:
        """Counts and ratios for JSON."""
        counts = {"tp": self.tp, "fp": self.fp, "fn": self.fn, "tn": self.tn}
        names = ("iou", "precision", "recall", "f1", "all_ones_iou")
        return {**counts, **{n: round(getattr(self, n), 6) for n in names}}


@dataclass(frozen=True)
class ScoreHistogram:
    """Number of pixels with each score, for pixels of a class and for others."""

    inside: NDArray[np.int64]
    """(255,) counts of scores 0 to 254 on pixels that are of the class."""
    outside: NDArray[np.int64]
    """(255,) counts on pixels that are not."""

    @classmethod
    def of(cls, scores: NDArray[np.uint8], target: NDArray[np.bool_]) -> ScoreHistogram:
        """Count.

        Args:
            scores: Any shape; 255 (nodata) does not count.
            target: Same shape, True on pixels of the class.
        """
        size = MAX_SCORE + 2
        inside = np.bincount(scores[target], minlength=size)[: MAX_SCORE + 1]
        outside = np.bincount(scores[~target], minlength=size)[: MAX_SCORE + 1]
        return cls(inside.astype(np.int64), outside.astype(np.int64))

    @classmethod
    def total(cls, parts: Iterable[ScoreHistogram]) -> ScoreHistogram:
        """Add up."""
        zero = np.zeros(MAX_SCORE + 1, np.int64)
        inside, outside = zero.copy(), zero.copy()
        for part in parts:
            inside += part.inside
            outside += part.outside
        return cls(inside, outside)

    def confusion(self, threshold: float) -> Confusion:
        """Counts where pixels of at least this probability are taken as found."""
        cut = score_threshold(threshold)
        return Confusion(
            tp=int(self.inside[cut:].sum()),
            fp=int(self.outside[cut:].sum()),
            fn=int(self.inside[:cut].sum()),
            tn=int(self.outside[:cut].sum()),
        )


THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(1, 20))
"""Thresholds that are tried: 0.05 to 0.95."""


def sweep(histogram: ScoreHistogram) -> list[tuple[float, Confusion]]:
    """The counts at each of `THRESHOLDS`."""
    return [(t, histogram.confusion(t)) for t in THRESHOLDS]


def sweep_rows(histogram: ScoreHistogram) -> list[dict[str, float]]:
    """Figures of pixels at each threshold that is tried."""
    return [
        {
            "threshold": t,
            **{n: round(getattr(c, n), 6) for n in ("iou", "precision", "recall", "f1")},
        }
        for t, c in sweep(histogram)
    ]


def best_threshold(histogram: ScoreHistogram) -> float:
    """The threshold of the highest IoU; of equals, the one nearest to one half."""
    return max(sweep(histogram), key=lambda tc: (tc[1].iou, -abs(tc[0] - 0.5)))[0]
