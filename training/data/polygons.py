"""Polygons of a vector file: the one reader of labels that are outlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import CRSError

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.polygons.surfaces import Surfaces
from camp_detector_core.vector.files import list_layers, read_layer
from training.data.reprojection import on_earth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.polygons.surfaces import FeatureCounts, Outline
    from camp_detector_core.vector.files import LayerName, VectorLayer

NO_LABELS = {"layer_styles", "qgis_projects", "layer_metadata"}
"""Tables that QGIS keeps in files of features."""
_NO_SURFACE = ("Point", "MultiPoint", "LineString", "MultiLineString")
"""Types of layers that cannot hold a polygon, without Z and M."""
_MOST_NAMES = 12


@dataclass(frozen=True)
class PolygonLayer:
    """Valid polygons, each on its own, and the features that they belong to."""

    shapes: NDArray[np.object_]
    """(n,) shapely polygons with an area, in ``crs``."""
    rows: NDArray[np.intp]
    """(n,) the feature of each."""
    fields: Mapping[str, NDArray[Any]]
    """(features,) values by the name of their attribute."""
    crs: CRS
    tally: FeatureCounts
    """Counts of what was left out, and more that a user may not expect."""


def read_polygons(
    path: Path,
    *,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    kind: str | None = None,
) -> PolygonLayer:
    """Read all polygons of a layer, by the rules of `camp_detector_core.engine.polygons.surfaces`.

    Args:
        path: A file, or a folder that is a data set (``.gdb``).
        layer: Which of its layers; needed only where several may hold polygons.
        columns: Attributes to read; None: all.
        kind: The attribute that names the class; the same polygon may be of two classes.

    Raises:
        VectorError: It cannot be read.
        RasterError: Several layers, no CRS, or no polygon that lies on the Earth.
    """
    name, passed = choose_layer(path, layer)
    table = read_layer(path, layer=name, columns=columns)
    crs = _crs_of(path, table)
    surfaces = Surfaces()
    kinds = table.fields.get(kind or "", np.full(len(table.geometries), None))
    rows: list[int] = []
    outlines: list[Outline] = []
    for row, (wkb, value) in enumerate(zip(table.geometries, kinds.tolist(), strict=True)):
        for outline in surfaces.take(wkb, value):
            rows.append(row)
            outlines.append(outline)
    tally = surfaces.tally
    if passed:
        tally.further_clauses.append(f"the layer {name} was taken and not {_names(passed)}")
    shapes, owner = _shapes_on_earth(path, _faces_of(outlines), crs, tally)
    shapes, owner = _mended(shapes, owner, tally)
    if not len(shapes):
        msg = f"{path} holds no polygon ({tally.contents()}): give a file of outlines"
        raise RasterError(msg)
    return PolygonLayer(shapes, np.array(rows, np.intp)[owner], table.fields, crs, tally)


def choose_layer(path: Path, name: str | None) -> tuple[str, list[LayerName]]:
    """The layer to read, and those with features that were passed over.

    Raises:
        VectorError: The file cannot be read.
        RasterError: There is no such layer, or the choice is open.
    """
    layers = list_layers(path)
    vector_layers = [
        each for each in layers if each.geometry_type is not None and each.name not in NO_LABELS
    ]
    if name is not None:
        if name in {each.name for each in layers}:
            return name, []
        msg = f"{path} has no layer {name!r} (it has {_names(vector_layers) or 'none'})"
        raise RasterError(msg, remedy="give one as {layer}")
    fit = [each for each in vector_layers if _may_hold_polygons(each)] or vector_layers
    if len(fit) == 1:
        return fit[0].name, [each for each in vector_layers if each not in fit]
    if not fit:
        tables = f"only tables ({_names(layers)})" if layers else "no layer"
        msg = f"{path} holds {tables} and no polygon: give a file of outlines"
        raise RasterError(msg)
    msg = f"{path} has {len(fit)} layers ({_names(fit)})"
    raise RasterError(msg, remedy="give one as {layer}")


def _may_hold_polygons(layer: LayerName) -> bool:
    """Return True if the geometry type of a layer allows polygons."""
    kind = str(layer.geometry_type).removeprefix("2.5D ").removeprefix("Measured ")
    return kind.removeprefix("3D ").removeprefix("Measured ").split(" ")[0] not in _NO_SURFACE


def _names(layers: Sequence[LayerName]) -> str:
    names = [each.name for each in layers]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _crs_of(path: Path, table: VectorLayer) -> CRS:
    """The CRS, which must lead to places on the Earth.

    Raises:
        RasterError: There is none, or it does not.
    """
    try:
        crs = CRS.from_user_input(table.crs) if table.crs else None
        wkt = "" if crs is None else crs.to_wkt()
    except (
        CRSError,
        CPLE_BaseError,
        UnboundLocalError,
    ) as error:  # the last is rasterio's own slip
        msg = f"{path} has a CRS that cannot be read: give it the right one"
        raise RasterError(msg) from error
    if crs is None or not wkt:
        msg = f"{path} does not say its CRS: give it one"
        raise RasterError(msg)
    if not (crs.is_geographic or crs.is_projected):
        msg = (
            f"{path} has a CRS that leads to no place on the Earth ({_title(crs)}): give it the "
            "right one"
        )
        raise RasterError(msg)
    return crs


def _title(crs: CRS) -> str:
    """The name that WKT begins with."""
    parts = crs.to_wkt().split('"')
    return parts[1] if len(parts) > 1 else "unnamed"


def _faces_of(outlines: Sequence[Outline]) -> list[list[bytes]]:
    return [outline.wkb() for outline in outlines]


def _shapes_on_earth(
    path: Path, faces: Sequence[Sequence[bytes]], crs: CRS, tally: FeatureCounts
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Shapes of the outlines that lie on the Earth, and their numbers.

    Raises:
        RasterError: None of several does: the CRS is not theirs.
    """
    shapes = np.empty(len(faces), object)
    single = np.array([len(each) == 1 for each in faces], np.bool_)
    shapes[single] = shapely.from_wkb([f[0] for f in faces if len(f) == 1])
    for i in np.flatnonzero(~single).tolist():
        shapes[i] = shapely.geometrycollections(shapely.from_wkb(list(faces[i])))
    good = on_earth(shapes, crs)
    if len(shapes) and not good.any():
        x, y = shapely.get_coordinates(shapes[0])[0]
        such = f"{path} holds coordinates such as {x:.10g}, {y:.10g}, which are no"
        if crs.is_geographic:
            msg = (
                f"{such} degrees of longitude and latitude: give it the CRS that it is in (GeoJSON "
                "without one counts as degrees)"
            )
        else:
            msg = f"{such} place on the Earth in {_title(crs)}: give it the CRS that it is in"
        raise RasterError(msg)
    tally.beyond += int((~good).sum())
    return shapes[good], np.flatnonzero(good)


def _mended(
    shapes: NDArray[np.object_], owner: NDArray[np.intp], tally: FeatureCounts
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Valid polygons: of meshes the ground that their faces cover, of all that cross the pieces."""
    is_mesh = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    wrong = ~is_mesh & ~shapely.is_valid(shapes)
    shapes = shapes.copy()
    shapes[wrong] = shapely.make_valid(shapes[wrong])
    for i in np.flatnonzero(is_mesh):
        faces = shapely.make_valid(shapely.get_parts(shapes[i]))
        shapes[i] = shapely.union_all([f for f in faces if shapely.area(f) > 0])
    parts, first = shapely.get_parts(shapes, return_index=True)
    # Mending may leave a collection of polygons and lines.
    parts, second = shapely.get_parts(parts, return_index=True)
    of = first[second]
    has_area = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
        shapely.area(parts) > 0
    )
    whole = np.zeros(len(shapes), np.bool_)
    whole[of[has_area]] = True
    tally.flat += int((~whole).sum())
    tally.mended += int((wrong & whole).sum())
    tally.scraps += int((~has_area & (wrong & whole)[of]).sum()) if len(of) else 0
    return parts[has_area], owner[of[has_area]]
