"""The score of every method of separation, on validation and on the chips that were held out."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from camp_detector_core.outputs.output_set import cannot_write
from training.artefacts.dwelling_score import MASK_ONLY, DwellingScore, measure
from training.artefacts.separation_choice import choose_separation
from training.artefacts.separation_method import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from camp_detector_core.engine.separation import Separation
    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.dwelling_score import ScoredArea

SEPARATIONS = "separation.csv"
"""Table of the scores, below ``evaluation``."""


@dataclass(frozen=True)
class MethodScores:
    """Scores by method (``none`` is the mask alone) and part of the split."""

    scores: Mapping[tuple[str, str], DwellingScore]

    def of_method(self, method: str) -> dict[str, DwellingScore]:
        """Return the scores of one method by part."""
        return {part: score for (name, part), score in self.scores.items() if name == method}

    def separation(self, method: str) -> Separation | None:
        """Return the settings that were chosen for a method."""
        return self.scores[method, "val"].separation

    def text(self) -> str:
        """Say in one line what each method is worth on validation."""
        parts = {score.method: score for (_, part), score in self.scores.items() if part == "val"}
        return ", ".join(f"{name} {score.score.f1:.3f}" for name, score in parts.items())

    def write(self, path: Path) -> None:
        """Write one row for each method and part.

        Raises:
            OutputError: The file cannot be written.
        """
        rows = [{"part": part, **score.to_dict()} for (_, part), score in self.scores.items()]
        names = list(dict.fromkeys(name for row in rows for name in row))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(rows)
        except OSError as error:
            raise cannot_write(path, error) from error


def score_methods(
    areas: Mapping[str, Sequence[ScoredArea]],
    spec: ModelSpec,
    *,
    compare: bool,
    fixed: Mapping[str, Separation] | None = None,
) -> MethodScores:
    """Choose the settings of every method on validation, and score each on every part.

    Args:
        areas: By part, ``val`` first; the channels after the classes are those of `METHODS`, in
            their order.
        spec: Its threshold marks the mask.
        compare: True where there are such channels.
        fixed: Settings by method that are not chosen.
    """
    specs = {"none": spec}
    if compare:
        specs |= _choose_all(areas["val"], spec, fixed or {})
    scores = {}
    for method, its_spec in specs.items():
        for part, its_areas in areas.items():
            scores[method, part] = score_method(its_areas, its_spec, method)
    return MethodScores(scores)


def score_method(areas: Sequence[ScoredArea], spec: ModelSpec, method: str) -> DwellingScore:
    """Score one method on some areas.

    Args:
        areas: With the channels of all methods.
        spec: With the settings of the method.
        method: One of `METHODS`, or ``none``.
    """
    own = [area.channels(_index(method, spec)) for area in areas]
    return measure(own, spec, MASK_ONLY if method == "none" else method)


def _choose_all(
    areas: Sequence[ScoredArea], spec: ModelSpec, fixed: Mapping[str, Separation]
) -> dict[str, ModelSpec]:
    """Choose the settings of every other method, several at a time where there are cores."""
    from camp_detector_core.engine.predictors.ort import available_threads

    def choose(method: str) -> ModelSpec:
        if method in fixed:
            return replace(spec, separation=fixed[method])
        own = [area.channels(_index(method, spec)) for area in areas]
        return replace(spec, separation=choose_separation(own, spec, method))

    with ThreadPoolExecutor(min(len(METHODS), available_threads())) as pool:
        return dict(zip(METHODS, pool.map(choose, METHODS), strict=True))


def _index(method: str, spec: ModelSpec) -> list[int]:
    """Channels of the classes, and that of a method."""
    classes = len(spec.classes)
    further = [classes + i for i, name in enumerate(METHODS) if name == method]
    return [*range(classes), *further]
