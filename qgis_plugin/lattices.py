"""Lattices: places of the pixels of a layer without a file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Optional

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.limits import is_too_coarse
from camp_detector_core.engine.parameters import GSD
from camp_detector_core.georaster import xyz

from .faults import Fault
from .i18n import tr
from .layers import Layer, metres_at
from .provider_reader import Lattice
from .tiles.reader import lattice_for
from .words import WORDS

if TYPE_CHECKING:
    from qgis.core import QgsRectangle

Bounds = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in the layer's CRS."""
_FARTHEST = 1e12
"""In units of a CRS: no place of any has larger coordinates."""
_ROUNDED = 1e-3
_LEVEL = 1e-6
"""Tolerance of the logarithm of a zoom level's pixels."""
_MOST_FINE = 16
"""Parts along a side that a pixel is averaged of; more is not seen in it."""
_SAME = 0.1
"""By how much a zoom level may differ from the wanted resolution and still be taken."""


def lattice_of(
    layer: Layer, gsd: float, bounds: Optional[Bounds], resolution: Optional[float]
) -> Lattice:
    """Choose the lattice on which a layer without a file is read.

    Its own pixels are taken where they are about those that are wanted, else the mean of finer
    ones where it has such.

    Args:
        layer: From `look_at`.
        gsd: Metres on the ground a pixel that the model wants.
        bounds: The part that is wanted; None: all.
        resolution: What the user wants in place of ``gsd``.

    Raises:
        Fault: It has no end, lies nowhere, or is too coarse.
    """
    if bounds is None:
        bounds = bounds_of(layer.extent)
    if not all(map(math.isfinite, bounds)) or not layer.crs.isValid():
        msg = tr("{layer} does not say where it ends: choose an extent.", layer=layer.title)
        raise Fault(msg)
    if max(map(abs, bounds)) > _FARTHEST:
        msg = tr(
            "The extent reaches beyond all places that {layer} can have: choose one that holds "
            "the camp.",
            layer=layer.title,
        )
        raise Fault(msg)
    metres = _metres(layer, bounds)
    side = gsd if resolution is None else resolution
    _refuse_coarse(layer, metres, side)
    steps = (side / metres[0], side / metres[1])
    if layer.tiles is not None:
        tolerance = _SAME if resolution is None else _SAME / 10
        return lattice_for(layer.tiles, _in_the_world(layer, bounds), steps, tolerance)
    left, top = bounds[0], bounds[3]
    rounding = 0.5  # a pixel whose middle is outside is none
    own = _own_steps(layer)
    finer = [step for step in own if step[0] < steps[0] and step[1] < steps[1]]
    fine = 1
    if finer:
        most = max(finer)
        fine = min(math.ceil(max(a / b for a, b in zip(steps, most)) - _ROUNDED), _MOST_FINE)
    for step in own:
        tolerance = _SAME if resolution is None else _SAME / 10
        if all(abs(a / b - 1) <= tolerance for a, b in zip(step, steps)):
            # Pixels of the layer itself: nothing is resampled.
            steps, (west, north) = step, _origin(layer, step[0])
            rounding, fine = _ROUNDED, 1
            left = west + _floor((left - west) / step[0]) * step[0]
            top = north - _floor((north - top) / step[1]) * step[1]
            break
    width = max(1, math.ceil((bounds[2] - left) / steps[0] - rounding))
    height = max(1, math.ceil((top - bounds[1]) / steps[1] - rounding))
    return Lattice(left, top, steps[0], steps[1], width, height, fine)


def _refuse_coarse(layer: Layer, metres: tuple[float, float], gsd: float) -> None:
    """Refuse to enlarge what holds no detail, by the rule for files.

    Raises:
        Fault: The finest pixels of the layer are too coarse.
    """
    steps = _own_steps(layer)
    if not steps:
        return
    finest = min(max(x * metres[0], y * metres[1]) for x, y in steps)
    if is_too_coarse([finest], gsd):
        msg = tr(
            "{layer} has pixels of {finest} m at best, too coarse for {wanted} m: small things are "
            "not in the picture. Choose finer imagery, or give {finest} as {parameter} to run it "
            "all the same.",
            layer=layer.title,
            finest=f"{finest:.3g}",
            wanted=f"{gsd:.3g}",
            parameter=WORDS.parameter(GSD.name, None),
        )
        raise Fault(msg)


def _in_the_world(layer: Layer, bounds: Bounds) -> Bounds:
    """The part of a rectangle in the square that map tiles are cut out of.

    Raises:
        Fault: Nothing.
    """
    world = xyz.transform_of(0, 0, 0, side=1)
    west, north = world.c, world.f
    inside = (
        max(bounds[0], west), max(bounds[1], north - world.a),
        min(bounds[2], west + world.a), min(bounds[3], north),
    )  # fmt: skip
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        msg = tr("The extent holds no part of {layer}: choose another.", layer=layer.title)
        raise Fault(msg)
    return inside


def _origin(layer: Layer, step: float) -> tuple[float, float]:
    """The corner at which the pixels of the layer begin.

    Args:
        layer: From `look_at`.
        step: Side of its pixels. Where they are those of a zoom level of web maps, they begin in
            the corner of the world, wherever the layer does.
    """
    world = xyz.transform_of(0, 0, 0, side=1)
    zoom = math.log2(world.a / step)
    if layer.crs.authid() == xyz.CRS_CODE and abs(zoom - round(zoom)) < _LEVEL:
        return world.c, world.f
    return layer.extent.xMinimum(), layer.extent.yMaximum()


def _own_steps(layer: Layer) -> list[tuple[float, float]]:
    """Sides in CRS units of the pixels that the layer can give as they are."""
    provider = layer.provider
    if layer.tiles is not None:
        return [(step, step) for step in layer.tiles.steps]
    if provider is None:
        return []
    if provider.xSize() > 0 and provider.ySize() > 0:
        extent = layer.extent
        return [(extent.width() / provider.xSize(), extent.height() / provider.ySize())]
    return [(r, r) for r in provider.nativeResolutions()]


def _metres(layer: Layer, bounds: Bounds) -> tuple[float, float]:
    """Metres on the ground of a unit of the CRS along x and y, in the middle."""
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    try:
        return metres_at(layer.crs, x, y)
    except RasterError as error:
        sentence = f"{layer.title}: {error.sentence}"
        raise error.with_sentence(sentence) from error


def _floor(pixels: float) -> int:
    """As the engine does: less than a thousandth of a pixel is rounding."""
    return math.floor(pixels + 1e-3)


def bounds_of(rectangle: QgsRectangle) -> Bounds:
    """The sides of a rectangle."""
    return (rectangle.xMinimum(), rectangle.yMinimum(), rectangle.xMaximum(), rectangle.yMaximum())
