"""Results as GDAL sees them: are they whole, and how does one become a table of another file."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Optional

from osgeo import gdal, ogr

from ..faults import Fault
from ..i18n import tr
from .inputs import open_quietly
from .places import Place

_UPDATE = gdal.OF_VECTOR | gdal.OF_UPDATE


class Unwritable(Exception):  # noqa: N818 - what stands in the way
    """A table that cannot be written; the reason in GDAL's words."""


def shapes_in(path: str, table: Optional[str] = None) -> Optional[int]:
    """Count the shapes in a file; None: it cannot be read to its end.

    Args:
        path: Of the file.
        table: None: the first one.
    """
    gdal.ErrorReset()
    dataset = open_quietly(path, gdal.OF_VECTOR)
    if dataset is None:
        return None
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        layer = dataset.GetLayer(0) if table is None else dataset.GetLayerByName(table)
        if layer is None:
            return None
        gdal.ErrorReset()
        count = 0
        for feature in layer:
            shape = feature.GetGeometryRef()
            count += shape is not None and not shape.IsEmpty()
        return None if gdal.GetLastErrorType() >= gdal.CE_Failure else count
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def is_readable(driver: str) -> bool:
    """True if GDAL reads what it writes in a format."""
    gdal_driver = gdal.GetDriverByName(driver)
    return gdal_driver is not None and gdal_driver.GetMetadataItem("DCAP_OPEN") == "YES"


def put_table(source: str, path: str, table: str, geometry: str) -> None:
    """Make the first table of a file one of another file, in place of one of that name.

    It is done as a whole or not at all: an earlier table stays if it cannot be.

    Args:
        source: The file to be read.
        path: A GeoPackage or SQLite file that is there.
        table: What it is called there, whatever the case.
        geometry: The column for the shapes.

    Raises:
        Unwritable: It cannot be done.
    """
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        read, dataset = gdal.OpenEx(source, gdal.OF_VECTOR), gdal.OpenEx(path, _UPDATE)
        if read is None or dataset is None:
            raise gdal_error()
        check(dataset.StartTransaction())
        try:
            _copy(read.GetLayer(0), dataset, table, geometry)
            check(dataset.CommitTransaction())
        except BaseException:
            dataset.RollbackTransaction()
            raise
        finally:
            del dataset, read
    except RuntimeError as error:  # where someone has told GDAL to raise
        raise Unwritable(str(error)) from error
    finally:
        gdal.PopErrorHandler()


def _copy(layer: Any, dataset: Any, table: str, geometry: str) -> None:
    number = _number_of(dataset, table)
    if number is not None:
        check(dataset.DeleteLayer(number))
    options = [f"GEOMETRY_NAME={geometry}", "FID=fid"]
    target = dataset.CreateLayer(table, layer.GetSpatialRef(), layer.GetGeomType(), options)
    if target is None:
        raise gdal_error()
    fields = layer.GetLayerDefn()
    for i in range(fields.GetFieldCount()):
        check(target.CreateField(fields.GetFieldDefn(i)))
    for feature in layer:
        copy = ogr.Feature(target.GetLayerDefn())
        check(copy.SetFrom(feature))
        copy.SetFID(feature.GetFID())
        check(target.CreateFeature(copy))
    check(target.SyncToDisk())


def _number_of(dataset: Any, table: str) -> Optional[int]:
    """The number of a table, whatever the case of its name; None: there is none."""
    names = [dataset.GetLayer(i).GetName().lower() for i in range(dataset.GetLayerCount())]
    return names.index(table.lower()) if table.lower() in names else None


def check(code: Any) -> None:
    """See that GDAL did what it was asked for.

    Raises:
        Unwritable: It says that it did not.
    """
    if code:
        raise gdal_error()


def gdal_error() -> Unwritable:
    """The error for what GDAL said last."""
    return Unwritable(" ".join(str(gdal.GetLastErrorMsg()).split()))


def names_in(path: str, table: str) -> list[str]:
    """The fields of a table of a file, empty: there is no such table."""
    dataset = open_quietly(path, gdal.OF_VECTOR)
    layer = None if dataset is None else dataset.GetLayerByName(table)
    if layer is None:
        return []
    fields = layer.GetLayerDefn()
    return [fields.GetFieldDefn(i).GetName() for i in range(fields.GetFieldCount())]


def has_table(path: str, table: str) -> bool:
    """True if a file has a table, whatever the case of its name."""
    dataset = open_quietly(path, gdal.OF_VECTOR)
    return dataset is not None and _number_of(dataset, table) is not None


def drop_table(path: str, table: str) -> None:
    """Take a table out of a file, if it is there and can be."""
    dataset = open_quietly(path, _UPDATE)
    number = None if dataset is None else _number_of(dataset, table)
    if dataset is not None and number is not None:
        with suppress(RuntimeError):
            dataset.DeleteLayer(number)


def cannot_write(path: str, reason: str) -> Fault:
    """The error for a place that cannot be written to, for a reason of GDAL's."""
    if "locked" in reason:
        return Fault(
            tr(
                "{path} is being changed by another program, or by an edit in QGIS: finish that "
                "first.",
                path=path,
            )
        )
    return Fault(
        tr("{path} cannot be written: {reason}. Is the disk full?", path=path, reason=reason)
    )


def not_whole(path: str) -> Fault:
    """The error for a file from which less can be read than was written."""
    if Place(path).is_geopackage:
        return Fault(tr("{path} could not be written whole: is the disk full?", path=path))
    return Fault(
        tr(
            "{path} could not be written whole: the disk may be full, or its format not hold all "
            "outlines as a GeoPackage (.gpkg) does.",
            path=path,
        )
    )
