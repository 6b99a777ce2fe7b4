"""Chips for the trial of a network, from a raster or from a generated camp."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.prepare import normalise, pad_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec

_COLOURS = {"red": 0, "green": 1, "blue": 2}
_RAW_MOST = 255
_SCENE_SIDE, _FINEST, _COARSEST = 64, 0.05, 1.0
"""Limits of a generated scene: side in pixels, and metres per pixel."""


def trial_chips(spec: ModelSpec, image: str | None) -> list[NDArray[np.float32]]:
    """Make chips of the model's tile size, normalised for the model.

    Args:
        spec: The draft of a description.
        image: A raster; None: a generated scene, noise, and the least and largest values.

    Returns:
        Each (1, bands, tile_size, tile_size) float32.

    Raises:
        RasterError: The raster cannot be read, or holds no valid pixel in its middle.
    """
    chips = [_from_raster(spec, image)] if image is not None else list(_from_scenes(spec))
    return [chip[None] for chip in chips]


def _from_raster(spec: ModelSpec, image: str) -> NDArray[np.float32]:
    """Read a chip from the middle of a raster."""
    from camp_detector_core.georaster.options import SourceOptions
    from camp_detector_core.georaster.stretch import choose_stretch
    from camp_detector_core.raster import open_source

    options, side = SourceOptions(), spec.tile_size
    with open_source([image], spec, options) as source:
        stretch = choose_stretch(source, spec, options).stretch
        rows, cols = source.grid.shape
        height, width = min(side, rows), min(side, cols)
        row, col = (rows - height) // 2, (cols - width) // 2
        pixels, valid = source.read(Window(row, col, height, width))
    if not valid.any():
        msg = f"{image} has no valid pixel in its middle"
        raise RasterError(msg, parameter="try", remedy="give another raster to {try}")
    return pad_to(normalise(pixels, valid, spec.bands, stretch=stretch), side, side)


def _from_scenes(spec: ModelSpec) -> Iterator[NDArray[np.float32]]:
    from camp_detector_core.scene import generate_scene, random_options

    side = spec.tile_size
    valid = np.ones((side, side), bool)
    for seed in (1, 2):
        room = max(side, _SCENE_SIDE)
        gsd = min(max(spec.gsd, _FINEST), _COARSEST)
        scene = generate_scene(random_options(seed, height=room, width=room, gsd=gsd))
        colours = scene.image[:, :side, :side].astype(np.float32)
        grey = colours.mean(axis=0)
        bands = [colours[_COLOURS[b.name]] if b.name in _COLOURS else grey for b in spec.bands]
        yield normalise(_raw(np.stack(bands), spec), valid, spec.bands)
    shape = (len(spec.bands), side, side)
    noise = np.random.default_rng(0).uniform(0, _RAW_MOST, shape).astype(np.float32)
    for values in (noise, np.zeros(shape, np.float32), np.full(shape, _RAW_MOST, np.float32)):
        yield normalise(_raw(values, spec), valid, spec.bands)


def _raw(values: NDArray[np.float32], spec: ModelSpec) -> NDArray[np.float32]:
    """Scale values of 0 to 255 to the range of the model's raw values."""
    if spec.dtype == "uint8":
        return values
    scales = np.array([b.scale for b in spec.bands], np.float32)[:, None, None]
    return values / np.float32(_RAW_MOST) / scales
