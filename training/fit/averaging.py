"""The running average of the weights, which is what is validated and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightning.pytorch.callbacks import WeightAveraging

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Update = Callable[[list[Tensor], list[Tensor], Tensor | int], None]


class RunningAverage(WeightAveraging):
    """An exponential average that forgets the beginning of a run sooner.

    After n updates the share of the old is at most ``(1 + n) / (10 + n)``, so that a short run is
    not judged by the weights that it began with.
    """

    def __init__(self, share: float) -> None:
        """Start without an average.

        Args:
            share: Of the old, in the long run; 0 or more and below 1.
        """
        super().__init__(multi_avg_fn=averaging(share))


def averaging(share: float) -> Update:
    """Return the function that moves averages towards present values, in place."""

    def update(averages: list[Tensor], values: list[Tensor], count: Tensor | int) -> None:
        updates = int(count)
        step = 1 - min(share, (1 + updates) / (10 + updates))
        for average, value in zip(averages, values, strict=True):
            if average.is_floating_point():
                average.lerp_(value, step)
            else:  # counters of batches
                average.copy_(value)

    return update
