"""The outcome of a run: what it worked on, what it gave, and the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from ..engine.grid import Grid
    from ..engine.messages import Message
    from ..engine.polygons.dwelling import Dwelling
    from ..engine.spec import ModelSpec
    from ..engine.tiling.detect import DetectStats
    from ..engine.tiling.plan import Axis, TilePlan
    from ..georaster.finding import Finding
    from ..georaster.ports import Library
    from ..georaster.source import PlacedSource
    from ..georaster.table import DwellingRows
    from ..model_file import ModelFile
    from .request import LoadedPredictor, Request


@dataclass(frozen=True)
class Setup:
    """Model and rasters of a run, opened and checked."""

    request: Request
    library: Library
    """Reads the rasters."""
    source: PlacedSource
    """The imagery; it is closed at the end of the run."""
    predictor: LoadedPredictor
    finding: Finding
    """The model over its pixels, with its description (and the user's values) and the stretch."""
    model: ModelFile | None = None
    """The model's file; None: the host had loaded the model."""


@dataclass(frozen=True)
class Counts:
    """Numbers and areas of the dwellings."""

    dwellings: int
    by_class: dict[str, int]
    total_area_m2: float
    median_area_m2: float | None
    """None if there is no dwelling."""

    @classmethod
    def of(cls, rows: DwellingRows, spec: ModelSpec) -> Counts:
        """Count the dwellings of a run."""
        area = rows.area
        return cls(
            dwellings=len(rows),
            by_class={c.name: rows.classes.count(c.name) for c in spec.classes},
            total_area_m2=_hundredths(area.sum()),
            median_area_m2=_hundredths(np.median(area)) if len(area) else None,
        )


def _hundredths(area: float) -> float:
    """An area without digits that no imagery can tell."""
    return round(float(area), 2)


@dataclass(frozen=True)
class Tiles:
    """The chips that were run, which small rasters and networks of fixed size set too."""

    total: int
    inferred: int
    skipped: int
    """Without a valid pixel, so the model was not run on them."""
    size_px: tuple[int, int]
    """Height and width of a chip."""
    overlap_px: tuple[int, int]
    """Pixels that neighbours share, along rows and columns; 0 for a single chip."""

    @classmethod
    def of(cls, stats: DetectStats, plan: TilePlan) -> Tiles:
        """Put together the counts of a detection and the plan that it followed."""
        return cls(
            total=stats.windows,
            inferred=stats.inferred,
            skipped=stats.skipped,
            size_px=(plan.tile.height, plan.tile.width),
            overlap_px=(_overlap(plan.rows), _overlap(plan.cols)),
        )


def _overlap(axis: Axis) -> int:
    """Pixels that the first two chips share."""
    if len(axis.starts) == 1:
        return 0
    return axis.size - (axis.starts[1] - axis.starts[0])


@dataclass(frozen=True)
class Outcome:
    """Everything that is known after a run."""

    setup: Setup
    started: datetime
    stats: DetectStats
    dwellings: list[Dwelling]
    """In pixel corners of the grid."""
    rows: DwellingRows
    """The same as a table, in CRS units and square metres."""
    seconds: Mapping[str, float]
    """Seconds by stage."""
    warnings: list[Message]
    """Warnings about the results, which the listener got as well."""

    @property
    def spec(self) -> ModelSpec:
        """The model's description with the user's values."""
        return self.setup.finding.spec

    @property
    def grid(self) -> Grid:
        """The grid that the model was run on; its CRS is that of the dwellings."""
        return self.setup.source.grid

    @property
    def paths(self) -> dict[str, Path]:
        """The files that were written, by the names of `Outputs`."""
        return self.setup.request.outputs.paths()

    @property
    def counts(self) -> Counts:
        """Numbers and areas of the dwellings."""
        return Counts.of(self.rows, self.spec)

    @property
    def tiles(self) -> Tiles:
        """The chips that were run."""
        return Tiles.of(self.stats, self.setup.finding.plan)

    @property
    def missing_share(self) -> float:
        """Share of the grid's pixels without an image, 0 to 1."""
        return self.stats.missing / math.prod(self.grid.shape)

    @property
    def all_seconds(self) -> dict[str, float | Mapping[str, float]]:
        """Seconds by stage; the stages of the detection itself overlap."""
        return {**self.seconds, "stages of detect": self.stats.seconds}
