"""Doubts about a result in the words of the dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.detection.doubts import HugeDwellings
from camp_detector_core.engine import parameters as options
from camp_detector_core.engine.limits import HUGE_DWELLING

from .i18n import tr
from .words import WORDS, sentence_of

if TYPE_CHECKING:
    from camp_detector_core.engine.messages import Message


def in_words(warning: Message) -> str:
    """A warning of a run in the words of QGIS."""
    if not isinstance(warning, HugeDwellings):
        return sentence_of(warning)
    return tr(
        "Polygons larger than {most} m², which hardly any dwelling is: {count}. Look there "
        "first: borders and holes of one colour that the layer does not call nodata are taken "
        "for roofs; give that colour as {nodata}, or as the layer's additional no data value, "
        "to leave them out.",
        nodata=WORDS.parameter(options.NODATA.name, None),
        most=f"{HUGE_DWELLING:,.0f}",
        count=f"{warning.count:,}",
    )
