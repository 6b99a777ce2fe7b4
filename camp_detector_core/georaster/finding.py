"""Detection over an open raster, by any reading library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Sequence

from ..engine.polygons.outline import OutlineOptions
from ..engine.polygons.sink import PolygonSink
from ..engine.tiling.augment import AugmentedPredictor
from ..engine.tiling.detect import detect
from ..engine.tiling.plan import TilePlan

if TYPE_CHECKING:
    from ..engine.polygons.dwelling import Dwelling
    from ..engine.ports import FixedPredictor, MosaicSink, Progress, RasterSource
    from ..engine.prepare import Stretch
    from ..engine.spec import ModelSpec
    from ..engine.tiling.detect import DetectStats
    from .settings import Settings


@dataclass(frozen=True)
class Finding:
    """Detection of a model over a raster."""

    source: RasterSource
    predictor: FixedPredictor
    spec: ModelSpec
    """Spec of the model with the user's values."""
    settings: Settings
    stretch: Optional[Stretch]

    @property
    def plan(self) -> TilePlan:
        """Lay out the chips."""
        side = self.predictor.fixed_size or self.settings.tile_size
        return TilePlan.of(self.spec, self.source.grid.shape, fixed=side)

    @property
    def tolerance(self) -> float:
        """Largest distance by which outlines may be straightened, pixels."""
        return self.settings.tolerance(self.source.grid)

    @property
    def outlines(self) -> OutlineOptions:
        """Options of the outlines."""
        return OutlineOptions(
            tolerance=self.tolerance,
            square=self.settings.square,
            min_pixels=self.spec.min_area / self.source.grid.pixel_area,
        )

    def run(
        self, sinks: Sequence[MosaicSink], *, progress: Optional[Progress] = None
    ) -> tuple[DetectStats, list[Dwelling]]:
        """Run the model and return the dwellings in pixels of the grid.

        Args:
            sinks: Get the scores and classes, too; the caller finishes them.
            progress: Told after each chip; asked whether to stop.

        Raises:
            Cancelled: ``progress`` said so.
            RasterError: The source cannot be read.
            PredictorError: The model fails.
            OutputError: A sink cannot store something.
        """
        polygons = PolygonSink(self.source.grid.shape, self.spec, self.outlines)
        stats = detect(
            self.source,
            AugmentedPredictor(self.predictor) if self.settings.tta else self.predictor,
            self.spec,
            [polygons, *sinks],
            plan=self.plan,
            stretch=self.stretch,
            progress=progress,
        )
        return stats, polygons.finish()
