"""Any raster as a source: the right pixels, in the right place, with the right validity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.env
import rasterio.shutil
from rasterio.transform import Affine
from rasterio.warp import transform_geom

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import ParameterError, RasterError
from camp_detector_core.engine.grid import Transform, Window
from camp_detector_core.raster import (
    SourceOptions,
    gdal_env,
)
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster
from tests.support.sources import open_raster, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


def test_a_plain_raster_is_read_as_it_is(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    with open_raster(write_raster(tmp_path / "a.tif", pixels), SourceOptions()) as source:
        pixels_read, valid = whole(source)
        part, _ = source.read(Window(3, 5, 20, 30))
        assert source.grid.transform == Transform(0.5, 0, WEST, 0, -0.5, NORTH)
        assert source.grid.gsd == (0.5, 0.5)
        assert not source.is_resampled
        assert source.warnings == ()
    assert np.array_equal(pixels_read, pixels)
    assert np.array_equal(part, pixels[:, 3:23, 5:35])
    assert valid.all()


# Validity.


def test_unsigned_nodata_counts_only_where_all_bands_have_it(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    pixels[:, 10:20, 10:20] = 0
    pixels[1, 30, 30] = 0
    with open_raster(write_raster(tmp_path / "a.tif", pixels, nodata=0)) as source:
        _, valid = whole(source)
    expected = np.ones(valid.shape, bool)
    expected[10:20, 10:20] = False
    assert np.array_equal(valid, expected)


def test_signed_nodata_counts_where_any_band_has_it(tmp_path: Path) -> None:
    pixels = rgb_of(scene()).astype(np.int16)
    pixels[1, 30, 30] = -9999
    path = write_raster(tmp_path / "a.tif", pixels, nodata=-9999, colors=("red", "green", "blue"))
    with open_raster(path) as source:
        _, valid = whole(source)
    assert np.argwhere(~valid).tolist() == [[30, 30]]


@pytest.mark.parametrize("kind", ["alpha", "mask", "sidecar"])
def test_alpha_and_masks_are_honoured(tmp_path: Path, kind: str) -> None:
    pixels = rgb_of(scene())
    mask = np.ones(pixels.shape[1:], bool)
    mask[40:60, :30] = False
    path = tmp_path / "a.tif"
    if kind == "alpha":
        alpha = (mask * 255).astype(np.uint8)[None]
        write_raster(path, np.concatenate((pixels, alpha)), alpha="YES")
    elif kind == "mask":
        write_raster(path, pixels, mask=mask)
    else:
        write_raster(path, pixels)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="NO"), rasterio.open(path, "r+") as dataset:
            dataset.write_mask(mask)
        assert (tmp_path / "a.tif.msk").exists()
    with open_raster(path) as source:
        pixels_read, valid = whole(source)
    assert np.array_equal(valid, mask)
    assert np.array_equal(pixels_read[:, mask], pixels[:, mask])


def test_alpha_and_nodata_both_count(tmp_path: Path) -> None:
    pixels = np.concatenate((rgb_of(scene()), np.full((1, 150, 170), 255, np.uint8)))
    pixels[3, :10] = 0
    pixels[:3, 20:30] = 0
    with open_raster(write_raster(tmp_path / "a.tif", pixels, alpha="YES", nodata=0)) as source:
        _, valid = whole(source)
    assert not valid[:10].any()
    assert not valid[20:30].any()
    assert valid[30:].all()


@pytest.mark.parametrize("kind", ["alpha", "mask"])
@pytest.mark.parametrize("gsd", ["native", 1.0])
def test_a_nodata_value_of_the_users_counts_beside_a_mask(
    tmp_path: Path, kind: str, gsd: Any
) -> None:
    pixels = np.full((3, 160, 160), 90, np.uint8)
    mask = np.ones((160, 160), bool)
    mask[:, :40] = False
    pixels[:, :, 120:] = 255
    pixels[0, 80:100, 60:100] = 255  # in one band alone, by right
    if kind == "alpha":
        pixels = np.concatenate((pixels, (mask * 255).astype(np.uint8)[None]))
        path = write_raster(tmp_path / "a.tif", pixels, alpha="YES")
    else:
        path = write_raster(tmp_path / "a.tif", pixels, mask=mask)
    with open_raster(path, SourceOptions(gsd=gsd, nodata=255)) as source:
        pixels_read, valid = whole(source)
    scale = valid.shape[0] / 160
    first, last = round(40 * scale), round(120 * scale)
    assert valid[:, first:last].all()
    assert not valid[:, :first].any()
    assert not valid[:, last:].any()
    assert set(np.unique(pixels_read[1:, valid])) == {90}
    assert set(np.unique(pixels_read[0, valid])) == {90, 255}


def test_nan_and_infinity_are_not_valid(tmp_path: Path) -> None:
    pixels = rgb_of(scene()).astype(np.float32)
    pixels[2, 5, 6] = np.nan
    pixels[0, 7, 8] = np.inf
    path = write_raster(tmp_path / "a.tif", pixels, colors=("red", "green", "blue"))
    with open_raster(path, dtype="float32") as source:
        _, valid = whole(source)
    assert np.argwhere(~valid).tolist() == [[5, 6], [7, 8]]


# Bands.


def test_bands_are_chosen_by_colour(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    path = write_raster(tmp_path / "a.tif", pixels, colors=("blue", "green", "red"))
    with open_raster(path) as source:
        pixels_read, _ = whole(source)
        assert source.bands == (3, 2, 1)
    assert np.array_equal(pixels_read, pixels[::-1])


def test_bands_are_chosen_by_description(tmp_path: Path) -> None:
    pixels = np.arange(6, dtype=np.uint8)[:, None, None] * np.ones((1, 40, 40), np.uint8)
    path = write_raster(tmp_path / "a.tif", pixels)
    with rasterio.open(path, "r+") as dataset:
        for i, name in enumerate(("Coastal", "Blue", "Green", "Red", "NIR", "SWIR"), 1):
            dataset.set_band_description(i, name)
    with open_raster(path, names=("red", "nir", "blue")) as source:
        assert source.bands == (4, 5, 2)
        assert whole(source)[0][:, 0, 0].tolist() == [3, 4, 1]


@pytest.mark.parametrize(("count", "warns"), [(3, True), (4, True)])
def test_the_first_bands_of_few_are_taken_with_a_warning(
    tmp_path: Path, count: int, warns: bool
) -> None:
    pixels = np.arange(count, dtype=np.uint16)[:, None, None] * np.ones((1, 40, 40), np.uint16)
    with open_raster(write_raster(tmp_path / "a.tif", pixels)) as source:
        assert source.bands == (1, 2, 3)
        assert any("bands 1, 2, 3 are taken as red, green, blue" in str(w) for w in source.warnings)


@pytest.mark.parametrize(
    ("count", "example"), [(1, "bands=1,1,1"), (2, "bands=1,2,2"), (8, "bands=1,2,3")]
)
def test_other_numbers_of_bands_need_a_choice(tmp_path: Path, count: int, example: str) -> None:
    path = write_raster(tmp_path / "a.tif", np.zeros((count, 40, 40), np.uint8))
    with pytest.raises(RasterError, match=f"has {count} band.*{example}"):
        open_raster(path)


def test_one_band_can_serve_for_all(tmp_path: Path) -> None:
    pixels = rgb_of(scene())[:1]
    path = write_raster(tmp_path / "a.tif", pixels)
    for gsd in ("native", 0.25):
        with open_raster(path, SourceOptions(bands=(1, 1, 1), gsd=gsd)) as source:
            pixels_read, _ = whole(source)
        assert np.array_equal(pixels_read[0], pixels_read[2])
        assert pixels_read.shape[0] == 3


@pytest.mark.parametrize(
    ("bands", "message"), [((1, 2), "2 bands.*takes 3"), ((1, 2, 9), "band 9.*has 3")]
)
def test_a_wrong_choice_of_bands_is_refused(
    tmp_path: Path, bands: tuple[int, ...], message: str
) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    with pytest.raises(ParameterError, match=message):
        open_raster(path, SourceOptions(bands=bands))


def test_a_palette_image_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", np.zeros((1, 40, 40), np.uint8))
    with rasterio.open(path, "r+") as dataset:
        dataset.write_colormap(1, {0: (255, 0, 0, 255)})
    with pytest.raises(RasterError, match="palette image") as error:
        open_raster(path)
    assert "gdal_translate -expand rgb" in error.value.render(COMMAND)


@pytest.mark.parametrize("kind", ["nodata", "alpha", "mask"])
def test_a_window_in_fewer_pixels_shows_the_same(tmp_path: Path, kind: str) -> None:
    """Every pixel four times: half of the rows and columns say all."""
    small = np.random.default_rng(0).integers(1, 256, (3, 30, 40)).astype(np.uint8)
    is_camp = scene(30, 40)
    small[:, ~is_camp] = 0
    pixels, mask = np.kron(small, np.ones((1, 2, 2), np.uint8)), np.kron(is_camp, np.ones((2, 2)))
    extra: dict[str, Any] = {"nodata": 0}
    if kind == "alpha":
        pixels = np.concatenate((pixels, (mask * 255).astype(np.uint8)[None]))
        extra = {"alpha": "YES"}
    elif kind == "mask":
        extra = {"mask": mask > 0}
    path = write_raster(tmp_path / "a.tif", pixels, **extra)
    with open_raster(path, SourceOptions()) as source:
        pixels_read, valid = source.read(Window(10, 20, 40, 60), shape=(20, 30))
    assert np.array_equal(pixels_read, small[:, 5:25, 10:40])
    assert np.array_equal(valid, is_camp[5:25, 10:40])
    with open_raster(path, SourceOptions(gsd=0.25)) as source:
        pixels_read, valid = source.read(source.grid.window, shape=(30, 40))
    inside = valid & is_camp
    assert inside.sum() > 0.6 * is_camp.sum()
    assert np.array_equal(pixels_read[:, inside], small[:, inside])


# The grid.


@pytest.mark.parametrize(("gsd", "count"), [("auto", 0), (0.6, 0), (1.5, 1), (0.2, 1)])
def test_pixels_far_from_the_models_come_with_a_warning(
    tmp_path: Path, gsd: Any, count: int
) -> None:
    path = write_raster(tmp_path / "a.tif", np.zeros((3, 60, 60), np.uint8))
    with open_raster(path, SourceOptions(gsd=gsd)) as source:
        assert len([w for w in source.warnings if "was trained on 0.5 m" in str(w)]) == count


def test_a_raster_within_ten_percent_keeps_its_grid(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), gsd=0.46)
    with open_raster(path, SourceOptions()) as source:
        assert not source.is_resampled
    with open_raster(path, SourceOptions(gsd="model")) as source:
        # Whole pixels that fill the raster.
        assert source.grid.gsd == pytest.approx((0.5, 0.5), rel=5e-3)


@pytest.mark.parametrize("gsd", [0.25, 1.0, 0.37])
def test_resampling_keeps_places(tmp_path: Path, gsd: float) -> None:
    """A patch of white lies at the same metres on whatever grid."""
    is_camp = np.zeros((240, 200), bool)
    is_camp[80:160, 40:120] = True
    path = write_raster(tmp_path / "a.tif", rgb_of(is_camp), gsd=0.5)
    with open_raster(path, SourceOptions(gsd=gsd)) as source:
        red, valid = source.read(source.grid.window)[0][0], source.read(source.grid.window)[1]
        grid = source.grid
        assert source.is_resampled
    assert grid.gsd == pytest.approx((gsd, gsd), rel=5e-3)
    whole = np.array([grid.shape[::-1]])
    assert grid.transform.apply(whole)[0] == pytest.approx((WEST + 100, NORTH - 120))
    weight = red.astype(float) / 255
    assert weight.sum() * grid.pixel_area == pytest.approx(80 * 80 * 0.25, rel=0.002)
    rows, cols = np.indices(red.shape) + 0.5
    middle = np.array([[(cols * weight).sum(), (rows * weight).sum()]]) / weight.sum()
    assert grid.transform.apply(middle)[0] == pytest.approx((WEST + 40, NORTH - 60), abs=0.05)
    assert valid.mean() > 0.99


def test_resampled_blocks_equal_the_whole(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), nodata=0)
    with open_raster(path, SourceOptions(gsd=0.3)) as source:
        pixels, valid = whole(source)
    with open_raster(path, SourceOptions(gsd=0.3)) as source:
        height, width = source.grid.shape
        for row in range(0, height, 41):
            for col in range(0, width, 57):
                window = Window(row, col, min(41, height - row), min(57, width - col))
                part, part_valid = source.read(window)
                assert np.array_equal(part, pixels[(slice(None), *window.slices)])
                assert np.array_equal(part_valid, valid[window.slices])


@pytest.mark.parametrize("kind", ["nodata", "alpha", "mask", "nan"])
def test_resampling_mixes_no_invalid_pixel_into_valid_ones(tmp_path: Path, kind: str) -> None:
    pixels = np.full((3, 120, 120), 200, np.float32 if kind == "nan" else np.uint8)
    mask = np.ones((120, 120), bool)
    mask[:, :60] = False
    extra: dict[str, Any] = {"colors": ("red", "green", "blue")}
    bad = {"nodata": 0, "alpha": 7, "mask": 7, "nan": np.nan}[kind]
    pixels[:, ~mask] = bad
    if kind == "nodata":
        extra["nodata"] = 0
    elif kind == "mask":
        extra["mask"] = mask
    elif kind == "alpha":
        pixels = np.concatenate((pixels, (mask * 255).astype(np.uint8)[None]))
        extra = {"alpha": "YES"}
    path = write_raster(tmp_path / "a.tif", pixels, **extra)
    for gsd in (1.2, 0.3):
        with open_raster(path, SourceOptions(gsd=gsd), dtype=pixels.dtype.name) as source:
            pixels_read, valid = whole(source)
        edge = round(30 / gsd)
        assert valid[:, edge + 2 :].all()
        assert not valid[:, : edge - 2].any()
        assert np.unique(pixels_read[:, valid]).tolist() == [200]


@pytest.mark.parametrize("gsd", ["native", 1.0])
def test_south_up_rasters_are_turned(tmp_path: Path, gsd: Any) -> None:
    pixels = rgb_of(scene())
    up = write_raster(tmp_path / "up.tif", pixels)
    down = write_raster(
        tmp_path / "down.tif",
        pixels[:, ::-1],
        transform=Affine(0.5, 0, WEST, 0, 0.5, NORTH - 0.5 * 150),
    )
    options = SourceOptions(gsd=gsd)
    with open_raster(up, options) as one, open_raster(down, options) as other:
        assert one.grid == other.grid
        a, b = (whole(source)[0].astype(int) for source in (one, other))
        # Averages that end in one half may be rounded up or down.
        assert np.abs(a - b).max() <= (gsd != "native")
        assert np.array_equal(one.picture(50).pixels, other.picture(50).pixels)


def test_a_rotated_raster_is_refused(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "a.tif", rgb_of(scene()), transform=Affine(0.5, 0.01, WEST, 0.01, -0.5, NORTH)
    )
    with pytest.raises(RasterError, match="rotated") as error:
        open_raster(path)
    assert "gdalwarp" in error.value.render(COMMAND)


def test_control_points_alone_are_refused(tmp_path: Path) -> None:
    points = [
        rasterio.control.GroundControlPoint(row=r, col=c, x=85 + c * 1e-5, y=27 - r * 1e-5)
        for r, c in ((0, 0), (0, 100), (100, 0), (100, 100))
    ]
    path = write_raster(
        tmp_path / "a.tif", rgb_of(scene()), transform=None, crs="EPSG:4326", gcps=points
    )
    with pytest.raises(RasterError, match="control points") as error:
        open_raster(path)
    assert "gdalwarp" in error.value.render(COMMAND)


@pytest.mark.parametrize(
    ("crs", "x", "y", "side"),
    [
        ("EPSG:4326", 85.5, 27.6, 1e-6),
        ("EPSG:4326", -20.0, 64.0, 2e-6),
        ("EPSG:3857", 9_520_000.0, 3_200_000.0, 0.15),
        ("EPSG:3857", 0.0, 11_000_000.0, 0.2),
        ("EPSG:32645", WEST, NORTH, 0.2),
        ("EPSG:2263", 980_000.0, 200_000.0, 0.5),  # feet
        ("EPSG:3031", 500_000.0, 1_000_000.0, 0.2),
    ],
)
def test_metres_are_those_on_the_ground(crs: str, x: float, y: float, side: float) -> None:
    """Against an equal-area projection of the same square made around it by PROJ."""
    from camp_detector_core.georaster.ground import metres_per_unit
    from camp_detector_core.raster.library import crs_of

    size = 1000 * side
    square = {
        "type": "Polygon",
        "coordinates": [[(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]],
    }
    lon, lat = transform_geom(crs, "EPSG:4326", {"type": "Point", "coordinates": (x, y)})[
        "coordinates"
    ]
    local = f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
    ring = np.array(transform_geom(crs, local, square)["coordinates"][0])
    area = abs(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])) / 2
    middle = np.array([x + size / 2]), np.array([y + size / 2])
    wkt = rasterio.crs.CRS.from_string(crs).to_wkt()
    mx, my = metres_per_unit(crs_of(wkt), *middle)
    assert float(mx[0] * my[0]) * size**2 == pytest.approx(area, rel=1e-3)


@pytest.mark.parametrize(("unit", "metres"), [("metre", 1), ("US survey foot", 0.3048006096012192)])
def test_a_sites_own_grid_has_the_metres_of_its_unit(
    tmp_path: Path, unit: str, metres: float
) -> None:
    crs = f'LOCAL_CS["site",UNIT["{unit}",{metres}],AXIS["x",EAST],AXIS["y",NORTH]]'
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=crs, gsd=0.5 / metres)
    with open_raster(path, SourceOptions()) as source:
        assert source.grid.gsd == pytest.approx((0.5, 0.5))
        assert not source.is_resampled


def test_degrees_that_cannot_be_are_refused(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs="EPSG:4326")
    with pytest.raises(RasterError, match=r"a\.tif.*latitude"):
        open_raster(path)


def test_geographic_rasters_get_square_pixels(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "a.tif",
        rgb_of(scene()),
        crs="EPSG:4326",
        transform=Affine(4e-6, 0, 20.0, 0, -4e-6, 60.0),
    )
    with open_raster(path, SourceOptions()) as source:
        assert source.is_resampled
        assert source.grid.gsd == pytest.approx((0.5, 0.5), rel=5e-3)
        assert source.grid.transform.c == 20.0


@pytest.mark.parametrize(
    ("gsd", "words"),
    [(30.0, ("not in the picture", "--gsd native")), (1e-5, ("pixels of 1e-05 m",))],
)
def test_hopeless_resampling_is_refused(tmp_path: Path, gsd: float, words: tuple[str, ...]) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), gsd=gsd)
    with pytest.raises(RasterError) as error:
        open_raster(path, SourceOptions())
    assert all(part in error.value.render(COMMAND) for part in words)
