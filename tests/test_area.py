"""Areas are those of the ground, whatever the projection does to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rasterio.crs import CRS

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Grid, Shape, Transform
from camp_detector_core.engine.polygons.dwelling import Dwelling
from camp_detector_core.georaster.ground import (
    ground_scale,
    metres_per_unit,
    on_ground,
)
from camp_detector_core.georaster.table import rows_of
from camp_detector_core.raster.library import RasterioCrs
from tests.support.models import tiny_spec
from tests.support.outlines import features
from tests.support.places import EVERYWHERE, PLACES, geodesic_area, place_in
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from typing import Any

WITHIN = 1e-3
"""Part of an area that may be wrong."""
CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "area"


def crs_of(text: str) -> RasterioCrs:
    return RasterioCrs(CRS.from_user_input(text))


def grid_at(text: str, place: tuple[float, float], *, side: float = 0.2) -> Grid:
    """Pixels of about so many metres of the map, with a place in the middle."""
    crs = crs_of(text)
    x, y = place_in(text, place)
    step = side / (6.4e6 * crs.unit if crs.is_geographic else crs.unit)
    transform = Transform(step, 0, x - 300 * step, 0, -step, y + 200 * step)
    return on_ground(Grid(Shape(400, 600), transform, None), crs)


def box(left: int, top: int, right: int, bottom: int) -> Dwelling:
    ring = [(left, top), (left, bottom), (right, bottom), (right, top), (left, top)]
    pixels = (right - left) * (bottom - top)
    return Dwelling(np.array(ring, float), (), 1, pixels, 200 * pixels)


def test_there_are_enough_of_them() -> None:
    assert len(PLACES) >= 40


@pytest.mark.parametrize(("text", "place"), EVERYWHERE)
def test_areas_are_geodesic_in_every_crs(text: str, place: tuple[float, float]) -> None:
    grid = grid_at(text, place)
    boxes = [box(290, 190, 310, 210), box(10, 20, 60, 50), box(550, 360, 590, 399)]
    rows = rows_of(boxes, grid, tiny_spec(), crs_of(text))
    for i, dwelling in enumerate(boxes):
        truth = geodesic_area(text, np.array(rows.rings(i)[0]))
        assert rows.area[i] == pytest.approx(truth, rel=WITHIN)
        if i == 0:  # in the middle: what is too small to be a dwelling is judged by these pixels
            assert grid.pixel_area * dwelling.pixels == pytest.approx(truth, rel=WITHIN)


def test_axes_that_are_not_square_to_each_other_keep_their_sides() -> None:
    """A pixel is a parallelogram on the ground: its sides are the GSD, their product no area."""
    grid = grid_at("ESRI:54008", (85.5, 27.6))
    assert grid.gsd[0] * grid.gsd[1] > 1.2 * grid.pixel_area
    right = np.array([(0.0, 0.0), (1.0, 0.0)])
    x, y = grid.transform.apply(right * 300 + 100).T
    lon, lat = crs_of("ESRI:54008").lonlat(x, y)
    turn, rise = np.radians(np.diff(lon)[0]), np.radians(np.diff(lat)[0])
    length = np.hypot(turn * 6.38e6 * np.cos(np.radians(27.6)), rise * 6.35e6)
    assert grid.gsd[0] == pytest.approx(length / 300, rel=5e-3)


def test_pixels_of_a_survey_have_its_metres_and_areas_those_of_the_ground() -> None:
    x, y = (np.array([v]) for v in place_in("EPSG:32645", (90, 0.5)))
    crs = crs_of("EPSG:32645")
    assert [v.tolist() for v in metres_per_unit(crs, x, y)] == [[1.0], [1.0]]
    assert ground_scale(crs, x, y).area[0] == pytest.approx(0.998, abs=2e-4)


def test_places_that_a_map_of_the_world_does_not_have_harm_no_others() -> None:
    """PROJ gives up on a whole list where one place has a latitude beyond the pole."""
    turned = "+proj=ob_tran +o_proj=longlat +lon_0=-162 +o_lat_p=39.25 +o_lon_p=180 +datum=WGS84"
    for text, beyond in ((turned, (10.0, 95.0)), ("ESRI:54008", (2e7, 1e7))):
        crs = crs_of(text)
        good = place_in(text, (18, 39.3))
        x, y = np.array([good, beyond, good]).T
        area = ground_scale(crs, x, y).area
        assert area[2] == area[0] == pytest.approx(ground_scale(crs, x[:1], y[:1]).area[0])
        assert np.isfinite(area).all()


def test_a_geocentric_crs_is_refused() -> None:
    with pytest.raises(RasterError, match="EPSG:4978 is geocentric") as error:
        metres_per_unit(crs_of("EPSG:4978"), np.array([6e6]), np.array([1e6]))
    assert "gdalwarp" in error.value.render(COMMAND)


def test_the_command_line_measures_a_sheared_raster(tmp_path: Path, model: Path, camp: Any) -> None:
    text = "ESRI:54008"
    x, y = place_in(text, (85.5, 27.6))
    camp_mask = scene()
    image = write_raster(
        tmp_path / "a.tif",
        rgb_of(camp_mask),
        crs=text,
        transform=(0.5, 0, x, 0, -0.5, y),
    )
    out = tmp_path / "o.gpkg"
    code, _, err = camp("detect", image, "-m", model, "-o", out, "--gsd", "native")
    assert code == 0, err
    shapes, fields = features(out)
    truth = [
        geodesic_area(text, np.array(s.exterior.coords))
        - sum(geodesic_area(text, np.array(hole.coords)) for hole in s.interiors)
        for s in shapes
    ]
    assert len(truth) > 5
    assert fields["area_m2"] == pytest.approx(truth, rel=WITHIN)


@pytest.mark.parametrize("name", ["sinusoidal_far", "equalearth"])
def test_rasters_from_users_have_the_area_of_their_ground(
    tmp_path: Path, camp: Any, name: str
) -> None:
    image = CASES / f"{name}.tif"
    if not image.exists():
        pytest.skip("needs the example rasters beside the checkout")
    out = tmp_path / "o.gpkg"
    code, _, err = camp("detect", image, "-o", out)
    assert code == 0, err
    shapes, fields = features(out)
    text = {"sinusoidal_far": "ESRI:54008", "equalearth": "EPSG:8857"}[name]
    truth = [geodesic_area(text, np.array(s.exterior.coords)) for s in shapes if not s.interiors]
    plain = [not s.interiors for s in shapes]
    assert sum(plain) > 20
    assert fields["area_m2"][plain] == pytest.approx(truth, rel=WITHIN)
