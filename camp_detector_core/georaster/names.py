"""From what a user names to the name by which a library opens exactly that.

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
"""How the names of what is no file begin: texts, GDAL's file systems, drivers and schemes."""
_APPENDED = (".aux.xml", ".msk", ".ovr", ".AUX.XML", ".MSK", ".OVR")
_REPLACED = (".wld", ".prj", ".aux", ".tab", ".rpb", "_rpc.txt", "_RPC.TXT")
"""Endings of side files: added to the whole name, and in place of its ending."""


def refuse_name(name: str) -> None:
    """Refuse what cannot be the name of a raster, with words that can be printed.

    Raises:
        RasterError: It is empty, or holds what GDAL cannot be given.
    """
    if not name.strip():
        msg = "the name of an input raster is empty"
        raise RasterError(msg)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = name.encode("utf-8", "backslashreplace").decode()
        msg = f"the name {shown} is not UTF-8, which GDAL needs: rename it"
        raise RasterError(msg) from error
    if "\0" in name:
        shown = name.replace("\0", "\\0")
        msg = f"the name {shown} holds a zero byte, which no file can have: give another name"
        raise RasterError(msg)


def local_path(name: str) -> Path | None:
    """The file, folder or link of exactly this name, absolute; None where there is none.

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
    """The name for GDAL of a file that `local_path` gave.

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
    """The name for GDAL of what a user names: files by their exact name, all else as it is.

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
    """Whether all names are those of files and folders of this machine."""
    return all(local_path(name) is not None for name in names)


def links_of(path: Path) -> Iterator[Path]:
    """A file and, where it is a link, what it leads to, link by link."""
    for _ in range(64):  # more is a loop
        yield path
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()


def identity(name: str) -> Identity:
    """The device and number of a file, whatever name leads to it; the name where it is no file."""
    try:
        status = os.stat(name)  # noqa: PTH116 - addresses are not for Path to tidy
    except (OSError, ValueError):
        return str(name)
    return (status.st_dev, status.st_ino)


def is_pipe(name: str) -> bool:
    """Whether it is a pipe, a device or a socket: to open one may take for ever."""
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
