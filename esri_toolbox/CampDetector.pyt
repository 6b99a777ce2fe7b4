"""Camp Detector's toolbox for ArcGIS Pro.

Only the door: what the tools do is in the folder ``rcd_toolbox`` beside this file. ArcGIS Pro
reads this file whenever a folder is browsed, so it loads neither arcpy nor numpy.
"""

import importlib.util
import os
import sys
import zlib

_HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rcd_toolbox")
_DIGEST = os.path.join(_HOME, "content.sha256")
"""The checksum of all modules in a release, so that none of them is read for it."""


def _contents():
    """Bytes that change with any module: the checksum of a release, else all modules by name."""
    if os.path.isfile(_DIGEST):
        with open(_DIGEST, "rb") as stream:
            yield stream.read()
        return
    for home, _, names in sorted(os.walk(_HOME)):
        for name in sorted(names):
            if name.endswith(".py"):
                with open(os.path.join(home, name), "rb") as stream:
                    yield stream.read()


def _load():
    """The modules beside this file, whatever another copy of the toolbox has left in memory.

    ArcGIS Pro keeps modules between toolboxes and between versions of one toolbox. Their name here
    is made from where they lie and from what they hold, so that a copy elsewhere, or an older one
    in the same place, is never taken for this one.
    """
    state = zlib.crc32(os.path.normcase(_HOME).encode("utf-8"))
    for content in _contents():
        state = zlib.crc32(content, state)
    known_as = "rcd_toolbox_{:08x}".format(state)
    if known_as in sys.modules:
        return sys.modules[known_as]
    spec = importlib.util.spec_from_file_location(
        known_as, os.path.join(_HOME, "__init__.py"), submodule_search_locations=[_HOME]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[known_as] = package
    try:
        spec.loader.exec_module(package)
    except (ImportError, OSError) as error:
        del sys.modules[known_as]
        msg = (
            "The toolbox in {} is not whole ({}): unpack its zip file again, with all its folders."
        )
        raise ImportError(msg.format(os.path.dirname(_HOME), error)) from None
    except BaseException:
        del sys.modules[known_as]
        raise
    return package


_tools = _load()


class Toolbox:
    """The toolbox, as ArcGIS Pro asks for it."""

    def __init__(self):
        """Name the toolbox and its tools."""
        self.label = "Camp Detector"
        self.alias = "campdetector"
        self.description = _tools.wording.TOOLBOX.summary
        self.tools = [
            DetectDwellings,
            ClassifyCampPixels,
            InstallModelPackage,
            CampSummary,
            ExportTrainingData,
        ]


class DetectDwellings(_tools.tool("DetectDwellings")):
    """Finds dwellings and writes each as a polygon."""


class ClassifyCampPixels(_tools.tool("ClassifyCampPixels")):
    """Writes a raster with the class of each pixel."""


class InstallModelPackage(_tools.tool("InstallModelPackage")):
    """Checks a model package, explains it and installs it."""


class CampSummary(_tools.tool("CampSummary")):
    """Counts dwellings by area and on a grid of hexagons."""


class ExportTrainingData(_tools.tool("ExportTrainingData")):
    """Writes imagery, dwellings and reviewed area as a folder to teach a model with."""
