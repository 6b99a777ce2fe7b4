"""Outlines of buildings as a file, and as masks on the grids of the chips."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.spec import ClassDef
from camp_detector_core.vector_files import list_layers, read_layer
from training.preprocess.manifest import PreprocessError
from training.preprocess.osm import Outlines, surfaces
from training.preprocess.picture import encode_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from training.preprocess.area import Tile
    from training.preprocess.folder import TrainFolder
    from training.preprocess.manifest import Box

LOG = logging.getLogger(__name__)

_DIGITS = 8
"""Digits of a degree after the point: a millimetre."""


def read_outlines(path: Path, *, layer: str | None = None) -> Outlines:
    """Polygons of a vector file, in longitude and latitude, with their attributes.

    Args:
        path: Any file that GDAL reads as vectors, in any CRS.
        layer: Which of its layers; needed only where it has several.

    Raises:
        PreprocessError: It has no CRS, several layers or no polygon.
        VectorError: It cannot be read.
    """
    import shapely
    from rasterio.crs import CRS
    from rasterio.errors import RasterioError
    from shapely.errors import GEOSException

    if not path.exists():
        msg = f"{path} does not exist: give a file of polygons as --labels"
        raise PreprocessError(msg)
    try:
        layer = _layer_of(path, [each.name for each in list_layers(path)], layer)
        rows = read_layer(path, layer=layer)
        if rows.crs is None:
            msg = f"{path} does not say its CRS: give it one"
            raise PreprocessError(msg)
        shapes = _to_degrees(shapely.from_wkb(rows.geometries), CRS.from_user_input(rows.crs))
    except (RasterioError, GEOSException) as error:
        msg = f"{path} cannot be read as a vector file: {error}"
        raise PreprocessError(msg) from error
    polygons, properties = [], []
    for row, shape in enumerate(shapes):
        values = {name: _plain(column[row]) for name, column in rows.fields.items()}
        for part in surfaces(shapely.make_valid(shape)):
            polygons.append(part)
            properties.append({k: v for k, v in values.items() if v is not None})
    if not polygons:
        msg = f"{path} holds no polygon: give a file of building outlines"
        raise PreprocessError(msg)
    return Outlines(polygons, properties)


def touching(outlines: Outlines, bbox: Box) -> Outlines:
    """Those that reach into an area, whole."""
    import shapely

    inside = shapely.intersects(outlines.polygons, shapely.box(*bbox))
    kept = [n for n, value in enumerate(inside) if value]
    return Outlines(
        [outlines.polygons[n] for n in kept],
        [outlines.properties[n] for n in kept],
        outlines.date,
    )


def to_geojson(outlines: Outlines) -> bytes:
    """A feature collection of RFC 7946: longitude and latitude, outer rings counterclockwise."""
    from shapely.geometry import mapping
    from shapely.geometry.polygon import orient

    features = [
        {"type": "Feature", "properties": properties, "geometry": mapping(orient(shape))}
        for shape, properties in zip(outlines.polygons, outlines.properties, strict=True)
    ]
    lines = ",\n".join(json.dumps(_rounded(feature), allow_nan=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def write_masks(
    tiles: Iterable[Tile],
    folder: TrainFolder,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write a mask for every chip, from the outlines in the folder, as training would read them.

    A pixel is 1 where its centre lies in a polygon, else 0.

    Args:
        tiles: Those that have a chip.
        folder: Holds the chips and the outlines.
        progress: Told how many masks of how many are written.

    Returns:
        How many pixels are 1.

    Raises:
        CampDetectorError: A chip cannot be read, or a mask not be written.
    """
    from training.data.chips import open_chip
    from training.data.labels import VectorLabels

    labels = VectorLabels(folder.outlines, (ClassDef(1, "dwelling", "#E4572E"),))
    tiles, marked = list(tiles), 0
    for number, tile in enumerate(tiles, 1):
        classes = labels.read(open_chip(folder.chip(tile))).classes
        folder.put(folder.mask(tile), encode_mask(classes, tile))
        marked += int(classes.sum())
        progress(number, len(tiles))
    return marked


def _layer_of(path: Path, layers: list[str], wanted: str | None) -> str:
    """The layer to read.

    Raises:
        PreprocessError: There is none of that name, or the choice is open.
    """
    if wanted is not None and wanted in layers:
        return wanted
    if wanted is None and len(layers) == 1:
        return layers[0]
    names = ", ".join(layers) or "none"
    what = f"no layer {wanted!r}" if wanted is not None else f"{len(layers)} layers"
    msg = f"{path} has {what}: give one as --layer ({names})"
    raise PreprocessError(msg)


def _to_degrees(shapes: Any, crs: Any) -> Any:  # noqa: ANN401 - arrays of shapely, CRS of rasterio
    import numpy as np
    import shapely
    from rasterio.crs import CRS
    from rasterio.warp import transform

    target = CRS.from_epsg(4326)
    if crs == target or not len(shapes):
        return shapes

    def move(points: Any) -> Any:  # noqa: ANN401 - arrays of numpy
        xs, ys = transform(crs, target, points[:, 0], points[:, 1])
        return np.column_stack((xs, ys))

    return shapely.transform(shapes, move)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a vector file holds
    """A value that JSON can hold."""
    import numpy as np

    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return str(value)


def _rounded(value: Any) -> Any:  # noqa: ANN401 - walks nested containers
    if isinstance(value, dict):
        return {k: v if k == "properties" else _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return round(value, _DIGITS) if isinstance(value, float) else value
