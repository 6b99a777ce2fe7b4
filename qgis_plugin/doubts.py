"""What in a result is likely to be no dwelling, in the words of the dialogs."""

from __future__ import annotations

from typing import Any

from camp_detector_core.engine.limits import HUGE_DWELLING

from .i18n import tr


def doubts_of(areas: Any) -> list[str]:
    """One sentence for each doubt.

    Args:
        areas: (count,) square metres on the ground of each dwelling.
    """
    most = HUGE_DWELLING
    huge = int((areas > most).sum())
    if not huge:
        return []
    return [
        tr(
            "Polygons larger than {most} m², which hardly any dwelling is: {count}. Look there "
            "first: borders and holes of one colour that the layer does not call nodata are taken "
            "for roofs; give that colour as “Value that means no image” (NODATA), or as the "
            "layer's additional no data value, to leave them out.",
            most=f"{most:,.0f}",
            count=f"{huge:,}",
        )
    ]
