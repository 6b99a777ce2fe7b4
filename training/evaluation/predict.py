"""Runs a model over labelled areas, with the engine's own loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch

from camp_detector_core.engine.grid import Grid, Shape, Transform, Window
from camp_detector_core.engine.scores import NODATA_SCORE
from camp_detector_core.engine.spec import ClassDef
from camp_detector_core.engine.tiling.detect import detect
from camp_detector_core.engine.tiling.host_tiles import ArraySource
from training.data.geometry import resample

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from camp_detector_core.engine.ports import Predictor
    from camp_detector_core.engine.spec import ModelSpec
    from training.data.mosaic import ChipArea


class NetworkPredictor:
    """A network that gives logits, as the engine's `Predictor`."""

    workers = 1
    batch_size = 4

    def __init__(self, network: nn.Module) -> None:
        """Take a network; it is put into evaluation mode."""
        self._network = network.eval()
        self._device = next(network.parameters()).device

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities (n, classes, height, width) of normalised chips."""
        with torch.inference_mode():
            chips = torch.from_numpy(batch).to(self._device)
            out: NDArray[np.float32] = torch.sigmoid(self._network(chips).float()).cpu().numpy()
        return out


@dataclass(frozen=True)
class Prediction:
    """A model's scores beside the truth, on the model's pixels."""

    area: ChipArea
    grid: Grid
    pixels: NDArray[np.float32]
    """(bands, height, width) raw values."""
    scores: NDArray[np.uint8]
    """(spec.channels, height, width), 255 where not valid."""
    targets: NDArray[np.bool_]
    """(classes, height, width)."""
    is_certain: NDArray[np.bool_]
    """(height, width), True where the class of a pixel counts."""

    @cached_property
    def class_scores(self) -> NDArray[np.uint8]:
        """(classes, height, width) scores of the pixels that count, 255 for others."""
        scores = self.scores[: len(self.targets)].copy()
        scores[:, ~self.is_certain] = NODATA_SCORE
        return scores

    def places(self) -> list[tuple[str, Window]]:
        """Return the name of each chip and its window on the model's pixels."""
        down = self.grid.shape.height / self.area.shape.height
        across = self.grid.shape.width / self.area.shape.width
        out = []
        for chip, piece in zip(self.area.chips, self.area.pieces, strict=True):
            row, col = round(piece.row * down), round(piece.col * across)
            stop_row, stop_col = round(piece.stop_row * down), round(piece.stop_col * across)
            out.append(
                (chip.name, Window(row, col, max(1, stop_row - row), max(1, stop_col - col)))
            )
        return out


class Sheet:
    """Keeps all scores, as the engine's `MosaicSink`."""

    def __init__(self, channels: int, shape: Shape) -> None:
        """Make room for (channels, height, width)."""
        self.scores = np.zeros((channels, *shape), np.uint8)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Store the scores of a window."""
        del classes
        rows, cols = window.slices
        self.scores[:, rows, cols] = scores[: len(self.scores)]


def predict_area(
    area: ChipArea, predictor: Predictor, spec: ModelSpec, *, further: int = 0
) -> Prediction:
    """Run a model over an area.

    Args:
        area: Labelled chips, with all their labels in the spec's classes.
        predictor: The model.
        spec: Its description.
        further: Number of channels that the predictor gives after those of the spec.

    Raises:
        RasterError: A chip cannot be read.
        PredictorError: The model fails.
    """
    shape = Shape(
        *(
            max(1, round(n * g / spec.gsd))
            for n, g in zip(area.shape, (area.gsd[1], area.gsd[0]), strict=True)
        )
    )
    piece = resample(area, shape, values=tuple(c.value for c in spec.classes))
    pixels, valid = piece.pixels.numpy(), piece.valid.numpy()
    source = ArraySource(_scaled(area, shape), pixels, valid)
    spec = _with_channels(spec, further)
    sheet = Sheet(spec.channels, shape)
    detect(source, predictor, spec, [sheet])
    targets = piece.targets.numpy() > 0
    return Prediction(area, source.grid, pixels, sheet.scores, targets, piece.is_certain.numpy())


def _with_channels(spec: ModelSpec, further: int) -> ModelSpec:
    """Return a spec with channels that are blended as those of classes, and mark no class."""
    values = {c.value for c in spec.classes}
    spare = (value for value in range(1, NODATA_SCORE) if value not in values)
    channels = [ClassDef(value, f"channel_{value}", "#000000") for value in islice(spare, further)]
    return replace(spec, classes=(*spec.classes, *channels)) if further else spec


def _scaled(area: ChipArea, shape: Shape) -> Grid:
    """The area's grid with another number of pixels on the same ground."""
    grid = area.grid
    if grid is None:
        return Grid(shape, Transform(area.gsd[0], 0.0, 0.0, 0.0, -area.gsd[1], 0.0), None)
    down, across = area.shape.height / shape.height, area.shape.width / shape.width
    t = grid.transform
    scaled = Transform(t.a * across, t.b * down, t.c, t.d * across, t.e * down, t.f)
    return replace(grid, shape=shape, transform=scaled)
