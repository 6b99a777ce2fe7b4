"""Which way of telling dwellings apart finds most of them, and with which settings.

The settings are chosen on validation chips, and every way is measured with the engine's own code,
so the table says what a host would find.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import math
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import shapely

from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.scores import NODATA_SCORE
from camp_detector_core.engine.separation import MAX_SEED, Separation
from training.data.separation import BORDER_METRES, CORE_METRES, growth_of, reach_of
from training.evaluation.buildings import BuildingScore, score_buildings
from training.evaluation.truth import Outlines, ground_of, read_truth, trace
from training.fit.options import EXTRAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.data.chip_labels import Labels
    from training.evaluation.predict import Prediction
    from training.fit.options import Separating

    Polygons = NDArray[np.object_]

LOG = logging.getLogger(__name__)

WAY = "separation"
"""Where a description says which of `WAYS` its further channel comes from."""
WAYS: tuple[Separating, ...] = ("border", "core", "both")
"""What is compared with the mask alone."""
THRESHOLDS = tuple(round(0.025 * i, 3) for i in range(4, 35))
"""Of the separating channel: 0.1 to 0.85."""
SEED_METRES2 = (0.3, 0.8, 1.6, 2.5)
"""Least areas of a seed that are tried, square metres."""
TOLERATED = 0.05
"""Count error that costs nothing when settings are compared."""
_ROUNDING = 1e-9
_PATIENCE = 10.0
"""Seconds between two lines about a long choice."""


@dataclass(frozen=True)
class Sheet:
    """The scores of an area, and what is there."""

    scores: NDArray[np.uint8]
    """(channels, height, width)."""
    ground: shapely.Geometry
    """Where scores and labels are known, in pixels."""
    labelled: Polygons
    """Outlines of the labelled dwellings on it, in pixels."""


def sheets_of(
    predictions: Iterable[Prediction], labels: Labels, spec: ModelSpec
) -> tuple[Sheet, ...]:
    """Hold the scores of areas against their labels.

    Raises:
        RasterError: The labels cannot be read.
    """
    out = []
    for each in predictions:
        truth = read_truth(each.area, labels, each.grid)
        valid = (each.scores[0] != NODATA_SCORE) & truth.is_known
        ground = ground_of(valid)
        smallest = spec.min_area / each.grid.pixel_area
        wanted = truth.outlines.clipped(ground, smallest=smallest)
        out.append(Sheet(each.scores, ground, wanted.polygons))
    return tuple(out)


def rows_of(way: str, classes: int) -> list[dict[int, float]]:
    """The channels of a model that tells dwellings apart in one way, of those that are trained.

    Args:
        way: One of `WAYS`, or ``none``.
        classes: How many classes there are; the channels of `EXTRAS` follow theirs.

    Returns:
        Weights of the trained channels for each channel of the model.
    """
    rows: list[dict[int, float]] = [{c: 1.0} for c in range(classes)]
    border, core = (classes + EXTRAS.index(name) for name in ("border", "core"))
    further = {"border": {border: 1.0}, "core": {core: 1.0}, "both": {core: 0.5, border: -0.5}}
    return [*rows, further[way]] if way in further else rows


@dataclass(frozen=True)
class Decoding:
    """One way of telling dwellings apart, and what it found."""

    way: str
    """One of `WAYS`, or ``mask only``."""
    separation: Separation | None
    """None: connected patches of the mask."""
    score: BuildingScore

    @property
    def merit(self) -> float:
        """F1 of dwellings, less what a count is wrong by beyond `TOLERATED`."""
        return _merit(self.score)

    def to_dict(self) -> dict[str, object]:
        """One row of a table."""
        settings = {} if self.separation is None else asdict(self.separation)
        return {**settings, "method": self.way, **self.score.to_dict()}


def _merit(score: BuildingScore) -> float:
    return score.f1 - max(0.0, abs(score.count_error) - TOLERATED)


def most_merit(done: BuildingScore, *, rest: int) -> float:
    """The highest merit that a way can still get.

    What is not counted yet may be found perfectly, and more than is labelled never helps: with P
    found of L labelled and M right, F1 is 2 M / (P + L), which each further pair of a found and a
    labelled dwelling raises most where nothing else is found; and a count that is too high already
    gets no lower.

    Args:
        done: Of the areas that were measured.
        rest: Labelled dwellings of those that were not.
    """
    whole = BuildingScore(done.matched + rest, done.predicted + rest, done.labelled + rest)
    least = BuildingScore(0, max(done.predicted, whole.labelled), whole.labelled)
    return whole.f1 - max(0.0, abs(least.count_error) - TOLERATED)


def measure(sheets: Sequence[Sheet], spec: ModelSpec, way: str = "mask only") -> Decoding:
    """What the engine finds with a spec's threshold and separation."""
    parts = [_score(sheet, _classes(sheet, spec), spec) for sheet in sheets]
    return Decoding(way, spec.separation, BuildingScore.total(parts))


class _Measurer:
    """Measures one setting after the other, and nothing twice or in vain."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        self._known: dict[tuple[int, bytes], BuildingScore] = {}
        """By sheet and classes: settings that mark the same pixels find the same dwellings."""

    def measure(self, spec: ModelSpec, way: str, *, goal: float) -> Decoding | None:
        """As `measure`; None as soon as the merit is certain to be below a goal."""
        total, rest = BuildingScore(0, 0, 0), sum(len(s.labelled) for s in self._sheets)
        for number, sheet in enumerate(self._sheets):
            classes = _classes(sheet, spec)
            key = (number, hashlib.sha256(classes.tobytes()).digest())
            if key not in self._known:
                self._known[key] = _score(sheet, classes, spec)
            total = BuildingScore.total([total, self._known[key]])
            rest -= len(sheet.labelled)
            if most_merit(total, rest=rest) < goal - _ROUNDING:
                return None
        return Decoding(way, spec.separation, total)


def _classes(sheet: Sheet, spec: ModelSpec) -> NDArray[np.uint8]:
    """(height, width) of a sheet: what the engine marks, 0 elsewhere."""
    classes = separate(sheet.scores[: spec.channels], spec, row=0, col=0)
    classes[classes == NODATA_SCORE] = 0
    return classes


def _score(sheet: Sheet, classes: NDArray[np.uint8], spec: ModelSpec) -> BuildingScore:
    """How many of the dwellings that classes show are right."""
    smallest = spec.min_area / spec.gsd**2
    found = trace(classes)
    large = shapely.area(found.polygons) >= smallest
    kept = Outlines(found.polygons[large], found.values[large])
    clipped = kept.clipped(sheet.ground, smallest=smallest)
    return score_buildings(list(clipped.polygons), list(sheet.labelled))


def choose_separation(sheets: Sequence[Sheet], spec: ModelSpec, method: str) -> Separation:
    """The settings of a method with the highest `Decoding.merit`.

    Args:
        sheets: Of validation chips; the last channel is the method's.
        spec: Whose threshold marks the mask.
        method: One of `WAYS`.

    Returns:
        Of equals the settings nearest to a threshold of one half and the smallest seeds.
    """
    LOG.info("choosing how to tell dwellings apart: %s", method)
    best: Decoding | None = None
    order = sorted(THRESHOLDS, key=lambda t: abs(t - 0.5))
    seeds = dict.fromkeys(min(MAX_SEED, max(1, round(a / spec.gsd**2))) for a in SEED_METRES2)
    said, measurer = time.monotonic(), _Measurer(sheets)
    for number, (threshold, seed) in enumerate(itertools.product(order, seeds)):
        if time.monotonic() - said >= _PATIENCE:
            said = time.monotonic()
            LOG.info("%d of %d settings tried", number, len(order) * len(seeds))
        tried = replace(
            starting_separation(method, spec.gsd),
            threshold=threshold,
            min_seed=seed,
        )
        goal = -math.inf if best is None else best.merit
        apart = replace(spec, separation=tried)
        found = measurer.measure(apart, method, goal=goal)
        if found is not None and (best is None or found.merit > goal):
            best = found
    if best is None or best.separation is None:
        msg = "no settings to choose from"
        raise ValueError(msg)
    return best.separation


def starting_separation(method: str, gsd: float) -> Separation:
    """Settings that no data was asked for."""
    metres = BORDER_METRES if method == "border" else CORE_METRES
    reach = growth_of(reach_of(metres, gsd))
    kind = "border" if method == "border" else "core"
    return Separation(kind, threshold=0.5, reach=reach, min_seed=1)
