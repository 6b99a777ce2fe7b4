"""A progress bar of bytes, for what is copied or downloaded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

from camp_detector_core.engine.wording import visible

if TYPE_CHECKING:
    from tqdm import tqdm

    from .terminal import StopRequest


class TransferBar:
    """Shows bytes to a person at a terminal; satisfies the engine's `Progress`."""

    def __init__(self, stop: StopRequest, name: str, *, quiet: bool = False) -> None:
        """Show nothing yet.

        Args:
            stop: Whether the user wants to stop.
            name: What is copied.
            quiet: No bar.
        """
        self._stop = stop
        self._name = name
        self._quiet = quiet
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        """Return the bar, ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def update(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes have arrived."""
        if self._quiet or not sys.stderr.isatty():
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(
                total=total, unit="B", unit_scale=True, desc=visible(self._name), leave=False
            )
        self._bar.update(done - self._bar.n)

    def cancelled(self) -> bool:
        """Return True once Ctrl-C was pressed."""
        return self._stop.signal is not None
