"""Models out of the registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from training.tracking.dataset import sha256_of
from training.tracking.options import TrackingError
from training.tracking.server import address, connect, reason, shown, troubles

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<version>\d+))")
_ONNX = "extra_files/best_model.onnx"


def fetch(named: str, folder: Path) -> Path:
    """Download the ONNX file of a registered model.

    Args:
        named: ``models:/NAME@ALIAS`` or ``models:/NAME/VERSION``.
        folder: Where to.

    Raises:
        TrackingError: There is no such model, or it is not the file that was registered.
    """
    match = _ADDRESS.fullmatch(named)
    if match is None:
        msg = f"{named} is no registered model: say models:/NAME@ALIAS or models:/NAME/VERSION"
        raise TrackingError(msg)
    client = connect()
    import mlflow

    name, alias, number = match["name"], match["alias"], match["version"]
    try:
        version = (
            client.get_model_version_by_alias(name, alias)
            if alias
            else client.get_model_version(name, number)
        )
        got = mlflow.artifacts.download_artifacts(
            artifact_uri=f"models:/{name}/{version.version}/{_ONNX}", dst_path=str(folder)
        )
    except troubles() as error:
        msg = f"MLflow at {shown(address())} does not give {named}: {reason(error)}"
        raise TrackingError(msg) from error
    path = type(folder)(got)
    wanted = version.tags.get("onnx_sha256")
    if wanted is not None and sha256_of(path) != wanted:
        msg = f"the file of {named} is not the one that was registered: its checksum differs"
        raise TrackingError(msg)
    return path
