"""Labels on the pixels of an evaluation: classes and outlines of dwellings.

All outlines are in pixels of the grid that the model is run on (x = column, y = row), whatever
the CRS, so that areas and overlaps are those of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features

from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.polygons.vectorise import Linker, trace_block
from training.data.vector_labels import VectorLabels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid, Transform
    from camp_detector_core.engine.polygons.vectorise import Dwelling
    from training.data.chip_labels import Labels
    from training.data.mosaic import ChipArea

    Polygons = NDArray[np.object_]


MOST_DOUBTFUL = 0.5
"""Share of a detection on ground under ignored labels from which it counts for nothing."""


@dataclass(frozen=True)
class Outlines:
    """Polygons and what they are."""

    polygons: Polygons
    """(n,) valid shapely polygons in pixels."""
    values: NDArray[np.uint8]
    """(n,) class values."""

    @classmethod
    def of(cls, geometries: Sequence[shapely.Geometry], values: NDArray[np.uint8]) -> Outlines:
        """Take any geometries: each part of one that has several is a polygon of its own."""
        parts, owner = shapely.get_parts(np.asarray(geometries, object), return_index=True)
        keep = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
            shapely.area(parts) > 0
        )
        return cls(parts[keep], np.asarray(values, np.uint8)[owner[keep]])

    @classmethod
    def of_dwellings(cls, dwellings: Sequence[Dwelling]) -> Outlines:
        """Take dwellings as the engine's tracer gives them."""
        polygons = [shapely.Polygon(d.exterior, d.holes) for d in dwellings]
        values = np.array([d.class_value for d in dwellings], np.uint8)
        return cls.of(list(shapely.make_valid(np.array(polygons, object))), values)

    def of_class(self, value: int) -> Polygons:
        """The polygons of one class."""
        out: Polygons = self.polygons[self.values == value]
        return out

    def clipped(self, ground: shapely.Geometry, *, smallest: float) -> Outlines:
        """Clip the outlines to the valid ground.

        A polygon inside stays as it is. Of one that reaches the border, and so may be cut by it,
        each piece counts as a polygon, if it has at least ``smallest`` pixels.
        """
        shapely.prepare(ground)
        whole = shapely.contains_properly(ground, self.polygons)
        cut = ~whole & shapely.intersects(self.polygons, ground)
        pieces = Outlines.of(
            list(shapely.intersection(self.polygons[cut], ground)), self.values[cut]
        )
        keep = shapely.area(pieces.polygons) >= smallest
        return Outlines(
            np.concatenate((self.polygons[whole], pieces.polygons[keep])),
            np.concatenate((self.values[whole], pieces.values[keep])),
        )

    def certain(self, is_doubtful: NDArray[np.bool_] | None) -> Outlines:
        """Leave out the outlines that lie for more than `MOST_DOUBTFUL` on doubtful ground."""
        if is_doubtful is None:
            return self
        ground = ground_of(is_doubtful)
        shapely.prepare(ground)
        share = shapely.area(shapely.intersection(self.polygons, ground))
        keep = share <= MOST_DOUBTFUL * shapely.area(self.polygons)
        return Outlines(self.polygons[keep], self.values[keep])

    def rasterised(self, shape: tuple[int, int]) -> NDArray[np.uint8]:
        """(height, width) class values: a pixel belongs to the polygon that holds its centre."""
        if not len(self.polygons):
            return np.zeros(shape, np.uint8)
        out: NDArray[np.uint8] = features.rasterize(
            zip(self.polygons, self.values.tolist(), strict=True), out_shape=shape, dtype="uint8"
        )
        return out


@dataclass(frozen=True)
class Truth:
    """The labels of an area."""

    outlines: Outlines
    """Also those that stick out of the area."""
    is_known: NDArray[np.bool_]
    """(height, width) of the grid, True where the labels say something."""
    is_doubtful: NDArray[np.bool_] | None = None
    """(height, width) True under polygons that are ignored; None: there is none. What lies mostly
    on it counts for nothing, also the rim that a detection has beyond an ignored outline."""


def outlines_on(grid: Grid, labels: VectorLabels) -> Outlines:
    """Give the polygons that touch a grid, in its pixels."""
    polygons, values = labels.polygons(grid)
    moved = [shapely.transform(p, lambda xy: to_pixels(grid.transform, xy)) for p in polygons]
    return Outlines.of(moved, values)


def read_truth(area: ChipArea, labels: Labels, grid: Grid) -> Truth:
    """The labels of an area on another grid over the same ground.

    Args:
        area: Labelled chips.
        labels: Where they come from: polygons are taken as they are; masks are traced along the
            edges of their own pixels.
        grid: Its pixels are those of the result.

    Raises:
        RasterError: The labels cannot be read.
    """
    if isinstance(labels, VectorLabels):
        doubtful = labels.doubtful(grid)
        is_doubtful = doubtful if doubtful.any() else None
        return Truth(outlines_on(grid, labels), ~labels.ignored(grid), is_doubtful)
    patch = area.read(Window(0, 0, *area.shape))
    # Over the same ground: of the rows and columns, the first ones begin at the same place.
    down, across = grid.gsd[1] / area.gsd[1], grid.gsd[0] / area.gsd[0]
    scale = np.array([1 / across, 1 / down])

    def scaled(outlines: Outlines) -> Outlines:
        moved = shapely.transform(outlines.polygons, lambda xy: xy * scale)
        return Outlines(moved, outlines.values)

    unknown = scaled(trace((~patch.is_known).astype(np.uint8)))
    return Truth(scaled(trace(patch.classes)), unknown.rasterised(grid.shape) == 0)


def trace(classes: NDArray[np.uint8]) -> Outlines:
    """The exact outlines of the regions of a class raster (height, width)."""
    window = Window(0, 0, *classes.shape)
    linker = Linker(window.shape)
    dwellings = linker.add(trace_block(window, classes, np.zeros_like(classes), window.shape))
    return Outlines.of_dwellings([*dwellings, *linker.finish()])


def ground_of(valid: NDArray[np.bool_]) -> shapely.Geometry:
    """The outline of the pixels (height, width) that count, in pixels."""
    return shapely.union_all(trace(valid.astype(np.uint8)).polygons)


def to_pixels(transform: Transform, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns and rows (n, 2) of CRS coordinates (n, 2): undoes `Transform.apply`."""
    t = transform
    dx, dy = points[:, 0] - t.c, points[:, 1] - t.f
    return np.column_stack((t.e * dx - t.b * dy, t.a * dy - t.d * dx)) / t.determinant
