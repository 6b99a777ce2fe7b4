"""The words of a command line for parameters and tools: ``--min-area``, ``gdalwarp``."""

from __future__ import annotations

from camp_detector_core.engine.parameters import CLI, PARAMETERS

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


class CommandWords:
    """The words of a command line; satisfies `camp_detector_core.engine.messages.Words`."""

    def parameter(self, name: str, value: str | None) -> str:
        """Give the option, with its value where there is one."""
        parameter = PARAMETERS.get(name)
        option = parameter.form if parameter and name == "images" else option_of(name)
        return option if value is None else f"{option} {value}"

    def tool(self, name: str) -> str:
        """Give the command of GDAL."""
        return _TOOLS[name]


COMMAND = CommandWords()


def option_of(name: str) -> str:
    """Give the option for a parameter: ``--min-area`` for ``min_area``.

    Args:
        name: Of a parameter of the table, or of one that only a command line has.
    """
    parameter = PARAMETERS.get(name)
    spelling = parameter.hosts.get(CLI, name) if parameter else name
    return f"--{spelling.replace('_', '-')}"
