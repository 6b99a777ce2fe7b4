"""Calibration of probabilities: logits divided by a temperature, fitted on validation.

With ``p = sigmoid(z / t)`` in place of ``sigmoid(z)``, where ``t`` minimises the cross-entropy on
chips that the weights were not fitted to: Guo et al., "On calibration of modern neural networks",
ICML 2017 (https://arxiv.org/abs/1706.04599). An offset beside it (Platt scaling) would fit
validation better and other places worse: it says how much of the ground is built up, which
differs from place to place.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.scores import MAX_SCORE
from camp_detector_core.network.channels import scale_logits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

    from camp_detector_core.engine.spec import ModelSpec
    from training.evaluation.pixel import ScoreHistogram

CALIBRATION = "temperatures"
"""Key of the temperatures in a spec's provenance: a JSON list, one for each class."""
_RANGE = (0.1, 10.0)
"""Temperatures beyond this are no calibration."""
_ENOUGH = 1000
"""Pixels of either kind below which nothing is fitted."""
_ROUNDS = 60


def fit_temperature(histogram: ScoreHistogram) -> float:
    """The temperature of the lowest cross-entropy.

    The cross-entropy is convex in ``1 / t``, so the place where its slope is zero is found by
    halving.

    Args:
        histogram: How often each score was given to pixels of the class and to others. Scores are
            rounded probabilities, so the outermost ones stand for the middle of their half step.

    Returns:
        The temperature; 1, which changes nothing, where there are too few pixels of either kind,
        or where none within reason is best.
    """
    inside, outside = (n.astype(np.float64) for n in (histogram.inside, histogram.outside))
    if min(inside.sum(), outside.sum()) < _ENOUGH:
        return 1.0
    score = np.arange(MAX_SCORE + 1) / MAX_SCORE
    probability = np.clip(score, 0.25 / MAX_SCORE, 1 - 0.25 / MAX_SCORE)
    logit = np.log(probability / (1 - probability))

    def rises(factor: float) -> bool:
        """True where the cross-entropy grows with the factor."""
        scaled = 1 / (1 + np.exp(-factor * logit))
        return bool(logit @ ((inside + outside) * scaled - inside) > 0)

    low, high = 1 / _RANGE[1], 1 / _RANGE[0]
    if rises(low) or not rises(high):
        return 1.0
    for _ in range(_ROUNDS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if rises(middle) else (middle, high)
    return 1 / math.sqrt(low * high)


def calibrate(network: nn.Module, temperatures: Sequence[float]) -> None:
    """Fold the temperatures of the classes, its first channels, into a U-Net's last convolution."""
    for channel, temperature in enumerate(temperatures):
        scale_logits(network, channel, 1 / temperature)


def to_text(temperatures: Sequence[float]) -> str:
    """For a description; the inverse of `temperatures_of`."""
    return json.dumps(list(temperatures))


def temperatures_of(spec: ModelSpec) -> list[float]:
    """The temperatures that a description names, one for each class; none where it names none.

    Raises:
        SpecError: They are not of that form.
    """
    text = spec.provenance.get(CALIBRATION)
    if text is None:
        return []
    try:
        temperatures = [float(t) for t in json.loads(text)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        msg = f"{spec.id}: its {CALIBRATION} are not of the expected form: {text:.100}"
        raise SpecError(msg) from error
    in_range = all(_RANGE[0] <= t <= _RANGE[1] for t in temperatures)
    if len(temperatures) != len(spec.classes) or not in_range:
        msg = f"{spec.id} has {len(spec.classes)} classes and as {CALIBRATION} {text:.100}"
        raise SpecError(msg)
    return temperatures
