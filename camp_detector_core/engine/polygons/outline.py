"""Outlines for maps: no specks, few corners, right angles for rectangular roofs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Sequence

import numpy as np

from ..errors import SpecError
from ..sequences import offsets_of, ragged
from .dwelling import Dwelling
from .outline_repair import redraw
from .rings import Rings, first_largest
from .simplify import Frames
from .square import rectangles

if TYPE_CHECKING:
    from ..grid import Window

_BATCH = 4096
"""Number of dwellings processed at a time."""


@dataclass(frozen=True)
class OutlineOptions:
    """Options for redrawing outlines.

    Raises:
        SpecError: A number is negative or not finite.
    """

    tolerance: float = 0.0
    """Largest distance between new outline and pixel outline, in either direction, in pixels (the
    Hausdorff distance); 0 keeps the pixel outline."""
    square: bool = False
    """True to turn outlines that are nearly rectangles into rectangles; see `square.MIN_IOU`."""
    min_pixels: float = 0.0
    """Smallest region in pixels; smaller ones are dropped."""

    def __post_init__(self) -> None:
        """Refuse impossible distances and sizes."""
        for name, value in (("tolerance", self.tolerance), ("min_pixels", self.min_pixels)):
            if not (math.isfinite(value) and value >= 0):
                msg = f"{name} must be 0 or more, got {value}"
                raise SpecError(msg)


def refine_all(
    dwellings: Sequence[Dwelling], options: OutlineOptions, frame: Optional[Window] = None
) -> list[Dwelling]:
    """Redraw the outlines of dwellings independently of each other.

    The result does not depend on which dwellings are handed over together. Polygons stay valid:
    where a new outline would meet itself or lose its place more corners are kept there. Areas stay
    what they are, up to rounding. Orientation and starting corner of the rings are those of
    `Dwelling`.

    Args:
        dwellings: Dwellings with pixel outlines, from `Linker`.
        options: Options for redrawing.
        frame: Pixels that outlines do not leave, as those of the raster; they lie in it.

    Returns:
        The dwellings that are large enough, in the same order.
    """
    large = [dwelling for dwelling in dwellings if dwelling.pixels >= options.min_pixels]
    if not options.tolerance and not options.square:
        return large
    redrawn: list[Dwelling] = []
    for start in range(0, len(large), _BATCH):
        redrawn += _redraw(large[start : start + _BATCH], options, frame)
    return redrawn


def _redraw(
    dwellings: list[Dwelling], options: OutlineOptions, frame: Optional[Window]
) -> list[Dwelling]:
    exact = _rings_of(dwellings)
    frames = _frames(frame, dwellings, exact)
    new = redraw(exact, options.tolerance, frames) if options.tolerance else exact
    if options.square:
        new = new.replaced(*rectangles(exact, frames))
    return _with_outlines(dwellings, new)


def _frames(frame: Optional[Window], dwellings: list[Dwelling], exact: Rings) -> Frames:
    """Compute the sides of the frame in the pixels of each ring, infinite without a frame."""
    x, y = np.array([dwelling.exterior[0] for dwelling in dwellings])[exact.owner].T
    if frame is None:
        infinite = np.full(len(x), math.inf)
        return Frames(-infinite, -infinite, infinite, infinite)
    return Frames(frame.col - x, frame.row - y, frame.stop_col - x, frame.stop_row - y)


def _rings_of(dwellings: list[Dwelling]) -> Rings:
    rings = [ring for dwelling in dwellings for ring in (dwelling.exterior, *dwelling.holes)]
    lengths = np.array([len(ring) for ring in rings]) - 1
    counts = np.array([1 + len(dwelling.holes) for dwelling in dwellings])
    offsets = offsets_of(lengths)
    points = np.concatenate(rings)[ragged(offsets[:-1] + np.arange(len(lengths)), lengths)]
    x, y = points.T.copy()
    return _by_origin(Rings(x, y, offsets, np.repeat(np.arange(len(dwellings)), counts)), dwellings)


def _by_origin(rings: Rings, dwellings: list[Dwelling], sign: int = -1) -> Rings:
    """Shift rings to the origin of their dwelling, or, with a sign of 1, back.

    So a dwelling is redrawn the same wherever it lies; corners of pixels are whole numbers, which
    lose nothing by it.
    """
    origin = np.array([dwelling.exterior[0] for dwelling in dwellings])
    shift = sign * origin[np.repeat(rings.owner, rings.lengths)]
    return rings._replace(x=rings.x + shift[:, 0], y=rings.y + shift[:, 1])


def _with_outlines(dwellings: list[Dwelling], rings: Rings) -> list[Dwelling]:
    """Return the dwellings with new rings that begin at their smallest (row, col)."""
    rings = _by_origin(rings, dwellings, sign=1)
    lengths = rings.lengths
    top = np.repeat(np.minimum.reduceat(rings.y, rings.begin), lengths)
    start = first_largest(np.where(rings.y == top, -rings.x, -np.inf), rings.offsets)
    rings = rings.rotated(start - rings.begin)
    corner = ragged(rings.begin, lengths + 1)
    bounds = offsets_of(lengths + 1)
    corner[bounds[1:] - 1] = rings.begin
    points = np.column_stack((rings.x[corner], rings.y[corner]))
    edges = bounds.tolist()
    outlines = iter([points[a:b] for a, b in zip(edges, edges[1:])])
    return [
        Dwelling(
            next(outlines),
            tuple(next(outlines) for _ in d.holes),
            d.class_value,
            d.pixels,
            d.score_sum,
        )
        for d in dwellings
    ]
