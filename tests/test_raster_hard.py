"""Rasters that are placed, named or joined in ways that go wrong easily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio.shutil
from rasterio.crs import CRS
from rasterio.transform import Affine

from camp_detector_core.engine.errors import OutputError, ParameterError, RasterError
from camp_detector_core.engine.grid import Grid, Shape, Transform
from camp_detector_core.georaster.cog import raster_sink
from camp_detector_core.georaster.ground import metres_per_unit
from camp_detector_core.georaster.table import rows_of
from camp_detector_core.outputs.output_set import OutputSet
from camp_detector_core.products.dwellings import write_dwellings
from camp_detector_core.products.overlay import render_overlay
from camp_detector_core.raster import RasterioCogs, SourceOptions, gdal_env, open_source
from camp_detector_core.raster.library import RasterioCrs, crs_of
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.georaster.source import PlacedSource

NATIVE = SourceOptions(gsd="native")
LOCAL = 'LOCAL_CS["Site grid",UNIT["{unit}",{metres}],AXIS["X",EAST],AXIS["Y",NORTH]]'


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


def open_rasters(*paths: Path, options: SourceOptions = NATIVE) -> PlacedSource:
    return open_source([str(p) for p in paths], tiny_spec(), options)


# Metres on the ground.


@pytest.mark.parametrize(("unit", "metres"), [("metre", 1.0), ("foot", 0.3048)])
def test_a_local_crs_has_the_metres_of_its_unit(tmp_path: Path, unit: str, metres: float) -> None:
    crs = LOCAL.format(unit=unit, metres=metres)
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=crs)
    with open_rasters(path) as source:
        assert source.grid.gsd == pytest.approx((0.5 * metres, 0.5 * metres))


def test_no_geojson_of_a_local_crs(tmp_path: Path) -> None:
    crs = LOCAL.format(unit="metre", metres=1)
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=crs)
    with open_rasters(path) as source:
        grid = source.grid
    out = tmp_path / "out.geojson"
    with OutputSet([out], overwrite=False) as outputs:
        target, table = outputs.target(out), rows_of([], grid, tiny_spec(), crs_of(grid.crs_wkt))
        with pytest.raises(OutputError, match=r"out\.geojson.*longitude and latitude.*\.gpkg"):
            write_dwellings(target, table, crs_wkt=grid.crs_wkt, model_id="tiny-1.0")


@pytest.mark.parametrize("transform", [None, Affine(0.5, 0, 0, 0, -0.5, 75)])
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_without_crs_a_geojson_is_warned_of(tmp_path: Path, transform: Affine | None) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=None, transform=transform)
    with open_rasters(path) as source:
        assert "GeoJSON of it would be taken for longitude and latitude" in str(source.warnings[0])


@pytest.mark.parametrize("crs", ["EPSG:32645", "EPSG:3857"])
def test_coordinates_outside_of_a_projection_are_told(tmp_path: Path, crs: str) -> None:
    transform = Affine(0.5, 0, 3e12, 0, -0.5, 3e12)
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=crs, transform=transform)
    with pytest.raises(RasterError, match=r"a\.tif.*do not belong to this CRS"):
        open_rasters(path)


@pytest.mark.parametrize("latitude", [0.0, 4.5, 5.0])
def test_mercator_is_measured_on_the_ground_at_every_latitude(latitude: float) -> None:
    """Against the closed form of EPSG:3857, a sphere's Mercator of ellipsoidal latitudes."""
    lat = np.radians(latitude)
    radius, e2 = 6378137.0, 0.0066943799901413165
    y = np.array([radius * np.arctanh(np.sin(lat))])
    w = 1 - e2 * np.sin(lat) ** 2
    mx, my = metres_per_unit(RasterioCrs(CRS.from_epsg(3857)), np.array([9.5e6]), y)
    assert mx[0] == pytest.approx(np.cos(lat) / np.sqrt(w), rel=1e-6)
    assert my[0] == pytest.approx((1 - e2) / w**1.5 * np.cos(lat), rel=1e-6)


def test_survey_metres_are_kept_or_not_for_the_whole_raster() -> None:
    utm = RasterioCrs(CRS.from_epsg(32645))
    x, y = np.array([WEST, WEST + 1.2e6]), np.array([NORTH, NORTH])
    assert metres_per_unit(utm, x, y)[0].tolist() == [1, 1]
    far = metres_per_unit(utm, x[::-1], y)[0]
    assert (far < 1.001).all()
    assert (far != 1).all()


# Overlaps.


def plain(path: Path, colour: tuple[int, ...], *, shift: int = 0, **extra: Any) -> Path:
    """A raster of 40 x 40 pixels of one colour, so many pixels to the east."""
    pixels = np.ones((len(colour), 40, 40), np.uint8) * np.array(colour, np.uint8)[:, None, None]
    transform = Affine(0.5, 0, WEST + shift * 0.5, 0, -0.5, NORTH)
    return write_raster(path, pixels, transform=transform, **extra)


@pytest.mark.parametrize("nodata", [0, 255])
@pytest.mark.parametrize("gsd", ["native", 0.25])
def test_overlapping_rasters_never_mix_within_a_pixel(
    tmp_path: Path, nodata: int, gsd: Any
) -> None:
    """A valid pixel that has the nodata value in one band keeps it, whatever lies below."""
    below = plain(tmp_path / "a.tif", (200, 200, 200), nodata=nodata)
    above = plain(tmp_path / "b.tif", (nodata, 50, 90), shift=20, nodata=nodata)
    hole = np.full((3, 40, 40), nodata, np.uint8)
    hole[:, :10] = 7
    transform = Affine(0.5, 0, WEST + 10, 0, -0.5, NORTH)
    top = write_raster(tmp_path / "c.tif", hole, transform=transform, nodata=nodata)
    with open_rasters(below, above, top, options=SourceOptions(gsd=gsd)) as source:
        pixels, valid = source.read(source.grid.window)
    if gsd == "native":
        assert pixels[:, 30, 10].tolist() == [200, 200, 200]
        assert pixels[:, 5, 30].tolist() == [7, 7, 7]
        assert (pixels[:, 10:, 20:] == np.array([nodata, 50, 90])[:, None, None]).all()
    else:
        assert (pixels[:, 24:, 44:] == np.array([nodata, 50, 90])[:, None, None]).all()
    assert valid.all()


def test_the_value_without_image_of_the_user_does_not_mix_either(tmp_path: Path) -> None:
    paths = (plain(tmp_path / "a.tif", (200, 200, 200)), plain(tmp_path / "b.tif", (0, 50, 90)))
    with open_rasters(*paths, options=SourceOptions(gsd="native", nodata=0)) as source:
        pixels, valid = source.read(source.grid.window)
    assert pixels[:, 3, 3].tolist() == [0, 50, 90]
    assert valid.all()


def test_a_transparent_pixel_does_not_hide_the_raster_below(tmp_path: Path) -> None:
    below = plain(tmp_path / "a.tif", (200, 200, 200, 255), alpha="YES")
    above = plain(tmp_path / "b.tif", (9, 9, 9, 0), shift=20, alpha="YES")
    with open_rasters(below, above) as source:
        pixels, valid = source.read(source.grid.window)
    assert valid[:, :40].all()
    assert not valid[:, 40:].any()
    assert (pixels[:, :, :40] == 200).all()


# Names and folders.


def result(path: Path) -> None:
    """A mask raster as the program writes it."""
    grid = Grid(
        Shape(40, 40), Transform(0.5, 0, WEST, 0, -0.5, NORTH), CRS.from_epsg(32645).to_wkt()
    )
    with OutputSet([path], overwrite=False) as outputs:
        with raster_sink("mask", outputs.target(path), grid, tiny_spec(), RasterioCogs()) as sink:
            empty = np.zeros((1, 40, 40), np.uint8)
            sink.write(grid.window, empty, empty[0])
            sink.finish()
        outputs.commit()


def test_results_of_earlier_runs_are_no_tiles(tmp_path: Path) -> None:
    tile = plain(tmp_path / "a.tif", (1, 2, 3))
    result(tmp_path / "dwellings_mask.tif")
    with open_rasters(tmp_path) as source:
        assert source.files == (str(tile),)
    tile.unlink()
    with pytest.raises(RasterError, match="is a result of this program"):
        open_rasters(tmp_path)


def test_the_picture_of_an_earlier_run_is_no_tile(tmp_path: Path) -> None:
    tile = plain(tmp_path / "a.tif", (1, 2, 3))
    with open_rasters(tmp_path) as source:
        overlay = render_overlay(source, [], tiny_spec(), stretch=None, max_side=32)
    (tmp_path / "a_overlay.png").write_bytes(overlay)
    with open_rasters(tmp_path) as source:
        assert source.files == (str(tile),)


def test_sub_folders_are_searched_and_hidden_ones_not(tmp_path: Path) -> None:
    for folder in (".cache", "19"):
        (tmp_path / folder / "3").mkdir(parents=True)
        plain(tmp_path / folder / "3" / "a.tif", (1, 2, 3))
    with open_rasters(tmp_path) as source:
        assert source.files == (str(tmp_path / "19" / "3" / "a.tif"),)


def test_a_bad_raster_in_a_folder_is_named_with_the_folder(tmp_path: Path) -> None:
    deep = tmp_path / "home" / "deep"
    deep.mkdir(parents=True)
    plain(deep / "a.tif", (1, 2, 3))
    (deep / "b.png").write_bytes(b"no picture")
    with pytest.raises(RasterError, match=r"b\.png.*one of 2 rasters in .*home and those below"):
        open_rasters(tmp_path / "home")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is empty"),
        (" ", "is empty"),
        ("caf\udce9.tif", r"caf\\udce9\.tif is not UTF-8"),
        ("a" * 300 + ".tif", "cannot be opened: File name too long"),
    ],
)
def test_names_that_cannot_be_are_refused(name: str, message: str) -> None:
    with pytest.raises(RasterError, match=message) as error:
        open_source([name], tiny_spec(), NATIVE)
    str(error.value).encode()


# Georeferences that cannot be.


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.5, 0, WEST, 0, 0, NORTH),
        Affine(0, 0, 0, 0, 0, 0),
        Affine(0.5, 0, float("nan"), 0, -0.5, NORTH),
        Affine(0.5, 0, float("inf"), 0, -0.5, NORTH),
        Affine(1e308, 0, WEST, 0, -1e308, NORTH),
        Affine(5e-324, 0, WEST, 0, -5e-324, NORTH),
    ],
)
def test_a_georeference_that_cannot_be_is_refused(tmp_path: Path, transform: Affine) -> None:
    path = tmp_path / "a.vrt"
    numbers = ", ".join(map(repr, transform.to_gdal()))
    image = plain(tmp_path / "a.tif", (1, 2, 3))
    rasterio.shutil.copy(image, path, driver="VRT")
    text = path.read_text()
    start, stop = text.index("<GeoTransform>"), text.index("</GeoTransform>")
    path.write_text(text[:start] + "<GeoTransform>" + numbers + text[stop:])
    with pytest.raises(RasterError, match=r"a\.vrt has a georeference that cannot be"):
        open_rasters(path)


def test_a_raster_wider_than_its_projection_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="{2**31 - 1}" rasterYSize="9"><SRS>EPSG:32645</SRS>'
        f"<GeoTransform>{WEST}, 0.5, 0, {NORTH}, 0, -0.5</GeoTransform>"
        + "".join(f'<VRTRasterBand dataType="Byte" band="{i}"/>' for i in (1, 2, 3))
        + "</VRTDataset>"
    )
    with pytest.raises(RasterError, match=r"wide\.vrt.*do not belong to this CRS"):
        open_rasters(path)


def test_rasters_too_far_apart_are_refused(tmp_path: Path) -> None:
    paths = (
        plain(tmp_path / "a.tif", (1, 2, 3), crs=None),
        plain(tmp_path / "b.tif", (1, 2, 3), crs=None, shift=2**31),
    )
    with pytest.raises(RasterError, match=r"a\.tif, lie too far apart"):
        open_rasters(*paths)


@pytest.mark.parametrize("gsd", [1e9, 0.04])
def test_a_wrong_gsd_of_the_user_is_called_that(tmp_path: Path, gsd: float) -> None:
    path = plain(tmp_path / "a.tif", (1, 2, 3))
    with pytest.raises(ParameterError, match=r"gsd=.* give 0\.05 to 500 metres"):
        open_rasters(path, options=SourceOptions(gsd=gsd))
