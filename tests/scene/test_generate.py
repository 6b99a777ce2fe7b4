"""The truth that comes with a scene is the truth, and the same seed gives the same scene."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import rasterio.features
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.scene import (
    KINDS,
    Ground,
    Layout,
    Scene,
    SceneOptions,
    demo_options,
    generate_scene,
    random_options,
)
from camp_detector_core.scene.objects import Slot, build_dwelling, footprint
from camp_detector_core.scene.shapes import polygon_area


def fingerprint(scene: Scene) -> str:
    digest = hashlib.sha256()
    for array in (scene.image, scene.valid, scene.mask):
        digest.update(np.ascontiguousarray(array).tobytes())
    for label in scene.labels:
        digest.update(label.kind.encode() + label.polygon.tobytes())
    return digest.hexdigest()


def polygons(scene: Scene) -> list[shapely.Polygon]:
    return [shapely.Polygon(label.polygon) for label in scene.labels]


def check_truth(scene: Scene) -> None:
    """Check the rules that hold for every scene."""
    options = scene.options
    size = (options.height, options.width)
    assert (scene.image.shape, scene.image.dtype) == ((3, *size), np.uint8)
    assert (scene.valid.shape, scene.valid.dtype) == (size, np.bool_)
    assert (scene.mask.shape, scene.mask.dtype) == (size, np.uint8)
    assert scene.image[:, ~scene.valid].max(initial=0) == 0
    shapes = polygons(scene)
    assert all(shape.is_valid and shape.area > 0 for shape in shapes)
    frame = shapely.box(-1e-9, -1e-9, options.width + 1e-9, options.height + 1e-9)
    assert all(frame.covers(shape) for shape in shapes)
    assert all(label.kind in KINDS and 0 < label.visible <= 1 for label in scene.labels)
    ring_array = np.array(shapes, dtype=object)
    first, second = shapely.STRtree(ring_array).query(ring_array, predicate="intersects")
    for i, j in zip(first[first < second], second[first < second], strict=True):
        assert shapes[i].intersection(shapes[j]).area * options.gsd**2 < 1e-4
    expected = np.zeros(size, np.uint8)
    if shapes:
        rasterio.features.rasterize(shapes, out=expected, default_value=1)
    # GDAL and we may differ where a corner lies on a pixel's centre, and nowhere else.
    assert (expected != scene.mask).mean() < 1e-4
    assert not scene.mask[~scene.valid].any()


def test_truth_of_a_mixed_scene(mixed_scene: Scene) -> None:
    assert len(mixed_scene.labels) > 10
    assert not mixed_scene.valid.all()
    check_truth(mixed_scene)


def test_truth_of_a_crowded_scene(crowded_scene: Scene) -> None:
    assert len(crowded_scene.labels) > 90
    check_truth(crowded_scene)


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10_000),
    height=st.integers(64, 150),
    width=st.integers(64, 150),
    gsd=st.sampled_from((0.1, 0.17, 0.3, 0.6, 1.0)),
)
def test_truth_of_any_scene(seed: int, height: int, width: int, gsd: float) -> None:
    check_truth(generate_scene(random_options(seed, height=height, width=width, gsd=gsd)))


def test_the_same_options_give_the_same_bytes(mixed_scene: Scene) -> None:
    assert fingerprint(generate_scene(mixed_scene.options)) == fingerprint(mixed_scene)


@pytest.mark.parametrize("layout", get_args(Layout))
def test_every_layout_is_reproducible(layout: Layout) -> None:
    options = SceneOptions(seed=14, height=128, width=128, gsd=1.0, layout=layout)
    first = generate_scene(options)
    assert len(first.labels) > 5
    assert fingerprint(generate_scene(options)) == fingerprint(first)


def test_another_seed_gives_another_camp() -> None:
    options = SceneOptions(seed=1, height=128, width=128, layout="rows")
    first, second = generate_scene(options), generate_scene(replace(options, seed=2))
    assert fingerprint(first) != fingerprint(second)
    assert not np.array_equal(first.mask, second.mask)


@pytest.mark.parametrize(
    "change",
    [{"haze": 0.5}, {"noise": 0.1}, {"sun_azimuth": 300.0}, {"clutter": 1.0}, {"native_gsd": 0.5}],
)
def test_the_look_does_not_move_the_camp(change: dict[str, float]) -> None:
    options = SceneOptions(seed=4, height=160, width=160, gsd=0.3)
    plain, changed = generate_scene(options), generate_scene(replace(options, **change))
    assert np.array_equal(plain.mask, changed.mask)
    assert not np.array_equal(plain.image, changed.image)


@pytest.mark.parametrize("layout", get_args(Layout))
def test_every_layout_builds(layout: Layout) -> None:
    options = SceneOptions(seed=11, height=256, width=256, gsd=0.4, layout=layout)
    assert len(generate_scene(options).labels) >= 20


@pytest.mark.parametrize(
    ("ground", "order"),
    [("sand", "RGB"), ("red_earth", "RGB"), ("grass", "GRB"), ("mud", "RGB")],
)
def test_the_ground_has_its_color(ground: Ground, order: str) -> None:
    options = SceneOptions(
        seed=2, height=128, width=128, ground=ground, density=0.0, vegetation=0.6, haze=0.0
    )
    scene = generate_scene(options)
    bare = dict(zip("RGB", scene.image[:, scene.mask == 0].mean(1), strict=True))
    worn_grass = ground == "grass" and bare["R"] < bare["G"] * 1.1
    assert "".join(sorted(bare, key=bare.__getitem__, reverse=True)) == order or worn_grass
    if ground == "red_earth":
        assert bare["R"] > 1.3 * bare["G"]


def test_density_builds_more() -> None:
    options = SceneOptions(seed=6, height=160, width=160, gsd=0.6, layout="rows")
    counts = [
        len(generate_scene(replace(options, density=density)).labels) for density in (0.0, 0.5, 1.0)
    ]
    assert counts[0] < counts[1] < counts[2]


def test_the_same_ground_at_half_the_gsd_has_twice_the_pixels() -> None:
    coarse = generate_scene(SceneOptions(seed=8, height=160, width=160, gsd=0.4))
    fine = generate_scene(SceneOptions(seed=8, height=320, width=320, gsd=0.2))
    assert [label.kind for label in coarse.labels] == [label.kind for label in fine.labels]
    for small, large in zip(coarse.labels, fine.labels, strict=True):
        np.testing.assert_allclose(large.polygon, 2 * small.polygon, rtol=0, atol=1e-9)
    area = sum(polygon_area(label.polygon) for label in fine.labels) * 0.2**2
    assert fine.mask.sum() * 0.2**2 == pytest.approx(area, rel=0.01)
    assert coarse.mask.sum() * 0.4**2 == pytest.approx(area, rel=0.03)


@pytest.mark.parametrize("gsd", [0.1, 0.2, 0.5])
def test_tents_have_their_size_on_the_ground(gsd: float) -> None:
    """Tents of one block differ by a few per cent and are 4.2 to 8 m long."""
    side = round(60 / gsd)
    options = SceneOptions(seed=21, height=side, width=side, gsd=gsd, layout="rows")
    whole = [
        shapely.Polygon(label.polygon).minimum_rotated_rectangle.exterior.coords
        for label in generate_scene(options).labels
        if label.visible == 1 and label.kind.startswith("tent")
    ]
    assert len(whole) >= 5
    for ring in whole:
        sides = np.linalg.norm(np.diff(np.array(ring), axis=0), axis=1)[:2] * gsd
        assert 3.8 <= sides.max() <= 8.3
        assert 2.8 <= sides.min() <= 5.9


def test_a_tent_of_four_metres_is_four_over_gsd_pixels() -> None:
    length, width = footprint("tent_white", size=0.0)
    item = build_dwelling(np.random.default_rng(0), Slot("tent_white", 10, 10, 0.0, 0.0, 0))
    extent = (item.outline.max(0) - item.outline.min(0)) / 0.2
    assert extent == pytest.approx((length / 0.2, width / 0.2), rel=0.05)


def test_joined_roofs_touch_and_roofs_with_wings_are_whole(crowded_scene: Scene) -> None:
    shapes = polygons(crowded_scene)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=1e-3)
    assert (first < second).sum() >= 10
    wings = [label for label in crowded_scene.labels if len(label.polygon) == 6]
    concave = [
        w
        for w in wings
        if shapely.Polygon(w.polygon).convex_hull.area > 1.02 * polygon_area(w.polygon)
    ]
    assert concave
    assert all(wing.visible == 1 for wing in concave)


def test_roofs_cut_by_the_border_say_how_much_is_seen() -> None:
    scene = generate_scene(SceneOptions(seed=12, height=200, width=200, gsd=0.3, density=1.0))
    cut = [label for label in scene.labels if label.visible < 1 - 1e-9]
    assert cut
    edge = shapely.box(0, 0, 200, 200).exterior
    assert all(shapely.Polygon(label.polygon).distance(edge) < 1e-9 for label in cut)


def test_roofs_stand_out_from_the_ground() -> None:
    """A generator whose labels and pixels drift apart would fail here."""
    scene = generate_scene(
        SceneOptions(seed=21, height=256, width=256, layout="rows", ground="mud", noise=0.0)
    )
    grey = scene.image.mean(0)
    inside = np.array([label.kind in ("tent_white", "tent_beige") for label in scene.labels])
    assert inside.sum() >= 5
    for label, is_bright in zip(scene.labels, inside, strict=True):
        if not is_bright or label.visible < 1:
            continue
        core = rasterio.features.rasterize(
            [shapely.Polygon(label.polygon).buffer(-2)], out_shape=grey.shape
        )
        assert grey[core == 1].mean() > grey[scene.mask == 0].mean() + 30


def test_seams_change_brightness_in_steps() -> None:
    options = SceneOptions(seed=1, height=128, width=128, noise=0.0, blur=0.0)
    plain = generate_scene(options).image.astype(float)
    joined = generate_scene(replace(options, seams=True)).image.astype(float)
    ratio = (joined + 1).mean(0) / (plain + 1).mean(0)
    values = np.unique(np.round(ratio / 0.02))
    assert 2 <= len(values) <= 12
    assert np.ptp(ratio) > 0.01


def test_the_demo_scene_shows_every_kind() -> None:
    # Its layout is in metres, so a coarser look at the same ground shows the same camp.
    scene = generate_scene(replace(demo_options(), height=375, width=375, gsd=0.8))
    assert {label.kind for label in scene.labels} == set(KINDS) - {"thatch", "flat_roof"}
    assert 300 <= len(scene.labels) <= 500
    assert 0.85 < scene.valid.mean() < 1
