"""Detection over files, from paths to paths: what the command line calls."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from .atomic import OutputSet, cannot_write, standing
from .engine.errors import Cancelled
from .engine.messages import Message
from .engine.predictors import AUTO, open_predictor
from .georaster.blank import emptiness
from .georaster.finding import Finding
from .georaster.names import are_local
from .own_inputs import refuse_own_inputs, refuse_own_sources
from .report import Counts, Run, Tiles, doubts_of, report_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .atomic import Target
    from .engine.detect import DetectStats
    from .engine.dwelling import Dwelling
    from .engine.ort import OnnxPredictor
    from .engine.ports import Progress
    from .engine.predictors import Falling
    from .engine.prepare import Stretch
    from .engine.spec import ModelSpec
    from .georaster.source import PlacedSource
    from .job import Job
    from .model_file import ModelFile
    from .raster import CogSink
    from .vector import DwellingTable


class Listener(Protocol):
    """Told what a run is doing; asked whether to go on. It is the engine's `Progress` too."""

    def update(self, done: int, total: int) -> None:
        """``done`` of ``total`` chips are finished."""

    def cancelled(self) -> bool:
        """Whether the user wants to stop."""

    def stage(self, name: str) -> None:
        """A stage begins, named in a few words."""

    def warn(self, message: Message) -> None:
        """Something that the user should know of the results."""

    def notify(self, message: str) -> None:
        """Something that was done to files of an earlier run, shown whatever comes of this."""


@dataclass(frozen=True)
class Outcome:
    """What a run gave."""

    counts: Counts
    tiles: Tiles
    paths: dict[str, Path]
    """Where each product is."""


class _Clock:
    """Names the stages to the listener, adds up their seconds, and stops when asked to."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        if self._listener.cancelled():
            msg = "cancelled"
            raise Cancelled(msg)
        self._listener.stage(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


@dataclass(frozen=True)
class _Inputs:
    """What a run works on, all opened and checked."""

    model: ModelFile
    spec: ModelSpec
    """The model's with the user's values."""
    predictor: OnnxPredictor | Falling
    source: PlacedSource
    stretch: Stretch | None
    warnings: tuple[Message, ...]


def detect_files(job: Job, *, listener: Listener) -> Outcome:
    """Find the dwellings in rasters and write what the job asks for.

    Outputs appear together at the end; until then, and after any error, there is none.

    Raises:
        CampDetectorError: With a sentence for the user; `Cancelled` if the listener asked for it.
    """
    from .raster import gdal_env
    from .raster.library import Rasterio
    from .vector import check_crs, check_format

    started = datetime.now(UTC)
    check_format(job.products.vector)  # before the other names are made of this one
    paths = job.products.paths()
    named: list[str | Path] = [*job.images, *([job.model] if job.model else [])]
    refuse_own_inputs(standing(paths.values()), named)
    outputs = OutputSet(list(paths.values()), overwrite=job.overwrite, warn=listener.notify)
    clock = _Clock(listener)
    offline = are_local(job.images) and not job.source.external
    with gdal_env(offline=offline), outputs, ExitStack() as stack:
        with clock.stage("open"):
            inputs = _open(job, stack, listener)
            refuse_own_sources(standing(paths.values()), inputs.source.files, Rasterio())
            check_crs(job.products.vector, inputs.source.grid.crs_wkt)
        for warning in inputs.warnings:
            listener.warn(warning)
        work = _Work(job, inputs, {n: outputs.target(p) for n, p in paths.items()}, clock)
        stats, dwellings = work.detect(listener)
        table = work.write(dwellings)
        counts = Counts.of(table, inputs.spec)
        doubts = (*emptiness(inputs.source, stats.missing), *doubts_of(table))
        for doubt in doubts:
            listener.warn(doubt)
        tiles = Tiles.of(stats, work.plan)
        if job.products.report:
            work.report(counts, tiles, stats=stats, started=started, doubts=doubts)
        outputs.commit(cancelled=listener.cancelled)
    return Outcome(counts, tiles, paths)


def _open(job: Job, stack: ExitStack, listener: Listener) -> _Inputs:
    """Open model and rasters; whatever is wrong with them comes out here, before any work."""
    from .georaster.stretch import choose_stretch
    from .model_file import default_model_path, open_model
    from .raster import open_source

    model = open_model(job.model or default_model_path())
    spec = job.settings.apply(model.spec)
    source = stack.enter_context(open_source(job.images, spec, job.source))
    machine, tell = job.machine, (lambda fallback: listener.warn(Message(str(fallback))))
    predictor = open_predictor(
        model,
        machine.device,
        threads=machine.threads,
        on_fallback=tell if machine.device == AUTO else None,
    )
    choice = choose_stretch(source, spec, job.source)
    warnings = (*source.warnings, *choice.warnings)
    return _Inputs(model, spec, predictor, source, choice.stretch, warnings)


class _Work:
    """One run over opened inputs, step by step."""

    def __init__(
        self, job: Job, inputs: _Inputs, targets: dict[str, Target], clock: _Clock
    ) -> None:
        self._job = job
        self._inputs = inputs
        self._targets = targets
        self._clock = clock
        self._grid = inputs.source.grid
        self._finding = Finding(
            inputs.source, inputs.predictor, inputs.spec, job.settings, inputs.stretch
        )
        self.plan = self._finding.plan
        """Where the chips lie."""

    def detect(self, progress: Progress) -> tuple[DetectStats, list[Dwelling]]:
        """Run the model, write the rasters and give the dwellings in pixels of the grid."""
        return self._finding.run(self._raster_sinks(), stage=self._clock.stage, progress=progress)

    def _raster_sinks(self) -> list[CogSink]:
        from .raster import ClassSink, ProbabilitySink

        kinds = {"probability": ProbabilitySink, "mask": ClassSink}
        return [
            kind(self._targets[name], self._grid, self._inputs.spec)
            for name, kind in kinds.items()
            if name in self._targets
        ]

    def write(self, dwellings: list[Dwelling]) -> DwellingTable:
        """Write the vector file and the picture."""
        from .overlay import render_overlay
        from .vector import make_table, write_dwellings

        inputs = self._inputs
        with self._clock.stage("vector file"):
            table = make_table(dwellings, self._grid, inputs.spec)
            write_dwellings(
                self._targets["dwellings"],
                table,
                crs_wkt=self._grid.crs_wkt,
                model_id=inputs.spec.id,
            )
        if "overlay" in self._targets:
            with self._clock.stage("overlay"):
                picture = render_overlay(
                    inputs.source,
                    dwellings,
                    inputs.spec,
                    stretch=inputs.stretch,
                    max_side=self._job.products.overlay_size,
                )
                _store(self._targets["overlay"], picture)
        return table

    def report(
        self,
        counts: Counts,
        tiles: Tiles,
        *,
        stats: DetectStats,
        started: datetime,
        doubts: tuple[Message, ...],
    ) -> None:
        """Write the run report."""
        inputs = self._inputs
        run = Run(
            job=self._job,
            model=inputs.model,
            spec=inputs.spec,
            source=inputs.source,
            stretch=inputs.stretch,
            simplify_px=self._finding.tolerance,
            provider=inputs.predictor.provider,
            counts=counts,
            tiles=tiles,
            missing_share=stats.missing / math.prod(self._grid.shape),
            started=started,
            seconds={**self._clock.seconds, "stages of detect": stats.seconds},
            warnings=(*inputs.warnings, *doubts),
        )
        _store(self._targets["report"], report_bytes(run))


def _store(target: Target, data: bytes) -> None:
    try:
        target.temporary.write_bytes(data)
    except OSError as error:
        raise cannot_write(target.final, error, needed=len(data)) from error
