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
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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


class DecodingChoice:
    """Chooses settings over places, and measures no setting twice at a place."""

    def __init__(self, places: Mapping[str, Sequence[ScoredArea]]) -> None:
        """Take the places to choose on.

        Args:
            places: Areas by place, with the channels of the specs alone. Their labels are those of
                `training.artefacts.dwelling_score.scored_areas` with the least area of a spec.
                Those without a labelled dwelling have no say: F1 and count are nothing there.
        """
        self._places = {
            name: areas
            for name, areas in places.items()
            if any(len(area.coverage.areas) for area in areas)
        }
        self.passed_over = [name for name in places if name not in self._places]
        """Names of the places without a labelled dwelling."""
        self._merits: dict[tuple[str, float, Separation | None], list[float]] = {}

    def best(self, spec: ModelSpec, *, names: Collection[str] | None = None) -> ModelSpec:
        """Return a spec with the settings of the highest merit over places.

        The merit of a place is `DwellingScore.merit`; that of settings is the middle between the
        mean of all places and the worst. Mask, separating channel and least seed are varied in
        turn, each over its whole range, until none gains; the least area of a dwelling with each
        of them.

        Args:
            spec: Settings to start from; other than in them, all specs are alike.
            names: The places that count; None for all.

        Raises:
            OptionsError: There is no place with a labelled dwelling.
        """
        counted = [name for name in self._places if names is None or name in names]
        if not counted:
            msg = "there is no place with labelled dwellings to choose settings on"
            raise OptionsError(msg)
        best = self._measure(spec, counted)
        for _ in range(_ROUNDS):
            before = best
            for variants in (_masks, _channels, _seeds):
                trials = (self._measure(variant, counted) for variant in variants(best.spec))
                # Of equal ones the first counts, the earlier best before all.
                best = max((best, *trials), key=lambda trial: trial.merit)
            if best == before:
                break
        return best.spec

    def _measure(self, spec: ModelSpec, names: Sequence[str]) -> _Trial:
        """Measure settings with the least area that suits them best."""
        sized = [replace(spec, min_area=area) for area in AREAS]
        merits = np.array([self._at(name, sized) for name in names])
        merit = (merits.mean(axis=0) + merits.min(axis=0)) / 2
        first = int(np.argmax(merit))
        return _Trial(sized[first], float(merit[first]))

    def _at(self, name: str, sized: Sequence[ModelSpec]) -> list[float]:
        """Merits at a place of settings that differ in the least area of a dwelling alone."""
        key = (name, sized[0].threshold, sized[0].separation)
        if key not in self._merits:
            self._merits[key] = _merits(self._places[name], sized)
        return self._merits[key]


def _masks(spec: ModelSpec) -> list[ModelSpec]:
    """Specs with other thresholds of the mask."""
    return [replace(spec, threshold=t) for t in MASKS]


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
