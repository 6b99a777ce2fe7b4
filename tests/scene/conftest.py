"""Scenes that several tests look at, drawn once."""

from __future__ import annotations

import pytest

from camp_detector_core.scene import Scene, SceneOptions, generate_scene


@pytest.fixture(scope="session")
def mixed_scene() -> Scene:
    """All layouts, seams, empty corners and JPEG: 320 x 256 pixels at 0.3 m."""
    return generate_scene(
        SceneOptions(
            seed=5, height=320, width=256, gsd=0.3, seams=True, nodata=True, jpeg_quality=80
        )
    )


@pytest.fixture(scope="session")
def crowded_scene() -> Scene:
    """Self-built blocks in which tin roofs share walls: 280 x 280 pixels at 0.5 m."""
    return generate_scene(
        SceneOptions(seed=5, height=280, width=280, gsd=0.5, layout="dense", density=1.0)
    )
