"""Protocols for what the engine needs from outside.

Files, GPUs, user interfaces and clusters are adapters that satisfy one of these; the engine
never names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .grid import Grid, Window


class RasterSource(Protocol):
    """Port of pixels on a grid. ``read`` is called from one thread at a time."""

    @property
    def grid(self) -> Grid:
        """Grid of the pixels."""

    def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """Read the pixels of a window that lies in the grid.

        Returns:
            Pixels (bands, height, width) in the raster's dtype, and a mask (height, width),
            True where the pixel is valid in every band.

        Raises:
            RasterError: The pixels cannot be read.
        """


class Predictor(Protocol):
    """Port of a model. ``predict`` may be called from ``workers`` threads at once."""

    @property
    def workers(self) -> int:
        """Number of threads that can call ``predict`` at once, at least 1."""

    @property
    def batch_size(self) -> int:
        """Number of chips per call, at least 1."""

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute probabilities of normalised chips.

        Args:
            batch: (n, bands, height, width) float32, normalised as the model's spec says.

        Returns:
            (n, spec.channels, height, width) float32 in [0, 1]: the classes, then, where the
            model tells touching dwellings apart, the channel of its separation.

        Raises:
            PredictorError: The model cannot be run.
        """


class FixedPredictor(Predictor, Protocol):
    """Port of a model that may take chips of one side only."""

    @property
    def fixed_size(self) -> Optional[int]:
        """Side in pixels, or None."""


class MosaicSink(Protocol):
    """Port that receives finished parts of the result, each pixel exactly once, from one thread."""

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Write the finished part of the result in a window of the grid.

        Args:
            window: Window of the part in the grid.
            scores: (spec.channels, height, width) uint8; see
                ``camp_detector_core.engine.scores``.
            classes: (height, width) uint8: 0 background, 255 nodata, else a class; touching
                dwellings are parted where the model tells them apart.

        Raises:
            OutputError: It cannot be stored.
        """


class Progress(Protocol):
    """Port that receives progress, and says if the user has cancelled."""

    def update(self, done: int, total: int) -> None:
        """Report ``done`` of ``total`` units of work."""

    def cancelled(self) -> bool:
        """True if the user wants to stop."""
