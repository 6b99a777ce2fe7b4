"""Tents and blocks fill their ground; what only looks like a dwelling carries no label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.scene import KINDS, Layout, Scene, SceneOptions, generate_scene
from camp_detector_core.scene.canvas import Canvas, Light
from camp_detector_core.scene.decoy_paint import paint_decoy
from camp_detector_core.scene.decoys import DECOYS, add_decoys, build_decoy
from camp_detector_core.scene.grounds import Grounds
from camp_detector_core.scene.layout import fitted, lay_sites
from camp_detector_core.scene.plots import MAKES, Plot, build_on
from camp_detector_core.scene.shapes import Box, polygon_area
from camp_detector_core.scene.spacing import Placer

FRAME = np.array(((0, 0), (60, 0), (60, 60), (0, 60)), float)


def camp(layout: Layout, *, seed: int = 3, **look: float) -> Scene:
    return generate_scene(
        SceneOptions(seed=seed, height=200, width=200, gsd=0.4, layout=layout, **look)
    )


def neighbours(scene: Scene, *, distance: float) -> int:
    """Pairs of roofs that lie within ``distance`` metres."""
    shapes = [shapely.Polygon(label.polygon) for label in scene.labels]
    first, second = shapely.STRtree(shapes).query(
        shapes, predicate="dwithin", distance=distance / scene.options.gsd
    )
    return int((first < second).sum())


@pytest.mark.parametrize("layout", ["tents", "blocks"])
def test_dwellings_stand_close_or_touch(layout: Layout) -> None:
    scenes = [camp(layout, seed=seed, density=1.0) for seed in range(3)]
    assert sum(neighbours(scene, distance=1.0) for scene in scenes) > 100
    touching = 0.02 if layout == "blocks" else 0.4  # the cloth of tents hangs loose
    assert sum(neighbours(scene, distance=touching) for scene in scenes) >= 20


@pytest.mark.parametrize("kind", DECOYS)
@settings(max_examples=5)
@given(seed=st.integers(0, 1000), half=st.floats(0.5, 9), angle=st.floats(0, 6.3))
def test_a_decoy_stays_in_its_rectangle(kind: str, seed: int, half: float, angle: float) -> None:
    box = Box(3.0, -2.0, angle, half, 0.7 * half)
    decoy = build_decoy(np.random.default_rng(seed), kind, box)
    assert decoy.kind not in KINDS
    assert shapely.Polygon(box.corners).buffer(1e-6).covers(shapely.Polygon(decoy.outline))


@pytest.mark.parametrize("name", MAKES)
@settings(max_examples=8)
@given(
    seed=st.integers(0, 1000),
    half=st.tuples(st.floats(1, 6), st.floats(1, 6)),
    notch=st.none() | st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8)),
)
def test_a_roof_stays_in_its_plot(
    name: str, seed: int, half: tuple[float, float], notch: tuple[float, float] | None
) -> None:
    box = Box(5.0, 4.0, 0.3 + seed, *half)
    left_out = (0.0, 0.0) if notch is None else (notch[0] * half[0], notch[1] * half[1])
    dwelling = build_on(np.random.default_rng(seed), Plot(box, MAKES[name], 4, left_out))
    outline = shapely.Polygon(dwelling.outline)
    assert dwelling.kind in KINDS
    assert outline.is_valid
    assert shapely.Polygon(box.corners).buffer(1e-6).covers(outline)
    parts = shapely.union_all([shapely.Polygon(part) for part in dwelling.parts])
    assert parts.symmetric_difference(outline).area < 1e-6
    assert sum(polygon_area(part) for part in dwelling.parts) == pytest.approx(outline.area)


def test_each_kind_of_decoy_is_scattered_and_keeps_clear_of_roofs() -> None:
    options = SceneOptions(seed=1, height=600, width=600, gsd=0.5, clutter=1.0, density=0.2)
    placer = Placer(FRAME * 5)
    for scene_object in fitted(
        np.random.default_rng(1),
        lay_sites(np.random.default_rng(1), replace(options, layout="blocks")),
        options,
    ):
        placer.offer(scene_object, gap=0.0)
    before = len(placer.objects)
    add_decoys(np.random.default_rng(2), placer, options)
    scattered = placer.objects[before:]
    assert {thing.kind for thing in scattered} == set(DECOYS)
    roofs = shapely.STRtree([shapely.Polygon(o.outline) for o in placer.objects[:before]])
    for thing in scattered:
        outline = shapely.Polygon(thing.outline)
        assert not len(roofs.query(outline, predicate="intersects"))


@pytest.mark.parametrize("kind", sorted(DECOYS))
def test_every_decoy_is_seen(kind: str) -> None:
    """Each changes the ground that it lies on, and nothing far away."""
    soil = np.array((0.5, 0.4, 0.3), np.float32)
    ground = np.full((100, 100, 3), soil, np.float32)
    canvas = Canvas(ground.copy(), gsd=0.2, light=Light(100.0, 60.0), soil=soil)
    thing = build_decoy(np.random.default_rng(5), kind, Box(10.0, 10.0, 0.4, 3.0, 2.0))
    paint_decoy(canvas, thing)
    changed = np.abs(canvas.rgb - ground).max(2) > 0.02
    assert changed[40:60, 40:60].mean() > 0.03
    assert not changed[:15].any()
    assert not changed[85:].any()


@given(x=st.floats(-20, 80), y=st.floats(-20, 60), radius=st.floats(0, 30))
def test_each_place_belongs_to_one_site(x: float, y: float, radius: float) -> None:
    centres = np.array(((10.0, 10.0), (40.0, 12.0), (20.0, 33.0)))
    grounds = [Grounds(centres, i, size=(60.0, 40.0), margin=12.0) for i in range(3)]
    inside = -12 < x < 72 and -12 < y < 52
    nearest = np.hypot(*(centres - (x, y)).T).argmin()
    assert [g.include(x, y) for g in grounds] == [inside and i == nearest for i in range(3)]
    for g in grounds:
        assert g.touch(x, y, radius=radius) or not g.include(x, y)


def test_shadows_on_roofs_are_those_of_the_difference_in_height() -> None:
    """A wall 3 m high beside a roof 2 m high shades 1 m of it at 45 degrees, and 3 m of ground."""
    light = Light(270.0, 45.0)
    white = np.ones(3, np.float32)
    canvas = Canvas(
        np.ones((100, 100, 3), np.float32), gsd=0.1, light=light, soil=white, stacked=True
    )
    roof = np.array(((5, 0), (10, 0), (10, 5), (5, 5)), float)
    patch = canvas.patch(roof)
    assert patch is not None
    cover = np.ones((patch.y.size, patch.x.size), np.float32)
    canvas.paint(patch, color=white, cover=cover, height=2.0)

    def hull(level: float = 0.0) -> np.ndarray:
        reach = 3.0 - level
        return np.array(((5, 0), (5 + reach, 0), (5 + reach, 10), (5, 10)), float)

    canvas.cast(hull(), on_roofs=hull)
    dark = canvas.rgb[..., 0] < 0.7
    assert dark[10].sum() == 10
    assert dark[90].sum() == 30


def test_crowns_reach_over_roofs_where_the_ground_is_cluttered() -> None:
    def hidden(clutter: float) -> float:
        scene = camp("tents", density=1.0, vegetation=1.0, noise=0.0, clutter=clutter)
        green = scene.image[1].astype(float) > scene.image[[0, 2]].max(0) + 8
        return float((green & (scene.mask == 1)).sum())

    assert hidden(0.5) > 2 * hidden(0.0) + 20


def test_a_coarse_camera_shows_the_same_camp_with_fewer_edges() -> None:
    look = {"noise": 0.0, "density": 0.8}
    fine, coarse = camp("tents", **look), camp("tents", **look, native_gsd=0.8)
    assert np.array_equal(fine.mask, coarse.mask)
    first, second = (scene.image.mean(0) for scene in (fine, coarse))
    assert np.abs(np.diff(second)).mean() < 0.75 * np.abs(np.diff(first)).mean()
    shifted = [
        np.corrcoef(first[5:-5, 5:-5].ravel(), np.roll(second, s, 1)[5:-5, 5:-5].ravel())[0, 1]
        for s in (-2, 0, 2)
    ]
    assert shifted[1] == max(shifted)
    assert shifted[1] > 0.5
