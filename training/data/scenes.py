"""Generated scenes of camps as areas to train on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features

from camp_detector_core.scene import generate_scene, random_options
from training.data.mosaic import ArrayArea, Patch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from camp_detector_core.scene import Scene

SIDE_METRES = 160.0
"""Side of a generated scene on the ground."""
FIRST_SEED = 1_000_000
"""Scenes for training have seeds from here on; those for demos and tests have smaller ones."""


def scene_areas(count: int, *, gsd: float, value: int, seed: int) -> list[ArrayArea]:
    """Draw scenes of all kinds of camps.

    Args:
        count: How many.
        gsd: Metres a pixel.
        value: Class value of the dwellings.
        seed: Other seeds give other scenes.
    """
    side = max(64, round(SIDE_METRES / gsd))
    areas = []
    for index in range(count):
        options = random_options(FIRST_SEED * (seed + 1) + index, height=side, width=side, gsd=gsd)
        scene = generate_scene(options)
        classes = (scene.mask > 0).astype("uint8") * value
        known = (scene.valid,) * 3
        areas.append(ArrayArea(Patch(scene.image, classes, *known, _owners(scene)), (gsd, gsd)))
    return areas


def _owners(scene: Scene) -> NDArray[np.int32]:
    """(height, width) the number of the dwelling that a pixel belongs to, from 1 on."""
    if not scene.labels:
        return np.zeros(scene.valid.shape, np.int32)
    owners: NDArray[np.int32] = features.rasterize(
        ((shapely.Polygon(label.polygon), i) for i, label in enumerate(scene.labels, 1)),
        out_shape=scene.valid.shape,
        dtype="int32",
    )
    return owners
