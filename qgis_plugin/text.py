"""Sentences of the engine in the words of the dialogs."""

from __future__ import annotations

import re

from camp_detector_core.engine.wording import message

from .i18n import tr

_OPTION = re.compile(
    r"(^|[(;:,] ?|\b(?:with|out|as|or|and|give|to|for|e\.g\.) )--([a-z]+(?:-[a-z]+)*)"
)
"""An option where the engine's sentences have one, not within a name."""
_PATH = re.compile(
    r"(?:^|(?<=[\s(]))(?:[A-Za-z]:)?[\\/](?:(?![:;] ).)*?\.[A-Za-z]\w{0,7}(?=$|[\s,:;)\]])"
)
"""A file's name, perhaps with spaces in it."""
_NAMES = {"gsd": "RESOLUTION"}
"""Of parameters that are not called as the option is."""
_KEPT = re.compile(r"\x00(\d+)\x00")
_GDAL = (
    (
        re.compile(r"assign (it|the right one) with gdal_edit\.py -a_(?:srs|ullr)"),
        r"assign \1 under Raster > Projections > Assign Projection",
    ),
    (re.compile(r"first with gdalwarp"), "first under Raster > Projections > Warp"),
    (
        re.compile(r"expand it first with gdal_translate -expand rgb"),
        "expand it first under Raster > Conversion > PCT to RGB",
    ),
    (
        re.compile(r"copy it into one file with gdal_translate"),
        "copy it into one file under Raster > Conversion > Translate",
    ),
    (
        re.compile(r"--gsd native runs it all the same"),
        "give its own pixel size as --gsd to run it all the same",
    ),
    (
        re.compile(r" holds no pixel of (.*): give it in the CRS of the raster"),
        r" holds no pixel of \1: choose one that overlaps the layer",
    ),
    (re.compile(r" \(--pixel-size sets it\)"), ""),
    (re.compile(r"\bmin_area\b"), "--min-area"),
)


def labels() -> dict[str, str]:
    """What the dialogs call each option of the command line."""
    return {
        "allow-external-sources": tr("Let the imagery read files outside of its folder"),
        "bands": tr("Bands"),
        "gsd": tr("Resolution"),
        "min-area": tr("Minimum area"),
        "nodata": tr("Value that means no image"),
        "separate": tr("Part dwellings that touch"),
        "simplify": tr("Straighten outlines by"),
        "square": tr("Square corners"),
        "stretch": tr("Stretch"),
        "threshold": tr("Threshold"),
        "tile-size": tr("Tile size"),
        "overlap": tr("Tile overlap"),
        "device": tr("Device"),
    }


def name_of(option: str) -> str:
    """What scripts call the parameter of an option of the command line."""
    return _NAMES.get(option, option.upper().replace("-", "_"))


def plain(sentence: str) -> str:
    """A sentence of the engine that names parameters and menus, not options and commands.

    Names of files in it stay as they are, but for characters that cannot be shown: what QGIS logs
    reaches a terminal by ``qgis_process``.
    """
    names: list[str] = []

    def keep(found: re.Match[str]) -> str:
        names.append(found[0])
        return f"\x00{len(names) - 1}\x00"

    sentence = _PATH.sub(keep, sentence.replace("\x00", ""))
    for pattern, words in _GDAL:
        sentence = pattern.sub(words, sentence)
    known = labels()
    sentence = _OPTION.sub(
        lambda found: (
            f"{found[1]}“{known[found[2]]}” ({name_of(found[2])})"
            if found[2] in known
            else found[0]
        ),
        sentence,
    )
    whole = _KEPT.sub(lambda found: names[int(found[1])], sentence)
    return str(message(whole))
