"""`train_model`: from options to exported and evaluated models."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
from lightning.pytorch.callbacks import (
    EarlyStopping,
    LearningRateMonitor,
)
from lightning.pytorch.loggers import CSVLogger

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.network import BuiltNetwork, build_network, load_state, read_state
from training.artefacts.description import build_spec
from training.artefacts.finish import TrainResult, finish_run
from training.data.datamodule import CampDataModule
from training.data.statistics import calculate_dataset_statistics
from training.fit.averaging import RunningAverage
from training.fit.checkpoints import NamedCheckpoint
from training.fit.record import LOGS, nothing_left, resume_run, start_run
from training.fit.reference import ReferenceNetwork
from training.fit.system import choose_precision
from training.fit.task import EpochLines, LitRefugeeCamp, TimeLimit
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lightning.pytorch.loggers import Logger
    from torch import nn

    from training.fit.options import TrainOptions

LOG = logging.getLogger(__name__)

CHECKPOINTS = "checkpoints"
LAST = "last.ckpt"


class TrainError(CampDetectorError):
    """A run cannot start or go on."""


def train_model(
    options: TrainOptions,
    *,
    loggers: Sequence[Logger] = (),
    begin: Callable[[TrainOptions], Sequence[Logger]] | None = None,
) -> TrainResult:
    """Train, export, evaluate.

    Writes into ``options.out``: ``options.json``, ``run.json``, ``system.json``, ``split.json``,
    ``statistics.json``, ``log/`` (metrics as CSV), ``checkpoints/``, ``meta/`` (the exports) and
    ``evaluation/``. A resumed run keeps the split, options and first command of its beginning. One
    that is refused before its first step leaves nothing.

    Args:
        options: All that can be told.
        loggers: Lightning loggers beside the CSV files.
        begin: Called once the folder is the run's and before any work; gives further loggers.

    Raises:
        TrainError: The folder holds another run, or nothing to resume.
        CampDetectorError: Data cannot be read, or an export differs from the network.
        KeyboardInterrupt: The run was stopped.
    """
    with nothing_left(options):
        options, resume_from = _prepare(options)
        if begin is not None:
            loggers = [*loggers, *begin(options)]
        lightning.seed_everything(options.data.seed, workers=True, verbose=False)
        data = CampDataModule(options.data, split_file=options.out / "split.json")
        write_json(options.out / "statistics.json", _statistics(data))
        built = _network(options)
    task = LitRefugeeCamp(
        built.network,
        optim=options.optim,
        gsd=options.data.gsd,
        plain=options.architecture == "reference",
    )
    with warnings.catch_warnings():
        # Lightning's way of walking through a batch: nothing that a user could change. Of a
        # resumed run it says that it deletes logs, which lie under other names by now.
        for message in (r".*isinstance\(treespec, LeafSpec\)", r"(Experiment logs|Checkpoint) dir"):
            warnings.filterwarnings("ignore", message=message)
        trainer, checkpoint = _trainer(options, loggers)
        try:
            trainer.fit(
                task, data, ckpt_path=resume_from, weights_only=True if resume_from else None
            )
        except SystemExit as ended:  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from ended
    LOG.info("fitted for %.1f minutes; now measuring and exporting", task.seconds() / 60)
    best = _best(task, checkpoint)
    return finish_run(options, data, built=built, network=best)


def _prepare(options: TrainOptions) -> tuple[TrainOptions, str | None]:
    """Make the folder; what the run does, and the checkpoint to go on from (None: a new run).

    Raises:
        TrainError: The folder is none for this run.
        SpecError: The model could not be described, which else would show after the work.
    """
    threshold = options.model.threshold
    build_spec(
        options, threshold=0.5 if threshold is None else threshold, attribution=(), provenance={}
    )
    last = options.out / CHECKPOINTS / LAST
    if options.resume and not last.is_file():
        msg = f"{options.out} holds no checkpoint to resume from: start without --resume"
        raise TrainError(msg)
    if not options.resume and last.exists():
        msg = f"{options.out} holds another run: say --resume to go on, or give another --out"
        raise TrainError(msg)
    try:
        if options.resume:
            return resume_run(options), str(last)
        start_run(options)
    except OSError as error:
        msg = f"{options.out} cannot be written: {error.strerror}"
        raise TrainError(msg) from error
    return options, None


def _statistics(data: CampDataModule) -> dict[str, Any]:
    """Figures of the dataset; reads every chip once, so that broken ones are found here.

    Raises:
        TrainError: There is nothing to learn.
    """
    found = calculate_dataset_statistics(data)
    if not any(found["train"]["class_share"].values()):
        msg = (
            f"none of the {found['train']['chips']} chips for training shows a labelled pixel: "
            f"check that {data.options.labels} holds the labels of {data.options.chips}"
        )
        raise TrainError(msg)
    return found


def _network(options: TrainOptions) -> BuiltNetwork:
    if options.architecture == "reference":
        network = ReferenceNetwork(bands=len(options.data.bands), classes=len(options.data.classes))
        return BuiltNetwork(network, "random weights")
    return build_network(options.network)


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
    load_state(task.network, read_state(path), origin=path)
    network: nn.Module = task.network.cpu().float().eval()
    return network.to(memory_format=torch.contiguous_format)
