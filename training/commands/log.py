"""``python -m training log``: a finished training to MLflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from camp_detector_core.console import say

from .tracking import LOG_DATA


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="RUN_FOLDER"
)
@click.option("--experiment", help="MLflow experiment, for a run that MLflow does not have yet.")
@click.option(
    "--register", metavar="NAME", help="Name to register the model under; none: do not register it."
)
@LOG_DATA
@click.option("--new", is_flag=True, help="Make a new run, even if MLflow has one already.")
@click.pass_context
def log(context: click.Context, /, folder: Path, **arguments: Any) -> None:  # noqa: ANN401 - click's
    """Log a training to MLflow, or the missing parts of it.

    RUN_FOLDER is the --out of a training that was not tracked, or whose server was away. The
    command first asks MLflow what it already has, so it can be repeated and continues the same
    run. The experiment, name and data of the training apply unless options change them.

    \b
    Example:
      python -m training log runs/first --register camp-detector
    """  # noqa: D301 - click wants the control character
    from training.tracking.run import LogChanges, log_folder

    if context.get_parameter_source("log_data") is not ParameterSource.COMMANDLINE:
        arguments["log_data"] = None  # as the training was told
    record = log_folder(folder, LogChanges(**arguments))
    say(f"run {record.run_id} at {record.uri}")
    if record.version:
        say(f"  model {record.register}, version {record.version}")
