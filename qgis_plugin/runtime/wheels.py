"""Unpack a wheel, which is a zip file, where pip is missing."""

from __future__ import annotations

import stat
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Callable

from camp_detector_core.engine.errors import Cancelled
from camp_detector_core.model_file.zip_file import DAMAGED, UNREADABLE

from ..faults import Fault
from ..i18n import tr

_MAX_TOTAL = 4 << 30
_MAX_MEMBERS = 50_000
_CHUNK = 1 << 20


def package_of(path: Path) -> str:
    """The package's name by the file's, such as ``onnxruntime``.

    Raises:
        Fault: It is no wheel of ONNX Runtime.
    """
    name = path.name.partition("-")[0].lower().replace("_", "-")
    if path.suffix.lower() != ".whl" or not name.startswith("onnxruntime"):
        raise Fault(
            tr("{path} is no wheel of ONNX Runtime: choose a file onnxruntime-….whl", path=path)
        )
    return name


def unpack(wheel: Path, folder: Path, cancelled: Callable[[], bool]) -> None:
    """Unpack a wheel into a folder; nothing lands outside of it, and nothing is run.

    Raises:
        Fault: The file is damaged, or leads out of the folder.
        Cancelled: The user wants to.
    """
    try:
        wheel_file = zipfile.ZipFile(wheel)
    except DAMAGED as error:
        raise _bad(wheel, str(error)) from error
    try:
        with wheel_file as archive:
            members = archive.infolist()
            _refuse(wheel, members)
            left = _MAX_TOTAL
            for member in members:
                if member.is_dir():
                    continue
                target = folder / PurePosixPath(member.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as sink:
                    for part in iter(partial(source.read, _CHUNK), b""):
                        left -= len(part)
                        if cancelled():
                            raise Cancelled(tr("The installation was stopped."))
                        if left < 0:
                            raise _bad(wheel, tr("it unpacks to too much"))
                        sink.write(part)
    except UNREADABLE as error:
        raise _bad(wheel, str(error)) from error


def _refuse(wheel: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MAX_MEMBERS or sum(m.file_size for m in members) > _MAX_TOTAL:
        raise _bad(wheel, tr("it unpacks to too much"))
    for member in members:
        path = PurePosixPath(member.filename)
        outside = path.is_absolute() or ".." in path.parts
        if outside or ":" in member.filename or "\\" in member.filename:
            raise _bad(wheel, tr("a file in it leads out of its folder"))
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _bad(wheel, tr("it holds a link"))


def _bad(wheel: Path, reason: str) -> Fault:
    return Fault(tr("{path} is damaged, or no wheel: {reason}", path=wheel, reason=reason[:200]))
