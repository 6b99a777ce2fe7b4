"""How a model tells touching dwellings apart: what its further output channel means.

A mask alone cannot: a row of tents with a pixel between them is one patch. Such a model has one
channel after those of its classes, and `instances.py` parts the mask with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .values import require

OUTPUT = "separation"
"""Name of the output of an ONNX graph that gives the channel; that of the classes is the first."""
METHODS = ("border", "core")
"""What the channel is the probability of; see `Separation.method`."""
MAX_REACH = 32
MAX_SEED = 64


@dataclass(frozen=True)
class Separation:
    """How seeds, one for each dwelling, are found, and how far they grow back into the mask.

    Raises:
        SpecError: A field is out of range.
    """

    method: str
    """``border``: the channel is the probability of lying on the outline of a dwelling, and seeds
    are the class pixels below ``threshold``. ``core``: the probability of lying well inside of
    one, and seeds are the class pixels at or above ``threshold``."""
    threshold: float
    """Probability of the channel that parts seeds from the rest, above 0 and below 1."""
    reach: int
    """Rounds of growth, each by one pixel up, down, left and right: 0 to 32. The corner of a
    rectangle is twice as far as its sides, so this should be twice the width of the outlines."""
    min_seed: int
    """Pixels that a 4-connected part of the seeds must have to count: 1 to 64."""

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
        """How far, in pixels, what lies around a pixel can change its result.

        A round has four steps that each look one pixel further, and a crack between seeds can
        close by all four of them, column by column, so that three a round would not do. Before
        them, whether a part of the seeds has ``min_seed`` pixels shows within ``min_seed - 1`` of
        each of its pixels; after them, whether a pixel that was not reached is a line shows
        within one.
        """
        return 4 * self.reach + (self.min_seed - 1) + 1
