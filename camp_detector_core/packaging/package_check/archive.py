"""The zip file that a package is: opened without trust, and read within limits."""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.packaging.strangers import require_file, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.packaging.validation.findings import Findings

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    RuntimeError,
    AttributeError,
    IndexError,
)
"""What reading a zip file raises; the last two where its table is cut in a field."""
_MAX_FILE, _MAX_WHOLE, _MAX_TABLE, _MAX_MEMBERS = 2 << 30, 4 << 30, 4 << 20, 10_000
_SMALL, _RATIO = 16 << 20, 200
"""Members that are larger, and this much larger than what is stored of them, are bombs."""
_CHUNK = 1 << 20
_TAIL, _END, _END_SIZE = 22 + 65535, b"PK\x05\x06", 22
_LONG = 100
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UNIX = 1, 16
_LITTER = re.compile(r"(^|/)(__MACOSX|__pycache__|\.DS_Store|Thumbs\.db|\.git)(/|$)", re.IGNORECASE)
_WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f\\]|[. ](/|$)')
_DEVICE = re.compile(r"(^|/)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.[^/]*)?(/|$)", re.IGNORECASE)


class Package:
    """The members of a package that can be read."""

    def __init__(self, archive: zipfile.ZipFile, findings: Findings) -> None:
        """Judge the table of contents, and every member's checksum."""
        self._archive, self._findings = archive, findings
        self._sound: dict[str, zipfile.ZipInfo] = {}
        entries = [e for e in archive.infolist() if not e.is_dir()]
        self.names = frozenset(e.filename for e in entries)
        """Files, with ``/`` between folders."""
        _check_names([e.filename for e in archive.infolist()], findings)
        whole = sum(e.file_size for e in entries)
        if whole > _MAX_WHOLE:
            findings.problem(
                ("package",), f"unpacks to {whole >> 20} MiB, which no package does", "reject it"
            )
            return
        for entry in entries:
            if _is_plain(entry, findings) and self._is_whole(entry):
                self._sound[entry.filename] = entry
        if not findings.problems():
            findings.passed.append("zip file")

    def read(self, name: str, limit: int) -> bytes | None:
        """A member; None, with a problem, where it is not sound or larger than the limit.

        Args:
            name: One of `names`; others give None without a word.
            limit: Bytes.
        """
        entry = self._sound.get(name)
        if entry is None:
            return None
        if entry.file_size > limit:
            what = f"has {entry.file_size} bytes, and {limit} are the most that such a file has"
            self._findings.problem((name,), what, "build the package again")
            return None
        try:
            return self._archive.read(entry)
        except DAMAGED:  # it was whole a moment ago: the file changes under our hands
            self._findings.problem((name,), "cannot be read", "copy or download the package again")
            return None

    def _is_whole(self, entry: zipfile.ZipInfo) -> bool:
        """Read a member to its end, which checks its length and its checksum."""
        size = 0
        try:
            with self._archive.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
            if size == entry.file_size:
                return True
            reason = f"{size} bytes in place of {entry.file_size}"
        except DAMAGED as error:
            reason = shown(error)
        what, remedy = f"is damaged: {reason}", "copy or download the package again"
        self._findings.problem((entry.filename,), what, remedy)
        return False


@contextmanager
def open_package(path: Path, findings: Findings) -> Iterator[Package]:
    """Open a package and judge it as a zip file.

    Args:
        path: The file.
        findings: Gets what is wrong.

    Raises:
        PredictorError: It is no zip file that can be read, or beyond all measure.
    """
    require_file(path, what="package")
    _refuse_excess(path)
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        msg = f"{shown(path)} is not a zip file that can be read ({shown(error)}): copy it again"
        raise PredictorError(msg) from error
    with archive:
        if len(archive.infolist()) > _MAX_MEMBERS:
            msg = f"{shown(path)} holds more than {_MAX_MEMBERS} files, which no package does"
            raise PredictorError(msg)
        yield Package(archive, findings)


def _refuse_excess(path: Path) -> None:
    """Refuse what would fill the memory when it is opened: Python reads the table whole."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _TAIL))
            tail = stream.read(_TAIL)
    except OSError as error:
        msg = f"{shown(path)} cannot be read: {error.strerror or error}"
        raise PredictorError(msg) from error
    at = tail.rfind(_END)
    if size > _MAX_FILE:
        msg = f"{shown(path)} is larger than {_MAX_FILE >> 30} GiB, which no package here is"
        raise PredictorError(msg)
    if at < 0 or len(tail) - at < _END_SIZE:
        msg = f"{shown(path)} is not a zip file, or its end is missing: copy or download it again"
        raise PredictorError(msg)
    (table,) = struct.unpack_from("<I", tail, at + 12)
    if table > _MAX_TABLE or b"PK\x06\x06" in tail:
        msg = (
            f"{shown(path)} has a table of contents that no package has (zip64, or more than "
            f"{_MAX_TABLE >> 20} MiB): build it again"
        )
        raise PredictorError(msg)


def _check_names(names: list[str], findings: Findings) -> None:
    """Names that lead elsewhere, occur twice, or cannot be on Windows."""
    seen: set[str] = set()
    for name in names:
        where, low = (name,), name.rstrip("/").lower()
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in parts:
            findings.problem(where, "leads out of the package", "reject the package")
        elif _WINDOWS.search(name) or _DEVICE.search(name) or "" in parts[:-1] or not name:
            findings.problem(where, "is no name that Windows knows", "name the file otherwise")
        elif low in seen:
            what = "occurs twice, as Windows compares names"
            findings.problem(where, what, "build the package again")
        elif _LITTER.search(name):
            findings.advice(where, "is litter of another program", "leave it out")
        elif not name.isascii() or " " in name or len(name) > _LONG:
            what = f"is not short and ASCII without blanks ({len(name)} characters)"
            findings.advice(where, what, "name it otherwise: ArcGIS unpacks into long paths")
        seen.add(low)


def _is_plain(entry: zipfile.ZipInfo, findings: Findings) -> bool:
    """Whether a member is a file that every program can unpack."""
    where, kind = (entry.filename,), stat.S_IFMT(entry.external_attr >> _UNIX)
    if kind not in {0, stat.S_IFREG}:
        what = "is a link" if kind == stat.S_IFLNK else "is no plain file"
        findings.problem(where, what, "reject the package")
        return False
    if entry.flag_bits & _ENCRYPTED:
        findings.problem(where, "is encrypted", "build the package without a password")
        return False
    if entry.compress_type not in _KNOWN:
        what = f"is compressed by method {entry.compress_type}"
        findings.problem(where, what, "use deflate, or none")
        return False
    if entry.file_size > max(_SMALL, entry.compress_size * _RATIO):
        what = f"unpacks from {entry.compress_size} to {entry.file_size} bytes, and was not read"
        findings.problem(where, what, "reject the package")
        return False
    return True
