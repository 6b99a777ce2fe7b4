"""Confidence intervals of figures, from blocks of ground that are drawn again.

The percentile interval of the bootstrap: B. Efron and R. Tibshirani, "An Introduction to the
Bootstrap", Chapman & Hall 1993, chapter 13. What is drawn, with replacement, are whole blocks and
not dwellings or pixels, since neighbours are right or wrong together: the cluster bootstrap of
C. Field and A. Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B
69 (2007), 369-390. Such an interval says how the figures would vary over ground of the same kind;
it says nothing about another camp, another season or another sensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.cli.words import COMMAND
from training.evaluation.blocks import Blocks, figures_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 5
"""Blocks below which there is no interval: drawn again they hold next to no news."""
NO_INTERVAL = (
    f"fewer than {FEWEST} blocks of ground: no interval can be given; measure more ground, or name "
    f"smaller {COMMAND.parameter('block_metres', None)}"
)
LEVEL = 0.95
_LEAST_ROUNDS = 0.95
"""Share of the rounds in which a figure must be defined."""


@dataclass(frozen=True)
class Rounds:
    """Weights of the blocks in each round of drawing."""

    count: int = 1000
    seed: int = 0

    def weights(self, blocks: int) -> NDArray[np.int64]:
        """(count, blocks) how often each block is drawn in each round."""
        rng = np.random.default_rng(self.seed)
        out: NDArray[np.int64] = rng.multinomial(blocks, np.full(blocks, 1 / blocks), self.count)
        return out


def intervals(blocks: Blocks, rounds: Rounds | None = None) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each figure of `figures_of`.

    Returns:
        By name; empty where there are fewer than `FEWEST` blocks, without those figures that are
        not defined in nearly all rounds (the count error where blocks are mostly without labels).
    """
    if len(blocks.counts) < FEWEST:
        return {}
    weights = (rounds or Rounds()).weights(len(blocks.counts))
    return _bounds(figures_of(weights @ blocks.counts))


def difference_intervals(
    one: Blocks, other: Blocks, rounds: Rounds | None = None
) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each figure of one less that of the other, on the same ground.

    Both are taken from the same blocks in each round, so that what is hard for both cancels.
    """
    places = np.unique(np.concatenate((one.places, other.places)), axis=0)
    if len(places) < FEWEST:
        return {}
    weights = (rounds or Rounds()).weights(len(places))
    figures_one, figures_other = (figures_of(weights @ b.at(places)) for b in (one, other))
    with np.errstate(invalid="ignore"):
        return _bounds({name: figures_one[name] - figures_other[name] for name in figures_one})


def _bounds(figures: dict[str, NDArray[np.float64]]) -> dict[str, tuple[float, float]]:
    tail = 100 * (1 - LEVEL) / 2
    out = {}
    for name, values in figures.items():
        finite = values[np.isfinite(values)]
        if len(finite) >= max(1, _LEAST_ROUNDS * len(values)):
            low, high = np.percentile(finite, (tail, 100 - tail))
            out[name] = (float(low), float(high))
    return out
