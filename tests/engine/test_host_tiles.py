"""Tiles whose place is unknown give what the whole raster gives; each dwelling comes once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.arguments import MAX_SIDE
from camp_detector_core.engine.errors import GridError, SpecError
from camp_detector_core.engine.grid import Grid, Shape, Transform, Window
from camp_detector_core.engine.polygons.outline import OutlineOptions
from camp_detector_core.engine.polygons.sink import PolygonSink
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.engine.tiling.cache import CachedPredictor
from camp_detector_core.engine.tiling.detect import detect
from camp_detector_core.engine.tiling.host_tiles import TileDetector, TileLayout
from camp_detector_core.engine.tiling.plan import TilePlan
from tests.support.masks import windows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from camp_detector_core.engine.polygons.dwelling import Dwelling

SEPARATING = Separation("core", 0.7, reach=2, min_seed=3)


def make_spec(classes: int = 1, separation: Separation | None = None) -> ModelSpec:
    return ModelSpec(
        name="m",
        version="1",
        bands=(Band("grey", 1 / 255, 0.0, 1.0),),
        classes=tuple(ClassDef(i + 1, f"c{i}", "#FF0000") for i in range(classes)),
        gsd=1.0,
        tile_size=96,
        overlap=16,
        multiple=8,
        threshold=0.65,
        separation=separation,
    )


class Seeing:
    """A network that answers by what is around a pixel, and otherwise at the border of a chip."""

    workers, batch_size = 2, 1

    def __init__(self, channels: int = 1) -> None:
        self.channels, self.calls = channels, 0

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.calls += len(batch)
        padded = np.pad(batch[:, 0], ((0, 0), (1, 1), (1, 1)))
        h, w = batch.shape[2:]
        mean = sum(padded[:, i : i + h, j : j + w] for i in range(3) for j in range(3)) / 9
        out = np.stack([mean / (1 + k / 8) for k in range(self.channels)], axis=1)
        # Far from where a probability is rounded up or down.
        return ((np.floor(out * 250) + 0.3) / 254).astype(np.float32)


class Scene(NamedTuple):
    pixels: NDArray[np.uint8]
    valid: NDArray[np.bool_]


def scene(seed: int, height: int, width: int, *, coarse: int, share: float) -> Scene:
    """Blobs of about ``coarse`` pixels, and holes in the imagery."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (height // coarse + 1, width // coarse + 1), np.uint8)
    big = small.repeat(coarse, axis=0).repeat(coarse, axis=1)[:height, :width]
    noise = rng.integers(-25, 26, big.shape)
    holes = rng.random((height // 50 + 1, width // 50 + 1)) < share
    valid = holes.repeat(50, axis=0).repeat(50, axis=1)[:height, :width]
    return Scene(np.clip(big + noise, 0, 255).astype(np.uint8)[None], valid)


class Source:
    def __init__(self, pixels_of: Scene) -> None:
        self._scene = pixels_of
        self.grid = Grid(Shape(*pixels_of.valid.shape), Transform(1, 0, 0, 0, -1, 0), None)

    def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        rows, cols = window.slices
        return self._scene.pixels[:, rows, cols], self._scene.valid[rows, cols]


class Whole(NamedTuple):
    scores: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    dwellings: list[Dwelling]


class Keep:
    def __init__(self, channels: int, shape: Shape) -> None:
        self.scores = np.zeros((channels, *shape), np.uint8)
        self.classes = np.zeros(shape, np.uint8)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        self.scores[(slice(None), *window.slices)] = scores
        self.classes[window.slices] = classes


def whole(raster: Scene, spec: ModelSpec, outlines: OutlineOptions) -> Whole:
    """The raster in one piece, chips of the model's size on a lattice."""
    source = Source(raster)
    plan = TilePlan.of(spec, source.grid.shape, fixed=spec.tile_size)
    keep = Keep(spec.channels, source.grid.shape)
    polygons = PolygonSink(source.grid.shape, spec, outlines)
    detect(source, Seeing(spec.channels), spec, [keep, polygons], plan=plan)
    return Whole(keep.scores, keep.classes, polygons.finish())


def tiles(shape: tuple[int, ...], layout: TileLayout, *, full: bool) -> Iterator[Window]:
    """As a host cuts them; those at the end of the raster whole, or only what is there of them."""
    height, width = shape
    side = layout.side
    for row in range(0, height, side):
        for col in range(0, width, side):
            tall, broad = min(side, height - row), min(side, width - col)
            yield Window(row, col, side if full else tall, side if full else broad)


def handed_over(raster: Scene, tile: Window, margin: int) -> Scene:
    """A tile with its margin; what lies beyond the raster is garbage and not valid."""
    reach = margin + max(tile.height, tile.width)
    pixels = np.pad(raster.pixels, ((0, 0), (reach, reach), (reach, reach)), constant_values=201)
    valid = np.pad(raster.valid, reach)
    rows = slice(tile.row + reach - margin, tile.stop_row + reach + margin)
    cols = slice(tile.col + reach - margin, tile.stop_col + reach + margin)
    return Scene(pixels[:, rows, cols], valid[rows, cols])


def key(dwelling: Dwelling) -> tuple[object, ...]:
    """Key of a dwelling but for the corner that its rings begin at, which rounding may decide."""
    rings = (dwelling.exterior, *dwelling.holes)
    corners = [sorted(map(tuple, np.round(ring[:-1], 6) + 0.0)) for ring in rings]
    return (dwelling.class_value, dwelling.pixels, repr(corners))


def sums(dwelling: Dwelling) -> tuple[int, int, int]:
    """Sums of a dwelling, without its outline."""
    return dwelling.class_value, dwelling.pixels, dwelling.score_sum


def around(dwelling: Dwelling) -> tuple[slice, slice]:
    """Rows and columns of its box with two pixels around, in a raster with one around."""
    low, high = dwelling.exterior.min(axis=0), dwelling.exterior.max(axis=0)
    left, top = np.maximum(np.floor(low).astype(int) - 1, 0)
    right, bottom = np.ceil(high).astype(int) + 3
    return slice(top, bottom), slice(left, right)


def shifted(dwelling: Dwelling, tile: Window) -> Dwelling:
    by = (tile.col, tile.row)
    return replace(
        dwelling, exterior=dwelling.exterior + by, holes=tuple(h + by for h in dwelling.holes)
    )


@given(
    st.builds(
        scene,
        st.integers(0, 2**32 - 1),
        st.integers(1, 250),
        st.integers(1, 250),
        coarse=st.just(9),
        share=st.sampled_from([0.5, 1]),
    ),
    st.sampled_from([1, 4]),
    st.sampled_from([(1, None), (2, None), (1, SEPARATING), (2, SEPARATING)]),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_tiles_give_what_the_whole_raster_gives(
    what: Scene, batch: int, kind: tuple[int, Separation | None], full: bool
) -> None:
    spec, (height, width) = make_spec(*kind), what.valid.shape
    outlines = OutlineOptions(tolerance=1.0, min_pixels=4)
    expected = whole(what, spec, outlines)
    layout = TileLayout.of(spec, batch_size=batch)
    detector = TileDetector(Seeing(spec.channels), spec, layout, outlines=outlines)
    dwellings = []
    for tile in tiles((height, width), layout, full=full):
        given_tile = handed_over(what, tile, layout.margin)
        classes, scores = detector.classes(*given_tile)
        inside = tile.intersection(Window(0, 0, height, width))
        assert inside is not None
        rows, cols = inside.slices
        tile_area = (slice(inside.height), slice(inside.width))
        np.testing.assert_array_equal(classes[tile_area], expected.classes[rows, cols])
        np.testing.assert_array_equal(scores[:, *tile_area], expected.scores[:, rows, cols])
        dwellings += [shifted(d, tile) for d in detector.dwellings(*given_tile)]
    assert sorted(map(sums, dwellings)) == sorted(map(sums, expected.dwellings))
    # A tile takes ground without pixels up to the end of its sight for the end of the raster.
    hidden = np.pad(~what.valid, 1, constant_values=not what.valid.all())
    clear = Counter(key(d) for d in expected.dwellings if not hidden[around(d)].any())
    assert clear <= Counter(map(key, dwellings))


def test_what_is_too_large_is_given_in_pieces_that_add_up() -> None:
    """A street of one roof across four tiles, and a house that only reaches over a border."""
    spec = make_spec()
    layout = TileLayout.of(spec, batch_size=4)
    side = layout.side
    assert layout.reach < side == 160
    pixels = np.zeros((1, 2 * side, 4 * side), np.uint8)
    pixels[0, 40:60, 10 : 4 * side - 10] = 255
    pixels[0, 100:120, side - 30 : side + 10] = 255
    town = Scene(pixels, np.ones(pixels.shape[1:], bool))
    detector = TileDetector(Seeing(), spec, layout)
    pieces = [
        shifted(dwelling, tile)
        for tile in tiles(town.valid.shape, layout, full=True)
        for dwelling in detector.dwellings(*handed_over(town, tile, layout.margin))
    ]
    street = [d for d in pieces if d.exterior[:, 1].max() < 80]
    (house,) = [d for d in pieces if d.exterior[:, 1].min() > 80]
    assert [d.exterior[:, 0].min() for d in street] == [
        pytest.approx(10, abs=1), side, 2 * side, 3 * side
    ]  # fmt: skip
    mask = whole(town, spec, OutlineOptions()).classes == 1
    assert sum(d.pixels for d in street) == mask[:80].sum()
    assert house.pixels == mask[80:].sum()


def test_neither_dwellings_nor_pieces_leave_what_they_are_cut_from() -> None:
    """Slanting roofs that the raster cuts, and some that are too large for a tile."""
    spec = make_spec()
    layout = TileLayout.of(spec, batch_size=1)
    side = layout.side
    y, x = np.indices((2 * side + 30, 2 * side + 50))
    pixels = np.where((x + 3 * y) % 71 < 40, 255, 0).astype(np.uint8)
    town = Scene(pixels[None], np.ones(pixels.shape, bool))
    exact, new = (
        TileDetector(Seeing(), spec, layout, outlines=OutlineOptions(tolerance=tolerance))
        for tolerance in (0.0, 2.0)
    )
    cut = 0
    for tile in tiles(town.valid.shape, layout, full=True):
        given_tile = handed_over(town, tile, layout.margin)
        pairs = zip(exact.dwellings(*given_tile), new.dwellings(*given_tile), strict=True)
        for old, dwelling in pairs:
            ring = shifted(dwelling, tile).exterior
            assert ring.min() >= 0
            assert (ring.max(axis=0) <= pixels.shape[::-1]).all()
            first, last = old.exterior.min(axis=0) == 0, old.exterior.max(axis=0) == side
            cut += int(first.any() or last.any())
            assert (dwelling.exterior.min(axis=0)[first] >= 0).all()
            assert (dwelling.exterior.max(axis=0)[last] <= side).all()
    assert cut > 5


def test_small_pieces_of_what_is_large_enough_are_kept() -> None:
    """A street that ends three pixels behind the border of a tile."""
    spec = make_spec()
    layout = TileLayout.of(spec, batch_size=4)
    side = layout.side
    pixels = np.zeros((1, side, 4 * side), np.uint8)
    pixels[0, 40:60, 10 : 2 * side + 3] = 255
    pixels[0, 100:105, 20:30] = 255
    town = Scene(pixels, np.ones(pixels.shape[1:], bool))
    detector = TileDetector(Seeing(), spec, layout, outlines=OutlineOptions(min_pixels=200))
    pieces = [
        dwelling
        for tile in tiles(town.valid.shape, layout, full=True)
        for dwelling in detector.dwellings(*handed_over(town, tile, layout.margin))
    ]
    assert (
        sum(d.pixels for d in pieces)
        == (whole(town, spec, OutlineOptions()).classes[:80] == 1).sum()
    )
    assert min(d.pixels for d in pieces) < 200


def test_a_town_without_gaps_loses_no_area() -> None:
    spec = make_spec()
    layout = TileLayout.of(spec, batch_size=1)
    town = scene(3, 700, 700, coarse=40, share=1)
    pixels = np.where(town.pixels > 60, 255, 0).astype(np.uint8)
    town = Scene(pixels, town.valid)
    detector = TileDetector(Seeing(), spec, layout)
    pieces = [
        dwelling
        for tile in tiles((700, 700), layout, full=True)
        for dwelling in detector.dwellings(*handed_over(town, tile, layout.margin))
    ]
    covered = (whole(town, spec, OutlineOptions()).classes == 1).sum()
    assert max(d.pixels for d in pieces) > 5000
    assert sum(d.pixels for d in pieces) == covered


def test_masked_pixels_never_change_a_result() -> None:
    spec = make_spec()
    layout = TileLayout.of(spec, batch_size=1)
    town = scene(1, 300, 300, coarse=9, share=0.5)
    tile = Window(layout.side, layout.side, layout.side, layout.side)
    pixels, valid = handed_over(town, tile, layout.margin)
    detector = TileDetector(Seeing(), spec, layout)
    first = detector.classes(pixels, valid)
    for filler in (0, 17, 255):
        spoiled = pixels.copy()
        spoiled[:, ~valid] = filler
        for one, other in zip(first, detector.classes(spoiled, valid), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_tile_without_a_valid_pixel_costs_nothing() -> None:
    spec = make_spec()
    layout = TileLayout.of(spec)
    side = layout.side + 2 * layout.margin
    network = Seeing()
    detector = TileDetector(network, spec, layout)
    empty_tile = np.zeros((1, side, side), np.uint8), np.zeros((side, side), bool)
    classes, scores = detector.classes(*empty_tile)
    assert (classes == 255).all()
    assert (scores == 255).all()
    assert detector.dwellings(*empty_tile) == []
    assert network.calls == 0


def test_neighbouring_tiles_ask_the_network_once_about_each_chip() -> None:
    spec = make_spec()
    layout = TileLayout.of(spec, batch_size=4)
    town = scene(5, 3 * layout.side, 3 * layout.side, coarse=9, share=1)
    network = Seeing()
    detector = TileDetector(network, spec, layout)
    for tile in tiles(town.valid.shape, layout, full=True):
        detector.classes(*handed_over(town, tile, layout.margin))
    plan = TilePlan.of(spec, Shape(*town.valid.shape), fixed=spec.tile_size)
    assert network.calls == len(windows_of(plan))


def test_a_detector_may_be_called_from_several_threads() -> None:
    spec = make_spec(1, SEPARATING)
    layout = TileLayout.of(spec, batch_size=1)
    town = scene(6, 300, 300, coarse=9, share=0.8)
    given_tiles = [
        handed_over(town, t, layout.margin) for t in tiles((300, 300), layout, full=True)
    ]
    alone = TileDetector(Seeing(spec.channels), spec, layout)
    expected = [alone.classes(*t)[0] for t in given_tiles]
    shared = TileDetector(Seeing(spec.channels), spec, layout)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda t: shared.classes(*t)[0], given_tiles))
    for one, other in zip(expected, results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_layout_is_whole_strides_and_sees_enough() -> None:
    spec = replace(make_spec(1, SEPARATING), tile_size=512, overlap=32, multiple=32)
    layout = TileLayout.of(spec)
    assert (layout.chip, layout.stride, layout.side, layout.margin) == (512, 480, 4 * 480, 512)
    assert TileLayout.of(spec, tile_size=256, padding=32, batch_size=7).side == 2 * 192
    assert TileLayout.of(spec, batch_size=0).side == 480
    assert TileLayout.of(spec, batch_size=10**6).side == 17 * 480
    # Of large chips a tile holds fewer, since its margins are as large.
    large = TileLayout.of(spec, tile_size=2048, batch_size=256)
    assert (large.margin, large.side) == (2048, 2 * 2016)
    for tile, padding in ((64, 0), (64, 15), (512, 0), (512, 100)):
        layout = TileLayout.of(spec, tile_size=tile, padding=padding)
        assert layout.reach >= 128
        assert layout.stride >= tile - 2 * padding - 31


@given(st.integers(1, MAX_SIDE // 32), st.floats(0, 1), st.integers(1, 256))
def test_what_a_host_hands_over_at_once_is_bounded(chips: int, share: float, batch: int) -> None:
    side = 32 * chips
    spec = replace(make_spec(1, SEPARATING), tile_size=512, overlap=32, multiple=32)
    padding = int(share * ((side - 1) // 4))
    layout = TileLayout.of(spec, tile_size=side, padding=padding, batch_size=batch)
    assert layout.side + 2 * layout.margin <= 3 * MAX_SIDE


@pytest.mark.parametrize(("overlap", "multiple"), [(33, 32), (31, 32), (15, 1)])
def test_the_padding_of_an_odd_overlap_lays_chips_as_the_whole_raster_has_them(
    overlap: int, multiple: int
) -> None:
    spec = replace(make_spec(), tile_size=96, overlap=overlap, multiple=multiple)
    stride = TilePlan.of(spec, Shape(500, 500), fixed=96).rows.stride
    assert TileLayout.of(spec, padding=overlap // 2).stride == stride


@pytest.mark.parametrize(("tile", "padding"), [(500, 16), (64, 16), (64, 40), (-32, 0)])
def test_a_layout_that_the_network_cannot_take_is_refused(tile: int, padding: int) -> None:
    spec = replace(make_spec(), tile_size=512, overlap=32, multiple=32)
    with pytest.raises(SpecError, match=r"tile size|overlap"):
        TileLayout.of(spec, tile_size=tile, padding=padding)


def test_arrays_that_are_no_tile_are_refused() -> None:
    layout = TileLayout.of(make_spec())
    detector = TileDetector(Seeing(), make_spec(), layout)
    side = 2 * layout.margin
    with pytest.raises(GridError, match="are not a tile with a margin"):
        detector.classes(np.zeros((1, side, side), np.uint8), np.ones((side, side), bool))
    with pytest.raises(GridError, match="are not a tile with a margin"):
        detector.classes(np.zeros((1, side, side + 9), np.uint8), np.ones((side + 9, side), bool))


def test_what_is_remembered_is_bounded_and_right() -> None:
    network = Seeing()
    chip = np.zeros((1, 8, 8), np.float32).nbytes
    predictor = CachedPredictor(network, memory=3 * chip)
    chips = np.random.default_rng(0).random((5, 1, 8, 8)).astype(np.float32)
    expected = Seeing().predict(chips)
    for order in ([0, 1, 2, 3, 4], [4, 3], [0, 0], [2, 2, 1]):
        np.testing.assert_array_equal(predictor.predict(chips[order]), expected[order])
    # 5, then none, then one (twice asked for), then 2 and 1: of 3 that are kept 4, 3 and 0.
    assert network.calls == 5 + 0 + 1 + 2
    wide = np.zeros((1, 1, 4, 16), np.float32)
    tall = np.zeros((1, 1, 16, 4), np.float32)
    assert predictor.predict(wide).shape == wide.shape
    assert predictor.predict(tall).shape == tall.shape
