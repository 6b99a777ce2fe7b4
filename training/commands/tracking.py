"""The options of tracking, and what they and the environment ask for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from camp_detector_core.cli.parameters import together

if TYPE_CHECKING:
    from pathlib import Path

    from training.tracking.options import LogData, TrackOptions
    from training.tracking.run import Tracker

_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID")

LOG_DATA = click.option(
    "--log-data",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Copy chips and labels to MLflow; auto: up to 100 MiB, if manifest.json beside the "
    "chips states the licence of the imagery. Their list with checksums is logged in any case.",
)


tracking = together(
    click.option(
        "--track/--no-track",
        default=None,
        help="Log the run to MLflow.  [default: where MLFLOW_TRACKING_URI is set, under "
        "mlflow run, and on --resume of a tracked run]",
    ),
    click.option(
        "--experiment",
        help="MLflow experiment.  [default: MLFLOW_EXPERIMENT_NAME, else camp-detector]",
    ),
    click.option(
        "--register",
        metavar="NAME",
        help="Name to register the model under, with the alias candidate; none: do not "
        "register it.  [default: the name of the model]",
    ),
    LOG_DATA,
)
"""The options that say whether and how MLflow is told."""


def experiment_named(arguments: dict[str, Any]) -> str | None:
    """Return the experiment that the options or the environment name."""
    return arguments["experiment"] or os.environ.get("MLFLOW_EXPERIMENT_NAME")


def tracker_of(arguments: dict[str, Any], out: Path) -> Tracker | None:
    """Ask MLflow for an answer, if the run is to be tracked; the one that knows a resumed run.

    Raises:
        TrackingError: It is, and MLflow does not answer.
    """
    track = arguments["track"]
    resumed = arguments["resume"] and (out / "tracking.json").is_file()
    if track is None:
        track = resumed or any(os.environ.get(name) for name in _VARIABLES)
    if not track:
        return None
    from training.tracking.options import EXPERIMENT, NO_SERVER
    from training.tracking.record import read_record
    from training.tracking.run import Tracker

    before = read_record(out) if resumed else None
    experiment = experiment_named(arguments)
    register, log_data = arguments["register"], arguments["log_data"]
    if before is None:
        register = register or arguments["name"]
        return Tracker(_options(experiment or EXPERIMENT, register, log_data))
    # What it was told first, unless options say otherwise.
    source = click.get_current_context().get_parameter_source("log_data")
    return Tracker(
        _options(
            experiment or before.experiment,
            register or before.register or NO_SERVER,
            log_data if source is ParameterSource.COMMANDLINE else before.log_data,
        ),
        uri=None if os.environ.get("MLFLOW_TRACKING_URI") else before.uri,
    )


def _options(experiment: str, register: str, log_data: LogData) -> TrackOptions:
    from training.tracking.options import NO_SERVER, TrackOptions

    return TrackOptions(experiment, None if register == NO_SERVER else register, log_data)
