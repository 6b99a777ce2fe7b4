"""Sentences of the engine in the words of the dialogs."""

from __future__ import annotations

import re

from .i18n import tr

_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)")
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


def plain(sentence: str) -> str:
    """A sentence of the engine that names parameters and menus, not options and commands."""
    for pattern, words in _GDAL:
        sentence = pattern.sub(words, sentence)
    known = labels()
    return _OPTION.sub(
        lambda found: "“" + known[found[1]] + "”" if found[1] in known else found[0], sentence
    )
