"""A float model and its quantised form side by side."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.evaluation.pixel import Confusion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.ports import Predictor
    from camp_detector_core.engine.spec import ModelSpec

TURNS = 7
"""Number of runs of each model for the ratio of their throughputs."""


@dataclass(frozen=True)
class Tile:
    """A labelled chip."""

    image: NDArray[np.float32]
    """(bands, height, width) normalised."""
    target: NDArray[np.bool_]
    """(classes, height, width), True on dwellings."""
    valid: NDArray[np.bool_]
    """(height, width), True where pixels and labels are known."""


@dataclass(frozen=True)
class Fidelity:
    """Differences between the quantised model and the float one."""

    iou_float: float
    iou_int8: float
    """IoU of the masks with the labels, pixels of all classes together."""
    agreement: float
    """IoU of the two masks with each other."""
    largest: float
    mean: float
    """Difference of a probability of a class."""
    separation_largest: float | None = None
    separation_mean: float | None = None
    """The same for what tells dwellings apart, where the model has it."""

    @property
    def loss(self) -> float:
        """IoU that is lost; below 0 if some is gained."""
        return self.iou_float - self.iou_int8

    @property
    def separation_error(self) -> float:
        """The mean difference of what tells dwellings apart; 0 where the model has nothing."""
        return self.separation_mean or 0.0


def predict(predictor: Predictor, tiles: Sequence[Tile]) -> list[NDArray[np.float32]]:
    """Probabilities (channels, height, width) of each tile."""
    return [predictor.predict(t.image[None])[0] for t in tiles]


def compare(
    tiles: Sequence[Tile],
    before: Sequence[NDArray[np.float32]],
    after: Sequence[NDArray[np.float32]],
    *,
    spec: ModelSpec,
) -> Fidelity:
    """Compare two models' probabilities with the labels and with each other.

    Args:
        tiles: What was predicted.
        before: Of the float model, from `predict`.
        after: Of the quantised one.
        spec: Number of classes and threshold.
    """
    count = len(spec.classes)
    first, second, agreement = [], [], []
    for tile, a, b in zip(tiles, before, after, strict=True):
        valid = np.broadcast_to(tile.valid, tile.target.shape)
        truth = tile.target[valid]
        one, two = (p[:count][valid] >= spec.threshold for p in (a, b))
        first.append(Confusion.of(one, truth))
        second.append(Confusion.of(two, truth))
        agreement.append(Confusion.of(two, one))
    changes = [np.abs(a - b) for a, b in zip(before, after, strict=True)]
    largest, mean = _size([c[:count] for c in changes])
    separation_changes = [c[count:] for c in changes if c.shape[0] > count]
    more = _size(separation_changes) if separation_changes else (None, None)
    return Fidelity(
        iou_float=Confusion.total(first).iou,
        iou_int8=Confusion.total(second).iou,
        agreement=Confusion.total(agreement).iou,
        largest=largest,
        mean=mean,
        separation_largest=more[0],
        separation_mean=more[1],
    )


def speed_ratio(
    before: Predictor, after: Predictor, chip: NDArray[np.float32], *, turns: int = TURNS
) -> float:
    """Return the throughput of ``after`` over that of ``before``, on one processor.

    Processor time counts; the two run in turn and the ratio is taken turn by turn. So a machine
    that others use too spoils it least.

    Args:
        before: The slower one, hopefully; on one thread.
        after: The other; on one thread.
        chip: (bands, height, width) normalised.
        turns: How often each runs, beside once to warm up.
    """
    ratios = []
    for turn in range(turns + 1):
        seconds = [_seconds(p, chip[None]) for p in (before, after)]
        if turn:
            ratios.append(seconds[0] / seconds[1])
    return statistics.median(ratios)


def _seconds(predictor: Predictor, batch: NDArray[np.float32]) -> float:
    """Processor time of one run, above 0: of several, where a coarse clock needs them to tick."""
    runs, spent, start = 0, 0.0, time.process_time()
    while spent <= 0:
        predictor.predict(batch)
        runs, spent = runs + 1, time.process_time() - start
    return spent / runs


def _size(changes: Sequence[NDArray[np.float32]]) -> tuple[float, float]:
    """Largest and mean."""
    total = sum(float(c.sum(dtype=np.float64)) for c in changes)
    return max(float(c.max()) for c in changes), total / sum(c.size for c in changes)
