"""The labels of a chip, whatever they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from training.data.chips import Chip


@dataclass(frozen=True)
class ChipLabels:
    """The labels of a chip."""

    classes: NDArray[np.uint8]
    """(height, width) class values, 0 for background."""
    is_known: NDArray[np.bool_]
    """(height, width), True where the labels say something."""
    is_certain: NDArray[np.bool_]
    """(height, width), True where the class counts: known, and outside the band around outlines
    in which either class may be right."""
    owner: NDArray[np.int32]
    """(height, width) which dwelling a pixel belongs to, 0 for none; the same for a dwelling on all
    chips. Where labels do not tell dwellings apart, all of a class have one number."""


class Labels(Protocol):
    """Gives the classes of a chip's pixels."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what a user may not expect of the labels."""

    def covers(self, chip: Chip) -> bool:
        """Return True if the chip has labels."""

    def read(self, chip: Chip) -> ChipLabels:
        """The labels of a whole chip."""
