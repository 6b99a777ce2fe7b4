"""Ports of a run: who is told of it, and the library that reads and writes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ContextManager, Protocol

from ..georaster.ports import Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..engine.messages import Message
    from ..georaster.cog import RasterSink
    from ..outputs.output_set import Target
    from .outcome import Outcome, Setup
    from .request import Outputs


class Listener:
    """Is told of a run and asked whether to go on; hosts override what they show.

    It is the engine's `Progress`, too.
    """

    def update(self, done: int, total: int) -> None:
        """Take notice that ``done`` of ``total`` chips are finished."""

    def cancelled(self) -> bool:
        """True if the user wants to stop."""
        return False

    def stage(self, name: str) -> None:
        """Take notice that a stage begins, named in a few words."""

    def warn(self, message: Message) -> None:
        """Take a warning about the results, which `Outcome.warnings` has as well."""

    def notify(self, message: str) -> None:
        """Take a sentence about files of an earlier run, shown whatever comes of this one."""


class RunLibrary(Library, Protocol):
    """A library that reads rasters, and writes results where its host does not."""

    def session(self, *, offline: bool) -> ContextManager[Library]:
        """Give the library for the time of a run.

        Args:
            offline: True if no server is to be called.
        """

    def check_outputs(self, outputs: Outputs, crs_wkt: str | None = None) -> None:
        """Refuse what cannot be written, before any work, and again when the CRS is known.

        Raises:
            OutputError: A format is not known, or does not take the CRS.
        """

    def raster_sink(
        self, name: str, target: Target, setup: Setup, cancelled: Callable[[], bool]
    ) -> RasterSink:
        """Start a raster.

        Args:
            name: ``probability`` or ``mask``.
            target: Where it is written, and where it will be.
            setup: The run.
            cancelled: True if the user wants to stop while a long copy is made.

        Raises:
            OutputError: It cannot be created.
        """

    def write(self, name: str, target: Target, outcome: Outcome) -> None:
        """Write another file.

        Args:
            name: ``dwellings``, ``overlay`` or ``report``.
            target: Where it is written, and where it will be.
            outcome: What to write.

        Raises:
            OutputError: It cannot be written.
        """
