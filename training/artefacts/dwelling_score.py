"""Score the dwellings of areas against their labels, with the engine's own separation."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.scores import NODATA_SCORE
from training.evaluation.buildings import BuildingScore
from training.evaluation.coverage import LabelCoverage
from training.evaluation.truth import ground_of, read_truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from camp_detector_core.engine.separation import Separation
    from camp_detector_core.engine.spec import ModelSpec
    from training.evaluation.predict import Prediction

TOLERATED = 0.05
"""Count error that costs nothing when settings are compared."""
_MOST_COST = 0.3
"""Most that a count error costs. Beyond it a count is of no use either way, and a place where it is
hopeless, because nothing like it was learned, has no more say for that."""
MASK_ONLY = "mask only"
"""Name of the mask without a separation, in tables."""


@dataclass(frozen=True)
class ScoredArea:
    """The scores of an area beside its labelled dwellings."""

    scores: NDArray[np.uint8]
    """(channels, height, width)."""
    coverage: LabelCoverage

    def channels(self, index: Sequence[int]) -> ScoredArea:
        """Return the area with some of its channels, in another order."""
        return replace(self, scores=self.scores[list(index)])

    def measure(self, spec: ModelSpec, classes: NDArray[np.uint8]) -> BuildingScore:
        """Score what `classes_of` marks."""
        return self.coverage.score(classes, smallest=spec.min_area / spec.gsd**2)

    def classes(self, spec: ModelSpec) -> NDArray[np.uint8]:
        """(height, width) classes that the engine marks, 0 elsewhere."""
        return marked_classes(self.scores[: spec.channels], spec)


def marked_classes(scores: NDArray[np.uint8], spec: ModelSpec) -> NDArray[np.uint8]:
    """(height, width) classes that the engine marks on a whole raster of scores, 0 elsewhere.

    Args:
        scores: (spec.channels, height, width).
        spec: Threshold, classes and separation.
    """
    classes = separate(scores, spec, row=0, col=0)
    classes[classes == NODATA_SCORE] = 0
    return classes


def scored_areas(predictions: Iterable[Prediction], spec: ModelSpec) -> tuple[ScoredArea, ...]:
    """Lay the labels of areas beside their scores.

    Raises:
        RasterError: The labels cannot be read.
    """
    out = []
    for each in predictions:
        truth = read_truth(each.area, each.area.labels, each.grid)
        is_known = (each.scores[0] != NODATA_SCORE) & truth.is_known
        smallest = spec.min_area / each.grid.pixel_area
        clipped = truth.outlines.clipped(ground_of(is_known), smallest=smallest)
        coverage = LabelCoverage.of(list(clipped.polygons), is_known, truth.is_doubtful)
        out.append(ScoredArea(each.scores, coverage))
    return tuple(out)


@dataclass(frozen=True)
class DwellingScore:
    """A method of separation with its settings, and the score of its dwellings."""

    method: str
    """One of `training.artefacts.separation_method.METHODS`, or `MASK_ONLY`."""
    separation: Separation | None
    """None: connected regions of the mask."""
    score: BuildingScore

    @property
    def merit(self) -> float:
        """F1 of dwellings, less the count error beyond `TOLERATED`, but `_MOST_COST` at most."""
        return _merit(self.score)

    def to_dict(self) -> dict[str, object]:
        """One row of a table."""
        settings = {} if self.separation is None else asdict(self.separation)
        return {**settings, "method": self.method, **self.score.to_dict()}

    def text(self) -> str:
        """Counts and ratios in words."""
        score = self.score
        return (
            f"{score.predicted} marked, {score.labelled} labelled, precision "
            f"{score.precision:.3f}, recall {score.recall:.3f}, F1 {score.f1:.3f} at IoU 0.5"
        )


def measure(areas: Sequence[ScoredArea], spec: ModelSpec, method: str = MASK_ONLY) -> DwellingScore:
    """Score the dwellings that the engine finds with a spec's threshold and separation."""
    parts = [area.measure(spec, area.classes(spec)) for area in areas]
    return DwellingScore(method, spec.separation, BuildingScore.total(parts))


def _merit(score: BuildingScore) -> float:
    return score.f1 - min(_MOST_COST, max(0.0, abs(score.count_error) - TOLERATED))


def most_merit(score: BuildingScore, *, unmeasured: int) -> float:
    """Return the highest merit that settings can still get.

    What is not counted yet may be right in full, and more than is labelled never helps: with P
    predicted of L labelled and M right, F1 is 2 M / (P + L), which each further pair of a
    predicted and a labelled dwelling raises most where nothing else is predicted; and a count
    that is too high already gets no lower.

    Args:
        score: Score of the areas that were measured.
        unmeasured: Labelled dwellings of those that were not.
    """
    whole = BuildingScore(
        score.matched + unmeasured, score.predicted + unmeasured, score.labelled + unmeasured
    )
    least = BuildingScore(0, max(score.predicted, whole.labelled), whole.labelled)
    return whole.f1 + _merit(least)
