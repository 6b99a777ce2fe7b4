"""Threshold and separation, chosen anew on ground that the network has not seen.

Every setting is measured once on every part of the ground, with the engine's own code. What is
best on some parts is then a matter of adding up counts, so that a part can be judged with settings
that were chosen on the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.scores import NODATA_SCORE
from camp_detector_core.engine.separation import MAX_SEED
from training.artefacts.dwelling_score import DwellingScore
from training.artefacts.separation_choice import SEED_METRES2
from training.evaluation.buildings import BuildingScore
from training.evaluation.coverage import LabelCoverage
from training.evaluation.pixel import ScoreHistogram, best_threshold
from training.evaluation.truth import ground_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.folds import Folds
    from training.adapt.ground import Ground

MASK_STEPS = (-0.15, -0.05, 0.05, 0.15)
"""Thresholds of the mask that are tried, beside the model's and the best by pixels."""
CORES = tuple(round(0.1 * i, 1) for i in range(1, 9))
"""Thresholds of the separation that are tried beside the model's."""
LEAST_GAIN = 0.01
"""Merit that other settings must gain to take the place of the model's own."""
_LARGE = 3_000_000
"""Known pixels from which fewer settings are tried."""


@dataclass(frozen=True)
class Scored:
    """Scores of the ground and the dwellings of each part."""

    scores: NDArray[np.uint8]
    """(spec.channels, height, width)."""
    coverages: tuple[LabelCoverage, ...]
    """Labels of each part."""

    @classmethod
    def of(
        cls, scores: NDArray[np.uint8], ground: Ground, folds: Folds, *, smallest: float
    ) -> Scored:
        """Lay the labels of each part beside the scores."""
        coverages = []
        for fold in range(folds.count):
            part = ground.known & (folds.number == fold)
            inside = ground.labels.clipped(ground_of(part), smallest=smallest)
            coverages.append(LabelCoverage.of(list(inside.polygons), part))
        return cls(scores, tuple(coverages))

    def classes(self, spec: ModelSpec) -> NDArray[np.uint8]:
        """(height, width) classes that the engine marks, 0 elsewhere."""
        classes = separate(self.scores, spec, row=0, col=0)
        classes[classes == NODATA_SCORE] = 0
        return classes

    def measure(self, spec: ModelSpec, *, smallest: float) -> tuple[BuildingScore, ...]:
        """Score a setting on each part."""
        classes = self.classes(spec)
        return tuple(c.score(classes, smallest=smallest) for c in self.coverages)


@dataclass(frozen=True)
class Settings:
    """Settings that were measured, the model's own first."""

    specs: tuple[ModelSpec, ...]
    scores: tuple[tuple[BuildingScore, ...], ...]
    """Scores of each setting on each part."""

    def best(self, *, without: int | None = None) -> ModelSpec:
        """Return the spec with the settings of the highest merit, the model's own in doubt.

        Args:
            without: Part that has no say; None: all have.
        """
        merits = [self._merit(i, without) for i in range(len(self.specs))]
        first = int(np.argmax(merits))
        return self.specs[first if merits[first] >= merits[0] + LEAST_GAIN else 0]

    def _merit(self, index: int, without: int | None) -> float:
        parts = [s for fold, s in enumerate(self.scores[index]) if fold != without]
        spec = self.specs[index]
        return DwellingScore("", spec.separation, BuildingScore.total(parts)).merit


def measure_settings(scored: Scored, spec: ModelSpec, ground: Ground) -> Settings:
    """Measure all settings that are tried.

    Args:
        scored: Of ground that the network has not seen.
        spec: The model's own settings.
        ground: The reviewed ground.
    """
    smallest = spec.min_area / ground.grid.pixel_area
    specs = candidates(scored, spec, ground)
    return Settings(tuple(specs), tuple(scored.measure(each, smallest=smallest) for each in specs))


def candidates(scored: Scored, spec: ModelSpec, ground: Ground) -> list[ModelSpec]:
    """List the settings that are tried, the model's own first."""
    known = ground.known
    labelled = ground.labels.rasterised(ground.grid.shape)
    histogram = ScoreHistogram.total(
        ScoreHistogram.of(scored.scores[i][known], labelled[known] == c.value)
        for i, c in enumerate(spec.classes)
    )
    is_large = int(known.sum()) > _LARGE
    steps = () if is_large else MASK_STEPS
    masks = [spec.threshold, best_threshold(histogram), *(spec.threshold + s for s in steps)]
    masks = [round(t, 3) for t in masks if 0.05 <= t <= 0.95]  # noqa: PLR2004 - sense ends there
    own = spec.separation
    if own is None:
        return [spec, *(replace(spec, threshold=t) for t in dict.fromkeys(masks[1:]))]
    area = ground.grid.pixel_area
    sizes = SEED_METRES2[::2] if is_large else SEED_METRES2
    seeds = [own.min_seed, *(min(MAX_SEED, max(1, round(s / area))) for s in sizes)]
    cores = [own.threshold, *(CORES[::2] if is_large else CORES)]
    others = [
        replace(spec, threshold=t, separation=replace(own, threshold=c, min_seed=s))
        for t in dict.fromkeys(masks)
        for c in dict.fromkeys(cores)
        for s in dict.fromkeys(seeds)
    ]
    return [spec, *(each for each in others if each != spec)]


def marked(scored: Scored, specs: Sequence[ModelSpec], folds: Folds) -> NDArray[np.uint8]:
    """(height, width) classes, of each part with its own settings.

    Args:
        scored: Scores of the ground.
        specs: Settings of each part.
        folds: The parts.
    """
    out = np.zeros(scored.scores.shape[1:], np.uint8)
    for fold, spec in enumerate(specs):
        part = folds.number == fold
        out[part] = scored.classes(spec)[part]
    return out
