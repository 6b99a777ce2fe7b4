"""Choose threshold, separation and smallest dwelling over places, for F1 and for count.

Settings that suit the validation blocks of places that the network learned from suit a new place
less: there it is less sure, and marks more pieces. So they are chosen on places that the networks
never saw. All places count alike, and the worst of them as much as all together, so that no large
place decides alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from training.artefacts.dwelling_score import DwellingScore, ScoredArea
from training.artefacts.separation_choice import seeds_of
from training.evaluation.buildings import BuildingScore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camp_detector_core.engine.separation import Separation
    from camp_detector_core.engine.spec import ModelSpec

MASKS = tuple(round(0.05 * i, 2) for i in range(5, 16))
"""Thresholds of the mask: 0.25 to 0.75."""
CHANNELS = tuple(round(0.05 * i, 2) for i in range(2, 17))
"""Thresholds of the separating channel: 0.1 to 0.8."""
AREAS = (2.0, 3.0, 4.0, 5.0, 6.0)
"""Least areas of a dwelling, square metres. The smallest family tents have some 10; beyond 6 the
settings would drop small shelters to make up for false alarms."""
_ROUNDS = 4
"""Most rounds through all settings; the search mostly ends before."""


@dataclass(frozen=True)
class _Trial:
    """A setting and its merit."""

    spec: ModelSpec
    merit: float


class _Search:
    """Searches one setting after the other, and measures nothing twice."""

    def __init__(self, places: Mapping[str, Sequence[ScoredArea]]) -> None:
        self._places = places
        self._trials: dict[tuple[float, Separation | None], _Trial] = {}

    def best_of(self, best: _Trial, specs: Sequence[ModelSpec]) -> _Trial:
        """Return the trial of the highest merit; of equal ones the first, ``best`` before all."""
        return max((best, *map(self.measure, specs)), key=lambda trial: trial.merit)

    def measure(self, spec: ModelSpec) -> _Trial:
        """Measure settings with the least area that suits them best."""
        key = (spec.threshold, spec.separation)
        if key not in self._trials:
            sized = [replace(spec, min_area=area) for area in AREAS]
            merits = np.array([_merits(areas, sized) for areas in self._places.values()])
            merit = (merits.mean(axis=0) + merits.min(axis=0)) / 2
            first = int(np.argmax(merit))
            self._trials[key] = _Trial(sized[first], float(merit[first]))
        return self._trials[key]


def choose_decoding(places: Mapping[str, Sequence[ScoredArea]], spec: ModelSpec) -> ModelSpec:
    """Return a spec with the settings of the highest merit over places.

    The merit of a place is `DwellingScore.merit`; that of settings is the middle between the mean
    of all places and the worst. Mask, separating channel and least seed are varied in turn, each
    over its whole range, until none gains; the least area of a dwelling with each of them.

    Args:
        places: Areas by place, with the channels of the spec alone. Their labels are those of
            `training.artefacts.dwelling_score.scored_areas` with the least area of ``spec``.
        spec: Settings to start from.

    Raises:
        ValueError: There is no place.
    """
    if not places:
        msg = "there is no place to choose settings on"
        raise ValueError(msg)
    search = _Search(places)
    best = search.measure(spec)
    for _ in range(_ROUNDS):
        before = best
        best = search.best_of(best, [replace(best.spec, threshold=t) for t in MASKS])
        best = search.best_of(best, _channels(best.spec))
        best = search.best_of(best, _seeds(best.spec))
        if best == before:
            break
    return best.spec


def _channels(spec: ModelSpec) -> list[ModelSpec]:
    """Specs with other thresholds of the separating channel; none for a model without."""
    own = spec.separation
    thresholds = () if own is None else CHANNELS
    return [replace(spec, separation=own and replace(own, threshold=t)) for t in thresholds]


def _seeds(spec: ModelSpec) -> list[ModelSpec]:
    """Specs with other least areas of a seed; none for a model without separation."""
    own = spec.separation
    seeds = () if own is None else seeds_of(spec.gsd)
    return [replace(spec, separation=own and replace(own, min_seed=n)) for n in seeds]


def _merits(areas: Sequence[ScoredArea], specs: Sequence[ModelSpec]) -> list[float]:
    """Merit at one place of settings that differ in the least area of a dwelling alone."""
    marked = [area.classes(specs[0]) for area in areas]
    totals = (
        BuildingScore.total(
            [area.measure(spec, classes) for area, classes in zip(areas, marked, strict=True)]
        )
        for spec in specs
    )
    return [DwellingScore("", specs[0].separation, total).merit for total in totals]
