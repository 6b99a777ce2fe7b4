"""Outlines of buildings as a file, and as masks on the grids of the chips."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.spec import ClassDef
from training.preprocess.manifest import PreprocessError
from training.preprocess.osm import Outlines
from training.preprocess.picture import encode_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import shapely

    from training.preprocess.area import Tile
    from training.preprocess.folder import TrainFolder
    from training.preprocess.manifest import Box

LOG = logging.getLogger(__name__)

_DIGITS = 8
"""Digits of a degree after the point: a millimetre."""


def read_outlines(path: Path, *, layer: str | None = None) -> Outlines:
    """Polygons of a vector file, in longitude and latitude, with their attributes.

    They are taken as training takes them; what of the file is left out or mended is logged.

    Args:
        path: Any file that GDAL reads as vectors, or a folder that is one, in any CRS.
        layer: Which of its layers; needed only where it has several.

    Raises:
        PreprocessError: There is no such file.
        VectorError: It cannot be read.
        RasterError: It has no CRS, several layers or no polygon.
    """
    from training.data.polygons import read_polygons
    from training.data.reprojection import LON_LAT, moved

    if not path.exists():
        msg = f"{path} does not exist"
        raise PreprocessError(msg, remedy="give a file of polygons as {labels}")
    layer_of_file = read_polygons(path, layer=layer)
    note = layer_of_file.tally.sentence(path.name)
    if note is not None:
        LOG.warning("%s", note)
    polygons, properties = [], []
    shapes = moved(layer_of_file.shapes, layer_of_file.crs, LON_LAT)
    for row, shape in zip(layer_of_file.rows.tolist(), shapes, strict=True):
        values = {name: _plain(column[row]) for name, column in layer_of_file.fields.items()}
        polygons.append(shape)
        properties.append({k: v for k, v in values.items() if v is not None})
    return Outlines(polygons, properties, note=note)


def touching(outlines: Outlines, bbox: Box) -> Outlines:
    """Return the outlines that reach into an area, whole."""
    import shapely

    inside = shapely.intersects(outlines.polygons, shapely.box(*bbox))
    indices = [n for n, value in enumerate(inside) if value]
    return Outlines(
        [outlines.polygons[n] for n in indices],
        [outlines.properties[n] for n in indices],
        outlines.date,
        outlines.note,
    )


def to_geojson(outlines: Outlines) -> bytes:
    """A feature collection of RFC 7946: longitude and latitude, outer rings counterclockwise."""
    from shapely.geometry import mapping
    from shapely.geometry.polygon import orient

    features = [
        {"type": "Feature", "properties": properties, "geometry": mapping(orient(_rounded(shape)))}
        for shape, properties in zip(outlines.polygons, outlines.properties, strict=True)
    ]
    lines = ",\n".join(json.dumps(feature, allow_nan=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def write_masks(
    tiles: Iterable[Tile],
    folder: TrainFolder,
    *,
    progress: Callable[[int, int], None] = lambda _count, _total: None,
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
    from training.data.vector_labels import VectorLabels

    labels = VectorLabels(folder.outlines, (ClassDef(1, "dwelling", "#E4572E"),))
    tiles, marked = list(tiles), 0
    for number, tile in enumerate(tiles, 1):
        classes = labels.read(open_chip(folder.chip(tile))).classes
        folder.write(folder.mask(tile), encode_mask(classes, tile))
        marked += int(classes.sum())
        progress(number, len(tiles))
    return marked


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


def _rounded(shape: shapely.Polygon) -> shapely.Polygon:
    """Return a polygon with coordinates of `_DIGITS` digits."""
    import numpy as np
    import shapely

    return shapely.transform(shape, lambda points: np.round(points, _DIGITS))
