"""Labels of a chip: read from a mask of the same name, or rasterised from one vector file."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import rasterio
import shapely
from rasterio import features
from rasterio.crs import CRS
from rasterio.enums import MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.transform import Affine
from rasterio.warp import transform as warp_points

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.vector_files import read_layer
from training.data.chips import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid
    from camp_detector_core.engine.spec import ClassDef
    from training.data.chips import Chip


LOG = logging.getLogger(__name__)

VECTORS = {".geojson", ".gpkg", ".fgb", ".shp"}
"""Endings of vector files that are looked for in a folder of masks."""
_MOST_DIFFERENT = 0.1
"""Share of a chip's pixels in which a mask and the polygons beside it may differ; more than a line
of pixels around each building means that they show different things."""
_MOST_OWNERS = 2**24 - 2
"""Numbers of dwellings go through float32, which holds no larger ones exactly."""


@dataclass(frozen=True)
class LabelPatch:
    """The labels of a chip."""

    classes: NDArray[np.uint8]
    """(height, width) class values, 0 for background."""
    known: NDArray[np.bool_]
    """(height, width), True where the labels say something."""
    owner: NDArray[np.int32]
    """(height, width) which dwelling a pixel belongs to, 0 for none; the same for a dwelling on all
    chips. Where labels do not tell dwellings apart, all of a class have one number."""


class Labels(Protocol):
    """Gives the classes of a chip's pixels."""

    def read(self, chip: Chip) -> LabelPatch:
        """The labels of a whole chip."""


def open_labels(
    path: Path, classes: Sequence[ClassDef], *, class_field: str | None = None, placed: bool = True
) -> Labels:
    """Labels in a folder of masks or in a vector file.

    A folder that holds exactly one vector file gives its polygons, because they tell touching
    dwellings apart; not where they cannot say what the masks do (see `_why_masks`).

    Args:
        path: A folder or a file.
        classes: That the labels show.
        class_field: Attribute of a vector file that names the class.
        placed: Whether all chips are georeferenced.

    Raises:
        RasterError: Neither of both, or it cannot be read.
        VectorError: The vector file cannot be read.
    """
    if path.is_dir():
        masks = MaskLabels(path, classes)
        vectors = sorted(p for p in path.iterdir() if p.suffix.lower() in VECTORS)
        why = _why_masks(masks, len(vectors), named=len(classes) == 1 or class_field is not None)
        why = why or ("" if placed else "chips have no georeference")
        if vectors and not why:
            LOG.info("labels are the polygons of %s, which tell touching ones apart", vectors[0])
            return FolderLabels(vectors[0], masks, classes, class_field=class_field)
        if vectors:
            LOG.info("labels are the masks of %s and not %s: %s", path, vectors[0].name, why)
        return masks
    if path.is_file():
        return VectorLabels(path, classes, class_field=class_field)
    msg = f"{path} does not exist: give a folder of masks or a vector file"
    raise RasterError(msg)


def _why_masks(masks: MaskLabels, vectors: int, *, named: bool) -> str:
    """Why masks are used although vector files lie beside them; empty where there is no reason."""
    if vectors != 1:
        return f"there are {vectors} vector files"
    if not named:
        return "--class-field does not say which attribute names the class"
    if masks.have_nodata():
        return "the masks say where nothing is known, which polygons cannot"
    return ""


def refuse_foreign(labels: Labels, chips: Sequence[Chip]) -> None:
    """Refuse polygons that lie on none of the chips: mostly a wrong file or a wrong CRS.

    Raises:
        RasterError: Not one polygon touches a chip.
    """
    if not isinstance(labels, VectorLabels):
        return
    placed = [c.grid for c in chips if c.grid is not None]
    if placed and not any(len(labels.polygons(grid)[0]) for grid in placed):
        msg = (
            f"none of the polygons in {labels.path} lies on any of the {len(placed)} chips: is it "
            "the right file, and is its CRS right?"
        )
        raise RasterError(msg)


class MaskLabels:
    """Mask rasters with the stems of the chips."""

    def __init__(self, folder: Path, classes: Sequence[ClassDef]) -> None:
        """List the masks.

        Args:
            folder: Where they are.
            classes: With one class every value but 0 is it, else the class values count.
        """
        self._paths = {p.stem: p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES}
        self._classes = tuple(classes)
        self._folder = folder

    def covers(self, chip: Chip) -> bool:
        """Whether there is a mask of a chip."""
        return chip.name in self._paths

    def have_nodata(self) -> bool:
        """Whether any of the masks can say that a pixel is not known.

        Raises:
            RasterError: One cannot be read.
        """
        for path in self._paths.values():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", NotGeoreferencedWarning)
                    with rasterio.open(path) as source:
                        whole = MaskFlags.all_valid in source.mask_flag_enums[0]
                        if not whole and source.nodata != 0:
                            return True
            except RasterioError as error:
                msg = f"{path} cannot be read as a mask: {error}"
                raise RasterError(msg) from error
        return False

    def read(self, chip: Chip) -> LabelPatch:
        """Class values, known where the mask is not nodata; a mask does not tell dwellings apart.

        Raises:
            RasterError: No mask, one of another size, or one that cannot be read.
        """
        path = self._paths.get(chip.name)
        if path is None:
            msg = f"{self._folder} holds no mask for chip {chip.name}"
            raise RasterError(msg)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                with rasterio.open(path) as source:
                    values, known = source.read(1), source.read_masks(1) > 0
                    if source.nodata == 0:  # 0 is background, whatever the file says
                        known[:] = True
        except RasterioError as error:
            msg = f"{path} cannot be read as a mask: {error}"
            raise RasterError(msg) from error
        if values.shape != tuple(chip.shape):
            msg = f"{path} is {values.shape} pixels, and its chip {tuple(chip.shape)}"
            raise RasterError(msg)
        out = np.zeros(values.shape, np.uint8)
        if len(self._classes) == 1:
            out[values != 0] = self._classes[0].value
        else:
            for each in self._classes:
                out[values == each.value] = each.value
        return LabelPatch(out, known, out.astype(np.int32))


class VectorLabels:
    """Polygons of one file, in any CRS."""

    def __init__(
        self, path: Path, classes: Sequence[ClassDef], *, class_field: str | None = None
    ) -> None:
        """Read all polygons.

        Raises:
            VectorError: It is not a vector file.
            RasterError: No CRS, no such field or an unknown class in it.
        """
        layer = read_layer(path, columns=[class_field] if class_field else [])
        if layer.crs is None:
            msg = f"{path} does not say its CRS: give it one"
            raise RasterError(msg)
        self.path = path
        self._crs = CRS.from_user_input(layer.crs)
        geometries = shapely.from_wkb(layer.geometries)
        surfaces = np.isin(shapely.get_type_id(geometries), (3, 6))
        columns = list(layer.fields.values())
        self._values = _class_values(path, classes, class_field, columns, len(geometries))[surfaces]
        self._polygons = shapely.make_valid(geometries[surfaces])
        self._trees: dict[str, tuple[shapely.STRtree, NDArray[np.object_]]] = {}

    def polygons(self, grid: Grid) -> tuple[list[shapely.Geometry], NDArray[np.uint8]]:
        """The polygons that touch a grid, in its CRS, and their class values."""
        found, polygons = self._touching(grid)
        return list(polygons), self._values[found]

    def _touching(self, grid: Grid) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
        """Numbers of the polygons that touch a grid, and these polygons in its CRS."""
        tree, polygons = self._in_crs(str(grid.crs_wkt))
        corners = grid.transform.apply(
            np.array([[0, 0], [grid.shape[1], grid.shape[0]]], np.float64)
        )
        low, high = corners.min(axis=0), corners.max(axis=0)
        found = np.sort(tree.query(shapely.box(*low, *high), predicate="intersects"))
        return found, polygons[found]

    def read(self, chip: Chip) -> LabelPatch:
        """Class values, known everywhere. A pixel belongs to a polygon that holds its centre.

        Raises:
            RasterError: The chip has no georeference.
        """
        if chip.grid is None:
            msg = (
                f"{chip.path} has no georeference, so {self.path} cannot be laid over it: "
                f"give masks, or georeference the chips"
            )
            raise RasterError(msg)
        found, polygons = self._touching(chip.grid)
        known = np.ones(chip.shape, np.bool_)
        if not len(found):
            nothing = np.zeros(chip.shape, np.int32)
            return LabelPatch(nothing.astype(np.uint8), known, nothing)
        owners: NDArray[np.int32] = features.rasterize(
            zip(polygons, range(1, len(found) + 1), strict=True),
            out_shape=tuple(chip.shape),
            transform=Affine(*chip.grid.transform),
            dtype="int32",
        )
        classes = np.concatenate((np.zeros(1, np.uint8), self._values[found]))
        numbers = np.concatenate((np.zeros(1, np.int32), found % _MOST_OWNERS + 1))
        return LabelPatch(classes[owners], known, numbers[owners].astype(np.int32))

    def _in_crs(self, wkt: str) -> tuple[shapely.STRtree, NDArray[np.object_]]:
        if wkt not in self._trees:
            target = CRS.from_wkt(wkt)

            def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
                xs, ys = warp_points(self._crs, target, points[:, 0], points[:, 1])
                return np.column_stack((xs, ys))

            moved = self._polygons
            if len(moved) and target != self._crs:
                moved = shapely.transform(moved, move)
            self._trees[wkt] = (shapely.STRtree(moved), moved)
        return self._trees[wkt]


class FolderLabels(VectorLabels):
    """Polygons of the one vector file in a folder; the masks beside it must show the same."""

    def __init__(
        self,
        path: Path,
        masks: MaskLabels,
        classes: Sequence[ClassDef],
        *,
        class_field: str | None = None,
    ) -> None:
        """Read all polygons.

        Raises:
            CampDetectorError: As `VectorLabels`.
        """
        super().__init__(path, classes, class_field=class_field)
        self._masks = masks

    def read(self, chip: Chip) -> LabelPatch:
        """As `VectorLabels`.

        Raises:
            RasterError: Also where a mask shows something else than the polygons.
        """
        patch = super().read(chip)
        if not self._masks.covers(chip):
            return patch
        masked, drawn = self._masks.read(chip).classes, patch.classes
        if masked.max() <= 1:  # such a mask may say where dwellings are, and not of which class
            masked, drawn = np.minimum(masked, 1), np.minimum(drawn, 1)
        different = float(np.mean(masked != drawn))
        if different > _MOST_DIFFERENT:
            msg = (
                f"the mask of {chip.name} and the polygons of {self.path} differ in "
                f"{different:.0%} of its pixels: move the masks or the vector file elsewhere"
            )
            raise RasterError(msg)
        return patch


def _class_values(
    path: Path,
    classes: Sequence[ClassDef],
    class_field: str | None,
    columns: Sequence[NDArray[np.object_]],
    count: int,
) -> NDArray[np.uint8]:
    if class_field is None:
        return np.full(count, classes[0].value, np.uint8)
    if not len(columns):
        msg = f"{path} has no attribute {class_field!r}"
        raise RasterError(msg)
    table = {c.name: c.value for c in classes}
    unknown = {str(v) for v in columns[0]} - set(table)
    if unknown:
        msg = f"{path}: {class_field} holds {min(unknown)!r}, which is none of {sorted(table)}"
        raise RasterError(msg)
    return np.array([table[str(v)] for v in columns[0]], np.uint8)
