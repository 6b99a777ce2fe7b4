"""Read a zip file of a stranger: nothing is extracted, and no member is larger than allowed."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Iterator, Optional

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.model_file import zip_file

from .errors import ToolError

MAX_TEXT = 16 << 20
MAX_MEMBER = 1 << 30
MAX_TOTAL = 2 << 30
_CHUNK = 1 << 20
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
)
"""What reading a zip file raises; RuntimeError where it is encrypted."""


def unsafe_names(package: zipfile.ZipFile) -> list[str]:
    """One sentence for each member that must not be there."""
    found: list[str] = []
    seen = set()
    members = package.infolist()
    for member in members:
        fault = _fault_of(member)
        if fault:
            found.append(f"{shown(member.filename)} {fault}")
        folded = member.filename.casefold()
        if folded in seen:
            found.append(f"{shown(member.filename)} is in it twice")
        seen.add(folded)
    total = sum(member.file_size for member in members)
    if total > MAX_TOTAL:
        found.append(f"it unpacks to {total >> 20} MiB, and at most {MAX_TOTAL >> 20} are taken")
    return found


def _fault_of(member: zipfile.ZipInfo) -> Optional[str]:
    name = member.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name or "\\" in name:
        return "leads out of the package"
    if not name.isascii() or not name.isprintable():
        return "has a name that is not plain ASCII, which not every ArcGIS can unpack"
    if not name:
        return "has no name"
    if member.file_size > MAX_MEMBER:
        return f"unpacks to more than {MAX_MEMBER >> 20} MiB"
    if name.endswith("/"):
        return None
    fault = zip_file.member_fault(member)
    return "{}: {}".format(*fault) if fault else None


def member_bytes(package: zipfile.ZipFile, name: str, *, limit: int) -> bytes:
    """The bytes of a member, never more than ``limit``, whatever its header says.

    Raises:
        ToolError: It is larger, damaged, missing, or of a kind that is not read.
    """
    try:
        return bytes(zip_file.read_member(package, name, limit, "the package"))
    except CampDetectorError as error:
        raise ToolError(str(error)) from error


def damaged_members(package: zipfile.ZipFile) -> Iterator[str]:
    """Names of the members whose content does not match their checksum or their size."""
    for member in package.infolist():
        try:
            with package.open(member) as stream:
                read = 0
                for part in iter(lambda s=stream: s.read(_CHUNK), b""):  # type: ignore[misc]
                    read += len(part)
                    if read > MAX_MEMBER:
                        break
                whole = read == member.file_size
        except DAMAGED:
            whole = False
        if not whole:
            yield member.filename


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip file whose table of contents is not larger than a package needs.

    Raises:
        ToolError: The table is too large, or it is no zip file.
    """
    try:
        package: zipfile.ZipFile = zip_file.open_zip(path)
    except CampDetectorError as error:
        raise ToolError(str(error)) from error
    return package


def require_file(path: Path) -> None:
    """Refuse what is no file, or empty.

    Raises:
        ToolError: With the path.
    """
    if not path.is_file():
        msg = f"{path} does not exist or is not a file: choose a .dlpk or an .emd"
        raise ToolError(msg)
    if not path.stat().st_size:
        msg = f"{path} is empty (0 bytes): copy or download it again"
        raise ToolError(msg)


def shown(text: object) -> str:
    """Text of a stranger on one line, as far as a message needs it."""
    clean = "".join(c if c.isprintable() else "?" for c in str(text))
    return clean if len(clean) <= 120 else clean[:117] + "..."  # noqa: PLR2004 - fits a line
