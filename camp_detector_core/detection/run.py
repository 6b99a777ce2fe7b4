"""From rasters and a model to dwellings: the one run, for every library and every host."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import Cancelled
from ..engine.messages import Message
from ..engine.predictors.open import AUTO, Fallback, open_predictor
from ..georaster.area import AreaSource
from ..georaster.blank import emptiness
from ..georaster.finding import Finding
from ..georaster.names import are_local
from ..georaster.open import place_source
from ..georaster.stretch import choose_stretch
from ..georaster.table import rows_of
from ..model_file import ModelFile, default_model_path, open_model
from ..outputs.output_set import OutputSet, standing
from .doubts import doubts_of
from .outcome import Outcome, Setup
from .own_inputs import refuse_own_inputs, refuse_own_sources
from .request import RASTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..georaster.ports import Library
    from .ports import Listener, RunLibrary
    from .request import LoadedPredictor, Request

_STAGES = {"dwellings": "vector file", "overlay": "overlay"}


def detect(request: Request, library: RunLibrary, listener: Listener) -> Outcome:
    """Find the dwellings in rasters and write what is asked for.

    Outputs appear together at the end; until then, and after any error, there is none.

    Args:
        request: What to run on what, and what to write.
        library: Reads the rasters and writes the results.
        listener: Told of the run, and asked whether to stop.

    Raises:
        CampDetectorError: With a sentence for the user; `Cancelled` if the listener asked for it.
    """
    started = datetime.now(timezone.utc)
    files = request.outputs
    library.check_outputs(files)
    paths = files.paths()
    refuse_own_inputs(standing(paths.values()), request.named_files)
    outputs = OutputSet(list(paths.values()), overwrite=files.overwrite, warn=listener.notify)
    # A layer's name comes first, since the system may refuse to look it up as a file's.
    is_online = any(map(library.is_layer, request.images)) or request.source.external
    offline = not is_online and are_local(request.images)
    run = _Run(request, library, listener)
    with library.session(offline=offline) as reader, outputs, ExitStack() as stack:
        targets = {name: outputs.target(path) for name, path in paths.items()}
        with run.stage("open"):
            setup = run.open(reader, stack)
        sinks = [
            stack.enter_context(library.raster_sink(n, targets[n], setup, listener.cancelled))
            for n in RASTERS
            if n in targets
        ]
        with run.stage("detect"):
            stats, dwellings = setup.finding.run(sinks, progress=listener)
        for sink in sinks:
            with run.stage(sink.kind):
                sink.finish()
        source = setup.source
        rows = rows_of(dwellings, source.grid, setup.finding.spec, source.crs)
        outcome = Outcome(setup, started, stats, dwellings, rows, run.seconds, run.warnings)
        for name, stage in _STAGES.items():
            if name in targets:
                with run.stage(stage):
                    library.write(name, targets[name], outcome)
        if request.source.area is None:
            run.warn(*emptiness(source, stats.missing))
        run.warn(*doubts_of(rows.area))
        if "report" in targets:
            library.write("report", targets["report"], outcome)
        outputs.commit(cancelled=listener.cancelled)
    return outcome


class _Run:
    """Opens what a run works on, times its stages and gathers its warnings."""

    def __init__(self, request: Request, library: RunLibrary, listener: Listener) -> None:
        self._request = request
        self._library = library
        self._listener = listener
        self.seconds: dict[str, float] = {}
        self.warnings: list[Message] = []

    def warn(self, *messages: Message) -> None:
        """Warn the user of the results."""
        self.warnings += messages
        for message in messages:
            self._listener.warn(message)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Name a stage to the listener and time it.

        Raises:
            Cancelled: The user wants to stop.
        """
        if self._listener.cancelled():
            msg = "cancelled"
            raise Cancelled(msg)
        self._listener.stage(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def open(self, library: Library, stack: ExitStack) -> Setup:
        """Open model and rasters; whatever is wrong with them comes out before any work."""
        request = self._request
        outputs, options = request.outputs, request.source
        model = request.model
        if model is None or isinstance(model, Path):
            model = open_model(model or default_model_path())
        spec = request.settings.apply(model.spec)
        source = stack.enter_context(place_source(request.images, spec, options, library))
        refuse_own_sources(standing(outputs.paths().values()), source.files, library)
        self._library.check_outputs(outputs, source.grid.crs_wkt)
        predictor = self._loaded(model)
        choice = choose_stretch(source, spec, options)
        pixels = source if options.area is None else AreaSource(source, options.area)
        finding = Finding(pixels, predictor, spec, request.settings, choice.stretch)
        file = model if isinstance(model, ModelFile) else None
        self.warn(*source.warnings, *choice.warnings)
        return Setup(request, library, source, predictor, finding, file)

    def _loaded(self, model: ModelFile | LoadedPredictor) -> LoadedPredictor:
        if not isinstance(model, ModelFile):
            return model
        settings = self._request.settings
        return open_predictor(
            model,
            settings.device,
            threads=settings.threads,
            on_fallback=self._fall if settings.device == AUTO else None,
        )

    def _fall(self, fallback: Fallback) -> None:
        self.warn(Message(str(fallback)))
