"""Send figures to MLflow while a training goes on; it never stops or delays the training."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any

from lightning.pytorch.loggers import Logger
from lightning.pytorch.utilities import rank_zero_only

from training.tracking.server import reason, troubles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlflow import MlflowClient

LOG = logging.getLogger(__name__)


class LiveLogger(Logger):
    """Tells each epoch's figures to MLflow, until MLflow fails once.

    What did not come through is in the run's ``log/`` and follows at the end.
    """

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        """Take a run."""
        super().__init__()
        self._client = client
        self._run_id = run_id
        self._is_disconnected = False
        self._logged_points: set[tuple[str, int]] = set()

    @property
    def name(self) -> str:
        """Name of the logger."""
        return "mlflow"

    @property
    def version(self) -> str:
        """The run."""
        return self._run_id

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Do nothing: the options were logged when the run began."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Send figures."""
        from mlflow.entities import Metric

        if self._is_disconnected:
            return
        timestamp, at = int(time.time() * 1000), int(step or 0)
        # Lightning tells the number of the epoch both with training's and with validation's.
        new = {k: float(v) for k, v in metrics.items() if (k, at) not in self._logged_points}
        try:
            points = [Metric(k, v, timestamp, at) for k, v in new.items()]
            self._client.log_batch(self._run_id, metrics=points)
            self._logged_points |= {(k, at) for k in new}
        except troubles() as error:
            self._is_disconnected = True
            LOG.warning(
                "MLflow does not answer: %s; training continues, and the metrics follow at the end",
                reason(error),
            )


class SystemMetrics:
    """Load of processor, memory, disk, network and GPU, measured by MLflow in a thread."""

    def __init__(self, run_id: str, *, seconds: float) -> None:
        """Take a run and the seconds between measurements; a variable of MLflow overrides them."""
        self._run_id = run_id
        self._seconds = seconds
        self._monitor: Any = None

    def start(self) -> None:
        """Begin to measure, unless the user switched it off."""
        from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

        setting = os.environ.get("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true").lower()
        if setting not in {"1", "true"}:
            return
        monitor: Any = SystemMetricsMonitor  # published without types
        self._monitor = monitor(self._run_id, sampling_interval=self._seconds, resume_logging=True)
        self._monitor.start()

    def stop(self) -> None:
        """End the thread; a second call does nothing."""
        if self._monitor is not None:
            self._monitor.finish()
            self._monitor = None
