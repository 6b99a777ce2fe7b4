"""Test-time augmentation: ask a model about each chip in all its flips and turns, and average.

Imagery from above has no up, but a network never quite learns that; the mean of its answers
depends less on how a roof happens to lie. The price is the time: one run for each view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .ports import Predictor

    View = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class Augmented:
    """A `Predictor` that gives the mean of another one's answers to all views of its chips.

    Square chips have eight views: four turns, each as it is and flipped. Others have the four that
    keep height and width.
    """

    def __init__(self, predictor: Predictor) -> None:
        """Wrap a predictor; what it asks for in threads and batches stays the same."""
        self._predictor = predictor
        self.workers = predictor.workers
        self.batch_size = predictor.batch_size

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mean probabilities of normalised chips; see `Predictor.predict`.

        Args:
            batch: (n, bands, height, width) float32.

        Returns:
            (n, channels, height, width) float32 in [0, 1].

        Raises:
            PredictorError: The model cannot be run.
        """
        total = self._predictor.predict(batch).astype(np.float32)
        others = views(square=batch.shape[2] == batch.shape[3])[1:]
        for there, back in others:
            total += back(self._predictor.predict(np.ascontiguousarray(there(batch))))
        total /= np.float32(len(others) + 1)
        return total


def views(*, square: bool) -> list[tuple[View, View]]:
    """Each view of (n, channels, height, width) chips with the way back; the first is none."""
    turns = (0, 1, 2, 3) if square else (0, 2)
    return [_view(turn, flipped=flipped) for flipped in (False, True) for turn in turns]


def _view(turn: int, *, flipped: bool) -> tuple[View, View]:
    """Some quarter turns, then perhaps left and right exchanged; and the way back."""
    step = -1 if flipped else 1

    def there(chips: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.rot90(chips, turn, axes=(2, 3))[..., ::step]

    def back(chips: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.rot90(chips[..., ::step], -turn, axes=(2, 3))

    return there, back
