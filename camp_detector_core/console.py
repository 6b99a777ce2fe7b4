"""The one place that writes to a terminal: results on stdout, messages on stderr.

Names of bands, models, files and layers come from files that anybody may have made. Whatever is
in them, no control character reaches the terminal and no message is without an end.
"""

from __future__ import annotations

import logging
import sys
import traceback

import click

from .engine.wording import message, visible_lines


def say(text: object, *, err: bool = False) -> None:
    """Write text of one line or several to stdout, or to stderr where stdout is for a program."""
    click.echo(visible_lines(str(text)), err=err)


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


class LineFormatter(logging.Formatter):
    """Log records for a terminal: the level and the message, each on a line of its own."""

    def __init__(self) -> None:
        """Level and message; neither time nor module."""
        super().__init__("%(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, without characters that act on a terminal."""
        return visible_lines(super().format(record))
