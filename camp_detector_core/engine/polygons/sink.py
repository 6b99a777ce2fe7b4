"""Sink that turns strips of classes into dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..grid import Window
from .outline import refine_all
from .vectorise import Linker, trace_block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..grid import Shape
    from ..spec import ModelSpec
    from .dwelling import Dwelling
    from .outline import OutlineOptions

_OUTLINE_BATCH = 256
"""Number of dwellings whose outlines are redrawn together, during the inference of later strips."""


class PolygonSink:
    """Sink that traces the outlines of dwellings in each strip and links them across strips."""

    def __init__(self, shape: Shape, spec: ModelSpec, outlines: OutlineOptions) -> None:
        """Start without dwellings."""
        self._shape = shape
        self._count = len(spec.classes)
        self._outlines = outlines
        self._linker = Linker(shape)
        self._pending: list[Dwelling] = []
        self._dwellings: list[tuple[float, float, Dwelling]] = []

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Trace a strip of classes (height, width) and store complete dwellings."""
        likeliest = scores[: self._count].max(axis=0)
        fragment = trace_block(window, classes, likeliest, self._shape)
        min_pixels = self._outlines.min_pixels
        self._pending += [d for d in self._linker.add(fragment) if d.pixels >= min_pixels]
        if len(self._pending) >= _OUTLINE_BATCH:
            self._refine()

    def finish(self) -> list[Dwelling]:
        """Return all dwellings in reading order, however the strips came.

        Raises:
            GridError: Strips are missing.
        """
        self._linker.finish()
        self._refine()
        self._dwellings.sort(key=lambda item: item[:2])
        return [dwelling for _, _, dwelling in self._dwellings]

    def _refine(self) -> None:
        """Redraw the pending outlines; many at a time are much faster."""
        exact, self._pending = self._pending, []
        frame = Window(0, 0, *self._shape)
        for old, new in zip(exact, refine_all(exact, self._outlines, frame)):
            col, row = old.exterior[0]
            self._dwellings.append((float(row), float(col), new))
