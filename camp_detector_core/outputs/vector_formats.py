"""The formats of vector files and the options to write them, shared by command line and QGIS."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ANY = 1 << 16
_SHORT = {"probability": "prob"}
"""Short names that take the place of long ones that do not fit."""


@dataclass(frozen=True)
class VectorFormat:
    """The driver and options by which GDAL writes one kind of file, and the limits of that kind."""

    driver: str
    """GDAL's name."""
    options: dict[str, str] = field(default_factory=dict)
    """Options of the layer."""
    file_options: dict[str, str] = field(default_factory=dict)
    """Options of the file."""
    is_lonlat: bool = False
    """True where the file is in longitude and latitude on WGS 84, whatever the features have."""
    longest_name: int | None = None
    """Most bytes of a field's name; None: any number."""
    longest_text: int | None = None
    """Most bytes of a text; None: any number."""
    has_word_names: bool = False
    """True where the names of fields may have letters, digits and underscores alone."""
    reserved: frozenset[str] = frozenset()
    """Names, in lower case, to which the format gives a meaning of its own."""

    def field_names(self, names: Iterable[str]) -> list[str]:
        """Return the names that the file gives to fields, in the same order.

        A name that does not fit is shortened; the short names differ in more than case.
        """
        names = [f"{name}_" if name.lower() in self.reserved else name for name in names]
        if self.has_word_names:
            names = [re.sub(r"\W", "_", name) for name in names]
        if self.longest_name is None and not self.reserved:
            return names
        longest = self.longest_name or _ANY
        lower_names: set[str] = set()
        short_names = []
        for name in names:
            short = _fitting(name, longest)
            number = 1
            while short.lower() in lower_names:
                number += 1
                end = f"_{number}"
                short = _cut(name, longest - len(end)) + end
            lower_names.add(short.lower())
            short_names.append(short)
        return short_names


def _fitting(name: str, longest: int) -> str:
    return name if len(name.encode()) <= longest else _cut(_SHORT.get(name, name), longest)


def _cut(text: str, longest: int) -> str:
    """Return as many whole characters of a text as fit into a number of bytes."""
    return text.encode()[:longest].decode(errors="ignore")


_GEOJSON = VectorFormat(
    "GeoJSON",
    # RFC 7946: longitude and latitude on WGS 84, to nine decimals (0.1 mm).
    {"RFC7946": "YES", "COORDINATE_PRECISION": "9"},
    is_lonlat=True,
)
FORMATS = {
    ".gpkg": VectorFormat("GPKG", {"SPATIAL_INDEX": "YES"}),
    ".fgb": VectorFormat("FlatGeobuf", {"SPATIAL_INDEX": "YES"}),
    ".geojson": _GEOJSON,
    ".shp": VectorFormat(
        "ESRI Shapefile",
        {"SPATIAL_INDEX": "NO"},
        longest_name=10,  # of dBASE
        longest_text=254,
    ),
}
"""Formats that every host writes, by the ending of the file."""
_KML = VectorFormat(
    "LIBKML",
    is_lonlat=True,
    reserved=frozenset(
        {"id", "timestamp", "begin", "end", "altitudemode", "tessellate", "extrude", "visibility",
         "draworder", "icon"}
    ),
)  # fmt: skip
_LINES = VectorFormat("GeoJSONSeq", {"COORDINATE_PRECISION": "9"}, is_lonlat=True)
MORE_FORMATS = {
    ".json": _GEOJSON,
    ".geojsonl": _LINES,
    ".geojsons": _LINES,
    ".gml": VectorFormat("GML"),
    ".kml": _KML,
    ".kmz": _KML,
    ".mif": VectorFormat(
        "MapInfo File", {}, {"FORMAT": "MIF"}, longest_name=31, has_word_names=True
    ),
    ".parquet": VectorFormat("Parquet"),
    ".sqlite": VectorFormat("SQLite", {"LAUNDER": "NO"}),
    ".tab": VectorFormat(
        "MapInfo File",
        {},
        {"FORMAT": "TAB"},
        longest_name=31,
        longest_text=254,
        has_word_names=True,
    ),
}
"""Formats that QGIS writes as well, where its GDAL has the driver."""
