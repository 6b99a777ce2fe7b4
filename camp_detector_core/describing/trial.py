"""The meaning of a network's values: probabilities, or scores that become probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .options import Activation

_TOLERANCE = 1e-3
_BOUNDED = {"Sigmoid", "HardSigmoid", "Softmax", "Clip"}
_LINEAR = {"Conv", "ConvTranspose", "Add", "Sub", "Mul", "MatMul", "Gemm", "BatchNormalization"}
"""Operators whose values are as good as never probabilities."""
_ASK = "say what they are with --activation none, sigmoid or softmax"


@dataclass(frozen=True)
class Answers:
    """The values of one output on all chips of a trial."""

    values: tuple[NDArray[np.float32], ...]
    """Each (1, channels, height, width)."""
    operator: str
    """At the network's end; empty where it is unknown."""
    origin: str
    """The model's name, for messages."""

    @property
    def low(self) -> float:
        """The least value."""
        return float(min(v.min() for v in self.values))

    @property
    def high(self) -> float:
        """The largest value."""
        return float(max(v.max() for v in self.values))

    @property
    def channels(self) -> int:
        """How many channels the output has."""
        return int(self.values[0].shape[1])

    @property
    def are_probabilities(self) -> bool:
        """Whether all lie between 0 and 1."""
        return self.low >= -_TOLERANCE and self.high <= 1 + _TOLERANCE

    @property
    def sum_to_one(self) -> bool:
        """Whether the channels of each pixel do, as those of a softmax."""
        sums = [np.abs(v.sum(axis=1) - 1).max() for v in self.values]
        return self.channels > 1 and max(sums) < _TOLERANCE

    @property
    def range_text(self) -> str:
        """The values in words."""
        end = f", and the network ends in {self.operator}" if self.operator else ""
        return f"values from {self.low:.4g} to {self.high:.4g}{end}"


def activation_for(answers: Answers, asked: Activation, *, exclusive: bool | None) -> Activation:
    """Choose the operation behind the network that makes its values probabilities.

    Args:
        answers: Its values.
        asked: What the user says.
        exclusive: Whether the channels are known to be classes and their background, of which each
            pixel is one; None where nothing is known.

    Raises:
        SpecError: It cannot be told, or what the user says cannot be.
    """
    origin, told = answers.origin, answers.range_text
    if not (np.isfinite(answers.low) and np.isfinite(answers.high)):
        msg = (
            f"{origin} gives values that are not numbers (NaN or infinite): its weights are "
            "damaged, or its bands are scaled otherwise (--scale, --mean, --std)"
        )
        raise SpecError(msg)
    if asked != "auto":
        return _asked(answers, asked)
    if answers.are_probabilities:
        if answers.operator in _LINEAR and not answers.sum_to_one:
            msg = f"{origin} gives {told}, which may be probabilities by chance alone: {_ASK}"
            raise SpecError(msg)
        return "none"
    if answers.low >= 0 and answers.operator not in _LINEAR:
        msg = f"{origin} gives {told}, which are neither probabilities nor their logits: {_ASK}"
        raise SpecError(msg)
    if answers.channels == 1:
        return "sigmoid"
    if exclusive:
        return "softmax"
    msg = (
        f"{origin} gives {told}, in {answers.channels} channels: give --activation softmax where "
        "each pixel is one of them (--background says which is none of the classes), or "
        "--activation sigmoid where each stands for itself"
    )
    raise SpecError(msg)


def _asked(answers: Answers, asked: Activation) -> Activation:
    """The user's choice, if the values allow it."""
    origin, told = answers.origin, answers.range_text
    if asked == "none" and not answers.are_probabilities:
        msg = f"{origin} gives {told}, which are no probabilities: leave --activation none out"
        raise SpecError(msg)
    if asked != "none" and answers.are_probabilities and answers.operator in _BOUNDED:
        msg = (
            f"{origin} gives {told}, which are probabilities: a second {asked} would spoil them; "
            "leave --activation out"
        )
        raise SpecError(msg)
    if asked == "softmax" and answers.channels == 1:
        msg = f"{origin} gives one channel, and a softmax of one is 1 everywhere: take sigmoid"
        raise SpecError(msg)
    return asked


def background_of(
    channels: int, wanted: int | None, names: Sequence[bool], *, exclusive: bool
) -> int | None:
    """The channel that is none of the classes; None where all are classes.

    Args:
        channels: Of the output.
        wanted: What the user says: a channel, or -1 for none.
        names: For each channel, True where it has the name of a background; empty: unknown.
        exclusive: Whether each pixel is one of the channels.

    Raises:
        SpecError: There is no such channel.
    """
    if wanted is not None:
        if wanted >= channels or (channels == 1 and wanted == 0):
            msg = (
                f"--background {wanted} is not possible: the network gives {channels} channels, "
                "counted from 0, and one at least must be a class"
            )
            raise SpecError(msg)
        return wanted if wanted >= 0 else None
    if channels == 1:
        return None
    named = [i for i, name in enumerate(names) if name]
    if len(names) == channels and named:
        return named[0]
    return 0 if exclusive else None
