"""What is measured: a folder of chips, or one raster of any size, and its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import psutil

from camp_detector_core.engine.errors import RasterError
from training.data.chips import SUFFIXES, open_chip, read_chips, refuse_unfit
from training.data.labels import MaskLabels, VectorLabels, open_labels, refuse_foreign
from training.data.split import Split, SplitError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from camp_detector_core.engine.grid import Shape
    from camp_detector_core.engine.spec import ClassDef, ModelSpec
    from training.data.chips import Chip
    from training.data.labels import LabelPatch, Labels

_WORK_BYTES = 32
"""For each pixel of the run, beside its scores: masks, classes, and what comparing them takes. The
peak of a whole process grew by 29 bytes a pixel with a vector file, by 42 with a mask."""
_MASK_BYTES = 16
"""For each pixel of a mask, beside the image's: its classes, dwellings and validity."""


class MaskFile(MaskLabels):
    """One mask raster, of whatever name, for one image."""

    def __init__(self, path: Path, classes: Sequence[ClassDef]) -> None:
        """Take the file; its values are as in `MaskLabels`."""
        super().__init__(path.parent, classes)
        self._path = path

    def read(self, chip: Chip) -> LabelPatch:
        """See `MaskLabels.read`."""
        self._paths = {chip.name: self._path}
        return super().read(chip)


def choose_chips(
    chips: Path, *, split: Path | None, part: str, bands: int
) -> tuple[list[Chip], list[Chip]]:
    """The images that are measured, and all that there are.

    Args:
        chips: Folder of images, or one image.
        split: A ``split.json``, or None for all images.
        part: Of the split.
        bands: That the model takes.

    Raises:
        RasterError: An image cannot be read or does not fit the model.
        SplitError: The split does not fit the chips, or there is no such part.
    """
    if chips.is_file():
        if split is not None:
            msg = f"{chips} is one image and cannot be dealt by {split}: leave out --split"
            raise SplitError(msg)
        known = chosen = [open_chip(chips)]
    else:
        known = chosen = read_chips(chips)
    if split is not None:
        chosen = Split.read(split).select(known, part)
        if not chosen:
            msg = f"{split} has no chips in the part {part}: name another --part"
            raise SplitError(msg)
    refuse_unfit(chosen, bands)
    return chosen, known


def choose_labels(
    labels: Path, spec: ModelSpec, *, chips: Sequence[Chip], one: bool, class_field: str | None
) -> Labels:
    """The labels of some chips.

    Args:
        labels: Vector file, folder of masks, or one mask.
        spec: Its classes count.
        chips: All that there are.
        one: Whether a single image was named, and not a folder.
        class_field: Attribute of a vector file that names the class.

    Raises:
        RasterError: They cannot be read, or cannot belong to the chips.
    """
    if labels.is_file() and labels.suffix.lower() in SUFFIXES:
        if not one:
            msg = (
                f"{labels} is one mask and the chips are a folder: give the folder that holds a "
                "mask for each chip, or name the one image with --chips"
            )
            raise RasterError(msg)
        return MaskFile(labels, spec.classes)
    placed = all(chip.grid is not None for chip in chips)
    found = open_labels(labels, spec.classes, class_field=class_field, placed=placed)
    if isinstance(found, VectorLabels):
        loose = next((c for c in chips if c.grid is None), None)
        if loose is not None:
            msg = (
                f"{loose.path} has no georeference, so {labels} cannot be laid over it: give "
                "masks, or georeference the image"
            )
            raise RasterError(msg)
    refuse_foreign(found, chips)
    return found


def refuse_too_large(shape: Shape, spec: ModelSpec, *, chips: Sequence[Chip], masks: bool) -> None:
    """Refuse an area that would not fit into the memory that is free.

    Args:
        shape: Of the grid that the model is run on.
        spec: Its classes count.
        chips: Of the area.
        masks: Whether labels are masks, which are held at the size of the chips.

    Raises:
        RasterError: The message says how much is needed, and what to do.
    """
    needed = shape[0] * shape[1] * (len(spec.classes) + _WORK_BYTES)
    if masks:
        sizes = [
            c.shape[0] * c.shape[1] * (_MASK_BYTES + c.bands * np.dtype(c.dtype).itemsize)
            for c in chips
        ]
        needed += sum(sizes)
    free = psutil.virtual_memory().available
    if needed > free:
        more = f" and its {len(chips) - 1} neighbours" if len(chips) > 1 else ""
        msg = (
            f"{chips[0].path}{more} would be measured as {shape[0]} x {shape[1]} pixels, which "
            f"takes about {needed / 2**30:.1f} GiB of memory where {free / 2**30:.1f} are free: "
            "cut out a part with gdal_translate -projwin and measure that"
        )
        raise RasterError(msg)
