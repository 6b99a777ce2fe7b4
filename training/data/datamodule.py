"""`CampDataModule`: from folders to batches."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import lightning
from torch.utils.data import DataLoader

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import RasterError
from training.data.chips import read_chips, refuse_unfit
from training.data.labels import labels_of
from training.data.mosaic import ChipArea, ChipStore, LabelledArea, join_chips
from training.data.samples import EpochSampler, FixedSamples, RandomSamples, Sample, SampleForm
from training.data.split import Split, make_split

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.chips import Chip
    from training.fit.options import DataOptions

LOG = logging.getLogger(__name__)


def spare_workers() -> int:
    """Processes for preparing samples: half of this process' cores, at most 8.

    The network needs the others; a GPU needs few of them, but samples in a hurry.
    """
    from camp_detector_core.engine.predictors.ort import available_threads

    return min(8, available_threads() // 2)


class CampDataModule(lightning.LightningDataModule):
    """Chips and labels, split by blocks, as random training and fixed validation samples."""

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
        self.chips = read_chips(options.chips)
        self._refuse_unfit()
        labelled = labels_of(
            self.chips,
            options.labels,
            options.classes,
            class_field=options.class_field,
            layer=options.layer,
        )
        self.labels, self._names_with_labels = (
            labelled.labels,
            {chip.name for chip in labelled.chips},
        )
        self.notes = labelled.notes
        """Sentences on what of chips and labels was left out or mended."""
        # A split that is given may name chips that have no labels.
        dealt = labelled.chips if options.split.file is None else self.chips
        self.split: Split = make_split(dealt, options.split, seed=options.seed)
        if split_file is not None:
            self.split.write(split_file)
        self._store = ChipStore(self.labels, bands=len(options.bands))
        self._scenes: list[LabelledArea] | None = None
        self._workers = spare_workers() if options.workers is None else options.workers

    @property
    def form(self) -> SampleForm:
        """Size, scale and bands of the samples."""
        o = self.options
        return SampleForm(o.crop, o.gsd, o.bands, tuple(c.value for c in o.classes))

    def part(self, name: str) -> list[Chip]:
        """The chips of ``train``, ``val`` or ``test`` that have labels."""
        return [c for c in self.split.select(self.chips, name) if c.name in self._names_with_labels]

    def areas(self, name: str) -> list[ChipArea]:
        """The areas of a part: its chips, joined where they adjoin."""
        gsd = self.options.chip_gsd or self.options.gsd
        return join_chips(self.part(name), self._store, chip_gsd=gsd)

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

    def training_samples(self) -> RandomSamples:
        """The endless training samples."""
        o = self.options
        scenes = self.scenes()
        share = o.scene_share if scenes else 0.0
        groups: list[tuple[float, list[LabelledArea]]] = [(1 - share, list(self.areas("train")))]
        if scenes:
            groups.append((share, scenes))
        return RandomSamples(groups, self.form, augment=o.augment, seed=o.seed)

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

    def _refuse_unfit(self) -> None:
        """Refuse chips that the bands' scaling is not meant for."""
        o = self.options
        refuse_unfit(self.chips, len(o.bands))
        for chip in self.chips:
            if chip.dtype != o.dtype:
                msg = f"{chip.path} is {chip.dtype}, and the bands' scales are meant for {o.dtype}"
                remedy = f"say {{dtype={chip.dtype}}} and {{white}}, or convert the chips"
                raise RasterError(msg, remedy=remedy)
        if o.chip_gsd is None and any(c.grid is None for c in self.chips):
            LOG.warning(
                "Some chips have no georeference: they are taken as %.3g m a pixel, the model's "
                "GSD. Give %s if that is wrong.",
                o.gsd,
                COMMAND.parameter("chip_gsd", None),
            )
