"""The engine as one zip file that a host's Python imports from, without unpacking it.

Its name tells release and content (``rcd_engine_0_1_0_1a2b3c4d.zip``), and so does the one package
inside, which has the name of the file's stem: packages of two releases can be loaded by one
process. Nothing is compressed, so the bytes do not depend on the machine's zlib; and Python keeps
no compiled files of what it imports from a zip file.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import camp_detector_core
from camp_detector_core import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINE_NAME = re.compile(r"rcd_engine_[0-9A-Za-z_]{1,40}_[0-9a-f]{8}\.zip")
"""Names of engine copies of any release."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold: the same files give the same bytes."""
_ENGINE = Path(camp_detector_core.__file__).resolve().parent / "engine"
_DIGITS = 8


@dataclass(frozen=True)
class EngineCopy:
    """The engine of this release, as it is put into packages."""

    name: str
    """Of the file."""
    data: bytes
    """The zip file."""

    @property
    def package(self) -> str:
        """Name to import."""
        return self.name.removesuffix(".zip")


def engine_copy() -> EngineCopy:
    """Make the zip file from the sources that are installed; the same sources, the same bytes."""
    sources = {
        p.relative_to(_ENGINE).as_posix(): p.read_bytes().replace(b"\r\n", b"\n")
        for p in _ENGINE.rglob("*.py")
    }
    digits = digest_of(sources)[:_DIGITS]
    release = re.sub(r"[^0-9A-Za-z]+", "_", __version__)
    stem = f"rcd_engine_{release}_{digits}"
    return EngineCopy(
        f"{stem}.zip", zip_bytes({f"{stem}/{name}": d for name, d in sources.items()})
    )


def digest_of(sources: Mapping[str, bytes]) -> str:
    """SHA-256 of files and their names, whatever their order; 64 hexadecimal digits."""
    whole = hashlib.sha256()
    for name in sorted(sources):
        head = f"{name}\n{len(sources[name])}\n".encode()
        whole.update(head + sources[name])
    return whole.hexdigest()


def zip_bytes(members: Mapping[str, bytes], *, level: int | None = None) -> bytes:
    """A zip file whose bytes depend on its members alone: sorted, without times.

    Args:
        members: Content by name, with ``/`` between folders.
        level: How hard they are deflated, 1 to 9; the bytes then depend on the release of zlib,
            too. None: they are stored as they are.
    """
    buffer = BytesIO()
    kind = zipfile.ZIP_STORED if level is None else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", kind, compresslevel=level) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, members[name], kind, level)
    return buffer.getvalue()
