"""Places of results, as QGIS itself understands the user's entry."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional

from osgeo import gdal
from qgis.core import QgsDataSourceUri

from camp_detector_core.outputs import vector_formats

if TYPE_CHECKING:
    from .entries import Entries


SINK = "sink"
"""QGIS' name of the kind of parameter that says where features go."""
_NO_FILES = ("memory:", "TEMPORARY_OUTPUT")
_PROVIDER = re.compile(r"(.{3,}?):(.*)")
"""A database and the like; one or two letters are a drive of Windows."""
_ENDING = re.compile(r".*(\.[A-Za-z][A-Za-z0-9]{1,9})")
"""Ending of a name that sets the file's format; QGIS knows no format without a letter."""
_GEOPACKAGE = ".gpkg"
_FOLDERS = {".gdb": "OpenFileGDB"}
"""Formats that are folders, which QGIS writes where they stay."""


class Place(NamedTuple):
    """A file, or a table in one."""

    path: str
    table: Optional[str] = None
    """None: the whole file."""
    geometry: str = ""
    """The column of a table with its geometry, as far as it is known."""
    provider: str = ""
    """QGIS' name of what writes a table."""

    @property
    def is_geopackage(self) -> bool:
        """True if its name says so."""
        return self.path.lower().endswith(_GEOPACKAGE)

    @property
    def driver(self) -> str:
        """GDAL's name of the format that the ending stands for, empty: none."""
        rules = self.format
        return _FOLDERS.get(self.ending, "") if rules is None else str(rules.driver)

    @property
    def ending(self) -> str:
        """The ending of its name with the dot, in small letters, empty: it has none."""
        match = _ENDING.fullmatch(Path(self.path).name)
        return match[1].lower() if match else ""

    @property
    def format(self) -> Optional[vector_formats.VectorFormat]:
        """Rules of its format; None: it is not written at all, or as a folder."""
        return formats().get(self.ending)

    def holds(self, other: Place) -> bool:
        """True if writing this one destroys the other."""
        if not same_file(self.path, other.path):
            return False
        if self.table is None or other.table is None:
            return True
        return self.table.lower() == other.table.lower()


class Output(NamedTuple):
    """A parameter with a result that goes into a file."""

    name: str
    kind: str
    """QGIS' name of the kind of parameter."""
    place: Place


def formats() -> dict[str, vector_formats.VectorFormat]:
    """The formats that vector files can have here, by their endings."""
    all_formats = {**vector_formats.FORMATS, **vector_formats.MORE_FORMATS}
    return {ending: rules for ending, rules in all_formats.items() if _can_write(rules.driver)}


def endings() -> list[str]:
    """The endings of vector files that can be written here."""
    folders = (ending for ending, driver in _FOLDERS.items() if _can_write(driver))
    return [*formats(), *folders]


def _can_write(driver: str) -> bool:
    """True if this GDAL writes vectors in a format."""
    gdal_driver = gdal.GetDriverByName(driver)
    if gdal_driver is None or gdal_driver.GetMetadataItem("DCAP_VECTOR") != "YES":
        return False
    return bool(gdal_driver.GetMetadataItem("DCAP_CREATE") == "YES")


def outputs_of(entries: Entries) -> list[Output]:
    """The files that a run is to write, as far as the user named them."""
    outputs = []
    for definition in entries.algorithm.destinationParameterDefinitions():
        name, kind = definition.name(), definition.type()
        place = _place(entries.destination(name), kind)
        if place is not None:
            outputs.append(Output(name, kind, place))
    return outputs


def _place(text: str, kind: str) -> Optional[Place]:
    """The file that QGIS makes of a text; None: it makes none."""
    if not text or text.startswith(_NO_FILES):
        return None
    if kind != SINK:
        return Place(text)
    match = _PROVIDER.fullmatch(text)
    if match is None:
        place = Place(text)
        return place if place.ending else Place(text + _GEOPACKAGE)
    provider, address = match.groups()
    if provider not in {"ogr", "spatialite"}:
        return None
    uri = QgsDataSourceUri(address)
    path = uri.database() or (address if provider == "ogr" else "")
    if not path:
        return None
    return Place(path, uri.table() or Path(path).stem, uri.geometryColumn(), provider)


def same_file(one: str, other: str) -> bool:
    """True if two names lead to one file."""
    try:
        if Path(one).samefile(other):
            return True
    except (OSError, ValueError):
        pass
    return _whole(one) == _whole(other)


def _whole(path: str) -> str:
    try:
        return os.path.normcase(os.path.realpath(path))
    except (OSError, ValueError):
        return path
