"""Dwellings as a vector file: GeoPackage, FlatGeobuf, GeoJSON or Shapefile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .atomic import cannot_write
from .engine.errors import OutputError, VectorError
from .vector_files import VectorLayer, read_layer, write_layer
from .vector_formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from .atomic import Target
    from .engine.dwelling import Dwelling
    from .engine.grid import Grid
    from .engine.spec import ModelSpec

LAYER = "dwellings"
_SHAPEFILE_LIMIT = 2**31 - 1
_BYTES_A_VERTEX = 16


@dataclass(frozen=True)
class DwellingTable:
    """Dwellings as columns; row ``i`` of each belongs to dwelling ``i + 1``."""

    wkb: NDArray[np.object_]
    """(n,) polygons as well-known binary, in CRS units."""
    classes: NDArray[np.object_]
    """(n,) class names."""
    probability: NDArray[np.float64]
    """(n,) mean probability over the dwelling's pixels, in [0, 1]."""
    area: NDArray[np.float64]
    """(n,) area on the ground in square metres."""
    vertices: int
    """Vertices of all polygons."""


def check_format(path: Path) -> None:
    """Refuse a file name whose suffix is not that of a known format.

    Raises:
        OutputError: The message lists the formats.
    """
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(f"{suffix} ({f.driver})" for suffix, f in FORMATS.items())
        msg = f"{path}: the name must end in one of {known}"
        raise OutputError(msg)


def check_crs(path: Path, crs_wkt: str | None) -> None:
    """Refuse a file that must be in longitude and latitude for a CRS that leads to neither.

    Raises:
        OutputError: The message names a format that takes any CRS.
    """
    from rasterio.crs import CRS

    from .raster.ground import is_local

    if path.suffix.lower() == ".geojson" and crs_wkt and is_local(CRS.from_wkt(crs_wkt)):
        msg = (
            f"{path}: GeoJSON is in longitude and latitude, which the raster's local CRS does not "
            "lead to: write a .gpkg"
        )
        raise OutputError(msg)


def make_table(dwellings: Sequence[Dwelling], grid: Grid, spec: ModelSpec) -> DwellingTable:
    """Turn dwellings in pixels into rows in CRS units and square metres.

    Areas are measured where each dwelling lies, since the metres of a degree or of Web Mercator
    change with the latitude.

    Args:
        dwellings: Polygons in pixel corners of ``grid``.
        grid: Where the pixels lie.
        spec: Names the classes.
    """
    import shapely

    from .georaster.table import rows_of
    from .raster.library import crs_of

    rows = rows_of(dwellings, grid, spec, crs_of(grid.crs_wkt))
    polygons = np.empty(0, object)
    if dwellings:
        offsets = rows.ring_offsets, rows.polygon_offsets
        kind = shapely.GeometryType.POLYGON
        polygons = shapely.to_wkb(shapely.from_ragged_array(kind, rows.corners, offsets))
    return DwellingTable(
        wkb=polygons,
        classes=np.array(rows.classes, object),
        probability=rows.probability,
        area=rows.area,
        vertices=len(rows.corners),
    )


def write_dwellings(
    target: Target, table: DwellingTable, *, crs_wkt: str | None, model_id: str
) -> None:
    """Write a vector file in the format of its suffix and read it back.

    Fields: ``id`` (from 1), ``class``, ``probability`` (``prob`` in a Shapefile), ``area_m2``,
    ``model``. Without dwellings the file has the same fields and no feature.

    Args:
        target: Where it is written, and where it will be.
        table: The dwellings.
        crs_wkt: CRS of the coordinates, or None.
        model_id: Name and version of the model.

    Raises:
        OutputError: The file cannot be written, or not be read back.
    """
    final, temporary = target.final, target.temporary
    kind = FORMATS[final.suffix.lower()]
    check_crs(final, crs_wkt)
    count = len(table.wkb)
    _refuse_size(final, table)
    columns: dict[str, NDArray[Any]] = {
        "id": np.arange(1, count + 1, dtype=np.int32),
        "class": table.classes,
        "probability": table.probability,
        "area_m2": table.area,
        "model": np.full(count, model_id, object),
    }
    columns = dict(zip(kind.field_names(columns), columns.values(), strict=True))
    options = dict(kind.options)
    if crs_wkt is None and "RFC7946" in options:
        # Nothing to transform from: coordinates are written as they are.
        del options["RFC7946"]
    layer = VectorLayer(table.wkb, columns, crs_wkt, "Polygon")
    name = LAYER if kind.driver == "GPKG" else final.stem
    try:
        write_layer(temporary, layer, name=name, driver=kind.driver, options=options)
        stored = _stored(temporary)
    except VectorError as error:
        raise cannot_write(final, error, needed=_size(table)) from error
    if stored != (count, count * (count + 1) // 2):
        reason = "what was written cannot be read back"
        raise cannot_write(final, reason, needed=_size(table))


def _stored(path: Path) -> tuple[int, int]:
    """Number of polygons in a file and sum of their ids."""
    layer = read_layer(path, columns=["id"])
    polygons = sum(g is not None for g in layer.geometries)
    # GeoJSON without a feature has no fields either.
    return polygons, int(np.sum(layer.fields.get("id", ()), dtype=np.int64))


def _size(table: DwellingTable) -> int:
    return table.vertices * _BYTES_A_VERTEX + 100 * len(table.wkb)


def _refuse_size(final: Path, table: DwellingTable) -> None:
    if final.suffix.lower() == ".shp" and _size(table) > _SHAPEFILE_LIMIT:
        msg = (
            f"{final}: {len(table.wkb)} dwellings do not fit into a Shapefile, which ends at 2 GB: "
            "write a .gpkg"
        )
        raise OutputError(msg)
