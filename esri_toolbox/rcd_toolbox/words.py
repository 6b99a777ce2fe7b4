"""Messages of the core in the words of ArcGIS' dialogs and geoprocessing tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from camp_detector_core.engine.esri_words import EsriWords
from camp_detector_core.engine.parameters import ARCGIS, PARAMETERS
from camp_detector_core.engine.wording import message

if TYPE_CHECKING:
    from camp_detector_core.engine.errors import CampDetectorError
    from camp_detector_core.engine.messages import Message


def in_words(error: Union[CampDetectorError, Message]) -> str:
    """Give an error or a message of the core on one line, in the words of ArcGIS."""
    return message(error.render(EsriWords(ARCGIS)))


def name_here(parameter: Optional[str]) -> Optional[str]:
    """The name in ArcGIS' dialogs of a parameter that an error is about; None for none there."""
    entry = PARAMETERS.get(parameter or "")
    return None if entry is None else entry.hosts.get(ARCGIS)
