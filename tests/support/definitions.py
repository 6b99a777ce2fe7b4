"""Model definitions whose values were changed by hand."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def changed_emd(packages: Path, folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """Unpack the detecting tiny model and change the fields of its definition in place."""
    with zipfile.ZipFile(packages / "tiny-detect.dlpk") as archive:
        archive.extractall(folder)
    path = folder / "tiny-detect.emd"
    fields = json.loads(path.read_text(encoding="ascii"))
    change(fields)
    path.write_text(json.dumps(fields), encoding="ascii")
    return path
