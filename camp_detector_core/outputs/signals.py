"""Signals that must not fall between two steps that belong together."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""The signals by which a person or the system asks a program to end."""


def caught_signals() -> tuple[signal.Signals, ...]:
    """Give the signals of `STOPPING` that are not ignored (nohup ignores SIGHUP).

    There is none outside the main thread, where Python does not let handlers be set.
    """
    if threading.current_thread() is not threading.main_thread():
        return ()
    return tuple(n for n in STOPPING if signal.getsignal(n) not in {signal.SIG_IGN, None})


@contextmanager
def held_signals() -> Iterator[None]:
    """Let signals to stop wait until the block is over; then the first one is delivered.

    Handlers are exchanged rather than signals masked: a mask holds for one thread only, and the
    threads of other libraries would still take them.
    """
    waiting: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        waiting.append(number)

    before = {number: signal.signal(number, keep) for number in caught_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
