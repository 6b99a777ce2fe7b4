"""Meaning of a network's output: probabilities, or scores that become probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import ParameterError, SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .options import Activation

_TOLERANCE = 1e-3
_BOUNDED = {"Sigmoid", "HardSigmoid", "Softmax", "Clip"}
_LINEAR = {"Conv", "ConvTranspose", "Add", "Sub", "Mul", "MatMul", "Gemm", "BatchNormalization"}
"""Operators whose values are hardly ever probabilities."""
_ASK = "say what they are with {activation=none}, sigmoid or softmax"


@dataclass(frozen=True)
class TrialOutput:
    """Values of one output on all chips of a trial."""

    values: tuple[NDArray[np.float32], ...]
    """Arrays of shape (1, channels, height, width)."""
    operator: str
    """Last operator of the network; empty if it is unknown."""
    origin: str
    """Name of the model for messages."""

    @property
    def low(self) -> float:
        """Smallest value."""
        return float(min(v.min() for v in self.values))

    @property
    def high(self) -> float:
        """Largest value."""
        return float(max(v.max() for v in self.values))

    @property
    def channels(self) -> int:
        """Number of channels of the output."""
        return int(self.values[0].shape[1])

    @property
    def are_probabilities(self) -> bool:
        """True if all values lie between 0 and 1."""
        return self.low >= -_TOLERANCE and self.high <= 1 + _TOLERANCE

    @property
    def sum_to_one(self) -> bool:
        """True if the channels of each pixel sum to one, as after a softmax."""
        sums = [np.abs(v.sum(axis=1) - 1).max() for v in self.values]
        return self.channels > 1 and max(sums) < _TOLERANCE

    @property
    def range_text(self) -> str:
        """Range of the values as text."""
        end = f", and the network ends in {self.operator}" if self.operator else ""
        return f"values from {self.low:.4g} to {self.high:.4g}{end}"


def activation_for(trial: TrialOutput, choice: Activation, *, exclusive: bool | None) -> Activation:
    """Choose the operation behind the network that makes its values probabilities.

    Args:
        trial: Its values.
        choice: Operation that the user chooses.
        exclusive: True if the channels are known to be classes and their background, of which each
            pixel is one; None where nothing is known.

    Raises:
        SpecError: It cannot be told, or what the user says cannot be.
    """
    origin, range_text = trial.origin, trial.range_text
    if not (np.isfinite(trial.low) and np.isfinite(trial.high)):
        msg = (
            f"{origin} gives values that are not numbers (NaN or infinite): its weights are "
            "damaged, or its bands are scaled otherwise"
        )
        raise SpecError(msg, parameter="scale", remedy="({scale}, {mean}, {std})")
    if choice != "auto":
        return _check_choice(trial, choice)
    if trial.are_probabilities:
        if trial.operator in _LINEAR and not trial.sum_to_one:
            msg = f"{origin} gives {range_text}, which may be probabilities by chance alone"
            raise SpecError(msg, parameter="activation", remedy=_ASK)
        return "none"
    if trial.low >= 0 and trial.operator not in _LINEAR:
        msg = f"{origin} gives {range_text}, which are neither probabilities nor their logits"
        raise SpecError(msg, parameter="activation", remedy=_ASK)
    if trial.channels == 1:
        return "sigmoid"
    if exclusive:
        return "softmax"
    msg = f"{origin} gives {range_text}, in {trial.channels} channels"
    remedy = (
        "give {activation=softmax} where each pixel is one of them ({background} says which is "
        "none of the classes) | {activation=sigmoid} where each stands for itself"
    )
    raise SpecError(msg, parameter="activation", remedy=remedy)


def _check_choice(trial: TrialOutput, choice: Activation) -> Activation:
    """Return the user's choice if the values allow it."""
    origin, range_text = trial.origin, trial.range_text
    if choice == "none" and not trial.are_probabilities:
        msg = f"{origin} gives {range_text}, which are not probabilities"
        raise SpecError(msg, parameter="activation", remedy="leave {activation=none} out")
    if choice != "none" and trial.are_probabilities and trial.operator in _BOUNDED:
        msg = (
            f"{origin} gives {range_text}, which are probabilities: a second {choice} would spoil "
            "them"
        )
        raise SpecError(msg, parameter="activation", remedy="; leave {activation} out")
    if choice == "softmax" and trial.channels == 1:
        msg = f"{origin} gives one channel, and a softmax of one is 1 everywhere: take sigmoid"
        raise SpecError(msg)
    return choice


def background_of(
    channels: int, choice: int | None, names: Sequence[bool], *, exclusive: bool
) -> int | None:
    """Choose the background channel; None if all channels are classes.

    Args:
        channels: Number of channels of the output.
        choice: Channel given by the user, or -1 for none.
        names: For each channel, True where it has the name of a background; empty: unknown.
        exclusive: True if each pixel belongs to exactly one channel.

    Raises:
        ParameterError: The channel does not exist.
    """
    if choice is not None:
        if choice >= channels or (channels == 1 and choice == 0):
            msg = (
                f"is not possible: the network gives {channels} channels, counted from 0, and one "
                "at least must be a class"
            )
            raise ParameterError(msg, parameter="background", value=str(choice))
        return choice if choice >= 0 else None
    if channels == 1:
        return None
    background_channels = [i for i, name in enumerate(names) if name]
    if len(names) == channels and background_channels:
        return background_channels[0]
    return 0 if exclusive else None
