"""A predictor that knows again the chips that it was asked about lately."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .ports import Predictor

_MEMORY = 256 << 20
"""Bytes that each object keeps; where a host makes several, each keeps as many."""


class Remembering:
    """A `Predictor` that keeps the last answers of another one.

    Tiles that are done one after the other share the chips along their common sides; each is told
    from its pixels, since nothing says where a tile lies.
    """

    def __init__(self, predictor: Predictor, *, memory: int = _MEMORY) -> None:
        """Wrap a predictor; what it asks for in threads and batches stays the same.

        Args:
            predictor: The model.
            memory: Most bytes of answers to keep.
        """
        self._predictor = predictor
        self._memory = memory
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._size = 0
        self.workers = predictor.workers
        self.batch_size = predictor.batch_size

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of normalised chips; see `Predictor.predict`.

        Args:
            batch: (n, bands, height, width) float32.

        Returns:
            (n, channels, height, width) float32 in [0, 1].

        Raises:
            PredictorError: The model cannot be run.
        """
        keys = [_key(chip) for chip in batch]
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        missing = {key: i for i, key in enumerate(keys) if key not in found}
        if missing:
            new = self._predictor.predict(batch[list(missing.values())])
            for key, answer in zip(missing, new):
                found[key] = answer
                self._keep(key, answer)
        return np.stack([found[key] for key in keys])

    def _keep(self, key: bytes, answer: NDArray[np.float32]) -> None:
        if answer.nbytes > self._memory:
            return
        with self._lock:
            if key not in self._kept:
                # A copy, so that one answer does not hold the memory of its whole batch.
                self._kept[key] = answer.copy()
                self._size += answer.nbytes
            while self._size > self._memory:
                self._size -= self._kept.popitem(last=False)[1].nbytes


def _key(chip: NDArray[np.float32]) -> bytes:
    shape = np.array(chip.shape, np.int64).tobytes()
    return hashlib.blake2b(np.ascontiguousarray(chip).data, digest_size=20, key=shape).digest()
