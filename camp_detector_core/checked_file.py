"""A file that gets its name only when it was checked."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from collections.abc import Callable


class ExportError(CampDetectorError):
    """An export disagrees with its network or cannot be written."""


def write_checked(data: bytes, path: Path, *, check: Callable[[Path], None]) -> None:
    """Write beside the target, check, then rename: the target is whole and right, or untouched."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(0o644)
        check(temporary)
        temporary.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise ExportError(msg) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
