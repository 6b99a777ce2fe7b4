"""Names of files that a disk or a library cannot take, or takes for something else."""

from __future__ import annotations

import os
import re

LONGEST = 255 - len(".camp-detector")
"""Bytes of a file's name on all common disks, less room for the endings of side files."""
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL
)
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\x01-\x1f]')


def fault_in(name: str, *, windows: bool = os.name == "nt") -> str:
    """Say why no file may get a name; empty if one may.

    Args:
        name: Without its folder.
        windows: By the rules of Windows.

    Returns:
        The end of a sentence that begins with the name.
    """
    if not is_utf8(name):
        return "is not UTF-8: choose another one"
    length = len(name.encode())
    if length > LONGEST:
        most = f"disks take {LONGEST} with their endings"
        return f"has {length} bytes, and {most}: choose a shorter one"
    if "\0" in name:
        return "holds a zero byte: choose another one"
    return _windows_fault(name) if windows else _posix_fault(name)


def is_utf8(name: str) -> bool:
    """True if a name or path can be given to libraries."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _windows_fault(name: str) -> str:
    strange = _NOT_ON_WINDOWS.search(name)
    if strange:  # a colon would even hide the result in another file
        return f"holds {strange[0]!a}, which Windows does not take: choose another one"
    if _DEVICE.fullmatch(name):
        return "is the name of a device of Windows: choose another one"
    if name.endswith((".", " ")):
        return "ends in a dot or blank, which Windows takes away: choose another one"
    return ""


def _posix_fault(name: str) -> str:
    if "\\" in name:  # GDAL would take it for a folder and a file in it
        return "holds a backslash, which GDAL takes for the end of a folder's name: use another one"
    return ""
