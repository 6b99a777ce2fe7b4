"""Measures a model file on labelled chips, on the way that `camp-detector detect` takes."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from camp_detector_core.engine.detect import DetectOptions, detect
from camp_detector_core.engine.outline import OutlineOptions
from camp_detector_core.engine.plan import TilePlan
from camp_detector_core.engine.scores import NODATA_SCORE, to_classes
from camp_detector_core.job import Machine, Settings
from camp_detector_core.packaging.model_file import open_model
from camp_detector_core.polygons import PolygonSink
from camp_detector_core.predictor import load_predictor
from camp_detector_core.raster import gdal_env, open_source
from camp_detector_core.raster.layout import read_layout
from camp_detector_core.raster.options import SourceOptions
from camp_detector_core.raster.stretch import choose_stretch
from training.data.chips import read_chips, refuse_unfit
from training.data.labels import open_labels, refuse_foreign
from training.data.mosaic import ChipStore, join_chips
from training.data.split import Split, SplitError
from training.evaluation.buildings import BuildingScore, score_buildings
from training.evaluation.pixel import Confusion
from training.evaluation.predict import Sheet
from training.evaluation.truth import Outlines, read_truth, trace

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid
    from camp_detector_core.engine.ort import OnnxPredictor
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.packaging.model_file import ModelFile
    from training.data.chips import Chip
    from training.data.labels import Labels
    from training.data.mosaic import ChipArea

LOG = logging.getLogger(__name__)

EDGE_RULE = (
    "labels and predictions are clipped to the valid pixels of each area; a dwelling that reaches "
    "its edge counts by its visible pieces of at least min_area_m2; a label inside always counts"
)
"""How dwellings at the edge of an area are treated."""


@dataclass(frozen=True)
class EvaluateOptions:
    """What is measured, and on which chips."""

    model: Path
    """``.onnx``, STAC-MLM item or ``.dlpk``."""
    chips: Path
    """Folder of images."""
    labels: Path
    """Folder of masks with the same stems, or one vector file."""
    split: Path | None = None
    """A ``split.json``; without it all chips count."""
    part: str = "test"
    """The part of the split that is measured."""
    class_field: str | None = None
    """Attribute of the vector file that names the class."""
    chip_gsd: float | None = None
    """Metres a pixel of chips that say nothing about it; None: the model's."""
    settings: Settings = field(default_factory=Settings)
    """How the model is run, as for detection."""
    machine: Machine = field(default_factory=Machine)
    iou: float = 0.5
    """Least intersection over union of a dwelling that counts as found."""


@dataclass(frozen=True)
class Score:
    """Figures of one class, or of all together."""

    pixels: Confusion
    buildings: BuildingScore

    @classmethod
    def total(cls, parts: list[Score]) -> Score:
        """Add up counts."""
        pixels = [p.pixels for p in parts]
        return cls(Confusion.total(pixels), BuildingScore.total([p.buildings for p in parts]))

    def to_dict(self) -> dict[str, dict[str, float | None]]:
        """Plain values for JSON."""
        return {"pixels": {**self.pixels.to_dict()}, "buildings": self.buildings.to_dict()}


@dataclass(frozen=True)
class AreaScore:
    """Figures of one area of chips that adjoin."""

    chips: tuple[str, ...]
    hectares: float
    """Valid pixels on the ground."""
    classes: dict[str, Score]
    """By the name of the class."""


@dataclass(frozen=True)
class Evaluation:
    """What a model is worth on some chips."""

    options: EvaluateOptions
    model: ModelFile
    spec: ModelSpec
    """The model's with the values it was run with."""
    areas: tuple[AreaScore, ...]
    seconds: float

    @property
    def total(self) -> Score:
        """All areas and classes together."""
        return Score.total([s for a in self.areas for s in a.classes.values()])

    def of_class(self, name: str) -> Score:
        """All areas together, for one class."""
        return Score.total([a.classes[name] for a in self.areas])


def evaluate_model(options: EvaluateOptions) -> Evaluation:
    """Run a model file over chips and hold what it finds against the labels.

    Chips that adjoin are one mosaic, read and resampled as by `camp_detector_core.run`, run
    through `detect`, thresholded, traced and simplified by the same code, so that the figures are
    those of what users get.

    Raises:
        CampDetectorError: Model, chips, labels or split cannot be read or do not fit.
    """
    start = time.perf_counter()
    model = open_model(options.model)
    spec = options.settings.apply(model.spec)
    known = read_chips(options.chips)
    chips = _chosen(known, options)
    refuse_unfit(chips, len(spec.bands))
    labels = open_labels(options.labels, spec.classes, class_field=options.class_field)
    refuse_foreign(labels, known)
    gsd = options.chip_gsd or spec.gsd
    areas = join_chips(chips, ChipStore(labels, bands=len(spec.bands)), chip_gsd=gsd)
    run = _Run(options, spec, load_predictor(model, options.machine), labels)
    with gdal_env():
        scores = tuple(
            run.measure(a, number=f"{i} of {len(areas)}") for i, a in enumerate(areas, 1)
        )
    return Evaluation(options, model, spec, scores, time.perf_counter() - start)


def _chosen(chips: list[Chip], options: EvaluateOptions) -> list[Chip]:
    if options.split is None:
        return chips
    found = Split.read(options.split).select(chips, options.part)
    if not found:
        msg = f"{options.split} has no chips in the part {options.part}: name another --part"
        raise SplitError(msg)
    return found


@dataclass(frozen=True)
class _Run:
    options: EvaluateOptions
    spec: ModelSpec
    predictor: OnnxPredictor
    labels: Labels

    def measure(self, area: ChipArea, *, number: str) -> AreaScore:
        """Predict one area and compare."""
        LOG.info("area %s: %d chips", number, len(area.chips))
        grid, scores, found = self._predict(area)
        truth = read_truth(area, self.labels, grid)
        valid = (scores[0] != NODATA_SCORE) & truth.known
        ground = shapely.union_all(trace(valid.astype(np.uint8)).polygons)
        smallest = self.spec.min_area / grid.pixel_area
        found = found.clipped(ground, smallest=smallest)
        wanted = truth.outlines.clipped(ground, smallest=smallest)
        predicted = to_classes(scores, self.spec.threshold, [c.value for c in self.spec.classes])
        labelled = truth.outlines.drawn(grid.shape)
        return AreaScore(
            tuple(c.name for c in area.chips),
            float(valid.sum()) * grid.pixel_area / 1e4,
            {
                c.name: Score(
                    Confusion.of(predicted[valid] == c.value, labelled[valid] == c.value),
                    score_buildings(
                        list(found.of_class(c.value)),
                        list(wanted.of_class(c.value)),
                        iou=self.options.iou,
                    ),
                )
                for c in self.spec.classes
            },
        )

    def _predict(self, area: ChipArea) -> tuple[Grid, NDArray[np.uint8], Outlines]:
        """The grid of the run, scores (classes, height, width) on it, and the outlines."""
        spec = self.spec
        names = [str(c.path) for c in area.chips]
        plain = area.grid is None and read_layout(names[0]).transform is None
        choices = SourceOptions(
            bands=tuple(range(1, len(spec.bands) + 1)),
            pixel_size=area.gsd[0] if plain else None,
        )
        with open_source(names, spec, choices) as source:
            for warning in source.warnings:
                LOG.debug(warning)
            stretch = choose_stretch(source, spec, choices)
            if stretch.warning:
                LOG.warning(stretch.warning)
            grid = source.grid
            sheet = Sheet(len(spec.classes), grid.shape)
            outlines = OutlineOptions(
                tolerance=self.options.settings.tolerance(grid),
                square=self.options.settings.square,
                min_pixels=spec.min_area / grid.pixel_area,
            )
            polygons = PolygonSink(grid.shape, spec, outlines)
            plan = TilePlan.of(spec, grid.shape, fixed=self.predictor.fixed_size)
            run = DetectOptions(plan=plan, stretch=stretch.stretch)
            detect(source, self.predictor, spec, [polygons, sheet], options=run)
        return grid, sheet.scores, Outlines.of_dwellings(polygons.finish())
