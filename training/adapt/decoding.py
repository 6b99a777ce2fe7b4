"""Thresholds and the least area of a dwelling, chosen anew on ground that the network has not seen.

Every setting is measured once on all of the ground and once without each part, with the engine's
own code, so that a part can be judged with settings that were chosen on the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from training.artefacts.decoding_choice import AREAS
from training.artefacts.dwelling_score import TOLERATED, marked_classes
from training.evaluation.coverage import LabelCoverage, large_regions
from training.evaluation.truth import ground_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.folds import Folds
    from training.adapt.ground import Ground
    from training.evaluation.buildings import BuildingScore

STEP = 0.6
"""Logit between thresholds that are tried: at one half, from 0.50 to 0.65."""
MASK_STEPS = (-2, -1, 0, 1, 2)
"""Thresholds of the mask that are tried, in steps from the model's."""
CORE_STEPS = (-1, 0, 1)
"""Thresholds of the separation, in the same way."""
AREA_FACTORS = (0.5, 1.0, 2.0, 3.0)
"""Least areas of a dwelling, as multiples of the model's, within the range of `AREAS`."""
CORE_WEIGHT = 2.0
"""Steps that a step of the separation is worth. Chosen on one half of five places and measured on
the other, it lost F1; the least area won on nearly all, and is free."""
DOUBT = 2.0
"""Dwellings that a step away from the model's thresholds must gain, so that few dwellings do not
choose by chance: with 50 of them that is an F1 of 0.04."""
MOST_STEPS = 3.0
"""Steps that count at most: how far a model is off says nothing against a cure."""
COUNT_WEIGHT = 0.5
"""F1 that is given up for the count error beyond what is tolerated. Where few dwellings are
labelled, a full weight would pay for the count with dwellings that are not there."""
_LOWEST, _HIGHEST = 0.05, 0.9
_EVEN = 0.5
"""Threshold of the mask that is tried, too, however far from the model's."""
_LARGE = 10_000_000
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
    """Labels of all of the ground, then without each part."""
    pixel_area: float
    """Square metres of a pixel."""

    @classmethod
    def of(cls, scores: NDArray[np.uint8], ground: Ground, folds: Folds, spec: ModelSpec) -> Scored:
        """Lay the labels beside the scores."""
        coverages, area = [], ground.grid.pixel_area
        smallest = spec.min_area / area
        for fold in (None, *range(folds.count)):
            part = ground.known & folds.without(fold)
            inside = ground.labels.clipped(ground_of(part), smallest=smallest)
            coverages.append(LabelCoverage.of(list(inside.polygons), part, ground.is_doubtful))
        return cls(scores, tuple(coverages), area)

    def classes(self, spec: ModelSpec) -> NDArray[np.uint8]:
        """(height, width) classes that the engine marks, 0 elsewhere."""
        return marked_classes(self.scores, spec)

    def measure(self, spec: ModelSpec) -> tuple[BuildingScore, ...]:
        """Score a setting on all of the ground, then without each part."""
        classes, smallest = self.classes(spec), spec.min_area / self.pixel_area
        return tuple(c.score(classes, smallest=smallest) for c in self.coverages)


@dataclass(frozen=True)
class Settings:
    """Settings that were measured, the model's own first."""

    specs: tuple[ModelSpec, ...]
    scores: tuple[tuple[BuildingScore, ...], ...]
    """Scores of each setting on all of the ground, then without each part."""

    def best(self, *, without: int | None = None) -> ModelSpec:
        """Return the spec with the settings that gain most for each step from the model's own.

        Args:
            without: Part that has no say; None: all have.
        """
        merits = [self._merit(i, without) for i in range(len(self.specs))]
        return self.specs[int(np.argmax(merits))]

    def _merit(self, index: int, without: int | None) -> float:
        score = self.scores[index][0 if without is None else 1 + without]
        steps = _steps_between(self.specs[index], self.specs[0])
        return merit_of(score) - DOUBT * steps / max(1, score.labelled)


def measure_settings(scored: Scored, spec: ModelSpec, ground: Ground) -> Settings:
    """Measure all settings that are tried.

    Args:
        scored: Of ground that the network has not seen.
        spec: The model's own settings.
        ground: The reviewed ground.
    """
    specs = candidates(spec, fewer=int(ground.known.sum()) > _LARGE)
    return Settings(tuple(specs), tuple(scored.measure(each) for each in specs))


def candidates(spec: ModelSpec, *, fewer: bool = False) -> list[ModelSpec]:
    """List the settings that are tried, the model's own first.

    Args:
        spec: The model's own.
        fewer: Try every second threshold.
    """
    apart = 2 if fewer else 1
    masks = [*_thresholds(spec.threshold, [s for s in MASK_STEPS if s % apart == 0]), _EVEN]
    own = spec.separation
    separations = [own]
    if own is not None:
        cores = _thresholds(own.threshold, [s for s in CORE_STEPS if s % apart == 0])
        separations = [replace(own, threshold=c) for c in cores]
    others = [
        replace(spec, threshold=t, separation=s, min_area=a)
        for t in dict.fromkeys(masks)
        for s in separations
        for a in dict.fromkeys(_areas(spec.min_area))
    ]
    return [spec, *(each for each in others if each != spec)]


def _areas(own: float) -> list[float]:
    low, high = min(own, AREAS[0]), max(own, AREAS[-1])
    return [min(high, max(low, round(own * factor, 2))) for factor in AREA_FACTORS]


def _thresholds(own: float, steps: Sequence[int]) -> list[float]:
    """Thresholds some steps away from one, which stays as it is."""
    moved = [own if not s else round(1 / (1 + math.exp(-_logit(own) - STEP * s)), 3) for s in steps]
    return [t for t in moved if t == own or _LOWEST <= t <= _HIGHEST]


def _logit(probability: float) -> float:
    within = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(within / (1 - within))


def _steps_between(spec: ModelSpec, other: ModelSpec) -> float:
    """Steps from the thresholds of one setting to those of another, `MOST_STEPS` at most."""
    steps = abs(_logit(spec.threshold) - _logit(other.threshold)) / STEP
    if spec.separation is not None and other.separation is not None:
        cores = _logit(spec.separation.threshold) - _logit(other.separation.threshold)
        steps += CORE_WEIGHT * abs(cores) / STEP
    return min(MOST_STEPS, steps)


def marked(scored: Scored, specs: Sequence[ModelSpec], folds: Folds) -> NDArray[np.uint8]:
    """(height, width) classes of dwellings that are large enough, each part by its own settings.

    Args:
        scored: Scores of the ground.
        specs: Settings of each part.
        folds: The parts.
    """
    out = np.zeros(scored.scores.shape[1:], np.uint8)
    for fold, spec in enumerate(specs):
        part = folds.number == fold
        classes = scored.classes(spec)
        region, _ = large_regions(classes, spec.min_area / scored.pixel_area)
        classes[region.reshape(classes.shape) < 0] = 0
        out[part] = classes[part]
    return out
