"""Reliability of probabilities: of the pixels at 0.8, are 80 % dwellings?

All is computed from a `ScoreHistogram`, so no pixel is read twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.scores import MAX_SCORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.evaluation.pixel import ScoreHistogram

BINS = 15
"""Number of bins, as in Guo et al."""


@dataclass(frozen=True)
class Reliability:
    """Pixels by their probability, in bins of equal width over [0, 1].

    The expected calibration error is the sum over bins b of (n_b / n) |share_b - confidence_b|, of
    C. Guo, G. Pleiss, Y. Sun and K. Weinberger, "On calibration of modern neural networks", ICML
    2017 (https://arxiv.org/abs/1706.04599), equation 3, with the probability of the class as the
    confidence and the share of pixels of the class as the accuracy. The Brier score is the mean of
    (probability - label)^2: G. Brier, "Verification of forecasts expressed in terms of
    probability", Monthly Weather Review 78 (1950), 1-3; 0 is perfect.
    """

    pixels: NDArray[np.int64]
    """(bins,) pixels in each bin."""
    confidence: NDArray[np.float64]
    """(bins,) their mean probability, NaN in an empty bin."""
    share: NDArray[np.float64]
    """(bins,) the share of them that is labelled, NaN in an empty bin."""
    brier: float
    """NaN without a pixel."""

    @classmethod
    def of(cls, histogram: ScoreHistogram, *, bins: int = BINS) -> Reliability:
        """Sort the scores into bins; 1 belongs to the last one."""
        score = np.arange(MAX_SCORE + 1) / MAX_SCORE
        bins_of_pixels = np.minimum((score * bins + 1e-9).astype(np.intp), bins - 1)
        inside, outside = histogram.inside, histogram.outside
        count = inside + outside
        pixels = np.bincount(bins_of_pixels, count, bins)
        with np.errstate(invalid="ignore"):
            confidence = np.bincount(bins_of_pixels, count * score, bins) / pixels
            share = np.bincount(bins_of_pixels, inside, bins) / pixels
        total = int(count.sum())
        squares = float((inside * (1 - score) ** 2 + outside * score**2).sum())
        brier = squares / total if total else float("nan")
        return cls(pixels.astype(np.int64), confidence, share, brier)

    @property
    def error(self) -> float:
        """Expected calibration error, 0 to 1; NaN without a pixel."""
        nonempty = self.pixels > 0
        if not nonempty.any():
            return float("nan")
        gap = np.abs(self.share - self.confidence)[nonempty]
        return float((self.pixels[nonempty] * gap).sum() / self.pixels.sum())

    def rows(self) -> list[dict[str, float | int | None]]:
        """Make one row per bin, with None in an empty one."""
        bins = len(self.pixels)
        return [
            {
                "from": round(i / bins, 6),
                "to": round((i + 1) / bins, 6),
                "pixels": int(n),
                "mean_probability": round(float(self.confidence[i]), 6) if n else None,
                "labelled_share": round(float(self.share[i]), 6) if n else None,
            }
            for i, n in enumerate(self.pixels)
        ]
