"""Test-time augmentation: the mean over the flips and rotations of each chip.

Imagery from above has no up, but a network never quite learns that; the mean of its answers
depends less on how a roof happens to lie. The price is the time: one run for each view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..ports import Predictor

    View = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class AugmentedPredictor:
    """Predictor that averages another predictor over all views of its chips.

    Square chips have eight views: four turns, each as it is and flipped. Others have the four that
    keep height and width.
    """

    def __init__(self, predictor: Predictor) -> None:
        """Wrap a predictor, with its number of threads and batch size."""
        self._predictor = predictor
        self.workers = predictor.workers
        self.batch_size = predictor.batch_size

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute mean probabilities of normalised chips; see `Predictor.predict`."""
        total = self._predictor.predict(batch).astype(np.float32)
        other_views = views(square=batch.shape[2] == batch.shape[3])[1:]
        for transform, inverse in other_views:
            total += inverse(self._predictor.predict(np.ascontiguousarray(transform(batch))))
        total /= np.float32(len(other_views) + 1)
        return total


def views(*, square: bool) -> list[tuple[View, View]]:
    """List views of (n, channels, height, width) chips and their inverses, the first unchanged."""
    turns = (0, 1, 2, 3) if square else (0, 2)
    return [_view(turn, flip=flip) for flip in (False, True) for turn in turns]


def _view(turn: int, *, flip: bool) -> tuple[View, View]:
    """Make a rotation by quarter turns, with an optional flip, and its inverse."""
    step = -1 if flip else 1

    def transform(chips: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.rot90(chips, turn, axes=(2, 3))[..., ::step]

    def inverse(chips: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.rot90(chips[..., ::step], -turn, axes=(2, 3))

    return transform, inverse
