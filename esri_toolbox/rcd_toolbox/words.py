"""Messages of the engine in the words of ArcGIS' dialogs and geoprocessing tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from camp_detector_core.engine.parameters import ARCGIS, PARAMETERS
from camp_detector_core.engine.wording import message

from .wording import DETECT

if TYPE_CHECKING:
    from camp_detector_core.engine.errors import CampDetectorError
    from camp_detector_core.engine.messages import Message

_TOOLS = {
    "assign_crs": "Define Projection",
    "assign_place": "Register Raster",
    "copy": "Copy Raster",
    "cut": "Clip Raster",
    "expand_palette": "Copy Raster (Colormap to RGB)",
    "inspect": "the raster's properties",
    "mosaic": "Mosaic To New Raster",
    "retile": "Split Raster",
    "set_nodata": "Set Raster Properties",
    "tile": "Copy Raster",
    "unset_nodata": "Set Raster Properties",
    "warp": "Project Raster",
}
_FUNCTIONS = {"bands": "Extract Bands"}
"""Raster functions that do before a run what a parameter does elsewhere."""


class DialogWords:
    """The words of ArcGIS; satisfies the engine's `Words`."""

    def parameter(self, name: str, value: Optional[str]) -> Optional[str]:
        """Give the title in the dialog; None: there is no such parameter."""
        known = PARAMETERS.get(name)
        here = "" if known is None else known.hosts.get(ARCGIS, "")
        labels = {text.name: text.label for text in DETECT.parameters}
        title = _FUNCTIONS.get(name) or labels.get(here)
        return title if title is None or value is None else f"{title} {value}"

    def tool(self, name: str) -> str:
        """Give the geoprocessing tool."""
        return _TOOLS[name]


def in_words(said: Union[CampDetectorError, Message]) -> str:
    """Give an error or a message of the engine on one line, in the words of ArcGIS."""
    return message(said.render(DialogWords()))
