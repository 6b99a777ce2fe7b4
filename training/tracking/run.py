"""A training as a run of MLflow: begun, watched, ended; and logged later, where that failed."""

from __future__ import annotations

import logging
import os
import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.tracking.experiment import experiment_of, page_of, show_runs_first
from training.tracking.live import LiveLogger, SystemMetrics
from training.tracking.options import (
    EXPERIMENT,
    NO_SERVER,
    LogData,
    NotLoggedError,
    TrackingError,
    TrackOptions,
)
from training.tracking.record import TrackRecord, read_record
from training.tracking.server import address, connect, reason, safe_uri, troubles
from training.tracking.upload import Uploader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lightning.pytorch.loggers import Logger
    from mlflow import MlflowClient

    from training.fit.options import TrainOptions

LOG = logging.getLogger(__name__)

RUN_ID = "MLFLOW_RUN_ID"
"""Set by ``mlflow run``, which has made a run already."""
_SHORT_EPOCHS, _SHORT_MINUTES = 5, 5
_SHORT, _LONG = 1.0, 10.0
"""Seconds between two looks at the machine."""


class Tracker:
    """Follows one training.

    Use `session` around the training, give `begin` to it, and call `finish` after it.
    """

    def __init__(self, options: TrackOptions, *, uri: str | None = None) -> None:
        """Ask MLflow for an answer.

        Args:
            options: What it is told.
            uri: Where it is; None: see `connect`.

        Raises:
            TrackingError: There is none.
        """
        self.options = options
        """Tracking options."""
        self._client = connect(uri)
        self._record: TrackRecord | None = None
        self._folder: Path | None = None
        self._system: SystemMetrics | None = None

    def begin(self, options: TrainOptions) -> Sequence[Logger]:
        """Begin a run, or go on with the one of a resumed training.

        Returns:
            What the trainer shall tell its figures to.

        Raises:
            TrackingError: MLflow does not take it.
        """
        try:
            self._record = _open_run(self._client, options.out, self.options, new=False)
            self._folder = options.out
            self._client.update_run(self._record.run_id, status="RUNNING")
            Uploader(self._client, options.out, self._record).begin()
            page = page_of(self._client, self._record.run_id, safe_uri(address()))
        except troubles() as error:
            msg = f"MLflow at {safe_uri(address())} does not take the run: {reason(error)}"
            remedy = "; put that right, or give {no_track}"
            raise TrackingError(msg, remedy=remedy) from error
        LOG.info("MLflow: run %s at %s", self._record.run_id, page)
        self._system = SystemMetrics(self._record.run_id, seconds=_interval(options))
        self._system.start()
        return [LiveLogger(self._client, self._record.run_id)]

    @contextmanager
    def session(self) -> Iterator[None]:
        """Mark the run as killed or failed if the training does not end well."""
        try:
            yield
        except NotLoggedError:
            raise
        except KeyboardInterrupt:
            self._end("KILLED")
            raise
        except BaseException:
            self._end("FAILED")
            raise
        finally:
            if self._system is not None:
                self._system.stop()

    def finish(self) -> TrackRecord:
        """Log all that the training has left.

        Raises:
            NotLoggedError: It did not come through; the training is kept.
            KeyboardInterrupt: The user stopped it; the training is kept.
        """
        if self._record is None or self._folder is None:
            msg = "the run was not begun"
            raise TrackingError(msg)
        if self._system is not None:
            self._system.stop()
        try:
            Uploader(self._client, self._folder, self._record).all()
            self._client.set_terminated(self._record.run_id, "FINISHED")
        except troubles() as error:
            raise _not_logged(self._folder, error) from error
        except KeyboardInterrupt:
            LOG.warning("The training is finished; %s", _later(self._folder))
            raise
        return self._record

    def _end(self, status: str) -> None:
        if self._record is None:
            return
        try:
            self._client.set_terminated(self._record.run_id, status)
        except troubles() as error:
            LOG.warning("MLflow does not know that the run is %s: %s", status, reason(error))


@dataclass(frozen=True)
class LogChanges:
    """Tracking options that `log_folder` replaces; None changes nothing."""

    experiment: str | None = None
    register: str | None = None
    """A name, or the word ``none``."""
    log_data: LogData | None = None
    new: bool = False
    """Make a new run, whatever the folder knows of earlier ones."""


def log_folder(folder: Path, changes: LogChanges) -> TrackRecord:
    """Log a training that is finished, or what is missing of it.

    Raises:
        TrackingError: MLflow cannot be used, or the folder holds no training.
        NotLoggedError: It did not come through.
    """
    if not (folder / "options.json").is_file():
        msg = f"{folder} is not the folder of a training (it holds no options.json)"
        raise TrackingError(msg)
    before = read_record(folder)
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    client = connect(uri or (before.uri if before else None))
    try:
        record = _open_run(client, folder, _options_of(before, changes), new=changes.new)
        Uploader(client, folder, record).all()
        has_model = (folder / "meta" / "best_model.onnx").is_file()
        if has_model:
            client.set_terminated(record.run_id, "FINISHED")
    except troubles() as error:
        raise _not_logged(folder, error) from error
    if not has_model:
        LOG.warning("%s holds no finished training: what is there was logged", folder)
    return record


def _options_of(record: TrackRecord | None, changes: LogChanges) -> TrackOptions:
    """Return the tracking options of the training, with the changes."""
    register = changes.register or (record.register if record else None)
    return TrackOptions(
        changes.experiment or (record.experiment if record else EXPERIMENT),
        None if register == NO_SERVER else register,
        changes.log_data or (record.log_data if record else "auto"),
    )


def _open_run(
    client: MlflowClient, folder: Path, options: TrackOptions, *, new: bool
) -> TrackRecord:
    """The run of a folder: the one that ``mlflow run`` made, the folder's own, or a new one."""
    before = None if new else read_record(folder)
    given_run_id = os.environ.get(RUN_ID)
    run_id = given_run_id or (
        before.run_id if before and _is_there(client, before.run_id) else None
    )
    if run_id is None:
        run_id = _create(client, folder, options.experiment)
    home = client.get_experiment(client.get_run(run_id).info.experiment_id)
    if given_run_id:
        client.set_tag(given_run_id, "mlflow.source.name", "camp-detector")
        show_runs_first(client, home.experiment_id)
    if before is not None and before.run_id == run_id:
        record = before
        record.register, record.log_data = options.register, options.log_data
    else:
        record = TrackRecord("", run_id, home.name, options.register, options.log_data)
        if before is not None and given_run_id:
            client.set_tag(run_id, "resumes_run", before.run_id)
    # The one it is in, whatever was asked for: mlflow run chooses by itself.
    record.experiment = home.name
    record.uri = safe_uri(address())
    record.save(folder)
    return record


def _is_there(client: MlflowClient, run_id: str) -> bool:
    """Return True if a server has a run, and it is not deleted."""
    from mlflow.exceptions import MlflowException

    try:
        return str(client.get_run(run_id).info.lifecycle_stage) == "active"
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return False
        raise


def _create(client: MlflowClient, folder: Path, experiment: str) -> str:
    home = experiment_of(client, experiment)
    # MLflow's own tag would hold the path of the program in somebody's home.
    tags = {"mlflow.source.name": "camp-detector", "mlflow.source.type": "LOCAL"}
    name = folder.resolve().name
    run_id: str = client.create_run(home, tags=tags, run_name=name).info.run_id
    return run_id


def _interval(options: TrainOptions) -> float:
    """Seconds between two looks at the machine: even a run of seconds shall show some."""
    minutes = options.optim.minutes
    short = options.optim.epochs <= _SHORT_EPOCHS or options.fast_dev_run
    return _SHORT if short or (minutes is not None and minutes <= _SHORT_MINUTES) else _LONG


def _not_logged(folder: Path, error: Exception) -> NotLoggedError:
    msg = (
        f"the training is finished and its files are kept, but MLflow at {safe_uri(address())} did "
        f"not take all of it: {reason(error)}; {_later(folder)}"
    )
    return NotLoggedError(msg)


def _later(folder: Path) -> str:
    return f"log it with: python -m training log {shlex.quote(str(folder))}"
