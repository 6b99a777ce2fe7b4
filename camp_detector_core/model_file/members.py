"""Members of a package: which names are sound, and which member a definition means."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple, Optional

_DRIVE = re.compile(r"[A-Za-z]:")
_WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f\\]|[. ](/|$)')
_DEVICE = re.compile(r"(^|/)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.[^/]*)?(/|$)", re.IGNORECASE)


class Fault(NamedTuple):
    """One thing that is wrong with a member."""

    what: str
    """It follows the member's name in a sentence."""
    remedy: str


def member_of(stated: object) -> Optional[str]:
    """The member that a definition means by a name; None where the name leads out of the package.

    Args:
        stated: As it stands in the definition, where Windows' separators count too.
    """
    if not isinstance(stated, str) or not stated or ":" in stated:
        return None
    path = PurePosixPath(stated.replace("\\", "/"))
    return None if path.is_absolute() or ".." in path.parts else str(path)


def name_fault(name: str, seen: set[str]) -> Optional[Fault]:
    """A name that leads out of the package, is impossible on Windows, or occurs twice there.

    Args:
        name: With ``/`` between folders, and at the end of a folder's own.
        seen: Names of the members before it, as Windows compares them; gets this one.
    """
    low = name.rstrip("/").lower()
    is_twice = low in seen
    seen.add(low)
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or ".." in parts:
        return Fault("leads out of the package", "reject the package")
    if _WINDOWS.search(name) or _DEVICE.search(name) or "" in parts[:-1] or not name:
        return Fault("is not a valid file name on Windows", "name the file otherwise")
    if is_twice:
        return Fault("occurs twice, as Windows compares names", "build the package again")
    return None
