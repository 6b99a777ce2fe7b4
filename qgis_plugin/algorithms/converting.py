"""Brings features into the format of the file that the user named.

QGIS writes them as a GeoPackage first: what it makes of other formats differs between its releases,
and is often less than they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from osgeo import gdal, ogr, osr

from camp_detector_core.hostgdal.calls import settings

from ..i18n import tr
from .tables import Unwritable, check, gdal_error

if TYPE_CHECKING:
    from pathlib import Path

    from qgis.core import QgsProcessingFeedback

_KML_NAMES = ("HEADING", "TILT", "ROLL", "SNIPPET", "MODEL", "SCALE_X", "SCALE_Y", "SCALE_Z")
_KML = {f"LIBKML_{name}_FIELD": "-" for name in _KML_NAMES}
"""GDAL gives fields of these names a meaning of their own and drops what it cannot use so, such as
our field ``model``; no field is called ``-``."""


class Changes(NamedTuple):
    """Values that a format does not hold as they were."""

    renamed: dict[str, str]
    """Fields by their names, and what they are called in the file."""
    cut: dict[str, int]
    """Fields of the file, and how many of their texts were cut."""
    left_out: list[str]
    """Fields that it cannot hold."""

    def tell(self, feedback: QgsProcessingFeedback, path: str) -> None:
        """Say so of a file."""
        if self.renamed:
            names = ", ".join(f"{name} → {called}" for name, called in self.renamed.items())
            feedback.pushInfo(
                tr(
                    "Fields that have another name in the format of {path}: {names}",
                    path=path,
                    names=names,
                )
            )
        if self.left_out:
            names = ", ".join(self.left_out)
            feedback.pushWarning(
                tr("Fields that the format of {path} cannot hold: {names}", path=path, names=names)
            )
        if self.cut:
            names = ", ".join(f"{name} ({count:,})" for name, count in self.cut.items())
            feedback.pushWarning(
                tr(
                    "Texts that are longer than the format of {path} holds and were cut, by field: "
                    "{names}. A GeoPackage (.gpkg) holds them.",
                    path=path,
                    names=names,
                )
            )


def convert(source: str, target: Path, name: str, rules: Any, wkt: str) -> Changes:
    """Write the features of a GeoPackage into a file of another format.

    Args:
        source: The GeoPackage.
        target: The file, which is not there.
        name: Of its layer.
        rules: Of its format, a `VectorFormat`.
        wkt: CRS of the features, empty: none.

    Raises:
        Unwritable: It cannot be done.
    """
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        with settings(_KML if rules.driver == "LIBKML" else {}):
            return _Conversion(source, target, rules).run(name, wkt)
    except RuntimeError as error:  # where someone has told GDAL to raise
        raise Unwritable(str(error)) from error
    finally:
        gdal.PopErrorHandler()


class _Conversion:
    """One file into another."""

    def __init__(self, source: str, target: Path, rules: Any) -> None:
        """Open the one and make the other.

        Raises:
            Unwritable: It cannot be done.
        """
        self._rules = rules
        self._read = gdal.OpenEx(source, gdal.OF_VECTOR)
        driver = gdal.GetDriverByName(rules.driver)
        if self._read is None or driver is None:
            raise gdal_error()
        self._layer = self._read.GetLayer(0)
        options = [f"{key}={value}" for key, value in rules.file_options.items()]
        self._target = driver.Create(str(target), 0, 0, 0, gdal.GDT_Unknown, options)
        if self._target is None:
            raise gdal_error()
        types = driver.GetMetadataItem("DMD_CREATIONFIELDDATATYPES") or ""
        self._types = set(types.split())

    def run(self, name: str, wkt: str) -> Changes:
        """Copy all features; gives what the format does not hold.

        Raises:
            Unwritable: One cannot be written.
        """
        crs = osr.SpatialReference(wkt) if wkt else None
        turn = None
        if crs is not None:
            crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        if crs is not None and self._rules.is_lonlat and self._rules.driver == "LIBKML":
            turn, crs = _to_lonlat(crs)
        output = self._target.CreateLayer(name, crs, self._layer.GetGeomType(), self._options(crs))
        if output is None:
            raise gdal_error()
        places, changes = self._fields(output)
        self._copy(output, places, turn, changes)
        check(output.SyncToDisk())
        del output
        self._target = None  # closes it, which writes what is left
        if gdal.GetLastErrorType() >= gdal.CE_Failure:
            raise gdal_error()
        return changes

    def _options(self, crs: Optional[Any]) -> list[str]:
        options = dict(self._rules.options)
        if crs is None:
            options.pop("RFC7946", None)  # nothing leads to longitude and latitude
        if self._rules.driver == "ESRI Shapefile":
            options["ENCODING"] = "UTF-8"
        if self._rules.driver == "MapInfo File" and self._layer.GetFeatureCount():
            # Coordinates are whole numbers within bounds, which are the whole world else.
            left, right, bottom, top = self._layer.GetExtent()
            room = max(right - left, top - bottom) or 1.0
            bounds = (left - room, bottom - room, right + room, top + room)
            options["BOUNDS"] = ",".join(f"{value:.17g}" for value in bounds)
        return [f"{key}={value}" for key, value in options.items()]

    def _fields(self, output: Any) -> tuple[list[tuple[int, int]], Changes]:
        """Make the fields; gives their numbers in both files, and what is not as it was.

        Raises:
            Unwritable: One cannot be made.
        """
        definition = self._layer.GetLayerDefn()
        fields = [definition.GetFieldDefn(i) for i in range(definition.GetFieldCount())]
        changes, places = Changes({}, {}, []), []
        short = self._rules.field_names(field.GetName() for field in fields)
        for number, (field, name) in enumerate(zip(fields, short)):
            kind = self._kind(field)
            if kind is None:
                changes.left_out.append(field.GetName())
                continue
            new = ogr.FieldDefn(name, kind)
            if kind == field.GetType():
                new.SetSubType(field.GetSubType())
            if kind == ogr.OFTString and self._rules.longest_text:
                new.SetWidth(self._rules.longest_text)
            check(output.CreateField(new))
            place = output.GetLayerDefn().GetFieldCount() - 1
            places.append((number, place))
            called = output.GetLayerDefn().GetFieldDefn(place).GetName()
            if called != field.GetName():
                changes.renamed[field.GetName()] = called
        return places, changes

    def _kind(self, field: Any) -> Optional[int]:
        """The type of a field in the file, None: it has none for it."""
        name = field.GetFieldTypeName(field.GetType())
        if not self._types or name in self._types:
            return int(field.GetType())
        if name == "Integer64" and "Real" in self._types:
            return int(ogr.OFTReal)
        return None if name == "Binary" else int(ogr.OFTString)

    def _copy(
        self, output: Any, places: list[tuple[int, int]], turn: Optional[Any], changes: Changes
    ) -> None:
        """Write the features.

        Raises:
            Unwritable: One cannot be written.
        """
        definition, longest = output.GetLayerDefn(), self._rules.longest_text
        to = [-1] * self._layer.GetLayerDefn().GetFieldCount()
        for source, place in places:
            to[source] = place
        texts = [p for _, p in places if definition.GetFieldDefn(p).GetType() == ogr.OFTString]
        for feature in self._layer:
            new = ogr.Feature(definition)
            check(new.SetFromWithMap(feature, 1, to) if to else 0)
            shape = feature.GetGeometryRef()
            shape = None if shape is None else shape.Clone()
            if shape is not None and turn is not None:
                check(shape.Transform(turn))
            check(new.SetGeometryDirectly(shape))
            for place in texts if longest else ():
                if new.IsFieldSetAndNotNull(place):
                    text = new.GetFieldAsString(place)
                    if len(text.encode()) > longest:
                        name = definition.GetFieldDefn(place).GetName()
                        changes.cut[name] = changes.cut.get(name, 0) + 1
            check(output.CreateFeature(new))


def leads_to_lonlat(wkt: str) -> bool:
    """True if coordinates of a CRS have a longitude and latitude."""
    crs = osr.SpatialReference(wkt)
    return not crs.IsLocal() and bool(crs.IsProjected() or crs.IsGeographic() or crs.IsGeocentric())


def _to_lonlat(crs: Any) -> tuple[Any, Any]:
    """The transform from a CRS into longitude and latitude, and their CRS.

    Raises:
        Unwritable: Nothing does.
    """
    world = osr.SpatialReference()
    world.ImportFromEPSG(4326)
    world.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    turn = osr.CoordinateTransformation(crs, world)
    if turn is None:
        raise gdal_error()
    return turn, world
