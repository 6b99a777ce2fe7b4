"""Tiny trainings as a user says them, in a folder of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.mlflow_server import environment

if TYPE_CHECKING:
    from pathlib import Path

TRAIN = [
    "--gsd", "0.5", "--crop", "64", "--decoder", "16,8,8,4,4", "--start", "random",
    "--batch-size", "2", "--samples", "4", "--epochs", "2", "--workers", "0",
    "--val-columns", "2", "--test-columns", "3",
]  # fmt: skip
"""Options of a training of the town that takes seconds."""


def training(desk: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Say ``python -m training ...`` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "training", *words], cwd=desk, env=environment(**variables),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


QUICK = ("--network", "reference")
"""A network that is exported in a second, where the test is about something else."""


def train_words(*words: str) -> list[str]:
    """``train`` on the town of the folder."""
    return ["train", "--chips", "town/chips", "--labels", "town/houses.gpkg", *TRAIN, *words]
