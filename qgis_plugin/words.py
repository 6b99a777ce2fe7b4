"""QGIS' words for the parameters and tools that messages of the engine name."""

from __future__ import annotations

from typing import NamedTuple, Optional, Union

from camp_detector_core.detection.doubts import HugeDwellings
from camp_detector_core.engine import parameters as options
from camp_detector_core.engine import wording
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.limits import HUGE_DWELLING
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
_HELP = {
    options.IMAGES.name: "Imagery from above: a raster file or layer, also WMS, XYZ tiles and "
    "virtual layers. It needs the bands that the model names, and pixels about as large as those "
    "that the model was trained on; others are resampled."
}
"""Help on what QGIS takes more of than GDAL."""
_UNSET = {
    options.BANDS.name: "by name or colour, else those that the map shows, else the first ones",
    options.NODATA.name: "what the raster says, and the layer's additional no data value",
}
"""Effects of no value where a layer says more than its file."""


class Texts(NamedTuple):
    """Texts about an option in the dialogs, in English; empty: not said."""

    label: str
    help: str = ""
    form: str = ""
    """Notation of a value that is typed as text."""
    choice: str = ""
    """Meaning of the word that is taken in place of such a value."""
    unset: str = ""
    """Effect of no value."""


def texts_of(option: Parameter) -> Texts:
    """Give the texts about an option."""
    if option.name in _OWN_HELP:
        return Texts(option.label)
    about = _HELP.get(option.name, option.help)
    form = choice = unset = ""
    if option.kind not in {Kind.FLAG, Kind.WORD, Kind.DATA}:
        unset = option.unset or option.choices.get(str(option.default), "")
        unset = _UNSET.get(option.name, unset)
    if option.kind is Kind.RANGE:
        form, choice = option.requirement(), " ".join(option.choices.values())
    return Texts(option.label, about, form, choice, unset)


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


def sentence_of(message: Union[Message, BaseException, str]) -> str:
    """Put a message or an error into the words of the dialogs, on one line that can be shown.

    What QGIS logs reaches a terminal by ``qgis_process``.
    """
    if isinstance(message, HugeDwellings):
        message = tr(
            "Polygons larger than {most} m², which hardly any dwelling is: {count}. Look there "
            "first: borders and holes of one colour that the layer does not call nodata are taken "
            "for roofs; give that colour as {nodata}, or as the layer's additional no data value, "
            "to leave them out.",
            nodata=WORDS.parameter(options.NODATA.name, None),
            most=f"{HUGE_DWELLING:,.0f}",
            count=f"{message.count:,}",
        )
    elif isinstance(message, (CampDetectorError, Message)):
        message = message.render(WORDS)
    return wording.message(str(message))
