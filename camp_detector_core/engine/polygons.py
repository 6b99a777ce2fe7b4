"""The sink that turns strips of classes into dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .grid import Window
from .outline import refine_all
from .vectorise import Linker, trace_block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .dwelling import Dwelling
    from .grid import Shape
    from .outline import OutlineOptions
    from .spec import ModelSpec

_OUTLINE_BATCH = 256
"""Dwellings whose outlines are redrawn together, beside the inference of the next strips."""


class PolygonSink:
    """Traces the outlines of dwellings in each strip and links them across strips."""

    def __init__(self, shape: Shape, spec: ModelSpec, outlines: OutlineOptions) -> None:
        """Start with no dwelling."""
        self._shape = shape
        self._count = len(spec.classes)
        self._outlines = outlines
        self._linker = Linker(shape)
        self._waiting: list[Dwelling] = []
        self._found: list[tuple[float, float, Dwelling]] = []

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Trace a strip of classes (height, width) and keep what is complete."""
        likeliest = scores[: self._count].max(axis=0)
        fragment = trace_block(window, classes, likeliest, self._shape)
        least = self._outlines.min_pixels
        self._waiting += [d for d in self._linker.add(fragment) if d.pixels >= least]
        if len(self._waiting) >= _OUTLINE_BATCH:
            self._refine()

    def finish(self) -> list[Dwelling]:
        """All dwellings in reading order, however the strips came.

        Raises:
            GridError: Strips are missing.
        """
        self._linker.finish()
        self._refine()
        self._found.sort(key=lambda item: item[:2])
        return [dwelling for _, _, dwelling in self._found]

    def _refine(self) -> None:
        """Redraw the outlines that wait; many at a time are done much faster."""
        exact, self._waiting = self._waiting, []
        frame = Window(0, 0, *self._shape)
        for before, after in zip(exact, refine_all(exact, self._outlines, frame)):
            col, row = before.exterior[0]
            self._found.append((float(row), float(col), after))
