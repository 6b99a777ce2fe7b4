"""Runs a model over one area, on the way that `camp-detector detect` takes, and compares."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.scores import NODATA_SCORE, to_classes
from camp_detector_core.georaster.finding import Finding
from camp_detector_core.georaster.inputs import read_layouts
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.stretch import choose_stretch
from camp_detector_core.raster import open_source
from camp_detector_core.raster.library import Rasterio
from training.data.vector_labels import VectorLabels
from training.evaluation.blocks import Squares, count_blocks
from training.evaluation.inputs import refuse_too_large
from training.evaluation.matching import Matching
from training.evaluation.pixel import ScoreHistogram
from training.evaluation.predict import Sheet
from training.evaluation.score import Score
from training.evaluation.truth import Outlines, ground_of, read_truth

if TYPE_CHECKING:
    from camp_detector_core.engine.grid import Grid
    from camp_detector_core.engine.ports import FixedPredictor
    from camp_detector_core.engine.prepare import Stretch
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.settings import Settings
    from camp_detector_core.georaster.source import PlacedSource
    from training.data.chip_labels import Labels
    from training.data.mosaic import ChipArea

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Imagery:
    """The images of an area, to be opened as the model saw them."""

    files: tuple[str, ...]
    spec: ModelSpec
    choices: SourceOptions

    @classmethod
    def of(cls, area: ChipArea, spec: ModelSpec) -> Imagery:
        """The chips of an area, with their first bands and the size of their pixels."""
        names = tuple(str(c.path) for c in area.chips)
        plain = area.grid is None and read_layouts(names[:1], Rasterio())[0].transform is None
        bands = tuple(range(1, len(spec.bands) + 1))
        pixel_size = area.gsd[0] if plain else None
        return cls(names, spec, SourceOptions(bands=bands, pixel_size=pixel_size))

    def open(self) -> PlacedSource:
        """The source; close it.

        Raises:
            RasterError: It cannot be opened.
        """
        return open_source(self.files, self.spec, self.choices)


@dataclass(frozen=True)
class AreaScore:
    """Figures of one area of chips that adjoin."""

    chips: tuple[str, ...]
    hectares: float
    """Valid pixels on the ground."""
    classes: dict[str, Score]
    """Scores by class name."""
    matchings: dict[str, Matching]
    """The dwellings in pixels of ``squares.grid``, by the name of the class."""
    imagery: Imagery
    stretch: Stretch | None
    """The stretch that the model was run with."""
    squares: Squares


@dataclass(frozen=True)
class AreaRun:
    """Settings that all areas of an evaluation share."""

    spec: ModelSpec
    predictor: FixedPredictor
    labels: Labels
    settings: Settings
    iou: float
    """Intersection over union from which a dwelling counts as detected."""
    block_metres: float

    def measure(self, area: ChipArea, number: int) -> AreaScore:
        """Predict one area and compare.

        Raises:
            RasterError: The area cannot be read, or is too large.
            PredictorError: The model fails.
        """
        imagery = Imagery.of(area, self.spec)
        with imagery.open() as source:
            for warning in source.warnings:
                LOG.debug(warning.render(COMMAND))
            stretch = choose_stretch(source, self.spec, imagery.choices)
            for warning in stretch.warnings:
                LOG.warning(warning.render(COMMAND))
            grid = source.grid
            masks = not isinstance(self.labels, VectorLabels)
            refuse_too_large(grid.shape, self.spec, chips=area.chips, masks=masks)
            sheet, predicted = self._predict(source, stretch.stretch)
        squares = Squares(grid, self.block_metres)
        scores, matchings, pixels = self._compare(area, number, squares, (sheet, predicted))
        return AreaScore(
            chips=tuple(c.name for c in area.chips),
            hectares=pixels * grid.pixel_area / 1e4,
            classes=scores,
            matchings=matchings,
            imagery=imagery,
            stretch=stretch.stretch,
            squares=squares,
        )

    def _predict(self, source: PlacedSource, stretch: Stretch | None) -> tuple[Sheet, Outlines]:
        """Scores of the classes, and the outlines."""
        sheet = Sheet(len(self.spec.classes), source.grid.shape)
        finding = Finding(source, self.predictor, self.spec, self.settings, stretch)
        _, dwellings = finding.run([sheet])
        return sheet, Outlines.of_dwellings(dwellings)

    def _compare(
        self, area: ChipArea, number: int, squares: Squares, result: tuple[Sheet, Outlines]
    ) -> tuple[dict[str, Score], dict[str, Matching], int]:
        """Scores and pairs by class, and the number of pixels that count."""
        grid: Grid = squares.grid
        scores, predicted_outlines = result[0].scores, result[1]
        truth = read_truth(area, self.labels, grid)
        valid = (scores[0] != NODATA_SCORE) & truth.is_known
        ground = ground_of(valid)
        smallest = self.spec.min_area / grid.pixel_area
        certain_outlines = predicted_outlines.certain(truth.is_doubtful)
        predicted_outlines = certain_outlines.clipped(ground, smallest=smallest)
        labelled_outlines = truth.outlines.clipped(ground, smallest=smallest)
        # The mask of the classes, without the lines that part touching dwellings.
        predicted = to_classes(scores, self.spec.threshold, [c.value for c in self.spec.classes])
        labelled = truth.outlines.rasterised(grid.shape)
        out: dict[str, Score] = {}
        matchings = {}
        for channel, kind in enumerate(self.spec.classes):
            matching = Matching.of(
                predicted_outlines.of_class(kind.value),
                labelled_outlines.of_class(kind.value),
                iou=self.iou,
            )
            is_labelled = labelled == kind.value
            out[kind.name] = Score(
                count_blocks(
                    squares, number, (predicted == kind.value, is_labelled, valid), matching
                ),
                ScoreHistogram.of(scores[channel][valid], is_labelled[valid]),
                matching.dwellings(grid),
            )
            matchings[kind.name] = matching
        return out, matchings, int(valid.sum())
