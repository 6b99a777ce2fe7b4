"""Dwellings as a vector file: GeoPackage, FlatGeobuf, GeoJSON or Shapefile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from camp_detector_core.engine.errors import OutputError, VectorError
from camp_detector_core.georaster.table import FIELDS
from camp_detector_core.outputs.output_set import cannot_write
from camp_detector_core.outputs.vector_formats import FORMATS
from camp_detector_core.vector.files import VectorLayer, read_layer, write_layer

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.georaster.table import DwellingRows
    from camp_detector_core.outputs.output_set import Target

LAYER = "dwellings"
_SHAPEFILE_LIMIT = 2**31 - 1
_BYTES_A_VERTEX = 16


def check_format(path: Path) -> None:
    """Refuse a file name whose suffix is not that of a known format.

    Raises:
        OutputError: The message lists the formats.
    """
    if path.suffix.lower() not in FORMATS:
        endings = ", ".join(f"{suffix} ({f.driver})" for suffix, f in FORMATS.items())
        msg = f"{path}: the name must end in one of {endings}"
        raise OutputError(msg)


def check_crs(path: Path, crs_wkt: str | None) -> None:
    """Refuse a file that must be in longitude and latitude for a CRS that leads to neither.

    Raises:
        OutputError: The message names a format that takes any CRS.
    """
    from camp_detector_core.georaster.ground import is_local
    from camp_detector_core.raster.library import crs_of

    crs = crs_of(crs_wkt) if path.suffix.lower() == ".geojson" else None
    if crs is not None and is_local(crs):
        msg = (
            f"{path}: GeoJSON is in longitude and latitude, which the raster's local CRS does not "
            "lead to: write a .gpkg"
        )
        raise OutputError(msg)


def write_dwellings(
    target: Target, rows: DwellingRows, *, crs_wkt: str | None, model_id: str
) -> None:
    """Write a vector file in the format of its suffix and read it back.

    Fields: ``id`` (from 1), ``class``, ``probability`` (``prob`` in a Shapefile), ``area_m2``,
    ``model``. Without dwellings the file has the same fields and no feature.

    Args:
        target: Where it is written, and where it will be.
        rows: The dwellings.
        crs_wkt: CRS of the coordinates, or None.
        model_id: Name and version of the model.

    Raises:
        OutputError: The file cannot be written, or not be read back.
    """
    final, temporary = target.final, target.temporary
    kind = FORMATS[final.suffix.lower()]
    check_crs(final, crs_wkt)
    count = len(rows)
    _refuse_size(final, rows)
    values: list[NDArray[Any]] = [
        np.arange(1, count + 1, dtype=np.int32),
        np.array(rows.classes, object),
        rows.probability,
        rows.area,
        np.full(count, model_id, object),
    ]
    columns = dict(zip(kind.field_names(FIELDS), values, strict=True))
    options = dict(kind.options)
    if crs_wkt is None and "RFC7946" in options:
        # Nothing to transform from: coordinates are written as they are.
        del options["RFC7946"]
    layer = VectorLayer(_wkb(rows), columns, crs_wkt, "Polygon")
    name = LAYER if kind.driver == "GPKG" else final.stem
    try:
        write_layer(temporary, layer, name=name, driver=kind.driver, options=options)
        stored = _stored(temporary)
    except VectorError as error:
        raise cannot_write(final, error, needed=_size(rows)) from error
    if stored != (count, count * (count + 1) // 2):
        reason = "what was written cannot be read back"
        raise cannot_write(final, reason, needed=_size(rows))


def _wkb(rows: DwellingRows) -> NDArray[np.object_]:
    """(n,) polygons as well-known binary."""
    import shapely

    if not len(rows):
        return np.empty(0, object)
    offsets = rows.ring_offsets, rows.polygon_offsets
    polygons = shapely.from_ragged_array(shapely.GeometryType.POLYGON, rows.corners, offsets)
    return np.asarray(shapely.to_wkb(polygons), object)


def _stored(path: Path) -> tuple[int, int]:
    """Number of polygons in a file and sum of their ids."""
    layer = read_layer(path, columns=["id"])
    polygons = sum(g is not None for g in layer.geometries)
    # GeoJSON without a feature has no fields either.
    return polygons, int(np.sum(layer.fields.get("id", ()), dtype=np.int64))


def _size(rows: DwellingRows) -> int:
    return len(rows.corners) * _BYTES_A_VERTEX + 100 * len(rows)


def _refuse_size(final: Path, rows: DwellingRows) -> None:
    if final.suffix.lower() == ".shp" and _size(rows) > _SHAPEFILE_LIMIT:
        msg = (
            f"{final}: {len(rows)} dwellings do not fit into a Shapefile, which ends at 2 GB: "
            "write a .gpkg"
        )
        raise OutputError(msg)
