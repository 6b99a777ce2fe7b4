"""How a command line calls parameters and tools: ``--min-area``, ``gdalwarp``."""

from __future__ import annotations

_TOOLS = {
    "assign_crs": "gdal_edit.py -a_srs",
    "assign_place": "gdal_edit.py -a_ullr",
    "copy": "gdal_translate",
    "cut": "gdal_translate -projwin",
    "expand_palette": "gdal_translate -expand rgb",
    "inspect": "gdalinfo",
    "mosaic": "gdalbuildvrt",
    "retile": "gdal_retile.py",
    "set_nodata": "gdal_edit.py -a_nodata",
    "tile": "gdal_translate -co TILED=YES",
    "unset_nodata": "gdal_edit.py -unsetnodata",
    "warp": "gdalwarp",
}
_ARGUMENTS = {"images": "IMAGE"}
"""Parameters that have a place on the command line in place of a name."""


class CommandWords:
    """The words of a command line; satisfies `camp_detector_core.engine.messages.Words`."""

    def parameter(self, name: str, value: str | None) -> str:
        """Give the option, with its value where there is one."""
        option = _ARGUMENTS.get(name) or option_of(name)
        return option if value is None else f"{option} {value}"

    def tool(self, name: str) -> str:
        """Give the command of GDAL."""
        return _TOOLS[name]


COMMAND = CommandWords()


def option_of(name: str) -> str:
    """Give the option for a parameter: ``--min-area`` for ``min_area``."""
    return f"--{name.replace('_', '-')}"
