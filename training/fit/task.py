"""`LitRefugeeCamp`: loss, optimiser, schedule and metrics around a network."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Any

import lightning
import torch
from torchmetrics import MetricCollection
from torchmetrics.classification import (
    BinaryF1Score,
    BinaryJaccardIndex,
    BinaryPrecision,
    BinaryRecall,
)

from training.fit.depthwise import SingleDepthwise
from training.fit.keeping import StartWeights, freeze_statistics
from training.fit.loss import gaps, soft_dice, weighted_bce

if TYPE_CHECKING:
    from lightning.pytorch.utilities.types import OptimizerLRScheduler
    from torch import Tensor, nn

    from training.data.samples import Sample
    from training.fit.options import OptimOptions

LOG = logging.getLogger(__name__)

FINAL_RATE = 0.01
"""Learning rate at the end, as a share of the highest."""


def rate_factor(progress: float, *, warmup: float) -> float:
    """Share of the highest learning rate: a linear rise, then half a cosine.

    Args:
        progress: How much of the run is done, 0 to 1.
        warmup: Share of the run in which it rises.
    """
    progress = min(max(progress, 0.0), 1.0)
    if progress < warmup:
        return max(progress / warmup, 1e-3)
    share = (progress - warmup) / (1 - warmup)
    return FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + math.cos(math.pi * share))


class LitRefugeeCamp(lightning.LightningModule):
    """Trains a network that gives logits of chips that the engine's `normalise` has scaled."""

    def __init__(
        self,
        network: nn.Module,
        *,
        optim: OptimOptions,
        gsd: float,
        plain: bool = False,
        frozen: bool = False,
    ) -> None:
        """Take a network.

        Args:
            network: (n, bands, height, width) to logits (n, channels, height, width): those of the
                classes, and where it has more those of `training.fit.options.EXTRAS`.
            optim: How its weights are sought.
            gsd: Metres a pixel, for lengths in the loss.
            plain: Binary cross-entropy alone and Adam, as the reference network is trained.
            frozen: Keep the statistics of batch normalisation as they are.
        """
        super().__init__()
        # Two cores run convolutions a third faster on channels-last tensors.
        self.network = network.to(memory_format=torch.channels_last)
        self.optim = optim
        self.plain = plain
        self.frozen = frozen
        self._start = StartWeights(network) if optim.start_decay else None
        self.gap_reach = round(optim.gap_metres / gsd / 2)
        self.elapsed = 0.0
        """Seconds of fitting before this process took over."""
        self._started: float | None = None
        metrics = MetricCollection(
            {
                "iou": BinaryJaccardIndex(),
                "f1": BinaryF1Score(),
                "precision": BinaryPrecision(),
                "recall": BinaryRecall(),
            }
        )
        if frozen:
            freeze_statistics(self.network)
        self.train_metrics = metrics.clone(prefix="train_")
        self.val_metrics = metrics.clone(prefix="val_")

    def train(self, mode: bool = True) -> LitRefugeeCamp:  # noqa: FBT001, FBT002 - torch's
        """Switch between training and evaluation; frozen statistics stay frozen."""
        super().train(mode)
        if self.frozen:
            freeze_statistics(self.network)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        with SingleDepthwise():
            out: Tensor = self.network(x.contiguous(memory_format=torch.channels_last))
        return out

    def loss(self, logits: Tensor, batch: Sample) -> Tensor:
        """Cross-entropy and Dice over valid pixels, of the classes and of what tells them apart."""
        target = batch["target"]
        classes = target.shape[1]
        logits, extra = logits[:, :classes].float(), logits[:, classes:].float()
        valid = batch["valid"][:, None].float()
        if self.plain:
            return weighted_bce(logits, target, valid.expand_as(target))
        weight = 1 + (self.optim.gap_weight - 1) * gaps(target, reach=self.gap_reach)
        loss = weighted_bce(logits, target, weight * valid) + soft_dice(logits, target, valid)
        if not extra.shape[1]:
            return loss
        valid = batch["extra_valid"][:, None].float()
        weight = 1 + (self.optim.contact_weight - 1) * batch["contact"][:, None].float()
        separation = weighted_bce(extra, batch["extra"], (weight * valid).expand_as(extra))
        return loss + separation + soft_dice(extra, batch["extra"], valid)

    def training_step(self, batch: Sample, batch_idx: int) -> Tensor:  # noqa: ARG002 - Lightning's
        """One batch."""
        logits = self(batch["image"])
        loss = self.loss(logits, batch)
        self._measure(self.train_metrics, logits.detach(), batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, prog_bar=True)
        self.log_dict(self.train_metrics, on_step=False, on_epoch=True)
        return loss

    def on_train_batch_end(self, *_: object) -> None:
        """Draw the weights back towards those of the start."""
        if self._start is not None:
            rate = float(self.trainer.optimizers[0].param_groups[0]["lr"])
            self._start.draw(self.network, rate * self.optim.start_decay)

    def validation_step(self, batch: Sample, batch_idx: int) -> None:  # noqa: ARG002 - Lightning's
        """One batch."""
        logits = self(batch["image"])
        loss = self.loss(logits, batch)
        self._measure(self.val_metrics, logits, batch)
        size = int(batch["valid"].sum())
        self.log("val_loss", loss, batch_size=max(1, size), prog_bar=True)
        self.log_dict(self.val_metrics, prog_bar=True, batch_size=max(1, size))

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW with a warm-up and a cosine by steps; Adam at a constant rate where plain."""
        weights = self.network.parameters()
        if self.plain:
            return torch.optim.Adam(weights, lr=self.optim.lr)
        optimiser = torch.optim.AdamW(
            weights,
            lr=self.optim.lr,
            weight_decay=0.0 if self.optim.start_decay else self.optim.weight_decay,
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda _: rate_factor(self.progress(), warmup=self.optim.warmup)
        )
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def progress(self) -> float:
        """Share of the run that is done: the greater of the shares of its steps and of its time."""
        share = self.trainer.global_step / max(1, self.trainer.estimated_stepping_batches)
        if self.optim.minutes is not None:
            share = max(share, self.seconds() / (60 * self.optim.minutes))
        return share

    def seconds(self) -> float:
        """Seconds of fitting so far, over all processes that took part in the run."""
        seconds = 0.0 if self._started is None else time.monotonic() - self._started
        return self.elapsed + seconds

    def on_fit_start(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the time spent."""
        checkpoint["fit_seconds"] = self.seconds()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the time spent."""
        self.elapsed = float(checkpoint.get("fit_seconds", 0.0))

    def _measure(self, metrics: MetricCollection, logits: Tensor, batch: Sample) -> None:
        target = batch["target"]
        valid = batch["valid"][:, None].expand_as(target)
        if valid.any():
            probability = torch.sigmoid(logits[:, : target.shape[1]][valid].float())
            metrics.update(probability, target[valid].int())


class TimeLimit(lightning.Callback):
    """Stops the run when its minutes are over, counted over all processes that took part."""

    def __init__(self, minutes: float) -> None:
        """Set the limit."""
        self._seconds = minutes * 60

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        *_: object,
    ) -> None:
        """Look at the clock."""
        if isinstance(pl_module, LitRefugeeCamp) and pl_module.seconds() >= self._seconds:
            trainer.should_stop = True


class EpochLines(lightning.Callback):
    """Says one line after each validation."""

    def on_validation_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Say epoch, steps, minutes and figures."""
        if not isinstance(pl_module, LitRefugeeCamp):
            return
        figures = {k: float(v) for k, v in trainer.callback_metrics.items()}
        names = ("val_loss", "val_iou", "val_precision", "val_recall")
        LOG.info(
            "epoch %d, step %d, %.1f min: %s",
            trainer.current_epoch,
            trainer.global_step,
            pl_module.seconds() / 60,
            ", ".join(f"{k} {figures[k]:.4f}" for k in names if k in figures),
        )
