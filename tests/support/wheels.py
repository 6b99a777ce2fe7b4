"""Wheels of what is installed here, for another Python of the same version."""

from __future__ import annotations

import importlib.metadata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def wheel_of(name: str, folder: Path, tag: str, change: Callable[..., Any] | None = None) -> Path:
    """Pack an installed distribution as the wheel that it came from.

    Args:
        name: Of the distribution.
        folder: Where the wheel goes.
        tag: Python, ABI and platform.
        change: Gets each name and its bytes; gives other bytes, or None to leave it out.
    """
    distribution = importlib.metadata.distribution(name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{distribution.version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in distribution.files or []:
            if ".." in file.parts or "__pycache__" in file.parts or file.name == "RECORD":
                continue
            data = Path(str(distribution.locate_file(file))).read_bytes()
            changed = data if change is None else change(file.as_posix(), data)
            if changed is not None:
                archive.writestr(file.as_posix(), changed)
        info = f"{name}-{distribution.version}.dist-info"
        archive.writestr(f"{info}/RECORD", "")
    return path


def wheel_tag() -> str:
    """Tag of the platform that the wheel of this environment's ONNX Runtime is for."""
    text = importlib.metadata.distribution("onnxruntime").read_text("WHEEL") or ""
    return next(line.partition(" ")[2] for line in text.splitlines() if line.startswith("Tag:"))
