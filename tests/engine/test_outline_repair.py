"""No outline stays a staircase because of one narrow place, and none leaves the raster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.polygons.outline import OutlineOptions, refine_all
from camp_detector_core.engine.polygons.sink import PolygonSink
from camp_detector_core.scene import SceneOptions, generate_scene
from tests.support.masks import area_of, blobs, content, dwellings_in
from tests.support.models import tiny_spec
from tests.support.outlines import features

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from camp_detector_core.engine.polygons.dwelling import Dwelling

SCENE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "scene.tif"
LARGE = 60
"""Pixels from which an outline can be smooth."""
STEP = 1.0


def polygon(dwelling: Dwelling) -> Polygon:
    return Polygon(dwelling.exterior, dwelling.holes)


def is_staircase(ring: NDArray[np.float64]) -> bool:
    """Return True if most sides run along rows or columns, by steps of a pixel."""
    sides = np.abs(np.diff(ring, axis=0))
    return bool(((sides.min(axis=1) == 0) & (sides.max(axis=1) <= STEP)).mean() > 0.5)


def staircases(exact: list[Dwelling], new: list[Dwelling]) -> tuple[int, int]:
    """Count the outlines that stay staircases, and the large ones that are staircases at first."""
    pairs = [
        (old, outline)
        for old, outline in zip(exact, new, strict=True)
        if old.pixels >= LARGE and is_staircase(old.exterior)
    ]
    return sum(is_staircase(outline.exterior) for _, outline in pairs), len(pairs)


def assert_kept(old: Dwelling, new: Dwelling, tolerance: float) -> None:
    """All that outlines promise."""
    assert polygon(new).is_valid
    assert area_of(new) == pytest.approx(area_of(old), rel=1e-8)
    lines = polygon(old).boundary, polygon(new).boundary
    assert shapely.hausdorff_distance(*lines, densify=0.25) <= tolerance + 1e-9


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("layout", ["dense", "mixed"])
def test_no_outline_of_a_camp_stays_a_staircase(layout: Any, share: float) -> None:
    """A third of ragged masks were left as they were, wherever rings touched."""
    scene = generate_scene(SceneOptions(seed=4, height=400, width=400, gsd=0.3, layout=layout))
    flipped = np.random.default_rng(1).random(scene.mask.shape) < share
    exact = dwellings_in(((scene.mask > 0) ^ flipped).astype(np.uint8))
    new = refine_all(exact, OutlineOptions(tolerance=1))
    left, count = staircases(exact, new)
    assert count > 20
    assert left == 0
    for old, outline in zip(exact, new, strict=True):
        assert_kept(old, outline, 1.0)


def test_rings_that_touch_are_parted_and_the_rest_is_smooth() -> None:
    """A disc with a chain of holes, of which one meets the outline at a corner of pixels."""
    y, x = np.indices((60, 60)) - 29.5
    mask = (x**2 + y**2 < 600).astype(np.uint8)
    for step in range(6):
        mask[20 + step, 20 + step] = 0
    mask[20:24, :20] = mask[20:24, :20] * (x[20:24, :20] < -16)
    exact = dwellings_in(mask)
    largest = max(exact, key=lambda d: d.pixels)
    (new,) = refine_all([largest], OutlineOptions(tolerance=1))
    corners = [set(map(tuple, ring)) for ring in (largest.exterior, *largest.holes)]
    assert any(one & other for one in corners for other in corners if one is not other)
    assert_kept(largest, new, 1.0)
    rings = [Polygon(ring) for ring in (new.exterior, *new.holes)]
    assert all(
        one.boundary.distance(other.boundary) > 0.01
        for number, one in enumerate(rings)
        for other in rings[:number]
    )
    assert len(new.exterior) < len(largest.exterior) / 2


@given(blobs(), st.sampled_from([0.3, 0.75, 1.0, 2.0, 6.0]), st.booleans())
def test_no_outline_leaves_the_raster(
    mask: NDArray[np.uint8], tolerance: float, square: bool
) -> None:
    exact = dwellings_in(mask)
    frame = Window(0, 0, *mask.shape)
    new = refine_all(exact, OutlineOptions(tolerance, square), frame)
    for old, outline in zip(exact, new, strict=True):
        x, y = np.concatenate((outline.exterior, *outline.holes)).T
        assert x.min() >= 0
        assert y.min() >= 0
        assert x.max() <= mask.shape[1]
        assert y.max() <= mask.shape[0]
        if square:
            assert area_of(outline) == pytest.approx(area_of(old), rel=1e-8)
            assert polygon(outline).is_valid
        else:
            assert_kept(old, outline, tolerance)


def test_inside_the_raster_its_border_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    mask = np.pad((rng.random((40, 40)) < 0.6).astype(np.uint8), 4)
    exact = dwellings_in(mask)
    options = OutlineOptions(1.0, square=True)
    free, framed = (
        refine_all(exact, options, frame) for frame in (None, Window(0, 0, *mask.shape))
    )
    assert [content(d) for d in free] == [content(d) for d in framed]


def test_dwellings_of_a_raster_do_not_leave_it() -> None:
    """Slanting roofs at all four sides of it, the sink of every host between."""
    y, x = np.indices((90, 110))
    mask = ((x + 2 * y) % 37 < 20).astype(np.uint8)
    sink = PolygonSink(mask.shape, tiny_spec(), OutlineOptions(1.5))
    sink.write(Window(0, 0, *mask.shape), mask[None] * np.uint8(200), mask)
    dwellings = sink.finish()
    assert len(dwellings) > 4
    for dwelling in dwellings:
        assert dwelling.exterior.min() >= 0
        assert (dwelling.exterior.max(axis=0) <= (110, 90)).all()


def test_the_scene_beside_the_checkout_has_no_staircase(tmp_path: Path, camp: Any) -> None:
    if not SCENE.exists():
        pytest.skip("needs the example rasters beside the checkout")
    for name, extra in (("new", ()), ("exact", ("--simplify", "0"))):
        code, _, err = camp("detect", SCENE, "-o", tmp_path / f"{name}.gpkg", *extra)
        assert code == 0, err
    shapes, exact = (features(tmp_path / f"{name}.gpkg")[0] for name in ("new", "exact"))
    assert len(shapes) == len(exact) == 68
    sides = [np.diff(np.array(s.exterior.coords), axis=0) / 0.2 for s in shapes]
    axial = [(np.abs(s).min(axis=1) < 1e-6) & (np.abs(s).max(axis=1) < 1.01) for s in sides]
    assert not any(a.mean() > 0.5 for a in axial)
