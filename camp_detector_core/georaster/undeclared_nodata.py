"""Values that look like nodata and that the file does not call so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_SHARE = 0.001
"""Share of the pixels that have such a value at least: a border or a hole, and no glare."""
_ENOUGH = 100
"""Other pixels at least; fewer do not say how far values of the raster lie from each other."""
_MOST = 4
"""Such values that a raster has at most."""
_TAIL = 0.001
"""Share of the other pixels at either end that may lie anywhere, being noise."""


class Standout(NamedTuple):
    """A value that many pixels have and that lies far from all others."""

    value: float
    share: float
    """Of all valid pixels."""
    low: float
    """The others begin here, but for some noise."""
    high: float
    """And end here."""


def standouts(values: NDArray[np.float64]) -> list[Standout]:
    """Values that no measurement can be, the most frequent kinds of which are -9999 and 65535.

    Such a value is the least or the greatest of all, the same to the last digit in many pixels,
    and farther from the others than these are from each other. The black of a border that lies
    nearer cannot be told from shade and is not among them.

    Args:
        values: (bands, n) of valid pixels.
    """
    out: list[Standout] = []
    while len(out) < _MOST and values.shape[1]:
        found = _look_at(values, values.min()) or _look_at(values, values.max())
        if found is None:
            break
        rest = values[:, (values != found.value).all(axis=0)]
        share = 1 - rest.shape[1] / values.shape[1]
        gone = sum(each.share for each in out)
        out.append(found._replace(share=share * (1 - gone)))
        values = rest
    return out


def _look_at(values: NDArray[np.float64], value: float) -> Standout | None:
    """The value if it stands out."""
    same = (values == value).any(axis=0)
    rest = values[:, ~same]
    if rest.shape[1] < _ENOUGH or same.mean() < _LEAST_SHARE:
        return None
    low, high = (float(v) for v in np.quantile(rest, (_TAIL, 1 - _TAIL)))
    distance = max(low - value, value - high)
    if not distance > high - low > 0:
        return None
    return Standout(float(value), float(same.mean()), low, high)
