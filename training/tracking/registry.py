"""Models out of the registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from training.tracking.dataset import sha256_of
from training.tracking.options import TrackingError
from training.tracking.server import address, connect, reason, safe_uri, troubles

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<version>\d+))")
_ONNX = "extra_files/best_model.onnx"


def fetch(uri: str, folder: Path) -> Path:
    """Download the ONNX file of a registered model.

    Args:
        uri: ``models:/NAME@ALIAS`` or ``models:/NAME/VERSION``.
        folder: Where to.

    Raises:
        TrackingError: There is no such model, or it is not the file that was registered.
    """
    match = _ADDRESS.fullmatch(uri)
    if match is None:
        msg = f"{uri} is not a registered model: give models:/NAME@ALIAS or models:/NAME/VERSION"
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
        downloaded = mlflow.artifacts.download_artifacts(
            artifact_uri=f"models:/{name}/{version.version}/{_ONNX}", dst_path=str(folder)
        )
    except troubles() as error:
        msg = f"MLflow at {safe_uri(address())} does not give {uri}: {reason(error)}"
        raise TrackingError(msg) from error
    path = type(folder)(downloaded)
    checksum = version.tags.get("onnx_sha256")
    if checksum is not None and sha256_of(path) != checksum:
        msg = f"the file of {uri} is not the one that was registered: its checksum differs"
        raise TrackingError(msg)
    return path
