"""Words of ArcGIS for parameters and tools, in dialogs and in the arguments of functions."""

from __future__ import annotations

from typing import Optional

from .parameters import ARCGIS, PARAMETERS

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
"""Geoprocessing tools, by the names of `messages.TOOLS`."""


class EsriWords:
    """The words of a part of ArcGIS; satisfies `messages.Words`."""

    def __init__(self, host: str) -> None:
        """Choose the part.

        Args:
            host: ``FUNCTION``, which has names alone, or ``ARCGIS``, whose dialogs have titles.
        """
        self._host = host

    def parameter(self, name: str, value: Optional[str]) -> Optional[str]:
        """Give the words for a parameter; None where this part of ArcGIS has none of this name."""
        known = PARAMETERS.get(name)
        if known is None or self._host not in known.hosts:
            return None
        own = known.hosts[self._host]
        words = f"“{known.label}”" if self._host == ARCGIS else f"the argument {own}"
        return words if value is None else f"{words} {value}"

    def tool(self, name: str) -> str:
        """Give the geoprocessing tool."""
        return _TOOLS[name]
