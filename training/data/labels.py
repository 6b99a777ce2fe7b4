"""Labels of chips: read from masks of the same names, or rasterised from one vector file."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.errors import CampDetectorError, RasterError
from camp_detector_core.vector.files import list_layers
from training.data.blank import without_blank
from training.data.mask_labels import MaskLabels
from training.data.vector_labels import VectorLabels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from camp_detector_core.engine.spec import ClassDef
    from training.data.chip_labels import ChipLabels, Labels
    from training.data.chips import Chip
    from training.fit.place_options import LabelChanges


LOG = logging.getLogger(__name__)

VECTORS = {".geojson", ".gpkg", ".fgb", ".shp", ".gdb", ".kml", ".gml", ".sqlite"}
"""Endings of vector files that are looked for in a folder of masks."""
_MOST_DIFFERENT = 0.1
"""Share of a chip's pixels in which a mask and the polygons beside it may differ; more than a line
of pixels around each building means that they show different things."""
_MOST_NAMES = 5


@dataclass(frozen=True)
class Labelled:
    """Chips with their labels."""

    labels: Labels
    chips: list[Chip]
    """The chips that have labels."""
    notes: tuple[str, ...]
    """Sentences on what was left out, mended or taken from an unexpected place."""


def labels_of(  # noqa: PLR0913 - each an option of a place
    chips: Sequence[Chip],
    path: Path,
    classes: Sequence[ClassDef],
    *,
    class_field: str | None = None,
    layer: str | None = None,
    shift: tuple[float, ...] = (0.0, 0.0),
) -> Labelled:
    """The labels of some chips; what a user may not expect of both is logged, too.

    Chips that show no ground are left out, see `without_blank`.

    Args:
        chips: All that there are.
        path: A vector file, a folder that is one, or a folder of masks.
        classes: That the labels show.
        class_field: Attribute of a vector file that names the class.
        layer: Of a vector file that has several.
        shift: Metres east and north by which polygons are to be moved later on.

    Raises:
        CampDetectorError: They cannot be read, or cannot belong to the chips.
    """
    chips, blank = without_blank(chips)
    georeferenced = all(chip.grid is not None for chip in chips)
    labels = open_labels(
        path, classes, class_field=class_field, layer=layer, georeferenced=georeferenced
    )
    if isinstance(labels, MaskLabels):
        labels.check(chips)
    else:
        refuse_foreign(labels, chips, shift)
    notes = [*([] if blank is None else [blank]), *labels.notes]
    without = [chip.name for chip in chips if not labels.covers(chip)]
    if without:
        few = ", ".join(without[:_MOST_NAMES]) + (" ..." if len(without) > _MOST_NAMES else "")
        notes.append(
            f"{path.name}: {len(without)} of {len(chips)} chips have no mask and are left out: "
            f"{few}"
        )
    for note in notes:
        LOG.warning("%s", note)
    covered = [chip for chip in chips if labels.covers(chip)]
    return Labelled(labels, covered, tuple(notes))


def open_labels(
    path: Path,
    classes: Sequence[ClassDef],
    *,
    class_field: str | None = None,
    layer: str | None = None,
    georeferenced: bool = True,
) -> MaskLabels | VectorLabels:
    """Labels in a folder of masks or in a vector file.

    A folder that holds exactly one vector file gives its polygons, because they tell touching
    dwellings apart; not where they cannot say what the masks do (see `_why_masks`).

    Args:
        path: A folder or a file.
        classes: That the labels show.
        class_field: Attribute of a vector file that names the class.
        layer: Of a vector file that has several.
        georeferenced: Whether all chips are georeferenced.

    Raises:
        VectorError: The vector file cannot be read.
        RasterError: Neither of both, or masks that cannot be read.
    """
    choice = {"class_field": class_field, "layer": layer}
    if not path.exists():
        msg = f"{path} does not exist: give a folder of masks or a vector file"
        raise RasterError(msg)
    if not path.is_dir() or path.suffix.lower() == ".gdb":
        return VectorLabels(path, classes, **choice)
    masks = MaskLabels(path, classes)
    vectors = sorted(p for p in path.iterdir() if p.suffix.lower() in VECTORS)
    if not len(masks) and len(vectors) != 1:
        _refuse_no_labels(path)
        return VectorLabels(path, classes, **choice)
    named_classes = len(classes) == 1 or class_field is not None
    reason = _why_masks(masks, len(vectors), named_classes=named_classes)
    reason = reason or ("" if georeferenced else "chips have no georeference")
    if vectors and not reason:
        LOG.info(
            "labels are the polygons of %s, which keep touching dwellings separate", vectors[0]
        )
        vector_labels = FolderLabels(vectors[0], classes, **choice)
        vector_labels.masks = masks
        return vector_labels
    if vectors:
        LOG.info("labels are the masks of %s and not %s: %s", path, vectors[0].name, reason)
    if layer is not None:
        msg = f"{path} is a folder of masks, which have no layers"
        raise RasterError(msg, remedy="leave out {layer}")
    return masks


def _refuse_no_labels(path: Path) -> None:
    """Refuse a folder without masks that is no data set of vectors, such as one of Shapefiles.

    Raises:
        RasterError: So it is.
    """
    with suppress(CampDetectorError):
        if list_layers(path):
            return
    msg = (
        f"{path} holds neither masks nor a vector file: give a folder of masks (TIFF or PNG) with "
        "the names of the chips, or a vector file"
    )
    raise RasterError(msg)


def _why_masks(masks: MaskLabels, vectors: int, *, named_classes: bool) -> str:
    """Give the reason to prefer masks over the vector files beside them; empty without one."""
    if vectors != 1:
        return f"there are {vectors} vector files"
    if not named_classes:
        option = COMMAND.parameter("class_field", None)
        return f"{option} does not say which attribute names the class"
    if masks.have_unknown():
        return "the masks say where nothing is known, which polygons cannot"
    return ""


def refuse_foreign(
    labels: VectorLabels, chips: Sequence[Chip], shift: tuple[float, ...] = (0.0, 0.0)
) -> None:
    """Refuse polygons that lie on none of the chips: mostly a wrong file or a wrong CRS.

    Args:
        labels: The polygons.
        chips: All that there are.
        shift: Metres east and north by which the polygons are to be moved later on.

    Raises:
        RasterError: Not one polygon touches a chip, or a chip has no place.
    """
    loose = next((c for c in chips if c.grid is None), None)
    if loose is not None:
        msg = (
            f"{loose.path} has no georeference, so {labels.path} cannot be laid over it: give "
            "masks, or georeference the image"
        )
        raise RasterError(msg)
    grids = [c.grid for c in chips if c.grid is not None]
    polygons = labels.placed_polygons
    if (polygons.shifted(shift) if any(shift) else polygons).touch_any(grids):
        return
    question = "is it the right file, and is its CRS right?"
    if polygons.swapped().touch_any(grids):
        question = (
            "with x and y exchanged they would: write longitude (or easting) first, as with "
            "ogr2ogr -s_srs ... -swap_xy"
        )
    msg = (
        f"none of the polygons in {labels.path} lies on any chip "
        f"({counted(len(grids), 'chip')}): {question}"
    )
    raise RasterError(msg)


class FolderLabels(VectorLabels):
    """Polygons of the one vector file in a folder; the masks beside it must show the same."""

    masks: MaskLabels
    """The masks in the folder."""
    _is_changed = False

    def change(self, changes: LabelChanges) -> None:
        """Change as `VectorLabels` does; the masks show what was there before and say no more."""
        super().change(changes)
        self._is_changed = True

    def read(self, chip: Chip) -> ChipLabels:
        """Read as `VectorLabels` does, and compare with the masks.

        Raises:
            RasterError: Also where a mask shows something else than the polygons.
        """
        patch = super().read(chip)
        if self._is_changed or not self.masks.covers(chip):
            return patch
        masked, rasterised = self.masks.read(chip).classes, patch.classes
        if masked.max() <= 1:  # such a mask may say where dwellings are, and not of which class
            masked, rasterised = np.minimum(masked, 1), np.minimum(rasterised, 1)
        different = float(np.mean(masked != rasterised))
        if different > _MOST_DIFFERENT:
            msg = (
                f"the mask of {chip.name} and the polygons of {self.path} differ in "
                f"{different:.0%} of its pixels: move the masks or the vector file elsewhere"
            )
            raise RasterError(msg)
        return patch
