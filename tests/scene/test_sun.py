"""Shadows lie where the stated sun puts them, measured in the image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from camp_detector_core.scene import Scene, SceneOptions, generate_scene
from camp_detector_core.scene.canvas import Light
from camp_detector_core.scene.shapes import inside_polygon

OPTIONS = SceneOptions(
    seed=21,
    height=300,
    width=300,
    gsd=0.2,
    layout="rows",
    ground="sand",
    density=0.5,
    vegetation=0.0,
    noise=0.0,
    haze=0.0,
    blur=0.0,
    sun_elevation=35.0,
)


def shadow_direction(scene: Scene) -> float:
    """Azimuth in degrees towards which the ground beside roofs is darkest.

    Every pixel of ground within 2 m of a whole roof pulls from the roof's middle towards itself
    with its darkness.
    """
    grey = scene.image.mean(0)
    ground = scene.mask == 0
    dark = np.clip(np.median(grey[ground]) - grey, 0, None) * ground
    pull = np.zeros(2)
    for label in scene.labels:
        if label.visible < 1:
            continue
        low = np.maximum(label.polygon.min(0) - 10, 0).astype(int)
        high = label.polygon.max(0).astype(int) + 10
        rows, cols = slice(low[1], high[1]), slice(low[0], high[0])
        y, x = np.mgrid[rows, cols][:, : dark[rows, cols].shape[0], : dark[rows, cols].shape[1]]
        middle = (low + high) / 2
        pull += (
            ((x - middle[0]) * dark[rows, cols]).sum(),
            ((y - middle[1]) * dark[rows, cols]).sum(),
        )
    return float(np.degrees(np.arctan2(pull[0], -pull[1])) % 360)


@pytest.mark.parametrize("azimuth", [20.0, 110.0, 200.0, 290.0])
def test_shadows_point_away_from_the_sun(azimuth: float) -> None:
    scene = generate_scene(replace(OPTIONS, sun_azimuth=azimuth))
    off = (shadow_direction(scene) - azimuth) % 360
    assert off == pytest.approx(180, abs=25)


def test_a_lower_sun_darkens_more_ground() -> None:
    def shaded(elevation: float) -> float:
        scene = generate_scene(replace(OPTIONS, sun_elevation=elevation))
        grey = scene.image.mean(0)[scene.mask == 0]
        return float((grey < 0.62 * np.median(grey)).mean())

    low, middle, high = (shaded(elevation) for elevation in (22.0, 45.0, 80.0))
    assert low > 1.4 * middle > 1.96 * high


@pytest.mark.parametrize(
    ("azimuth", "offset"),
    [(0.0, (0, 2)), (90.0, (-2, 0)), (180.0, (0, -2)), (270.0, (2, 0))],
)
def test_a_post_of_two_metres_has_a_shadow_of_two_metres_at_45_degrees(
    azimuth: float, offset: tuple[float, float]
) -> None:
    light = Light(azimuth=azimuth, elevation=45.0)
    assert light.shadow_offset(2.0) == pytest.approx(offset, abs=1e-12)


def test_roofs_are_brighter_on_the_side_of_the_sun() -> None:
    """Within each whole tent, light leans towards the sun unless its ridge points there."""
    leaning = []
    for azimuth in (40.0, 130.0):
        scene = generate_scene(replace(OPTIONS, sun_azimuth=azimuth))
        grey = scene.image.mean(0)
        sun = np.array((np.sin(np.radians(azimuth)), -np.cos(np.radians(azimuth))))
        for label in scene.labels:
            if label.visible == 1:
                low, high = label.polygon.min(0).astype(int), label.polygon.max(0).astype(int) + 1
                y, x = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
                roof = inside_polygon(label.polygon, x, y)
                sunward = (x[roof] - x[roof].mean()) * sun[0] + (y[roof] - y[roof].mean()) * sun[1]
                light = grey[low[1] : high[1], low[0] : high[0]][roof]
                leaning.append(np.corrcoef(sunward, light)[0, 1])
    assert len(leaning) > 20
    assert np.mean(leaning) > 0.3
    assert np.mean(np.array(leaning) > 0) > 0.8


def test_the_slope_that_faces_the_sun_is_brighter() -> None:
    light = Light(azimuth=90.0, elevation=40.0)
    level, east, west = light.shade(np.array((0, -0.4, 0.4), np.float32), np.zeros(3, np.float32))
    assert level == pytest.approx(1, abs=1e-6)
    assert east > level > west
