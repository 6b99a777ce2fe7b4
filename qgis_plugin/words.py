"""QGIS' words for the parameters and tools that messages of the engine name."""

from __future__ import annotations

from typing import Optional, Union

from camp_detector_core.engine import parameters as options
from camp_detector_core.engine import wording
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.messages import Message
from camp_detector_core.engine.parameter import Kind, Parameter

from .i18n import tr

_TRANSLATE = "Raster > Conversion > Translate"
_TOOLS = {
    "assign_crs": "Raster > Projections > Assign Projection",
    "assign_place": "the Georeferencer",
    "copy": _TRANSLATE,
    "cut": "Raster > Extraction > Clip Raster by Extent",
    "expand_palette": "Raster > Conversion > PCT to RGB",
    "inspect": "Raster > Miscellaneous > Raster Information",
    "mosaic": "Raster > Miscellaneous > Build Virtual Raster",
    "retile": "Retile of the toolbox",
    "set_nodata": _TRANSLATE,
    "tile": f"{_TRANSLATE} (TILED=YES)",
    "unset_nodata": f"{_TRANSLATE} (-a_nodata none)",
    "warp": "Raster > Projections > Warp",
}
"""Menus, which the engine's English sentences name in English."""


_OWN_HELP = {options.OUT.name, options.PROBABILITY.name, options.MASK.name, options.MODEL.name}
"""Options that the dialogs do not explain: QGIS does, or a list does."""


def texts_of(option: Parameter) -> tuple[str, str, str]:
    """Label, help, and what happens without a value, in English; empty: not said."""
    if option.name in _OWN_HELP:
        return option.label, "", ""
    is_said = option.kind not in {Kind.FLAG, Kind.WORD, Kind.DATA}
    unset = option.unset or option.choices.get(str(option.default), "")
    return option.label, option.help, unset if is_said else ""


class DialogWords:
    """The words of the dialogs; satisfies `camp_detector_core.engine.messages.Words`."""

    def parameter(self, name: str, value: Optional[str]) -> Optional[str]:
        """Give label and id, ``“Bands” (BANDS)``, with its value; None for what QGIS has not."""
        option = options.PARAMETERS.get(name)
        if option is None or options.QGIS not in option.hosts:
            return None
        called = f"“{tr(option.label)}” ({option.hosts[options.QGIS]})"
        if value == "native":
            return f"its own pixel size as {called}"
        return called if value is None else f"{called} {value}"

    def tool(self, name: str) -> str:
        """Give the menu."""
        return _TOOLS[name]


WORDS = DialogWords()


def sentence_of(what: Union[Message, BaseException, str]) -> str:
    """Put a message or an error into the words of the dialogs, on one line that can be shown.

    What QGIS logs reaches a terminal by ``qgis_process``.
    """
    if isinstance(what, (CampDetectorError, Message)):
        what = what.render(WORDS)
    return wording.message(str(what))
