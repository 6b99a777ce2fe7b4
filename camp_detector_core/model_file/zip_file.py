"""An untrusted zip file, read within limits.

Nothing is extracted. Every host judges members by the same rule. Format: PKWARE's APPNOTE 6.3.10.
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Callable, Optional, Union

from ..engine.errors import PredictorError
from ..engine.wording import shown
from .members import Fault

if TYPE_CHECKING:
    from pathlib import Path

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    RuntimeError,
)
"""Exceptions of reading a member of a zip file."""
DAMAGED = (*UNREADABLE, AttributeError, IndexError)
"""Exceptions of opening a zip file; the last two where its table is cut in a field."""
SMALL, RATIO = 16 << 20, 200
"""Members that are larger, and this much larger than what is stored of them, are bombs: weights of
networks shrink by less than half."""
_MAX_FILE, _MAX_TABLE, _MAX_MEMBERS = 2 << 30, 4 << 20, 10_000
_CHUNK = 1 << 20
_END, _END_SIZE, _END64, _END64_SIZE = b"PK\x05\x06", 22, b"PK\x06\x07", 20
_RECORD64_SIZE = 56
_TAIL = _END_SIZE + 65535 + _END64_SIZE + _RECORD64_SIZE
_HEAD_SIZE = 30
"""Bytes before the name at the head of a member (APPNOTE, 4.3.7)."""
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UNIX = 0x41, 16
"""Bits of encryption, weak and strong; where the mode of Unix begins."""


def open_zip(
    source: Union[Path, bytes], origin: Optional[str] = None, *, zip64: bool = False
) -> zipfile.ZipFile:
    """Open a zip file whose table of contents is sound.

    Args:
        source: The file, or its bytes.
        origin: Its name, for messages.
        zip64: Whether it may have the larger kind of table, which torch writes.

    Raises:
        PredictorError: It is no zip file that can be read, or beyond all measure.
    """
    origin = origin or ("the file" if isinstance(source, bytes) else shown(source))
    _refuse_excess(source, origin, zip64=zip64)
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except DAMAGED as error:
        msg = (
            f"{origin} is not a zip file that can be read, as packages are, or it is damaged "
            f"({shown(error)}): copy or download it again"
        )
        raise PredictorError(msg) from error
    try:
        _refuse_table(archive, origin)
    except PredictorError:
        archive.close()
        raise
    return archive


def _end_of(source: Union[Path, bytes]) -> tuple[int, bytes]:
    """Size of a file, and its last bytes, where a zip file says where its table is."""
    if isinstance(source, bytes):
        return len(source), source[-_TAIL:]
    with source.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        return size, stream.read(_TAIL)


def _refuse_excess(source: Union[Path, bytes], origin: str, *, zip64: bool) -> None:
    """Refuse what would fill the memory when it is opened: Python reads the table whole."""
    try:
        size, tail = _end_of(source)
    except (OSError, ValueError) as error:
        msg = f"{origin} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise PredictorError(msg) from error
    if size > _MAX_FILE:
        msg = f"{origin} is larger than {_MAX_FILE >> 30} GiB, which no package here is"
        raise PredictorError(msg)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        msg = (
            f"{origin} is not a deep learning package (a zip file), or its end is missing: copy "
            "or download it again"
        )
        raise PredictorError(msg)
    (table,) = struct.unpack_from("<I", tail, at + 12)
    is_large = tail[max(0, at - _END64_SIZE) : at].startswith(_END64)
    if is_large and zip64 and at >= _END64_SIZE + _RECORD64_SIZE:
        (table,) = struct.unpack_from("<Q", tail, at - _END64_SIZE - _RECORD64_SIZE + 40)
        is_large = False
    if table > _MAX_TABLE or is_large:
        msg = (
            f"{origin} has a table of contents that no package has (zip64, or more than "
            f"{_MAX_TABLE >> 20} MiB): build the package again"
        )
        raise PredictorError(msg)


def _refuse_table(archive: zipfile.ZipFile, origin: str) -> None:
    """Refuse more members than packages have, and members that share their bytes."""
    entries = archive.infolist()
    if len(entries) > _MAX_MEMBERS:
        msg = f"{origin} holds more than {_MAX_MEMBERS} files, which no package does"
        raise PredictorError(msg)
    end = 0
    starts = [(e.header_offset, e.compress_size, e.filename) for e in entries]
    for start, size, name in (*sorted(starts), (archive.start_dir, 0, "the table of contents")):
        if start < end:
            msg = (
                f"{origin} has members that share the same bytes ({shown(name)}), as no "
                "program packs them: reject it, or build the package again"
            )
            raise PredictorError(msg)
        end = start + _HEAD_SIZE + size


def is_folder(entry: zipfile.ZipInfo) -> bool:
    """Test if a member is a folder; one without a name is a file, at which `ZipInfo` fails."""
    return entry.filename.endswith("/")


def member_fault(entry: zipfile.ZipInfo) -> Optional[Fault]:
    """Find what keeps programs from unpacking a member as a file; None where all of them can."""
    kind = stat.S_IFMT(entry.external_attr >> _UNIX)
    again = "build the package again"
    if kind not in {0, stat.S_IFREG}:
        what = "is a link" if kind == stat.S_IFLNK else "is no plain file"
        return Fault(what, "reject the package")
    if entry.flag_bits & _ENCRYPTED:
        return Fault("is encrypted", f"{again} without a password")
    if entry.compress_type not in _KNOWN:
        what = f"is compressed by method {entry.compress_type}"
        return Fault(what, f"{again} with deflate, or none")
    if entry.file_size > max(SMALL, entry.compress_size * RATIO):
        size = f"{entry.compress_size} to {entry.file_size} bytes"
        return Fault(f"unpacks from {size}, and was not read", "reject the package")
    return None


def damage_of(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    sink: Callable[[bytes], object] = lambda _: None,
) -> Optional[str]:
    """Read a member to its end and give the reason why it is not whole; None where it is.

    Args:
        archive: From `open_zip`.
        entry: One of its members, without a `member_fault`.
        sink: Gets its bytes, piece by piece; Python gives no more of them than the entry states.
    """
    size = 0
    try:
        with archive.open(entry) as stream:
            for part in iter(lambda: stream.read(_CHUNK), b""):
                size += len(part)
                sink(part)
    except DAMAGED as error:
        return shown(error)
    return None if size == entry.file_size else f"{size} bytes in place of {entry.file_size}"


def read_member(archive: zipfile.ZipFile, name: str, limit: int, origin: str) -> bytes:
    """The bytes of a member, held once, and never more than ``limit``, whatever its header says.

    Args:
        archive: From `open_zip`.
        name: One of its names.
        limit: Bytes.
        origin: The archive's name, for messages.

    Raises:
        PredictorError: There is none or several of that name, it is larger, of a kind that is not
            read, or damaged.
    """
    entries = [e for e in archive.infolist() if e.filename == name]
    where = f"{origin}: {shown(name)}"
    if len(entries) != 1:
        what = "occurs twice" if entries else "is not in it"
        msg = f"{where} {what}: build the package again"
        raise PredictorError(msg)
    fault = member_fault(entries[0])
    if fault:
        msg = f"{where} {fault.what}: {fault.remedy}"
        raise PredictorError(msg)
    if entries[0].file_size > limit:
        msg = f"{where} unpacks to more than {limit >> 20} MiB and is refused"
        raise PredictorError(msg)
    held = io.BytesIO()
    damage = damage_of(archive, entries[0], held.write)
    if damage is not None:
        msg = f"{where} is damaged ({damage}): copy or download the package again"
        raise PredictorError(msg)
    return held.getvalue()
