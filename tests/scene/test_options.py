"""Options refuse what cannot be drawn, and random ones are reproducible and varied."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.scene import (
    Layout,
    SceneError,
    SceneOptions,
    demo_options,
    random_options,
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": -1}, "seed must be a whole number from 0, got -1"),
        ({"seed": 1.5}, "seed must be a whole number from 0, got 1.5"),
        ({"seed": True}, "seed must be a whole number from 0, got True"),
        ({"height": 63}, "height must be a whole number of at least 64 pixels, got 63"),
        ({"width": 100.0}, "width must be a whole number of at least 64 pixels, got 100.0"),
        ({"gsd": 0.0}, "gsd must lie between 0.05 and 1, got 0.0"),
        ({"gsd": float("nan")}, "gsd must lie between 0.05 and 1, got nan"),
        ({"density": 1.1}, "density must lie between 0 and 1, got 1.1"),
        ({"vegetation": -0.1}, "vegetation must lie between 0 and 1, got -0.1"),
        ({"sun_azimuth": 361.0}, "sun_azimuth must lie between 0 and 360, got 361.0"),
        ({"sun_elevation": 5.0}, "sun_elevation must lie between 15 and 90, got 5.0"),
        ({"exposure": 0.0}, "exposure must lie between 0.3 and 2, got 0.0"),
        ({"saturation": 3.0}, "saturation must lie between 0 and 2, got 3.0"),
        ({"haze": 1.0}, "haze must lie between 0 and 0.8, got 1.0"),
        ({"blur": -1.0}, "blur must lie between 0 and 4, got -1.0"),
        ({"noise": 0.5}, "noise must lie between 0 and 0.2, got 0.5"),
        ({"jpeg_quality": 0}, "jpeg_quality must be a whole number from 1 to 100, or None, got 0"),
        (
            {"layout": "spiral"},
            "layout must be one of rows, clusters, dense, mixed, tents, blocks, got 'spiral'",
        ),
        ({"clutter": 1.5}, "clutter must lie between 0 and 1, got 1.5"),
        ({"native_gsd": 0.1}, "native_gsd must lie between 0.2 and 1, or be None, got 0.1"),
        ({"native_gsd": 1.1}, "native_gsd must lie between 0.2 and 1, or be None, got 1.1"),
        (
            {"ground": "snow"},
            "ground must be one of sand, red_earth, grass, mud, mixed, got 'snow'",
        ),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(change: dict[str, object], message: str) -> None:
    with pytest.raises(SceneError, match=f"^{re.escape(message)}$"):
        replace(SceneOptions(seed=0), **change)


def test_scene_errors_belong_to_the_family() -> None:
    assert issubclass(SceneError, CampDetectorError)
    assert issubclass(SceneError, ValueError)


def test_random_options_depend_on_the_seed_alone() -> None:
    options_list = [random_options(seed, height=64, width=96, gsd=0.3) for seed in range(60)]
    options_again = [random_options(seed, height=64, width=96, gsd=0.3) for seed in range(60)]
    assert options_list == options_again
    assert {(o.height, o.width, o.gsd) for o in options_list} == {(64, 96, 0.3)}
    assert {o.layout for o in options_list} == set(get_args(Layout))
    assert {o.ground for o in options_list} == {"sand", "red_earth", "grass", "mud", "mixed"}
    assert len({o.sun_azimuth for o in options_list}) == 60
    assert {o.native_gsd is None for o in options_list} == {True, False}
    assert {o.clutter == 0 for o in options_list} == {True, False}
    for name in ("seams", "nodata"):
        assert {getattr(o, name) for o in options_list} == {True, False}
    assert {o.jpeg_quality is None for o in options_list} == {True, False}


def test_random_options_refuse_a_bad_seed_and_a_bad_size() -> None:
    with pytest.raises(SceneError, match="seed"):
        random_options(-3, height=64, width=64, gsd=0.2)
    with pytest.raises(SceneError, match="height"):
        random_options(3, height=8, width=64, gsd=0.2)


def test_the_demo_scene_is_300_m_wide() -> None:
    assert demo_options().size_m == (300.0, 300.0)
    assert demo_options(9) == replace(demo_options(), seed=9)
