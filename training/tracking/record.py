"""``tracking.json`` in a run's folder: its run in MLflow. It is not uploaded."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

from training.output import write_json
from training.tracking.options import LogData, TrackingError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "tracking.json"


@dataclass
class TrackRecord:
    """Identity of the run in MLflow, and the progress of its upload; `save` after every change."""

    uri: str
    """Address of MLflow, without user name and password."""
    run_id: str
    experiment: str
    register: str | None = None
    log_data: LogData = "auto"
    uploaded: dict[str, str] = field(default_factory=dict)
    """Path in the run to SHA-256 of the file that was uploaded."""
    model_id: str | None = None
    """Id of the logged model, once it is complete."""
    onnx_sha256: str | None = None
    """Checksum of that model's ONNX file: a resumed training makes another one."""
    version: str | None = None
    """Version of the registered model."""

    def save(self, folder: Path) -> None:
        """Write it in one step, so that a kill leaves the old or the new one.

        Raises:
            OutputError: The disk does not take it.
        """
        write_json(folder / NAME, asdict(self))


def read_record(folder: Path) -> TrackRecord | None:
    """The record of a folder, None where it has none.

    Raises:
        TrackingError: The file is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        names = {f.name for f in fields(TrackRecord)}
        return TrackRecord(**{k: v for k, v in raw.items() if k in names})
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path} is damaged: delete it to log the run anew ({error})"
        raise TrackingError(msg) from error
