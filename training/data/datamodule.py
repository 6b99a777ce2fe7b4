"""`CampDataModule`: from places to batches."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import lightning
from torch.utils.data import DataLoader

from camp_detector_core.engine.errors import RasterError
from training.data.chip_store import ChipCache
from training.data.place import Place
from training.data.samples import EpochSampler, FixedSamples, RandomSamples, Sample, SampleForm
from training.data.split import Split, SplitError, split_data

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.data.chips import Chip
    from training.data.mosaic import ChipArea, LabelledArea
    from training.fit.options import DataOptions

LOG = logging.getLogger(__name__)


def spare_workers() -> int:
    """Processes for preparing samples: half of this process' cores, at most 8.

    The network needs the others; a GPU needs few of them, but samples in a hurry.
    """
    from camp_detector_core.engine.predictors.ort import available_threads

    return min(8, available_threads() // 2)


class CampDataModule(lightning.LightningDataModule):
    """Places, each split by blocks, as random training and fixed validation samples."""

    def __init__(self, options: DataOptions, *, split_file: Path | None = None) -> None:
        """Read what the chips are, and deal them.

        Args:
            options: Which data and how.
            split_file: Where the split is written.

        Raises:
            RasterError: Chips or labels cannot be read.
            SplitError: The chips cannot be dealt as asked.
        """
        super().__init__()
        self.options = options
        cache = ChipCache()
        self.places = {each.name: Place(each, options, cache) for each in options.each_place()}
        """The places by name; one without a name where there is one folder of chips."""
        self.chips = [chip for place in self.places.values() for chip in place.chips]
        self.notes = tuple(note for place in self.places.values() for note in place.notes)
        """Sentences on what of chips and labels was left out or mended."""
        self.split: Split = self._make_split()
        if split_file is not None:
            self.split.write(split_file)
        self._scenes: list[LabelledArea] | None = None
        self._collages: list[LabelledArea] | None = None
        self._workers = spare_workers() if options.workers is None else options.workers

    @property
    def form(self) -> SampleForm:
        """Size, scale and bands of the samples."""
        o = self.options
        return SampleForm(o.crop, o.gsd, o.bands, tuple(c.value for c in o.classes))

    def part(self, name: str) -> list[Chip]:
        """The chips of ``train``, ``val`` or ``test`` that have labels."""
        labelled = {c.name for place in self.places.values() for c in place.labelled}
        return [c for c in self.split.select(self.chips, name) if c.name in labelled]

    def areas(self, name: str) -> list[ChipArea]:
        """The areas of a part: its chips, joined where they adjoin."""
        return [area for areas in self.areas_by_place(name).values() for area in areas]

    def areas_by_place(self, name: str) -> dict[str, list[ChipArea]]:
        """The areas of a part by the name of the place."""
        chips = self.split.select(self.chips, name)
        return {place: each.areas(chips) for place, each in self.places.items()}

    def scenes(self) -> list[LabelledArea]:
        """The generated scenes, drawn on the first call."""
        if self._scenes is None:
            o = self.options
            if o.scenes:
                from training.data.scenes import scene_areas

                LOG.info("drawing %d scenes", o.scenes)
                self._scenes = list(
                    scene_areas(o.scenes, gsd=o.gsd, value=o.classes[0].value, seed=o.seed)
                )
            else:
                self._scenes = []
        return self._scenes

    def collages(self) -> list[LabelledArea]:
        """The collages of training areas, made on the first call.

        Raises:
            RasterError: No dwelling can be cut out of the training areas.
        """
        if self._collages is None:
            self._collages = self._make_collages() if self.options.collages else []
        return self._collages

    def _make_collages(self) -> list[LabelledArea]:
        """Paste roofs of the training areas onto their ground.

        Raises:
            RasterError: No dwelling can be cut out of them.
        """
        from training.data.collage import collage_areas

        o = self.options
        LOG.info("making %d collages", o.collages)
        areas = [area for _, own in self.groups() for area in own]
        made = collage_areas(areas, o.collages, gsd=o.gsd, values=self.form.values, seed=o.seed)
        if not made:
            msg = "no dwelling of the training chips can be cut out for a collage"
            raise RasterError(msg, remedy="set {collages} to 0")
        return list(made)

    def training_samples(self) -> RandomSamples:
        """The endless training samples."""
        o = self.options
        mixed = [(o.scene_share, self.scenes()), (o.collage_share, self.collages())]
        mixed = [(share, areas) for share, areas in mixed if areas]
        rest = 1 - sum(share for share, _ in mixed)
        groups: list[tuple[float, Sequence[LabelledArea]]] = [
            (rest * own, areas) for own, areas in self.groups()
        ]
        return RandomSamples([*groups, *mixed], self.form, augment=o.augment, seed=o.seed)

    def train_dataloader(self) -> DataLoader[Sample]:
        """Batches to train on."""
        o = self.options
        return DataLoader(
            self.training_samples(),
            batch_size=o.batch_size,
            sampler=EpochSampler(o.samples),
            num_workers=self._workers,
            persistent_workers=self._workers > 0,
            drop_last=True,
        )

    def val_dataloader(self) -> DataLoader[Sample]:
        """Load every pixel of the validation part once."""
        return self._fixed("val")

    def test_dataloader(self) -> DataLoader[Sample]:
        """Load every pixel of the held-out part once."""
        return self._fixed("test")

    def _fixed(self, part: str) -> DataLoader[Sample]:
        samples = FixedSamples(self.areas(part), self.form)
        return DataLoader(samples, batch_size=self.options.batch_size)

    def _make_split(self) -> Split:
        """Deal the chips.

        Raises:
            SplitError: They cannot be dealt as asked.
        """
        chips = {}
        for name, place in self.places.items():
            split = place.options.split or self.options.split
            # A split that is given may name chips that have no labels.
            chips[name] = place.labelled if split.file is None else place.chips
        return split_data(self.options, chips)

    def groups(self) -> list[tuple[float, list[ChipArea]]]:
        """Share of the samples, and areas to train on, of each place that is learned from.

        Raises:
            SplitError: A place has no chip with labels to train on.
        """
        areas = self.areas_by_place("train")
        shares = self.options.shares()
        empty = [name for name in shares if not areas[name]]
        if empty:
            place = f" of {empty[0]}" if empty[0] else ""
            msg = f"none of the training chips{place} has labels"
            raise SplitError(msg, remedy="deal them otherwise, or leave the place out")
        return [(share, areas[name]) for name, share in shares.items()]
