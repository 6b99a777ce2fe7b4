"""Division of the time of a fit between the network, waiting for samples, and validation."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import lightning

if TYPE_CHECKING:
    from training.data.samples import Sample

LOG = logging.getLogger(__name__)


class TimeShares(lightning.Callback):
    """Says at the end how many samples a second went into fitting, and what took the time."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._samples = 0
        self._network = self._waiting = self._validation = 0.0
        self._mark = self._validation_mark = 0.0

    def on_train_epoch_start(self, *_: object) -> None:
        """Begin to wait for the first batch."""
        self._mark = time.monotonic()

    def on_train_batch_start(self, *_: object) -> None:
        """End of waiting, begin of a step."""
        self._waiting += self._lap()

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,  # noqa: ARG002 - Lightning's
        pl_module: lightning.LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401, ARG002
        batch: Sample,
        *_: object,
    ) -> None:
        """End of a step."""
        self._network += self._lap()
        self._samples += len(batch["image"])

    def on_validation_start(self, *_: object) -> None:
        """Begin of a validation."""
        self._validation_mark = time.monotonic()

    def on_validation_end(self, *_: object) -> None:
        """End of a validation, which is no waiting for samples."""
        self._validation += time.monotonic() - self._validation_mark
        self._mark = time.monotonic()

    def on_fit_end(self, *_: object) -> None:
        """Say it."""
        LOG.info("%s", self.sentence())

    def sentence(self) -> str:
        """Samples a second, and the parts of the time."""
        total = self._network + self._waiting + self._validation
        if not total:
            return "no step was fitted"
        fitting = self._network + self._waiting
        parts = (
            ("the network", self._network),
            ("waiting for samples", self._waiting),
            ("validation", self._validation),
        )
        shares = ", ".join(f"{100 * part / total:.0f} % {name}" for name, part in parts)
        speed = self._samples / fitting if fitting else 0.0
        return f"{self._samples} samples, {speed:.1f} a second; of the time {shares}"

    def _lap(self) -> float:
        """Seconds since the last call or mark."""
        moment = time.monotonic()
        lap, self._mark = moment - self._mark, moment
        return lap
