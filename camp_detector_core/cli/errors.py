"""From exceptions to one line on stderr and an exit code."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from camp_detector_core.console import complain, show_traceback
from camp_detector_core.engine.errors import CampDetectorError, Cancelled

from .words import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING_WRITTEN = "stopped; nothing was written"
"""The error after Ctrl-C."""
USER_ERROR = 2
"""Exit code for what the user can put right."""
_INTERNAL_ERROR = 1
_SIGNAL_BASE = 128
"""Shells report a program ended by signal n as 128 + n."""
INTERRUPTED = _SIGNAL_BASE + signal.SIGINT
"""Exit code after Ctrl-C."""


class Stopped(Cancelled):
    """The user stopped the run by a signal."""

    def __init__(self, sentence: str = "stopped", *, number: int = signal.SIGINT) -> None:
        """Keep the number of the signal, which the exit code tells."""
        super().__init__(sentence)
        self.code = _SIGNAL_BASE + number


@contextmanager
def plain_errors(*, verbose: bool) -> Iterator[None]:
    """Turn exceptions into one line and an exit code; with ``verbose`` the traceback goes before.

    Raises:
        SystemExit: In place of any other exception.
    """
    try:
        yield
    except (KeyboardInterrupt, click.Abort):  # the second: a question that was not answered by yes
        complain(NOTHING_WRITTEN)
        sys.exit(INTERRUPTED)
    except Stopped as error:
        complain(NOTHING_WRITTEN)
        sys.exit(error.code)
    except CampDetectorError as error:
        _trace(verbose=verbose)
        complain(error.render(COMMAND))
        sys.exit(USER_ERROR)
    except MemoryError:
        _trace(verbose=verbose)
        complain("there is not enough memory: give a smaller --tile-size, or fewer --threads")
        sys.exit(USER_ERROR)
    except Exception as error:  # noqa: BLE001 - the border to the user: no traceback unasked
        _trace(verbose=verbose)
        hint = "" if verbose else " (--verbose shows where)"
        complain(f"internal error: {type(error).__name__}: {error}{hint}")
        sys.exit(_INTERNAL_ERROR)


def _trace(*, verbose: bool) -> None:
    if verbose:
        show_traceback()
