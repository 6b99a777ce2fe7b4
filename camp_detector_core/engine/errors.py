"""Every error that the engine and its adapters raise on purpose.

The sentence of each names the thing at fault; ``parameter`` is the option that it is about, by its
name in `parameters`, and ``remedy`` says what to do, in a template of `messages` that names
parameters (``{bands}``, ``{gsd=native}``) and tools (``{tool:warp}``). Hosts show
``error.render(words)``, one line in their own words, without a traceback; ``str(error)`` is the
same in the words of no host.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Optional, TypeVar

from .messages import PLAIN, Message, Subject, Words

_Error = TypeVar("_Error", bound="CampDetectorError")


class CampDetectorError(Exception):
    """Root of all errors with a message made for the user."""

    def __init__(
        self,
        sentence: str,
        *,
        parameter: Optional[str] = None,
        value: Optional[str] = None,
        remedy: str = "",
    ) -> None:
        """Keep the message.

        Args:
            sentence: What is wrong, and with which file.
            parameter: Name of the parameter that it is about.
            value: The parameter's value, where it helps to see it.
            remedy: What to do, a template of `messages`.
        """
        super().__init__(sentence)
        self.parameter = parameter
        self.value = value
        self.remedy = remedy

    @property
    def message(self) -> Message:
        """The sentence, what it is about, and the remedy."""
        return Message(self.sentence, self.parameter, self.remedy)

    @property
    def sentence(self) -> str:
        """Fault, without the remedy."""
        return str(self.args[0])

    def with_sentence(self: _Error, sentence: str) -> _Error:  # noqa: PYI019 - not in Python 3.9
        """Give the same error with another sentence.

        Args:
            sentence: The old one with more around it.
        """
        other = copy(self)
        other.args = (sentence,)
        return other

    def render(self, words: Words) -> str:
        """Put the error into a host's words."""
        return self.message.render(words)

    def __str__(self) -> str:
        """Give the error in the words of no host."""
        return self.render(PLAIN)


class ParameterError(CampDetectorError, ValueError):
    """A value of a parameter that cannot be.

    Its sentence goes on from the name of the parameter and the value, such as "must be 0 to 1000
    metres, got -2" after ``--simplify`` or "is no value of camp.tif" after ``--nodata 300``.
    """

    @property
    def message(self) -> Message:
        """The sentence with its subject, and the remedy."""
        if self.parameter is None:
            return super().message
        return replace(super().message, subject=Subject(self.parameter, self.value))


class SpecError(CampDetectorError, ValueError):
    """A model description is incomplete, contradicts itself, or does not fit its file."""


class GridError(CampDetectorError, ValueError):
    """A window, block or georeference that cannot be."""


class RasterError(CampDetectorError):
    """An input raster cannot be read, or is not what the model needs."""


class VectorError(CampDetectorError):
    """A vector file cannot be read or written by the library for it."""


class OutputError(CampDetectorError):
    """An output cannot be written: it exists, the folder is read-only, or the disk is full."""


class PredictorError(CampDetectorError):
    """A model file cannot be loaded or run."""


class Cancelled(CampDetectorError):  # noqa: N818 - a state that the user asked for, not a fault
    """The user stopped the run."""
