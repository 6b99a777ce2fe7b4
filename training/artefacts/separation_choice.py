"""Choose the settings of a separation on validation chips: coarse to fine, each measured once.

Every setting is measured with the engine's own code, so the score is that of a host. Scores and
the shares of pixels under each label are computed once for all settings; what a setting costs is
its separation alone.
"""

from __future__ import annotations

import hashlib
import logging
import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from camp_detector_core.engine.separation import MAX_SEED
from training.artefacts.dwelling_score import DwellingScore, most_merit
from training.artefacts.separation_method import starting_separation
from training.evaluation.buildings import BuildingScore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.engine.separation import Separation
    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.dwelling_score import ScoredArea

    Place = tuple[int, int]

LOG = logging.getLogger(__name__)

THRESHOLDS = tuple(round(0.025 * i, 3) for i in range(4, 35))
"""Thresholds of the separating channel: 0.1 to 0.85."""
SEED_METRES2 = (0.3, 0.8, 1.6, 2.5)
"""Least areas of a seed, square metres."""
_COARSE = 4
"""Thresholds from one to the next on the coarse grid: a tenth."""
_ROUNDING = 1e-9


def seeds_of(gsd: float) -> tuple[int, ...]:
    """Least areas of a seed that are tried at a GSD, in pixels, each once."""
    sizes = (min(MAX_SEED, max(1, round(area / gsd**2))) for area in SEED_METRES2)
    return tuple(dict.fromkeys(sizes))


class _Trial(NamedTuple):
    """A setting that was measured."""

    score: DwellingScore | None
    """None where its merit is certain to be below the goal."""
    excess: int
    """Predicted less labelled dwellings, in the areas that were measured."""


class _Measurer:
    """Measures one setting after the other, and nothing twice or in vain."""

    def __init__(self, areas: Sequence[ScoredArea]) -> None:
        self._areas = areas
        self._scores: dict[tuple[int, bytes], BuildingScore] = {}
        """Score by area and classes: settings that mark the same pixels find the same dwellings."""

    def measure(self, spec: ModelSpec, method: str, *, goal: float) -> _Trial:
        """Score a setting, as far as its merit is not certain to be below a goal."""
        total = BuildingScore(0, 0, 0)
        unmeasured = sum(len(area.coverage.areas) for area in self._areas)
        for number, area in enumerate(self._areas):
            classes = area.classes(spec)
            key = (number, hashlib.sha256(classes.tobytes()).digest())
            if key not in self._scores:
                self._scores[key] = area.measure(spec, classes)
            total = BuildingScore.total([total, self._scores[key]])
            unmeasured -= len(area.coverage.areas)
            if most_merit(total, unmeasured=unmeasured) < goal - _ROUNDING:
                return _Trial(None, total.predicted - total.labelled)
        score = DwellingScore(method, spec.separation, total)
        return _Trial(score, total.predicted - total.labelled)


class _Search:
    """The settings of one method as a grid: thresholds by least areas of a seed."""

    def __init__(self, areas: Sequence[ScoredArea], spec: ModelSpec, method: str) -> None:
        self._measurer = _Measurer(areas)
        self._spec = spec
        self._start = starting_separation(method, spec.gsd)
        self._method = method
        self.seeds = seeds_of(spec.gsd)
        self.trials: dict[Place, _Trial] = {}
        self.best: Place | None = None

    @property
    def best_score(self) -> DwellingScore | None:
        """The score of the best setting so far."""
        return None if self.best is None else self.trials[self.best].score

    def try_all(self, places: Sequence[Place]) -> bool:
        """Measure settings; True where one is better than the best so far."""
        before = self.best
        for place in sorted(set(places) - set(self.trials), key=_order):
            self.trials[place] = trial = self._measure(place)
            if trial.score is not None and self._is_better(place, trial.score):
                self.best = place
        return self.best != before

    def coarse(self) -> list[Place]:
        """Every setting of the coarse grid."""
        return [(i, j) for i in range(0, len(THRESHOLDS), _COARSE) for j in range(len(self.seeds))]

    def crossings(self, step: int) -> list[Place]:
        """The settings midway between two that mark too many dwellings and too few.

        A wrong count costs much, so the best of a row lies where its count is right; that may be
        a narrow ridge between two settings of the coarse grid.
        """
        return [
            (i + step // 2, j)
            for (i, j), trial in self.trials.items()
            if (i + step, j) in self.trials and trial.excess * self.trials[i + step, j].excess < 0
        ]

    def around(self, step: int) -> list[Place]:
        """The settings beside the best one, some thresholds away."""
        if self.best is None:
            return []
        row, col = self.best
        return [
            (i, j)
            for i in (row - step, row, row + step)
            for j in (col - 1, col, col + 1)
            if 0 <= i < len(THRESHOLDS) and 0 <= j < len(self.seeds)
        ]

    def _measure(self, place: Place) -> _Trial:
        settings = replace(
            self._start, threshold=THRESHOLDS[place[0]], min_seed=self.seeds[place[1]]
        )
        spec = replace(self._spec, separation=settings)
        goal = -math.inf if self.best_score is None else self.best_score.merit
        return self._measurer.measure(spec, self._method, goal=goal)

    def _is_better(self, place: Place, score: DwellingScore) -> bool:
        best = self.best_score
        if self.best is None or best is None or score.merit > best.merit:
            return True
        return score.merit == best.merit and _order(place) < _order(self.best)


def _order(place: Place) -> tuple[float, int, int]:
    """Order of settings of equal merit: a threshold near one half and small seeds first."""
    return round(abs(THRESHOLDS[place[0]] - 0.5), 6), *place


def choose_separation(areas: Sequence[ScoredArea], spec: ModelSpec, method: str) -> Separation:
    """Return the settings of a method with the highest `DwellingScore.merit` that is found.

    All least areas of a seed are tried at every tenth of the threshold, then wherever the count
    turns from too many to too few, in halves; from the best of all the search goes on in smaller
    and smaller steps for as long as that helps.

    Args:
        areas: Validation chips; the last channel is the method's.
        spec: Its threshold marks the mask.
        method: One of `training.artefacts.separation_method.METHODS`.

    Returns:
        The settings; of equal ones that are tried those nearest to a threshold of one half, and
        with the smallest seeds.
    """
    search = _Search(areas, spec, method)
    search.try_all(search.coarse())
    for step in (_COARSE, _COARSE // 2):
        search.try_all(search.crossings(step))
    for step in (2, 1):
        while search.try_all(search.around(step)):
            pass
    best = search.best_score
    if best is None or best.separation is None:
        msg = "no settings to choose from"
        raise ValueError(msg)
    every = len(THRESHOLDS) * len(search.seeds)
    LOG.debug("%s: %d of %d settings tried", method, len(search.trials), every)
    return best.separation
