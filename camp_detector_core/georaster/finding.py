"""Detection over an open raster, by any reading library."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, ContextManager, Iterator, Optional, Sequence

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
    from .cog import RasterSink
    from .settings import Settings


@contextmanager
def _unreported(name: str) -> Iterator[None]:
    """Time a stage without reporting it."""
    del name
    yield


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
        self,
        rasters: Sequence[RasterSink] = (),
        *,
        sinks: Sequence[MosaicSink] = (),
        stage: Callable[[str], ContextManager[None]] = _unreported,
        progress: Optional[Progress] = None,
    ) -> tuple[DetectStats, list[Dwelling]]:
        """Run the model, finish the rasters and return the dwellings in pixels of the grid.

        Args:
            rasters: Get the scores and classes, too; they are closed in any case.
            sinks: Get the same, and stay the caller's.
            stage: Told before each stage and after it.
            progress: Told after each chip; asked whether to stop.

        Raises:
            Cancelled: ``progress`` said so.
            RasterError: The source cannot be read.
            PredictorError: The model fails.
            OutputError: A raster cannot be written.
        """
        polygons = PolygonSink(self.source.grid.shape, self.spec, self.outlines)
        predictor = AugmentedPredictor(self.predictor) if self.settings.tta else self.predictor
        with ExitStack() as stack:
            for sink in rasters:
                stack.enter_context(sink)
            with stage("detect"):
                stats = detect(
                    self.source,
                    predictor,
                    self.spec,
                    [polygons, *sinks, *rasters],
                    plan=self.plan,
                    stretch=self.stretch,
                    progress=progress,
                )
            for sink in rasters:
                with stage(sink.kind):
                    sink.finish()
        return stats, polygons.finish()
