"""The reviewed area of an export, and the dwellings in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..engine.counts import counted
from ..engine.errors import RasterError
from ..engine.limits import FEW_DWELLINGS, LEAST_DWELLINGS, MOST_TAUGHT_PIXELS
from ..engine.messages import Message
from .cover import ReviewedGround, cover_of
from .features import PlacedLayer, Polygon, place_layer

if TYPE_CHECKING:
    from ..engine.grid import Grid
    from .request import ExportRequest
    from .source import OpenSource
    from .tools import Tools

    Bounds = tuple[float, float, float, float]

_MOST_PIXELS = 1_000_000_000
"""Largest image, pixels: some gigabytes."""
_GSD = 0.2
"""Metres a pixel of most models."""
_LARGE = MOST_TAUGHT_PIXELS * _GSD**2 / 1e4
"""Hectares of the rectangle around the area from which a warning is due."""
_STEP = 2.0
"""Distance in pixels of the points that tell if an outline lies in the area."""


@dataclass(frozen=True)
class Review:
    """The reviewed area and its dwellings, in the CRS of the image."""

    area: list[Polygon]
    dwellings: list[Polygon]
    """Dwellings that lie in the area or touch it."""
    inside: int
    """Dwellings that lie in it as a whole."""
    beyond: int
    """Dwellings that are left out, since they lie beyond it."""
    ground: ReviewedGround
    warnings: tuple[Message, ...]


def review(request: ExportRequest, imagery: OpenSource, tools: Tools) -> Review:
    """Place dwellings and area, and restrict the source to the area with a margin.

    Raises:
        RasterError: Dwellings or area cannot be read, or lie beside the image or each other; the
            area is too large.
    """
    source, warnings = imagery.source, []
    grid = source.grid
    image, crs_wkt = _bounds_of(grid), str(grid.crs_wkt)
    layer = place_layer(request.dwellings, crs_wkt, tools.writer, tools.look)
    warnings += _sentences(layer.tally.sentence(layer.name))
    if not any(_meets(p.bounds, image) for p in layer.polygons):
        msg = (
            f"no dwelling of {layer.name} lies on {imagery.name}: look at the coordinate systems "
            "of both"
        )
        raise RasterError(msg)
    area, notes = _area_of(request, layer, imagery, tools)
    warnings += notes
    step = _STEP * max(abs(grid.transform.a), abs(grid.transform.e))
    cover = cover_of(layer.polygons, area, image, step, tools.look)
    dwellings = [layer.polygons[i] for i in np.flatnonzero(cover.any_part).tolist()]
    if not dwellings:
        msg = f"no dwelling of {layer.name} lies in the reviewed area: is it the right one?"
        raise RasterError(msg)
    _restrict(imagery, area, request.margin)
    warnings += _few(layer.name, len(dwellings)) + _large(source.grid)
    return Review(
        area=area,
        dwellings=dwellings,
        inside=int(cover.inside.sum()),
        beyond=len(layer.polygons) - len(dwellings),
        ground=ReviewedGround(source.grid, area),
        warnings=(*imagery.warnings, *warnings),
    )


def _area_of(
    request: ExportRequest, dwellings: PlacedLayer, imagery: OpenSource, tools: Tools
) -> tuple[list[Polygon], list[Message]]:
    """The reviewed area as far as it lies on the image, with warnings.

    Raises:
        RasterError: It cannot be read, or no part of it does.
    """
    grid = imagery.source.grid
    image = _bounds_of(grid)
    if request.area is None:
        return [_rectangle(dwellings.polygons, image, grid)], [_assumed(dwellings.name)]
    layer = place_layer(request.area, str(grid.crs_wkt), tools.writer, tools.look)
    warnings = _sentences(layer.tally.sentence(layer.name))
    area = [p for p in layer.polygons if _meets(p.bounds, image)]
    if not area:
        msg = f"no part of {layer.name} lies on {imagery.name}: is it the right layer?"
        raise RasterError(msg)
    beside = len(layer.polygons) - len(area)
    if beside:
        warnings.append(_beside(layer.name, beside, imagery.name))
    return area, warnings


def refuse_blank(reviewed: Review, imagery: OpenSource) -> None:
    """Refuse an area of which the image, which was read by then, shows nothing.

    Raises:
        RasterError: No pixel in it is valid.
    """
    if not reviewed.ground.hectares:
        msg = f"{imagery.name} shows no pixel of the reviewed area: choose another area"
        raise RasterError(msg)


def _bounds_of(grid: Grid) -> Bounds:
    height, width = grid.shape
    corners = grid.transform.apply(np.array([[0.0, 0.0], [width, height]]))
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def _meets(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(polygons: list[Polygon]) -> Bounds:
    bounds = np.array([p.bounds for p in polygons])
    left, bottom = bounds[:, :2].min(axis=0).tolist()
    right, top = bounds[:, 2:].max(axis=0).tolist()
    return left, bottom, right, top


def _rectangle(polygons: list[Polygon], image: Bounds, grid: Grid) -> Polygon:
    """The rectangle a pixel around the polygons that lie on an image, on that."""
    around = _around([p for p in polygons if _meets(p.bounds, image)])
    x, y = abs(grid.transform.a), abs(grid.transform.e)
    left, bottom = max(around[0] - x, image[0]), max(around[1] - y, image[1])
    right, top = min(around[2] + x, image[2]), min(around[3] + y, image[3])
    corners = [(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)]
    return Polygon([np.array(corners)])


def _restrict(imagery: OpenSource, area: list[Polygon], margin: float) -> None:
    """Leave of the image the rectangle around the area, with a margin in metres.

    Raises:
        RasterError: It is too large.
    """
    left, bottom, right, top = _around(area)
    x, y = (margin / metres for metres in imagery.source.grid.metres_per_unit)
    imagery.source.restrict((left - x, bottom - y, right + x, top + y))
    height, width = imagery.source.grid.shape
    if height * width > _MOST_PIXELS:
        msg = (
            f"the reviewed area spans {width:,} x {height:,} pixels of {imagery.name}, and "
            f"{_MOST_PIXELS:,} are the most that are exported: draw the area smaller, around 50 to "
            "150 dwellings"
        )
        raise RasterError(msg)


def _sentences(*texts: str | None) -> list[Message]:
    return [Message(text) for text in texts if text]


def _assumed(name: str) -> Message:
    return Message(
        f"no reviewed area was given: the rectangle around all dwellings of {name} is taken for "
        "it. Wherever a dwelling is missing there, a model learns that there is none"
    )


def _beside(name: str, count: int, image: str) -> Message:
    lie = "lies" if count == 1 else "lie"
    return Message(f"{counted(count, 'polygon')} of {name} {lie} beside {image}")


def _few(name: str, count: int) -> list[Message]:
    if count >= FEW_DWELLINGS:
        return []
    least = f" ({LEAST_DWELLINGS} are the least)" if count < LEAST_DWELLINGS else ""
    return [
        Message(
            f"{counted(count, 'dwelling')} of {name} on reviewed ground are few{least}: "
            f"{FEW_DWELLINGS} to 150, of all kinds that there are, teach far better"
        )
    ]


def _large(grid: Grid) -> list[Message]:
    hectares = grid.shape.height * grid.shape.width * grid.pixel_area / 1e4
    if hectares <= _LARGE:
        return []
    return [
        Message(
            f"the rectangle around the reviewed area has {hectares:,.0f} ha: a model of "
            f"{_GSD:g} m a pixel is taught with {_LARGE:g} ha at most. Draw it smaller"
        )
    ]
