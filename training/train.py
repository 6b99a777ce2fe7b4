"""`train_model`: from options to exported and evaluated models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightning

from training.artefacts.finish import TrainResult, finish_run
from training.artefacts.trained_model import TrainedModel
from training.data.datamodule import CampDataModule
from training.data.statistics import calculate_dataset_statistics
from training.fit.description import build_spec, spec_of_run
from training.fit.fitting import CHECKPOINTS, LAST, TrainError, fit, new_network
from training.fit.record import note_labels, nothing_left, resume_run, start_run
from training.fit.run_folder import RunFolder
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lightning.pytorch.loggers import Logger

    from training.fit.options import TrainOptions


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
        if not options.resume:
            note_labels(options)
        write_json(options.out / "statistics.json", _statistics(data))
        built = new_network(options)
    network = fit(built, data, options, loggers=loggers, resume_from=resume_from)
    chips = {part: len(data.part(part)) for part in ("train", "val", "test")}
    model = TrainedModel(
        network,
        spec_of_run(options, built, chips),
        options.separation,
        has_threshold=options.model.own_threshold is not None,
        separation=None if options.model.settings is None else options.model.settings.separation,
        is_plain=options.architecture == "reference",
        opset=options.model.opset,
    )
    return finish_run(model, data, RunFolder(options.out, options))


def _prepare(options: TrainOptions) -> tuple[TrainOptions, str | None]:
    """Make the folder; what the run does, and the checkpoint to go on from (None: a new run).

    Raises:
        TrainError: The folder is none for this run.
        SpecError: The model could not be described, which else would show after the work.
    """
    build_spec(options)
    last = options.out / CHECKPOINTS / LAST
    if options.resume and not last.is_file():
        msg = f"{options.out} holds no checkpoint to resume from"
        raise TrainError(msg, remedy="start without {resume}")
    if not options.resume and last.exists():
        msg = f"{options.out} holds another run"
        raise TrainError(msg, remedy="say {resume} to go on, or give another {out}")
    try:
        if options.resume:
            return resume_run(options), str(last)
        start_run(options)
    except OSError as error:
        msg = f"{options.out} cannot be written: {error.strerror}"
        raise TrainError(msg) from error
    return options, None


def _sources(data: CampDataModule) -> str:
    places = data.options.learned()
    return " and ".join(f"{p.labels} holds the labels of {p.chips}" for p in places)


def _statistics(data: CampDataModule) -> dict[str, Any]:
    """Figures of the dataset; reads every chip once, so that broken ones are found here.

    Raises:
        TrainError: There is nothing to learn.
    """
    statistics = calculate_dataset_statistics(data)
    if not any(statistics["train"]["class_share"].values()):
        msg = (
            f"none of the {statistics['train']['chips']} chips for training shows a labelled "
            f"pixel: check that {_sources(data)}"
        )
        raise TrainError(msg)
    return statistics
