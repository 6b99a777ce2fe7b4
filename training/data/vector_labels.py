"""Labels of chips from the polygons of one vector file, in any CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features
from rasterio.transform import Affine

from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.errors import RasterError
from camp_detector_core.vector.files import read_layer
from training.data.chip_labels import ChipLabels
from training.data.label_changes import FEATURE, burn, is_selected
from training.data.polygons import PolygonLayer, choose_layer, read_polygons
from training.data.reprojection import PlacedPolygons

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid
    from camp_detector_core.engine.spec import ClassDef
    from training.data.chips import Chip
    from training.fit.place_options import LabelChanges, Selection

_MOST_OWNERS = 2**24 - 2
"""Numbers of dwellings go through float32, which holds no larger ones exactly."""
_OVERLAP = 0.01
"""Part of the smaller of two polygons from which they overlap; less is the dust of digitising."""


class VectorLabels:
    """Polygons of one file; each part of a feature that has several is a dwelling."""

    def __init__(
        self,
        path: Path,
        classes: Sequence[ClassDef],
        *,
        class_field: str | None = None,
        layer: str | None = None,
    ) -> None:
        """Read all polygons.

        Raises:
            VectorError: It is not a vector file, or a broken one.
            RasterError: Several layers, no CRS, no polygon, no such field or an unknown class.
        """
        self.path = path
        self._layer = layer
        columns = [class_field] if class_field else []
        layer_polygons = read_polygons(path, layer=layer, columns=columns, kind=class_field)
        self.placed_polygons = PlacedPolygons(layer_polygons.shapes, layer_polygons.crs)
        """The polygons."""
        self._rows = layer_polygons.rows
        self._values = _class_values(path, classes, class_field, layer_polygons)
        self._ignored: PlacedPolygons | None = None
        self._band = 0.0
        self._area: PlacedPolygons | None = None
        if len(classes) > 1:
            _tell_conflicts(layer_polygons, self._values)
        note = layer_polygons.tally.sentence(path.name)
        self.notes: tuple[str, ...] = () if note is None else (note,)
        """Sentences on what was left out, mended or taken from an unexpected place."""

    def change(self, changes: LabelChanges) -> None:
        """Leave out the polygons that count as ground, ignore others, move and join the rest.

        Raises:
            VectorError: The file, or that of the area, cannot be read.
            RasterError: An attribute or a value that it does not hold, or no polygon is left.
        """
        if changes.area is not None:
            layer = read_polygons(changes.area, columns=[])
            self._area = PlacedPolygons(layer.shapes, layer.crs)
        ground = self._select(changes.leave_out)
        ignored = self._select(changes.ignore) & ~ground
        is_label = ~(ground | ignored)
        if not is_label.any():
            msg = f"{self.path}: leave_out and ignore take all polygons, and no label is left"
            raise RasterError(msg)
        polygons = self.placed_polygons
        if any(changes.shift):
            polygons = polygons.shifted(changes.shift)
        self.placed_polygons, self._ignored = polygons.chosen(is_label), polygons.chosen(ignored)
        self._rows, self._values = self._rows[is_label], self._values[is_label]
        self._band = changes.ignore_band
        if not is_label.all():
            note = (
                f"{self.path.name}: as asked, {counted(int(ground.sum()), 'polygon')} of "
                f"{len(is_label)} left out as ground and {int(ignored.sum())} ignored"
            )
            self.notes = (*self.notes, note)
        if changes.join:
            self._join(changes.join)

    def _join(self, metres: float) -> None:
        """Make one dwelling of polygons that lie near to each other."""
        before = len(self._rows)
        self.placed_polygons, firsts = self.placed_polygons.joined(metres, self._values)
        self._rows, self._values = self._rows[firsts], self._values[firsts]
        note = (
            f"{self.path.name}: as asked, {counted(before, 'polygon')} joined to "
            f"{counted(len(firsts), 'dwelling')}"
        )
        self.notes = (*self.notes, note)

    def _select(self, selections: Sequence[Selection]) -> NDArray[np.bool_]:
        """(n,) True for the polygons that one of the selections chooses."""
        if not selections:
            return np.zeros(len(self._rows), np.bool_)
        names = [name for name in {s.field for s in selections} if name != FEATURE]
        layer, _ = choose_layer(self.path, self._layer)
        table = read_layer(self.path, layer=layer, columns=names)
        values = {FEATURE: np.arange(len(table.geometries)), **table.fields}
        return is_selected(self.path, values, self._rows, selections)

    def ignored(self, grid: Grid) -> NDArray[np.bool_]:
        """(height, width) True where the ground counts for nothing.

        That is under the polygons that are ignored, and beyond the area of complete labels.
        """
        ignored = self.doubtful(grid)
        if self._area is not None:
            _, polygons = self._area.touching(grid)
            ignored |= ~burn(polygons, grid, band=0.0, filled=True)
        return ignored

    def doubtful(self, grid: Grid) -> NDArray[np.bool_]:
        """(height, width) True under the polygons that are ignored."""
        if self._ignored is None:
            return np.zeros(grid.shape, np.bool_)
        _, polygons = self._ignored.touching(grid)
        return burn(polygons, grid, band=self._band, filled=True)

    def uncertain(self, grid: Grid) -> NDArray[np.bool_]:
        """(height, width) True in the band around the outlines, where either class may be right."""
        _, polygons = self.placed_polygons.touching(grid)
        return burn(polygons, grid, band=self._band, filled=False)

    def covers(self, chip: Chip) -> bool:
        """True where the labels are complete: without a polygon there is no dwelling."""
        return self._area is None or chip.grid is None or self._area.touch_any([chip.grid])

    def polygons(self, grid: Grid) -> tuple[list[shapely.Geometry], NDArray[np.uint8]]:
        """The polygons that touch a grid, in its CRS, and their class values."""
        numbers, polygons = self.placed_polygons.touching(grid)
        return list(polygons), self._values[numbers]

    def read(self, chip: Chip) -> ChipLabels:
        """Class values, known but where polygons are ignored.

        A pixel belongs to a polygon that holds its centre.

        Where several do, the last one in the file counts.

        Raises:
            RasterError: The chip has no georeference.
        """
        if chip.grid is None:
            msg = (
                f"{chip.path} has no georeference, so {self.path} cannot be laid over it: "
                f"give masks, or georeference the chips"
            )
            raise RasterError(msg)
        touching, polygons = self.placed_polygons.touching(chip.grid)
        is_known = ~self.ignored(chip.grid)
        is_certain = is_known & ~self.uncertain(chip.grid)
        if not len(touching):
            unlabelled = np.zeros(chip.shape, np.int32)
            return ChipLabels(unlabelled.astype(np.uint8), is_known, is_certain, unlabelled)
        owners: NDArray[np.int32] = features.rasterize(
            zip(polygons, range(1, len(touching) + 1), strict=True),
            out_shape=tuple(chip.shape),
            transform=Affine(*chip.grid.transform),
            dtype="int32",
        )
        classes = np.concatenate((np.zeros(1, np.uint8), self._values[touching]))
        numbers = np.concatenate((np.zeros(1, np.int32), touching % _MOST_OWNERS + 1))
        return ChipLabels(classes[owners], is_known, is_certain, numbers[owners].astype(np.int32))


def _class_values(
    path: Path, classes: Sequence[ClassDef], class_field: str | None, polygons: PolygonLayer
) -> NDArray[np.uint8]:
    """The class value of each polygon.

    Raises:
        RasterError: There is no such field, or an unknown class in it.
    """
    if class_field is None:
        return np.full(len(polygons.rows), classes[0].value, np.uint8)
    if class_field not in polygons.fields:
        msg = f"{path} has no attribute {class_field!r}"
        raise RasterError(msg, remedy="name another one as {class_field}")
    table = {c.name: c.value for c in classes}
    names = [str(v) for v in polygons.fields[class_field][polygons.rows]]
    unknown = sorted(set(names) - set(table))
    if unknown:
        count = sum(name in set(unknown) for name in names)
        msg = (
            f"{path}: {class_field} holds {unknown[0]!r}, which is none of {sorted(table)} "
            f"({count:,} of {len(names):,} polygons have no class of these)"
        )
        raise RasterError(msg)
    return np.array([table[name] for name in names], np.uint8)


def _tell_conflicts(polygons: PolygonLayer, values: NDArray[np.uint8]) -> None:
    """Count the polygons of different classes that lie on the same ground."""
    shapes = polygons.shapes
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = (one < other) & (values[one] != values[other])
    one, other = one[pairs], other[pairs]
    common = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    smaller = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    count = int((common > _OVERLAP * smaller).sum())
    if count:
        pairs_of = "pair of polygons" if count == 1 else "pairs of polygons"
        polygons.tally.further_clauses.append(
            f"{count:,} {pairs_of} of different classes overlap, where pixels count for the one "
            "that comes later in the file"
        )
