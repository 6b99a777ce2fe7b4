"""Experiments of MLflow: found, made, and shown as those of training."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from training.tracking.options import TrackingError

if TYPE_CHECKING:
    from mlflow import MlflowClient

_KIND = "mlflow.experimentKind"
_TRAINING = "custom_model_development"


def experiment_of(client: MlflowClient, name: str) -> str:
    """The id of an experiment, which is made where there is none.

    Raises:
        TrackingError: It was deleted.
    """
    experiment = client.get_experiment_by_name(name)
    if experiment is not None and experiment.lifecycle_stage != "active":
        msg = f"the experiment {name} was deleted"
        raise TrackingError(msg, remedy="restore it, or give another {experiment}")
    home = str(experiment.experiment_id) if experiment else _create(client, name)
    show_runs_first(client, home)
    return home


def _create(client: MlflowClient, name: str) -> str:
    """Make it, unless another training makes it at this very moment."""
    from mlflow.exceptions import MlflowException

    try:
        return str(client.create_experiment(name))
    except MlflowException as error:
        experiment = client.get_experiment_by_name(name)
        if error.error_code != "RESOURCE_ALREADY_EXISTS" or experiment is None:
            raise
        return str(experiment.experiment_id)


def show_runs_first(client: MlflowClient, experiment: str) -> None:
    """Mark an experiment as one of training, for the pages of MLflow that ask.

    Those of 3.17 have a switch above the menu instead, which `page_of` sets. What a person chose
    stays; and nothing depends on it, so a refusal does no harm.
    """
    from mlflow.exceptions import MlflowException

    with suppress(MlflowException):
        if _KIND not in client.get_experiment(experiment).tags:
            client.set_experiment_tag(experiment, _KIND, _TRAINING)


def page_of(client: MlflowClient, run_id: str, uri: str) -> str:
    """Return the address of a run's page with the menu of training, or MLflow's own address."""
    if not uri.startswith(("http://", "https://")):
        return uri
    home = client.get_run(run_id).info.experiment_id
    place = f"#/experiments/{home}/runs/{run_id}"
    return f"{uri.rstrip('/')}/{place}?workflowType=machine_learning"
