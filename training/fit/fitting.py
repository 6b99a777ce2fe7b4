"""Fit a network to the samples of a data module, and give back its best weights."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, LearningRateMonitor
from lightning.pytorch.loggers import CSVLogger

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.network.unet import BuiltNetwork, build_network, load_state, read_weights
from training.fit.averaging import RunningAverage
from training.fit.checkpoints import NamedCheckpoint
from training.fit.record import LOGS
from training.fit.reference import ReferenceNetwork
from training.fit.start import started_network
from training.fit.system import choose_precision
from training.fit.task import EpochLines, LitRefugeeCamp, TimeLimit
from training.fit.times import TimeShares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightning.pytorch.loggers import Logger
    from torch import nn

    from training.data.datamodule import CampDataModule
    from training.fit.options import TrainOptions

LOG = logging.getLogger(__name__)

CHECKPOINTS = "checkpoints"
LAST = "last.ckpt"


class TrainError(CampDetectorError):
    """A run cannot start or go on."""


def new_network(options: TrainOptions) -> BuiltNetwork:
    """Build the network of a run, with the weights that it begins with.

    Raises:
        NetworkError: There is no such encoder, or a model to start from does not fit the run.
        CampDetectorError: A model to start from cannot be read.
    """
    if options.architecture == "reference":
        network = ReferenceNetwork(bands=len(options.data.bands), classes=len(options.data.classes))
        return BuiltNetwork(network, "random weights")
    if options.network.model is not None:
        return started_network(options, options.network.model)
    return build_network(options.network)


def fit(
    built: BuiltNetwork,
    data: CampDataModule,
    options: TrainOptions,
    *,
    loggers: Sequence[Logger] = (),
    resume_from: str | None = None,
) -> nn.Module:
    """Fit a network, and return it with the weights of the lowest validation loss, on the CPU.

    Args:
        built: From `new_network`; its network is changed in place.
        data: Samples of the run.
        options: Options of the run.
        loggers: Lightning loggers beside the CSV files.
        resume_from: Checkpoint to go on from.

    Raises:
        TrainError: Fitting ended before the first validation.
        KeyboardInterrupt: The run was stopped.
    """
    if not (built.has_statistics or options.optim.freeze_statistics):
        LOG.info("statistics of batch normalisation stay as they are: the start has none")
    task = LitRefugeeCamp(
        built.network,
        optim=options.optim,
        frozen=options.optim.freeze_statistics or not built.has_statistics,
        gsd=options.data.gsd,
        plain=options.architecture == "reference",
    )
    with warnings.catch_warnings():
        # Lightning's way of walking through a batch: nothing that a user could change. Of a
        # resumed run it says that it deletes logs, which lie under other names by now.
        # And frozen batch normalisation is in evaluation mode on purpose.
        for message in (
            r".*isinstance\(treespec, LeafSpec\)",
            r"(Experiment logs|Checkpoint) dir",
            r"Found \d+ module\(s\) in eval mode",
        ):
            warnings.filterwarnings("ignore", message=message)
        trainer, checkpoint = _trainer(options, loggers)
        try:
            trainer.fit(
                task, data, ckpt_path=resume_from, weights_only=True if resume_from else None
            )
        except SystemExit as stop:  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from stop
    LOG.info("fitted for %.1f minutes; now measuring and exporting", task.seconds() / 60)
    return _best(task, checkpoint)


def _trainer(
    options: TrainOptions, loggers: Sequence[Logger]
) -> tuple[lightning.Trainer, NamedCheckpoint]:
    folder = options.out / CHECKPOINTS
    checkpoint = NamedCheckpoint(
        folder, filename="best", monitor="val_loss", enable_version_counter=False
    )
    # Its own callback, because ``save_last`` saves only where the monitored value got better.
    latest = NamedCheckpoint(folder, filename=Path(LAST).stem, enable_version_counter=False)
    callbacks: list[lightning.Callback] = [
        checkpoint,
        latest,
        EarlyStopping("val_loss", patience=options.optim.patience),
        LearningRateMonitor("epoch"),
        EpochLines(),
        TimeShares(),
    ]
    if options.optim.average and options.architecture != "reference":
        callbacks.append(RunningAverage(options.optim.average))
    if options.optim.minutes is not None:
        callbacks.append(TimeLimit(options.optim.minutes))
    trainer = lightning.Trainer(
        accelerator="auto",
        devices=1,
        precision=choose_precision(),
        max_epochs=1 if options.fast_dev_run else options.optim.epochs,
        logger=[CSVLogger(options.out, name="", version=LOGS), *loggers],
        callbacks=callbacks,
        gradient_clip_val=1.0,
        num_sanity_val_steps=0,
        log_every_n_steps=1,
        enable_model_summary=False,
        enable_progress_bar=False,  # one line an epoch reads the same on a terminal and in a file
        limit_train_batches=1 if options.fast_dev_run else None,
        limit_val_batches=1 if options.fast_dev_run else None,
    )
    return trainer, checkpoint


def _best(task: LitRefugeeCamp, checkpoint: NamedCheckpoint) -> nn.Module:
    """The network with the weights of the lowest validation loss, on the CPU."""
    if not checkpoint.best_model_path:
        msg = "training ended before the first validation: give it more minutes"
        raise TrainError(msg)
    path = Path(checkpoint.best_model_path)
    load_state(task.network, read_weights(path)[0], origin=path)
    network: nn.Module = task.network.cpu().float().eval()
    return network.to(memory_format=torch.contiguous_format)
