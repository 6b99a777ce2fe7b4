"""The figures of one class, or of all together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.evaluation.blocks import Blocks, figures_of
from training.evaluation.bootstrap import intervals
from training.evaluation.dwellings import Dwellings
from training.evaluation.pixel import ScoreHistogram
from training.evaluation.reliability import Reliability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.evaluation.buildings import BuildingScore
    from training.evaluation.pixel import Confusion


@dataclass(frozen=True)
class Score:
    """Counts of pixels and dwellings, from which all figures are computed."""

    blocks: Blocks
    """Counts of pixels and dwellings by blocks of ground."""
    histogram: ScoreHistogram
    """Number of pixels with each score, for pixels of the class and for others."""
    dwellings: Dwellings

    @classmethod
    def total(cls, parts: Sequence[Score]) -> Score:
        """Add up counts."""
        return cls(
            Blocks.total([p.blocks for p in parts]),
            ScoreHistogram.total(p.histogram for p in parts),
            Dwellings.total([p.dwellings for p in parts]),
        )

    @property
    def pixels(self) -> Confusion:
        """Counts of pixels."""
        return self.blocks.pixels

    @property
    def buildings(self) -> BuildingScore:
        """Counts of dwellings."""
        return self.blocks.buildings

    @property
    def figures(self) -> dict[str, float]:
        """The figures that also have intervals, by name; see `figures_of`."""
        return {name: float(value) for name, value in figures_of(self.blocks.sums).items()}

    @property
    def reliability(self) -> Reliability:
        """Compare the probabilities with the share of pixels that are labelled."""
        return Reliability.of(self.histogram)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        area_error = self.dwellings.area_error
        return {
            "pixels": {**self.pixels.to_dict()},
            "buildings": {
                **self.buildings.to_dict(),
                "mean_f1": round(self.figures["mean_f1"], 6),
                "panoptic_quality": round(self.dwellings.panoptic_quality, 6),
                "median_area_error": None if area_error is None else round(area_error, 6),
            },
        }

    def to_long_dict(self) -> dict[str, Any]:
        """The same with intervals, calibration, and figures by size."""
        reliability = self.reliability
        return {
            **self.to_dict(),
            "blocks": len(self.blocks.counts),
            "intervals_95": rounded(intervals(self.blocks)),
            "calibration": {
                "expected_calibration_error": plain(reliability.error),
                "brier": plain(reliability.brier),
                "bins": reliability.rows(),
            },
            "by_size": self.dwellings.by_size(),
        }


def rounded(bounds: Mapping[str, tuple[float, float]]) -> dict[str, list[float]]:
    """Round intervals for JSON."""
    return {name: [round(low, 6), round(high, 6)] for name, (low, high) in bounds.items()}


def plain(value: float) -> float | None:
    """A number for JSON, which knows neither infinity nor NaN: None stands for them."""
    return round(value, 6) if np.isfinite(value) else None
