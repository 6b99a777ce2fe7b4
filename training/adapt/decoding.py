"""Threshold and separation, chosen anew on ground that the network has not seen.

Every setting is measured once on every part of the ground, with the engine's own code. What is
best on some parts is then a matter of adding up counts, so that a part can be judged with settings
that were chosen on the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.scores import NODATA_SCORE
from camp_detector_core.engine.separation import MAX_SEED
from training.artefacts.dwelling_score import TOLERATED
from training.evaluation.buildings import BuildingScore
from training.evaluation.coverage import LabelCoverage
from training.evaluation.truth import ground_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.folds import Folds
    from training.adapt.ground import Ground

STEP = 0.6
"""Logit between thresholds that are tried: at one half, from 0.50 to 0.65."""
MASK_STEPS = (-2, -1, 0, 1, 2)
"""Thresholds of the mask that are tried, in steps from the model's."""
CORE_STEPS = (-2, -1, 0, 1, 2, 3)
"""Thresholds of the separation, in the same way."""
SEED_STEPS = (-1, 0, 1)
"""Least areas of a seed, in doublings of the model's."""
_LOWEST, _HIGHEST = 0.05, 0.9
_EVEN = 0.5
"""Threshold of the mask that is tried, too, however far from the model's."""
DOUBT = 0.25
"""Dwellings that a step away from the model's settings must gain, so that few dwellings do not
choose by chance: with 50 of them that is an F1 of 0.005."""
COUNT_WEIGHT = 0.5
"""F1 that is given up for the count error beyond what is tolerated. Where few dwellings are
labelled, a full weight would pay for the count with dwellings that are not there."""
_LARGE = 3_000_000
"""Known pixels from which fewer settings are tried."""


def merit_of(score: BuildingScore) -> float:
    """F1 of dwellings, less a part of the count error beyond `TOLERATED`."""
    return score.f1 - COUNT_WEIGHT * max(0.0, abs(score.count_error) - TOLERATED)


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
        """Return the spec with the settings that gain most for each step from the model's own.

        Args:
            without: Part that has no say; None: all have.
        """
        merits = [self._merit(i, without) for i in range(len(self.specs))]
        return self.specs[int(np.argmax(merits))]

    def _merit(self, index: int, without: int | None) -> float:
        parts = [s for fold, s in enumerate(self.scores[index]) if fold != without]
        total = BuildingScore.total(parts)
        steps = _steps_between(self.specs[index], self.specs[0])
        return merit_of(total) - DOUBT * steps / max(1, total.labelled)


def measure_settings(scored: Scored, spec: ModelSpec, ground: Ground) -> Settings:
    """Measure all settings that are tried.

    Args:
        scored: Of ground that the network has not seen.
        spec: The model's own settings.
        ground: The reviewed ground.
    """
    smallest = spec.min_area / ground.grid.pixel_area
    specs = candidates(spec, fewer=int(ground.known.sum()) > _LARGE)
    return Settings(tuple(specs), tuple(scored.measure(each, smallest=smallest) for each in specs))


def candidates(spec: ModelSpec, *, fewer: bool = False) -> list[ModelSpec]:
    """List the settings that are tried, the model's own first.

    Args:
        spec: The model's own.
        fewer: Try every second one.
    """
    apart = 2 if fewer else 1
    masks = [*_thresholds(spec.threshold, [s for s in MASK_STEPS if s % apart == 0]), _EVEN]
    own = spec.separation
    if own is None:
        others = [replace(spec, threshold=t) for t in dict.fromkeys(masks)]
    else:
        cores = _thresholds(own.threshold, [s for s in CORE_STEPS if s % apart == 0])
        seeds = [min(MAX_SEED, max(1, round(own.min_seed * 2.0**s))) for s in SEED_STEPS]
        others = [
            replace(spec, threshold=t, separation=replace(own, threshold=c, min_seed=s))
            for t in dict.fromkeys(masks)
            for c in cores
            for s in dict.fromkeys(seeds)
        ]
    return [spec, *(each for each in others if each != spec)]


def _thresholds(own: float, steps: Sequence[int]) -> list[float]:
    """Thresholds some steps away from one, which stays as it is."""
    moved = [own if not s else round(1 / (1 + math.exp(-_logit(own) - STEP * s)), 3) for s in steps]
    return [t for t in moved if t == own or _LOWEST <= t <= _HIGHEST]


def _logit(probability: float) -> float:
    within = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(within / (1 - within))


def _steps_between(spec: ModelSpec, other: ModelSpec) -> float:
    """Steps from one setting to another, over all that is set."""
    steps = abs(_logit(spec.threshold) - _logit(other.threshold)) / STEP
    if spec.separation is not None and other.separation is not None:
        cores = _logit(spec.separation.threshold) - _logit(other.separation.threshold)
        steps += abs(cores) / STEP
        steps += abs(math.log2(spec.separation.min_seed / other.separation.min_seed))
    return steps


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
