"""The library, the writer and the listener of an export, together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.errors import Cancelled

if TYPE_CHECKING:
    from ..detection.ports import Listener
    from ..georaster.ports import Library
    from .ports import DataWriter


@dataclass(frozen=True)
class Tools:
    """All that an export calls."""

    library: Library
    """Reads the imagery."""
    writer: DataWriter
    listener: Listener

    def look(self) -> None:
        """Stop if the user wants to.

        Raises:
            Cancelled: The user does.
        """
        if self.listener.cancelled():
            msg = "cancelled"
            raise Cancelled(msg)

    def stage(self, name: str) -> None:
        """Tell that a stage begins.

        Raises:
            Cancelled: The user wants to stop.
        """
        self.look()
        self.listener.stage(name)
