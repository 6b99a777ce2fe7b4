"""A picture to look at: the imagery with the dwellings' outlines drawn over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.georaster.inputs import OUTPUT_TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.polygons.dwelling import Dwelling
    from camp_detector_core.engine.prepare import Stretch
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.source import Picture, PlacedSource

_NODATA_GREY = 160
_FULL = 255
_SAMPLES_A_PIXEL = 2
_CHUNK = 1 << 20
_RGB = ("red", "green", "blue")
_LINE = ((0, 0), (0, -1), (-1, 0), (-1, -1))
"""Offsets (row, col) of the pixels around a point on a line: two pixels wide, centred on it."""


def render_overlay(
    source: PlacedSource,
    dwellings: Sequence[Dwelling],
    spec: ModelSpec,
    *,
    stretch: Stretch | None,
    max_side: int,
) -> bytes:
    """Draw the outlines of dwellings in the colours of their classes over the imagery.

    Args:
        source: The imagery; it is read decimated.
        dwellings: Polygons in pixel corners of the source's grid.
        spec: Says which band is which colour and what colour each class has.
        stretch: The stretch that the model was run with.
        max_side: Largest height and width of the picture, pixels.

    Returns:
        A PNG file; places without valid pixels are grey.

    Raises:
        RasterError: The imagery cannot be read.
    """
    picture = source.picture(max_side)
    canvas = _imagery(picture, spec, stretch)
    for kind in spec.classes:
        rings = [
            r for d in dwellings if d.class_value == kind.value for r in (d.exterior, *d.holes)
        ]
        color = np.frombuffer(bytes.fromhex(kind.color[1:]), np.uint8)
        _draw(canvas, rings, scale=picture.scale, color=color)
    return _png(canvas, {OUTPUT_TAG: spec.id})


def _imagery(picture: Picture, spec: ModelSpec, stretch: Stretch | None) -> NDArray[np.uint8]:
    """(3, height, width) uint8 as a person would want to see the raster."""
    names = [b.name.lower() for b in spec.bands]
    order = [names.index(c) for c in _RGB] if set(_RGB) <= set(names) else [0, 0, 0]
    canvas = np.empty((3, *picture.valid.shape), np.uint8)
    for channel, band in enumerate(order):
        values = picture.pixels[band].astype(np.float32)
        if stretch is not None:
            low, high = stretch.low[band], stretch.high[band]
            values = (values - low) / (high - low)
        else:
            values = values * spec.bands[band].scale
        values = np.where(picture.valid, values, 0)
        canvas[channel] = np.clip(values * _FULL + 0.5, 0, _FULL)
    canvas[:, ~picture.valid] = _NODATA_GREY
    return canvas


def _draw(
    canvas: NDArray[np.uint8],
    rings: list[NDArray[np.float64]],
    *,
    scale: tuple[float, float],
    color: NDArray[np.uint8],
) -> None:
    """Draw closed rings, each (n, 2) x and y in pixels of the source's grid."""
    if not rings:
        return
    start = np.concatenate(rings)[:, ::-1] * scale
    stop = np.concatenate([np.roll(r, -1, axis=0) for r in rings])[:, ::-1] * scale
    steps = np.ceil(np.abs(stop - start).max(axis=1) * _SAMPLES_A_PIXEL).astype(np.intp) + 1
    ends = np.cumsum(steps)
    cuts = np.searchsorted(ends, np.arange(0, ends[-1], _CHUNK), side="right")
    for first, last in zip(cuts, [*cuts[1:], len(steps)], strict=True):
        part = slice(first, last)
        count = steps[part]
        segment = np.repeat(np.arange(len(count)), count)
        fraction = (np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)) / count[
            segment
        ]
        points = start[part][segment] + (stop - start)[part][segment] * fraction[:, None]
        _stamp(canvas, np.floor(points + 0.5).astype(np.intp), color)


def _stamp(canvas: NDArray[np.uint8], points: NDArray[np.intp], color: NDArray[np.uint8]) -> None:
    _, height, width = canvas.shape
    for row, col in _LINE:
        rows = np.clip(points[:, 0] + row, 0, height - 1)
        cols = np.clip(points[:, 1] + col, 0, width - 1)
        canvas[:, rows, cols] = color[:, None]


def _png(canvas: NDArray[np.uint8], tags: dict[str, str]) -> bytes:
    """Encode (3, height, width) uint8 as PNG with texts in it."""
    import rasterio.io

    from camp_detector_core.raster.env import quiet_about_place

    # A picture to look at has no place on the ground.
    with quiet_about_place(), rasterio.io.MemoryFile(ext=".png") as memory:
        _, height, width = canvas.shape
        with memory.open(
            driver="PNG",
            height=height,
            width=width,
            count=3,
            dtype="uint8",
            zlevel=3,
            write_metadata_as_text="YES",
        ) as dataset:
            dataset.write(canvas)
            dataset.update_tags(**tags)
        data: bytes = memory.read()
    if not data:
        msg = "the overlay picture cannot be made: GDAL has no PNG driver"
        raise OutputError(msg)
    return data
