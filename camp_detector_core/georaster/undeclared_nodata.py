"""Values that look like NoData without being declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_SHARE = 0.001
"""Smallest share of the pixels with such a value: a border or a hole, and no glare."""
_ENOUGH = 100
"""Smallest number of other pixels; fewer do not show the raster's range of values."""
_MAX_STANDOUTS = 4
"""Largest number of such values in a raster."""
_TAIL = 0.001
"""Share of the other pixels at either end that may be noise."""


class Standout(NamedTuple):
    """Value that many pixels have and that lies far from all others."""

    value: float
    share: float
    """Share of all valid pixels."""
    low: float
    """Low end of the other values, apart from noise."""
    high: float
    """High end of the other values, apart from noise."""


def standouts(values: NDArray[np.float64]) -> list[Standout]:
    """Find values that no measurement can be, most often -9999 and 65535.

    Such a value is the least or the greatest of all, the same to the last digit in many pixels,
    and farther from the others than these are from each other. The black of a border that lies
    nearer cannot be told from shade and is not among them.

    Args:
        values: (bands, n) of valid pixels.
    """
    result: list[Standout] = []
    while len(result) < _MAX_STANDOUTS and values.shape[1]:
        standout = _as_standout(values, values.min()) or _as_standout(values, values.max())
        if standout is None:
            break
        other_values = values[:, (values != standout.value).all(axis=0)]
        share = 1 - other_values.shape[1] / values.shape[1]
        removed_share = sum(other_standout.share for other_standout in result)
        result.append(standout._replace(share=share * (1 - removed_share)))
        values = other_values
    return result


def _as_standout(values: NDArray[np.float64], value: float) -> Standout | None:
    """Return the value as a standout if it is one."""
    is_value = (values == value).any(axis=0)
    other_values = values[:, ~is_value]
    if other_values.shape[1] < _ENOUGH or is_value.mean() < _LEAST_SHARE:
        return None
    low, high = (float(v) for v in np.quantile(other_values, (_TAIL, 1 - _TAIL)))
    distance = max(low - value, value - high)
    if not distance > high - low > 0:
        return None
    return Standout(float(value), float(is_value.mean()), low, high)
