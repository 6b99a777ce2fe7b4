"""Open what an evaluation measures: chips, or one raster of any size, and the labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import psutil

from camp_detector_core.engine.errors import RasterError
from training.data.chips import SUFFIXES, open_chip, read_chips, refuse_unfit
from training.data.labels import Labelled, labels_of
from training.data.mask_labels import MaskLabels
from training.data.names import chip_name
from training.data.place import change_labels
from training.data.split import Split, SplitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.engine.grid import Shape
    from camp_detector_core.engine.spec import ModelSpec
    from training.data.chips import Chip
    from training.evaluation.measure import EvaluateOptions

_WORK_BYTES = 32
"""Bytes for each pixel of the run, beside its scores: masks, classes, and what comparing them
takes. The peak of a whole process grew by 29 bytes a pixel with a vector file, by 42 with a
mask."""
_MASK_BYTES = 16
"""Bytes for each pixel of a mask, beside the image's: its classes, dwellings and validity."""


def choose_chips(options: EvaluateOptions, *, bands: int) -> tuple[list[Chip], list[Chip]]:
    """The images that are measured, and all that there are.

    Args:
        options: Name the images, and the part of a split.
        bands: That the model takes.

    Raises:
        RasterError: An image cannot be read or does not fit the model.
        SplitError: The split does not fit the chips, or there is no such part.
    """
    split, part = options.split, options.part
    if options.chips.is_file():
        if split is not None:
            msg = f"{options.chips} is one image and cannot be split by {split}"
            raise SplitError(msg, remedy="leave out {split}")
        all_chips = chips = [open_chip(options.chips)]
    else:
        all_chips = chips = read_chips(options.chips)
    # A run of several places knows its chips by these names.
    all_chips = chips = [replace(c, name=chip_name(options.place, c.name)) for c in all_chips]
    if split is not None:
        chips = Split.read(split).select(all_chips, part)
        if not chips:
            msg = f"{split} has no chips in the part {part}"
            raise SplitError(msg, remedy="name another {part}")
    refuse_unfit(chips, bands)
    return chips, all_chips


def choose_labels(options: EvaluateOptions, spec: ModelSpec, chips: Sequence[Chip]) -> Labelled:
    """The labels of some chips.

    Args:
        options: Name a vector file, a folder of masks, or one mask.
        spec: Its classes count.
        chips: All that there are.

    Raises:
        CampDetectorError: They cannot be read, or cannot belong to the chips.
    """
    labels = options.labels
    if labels.is_file() and labels.suffix.lower() in SUFFIXES:
        if not options.chips.is_file():
            msg = f"{labels} is one mask and the chips are a folder"
            remedy = (
                "give the folder that holds a mask for each chip, or name the one image with "
                "{chips}"
            )
            raise RasterError(msg, remedy=remedy)
        mask = MaskLabels(labels.parent, spec.classes, paths={chips[0].name: labels})
        mask.check(chips)
        return Labelled(mask, list(chips), ())
    labelled = labels_of(
        chips,
        labels,
        spec.classes,
        class_field=options.class_field,
        layer=options.layer,
        shift=options.changes.shift,
    )
    before = len(labelled.labels.notes)
    change_labels(labelled.labels, options.changes, labels, place=options.place)
    covered = [chip for chip in labelled.chips if labelled.labels.covers(chip)]
    return Labelled(labelled.labels, covered, (*labelled.notes, *labelled.labels.notes[before:]))


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
            f"takes about {needed / 2**30:.1f} GiB of memory where {free / 2**30:.1f} are free"
        )
        raise RasterError(msg, remedy="cut out a part with {tool:cut} and measure that")
