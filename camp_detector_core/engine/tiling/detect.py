"""The only loop over windows: read, normalise, infer, blend, separate, write.

Reading, inference and writing run side by side: one thread reads ahead, as many as the predictor
wants infer, one parts and writes finished strips, and the calling thread blends. What is in flight
is bounded, and windows are made as they are needed, so memory does not depend on the raster's
height and a run can be stopped from its first chip on, however large a raster declares itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Sequence

import numpy as np

from ..errors import Cancelled, PredictorError, SpecError
from ..instances import Separator
from ..prepare import Stretch, normalise, pad_to
from ..scores import NODATA_SCORE
from .mosaic import Mosaic
from .plan import TilePlan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..grid import Window
    from ..ports import MosaicSink, Predictor, Progress, RasterSource
    from ..spec import ModelSpec

MAX_BLOCK_WIDTH = 16384
"""Wider rasters are processed in blocks of columns, so that memory is bounded."""
_STRIPS_IN_FLIGHT = 2


@dataclass
class DetectStats:
    """Statistics of a run."""

    windows: int = 0
    """Number of chips in the plan; those along block borders count once for each block."""
    inferred: int = 0
    """Number of chips that the network was run on."""
    skipped: int = 0
    """Number of chips that are home to no valid pixel and were skipped."""
    missing: int = 0
    """Number of pixels without an image."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds by stage; stages overlap, so their sum may exceed ``wall``."""


class _Chip(NamedTuple):
    window: Window
    valid: NDArray[np.bool_]
    probabilities: Optional[NDArray[np.float32]]
    """Probabilities (spec.channels, height, width); None if no valid pixel has its home there."""


class _Clock:
    """Clock that adds up the seconds that threads spend in each stage."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - start
            with self._lock:
                self.seconds[name] = self.seconds.get(name, 0.0) + seconds


def detect(  # noqa: PLR0913 - the four ports of the engine, and what the host chose
    source: RasterSource,
    predictor: Predictor,
    spec: ModelSpec,
    sinks: Sequence[MosaicSink],
    *,
    plan: Optional[TilePlan] = None,
    stretch: Optional[Stretch] = None,
    block_width: int = MAX_BLOCK_WIDTH,
    progress: Optional[Progress] = None,
) -> DetectStats:
    """Run a model over a raster and pass scores and classes to the sinks, each pixel once.

    Args:
        source: The pixels, on the grid that the model is run on.
        predictor: The model.
        spec: Its description; without its separation, a channel after the classes is left out.
        sinks: Each gets every finished strip, top to bottom (block of columns after block of
            columns where the raster is wider than ``block_width``).
        plan: Plan of the chips; None: the model's tile size and overlap on the source's grid.
        stretch: Stretch of raw values in place of the model's scale.
        block_width: Largest width that is blended at a time, pixels.
        progress: Told after each chip; asked as often whether to stop.

    Returns:
        Counts and seconds by stage.

    Raises:
        Cancelled: ``progress`` said so.
        RasterError: The source cannot be read.
        PredictorError: The model fails.
        OutputError: A sink fails.
        SpecError: The source's bands do not fit the model's.
    """
    plan = plan or TilePlan.of(spec, source.grid.shape)
    if plan.shape != tuple(source.grid.shape):
        msg = f"the plan is for {plan.shape}, the raster is {source.grid.shape}"
        raise SpecError(msg)
    start = time.perf_counter()
    blocks = plan.blocks(height=plan.shape.height, width=block_width)
    total = sum(plan.count(Separator(spec, block, plan.shape).area) for block in blocks)
    run = _Run(source, predictor, spec, sinks, plan, stretch, progress, total)
    with run.threads():
        for block in blocks:
            run.block(Separator(spec, block, plan.shape))
    run.stats.windows = run.total
    run.stats.seconds = {**run.clock.seconds, "wall": time.perf_counter() - start}
    return run.stats


@dataclass
class _Run:
    """One call of `detect`, with its threads and shared state."""

    source: RasterSource
    predictor: Predictor
    spec: ModelSpec
    sinks: Sequence[MosaicSink]
    plan: TilePlan
    stretch: Optional[Stretch]
    progress: Optional[Progress]
    total: int
    """Number of chips, those along block borders once for each block."""
    clock: _Clock = field(default_factory=_Clock)
    stats: DetectStats = field(default_factory=DetectStats)
    writes: deque[Future[None]] = field(default_factory=deque)

    @contextmanager
    def threads(self) -> Iterator[None]:
        """Start the threads; on exit wait for the writes, or drop pending ones after an error."""
        self._reader = ThreadPoolExecutor(1, "read")
        self._infer = ThreadPoolExecutor(self.predictor.workers, "infer")
        self._writer = ThreadPoolExecutor(1, "write")
        try:
            yield
            self._finish_writes(max_pending=0)
        finally:
            for pool in (self._reader, self._infer, self._writer):
                pool.shutdown(wait=True, cancel_futures=True)

    def block(self, separator: Separator) -> None:
        """Process one block with its surroundings: chips in row by row, finished strips out."""
        plan, block = self.plan, separator.area
        mosaic = Mosaic(plan, block, channels=self.spec.channels)
        chips = self._chips(w for row in plan.window_rows(block) for w in row)
        for row in plan.window_rows(block):
            with self.clock.stage("blend"):
                strip = mosaic.finish(row[0].row)
            self._write(separator, strip)
            for _ in row:
                chip = next(chips)
                if chip.probabilities is not None:
                    with self.clock.stage("blend"):
                        mosaic.add(chip.window, chip.probabilities, chip.valid)
                elif chip.valid.any():
                    mosaic.omit(chip.window)
        with self.clock.stage("blend"):
            strip = mosaic.finish(block.stop_row)
        self._write(separator, strip)

    def _chips(self, windows: Iterator[Window]) -> Iterator[_Chip]:
        """Yield inferred chips in the order of the windows, with a bounded number in flight."""
        size = self.predictor.batch_size
        batches = iter(lambda: list(islice(windows, size)), [])
        in_flight = 2 * self.predictor.workers + 1
        pending: deque[Future[list[_Chip]]] = deque()
        while True:
            for batch in islice(batches, in_flight - len(pending)):
                reads = [self._reader.submit(self._read, w) for w in batch]
                pending.append(self._infer.submit(self._infer_batch, reads))
            if not pending:
                return
            with self.clock.stage("wait"):
                chips = pending.popleft().result()
            for chip in chips:
                self._count(chip)
                yield chip

    def _count(self, chip: _Chip) -> None:
        if chip.probabilities is None:
            self.stats.skipped += 1
        else:
            self.stats.inferred += 1
        if self.progress is not None:
            self.progress.update(self.stats.skipped + self.stats.inferred, self.total)
            if self.progress.cancelled():
                msg = "cancelled"
                raise Cancelled(msg)

    def _read(self, window: Window) -> tuple[Window, NDArray[np.generic], NDArray[np.bool_]]:
        with self.clock.stage("read"):
            return (window, *self.source.read(window))

    def _infer_batch(
        self, reads: list[Future[tuple[Window, NDArray[np.generic], NDArray[np.bool_]]]]
    ) -> list[_Chip]:
        """Normalise and infer the chips of a batch that are home to a valid pixel."""
        parts = [r.result() for r in reads]
        live = [p for p in parts if p[2][self.plan.home(p[0]).slices_in(p[0])].any()]
        if not live:
            return [_Chip(w, valid, None) for w, _, valid in parts]
        tile = self.plan.tile
        with self.clock.stage("prepare"):
            batch = np.stack(
                [
                    pad_to(
                        normalise(pixels, valid, self.spec.bands, stretch=self.stretch),
                        tile.height,
                        tile.width,
                    )
                    for _, pixels, valid in live
                ]
            )
        with self.clock.stage("infer"):
            output = self.predictor.predict(batch)
        channels = self.spec.channels
        if output.shape[1] < channels:
            msg = f"the model gave {output.shape[1]} channels where {channels} are expected"
            raise PredictorError(msg)
        by_window = {
            w: output[i, :channels, : w.height, : w.width] for i, (w, _, _) in enumerate(live)
        }
        return [_Chip(w, valid, by_window.get(w)) for w, _, valid in parts]

    def _write(
        self, separator: Separator, strip: Optional[tuple[Window, NDArray[np.uint8]]]
    ) -> None:
        if strip is None:
            return
        self._finish_writes(max_pending=_STRIPS_IN_FLIGHT - 1)
        self.writes.append(self._writer.submit(self._separate_and_write, separator, *strip))

    def _separate_and_write(
        self, separator: Separator, window: Window, scores: NDArray[np.uint8]
    ) -> None:
        with self.clock.stage("part"):
            strip = separator.add(window, scores)
        if strip is not None:
            self.stats.missing += int(np.count_nonzero(strip.classes == NODATA_SCORE))
            with self.clock.stage("write"):
                for sink in self.sinks:
                    sink.write(*strip)

    def _finish_writes(self, *, max_pending: int) -> None:
        while len(self.writes) > max_pending:
            self.writes.popleft().result()
