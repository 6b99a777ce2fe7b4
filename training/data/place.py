"""The chips and labels of one place, opened."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import RasterError
from training.data.chip_store import ChipStore
from training.data.chips import cut_raster, read_chips, refuse_unfit
from training.data.labels import labels_of
from training.data.mosaic import join_chips
from training.data.vector_labels import VectorLabels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.data.chip_labels import Labels
    from training.data.chip_store import ChipCache
    from training.data.chips import Chip
    from training.data.mosaic import ChipArea
    from training.fit.options import DataOptions
    from training.fit.place_options import LabelChanges, PlaceOptions

LOG = logging.getLogger(__name__)


class Place:
    """Chips and labels of one of the places that a model learns from or is measured on."""

    def __init__(
        self, options: PlaceOptions, data: DataOptions, cache: ChipCache | None = None
    ) -> None:
        """Open the chips and read the labels.

        Args:
            options: Of the place, complete (`DataOptions.each_place`).
            data: Of the whole: what bands and classes there are.
            cache: Keeps the chips of all places; None: one of its own.

        Raises:
            CampDetectorError: Chips or labels cannot be read, or do not fit each other.
        """
        self.options = options
        self.chips = chips_of(options)
        """All chips, with labels or without, by the names that the run knows them by."""
        _refuse_unfit(self.chips, options, data)
        labelled = labels_of(
            self.chips,
            options.labels,
            data.classes,
            class_field=options.class_field,
            layer=options.layer,
            shift=options.changes.shift,
        )
        self.labels = labelled.labels
        before = len(self.labels.notes)
        change_labels(self.labels, options.changes, options.labels, place=options.name)
        self.labelled = _covered(labelled.chips, self.labels, options)
        own = [*labelled.notes, *self.labels.notes[before:]]
        self.notes = tuple(f"{options.name}: {note}" if options.name else note for note in own)
        """Sentences on what of chips and labels was left out or mended."""
        self._store = ChipStore(self.labels, bands=len(data.bands), cache=cache)
        self._gsd = options.chip_gsd or data.gsd

    def areas(self, chips: Sequence[Chip]) -> list[ChipArea]:
        """Join those of some chips that are of this place and have labels, where they adjoin."""
        names = {chip.name for chip in self.labelled}
        own = [chip for chip in chips if chip.name in names]
        return join_chips(own, self._store, chip_gsd=self._gsd)


def chips_of(options: PlaceOptions) -> list[Chip]:
    """The chips of a place, by the names that the run knows them by.

    Raises:
        RasterError: They cannot be read.
    """
    path = options.chips
    chips = cut_raster(path) if path.is_file() else read_chips(path)
    return [replace(chip, name=options.prefixed(chip.name)) for chip in chips]


def change_labels(labels: Labels, changes: LabelChanges, path: Path, *, place: str = "") -> None:
    """Change labels as asked.

    Args:
        labels: Of a place.
        changes: Of them.
        path: Where they come from, for errors.
        place: Name of the place, for the log and for errors.

    Raises:
        RasterError: They are masks, or do not hold what is to be changed.
    """
    if changes.are_none:
        return
    before = len(labels.notes)
    if not isinstance(labels, VectorLabels):
        msg = (
            f"{place}: {path} holds masks, and leave_out, ignore, ignore_band, shift, join and "
            "area are for polygons: give a vector file"
        )
        raise RasterError(msg)
    labels.change(changes)
    for note in labels.notes[before:]:
        LOG.info("%s: %s", place, note)


def _covered(chips: Sequence[Chip], labels: Labels, options: PlaceOptions) -> list[Chip]:
    """The chips of which the labels say something.

    Raises:
        RasterError: They lie beyond the area in which the labels are complete.
    """
    covered = [chip for chip in chips if labels.covers(chip)]
    if not covered:
        msg = f"{options.name}: no part of {options.changes.area} lies on {options.chips}"
        raise RasterError(msg, remedy="is it the right file?")
    return covered


def _refuse_unfit(chips: Sequence[Chip], options: PlaceOptions, data: DataOptions) -> None:
    """Refuse chips that the bands' scaling is not meant for.

    Raises:
        RasterError: The message names the chip.
    """
    refuse_unfit(chips, len(data.bands))
    for chip in chips:
        if chip.dtype != data.dtype:
            msg = f"{chip.path} is {chip.dtype}, and the bands' scales are meant for {data.dtype}"
            remedy = f"say {{dtype={chip.dtype}}} and {{white}}, or convert the chips"
            raise RasterError(msg, remedy=remedy)
    if options.chip_gsd is None and any(c.grid is None for c in chips):
        LOG.warning(
            "Some chips have no georeference: they are taken as %.3g m a pixel, the model's "
            "GSD. Give %s if that is wrong.",
            data.gsd,
            COMMAND.parameter("chip_gsd", None),
        )
