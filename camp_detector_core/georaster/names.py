"""Names by which a library opens exactly the files that a user gives.

GDAL and rasterio take names apart: as URLs, as drivers with arguments, as the text of a virtual
raster. They do so with none that begins at the root of the file system, save for one spelling.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Union

from ..engine.errors import RasterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Identity = Union[tuple[int, int], str]

INLINE = "<VRTDataset"
"""GDAL takes every name that holds this for the text of a virtual raster."""
NO_FILE = re.compile(r"\s*[<{]|/vsi|[A-Za-z][A-Za-z0-9_+.-]+:")
"""Start of names other than files: texts, GDAL's file systems, drivers and schemes."""
_APPENDED = (".aux.xml", ".msk", ".ovr", ".AUX.XML", ".MSK", ".OVR")
_REPLACED = (".wld", ".prj", ".aux", ".tab", ".rpb", "_rpc.txt", "_RPC.TXT")
"""Endings of side files: added to the whole name, and in place of its ending."""


def refuse_name(name: str) -> None:
    """Refuse names that no raster can have, in printable words.

    Raises:
        RasterError: It is empty, or holds what GDAL cannot be given.
    """
    if not name.strip():
        msg = "the name of an input raster is empty"
        raise RasterError(msg)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        printable = name.encode("utf-8", "backslashreplace").decode()
        msg = f"the name {printable} is not UTF-8, which GDAL needs: rename it"
        raise RasterError(msg) from error
    if "\0" in name:
        printable = name.replace("\0", "\\0")
        msg = f"the name {printable} holds a zero byte, which no file can have: give another name"
        raise RasterError(msg)


def local_path(name: str) -> Path | None:
    """Return the absolute path of a file, folder or link of exactly this name, else None.

    Its links are kept: ``..`` is not taken away, since after a link it leads elsewhere.

    Raises:
        RasterError: The system cannot look it up, or the name cannot be given to GDAL.
    """
    refuse_name(name)
    path = Path(name).absolute()
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        if NO_FILE.match(name):
            return None
        reason = getattr(error, "strerror", None) or error
        msg = f"{name[:100]} cannot be opened: {reason}"
        raise RasterError(msg) from error
    return path


def file_name(path: Path) -> str:
    """Make the GDAL name of a file from `local_path`.

    GDAL looks for side files (world file, mask, overviews, CRS) beside the name that it is given.
    That of the user counts; only where none lies beside a link, but beside what it leads to, GDAL
    is given that.

    Raises:
        RasterError: GDAL would take the name for something else, or it is a link to nothing.
    """
    name = str(path)
    refuse_name(name)
    if INLINE in name:
        msg = f"GDAL takes the name {name} for the text of a virtual raster: rename it"
        raise RasterError(msg)
    if not path.is_symlink():
        return name
    if not path.exists():
        msg = f"{name} is a link to {path.readlink()}, which does not exist: mend the link"
        raise RasterError(msg)
    return next((str(p) for p in links_of(path) if _has_side_files(p)), name)


def literal(name: str | Path) -> str:
    """Make the GDAL name of the user's input: files by their exact name, others unchanged.

    Raises:
        RasterError: The name cannot be one, or no file has it and it is no other name of GDAL.
    """
    text = os.fspath(name)
    path = local_path(text)
    if path is not None:
        return file_name(path)
    if not NO_FILE.match(text):
        msg = f"{text} does not exist"
        raise RasterError(msg)
    return text


def are_local(names: Iterable[str]) -> bool:
    """True if all names are files and folders of this machine."""
    return all(local_path(name) is not None for name in names)


def links_of(path: Path) -> Iterator[Path]:
    """List a file and, if it is a link, its targets, link by link."""
    for _ in range(64):  # more is a loop
        yield path
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()


def identity(name: str) -> Identity:
    """Return device and number of a file, equal for all its names; else the name."""
    try:
        status = os.stat(name)  # noqa: PTH116 - addresses are not for Path to tidy
    except (OSError, ValueError):
        return str(name)
    return (status.st_dev, status.st_ino)


def is_pipe(name: str) -> bool:
    """Test if it is a pipe, device or socket, which may block when opened."""
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116 - of ten thousand
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _has_side_files(path: Path) -> bool:
    ending = path.suffix[1:]
    stem = str(path)[: len(str(path)) - len(path.suffix)]
    worlds = (f".{ending[0]}{ending[-1]}w", f".{ending}w") if ending else ()
    replaced = [*_REPLACED, *worlds]
    replaced += [end.upper() for end in replaced]
    names = [*(f"{path}{end}" for end in _APPENDED), *(stem + end for end in replaced)]
    return any(map(os.path.exists, names))
