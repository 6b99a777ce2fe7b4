"""Separation of touching dwellings by a further output channel of the model.

A mask alone cannot: a row of tents with a pixel between them is one patch. Such a model has one
channel after those of its classes, and `instances.py` parts the mask with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .values import require

OUTPUT = "separation"
"""Name of the ONNX output with the channel; the output of the classes comes first."""
METHODS = ("border", "core")
"""Meanings of the channel; see `Separation.method`."""
MAX_REACH = 32
MAX_SEED = 64


@dataclass(frozen=True)
class Separation:
    """Way to find seeds, one per dwelling, and to grow them back into the mask.

    Raises:
        SpecError: A field is out of range.
    """

    method: str
    """Meaning of the channel. ``border``: the probability of lying on a dwelling's outline; seeds
    are the class pixels below ``threshold``. ``core``: the probability of lying well inside of one;
    seeds are the class pixels at or above ``threshold``."""
    threshold: float
    """Probability of the channel at the limit of seeds, above 0 and below 1."""
    reach: int
    """Rounds of growth, each by one pixel up, down, left and right: 0 to 32. The corner of a
    rectangle is twice as far as its sides, so this should be twice the width of the outlines."""
    min_seed: int
    """Smallest 4-connected part of the seeds in pixels that counts: 1 to 64."""

    def __post_init__(self) -> None:
        """Check each field."""
        require(
            self.method in METHODS,
            f"separation: method must be one of {', '.join(METHODS)}, got {self.method!r:.50}",
        )
        require(
            0 < self.threshold < 1,
            f"separation: threshold must be above 0 and below 1, got {self.threshold}",
        )
        require(
            0 <= self.reach <= MAX_REACH,
            f"separation: reach must be 0 to {MAX_REACH} pixels, got {self.reach}",
        )
        require(
            1 <= self.min_seed <= MAX_SEED,
            f"separation: min_seed must be 1 to {MAX_SEED} pixels, got {self.min_seed}",
        )

    @property
    def halo(self) -> int:
        """Distance in pixels within which other pixels can change a pixel's result.

        A round has four steps that each look one pixel further, and a crack between seeds can
        close by all four of them, column by column, so that three a round would not do. Before
        them, whether a part of the seeds has ``min_seed`` pixels shows within ``min_seed - 1`` of
        each of its pixels; after them, whether a pixel that was not reached is a line shows
        within one.
        """
        return 4 * self.reach + (self.min_seed - 1) + 1
