"""Detection in tiles that a host cuts and passes one by one, without their position.

ArcGIS Pro gives a raster function square tiles with a margin, in any order, from several threads or
processes, and does not tell the one that makes polygons the position of a tile. What makes the
results equal those of `detect` over the whole raster is that all is laid on one lattice: tiles are
whole numbers of strides, so each sees the same chips around it that the raster has there; and each
dwelling is given by exactly one tile, the one that holds the middle of its bounding box. Whether a
dwelling is given so, or in pieces because it is too large for that, shows to all tiles alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Optional

import numpy as np

from ..errors import GridError
from ..grid import Grid, Shape, Transform, Window
from ..instances import halo_of
from ..polygons.components import label_runs
from ..polygons.outline import OutlineOptions, refine_all
from ..polygons.vectorise import Linker, trace_block
from ..scores import NODATA_SCORE
from .augment import AugmentedPredictor
from .cache import CachedPredictor
from .detect import detect
from .plan import Axis, TilePlan, stride_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..polygons.dwelling import Dwelling
    from ..ports import Predictor
    from ..prepare import Stretch
    from ..spec import ModelSpec

_REACH = 128
"""Least reach in pixels into a neighbouring tile at which a dwelling is still whole."""
_MAX_BLOCK = 9216
"""Largest side of a tile with margins that holds more than one chip a side, pixels: 255 MB of
three bands of 8 bits."""


@dataclass(frozen=True)
class TileLayout:
    """Layout of a host's tiles and the chips in them; made by `TileLayout.of`."""

    chip: int
    """Side of the chips that the network takes, pixels."""
    stride: int
    """Pixels from the start of a chip to the start of the next."""
    chips_before: int
    """Number of chips above and to the left of a tile."""
    chips_after: int
    """Number of chips below and to the right of a tile's own."""
    reach: int
    """Pixels around a tile with known classes; a dwelling that reaches further is cut."""
    margin: int
    """Pixels that the host must add on each side of a tile."""
    side: int
    """Height and width of a tile without margin, a whole number of strides."""

    @classmethod
    def of(
        cls,
        spec: ModelSpec,
        *,
        tile_size: Optional[int] = None,
        padding: Optional[int] = None,
        batch_size: int = 16,
    ) -> TileLayout:
        """Lay out tiles for a model.

        Args:
            spec: The model.
            tile_size: Side of the chips; default: the model's.
            padding: Pixels on each side of a chip that count less because the network sees too
                little around them; neighbouring chips share twice as many. Default: half of the
                model's overlap.
            batch_size: Number of chips that a tile should hold; the largest square below is taken.

        Raises:
            SpecError: A chip that the network cannot take, or a padding that leaves nothing of it.
        """
        # Half of an odd overlap is no whole number: the model's own padding is its own overlap.
        overlap = spec.overlap
        if padding is not None and padding != spec.overlap // 2:
            overlap = 2 * padding
        chip_spec = replace(spec, tile_size=tile_size or spec.tile_size, overlap=overlap)
        chip = chip_spec.tile_size
        stride = stride_of(chip, overlap=overlap, multiple=spec.multiple)
        overlap_pixels, halo = chip - stride, halo_of(spec)
        chips_before = math.ceil((halo + _REACH + overlap_pixels) / stride)
        chips_after = math.ceil((halo + _REACH) / stride)
        margin = max(chips_before * stride, (chips_after - 1) * stride + chip)
        max_strides = max(1, (_MAX_BLOCK - 2 * margin) // stride)
        return cls(
            chip=chip,
            stride=stride,
            chips_before=chips_before,
            chips_after=chips_after,
            reach=min(chips_before * stride - overlap_pixels, chips_after * stride) - halo,
            margin=margin,
            side=min(max_strides, max(1, math.isqrt(max(1, batch_size)))) * stride,
        )

    def axis(self, length: int) -> Axis:
        """Lay out the chips along one axis of a tile; the first begins before the tile."""
        count = self.chips_before + math.ceil(length / self.stride) + self.chips_after
        covered = self.chips_before * self.stride + length + self.margin
        return Axis(
            min(covered, (count - 1) * self.stride + self.chip), self.chip, self.stride, count
        )


class TileDetector:
    """Detector for single tiles; may be called from several threads."""

    def __init__(  # noqa: PLR0913 - what a host knows of model, tiles and the user's choices
        self,
        predictor: Predictor,
        spec: ModelSpec,
        layout: TileLayout,
        *,
        stretch: Optional[Stretch] = None,
        outlines: Optional[OutlineOptions] = None,
        tta: bool = False,
    ) -> None:
        """Set what stays the same for all tiles.

        Args:
            predictor: The model.
            spec: Its description with the user's threshold.
            layout: The tiles, for the same spec.
            stretch: Stretch of raw values in place of the model's scale.
            outlines: Options for redrawing outlines; default: exact pixel edges.
            tta: Average over the flips and turns of each chip.
        """
        self._predictor = CachedPredictor(AugmentedPredictor(predictor) if tta else predictor)
        self._spec = spec
        self._layout = layout
        self._stretch = stretch
        outlines = outlines or OutlineOptions()
        # Judged before a dwelling is cut into pieces, of which each may be small.
        self._min_pixels = outlines.min_pixels
        self._outlines = replace(outlines, min_pixels=0.0)

    def classes(
        self, pixels: NDArray[np.generic], valid: NDArray[np.bool_]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Compute classes and scores of a tile.

        Args:
            pixels: (bands, height + 2 margin, width + 2 margin) raw values.
            valid: (height + 2 margin, width + 2 margin), True where the raster has a valid pixel.

        Returns:
            Classes (height, width) uint8: 0 background, 255 nodata, else a class; and scores
            (spec.channels, height, width) uint8, see ``scores``.

        Raises:
            GridError: The arrays are not a tile with its margin.
            PredictorError: The model cannot be run.
        """
        result = self._run_model(pixels, valid)
        rows, cols = result.tile.slices
        return result.classes[rows, cols], result.scores[:, rows, cols]

    def dwellings(self, pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> list[Dwelling]:
        """Find the dwellings whose middle lies in a tile, complete even if they reach out of it.

        A dwelling that some tile with a part of it cannot see whole is returned in pieces: by each
        tile the part that it holds, however small, if as much as the tile sees of the whole is
        large enough.

        Args:
            pixels: (bands, height + 2 margin, width + 2 margin) raw values.
            valid: (height + 2 margin, width + 2 margin), True where the raster has a valid pixel.

        Returns:
            In reading order, in pixels of the tile without its margin; coordinates may lie outside.

        Raises:
            GridError: The arrays are not a tile with its margin.
            PredictorError: The model cannot be run.
        """
        result = self._run_model(pixels, valid)
        view = _View(result, self._layout)
        dwellings = view.dwellings(len(self._spec.classes), self._min_pixels)
        order = [d.exterior[0, ::-1].tolist() for part in dwellings for d in part]
        new = [
            dwelling
            for part, frame in zip(dwellings, (view.frame, view.frame.intersection(view.tile)))
            for dwelling in refine_all(part, self._outlines, frame)
        ]
        ranks = sorted(range(len(new)), key=order.__getitem__)
        return [_move(new[i], view.zone, result.tile) for i in ranks]

    def _run_model(self, pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> _TileResult:
        """Run the model over a tile and the margin that it depends on."""
        margin = self._layout.margin
        height, width = (n - 2 * margin for n in valid.shape)
        if pixels.shape[1:] != valid.shape or min(height, width) < 1:
            msg = (
                f"pixels {pixels.shape} and mask {valid.shape} are not a tile with a margin of "
                f"{margin} pixels on each side"
            )
            raise GridError(msg)
        plan = TilePlan(self._layout.axis(height), self._layout.axis(width))
        first = margin - self._layout.chips_before * self._layout.stride
        rows, cols = (slice(first, first + n) for n in plan.shape)
        sink = _Sink(self._spec.channels, plan.shape)
        if valid[rows, cols].any():
            nowhere = Grid(plan.shape, Transform(1, 0, 0, 0, -1, 0), None)
            detect(
                ArraySource(nowhere, pixels[:, rows, cols], valid[rows, cols]),
                self._predictor,
                self._spec,
                [sink],
                plan=plan,
                stretch=self._stretch,
            )
        tile = Window(margin - first, margin - first, height, width)
        return _TileResult(tile, sink.scores, sink.classes)


class _TileResult(NamedTuple):
    """Scores and classes of a tile and its surroundings."""

    tile: Window
    """Window of the tile in the arrays."""
    scores: NDArray[np.uint8]
    classes: NDArray[np.uint8]


@dataclass(frozen=True)
class ArraySource:
    """Source of pixels in memory; see `RasterSource`."""

    grid: Grid
    _pixels: NDArray[np.generic]
    """Pixels (bands, height, width)."""
    _valid: NDArray[np.bool_]
    """Validity (height, width), True where the pixel is valid in every band."""

    def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """Read the pixels of a window; see the port."""
        rows, cols = window.slices
        return self._pixels[:, rows, cols], self._valid[rows, cols]


class _Sink:
    """Sink into memory, NoData until something is written."""

    def __init__(self, channels: int, shape: Shape) -> None:
        self.scores = np.full((channels, *shape), NODATA_SCORE, np.uint8)
        self.classes = np.full(shape, NODATA_SCORE, np.uint8)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        rows, cols = window.slices
        self.scores[:, rows, cols] = scores
        self.classes[rows, cols] = classes


class _Box(NamedTuple):
    """Rows and columns that a dwelling covers, the last ones excluded."""

    row: int
    col: int
    stop_row: int
    stop_col: int

    @classmethod
    def of(cls, dwelling: Dwelling) -> _Box:
        left, top = dwelling.exterior.min(axis=0)
        right, bottom = dwelling.exterior.max(axis=0)
        return cls(int(top), int(left), int(bottom), int(right))


class _View:
    """Tile with its known surroundings, which assigns each dwelling to one tile."""

    def __init__(self, result: _TileResult, layout: TileLayout) -> None:
        self._result = result
        self._layout = layout
        tile, reach = result.tile, layout.reach
        self.zone = Window(
            tile.row - reach, tile.col - reach, tile.height + 2 * reach, tile.width + 2 * reach
        )
        """Window of the view in the arrays."""
        self.tile = Window(reach, reach, tile.height, tile.width)
        """Window of the tile in the view."""

    @property
    def frame(self) -> Window:
        """Window of the view with valid pixels, which is the raster's extent at its border.

        If ground without pixels fills the view up to its end, it cannot be told from what lies
        beyond the raster, and outlines leave neither.
        """
        valid = self._result.classes[self.zone.slices] != NODATA_SCORE
        rows, cols = (np.flatnonzero(valid.any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return Window(0, 0, *self.zone.shape)
        row, col = int(rows[0]), int(cols[0])
        return Window(row, col, int(rows[-1]) + 1 - row, int(cols[-1]) + 1 - col)

    def dwellings(self, classes: int, min_pixels: float) -> tuple[list[Dwelling], list[Dwelling]]:
        """Find this tile's dwellings of enough pixels, in pixels of the view.

        Returns:
            Complete dwellings, and pieces of others, which do not leave the tile.
        """
        own_dwellings, large = [], []
        for dwelling in self._traced(self.zone, classes):
            if dwelling.pixels < min_pixels:
                continue
            box = _Box.of(dwelling)
            if not self._is_seen_by_all(box):
                large.append(dwelling)
            elif self._holds_middle(box):
                own_dwellings.append(dwelling)
        return own_dwellings, self._pieces(large, classes) if large else []

    def _traced(self, part: Window, classes: int) -> list[Dwelling]:
        rows, cols = part.slices
        likeliest = self._result.scores[:classes, rows, cols].max(axis=0)
        shape = Shape(*part.shape)
        fragment = trace_block(
            Window(0, 0, *shape), self._result.classes[rows, cols], likeliest, shape
        )
        return Linker(shape).add(fragment)

    def _is_seen_by_all(self, box: _Box) -> bool:
        """Test if each tile that a dwelling's box touches, this one included, sees it whole."""
        side, reach = self._layout.side, self._layout.reach

        def is_seen(start: int, stop: int, length: int) -> bool:
            first, last = (start - reach) // side, (stop - 1 - reach) // side
            is_inside = start > 0 and stop < length
            return is_inside and start > last * side and stop < (first + 1) * side + 2 * reach

        height, width = self.zone.shape
        return is_seen(box.row, box.stop_row, height) and is_seen(box.col, box.stop_col, width)

    def _holds_middle(self, box: _Box) -> bool:
        """Test if the middle lies in the half-open tile, so that one neighbour alone holds it."""
        row = (box.row + box.stop_row) // 2 - self._layout.reach
        col = (box.col + box.stop_col) // 2 - self._layout.reach
        return 0 <= row < self._result.tile.height and 0 <= col < self._result.tile.width

    def _pieces(self, large: list[Dwelling], classes: int) -> list[Dwelling]:
        """Find the parts of some dwellings that lie within the tile."""
        tile, zone = self._result.tile, self.zone
        rows, cols = zone.slices
        runs = label_runs(self._result.classes[rows, cols])
        labels = set(runs.labels_at(*_first_pixels(large)).tolist())
        pieces = [_move(d, tile, zone) for d in self._traced(tile, classes)]
        piece_labels = runs.labels_at(*_first_pixels(pieces))
        return [piece for piece, label in zip(pieces, piece_labels.tolist()) if label in labels]


def _first_pixels(dwellings: list[Dwelling]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of the pixel below and to the right of each exterior's first corner."""
    corners = np.array([d.exterior[0] for d in dwellings], np.intp).reshape(-1, 2)
    return corners[:, 1], corners[:, 0]


def _move(dwelling: Dwelling, source: Window, target: Window) -> Dwelling:
    """Move a dwelling from the pixels of one window to those of another."""
    shift = np.array((source.col - target.col, source.row - target.row), np.float64)
    return replace(
        dwelling,
        exterior=dwelling.exterior + shift,
        holes=tuple(hole + shift for hole in dwelling.holes),
    )
