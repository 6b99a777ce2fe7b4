"""Change the polygons of a vector file before they are labels: choose some, draw bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from rasterio import features
from rasterio.transform import Affine

from camp_detector_core.engine.errors import RasterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid
    from training.data.reprojection import Polygons
    from training.fit.place_options import Selection

FEATURE = "feature"
"""Stands for an attribute: number of the feature in its file, from 0 on."""
_MOST_NAMES = 5


def is_selected(
    path: Path,
    values: Mapping[str, NDArray[Any]],
    rows: NDArray[np.intp],
    selections: Sequence[Selection],
) -> NDArray[np.bool_]:
    """(n,) True for the polygons that one of the selections chooses.

    Args:
        path: The file, for errors.
        values: Attributes by name, a value for each feature.
        rows: (n,) the feature of each polygon.
        selections: Attributes and values.

    Raises:
        RasterError: No such attribute, or no polygon with such a value: a slip of the pen would
            else stay unseen.
    """
    out = np.zeros(len(rows), np.bool_)
    for selection in selections:
        if selection.field not in values:
            msg = f"{path} has no attribute {selection.field!r} to choose polygons by"
            raise RasterError(msg)
        texts = np.array([_text(v) for v in values[selection.field].tolist()])[rows]
        chosen = [_text(v) for v in selection.values]
        missing = sorted(set(chosen) - set(texts.tolist()))
        if missing:
            few = ", ".join(missing[:_MOST_NAMES]) + (" ..." if len(missing) > _MOST_NAMES else "")
            msg = f"{path} holds no polygon whose {selection.field} is {few}: correct the list"
            raise RasterError(msg)
        out |= np.isin(texts, chosen)
    return out


def _text(value: object) -> str:
    """A value as text, the same for 7, 7.0 and "7"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def burn(
    polygons: Sequence[shapely.Geometry] | Polygons, grid: Grid, *, band: float, filled: bool
) -> NDArray[np.bool_]:
    """(height, width) True for pixels whose centre lies in the polygons or near their outlines.

    Args:
        polygons: In the CRS of the grid.
        grid: Where the pixels lie.
        band: Metres to either side of an outline that count as near.
        filled: True if the inside counts, too.
    """
    scale = np.array(grid.metres_per_unit)
    shapes = np.asarray(polygons, object)
    if band > 0:
        flat = shapely.transform(shapes, lambda points: points * scale)
        near = shapely.buffer(flat if filled else shapely.boundary(flat), band)
        shapes = shapely.transform(near, lambda points: points / scale)
    elif not filled:
        shapes = shapes[:0]
    if not len(shapes):
        return np.zeros(grid.shape, np.bool_)
    burnt: NDArray[np.uint8] = features.rasterize(
        shapes, out_shape=tuple(grid.shape), transform=Affine(*grid.transform), dtype="uint8"
    )
    return burnt > 0
