"""Predictor that caches the scores of recent chips."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..ports import Predictor

_MEMORY = 256 << 20
"""Cache size in bytes of each object; a host may make several."""


class CachedPredictor:
    """Predictor that caches the recent answers of another one.

    Neighbouring tiles share the chips along their common sides; a chip is identified
    by its pixels, since the position of a tile is unknown.
    """

    def __init__(self, predictor: Predictor, *, memory: int = _MEMORY) -> None:
        """Wrap a predictor, with its number of threads and batch size.

        Args:
            predictor: The model.
            memory: Largest size of the cached answers, bytes.
        """
        self._predictor = predictor
        self._memory = memory
        self._lock = threading.Lock()
        self._answers: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._size = 0
        self.workers = predictor.workers
        self.batch_size = predictor.batch_size

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute probabilities of normalised chips; see `Predictor.predict`."""
        keys = [_key(chip) for chip in batch]
        with self._lock:
            answers = {key: self._answers[key] for key in keys if key in self._answers}
            for key in answers:
                self._answers.move_to_end(key)
        new_chips = {key: i for i, key in enumerate(keys) if key not in answers}
        if new_chips:
            new_answers = self._predictor.predict(batch[list(new_chips.values())])
            for key, answer in zip(new_chips, new_answers):
                answers[key] = answer
                self._store(key, answer)
        return np.stack([answers[key] for key in keys])

    def _store(self, key: bytes, answer: NDArray[np.float32]) -> None:
        if answer.nbytes > self._memory:
            return
        with self._lock:
            if key not in self._answers:
                # A copy, so that one answer does not hold the memory of its whole batch.
                self._answers[key] = answer.copy()
                self._size += answer.nbytes
            while self._size > self._memory:
                self._size -= self._answers.popitem(last=False)[1].nbytes


def _key(chip: NDArray[np.float32]) -> bytes:
    shape = np.array(chip.shape, np.int64).tobytes()
    return hashlib.blake2b(np.ascontiguousarray(chip).data, digest_size=20, key=shape).digest()
