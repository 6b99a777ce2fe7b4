"""An inference as a run of MLflow."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from training.tracking.experiment import experiment_of
from training.tracking.figures import shown_path
from training.tracking.options import EXPERIMENT, TrackingError
from training.tracking.server import address, connect, reason, safe_uri, troubles

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from training.inference import InferenceResult


class InferenceLog:
    """Asks MLflow for an answer before the work, and tells it the result after it."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            TrackingError: Nobody answers.
        """
        self._client: MlflowClient = connect()

    def log(self, result: InferenceResult) -> str:
        """Make a run, or use that of ``mlflow run``; give its id.

        Raises:
            TrackingError: It did not come through; the results are in their folder.
        """
        try:
            return self._log(result)
        except troubles() as error:
            folder = result.paths["result"].parent
            msg = (
                f"the results are in {folder}, but MLflow at {safe_uri(address())} did not take "
                f"them: {reason(error)}"
            )
            raise TrackingError(msg) from error

    def _log(self, result: InferenceResult) -> str:
        from mlflow.entities import Metric, RunTag

        client, report = self._client, result.report
        given_run_id = os.environ.get("MLFLOW_RUN_ID")
        run_id = given_run_id or _create(client)
        summary = report["result"]
        seconds = sum(v for v in report["seconds"].values() if isinstance(v, float))
        figures = {
            "dwellings": summary["dwellings"],
            "total_area_m2": summary["total_area_m2"],
            "seconds": seconds,
        }
        image = report["input"]["images"][0]
        timestamp = int(time.time() * 1000)
        tags = {
            "mlflow.source.name": "camp-detector",
            "image": image if "://" in image else shown_path(image),
            "model": report["model"]["id"],
            "onnx_sha256": report["model"]["sha256"],
        }
        client.log_batch(
            run_id,
            metrics=[Metric(k, float(v), timestamp, 0) for k, v in figures.items()],
            tags=[RunTag(k, safe_uri(v)) for k, v in tags.items()],
        )
        for path in result.paths.values():
            client.log_artifact(run_id, str(path), "inference")
        if not given_run_id:
            client.set_terminated(run_id)
        return run_id


def _create(client: MlflowClient) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    home = experiment_of(client, name)
    return str(client.create_run(home, run_name="inference").info.run_id)
