"""Probabilities as one byte, the form in which they are stored, thresholded and averaged.

A score ``s`` in 0..254 stands for the probability ``s / 254``; 255 is nodata. Everything after
the mosaic (the stored raster, the mask, the polygons and their mean probability) is computed
from scores, so that a stored probability raster gives the same dwellings again, and sums are
integers that do not depend on how the work was cut into blocks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Sequence

import numpy as np

from .errors import SpecError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SCORE = 254
"""Score of probability 1."""
NODATA_SCORE = 255
"""Score of a pixel without valid input."""


def to_scores(probabilities: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Round probabilities to scores.

    Args:
        probabilities: (channels, height, width) in [0, 1]; values outside are clipped.
        valid: (height, width), True where the input was valid.

    Returns:
        (channels, height, width) uint8.
    """
    scaled = probabilities * np.float32(MAX_SCORE)
    scaled += np.float32(0.5)
    np.clip(scaled, 0, MAX_SCORE, out=scaled)
    scores: NDArray[np.uint8] = scaled.astype(np.uint8)
    if not valid.all():
        scores[:, ~valid] = NODATA_SCORE
    return scores


def score_threshold(threshold: float) -> int:
    """Compute the lowest score of a probability of at least ``threshold``.

    Raises:
        SpecError: The threshold is not above 0 and at most 1.
    """
    if not 0 < threshold <= 1:
        msg = f"threshold must be above 0 and at most 1, got {threshold}"
        raise SpecError(msg)
    return max(1, math.ceil(threshold * MAX_SCORE - 1e-9))


def to_classes(
    scores: NDArray[np.uint8], threshold: float, values: Sequence[int]
) -> NDArray[np.uint8]:
    """Choose the class of each pixel.

    Args:
        scores: (channels, height, width) uint8; those of the classes first, others are not used.
        threshold: Probability from which a pixel belongs to a class.
        values: The raster value of each class, in the order of the scores.

    Returns:
        (height, width) uint8: 0 for background, 255 for nodata, else the value of the likeliest
        class that reaches the threshold (the first of equals).
    """
    lowest = score_threshold(threshold)
    scores = scores[: len(values)]
    best = scores.max(axis=0)
    table = np.asarray(values, np.uint8)
    classes: NDArray[np.uint8] = (
        table[scores.argmax(axis=0)]
        if len(values) > 1
        else (np.full(best.shape, table[0], np.uint8))
    )
    classes[best < lowest] = 0
    classes[best == NODATA_SCORE] = NODATA_SCORE
    return classes
