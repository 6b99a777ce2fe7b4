"""The command line's side of a run: progress bar, warnings, Ctrl-C, and a quiet stderr."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import warnings
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, TypeVar

from camp_detector_core.console import warn
from camp_detector_core.detection.ports import Listener
from camp_detector_core.engine.errors import Cancelled
from camp_detector_core.engine.wording import visible
from camp_detector_core.outputs.signals import caught_signals

from .errors import Stopped
from .words import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

    from tqdm import tqdm

    from camp_detector_core.engine.messages import Message

T = TypeVar("T")
_STDERR = 2
_BLINK = 0.1
"""Seconds after which a person feels that a program does not react."""


class StopRequest:
    """Ctrl-C, other signals to end and a lost terminal, as something to ask for between steps.

    Within ``with`` the first signal is only remembered, so that work ends in an orderly way; a
    second one raises `KeyboardInterrupt`. Work that was cancelled leaves it as `Stopped`.
    """

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self.signal: int | None = None
        """The signal that came, or None."""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Take over the signals."""
        for number in caught_signals():
            self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Give the signals back.

        Raises:
            Stopped: In place of `Cancelled`.
        """
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}
        if isinstance(error, Cancelled) and not isinstance(error, Stopped):
            raise Stopped(number=self.signal or signal.SIGINT) from error

    def heed(self) -> None:
        """Stop here if the user asked for it.

        Raises:
            Stopped: So it was.
        """
        if self.signal is not None:
            raise Stopped(number=self.signal)

    def _remember(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number


def stoppable(work: Callable[[], T], stop: StopRequest) -> T:
    """Do what can be left at any moment, and stop waiting for it as soon as the user wants.

    The work is done in a thread, because libraries that wait for a network catch whatever a
    handler of signals raises, and try again. A thread that is left ends with the process.

    Raises:
        Stopped: The user stopped it.
    """
    future: Future[T] = Future()

    def fill() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            future.set_exception(error)

    threading.Thread(target=fill, daemon=True).start()
    while not wait([future], timeout=_BLINK).done:
        stop.heed()
    return future.result()


class Terminal(Listener):
    """Listens to a run for a person.

    At a terminal there is a progress bar and warnings appear at once; in a log file there is no
    bar, and warnings follow at the end of a successful run.
    """

    def __init__(self, stop: StopRequest, *, quiet: bool) -> None:
        """Say nothing yet.

        Args:
            stop: Whether the user wants to stop.
            quiet: Neither a bar nor warnings.
        """
        self._stop = stop
        self._quiet = quiet
        self._bar: tqdm[Any] | None = None
        self._stage = ""
        self._unit: dict[str, Any] = {"unit": "tile"}
        self._late_warnings: list[str] = []

    def __enter__(self) -> Self:
        """Give the listener, which shows nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    @property
    def is_interactive(self) -> bool:
        """True where a person reads the terminal as it is written."""
        return not self._quiet and sys.stderr.isatty()

    def update(self, done: int, total: int) -> None:
        """Move the bar."""
        if not self.is_interactive:
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=self._stage, leave=False, **self._unit)
        self._bar.update(done - self._bar.n)

    def cancelled(self) -> bool:
        """Return True once Ctrl-C was pressed."""
        return self._stop.signal is not None

    def stage(self, name: str) -> None:
        """Name the stage in front of the bar."""
        self._stage = name
        if self._bar is not None:
            self._bar.set_description(name)

    def warn(self, message: Message) -> None:
        """Show a warning now or at the end."""
        text = message.render(COMMAND)
        if self.is_interactive:
            warn(text)
        else:
            self._late_warnings.append(text)

    def notify(self, message: str) -> None:
        """Show a warning now, whatever comes of the run."""
        if not self._quiet:
            warn(message)

    def flush_warnings(self) -> None:
        """Show the warnings that waited for the end of the run."""
        if not self._quiet:
            for message in self._late_warnings:
                warn(message)
        self._late_warnings = []


class TransferBar(Terminal):
    """Shows the bytes of what is copied or downloaded."""

    def __init__(self, stop: StopRequest, name: str, *, quiet: bool = False) -> None:
        """Show nothing yet; ``name`` is that of what is copied."""
        super().__init__(stop, quiet=quiet)
        self._stage = visible(name)
        self._unit = {"unit": "B", "unit_scale": True}


@contextmanager
def only_python_on_stderr() -> Iterator[None]:
    """Keep what C libraries write to descriptor 2 off the terminal; Python's stderr still works.

    libtiff, for one, prints a line for each failed write, beside the error that reaches us.
    """
    try:
        shared = sys.stderr.fileno() == _STDERR
    except (AttributeError, OSError, ValueError):
        shared = False
    if not shared:
        yield
        return
    sys.stderr.flush()
    before = sys.stderr
    terminal = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)
    sys.stderr = os.fdopen(terminal, "w", buffering=1, encoding=before.encoding, errors="replace")
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, _STDERR)
        sys.stderr.close()
        sys.stderr = before


@contextmanager
def silence_libraries() -> Iterator[None]:
    """Keep logs and warnings of other libraries off stderr; what matters reaches us as errors."""
    loggers = [logging.getLogger(name) for name in ("rasterio", "pyogrio")]
    before = [logger.propagate for logger in loggers]
    handler = logging.NullHandler()
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.propagate = propagate
            logger.removeHandler(handler)
