"""The words for rasters that cannot be opened."""

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
_MISSING = re.compile(r"([^'`\n]+?)'?(?:: No such file| does not exist in the file system)")
_CIRCLE = re.compile("opened in a cascaded way")
"""How GDAL says that a virtual raster leads to itself, or that a hundred lead to each other."""
_UNKNOWN = re.compile("not recognized as (being in )?a supported file format")
"""How GDAL says, in words that changed with its versions, that no driver of it takes a file."""


@contextmanager
def in_words(
    say: Callable[[str, str], RasterError],
    label: str,
    *,
    foreign: tuple[type[Exception], ...],
    words: Callable[[BaseException], str] = str,
) -> Iterator[None]:
    """Turn all that a library raises into one sentence about a raster.

    Args:
        say: Makes the error of the raster's name and the library's words.
        label: The raster's name for the user.
        foreign: What the library raises.
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
        raise say(label, reason) from error
    except foreign as error:
        raise say(label, words(error)) from error


def refuse_pipe(name: str, label: str) -> None:
    """Refuse what is no file and may be read without end.

    Raises:
        RasterError: It is a pipe or a device.
    """
    if not name.startswith(("/vsi", "<")) and is_pipe(name):
        msg = f"{label} is a device or a pipe, which cannot be read as a raster: name a file"
        raise RasterError(msg)


def refuse_empty(name: str, label: str) -> None:
    """Refuse a file without a byte, what is no file, and a picture that was cut.

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


def cannot_open(name: str, label: str, said: str) -> RasterError:
    """The error for a raster that GDAL did not open.

    Args:
        name: The name that GDAL was given.
        label: The name for the user.
        said: GDAL's own words.
    """
    if not name.startswith(("/vsi", "<")) and ":" not in name[2:] and not Path(name).exists():
        return RasterError(f"{label} does not exist")
    return _lacking(label, said) or RasterError(
        f"{label} cannot be opened as a raster: {_reason(said, name)}"
    )


def cannot_understand(label: str, said: str) -> RasterError:
    """The error for a raster that was opened, but whose header makes no sense to the library.

    Args:
        label: The name for the user.
        said: The library's own words.
    """
    return _lacking(label, said) or RasterError(
        f"{label} has a header that cannot be understood ({_reason(said, label)})",
        remedy="write it anew, e.g. with {tool:copy}, or download it again",
    )


def cannot_read(label: str, said: str) -> RasterError:
    """The error for pixels that the library did not read: a `ReadError` where they are at fault.

    Args:
        label: The name for the user.
        said: The library's own words.
    """
    return _lacking(label, said) or _sourceless(label, said) or ReadError(said)


def _sourceless(label: str, said: str) -> RasterError | None:
    """The error where what a virtual raster names is not there, or is itself."""
    if _CIRCLE.search(said):
        return RasterError(
            f"{label} cannot be read, because it and its sources name each other: make it anew"
        )
    missing = _MISSING.search(said)
    if missing:
        return RasterError(
            f"{label} cannot be read, because {missing[1]} does not exist: put it there, or make "
            "the virtual raster anew"
        )
    return None


def _lacking(label: str, said: str) -> RasterError | None:
    """The error where the machine is at fault and not the raster."""
    if _TOO_MANY.search(said):
        return RasterError(
            f"{label} cannot be opened, because this process has reached its limit of open files: "
            "raise it (ulimit -n 4096 in the same terminal) and run this again"
        )
    if _NO_MEMORY.search(said):
        return RasterError(
            f"{label} cannot be read, because the memory does not suffice",
            remedy="close other programs, or write the raster anew in tiles with {tool:tile}",
        )
    return None


def _reason(said: str, name: str) -> str:
    text = " ".join(said.split())
    for quoted in (f"'{name}' ", f"`{name}' ", f"{name}: "):
        text = text.replace(quoted, "")
    if _UNKNOWN.search(text):
        return "it is not in a format that GDAL knows, or it is damaged"
    return text.rstrip(".")[:300] or "no reason is given"
