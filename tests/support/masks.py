"""Class rasters and partitions of them, drawn by Hypothesis; and how polygons are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from camp_detector_core.engine.grid import Shape, Window
from camp_detector_core.engine.polygons.components import label_values
from camp_detector_core.engine.polygons.vectorise import Dwelling, Linker, trace_block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from camp_detector_core.engine.tiling.plan import TilePlan

NODATA = 255


@st.composite
def class_rasters(draw: st.DrawFn, side: int = 40, classes: int = 3) -> NDArray[np.uint8]:
    """Rasters of background, some classes and nodata, from single pixels to coarse patches."""
    height, width = draw(st.integers(1, side)), draw(st.integers(1, side))
    if height * width <= 30:  # small enough for Hypothesis to choose, and to shrink, each pixel
        values = st.sampled_from([0, *range(1, classes + 1), NODATA])
        pixels = draw(st.lists(values, min_size=height * width, max_size=height * width))
        return np.array(pixels, np.uint8).reshape(height, width)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grain = draw(st.sampled_from([1, 1, 2, 3, 5]))
    coarse = (height // grain + 1, width // grain + 1)
    patches = rng.integers(1, draw(st.integers(1, classes)) + 1, coarse)
    patches[rng.random(coarse) >= draw(st.floats(0.1, 0.95))] = 0
    patches[rng.random(coarse) < draw(st.sampled_from([0, 0, 0.1]))] = NODATA
    raster = patches.repeat(grain, axis=0).repeat(grain, axis=1)[:height, :width]
    return raster.astype(np.uint8)


@st.composite
def blobs(draw: st.DrawFn, side: int = 48) -> NDArray[np.uint8]:
    """Masks of 0 and 1 with smooth or ragged regions, some with holes, as a network gives them."""
    height, width = draw(st.integers(2, side)), draw(st.integers(2, side))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    waves = np.fft.rfft2(rng.normal(size=(height, width)))
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    waves *= np.exp(-(fy**2 + fx**2) * draw(st.sampled_from([0.0, 2.0, 20.0, 60.0])))
    field = np.fft.irfft2(waves, s=(height, width))
    return (field > np.quantile(field, draw(st.floats(0.2, 0.8)))).astype(np.uint8)


@st.composite
def partitions(draw: st.DrawFn, shape: tuple[int, int]) -> list[Window]:
    """Windows that cover a grid without overlap, ragged and in any order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    parts = [Window(0, 0, *shape)]
    for _ in range(draw(st.integers(0, 12))):
        window = parts.pop(int(rng.integers(len(parts))))
        parts += cut(window, rng)
    return [parts[i] for i in rng.permutation(len(parts))]


def cut(window: Window, rng: np.random.Generator) -> list[Window]:
    """A window in two, along a row or a column, if it can be cut so."""
    row, col, height, width = window.row, window.col, window.height, window.width
    if rng.random() < 0.5 and height > 1:
        at = int(rng.integers(1, height))
        return [Window(row, col, at, width), Window(row + at, col, height - at, width)]
    if width > 1:
        at = int(rng.integers(1, width))
        return [Window(row, col, height, at), Window(row, col + at, height, width - at)]
    return [window]


def tiles(shape: tuple[int, int], height: int, width: int) -> list[Window]:
    """A regular partition, row by row."""
    return [
        Window(row, col, min(height, shape[0] - row), min(width, shape[1] - col))
        for row in range(0, shape[0], height)
        for col in range(0, shape[1], width)
    ]


def windows_of(plan: TilePlan, block: Window | None = None) -> list[Window]:
    """All chips of a plan that touch a block, row by row."""
    whole = Window(0, 0, *plan.shape)
    return [window for row in plan.window_rows(block or whole) for window in row]


def ring_area(ring: NDArray[np.float64]) -> float:
    """Signed area of a closed ring (n, 2), negative if counter-clockwise on the screen."""
    x, y = (ring - ring[0]).T
    return float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) / 2


def area_of(dwelling: Dwelling) -> float:
    """Area of the polygon in pixels: the exterior's minus the holes'."""
    return abs(ring_area(dwelling.exterior)) - sum(abs(ring_area(h)) for h in dwelling.holes)


def label(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Numbers of the 4-connected regions of a mask, 0 outside, and their count."""
    labels = label_values(mask.astype(np.uint8))
    return labels, int(labels.max(initial=0))


def scores_for(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Some score for each pixel."""
    return np.random.default_rng(classes.size).integers(0, 255, classes.shape).astype(np.uint8)


def dwellings_in(classes: NDArray[np.uint8], windows: Iterable[Window] = ()) -> list[Dwelling]:
    """The dwellings of a raster traced in blocks, or whole."""
    shape = Shape(*classes.shape)
    scores = scores_for(classes)
    linker, out = Linker(shape), []
    for window in windows or [Window(0, 0, *shape)]:
        part = classes[window.slices], scores[window.slices]
        out += linker.add(trace_block(window, *part, shape))
    return out + linker.finish()


def content(dwelling: Dwelling) -> tuple:
    """Everything about a dwelling, bit for bit, to compare and to sort by."""
    rings = tuple(tuple(map(tuple, r)) for r in (dwelling.exterior, *dwelling.holes))
    return dwelling.class_value, rings, dwelling.pixels, dwelling.score_sum
