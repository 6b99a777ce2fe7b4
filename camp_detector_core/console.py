"""The one place that writes to a terminal: results on stdout, messages on stderr.

Names of bands, models, files and layers come from files that anybody may have made. Whatever is
in them, no control character reaches the terminal and no message is without an end.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .engine.errors import OutputError
from .engine.wording import message, visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


def say(text: object, *, err: bool = False) -> None:
    """Write text of one line or several to stdout, or to stderr where stdout is for a program.

    Characters that the stream's encoding lacks are written as escapes.

    Raises:
        OutputError: It leads to a file on a full disk, or the like.
    """
    encoding = (sys.stderr if err else sys.stdout).encoding or "utf-8"
    lines = visible_lines(str(text)).encode(encoding, "backslashreplace").decode(encoding)
    try:
        click.echo(lines, err=err)
    except BrokenPipeError:  # whoever reads has read enough
        raise
    except OSError as error:
        msg = f"what there is to say cannot be written where it was sent: {error.strerror}"
        raise OutputError(msg) from error


def note(text: str, *, kind: str = "note") -> None:
    """Write a message of one line to stderr, ``kind`` first."""
    click.echo(f"{kind}: {message(text)}", err=True)
    sys.stderr.flush()


def warn(text: str) -> None:
    """Write a warning of one line to stderr."""
    note(text, kind="warning")


def complain(text: str) -> None:
    """Write the one line that an error is to stderr."""
    note(text, kind="error")


def show_traceback(text: str | None = None) -> None:
    """Write a traceback, by default that of the exception at hand, to stderr."""
    click.echo(visible_lines(traceback.format_exc() if text is None else text), err=True, nl=False)


class _WarningHandler(logging.Handler):
    """Writes what is logged as warnings are written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line to stderr."""
        warn(record.getMessage())


@contextmanager
def logged_warnings() -> Iterator[None]:
    """Write the warnings that the core logs to stderr, as those that a command is told."""
    handler, logger = _WarningHandler(logging.WARNING), logging.getLogger(__package__)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class LineFormatter(logging.Formatter):
    """Log records for a terminal: the level and the message, each on a line of its own."""

    def __init__(self) -> None:
        """Level and message; neither time nor module."""
        super().__init__("%(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, without characters that act on a terminal."""
        return visible_lines(super().format(record))


class JsonFormatter(logging.Formatter):
    """Log records for a program that shows them: an object of JSON on each line, in ASCII.

    The keys are ``level``, ``message``, and ``progress`` where the record has such an attribute:
    the share of the work that is done, 0 to 1.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        values = {"level": record.levelname, "message": record.getMessage()}
        progress = getattr(record, "progress", None)
        return json.dumps(values if progress is None else {**values, "progress": progress})


def ignore_undecodable_logs() -> None:
    """Keep off stderr what rasterio's logging cannot decode in GDAL's words, for good.

    Python reports such an error of a callback by itself; the error that is raised says the same.
    This is for programs of our own, since it changes two hooks of the interpreter.
    """
    report_elsewhere, print_elsewhere = sys.unraisablehook, sys.excepthook

    def report(trouble: sys.UnraisableHookArgs) -> None:
        if (trouble.object, trouble.exc_type) != ("rasterio._env.log_error", UnicodeDecodeError):
            report_elsewhere(trouble)

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # Cython prints before it reports; an error that was raised has a traceback.
        if trace is not None or kind is not UnicodeDecodeError:
            print_elsewhere(kind, error, trace)

    sys.unraisablehook, sys.excepthook = report, show
