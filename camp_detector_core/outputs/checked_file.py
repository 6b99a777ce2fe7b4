"""A file that gets its name only when it was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.errors import CampDetectorError
from .whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class ExportError(CampDetectorError):
    """An export disagrees with its network or cannot be written."""


def write_checked(data: bytes, path: Path, *, check: Callable[[Path], None]) -> None:
    """Write beside the target, check, then rename: the target is whole and right, or untouched."""
    try:
        with whole_file(path) as temporary:
            temporary.write_bytes(data)
            temporary.chmod(0o644)
            check(temporary)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise ExportError(msg) from error
