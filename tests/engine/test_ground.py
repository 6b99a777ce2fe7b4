"""Metres of a CRS' unit without PROJ, beside those that PROJ gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.warp import transform

from camp_detector_core.engine.ground import unit_of
from camp_detector_core.georaster.ground import metres_per_unit
from camp_detector_core.raster.library import RasterioCrs


def by_proj(epsg: int, x: float, y: float) -> tuple[float, float]:
    mx, my = metres_per_unit(RasterioCrs(CRS.from_epsg(epsg)), np.array([x]), np.array([y]))
    return float(mx[0]), float(my[0])


@given(st.floats(-75, 75), st.floats(-179, 179))
def test_degrees_and_web_mercator_are_those_of_proj(latitude: float, longitude: float) -> None:
    (x,), (y,) = transform(CRS.from_epsg(4326), CRS.from_epsg(3857), [longitude], [latitude])
    web = unit_of(3857, (x, y, x, y), (0.5, 0.5))
    assert web.metres == pytest.approx(by_proj(3857, x, y), rel=1e-4)
    assert web.name == "metres of Web Mercator"
    degrees = unit_of(4326, (longitude, latitude, longitude, latitude), (5e-6, 5e-6))
    assert degrees.metres == pytest.approx(by_proj(4326, longitude, latitude), rel=1e-4)
    assert degrees.name == "degrees"


@pytest.mark.parametrize("epsg", [32645, 2263, 3857, 4326, 4269])
def test_wkt_says_what_a_code_does_not(epsg: int) -> None:
    crs = CRS.from_epsg(epsg)
    (x,), (y,) = (10.0,), (20.0,)
    if not crs.is_geographic:
        (x,), (y,) = transform(CRS.from_epsg(4326), crs, [-74.0], [40.7])
    if epsg == 32645:
        x, y = 500000.0, 3000000.0
    for wkt in (crs.to_wkt(), crs.to_wkt(version="WKT1_ESRI")):
        unit = unit_of(wkt, (x, y, x, y), (1.0, 1.0))
        assert unit.metres == pytest.approx(by_proj(epsg, x, y), rel=2e-3)


@pytest.mark.parametrize("no_crs", [None, 0, "", "0"])
def test_without_a_crs_the_extent_tells_degrees_from_metres(no_crs: object) -> None:
    assert unit_of(no_crs, (32.0, 3.0, 32.1, 3.1), (5e-6, 5e-6)).name == "degrees"
    assert unit_of(no_crs, (0.0, 0.0, 300.0, 300.0), (0.05, 0.05)).metres == (1.0, 1.0)


def test_the_unit_of_heights_is_not_taken_for_that_of_places() -> None:
    feet = CRS.from_epsg(2263).to_wkt(version="WKT1_ESRI")
    with_heights = feet + ',VERTCS["NAVD_1988",VDATUM["NAVD88"],UNIT["Meter",1.0]]'
    for wkt in (feet, with_heights, feet + ";-120039300 -96540300 3048.00609601219"):
        assert unit_of(wkt, (0.0, 0.0, 9.0, 9.0), (1.0, 1.0)).metres == pytest.approx(
            (1200 / 3937,) * 2
        )


@pytest.mark.parametrize(("epsg", "is_known"), [(3395, False), (6933, False), (32645, True)])
def test_a_projection_that_stretches_the_ground_is_not_taken_at_its_word(
    epsg: int, is_known: bool
) -> None:
    crs = CRS.from_epsg(epsg)
    for wkt in (crs.to_wkt(), crs.to_wkt(version="WKT1_ESRI"), crs.to_wkt(version="WKT2_2019")):
        assert unit_of(wkt, (5e6, 6e6, 5e6, 6e6), (1.0, 1.0)).is_known is is_known
