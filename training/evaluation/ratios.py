"""Ratios of counts, of one case or of many at once, also where there is nothing to divide by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def share(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Part over whole, 1 where there is no whole.

    Args:
        part: (...,) counts.
        whole: (...,) counts, which broadcast with those of the part.
    """
    parts, wholes = np.broadcast_arrays(np.asarray(part, np.float64), whole)
    shares: NDArray[np.float64] = np.ones(parts.shape)
    np.divide(parts, wholes, out=shares, where=wholes > 0)
    return shares


def right_share(right: ArrayLike, count: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """Share of the found that are there (precision), or of the labelled that are found (recall).

    Args:
        right: (...,) the right ones.
        count: (...,) those found, or those labelled.
        others: (...,) those labelled, or those found: where there are none of `count`, the share
            is 1 without any of these, and 0 with some.
    """
    is_made_up = np.equal(count, 0) & np.greater(others, 0)
    return np.where(is_made_up, 0.0, share(right, count))


def count_error(predicted: ArrayLike, labelled: ArrayLike) -> NDArray[np.float64]:
    """Predicted less labelled, over labelled: -0.1 is one in ten too few.

    Args:
        predicted: (...,) counts.
        labelled: (...,) counts; where there are none, the error is infinite if some are predicted,
            else 0.
    """
    excess = np.subtract(predicted, labelled, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(excess == 0, 0.0, np.divide(excess, labelled))
