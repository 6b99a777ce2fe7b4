"""Doubts about a result: polygons that hardly any dwelling fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.limits import HUGE_DWELLING
from ..engine.messages import Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class HugeDwellings(Message):
    """A warning of polygons that are too large for dwellings."""

    count: int = 0


def doubts_of(area: NDArray[np.float64]) -> tuple[Message, ...]:
    """Warn of polygons that are too large.

    Args:
        area: (n,) square metres on the ground of each dwelling.
    """
    count = int((area > HUGE_DWELLING).sum())
    if not count:
        return ()
    polygons = "1 polygon is" if count == 1 else f"{count} polygons are"
    sentence = (
        f"{polygons} larger than {HUGE_DWELLING:,.0f} m2, which hardly any dwelling is: look there "
        "first. Borders and holes of one colour that the file does not call nodata are taken for "
        "roofs"
    )
    remedy = "; {nodata=VALUE} leaves them out"
    return (HugeDwellings(sentence, "nodata", remedy, count=count),)
