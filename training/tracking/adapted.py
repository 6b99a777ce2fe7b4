"""An adaptation as a run of MLflow, a child of the run whose model it began with."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file import open_model
from camp_detector_core.training_data.adapted import MODEL, ORIGINAL, REPORT
from training.output import read_json
from training.tracking.experiment import experiment_of
from training.tracking.model import DERIVED, log_onnx, register, versions_of
from training.tracking.options import NotLoggedError, TrackingError, TrackOptions
from training.tracking.server import address, connect, reason, safe_uri, troubles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

LOG = logging.getLogger(__name__)

_FIGURES = ("f1", "precision", "recall", "count_error", "pixel_iou")


@dataclass(frozen=True)
class LoggedAdaptation:
    """Run and version of an adaptation in MLflow."""

    run_id: str
    name: str | None
    """Registered model; None where there is none."""
    version: str | None
    """Version of it."""


class AdaptationTracker:
    """Logs one adaptation, after a look whether MLflow answers."""

    def __init__(self, options: TrackOptions) -> None:
        """Ask MLflow for an answer.

        Raises:
            TrackingError: There is none.
        """
        self._options = options
        self._client = connect()

    def log(self, folder: Path) -> LoggedAdaptation:
        """Log the figures, the files and, where one was made, the model.

        The version of the model names that of the start, and the run is a child of its run, where
        the start was registered by a training.

        Args:
            folder: Of a finished adaptation.

        Raises:
            NotLoggedError: It did not come through; the folder is as it was.
        """
        report = read_json(folder / REPORT, TrackingError)
        try:
            return self._log(folder, report)
        except troubles() as error:
            msg = (
                f"the adaptation is finished and its files are in {folder}, but MLflow at "
                f"{safe_uri(address())} did not take all of it: {reason(error)}"
            )
            raise NotLoggedError(msg) from error

    def _log(self, folder: Path, report: Mapping[str, Any]) -> LoggedAdaptation:
        client, name = self._client, self._options.register
        home = experiment_of(client, self._options.experiment)
        start = report["start"]
        base = _version(client, name, {start["sha256"], start["weights_sha256"]})
        lineage = {DERIVED: start["id"], "derived_from_sha256": start["sha256"]}
        parent = {}
        if base is not None:
            lineage["derived_from_version"] = str(base.version)
            parent = {"mlflow.parentRunId": str(base.run_id)} if base.run_id else {}
        # MLflow's own tag would hold the path of the program in somebody's home.
        source = {"mlflow.source.name": "camp-detector", "mlflow.source.type": "LOCAL"}
        run = client.create_run(
            home,
            tags={**source, **parent, **lineage, "kept": report["kept"]},
            run_name=folder.resolve().name,
        )
        run_id = str(run.info.run_id)
        _log_figures(client, run_id, report)
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                client.log_artifact(run_id, str(path), "models")
        version = None
        if (folder / MODEL).is_file():
            version = self._model(run_id, folder, lineage)
        client.set_terminated(run_id, "FINISHED")
        return LoggedAdaptation(run_id, name if version else None, version)

    def _model(self, run_id: str, folder: Path, lineage: Mapping[str, str]) -> str | None:
        """Log the float model, and register it; its version."""
        original = open_model(folder / ORIGINAL)
        tags = {**lineage, "model": original.spec.id, "onnx_sha256": original.sha256}
        model_id = log_onnx(run_id, folder / ORIGINAL, original.spec, tags)
        if self._options.register is None:
            return None
        return register(
            self._client, model_id, self._options.register, tags={**tags, "run_id": run_id}
        )


def _version(client: MlflowClient, name: str | None, checksums: set[str]) -> ModelVersion | None:
    """The newest registered version of a model with one of these checksums; None where none is."""
    if name is None:
        return None
    hits = [v for v in versions_of(client, name) if v.tags.get("onnx_sha256") in checksums]
    return max(hits, key=lambda version: int(version.version), default=None)


def _log_figures(client: MlflowClient, run_id: str, report: Mapping[str, Any]) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    metrics = [
        Metric(f"{candidate}.{name}", float(figures[name]), now, 0)
        for candidate, figures in report["figures"].items()
        for name in _FIGURES
        if figures[name] is not None
    ]
    params = [
        Param(name, str(report[name]))
        for name in ("dwellings", "hectares", "folds", "block_metres", "seconds")
    ]
    client.log_batch(run_id, metrics=metrics, params=params)
