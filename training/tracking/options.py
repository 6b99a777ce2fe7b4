"""Options of tracking a training run, and the errors of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from camp_detector_core.engine.errors import CampDetectorError

LogData = Literal["auto", "always", "never"]
EXPERIMENT = "camp-detector"
NO_SERVER = "none"
"""Word for a name that is not wanted."""
CANDIDATE, PRODUCTION = "candidate", "production"
"""Aliases of registered models: the newest that was trained, and the one that a person chose."""
_NAME = re.compile(r"[^/:]{1,250}")


class TrackingError(CampDetectorError):
    """MLflow cannot be used as asked."""


class NotLoggedError(TrackingError):
    """A training is finished and kept, but MLflow does not know all of it."""

    exit_code = 3


@dataclass(frozen=True)
class TrackOptions:
    """Experiment, model and data that MLflow records.

    Raises:
        TrackingError: A name that MLflow does not take.
    """

    experiment: str = EXPERIMENT
    """Name of the experiment; nothing where `mlflow run` has chosen one already."""
    register: str | None = None
    """Name that the model is registered under; None registers nothing."""
    log_data: LogData = "auto"
    """Rule for copying chips and labels: ``auto`` copies them if their manifest states a licence of
    the imagery and they are small. Their list with checksums is kept in any case."""

    def __post_init__(self) -> None:
        """Refuse names that MLflow would refuse after the training."""
        for kind, name in (("experiment", self.experiment), ("registered model", self.register)):
            if name is not None and not (name.strip() and _NAME.fullmatch(name)):
                msg = f"the name of the {kind} must be short and hold no / or :, got {name!r:.80}"
                raise TrackingError(msg)
