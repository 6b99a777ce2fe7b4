"""Coordinate reference systems of all kinds with places in each, and true areas there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyproj

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLACES: dict[str, list[tuple[float, float]]] = {
    # Degrees, grads, and degrees of a turned globe.
    "EPSG:4326": [(85.5, 27.6), (179.9999999, -10), (10, 89.99)],
    "EPSG:4807": [(2.35, 48.8)],
    "EPSG:4267": [(-100, 40)],
    "+proj=ob_tran +o_proj=longlat +lon_0=-162 +o_lat_p=39.25 +o_lon_p=180 +datum=WGS84": [
        (10, 50),
        (18, 39.3),
    ],
    # Grids of surveyors, in metres and feet, at their middle and their edge.
    "EPSG:32645": [(87, 4), (90, 0.5), (84.1, 60)],
    "EPSG:2154": [(3, 46), (-4, 48)],
    "EPSG:2263": [(-74, 40.7)],
    "EPSG:2264": [(-80, 35.5)],
    "EPSG:2056": [(7.4, 47)],
    "EPSG:2193": [(173, -41)],
    "EPSG:3375": [(102, 3)],
    "EPSG:24313": [(70, 30)],
    "EPSG:27700": [(-2, 53), (1.5, 51)],
    "EPSG:28992": [(5.4, 52)],
    "EPSG:29873": [(115, 4)],
    "EPSG:31370": [(4.3, 50.8)],
    "EPSG:5514": [(14, 50)],
    "EPSG:5513": [(14, 50)],
    "EPSG:2065": [(14, 50)],
    "EPSG:2046": [(29, -30)],
    "+proj=omerc +lat_0=27 +lonc=85 +alpha=30 +k=0.99 +datum=WGS84": [(90, 27)],
    "+proj=cass +lat_0=10 +lon_0=30 +datum=WGS84": [(36, 12)],
    "+proj=utm +zone=33 +ellps=clrk80 +towgs84=-100,-80,200 +units=us-ft": [(15, 10)],
    # The poles.
    "EPSG:3031": [(0, -89.9999), (30, -89.999), (100, -70)],
    "EPSG:3413": [(0, 89.9999), (45, 75)],
    "EPSG:3995": [(0, 85)],
    # Maps of continents and of the world, near their middle and far from it.
    "EPSG:3857": [(10, 70), (36, 3), (179.99999, -45)],
    "EPSG:3857+5773": [(10, 60)],
    "EPSG:3395": [(10, 70)],
    "EPSG:3035": [(10, 52), (35, 38)],
    "EPSG:3577": [(133, -25), (150, -40)],
    "EPSG:5070": [(-96, 38)],
    "EPSG:6933": [(85.5, 27.6), (10, 70)],
    "EPSG:8857": [(85.5, 27.6), (-150, -60)],
    "ESRI:54008": [(85.5, 27.6), (170, 50)],
    "ESRI:54009": [(85.5, 27.6), (-170, 60)],
    "ESRI:54030": [(85.5, 27.6), (-170, 62)],
    "ESRI:54032": [(20, 30), (100, -30)],
    "ESRI:54052": [(-60, 10), (30, 60)],
    "ESRI:102025": [(90, 30), (140, 60)],
    "+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84": [(80, 50), (120, 20)],
    "+proj=bonne +lat_1=45 +datum=WGS84": [(85, 27)],
    "+proj=stere +lat_0=40 +lon_0=0 +datum=WGS84": [(50, 50)],
    "+proj=geos +h=35785831 +lon_0=0 +datum=WGS84": [(36, 12)],
    "+proj=vandg +datum=WGS84": [(120, -50)],
    "+proj=wintri +datum=WGS84": [(100, 40)],
    # On a sphere that stands for the Earth.
    "ESRI:53008": [(85.5, 27.6), (0, 1)],
    "EPSG:3408": [(30, 70)],
    "+proj=sinu +lon_0=0 +R=6371007.181": [(85.5, 27.6)],
}
"""Longitudes and latitudes in each CRS, by its code or PROJ string."""
FAR_PLACES: dict[str, tuple[float, float]] = {
    "IAU_2015:30100": (10, 60),  # the Moon in degrees
    "IAU_2015:30135": (10, -80),  # its south pole
    "IAU_2015:49910": (10, 60),  # Mars
}
"""The same on other celestial bodies."""
EVERYWHERE = [
    *((crs, place) for crs, places in PLACES.items() for place in places),
    *FAR_PLACES.items(),
]
"""All of them, one by one."""


def place_in(crs: str, lonlat: tuple[float, float]) -> tuple[float, float]:
    """Coordinates of a place in a CRS."""
    base = _globe(crs)
    x, y = pyproj.Transformer.from_crs(base, crs, always_xy=True).transform(*lonlat)
    return float(x), float(y)


def geodesic_area(crs: str, ring: NDArray[np.float64]) -> float:
    """Square metres of a polygon (n, 2) on the ground, as GeographicLib computes them."""
    base = _globe(crs)
    lon, lat = pyproj.Transformer.from_crs(crs, base, always_xy=True).transform(*ring.T)
    area, _ = base.get_geod().polygon_area_perimeter(lon, lat)
    return abs(float(area))


def _globe(crs: str) -> pyproj.CRS:
    """Longitude and latitude on the Earth, or on the CRS' own body."""
    own = pyproj.CRS(crs).geodetic_crs
    return own if crs in FAR_PLACES and own is not None else pyproj.CRS("EPSG:4326")
