"""Messages of the engine in the words of the dialogs and menus."""

from __future__ import annotations

from typing import Optional

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.messages import Message
from camp_detector_core.engine.parameters import PARAMETERS, QGIS
from camp_detector_core.engine.wording import message

from .i18n import tr

_TOOLS = {
    "assign_crs": "Raster > Projections > Assign Projection",
    "assign_place": "the Georeferencer",
    "copy": "Raster > Conversion > Translate",
    "cut": "Raster > Extraction > Clip Raster by Extent",
    "expand_palette": "Raster > Conversion > PCT to RGB",
    "inspect": "Raster > Miscellaneous > Raster Information",
    "mosaic": "Raster > Miscellaneous > Build Virtual Raster",
    "retile": "Retile of the toolbox",
    "set_nodata": "Raster > Conversion > Translate",
    "tile": "Raster > Conversion > Translate (TILED=YES)",
    "unset_nodata": "Raster > Conversion > Translate (-a_nodata none)",
    "warp": "Raster > Projections > Warp",
}


class DialogWords:
    """The words of QGIS; satisfies the engine's `Words`."""

    def parameter(self, name: str, value: Optional[str]) -> Optional[str]:
        """Give the title in the dialog and the name in scripts; None for other parameters."""
        known = PARAMETERS.get(name)
        if known is None or QGIS not in known.hosts or name not in labels():
            return None
        title = f"“{labels()[name]}” ({known.hosts[QGIS]})"
        if name == "gsd" and value is not None:
            return f"its own pixel size as {title}"
        return title if value is None else f"{title} {value}"

    def tool(self, name: str) -> str:
        """Give the menu."""
        return _TOOLS[name]


def labels() -> dict[str, str]:
    """What the dialogs call each parameter."""
    return {
        "external": tr("Let the imagery read files outside of its folder"),
        "bands": tr("Bands"),
        "gsd": tr("Resolution"),
        "min_area": tr("Minimum area"),
        "nodata": tr("Value that means no image"),
        "separate": tr("Part dwellings that touch"),
        "simplify": tr("Straighten outlines by"),
        "square": tr("Square corners"),
        "stretch": tr("Stretch"),
        "threshold": tr("Threshold"),
        "tile_size": tr("Tile size"),
        "overlap": tr("Tile overlap"),
        "device": tr("Device"),
    }


def plain(said: object) -> str:
    """An error or a message on one line, in the words of QGIS where it is the engine's.

    Characters that cannot be shown are spelled out: what QGIS logs reaches a terminal by
    ``qgis_process``.
    """
    if isinstance(said, (CampDetectorError, Message)):
        said = said.render(DialogWords())
    return message(str(said))
