"""The border between the tools and ArcGIS: errors, licence, progress, cancelling."""

from __future__ import annotations

import os
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, Iterator, Protocol

from camp_detector_core.detection.ports import Listener
from camp_detector_core.engine.errors import CampDetectorError, Cancelled

from .errors import ToolError
from .words import in_words

if TYPE_CHECKING:
    import arcpy

VERBOSE = "CAMP_DETECTOR_VERBOSE"
"""Environment variable: with it a failure also gives its traceback."""


class Messages(Protocol):
    """The messages of a tool that runs, as ArcGIS hands them to it."""

    def addMessage(self, text: str, /) -> None:  # noqa: N802 - names of ArcGIS
        """Add a line."""

    def addWarningMessage(self, text: str, /) -> None:  # noqa: N802
        """Add a warning."""

    def addErrorMessage(self, text: str, /) -> None:  # noqa: N802
        """Add an error."""


def run_tool(work: Callable[[], None], messages: Messages) -> None:
    """Run a tool; whatever fails becomes one message and ``arcpy.ExecuteError``."""
    import arcpy

    # Else ArcGIS ends the tool itself, in the middle of whatever it is doing.
    before = arcpy.env.autoCancelling
    arcpy.env.autoCancelling = False
    try:
        work()
    except Cancelled:
        # Not an error: ArcGIS itself says that the tool was cancelled.
        messages.addWarningMessage("Cancelled; nothing was written.")
    except CampDetectorError as error:
        _fail(messages, in_words(error), error)
    except arcpy.ExecuteError as error:
        # A geoprocessing tool that was called has said what is wrong in its own messages.
        text = " ".join(str(arcpy.GetMessages(2)).split()) or _one_line(error)
        if arcpy.env.isCancelled:
            messages.addWarningMessage("Cancelled; nothing was written.")
            return
        _fail(messages, f"ArcGIS stopped: {text}", error)
    except Exception as error:  # noqa: BLE001 - the border of the host
        _fail(
            messages,
            f"Something went wrong that should not ({type(error).__name__}: {_one_line(error)}). "
            f"Set the environment variable {VERBOSE}=1, run the tool again and report what it "
            "says.",
            error,
        )
    finally:
        arcpy.env.autoCancelling = before
        arcpy.ResetProgressor()


def look(work: Callable[[], None], parameters: list[arcpy.Parameter]) -> None:
    """Look at a dialog; whatever fails becomes a warning, and a run says more."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - the border of the host
        reason = f"{type(error).__name__}: {_one_line(error)}"
        parameters[0].setWarningMessage(
            f"These values could not be checked before a run ({reason})."
        )


def _fail(messages: Messages, text: str, error: BaseException) -> None:
    import arcpy

    messages.addErrorMessage(text)
    if os.environ.get(VERBOSE):
        for line in traceback.format_exception(type(error), error, error.__traceback__):
            messages.addMessage(line.rstrip())
    raise arcpy.ExecuteError(text) from None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:500] or type(error).__name__


@contextmanager
def licence(name: str) -> Iterator[None]:
    """Hold an extension's licence; it is checked in again whatever happens.

    Raises:
        ToolError: It cannot be had.
    """
    import arcpy

    status = str(arcpy.CheckOutExtension(name))
    if status != "CheckedOut":
        msg = f"the licence of {name} cannot be had now ({status})"
        raise ToolError(msg, remedy="choose CAMP_DETECTOR under {engine}, or try again later")
    try:
        yield
    finally:
        arcpy.CheckInExtension(name)


class Progress(Listener):
    """The progress bar, which is told of runs of the core, too."""

    def __init__(self, message: str) -> None:
        """Start a bar at 0."""
        import arcpy

        self._arcpy = arcpy
        self._position = 0
        arcpy.SetProgressor("step", message, 0, 100, 1)

    def label(self, text: str) -> None:
        """Name the step that begins."""
        self._arcpy.SetProgressorLabel(text)

    def update(self, done: int, total: int) -> None:
        """``done`` of ``total`` units of work are finished."""
        position = 100 * done // max(1, total)
        if position > self._position:
            self._position = position
            self._arcpy.SetProgressorPosition(position)

    def cancelled(self) -> bool:
        """True if the user wants to stop."""
        return bool(self._arcpy.env.isCancelled)

    def notify(self, message: str) -> None:
        """Warn of what was done to files of an earlier run."""
        self._arcpy.AddWarning(message)

    def check(self) -> None:
        """Stop where the user wants to.

        Raises:
            Cancelled: The user does.
        """
        if self.cancelled():
            msg = "cancelled"
            raise Cancelled(msg)


def require_new(path: str) -> None:
    """Refuse to replace an output, unless the geoprocessing options say that it may be.

    Raises:
        ToolError: It exists.
    """
    import arcpy

    if arcpy.Exists(path) and not arcpy.env.overwriteOutput:
        msg = (
            f"{path} exists already: choose another name for the output, or allow overwriting in "
            "the geoprocessing options"
        )
        raise ToolError(msg)
