"""The loop: constant in is constant out, blocks equal the whole, nothing is inferred in vain."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import Cancelled, PredictorError, RasterError, SpecError
from camp_detector_core.engine.grid import Grid, Shape, Transform, Window
from camp_detector_core.engine.instances import expand, separate
from camp_detector_core.engine.prepare import Stretch
from camp_detector_core.engine.scores import MAX_SCORE, NODATA_SCORE
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.engine.tiling.detect import detect
from camp_detector_core.engine.tiling.plan import TilePlan
from tests.support.masks import windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


SEPARATING = Separation("core", 0.25, reach=2, min_seed=3)


def make_spec(classes: int = 1, separation: Separation | None = None) -> ModelSpec:
    return ModelSpec(
        name="m",
        version="1",
        bands=(Band("grey", 1 / 255, 0.0, 1.0),),
        classes=tuple(ClassDef(i + 1, f"c{i}", "#FF0000") for i in range(classes)),
        gsd=1.0,
        tile_size=32,
        overlap=8,
        multiple=8,
        separation=separation,
    )


class ArraySource:
    """A raster in memory that checks how it is read."""

    def __init__(self, pixels: NDArray[np.generic], valid: NDArray[np.bool_] | None = None) -> None:
        self.pixels = pixels
        self.valid = np.ones(pixels.shape[1:], bool) if valid is None else valid
        self.grid = Grid(Shape(*pixels.shape[1:]), Transform(1, 0, 0, 0, -1, 0), None)
        self.lock = threading.Lock()

    def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        assert self.lock.acquire(blocking=False), "read from two threads at once"
        try:
            assert self.grid.window.contains(window)
            return self.pixels[(slice(None), *window.slices)], self.valid[window.slices]
        finally:
            self.lock.release()


class Local:
    """A network of 3 x 3 means and a class-dependent gain: sees context, knows no position."""

    batch_size = 1

    def __init__(self, classes: int = 1, workers: int = 2, batch_size: int = 1) -> None:
        self.classes, self.workers, self.batch_size = classes, workers, batch_size
        self.calls = 0

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.calls += len(batch)
        padded = np.pad(batch[:, 0], ((0, 0), (1, 1), (1, 1)))
        h, w = batch.shape[2:]
        mean = sum(padded[:, i : i + h, j : j + w] for i in range(3) for j in range(3)) / 9
        return np.stack([mean / (1 + k) for k in range(self.classes)], axis=1).astype(np.float32)


class Collect:
    """A sink that insists on getting each pixel once."""

    def __init__(self, classes: int, shape: Shape) -> None:
        self.scores = np.zeros((classes, *shape), np.uint8)
        self.classes = np.zeros(shape, np.uint8)
        self.visits = np.zeros(shape, int)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        self.scores[(slice(None), *window.slices)] = scores
        self.classes[window.slices] = classes
        self.visits[window.slices] += 1


def run(
    source: ArraySource, predictor: Local, classes: int = 1, **options: object
) -> NDArray[np.uint8]:
    sink = Collect(classes, source.grid.shape)
    detect(source, predictor, make_spec(classes), [sink], **options)  # type: ignore[arg-type]
    assert (sink.visits == 1).all()
    return sink.scores


@given(
    st.integers(1, 120),
    st.integers(1, 120),
    st.integers(0, 255),
    st.sampled_from([0.002, 0.02, 1]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_constant_in_constant_out(
    height: int, width: int, value: int, share: float, fixed: bool
) -> None:
    """Also where chips that are home to no valid pixel are left out."""

    class Identity(Local):
        def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            return batch

    valid = np.random.default_rng(value).random((height, width)) < share
    source = ArraySource(np.full((1, height, width), value, np.uint8), valid)
    plan = TilePlan.of(make_spec(), source.grid.shape, fixed=32) if fixed else None
    scores = run(source, Identity(), plan=plan)
    assert (scores[:, valid] == int(value / 255 * MAX_SCORE + 0.5)).all()
    assert (scores[:, ~valid] == NODATA_SCORE).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3), st.integers(8, 150))
@settings(max_examples=40, deadline=None)
def test_blocks_equal_whole_bit_for_bit(
    seed: int, classes: int, workers: int, block_width: int
) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 150, 2))
    valid = rng.random(shape) < rng.choice([0.02, 0.9, 1])
    source = ArraySource(rng.integers(0, 256, (1, *shape), np.uint8), valid)
    whole = run(source, Local(classes, workers=1), classes)
    cut = run(
        source, Local(classes, workers=workers, batch_size=2), classes, block_width=block_width
    )
    np.testing.assert_array_equal(whole, cut)
    assert ((whole == NODATA_SCORE) == ~valid).all()


class Recorder:
    """Remembers what it was told of the progress."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def update(self, count: int, total: int) -> None:
        self.calls.append((count, total))

    def cancelled(self) -> bool:
        return False


@given(st.integers(0, 2**32 - 1), st.integers(1, 2), st.integers(1, 3), st.integers(8, 150))
@settings(max_examples=40, deadline=None)
def test_dwellings_are_parted_alike_in_blocks(
    seed: int, classes: int, workers: int, block_width: int
) -> None:
    rng = np.random.default_rng(seed)
    shape = Shape(*map(int, rng.integers(1, 150, 2)))
    valid = rng.random(shape) < rng.choice([0.9, 1])
    source = ArraySource(rng.integers(0, 256, (1, *shape), np.uint8), valid)
    spec, channels = make_spec(classes, SEPARATING), classes + 1
    sinks, window_counts = [], []
    for count, width in ((1, 16384), (workers, block_width)):
        sink, progress = Collect(channels, shape), Recorder()
        predictor = Local(channels, workers=count)
        stats = detect(source, predictor, spec, [sink], block_width=width, progress=progress)
        assert (sink.visits == 1).all()
        assert [done_count for done_count, _ in progress.calls] == list(range(1, stats.windows + 1))
        assert {total for _, total in progress.calls} == {stats.windows}
        sinks.append(sink)
        window_counts.append(stats.windows)
    np.testing.assert_array_equal(sinks[0].scores, sinks[1].scores)
    np.testing.assert_array_equal(sinks[0].classes, sinks[1].classes)
    np.testing.assert_array_equal(sinks[0].classes, separate(sinks[0].scores, spec, row=0, col=0))
    assert window_counts[0] <= window_counts[1]


def test_chips_of_the_halo_are_part_of_the_total() -> None:
    source, spec = ArraySource(np.zeros((1, 40, 100), np.uint8)), make_spec(1, SEPARATING)
    progress, plan = Recorder(), TilePlan.of(spec, Shape(40, 100))
    stats = detect(
        source,
        Local(2),
        spec,
        [],
        block_width=60,
        progress=progress,
    )
    areas = [expand(b, SEPARATING.halo, plan.shape) for b in plan.blocks(height=40, width=60)]
    assert stats.windows == sum(len(windows_of(plan, area)) for area in areas)
    assert progress.calls[-1] == (stats.windows, stats.windows)
    assert stats.windows > sum(plan.count(b) for b in plan.blocks(height=40, width=60))


def test_a_channel_beyond_the_description_is_left_out() -> None:
    """A model runs so without its separation."""
    rng = np.random.default_rng(3)
    source = ArraySource(rng.integers(0, 256, (1, 60, 60), np.uint8))
    np.testing.assert_array_equal(run(source, Local(2)), run(source, Local(1)))


def test_a_channel_too_few_is_refused() -> None:
    source = ArraySource(np.zeros((1, 60, 60), np.uint8))
    with pytest.raises(PredictorError, match="gave 1 channels where 2"):
        detect(source, Local(1), make_spec(1, SEPARATING), [])


@pytest.mark.parametrize(
    ("at", "inferred"), [([(100, 100)], 1), ([(100, 100), (101, 101)], 1), ([(95, 0), (96, 0)], 2)]
)
def test_chips_that_are_home_to_no_valid_pixel_are_not_inferred(
    at: list[tuple[int, int]], inferred: int
) -> None:
    valid = np.zeros((200, 200), bool)
    for row, col in at:
        valid[row, col] = True
    source = ArraySource(np.full((1, 200, 200), 128, np.uint8), valid)
    predictor = Local()
    sink = Collect(1, source.grid.shape)
    plan = TilePlan.of(make_spec(), source.grid.shape)
    assert (plan.rows.stride, plan.tile.height) == (24, 32)
    stats = detect(source, predictor, make_spec(), [sink])
    assert predictor.calls == stats.inferred == inferred
    assert stats.skipped + stats.inferred == stats.windows
    assert (sink.scores[0] != NODATA_SCORE).sum() == len(at)


def test_nothing_is_inferred_where_all_is_nodata() -> None:
    source = ArraySource(np.zeros((1, 90, 90), np.uint8), np.zeros((90, 90), bool))
    predictor = Local()
    assert (run(source, predictor) == NODATA_SCORE).all()
    assert predictor.calls == 0


def test_masked_pixels_never_change_a_result() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (1, 70, 70)).astype(np.float32)
    valid = rng.random((70, 70)) < 0.7
    first = run(ArraySource(pixels, valid), Local())
    spoiled = pixels.copy()
    spoiled[:, ~valid] = np.nan
    np.testing.assert_array_equal(first, run(ArraySource(spoiled, valid), Local()))


def test_a_stretch_takes_the_place_of_the_scale() -> None:
    raw = np.linspace(1000, 3000, 40 * 40, dtype=np.float32).reshape(1, 40, 40).astype(np.uint16)
    eight = (raw.astype(float) - 1000) / 2000 * 255
    stretched = run(ArraySource(raw), Local(), stretch=Stretch((1000.0,), (3000.0,)))
    plain = run(ArraySource(eight.astype(np.float32)), Local())
    assert np.abs(stretched.astype(int) - plain).max() <= 1


def test_memory_in_flight_is_bounded() -> None:
    """A slow network must not make the reader run ahead through the whole raster."""
    read: list[Window] = []
    worst = 0

    class Counting(ArraySource):
        def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
            nonlocal worst
            read.append(window)
            worst = max(worst, len(read) - finished)
            return super().read(window)

    finished = 0

    class Watch:
        def update(self, count: int, total: int) -> None:
            nonlocal finished
            finished = count
            assert total == len(windows_of(TilePlan.of(make_spec(), Shape(2000, 40))))

        def cancelled(self) -> bool:
            return False

    class Slow(Local):
        def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            time.sleep(0.001)
            return super().predict(batch)

    source = Counting(np.zeros((1, 2000, 40), np.uint8))
    detect(source, Slow(), make_spec(), [], progress=Watch())
    assert len(read) > 50
    assert worst <= 6


@pytest.mark.parametrize("culprit", ["source", "predictor", "sink"])
def test_errors_of_any_thread_reach_the_caller_and_end_the_threads(culprit: str) -> None:
    class BadSource(ArraySource):
        def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
            if culprit == "source" and window.row > 30:
                raise RasterError("block is damaged")
            return super().read(window)

    class BadPredictor(Local):
        def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            if culprit == "predictor":
                raise PredictorError("block is damaged")
            return super().predict(batch)

    class BadSink(Collect):
        def write(self, *part: Any) -> None:
            if culprit == "sink":
                raise RasterError("block is damaged")
            super().write(*part)

    source = BadSource(np.zeros((1, 100, 100), np.uint8))
    before = threading.active_count()
    with pytest.raises((RasterError, PredictorError), match="block is damaged"):
        detect(source, BadPredictor(), make_spec(), [BadSink(1, source.grid.shape)])
    assert threading.active_count() == before


def test_cancel_stops_soon() -> None:
    class Stop:
        count = 0

        def update(self, count: int, total: int) -> None:
            self.count = count

        def cancelled(self) -> bool:
            return self.count >= 3

    predictor = Local()
    source = ArraySource(np.zeros((1, 500, 500), np.uint8))
    with pytest.raises(Cancelled):
        detect(source, predictor, make_spec(), [], progress=Stop())
    assert predictor.calls <= 3 + 5 + 2


@pytest.mark.timeout(30)
def test_a_raster_that_declares_itself_huge_starts_at_once_and_can_be_cancelled() -> None:
    side = 10**6

    class Endless:
        grid = Grid(Shape(side, side), Transform(1, 0, 0, 0, -1, 0), None)

        def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
            shape = (window.height, window.width)
            return np.zeros((1, *shape), np.uint8), np.ones(shape, bool)

    class Stop:
        last_call: tuple[int, int] = (0, 0)

        def update(self, count: int, total: int) -> None:
            self.last_call = (count, total)

        def cancelled(self) -> bool:
            return self.last_call[0] >= 3

    stop, predictor = Stop(), Local()
    with pytest.raises(Cancelled):
        detect(Endless(), predictor, make_spec(), [], progress=stop)
    assert stop.last_call[0] == 3
    assert stop.last_call[1] > 10**9
    assert predictor.calls <= 3 + 5 + 2


def test_a_plan_for_another_raster_is_refused() -> None:
    source = ArraySource(np.zeros((1, 50, 50), np.uint8))
    plan = TilePlan.of(make_spec(), Shape(60, 50))
    with pytest.raises(SpecError, match="plan"):
        detect(source, Local(), make_spec(), [], plan=plan)


def test_wrong_band_count_is_refused() -> None:
    source = ArraySource(np.zeros((2, 50, 50), np.uint8))
    with pytest.raises(SpecError, match="takes 1 bands, got 2"):
        detect(source, Local(), make_spec(), [])
