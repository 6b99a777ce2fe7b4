"""Errors of rasters that cannot be opened or read."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import RasterError
from .names import is_pipe
from .png_check import refuse_cut_png
from .ports import ReadError

if TYPE_CHECKING:
    from typing import Callable, Iterator

_TOO_MANY = re.compile("too many open files", re.IGNORECASE)
_NO_MEMORY = re.compile(
    "out of memory|(?:cannot|unable to) allocate|can ?not malloc|memoryerror", re.IGNORECASE
)
_MISSING_FILE = re.compile(r"([^'`\n]+?)'?(?:: No such file| does not exist in the file system)")
_CIRCLE = re.compile("opened in a cascaded way")
"""GDAL's text on a virtual raster that leads to itself, or on a hundred that form a circle."""
_UNKNOWN = re.compile("not recognized as (being in )?a supported file format")
"""GDAL's texts, which vary by version, on a file without a driver."""


@contextmanager
def in_words(
    make_error: Callable[[str, str], RasterError],
    label: str,
    *,
    foreign: tuple[type[Exception], ...],
    words: Callable[[BaseException], str] = str,
) -> Iterator[None]:
    """Turn all exceptions of a library into one sentence about a raster.

    Args:
        make_error: Makes the error of the raster's name and the library's words.
        label: The raster's name for the user.
        foreign: Exceptions of the library.
        words: Takes the library's words from an error.

    Raises:
        RasterError: Whatever the library raised.
    """
    try:
        yield
    except RasterError:
        raise
    except UnicodeDecodeError as error:
        reason = "a text in it or in a file beside it (.aux.xml, world file) is not UTF-8"
        raise make_error(label, reason) from error
    except foreign as error:
        raise make_error(label, words(error)) from error


def refuse_pipe(name: str, label: str) -> None:
    """Refuse pipes and devices, which may be read without end.

    Raises:
        RasterError: It is a pipe or a device.
    """
    if not name.startswith(("/vsi", "<")) and is_pipe(name):
        msg = f"{label} is a device or a pipe, which cannot be read as a raster: name a file"
        raise RasterError(msg)


def refuse_empty(name: str, label: str) -> None:
    """Refuse an empty file, a special file, and a truncated picture.

    Raises:
        RasterError: It is empty, or a pipe or a device, or a PNG file that is not whole.
    """
    refuse_pipe(name, label)
    if not name.startswith(("/vsi", "<")):
        refuse_cut_png(name, label)
    is_file = not name.startswith(("/vsi", "<")) and Path(name).is_file()
    if is_file and not Path(name).stat().st_size:
        msg = f"{label} is empty (0 bytes): copy or download it again"
        raise RasterError(msg)


def cannot_open(name: str, label: str, reason: str) -> RasterError:
    """Make the error for a raster that GDAL could not open.

    Args:
        name: The name that GDAL was given.
        label: The name for the user.
        reason: GDAL's own words.
    """
    if not name.startswith(("/vsi", "<")) and ":" not in name[2:] and not Path(name).exists():
        return RasterError(f"{label} does not exist")
    return _lacking(label, reason) or RasterError(
        f"{label} cannot be opened as a raster: {_reason(reason, name)}"
    )


def cannot_understand(label: str, reason: str) -> RasterError:
    """Make the error for a raster whose header the library cannot interpret.

    Args:
        label: The name for the user.
        reason: The library's own words.
    """
    return _lacking(label, reason) or RasterError(
        f"{label} has a header that cannot be understood ({_reason(reason, label)})",
        remedy="write it anew, e.g. with {tool:copy}, or download it again",
    )


def cannot_read(label: str, reason: str) -> RasterError:
    """Make the error for pixels that could not be read: a `ReadError` if the pixels are at fault.

    Args:
        label: The name for the user.
        reason: The library's own words.
    """
    return _lacking(label, reason) or _sourceless(label, reason) or ReadError(reason)


def _sourceless(label: str, reason: str) -> RasterError | None:
    """Make the error for a virtual raster whose source is missing, or is itself."""
    if _CIRCLE.search(reason):
        return RasterError(
            f"{label} cannot be read, because it and its sources name each other: make it anew"
        )
    match = _MISSING_FILE.search(reason)
    if match:
        return RasterError(
            f"{label} cannot be read, because {match[1]} does not exist: put it there, or make "
            "the virtual raster anew"
        )
    return None


def _lacking(label: str, reason: str) -> RasterError | None:
    """Make the error for failures of the machine instead of the raster."""
    if _TOO_MANY.search(reason):
        return RasterError(
            f"{label} cannot be opened, because this process has reached its limit of open files: "
            "raise it (ulimit -n 4096 in the same terminal) and run this again"
        )
    if _NO_MEMORY.search(reason):
        return RasterError(
            f"{label} cannot be read, because there is not enough memory",
            remedy="close other programs, or write the raster anew in tiles with {tool:tile}",
        )
    return None


def _reason(message: str, name: str) -> str:
    text = " ".join(message.split())
    for quoted in (f"'{name}' ", f"`{name}' ", f"{name}: "):
        text = text.replace(quoted, "")
    if _UNKNOWN.search(text):
        return "it is not in a format that GDAL knows, or it is damaged"
    return text.rstrip(".")[:300] or "no reason is given"
