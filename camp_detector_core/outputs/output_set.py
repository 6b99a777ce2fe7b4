"""Outputs that appear together at the very end, or not at all.

All are written into a hidden folder beside their targets and moved when everything is done, so
an error, a full disk or Ctrl-C leaves neither a half file nor a lost earlier result.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import Cancelled, OutputError
from .durable import alone_in
from .file_names import fault_in, is_utf8
from .placing import Placing
from .scratch import LOG, Workplace, recover
from .side_files import family
from .signals import held_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .scratch import Warn

_LOW_SPACE = 1 << 20
_SHOWN = 40
"""Letters of a name that are shown."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Target:
    """One output: where it is written and where it ends up."""

    final: Path
    """Path that the user named."""
    temporary: Path
    """Path that it is written to, of the same name."""
    scratch: Path
    """A folder for intermediate files, on the same disk; it is deleted."""


class OutputSet:
    """The outputs of one run; use it with ``with`` and call `commit` at the end."""

    def __init__(
        self, finals: Sequence[Path], *, overwrite: bool, warn: Warn = LOG.warning
    ) -> None:
        """Check the targets before any work is done, and write nothing yet.

        What killed runs left behind in their folders is put in order first.

        Args:
            finals: Where the outputs shall be.
            overwrite: Whether existing ones may be replaced.
            warn: Told what was put in order, in a sentence.

        Raises:
            OutputError: A target exists, is a folder or a link, occurs twice, has a name that
                cannot be, or its folder is missing.
        """
        self._overwrite = overwrite
        self._finals = [Path(os.path.abspath(f)) for f in finals]  # noqa: PTH100 - keeps links
        self._places: dict[Path, Workplace] = {}
        self._warn = warn
        for parent in dict.fromkeys(final.parent for final in self._finals):
            recover(parent, warn=warn)
        for final in self._finals:
            _check(final, overwrite=overwrite)
        if len(set(self._finals)) < len(self._finals):
            msg = f"two outputs have the same name: {', '.join(map(str, self._finals))}"
            raise OutputError(msg)

    def __enter__(self) -> OutputSet:  # noqa: PYI034 - Self is newer than Python 3.9
        """Make the hidden folders.

        Raises:
            OutputError: A folder cannot be written to.
        """
        try:
            with held_signals():
                for parent in dict.fromkeys(final.parent for final in self._finals):
                    self._places[parent] = Workplace(parent, warn=self._warn)
        except OSError as error:
            self._clean()
            msg = f"cannot write into the folder {parent}: {error.strerror}"
            raise OutputError(msg) from error
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what was not moved."""
        with held_signals():
            self._clean()

    def target(self, final: Path) -> Target:
        """Give the place to write the output that ends up at ``final``."""
        path = Path(os.path.abspath(final))  # noqa: PTH100 - keeps links
        place = self._places[path.parent]
        return Target(path, place.folder / path.name, place.scratch)

    def commit(self, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Move all outputs, with their side files, to where they belong.

        Signals wait meanwhile: either all is moved or all is as it was before. After a kill the
        next run into the folder moves the rest.

        Args:
            cancelled: Asked once more when signals wait, so that none is missed.

        Raises:
            Cancelled: The user wants to stop.
            OutputError: One cannot be moved, or exists by now; then all is as it was before.
        """
        with ExitStack() as stack:
            stack.enter_context(held_signals())
            if cancelled():
                msg = "cancelled"
                raise Cancelled(msg)
            try:
                for parent in sorted(self._places):
                    stack.enter_context(alone_in(parent))
            except OSError as error:
                raise _not_moved(error, []) from error
            for final in self._finals:
                _check(final, overwrite=self._overwrite)  # another run may have been faster
            placings: dict[Path, Placing] = {}
            try:
                for parent, place in self._places.items():
                    finals = [f for f in self._finals if f.parent == parent]
                    placings[parent] = Placing.of(place.folder, finals)
                    placings[parent].prepare()
                for placing in placings.values():
                    placing.decide()
                for placing in placings.values():
                    placing.forward()
            except BaseException as error:
                left_over = self._undo(placings)
                if isinstance(error, OSError) or left_over:
                    raise _not_moved(error, left_over) from error
                raise

    def _undo(self, placings: dict[Path, Placing]) -> list[Path]:
        """Take back all moves that can be; gives the folders in which earlier results remain."""
        left_over = []
        for parent, placing in placings.items():
            if placing.back():
                place = self._places.pop(parent)
                placing.forget()
                place.keep()
                left_over.append(place.old)
        return left_over

    def _clean(self) -> None:
        for place in self._places.values():
            place.remove()
        self._places = {}


def _not_moved(error: BaseException, left_over: list[Path]) -> OutputError:
    """The error for results that are not in place."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    rest = f"; earlier results remain in {', '.join(map(str, left_over))}" if left_over else ""
    return OutputError(f"the results cannot be moved into place: {reason}{rest}")


def standing(finals: Iterable[Path]) -> list[Path]:
    """The files that outputs of these names replace or, as side files of such, delete."""
    return [path for final in finals for path in family(final)]


def _check(final: Path, *, overwrite: bool) -> None:
    """Refuse a target that cannot be written, or must not be replaced."""
    _check_name(final)
    if not final.parent.is_dir():
        msg = f"the folder {final.parent} does not exist: create it first"
        raise OutputError(msg)
    if final.is_dir():
        msg = f"{final} is a folder: name a file in it, such as {final / 'dwellings.gpkg'}"
        raise OutputError(msg)
    if final.is_symlink():
        msg = f"{final} is a symbolic link: name the file that it leads to, or another one"
        raise OutputError(msg)
    there = family(final)
    if there and not overwrite:
        msg = f"{there[0]} exists already"
        remedy = "give {overwrite} to replace it | choose another name"
        raise OutputError(msg, parameter="overwrite", remedy=remedy)
    if final.exists() and not final.is_file():
        msg = f"{final} is a device or a pipe: choose another name for the output"
        raise OutputError(msg)
    if not os.access(final.parent, os.W_OK):
        msg = f"the folder {final.parent} is not writable: choose another one"
        raise OutputError(msg)


def _check_name(final: Path) -> None:
    """Refuse a name that the libraries or the disk cannot take."""
    fault = fault_in(final.name)
    if fault:
        rest = "..." if len(final.name) > _SHOWN else ""
        msg = f"the name of the output {final.name[:_SHOWN]!r}{rest} {fault}"
        raise OutputError(msg)
    if not is_utf8(str(final.parent)):
        msg = f"the name of the folder {str(final.parent)!r} is not UTF-8: choose another one"
        raise OutputError(msg)
    try:
        final.parent.stat()
    except OSError as error:
        if error.errno not in {errno.ENOENT, errno.ENOTDIR}:
            msg = f"the folder {str(final.parent)[:200]} cannot be used: {error.strerror}"
            raise OutputError(msg) from error


def cannot_write(final: Path, error: BaseException | str, *, needed: int = 0) -> OutputError:
    """The error for an output that could not be written, with the reason in plain words.

    Args:
        final: The output.
        error: What the library that wrote it said; few of them pass on that the disk is full.
        needed: Bytes that were to be written: if fewer are free now, that was the reason.
    """
    number = getattr(error, "errno", None)
    try:
        disk = shutil.disk_usage(final.parent)
        # Folders such as /proc are on no disk at all, and have no room to run out of.
        full = disk.total > 0 and disk.free < max(needed, _LOW_SPACE)
    except OSError:
        full = False
    if full or number in _FULL:
        return OutputError(f"{final} cannot be written: the disk is full, or a quota is reached")
    while isinstance(error, BaseException) and error.__cause__ is not None:
        error = error.__cause__
    reason = " ".join(str(error).split())[:300].rstrip(".")
    return OutputError(f"{final} cannot be written: {reason}")


@contextmanager
def output_errors(
    final: Path, foreign: Sequence[type[BaseException]], *, needed: Callable[[], int] = lambda: 0
) -> Iterator[None]:
    """Turn errors of a library and of the system into `OutputError` with the output's name.

    Args:
        final: The output.
        foreign: Exceptions of the library that writes it, besides OSError.
        needed: Gives the bytes that were to be written.

    Raises:
        OutputError: It could not be written.
    """
    kinds: tuple[type[BaseException], ...] = (OSError, *foreign)
    try:
        yield
    except kinds as error:
        raise cannot_write(final, error, needed=needed()) from error
