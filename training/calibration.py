"""Probabilities that mean what they say: a straight line through the logits, fitted on validation.

With ``p = sigmoid(a * z + b)`` in place of ``sigmoid(z)``, where ``a`` and ``b`` minimise the
cross-entropy on chips that the weights were not fitted to: Platt, "Probabilistic outputs for
support vector machines", 1999; with ``b = 0`` it is the temperature of Guo et al., "On calibration
of modern neural networks", ICML 2017 (https://arxiv.org/abs/1706.04599).
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.scores import MAX_SCORE
from camp_detector_core.network import scale_logits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

    from camp_detector_core.engine.spec import ModelSpec
    from training.evaluation.pixel import ScoreHistogram

CALIBRATION = "calibration"
"""Where a description keeps it: JSON, slope and offset of the logits of each class."""
_ROUNDS = 50
_ENOUGH = 1000
"""Pixels of either kind below which nothing is fitted."""


@dataclass(frozen=True)
class Calibration:
    """A straight line through logits."""

    slope: float = 1.0
    offset: float = 0.0


def fit_calibration(histogram: ScoreHistogram) -> Calibration:
    """The line of the lowest cross-entropy, by Newton's method.

    Args:
        histogram: How often each score was given to pixels of the class and to others. Scores are
            rounded probabilities, so the outermost ones stand for the middle of their half step.

    Returns:
        The line; the one that changes nothing where there are too few pixels of either kind, or
        where higher scores do not mean more dwellings.
    """
    inside, outside = (n.astype(np.float64) for n in (histogram.inside, histogram.outside))
    if min(inside.sum(), outside.sum()) < _ENOUGH:
        return Calibration()
    score = np.arange(MAX_SCORE + 1) / MAX_SCORE
    probability = np.clip(score, 0.25 / MAX_SCORE, 1 - 0.25 / MAX_SCORE)
    logit = np.log(probability / (1 - probability))
    design = np.stack((logit, np.ones_like(logit)))
    count = inside + outside
    line = np.array((1.0, 0.0))
    for _ in range(_ROUNDS):
        found = 1 / (1 + np.exp(-line @ design))
        gradient = design @ (count * found - inside)
        curvature = (design * (count * found * (1 - found))) @ design.T
        step = np.linalg.solve(curvature + 1e-6 * np.eye(2), gradient)
        line -= np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004 - far below what float32 weights hold
            break
    if not (np.isfinite(line).all() and line[0] > 0):
        return Calibration()
    return Calibration(float(line[0]), float(line[1]))


def calibrate(network: nn.Module, lines: Sequence[Calibration]) -> None:
    """Fold the lines of the classes, its first channels, into a U-Net's last convolution."""
    for channel, line in enumerate(lines):
        scale_logits(network, channel, slope=line.slope, offset=line.offset)


def to_text(lines: Sequence[Calibration]) -> str:
    """For a description; the inverse of `calibration_of`."""
    return json.dumps([astuple(line) for line in lines])


def calibration_of(spec: ModelSpec) -> list[Calibration]:
    """The lines that a description names, one for each class; none where it names none.

    Raises:
        SpecError: They are not of that form.
    """
    text = spec.provenance.get(CALIBRATION)
    if text is None:
        return []
    try:
        lines = [Calibration(float(slope), float(offset)) for slope, offset in json.loads(text)]
    except (ValueError, TypeError) as error:
        msg = f"{spec.id}: its {CALIBRATION} is not of the expected form: {text:.100}"
        raise SpecError(msg) from error
    if len(lines) != len(spec.classes):
        msg = f"{spec.id} has {len(spec.classes)} classes and a {CALIBRATION} of {len(lines)}"
        raise SpecError(msg)
    return lines
