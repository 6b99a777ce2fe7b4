"""Any raster as a source: the right pixels, in the right place, with the right validity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.env
import rasterio.shutil
from rasterio.enums import MaskFlags
from rasterio.transform import Affine
from rasterio.warp import transform_geom

from camp_detector_core.atomic import OutputSet
from camp_detector_core.engine.errors import OutputError, RasterError
from camp_detector_core.engine.grid import Grid, Shape, Transform, Window
from camp_detector_core.raster import (
    ClassSink,
    ProbabilitySink,
    SourceOptions,
    gdal_env,
    open_source,
)
from camp_detector_core.raster.stretch import choose_stretch
from camp_detector_core.raster.xyz import tile_transform
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, UTM, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.raster import RasterioSource

NATIVE = SourceOptions(gsd="native")


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


def opened(path: Path | list[Path], options: SourceOptions = NATIVE, **spec: Any) -> RasterioSource:
    paths = path if isinstance(path, list) else [path]
    return open_source([str(p) for p in paths], tiny_spec(**spec), options)


def whole(source: RasterioSource) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    return source.read(source.grid.window)


def test_a_plain_raster_is_read_as_it_is(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    with opened(write_raster(tmp_path / "a.tif", pixels), SourceOptions()) as source:
        got, valid = whole(source)
        part, _ = source.read(Window(3, 5, 20, 30))
        assert source.grid.transform == Transform(0.5, 0, WEST, 0, -0.5, NORTH)
        assert source.grid.gsd == (0.5, 0.5)
        assert not source.is_resampled
        assert source.warnings == ()
    assert np.array_equal(got, pixels)
    assert np.array_equal(part, pixels[:, 3:23, 5:35])
    assert valid.all()


# Validity.


def test_unsigned_nodata_counts_only_where_all_bands_have_it(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    pixels[:, 10:20, 10:20] = 0
    pixels[1, 30, 30] = 0
    with opened(write_raster(tmp_path / "a.tif", pixels, nodata=0)) as source:
        _, valid = whole(source)
    expected = np.ones(valid.shape, bool)
    expected[10:20, 10:20] = False
    assert np.array_equal(valid, expected)


def test_signed_nodata_counts_where_any_band_has_it(tmp_path: Path) -> None:
    pixels = rgb_of(scene()).astype(np.int16)
    pixels[1, 30, 30] = -9999
    path = write_raster(tmp_path / "a.tif", pixels, nodata=-9999, colors=("red", "green", "blue"))
    with opened(path) as source:
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
    with opened(path) as source:
        got, valid = whole(source)
    assert np.array_equal(valid, mask)
    assert np.array_equal(got[:, mask], pixels[:, mask])


def test_alpha_and_nodata_both_count(tmp_path: Path) -> None:
    pixels = np.concatenate((rgb_of(scene()), np.full((1, 150, 170), 255, np.uint8)))
    pixels[3, :10] = 0
    pixels[:3, 20:30] = 0
    with opened(write_raster(tmp_path / "a.tif", pixels, alpha="YES", nodata=0)) as source:
        _, valid = whole(source)
    assert not valid[:10].any()
    assert not valid[20:30].any()
    assert valid[30:].all()


def test_nan_and_infinity_are_not_valid(tmp_path: Path) -> None:
    pixels = rgb_of(scene()).astype(np.float32)
    pixels[2, 5, 6] = np.nan
    pixels[0, 7, 8] = np.inf
    path = write_raster(tmp_path / "a.tif", pixels, colors=("red", "green", "blue"))
    with opened(path, dtype="float32") as source:
        _, valid = whole(source)
    assert np.argwhere(~valid).tolist() == [[5, 6], [7, 8]]


# Bands.


def test_bands_are_chosen_by_colour(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    path = write_raster(tmp_path / "a.tif", pixels, colors=("blue", "green", "red"))
    with opened(path) as source:
        got, _ = whole(source)
        assert source.bands == (3, 2, 1)
    assert np.array_equal(got, pixels[::-1])


def test_bands_are_chosen_by_description(tmp_path: Path) -> None:
    pixels = np.arange(6, dtype=np.uint8)[:, None, None] * np.ones((1, 40, 40), np.uint8)
    path = write_raster(tmp_path / "a.tif", pixels)
    with rasterio.open(path, "r+") as dataset:
        for i, name in enumerate(("Coastal", "Blue", "Green", "Red", "NIR", "SWIR"), 1):
            dataset.set_band_description(i, name)
    with opened(path, names=("red", "nir", "blue")) as source:
        assert source.bands == (4, 5, 2)
        assert whole(source)[0][:, 0, 0].tolist() == [3, 4, 1]


@pytest.mark.parametrize(("count", "warns"), [(3, True), (4, True)])
def test_the_first_bands_of_few_are_taken_with_a_warning(
    tmp_path: Path, count: int, warns: bool
) -> None:
    pixels = np.arange(count, dtype=np.uint16)[:, None, None] * np.ones((1, 40, 40), np.uint16)
    with opened(write_raster(tmp_path / "a.tif", pixels)) as source:
        assert source.bands == (1, 2, 3)
        assert any("bands 1, 2, 3 are taken as red, green, blue" in w for w in source.warnings)


@pytest.mark.parametrize(
    ("count", "example"), [(1, "--bands 1,1,1"), (2, "--bands 1,2,3"), (8, "--bands 1,2,3")]
)
def test_other_numbers_of_bands_need_a_choice(tmp_path: Path, count: int, example: str) -> None:
    path = write_raster(tmp_path / "a.tif", np.zeros((count, 40, 40), np.uint8))
    with pytest.raises(RasterError, match=f"has {count} band.*{example}"):
        opened(path)


def test_one_band_can_serve_for_all(tmp_path: Path) -> None:
    pixels = rgb_of(scene())[:1]
    path = write_raster(tmp_path / "a.tif", pixels)
    for gsd in ("native", 0.25):
        with opened(path, SourceOptions(bands=(1, 1, 1), gsd=gsd)) as source:
            got, _ = whole(source)
        assert np.array_equal(got[0], got[2])
        assert got.shape[0] == 3


@pytest.mark.parametrize(
    ("bands", "message"), [((1, 2), "2 bands.*takes 3"), ((1, 2, 9), "band 9.*has 3")]
)
def test_a_wrong_choice_of_bands_is_refused(
    tmp_path: Path, bands: tuple[int, ...], message: str
) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    with pytest.raises(RasterError, match=message):
        opened(path, SourceOptions(bands=bands))


def test_a_palette_image_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", np.zeros((1, 40, 40), np.uint8))
    with rasterio.open(path, "r+") as dataset:
        dataset.write_colormap(1, {0: (255, 0, 0, 255)})
    with pytest.raises(RasterError, match=r"palette image.*expand rgb"):
        opened(path)


# The grid.


def test_a_raster_within_ten_percent_keeps_its_grid(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), gsd=0.46)
    with opened(path, SourceOptions()) as source:
        assert not source.is_resampled
    with opened(path, SourceOptions(gsd="model")) as source:
        assert source.grid.gsd == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("gsd", [0.25, 1.0, 0.37])
def test_resampling_keeps_places(tmp_path: Path, gsd: float) -> None:
    """A patch of white lies at the same metres on whatever grid."""
    found = np.zeros((240, 200), bool)
    found[80:160, 40:120] = True
    path = write_raster(tmp_path / "a.tif", rgb_of(found), gsd=0.5)
    with opened(path, SourceOptions(gsd=gsd)) as source:
        red, valid = source.read(source.grid.window)[0][0], source.read(source.grid.window)[1]
        grid = source.grid
        assert source.is_resampled
    assert grid.gsd == pytest.approx((gsd, gsd))
    weight = red.astype(float) / 255
    assert weight.sum() * grid.pixel_area == pytest.approx(80 * 80 * 0.25, rel=0.002)
    rows, cols = np.indices(red.shape) + 0.5
    middle = np.array([[(cols * weight).sum(), (rows * weight).sum()]]) / weight.sum()
    assert grid.transform.apply(middle)[0] == pytest.approx((WEST + 40, NORTH - 60), abs=0.05)
    assert valid.mean() > 0.99


def test_resampled_blocks_equal_the_whole(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), nodata=0)
    with opened(path, SourceOptions(gsd=0.3)) as source:
        pixels, valid = whole(source)
    with opened(path, SourceOptions(gsd=0.3)) as source:
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
        with opened(path, SourceOptions(gsd=gsd), dtype=pixels.dtype.name) as source:
            got, valid = whole(source)
        edge = round(30 / gsd)
        assert valid[:, edge + 2 :].all()
        assert not valid[:, : edge - 2].any()
        assert np.unique(got[:, valid]).tolist() == [200]


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
    with opened(up, options) as one, opened(down, options) as other:
        assert one.grid == other.grid
        a, b = (whole(source)[0].astype(int) for source in (one, other))
        # Averages that end in one half may be rounded up or down.
        assert np.abs(a - b).max() <= (gsd != "native")
        assert np.array_equal(one.picture(50).pixels, other.picture(50).pixels)


def test_a_rotated_raster_is_refused(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "a.tif", rgb_of(scene()), transform=Affine(0.5, 0.01, WEST, 0.01, -0.5, NORTH)
    )
    with pytest.raises(RasterError, match=r"rotated.*gdalwarp"):
        opened(path)


def test_control_points_alone_are_refused(tmp_path: Path) -> None:
    points = [
        rasterio.control.GroundControlPoint(row=r, col=c, x=85 + c * 1e-5, y=27 - r * 1e-5)
        for r, c in ((0, 0), (0, 100), (100, 0), (100, 100))
    ]
    path = write_raster(
        tmp_path / "a.tif", rgb_of(scene()), transform=None, crs="EPSG:4326", gcps=points
    )
    with pytest.raises(RasterError, match=r"control points.*gdalwarp"):
        opened(path)


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
    from camp_detector_core.raster.ground import metres_per_unit

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
    mx, my = metres_per_unit(rasterio.crs.CRS.from_string(crs), *middle)
    assert float(mx[0] * my[0]) * size**2 == pytest.approx(area, rel=1e-3)


@pytest.mark.parametrize(("unit", "metres"), [("metre", 1), ("US survey foot", 0.3048006096012192)])
def test_a_sites_own_grid_has_the_metres_of_its_unit(
    tmp_path: Path, unit: str, metres: float
) -> None:
    crs = f'LOCAL_CS["site",UNIT["{unit}",{metres}],AXIS["x",EAST],AXIS["y",NORTH]]'
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=crs, gsd=0.5 / metres)
    with opened(path, SourceOptions()) as source:
        assert source.grid.gsd == pytest.approx((0.5, 0.5))
        assert not source.is_resampled


def test_degrees_that_cannot_be_are_refused(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs="EPSG:4326")
    with pytest.raises(RasterError, match=r"a\.tif.*latitude"):
        opened(path)


def test_geographic_rasters_get_square_pixels(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "a.tif",
        rgb_of(scene()),
        crs="EPSG:4326",
        transform=Affine(4e-6, 0, 20.0, 0, -4e-6, 60.0),
    )
    with opened(path, SourceOptions()) as source:
        assert source.is_resampled
        assert source.grid.gsd == pytest.approx((0.5, 0.5))
        assert source.grid.transform.c == 20.0


@pytest.mark.parametrize(
    ("gsd", "message"), [(30.0, "not in the picture.*--gsd native"), (1e-5, "CRS is missing")]
)
def test_hopeless_resampling_is_refused(tmp_path: Path, gsd: float, message: str) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), gsd=gsd)
    with pytest.raises(RasterError, match=message):
        opened(path, SourceOptions())


# Without CRS or georeference.


def test_without_crs_units_are_metres_and_a_warning_says_so(tmp_path: Path) -> None:
    with opened(write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=None)) as source:
        assert source.grid.crs_wkt is None
        assert source.grid.gsd == (0.5, 0.5)
        assert "has no CRS" in source.warnings[0]


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_picture_stays_in_pixels(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.png", rgb_of(scene()), driver="PNG", crs=None, transform=None)
    with opened(path, SourceOptions()) as source:
        assert source.grid.transform == Transform(1, 0, 0, 0, -1, 0)
        assert source.grid.gsd == (0.5, 0.5)
        assert "has no georeference" in source.warnings[0]
    with opened(path, SourceOptions(pixel_size=0.25)) as source:
        assert source.grid.gsd == (0.5, 0.5)
        assert source.grid.shape == Shape(75, 85)
        assert source.grid.transform == Transform(2, 0, 0, 0, -2, 0)


def test_a_pixel_size_for_a_georeferenced_raster_is_refused(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    with pytest.raises(RasterError, match="--pixel-size"):
        opened(path, SourceOptions(pixel_size=0.5))


@pytest.mark.parametrize(
    ("name", "lies"),
    [
        ("OAM-386697-220243-19.tif", True),
        ("tiles/19/386697/220243.png", True),
        ("386697_220243_19.jpg", True),
        ("2024-05-19.tif", False),
        ("2024-11-20.tif", False),
        ("IMG_20240519.tif", False),
        ("OAM-386697-220243-09.tif", False),
        ("OAM-986697-220243-19.tif", False),
    ],
)
def test_only_names_of_map_tiles_place_a_picture(name: str, lies: bool) -> None:
    found = tile_transform(name, height=512, width=512)
    assert (found is not None) == lies
    assert tile_transform(name, height=512, width=300) is None
    if found:
        lon, lat = rasterio.warp.transform("EPSG:3857", "EPSG:4326", [found.c], [found.f])
        # From the definition of the scheme: lon = 360 x / 2**z - 180, and its inverse Gudermannian.
        assert lon[0] == pytest.approx(386697 / 2**19 * 360 - 180)
        turn = np.pi * (1 - 2 * 220243 / 2**19)
        assert lat[0] == pytest.approx(np.degrees(np.arctan(np.sinh(turn))))


# Mosaics.


def cut(tmp_path: Path, path: Path, *, side: int = 64, **changes: Any) -> Path:
    """The tiles of a raster in a folder of its own."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    with rasterio.open(path) as dataset:
        has_mask = dataset.mask_flag_enums[0] == [MaskFlags.per_dataset]
        masks = dataset.read_masks(1) != 0
        for row in range(0, dataset.height, side):
            for col in range(0, dataset.width, side):
                window = rasterio.windows.Window(
                    col, row, min(side, dataset.width - col), min(side, dataset.height - row)
                )
                write_raster(
                    folder / f"t_{row}_{col}.tif",
                    dataset.read(window=window),
                    crs=dataset.crs,
                    nodata=dataset.nodata,
                    transform=dataset.window_transform(window),
                    colors=[c.name for c in dataset.colorinterp],
                    mask=masks[window.toslices()] if has_mask else None,
                    **changes,
                )
    return folder


@pytest.mark.parametrize("kind", ["plain", "nodata", "alpha", "mask"])
def test_a_folder_of_tiles_is_the_raster_they_were_cut_from(tmp_path: Path, kind: str) -> None:
    pixels = rgb_of(scene())
    extra: dict[str, Any] = {}
    if kind == "nodata":
        pixels[:, 30:50, 40:90] = 0
        pixels[2, 100, 100] = 0
        extra["nodata"] = 0
    if kind == "alpha":
        alpha = np.full((1, 150, 170), 255, np.uint8)
        alpha[0, 30:50, 40:90] = 0
        pixels = np.concatenate((pixels, alpha))
        extra["alpha"] = "YES"
    if kind == "mask":
        extra["mask"] = np.ones((150, 170), bool)
        extra["mask"][30:50, 40:90] = False
    path = write_raster(tmp_path / "a.tif", pixels, **extra)
    folder = cut(tmp_path, path, **({"alpha": "YES"} if kind == "alpha" else {}))
    for gsd in ("native", 0.3, 1.1):
        options = SourceOptions(gsd=gsd)
        with opened(path, options) as one, opened(folder, options) as many:
            assert len(many.files) == 9
            assert many.grid == one.grid
            (pixels, valid), (expected, expected_valid) = whole(many), whole(one)
            assert np.array_equal(valid, expected_valid)
            assert np.array_equal(pixels[:, valid], expected[:, valid])


def test_what_no_tile_covers_is_invalid(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    folder = cut(tmp_path, path)
    (folder / "t_64_64.tif").unlink()
    with opened(folder) as source:
        _, valid = whole(source)
    expected = np.ones((150, 170), bool)
    expected[64:128, 64:128] = False
    assert np.array_equal(valid, expected)


def test_overlapping_rasters_do_not_hide_each_other_with_nodata(tmp_path: Path) -> None:
    pixels = rgb_of(scene())
    left, right = pixels.copy(), pixels.copy()
    left[:, :, 100:] = 0
    right[:, :, :60] = 0
    paths = [
        write_raster(tmp_path / f"{n}.tif", p, nodata=0)
        for n, p in (("left", left), ("right", right))
    ]
    with opened(paths) as source:
        got, valid = whole(source)
    assert valid.all()
    assert np.array_equal(got, pixels)


def test_map_tiles_in_degrees_join_without_a_gap(tmp_path: Path) -> None:
    """Their rows differ in height by rounding of the latitude; many rows add up."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    paths = []
    for row in range(60):
        top, bottom = (
            np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (220243 + r) / 2**19))))
            for r in (row, row + 1)
        )
        left, side = 386697 / 2**19 * 360 - 180, 360 / 2**19
        paths.append(
            write_raster(
                folder / f"{row:02}.tif",
                np.full((3, 64, 64), row + 1, np.uint8),
                crs="EPSG:4326",
                transform=Affine(side / 64, 0, left, 0, (bottom - top) / 64, top),
            )
        )
    with opened(folder) as source:
        pixels, valid = whole(source)
    assert valid.all()
    rows = pixels[0, :, 0]
    assert (np.diff(rows.astype(int)) >= 0).all()
    assert np.abs(np.bincount(rows)[1:] - 64).max() <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crs": "EPSG:32644"}, "another CRS"),
        ({"gsd": 0.6}, "another pixel size"),
        ({"nodata": 0}, "another nodata value"),
        ({"crs": None}, "another CRS"),
    ],
)
def test_a_tile_that_does_not_fit_is_named(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    good = [write_raster(tmp_path / f"{i}.tif", rgb_of(scene())) for i in range(2)]
    bad = write_raster(tmp_path / "bad.tif", rgb_of(scene()), **change)
    with pytest.raises(RasterError, match=rf"bad\.tif has {message} than .*0\.tif"):
        opened([*good, bad])


@pytest.mark.parametrize("bands", [2, 4])
def test_a_tile_with_other_bands_is_named(tmp_path: Path, bands: int) -> None:
    good = write_raster(tmp_path / "good.tif", rgb_of(scene()))
    bad = write_raster(tmp_path / "bad.tif", np.zeros((bands, 40, 40), np.uint8))
    with pytest.raises(RasterError, match=r"bad\.tif has another number of bands"):
        opened([good, bad])
    deep = write_raster(tmp_path / "deep.tif", rgb_of(scene()).astype(np.uint16))
    with pytest.raises(RasterError, match=r"deep\.tif has another dtype"):
        opened([good, deep])


def test_a_vrt_is_a_raster_like_any_other(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    rasterio.shutil.copy(path, tmp_path / "a.vrt", driver="VRT")
    with opened(path) as one, opened(tmp_path / "a.vrt") as other:
        assert np.array_equal(whole(one)[0], whole(other)[0])
    data = path.read_bytes()
    with rasterio.MemoryFile(data, ext=".tif") as memory, opened(memory.name) as source:  # type: ignore[arg-type]
        assert source.grid.shape == Shape(150, 170)


def test_folders_without_rasters_and_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match="holds no raster"):
        opened(tmp_path)
    with pytest.raises(RasterError, match=r"nothing\.tif does not exist"):
        opened(tmp_path / "nothing.tif")


# Stretch.


def test_the_stretch_is_of_the_whole_raster(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(200, 4000, (3, 300, 300)).astype(np.uint16)
    pixels[:, :100] = 0
    path = write_raster(tmp_path / "a.tif", pixels, nodata=0, colors=("red", "green", "blue"))
    spec = tiny_spec()
    with open_source([str(path)], spec, NATIVE) as source:
        choice = choose_stretch(source, spec, SourceOptions())
        fixed = choose_stretch(source, spec, SourceOptions(stretch=(100, 5000)))
    assert choice.stretch is not None
    expected = np.percentile(pixels[:, 100:].reshape(3, -1), (2, 98), axis=1)
    assert choice.stretch.low == pytest.approx(expected[0])
    assert choice.stretch.high == pytest.approx(expected[1])
    assert choice.warning is not None
    assert "uint16" in choice.warning
    assert fixed.stretch is not None
    assert (fixed.stretch.low, fixed.stretch.high) == ((100,) * 3, (5000,) * 3)
    assert fixed.warning is None


def test_no_stretch_where_the_model_knows_the_dtype(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    with opened(path) as source:
        assert choose_stretch(source, tiny_spec(), SourceOptions()).stretch is None
        asked = choose_stretch(source, tiny_spec(), SourceOptions(stretch="percentile"))
        assert asked.stretch is not None
        assert asked.warning is None


@pytest.mark.parametrize("value", [0, 7])
def test_a_raster_of_one_value_or_none_has_a_stretch(tmp_path: Path, value: int) -> None:
    path = write_raster(tmp_path / "a.tif", np.full((3, 40, 40), value, np.uint16), nodata=0)
    with opened(path) as source:
        assert choose_stretch(source, tiny_spec(), SourceOptions()).stretch is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"gsd": 0.0},
        {"gsd": float("nan")},
        {"pixel_size": -1.0},
        {"bands": ()},
        {"bands": (0,)},
        {"stretch": (5, 5)},
    ],
)
def test_options_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RasterError):
        SourceOptions(**wrong)


# Cloud-Optimized GeoTIFF.


def scores_of(height: int, width: int) -> NDArray[np.uint8]:
    scores = np.random.default_rng(1).integers(0, 255, (1, height, width), dtype=np.uint8)
    scores[:, :50, :50] = 255
    return scores


def write_cogs(folder: Path, scores: NDArray[np.uint8], *, step: int) -> None:
    height, width = scores.shape[1:]
    grid = Grid(
        Shape(height, width),
        Transform(0.5, 0, WEST, 0, -0.5, NORTH),
        rasterio.crs.CRS.from_string(UTM).to_wkt(),
    )
    paths = [folder / "p.tif", folder / "m.tif"]
    with OutputSet(paths, overwrite=False) as outputs:
        targets = [outputs.target(p) for p in paths]
        with (
            ProbabilitySink(targets[0], grid, tiny_spec()) as one,
            ClassSink(targets[1], grid, tiny_spec()) as other,
        ):
            for row in range(0, height, step):
                part = scores[:, row : row + step]
                window = Window(row, 0, part.shape[1], width)
                for sink in (one, other):
                    sink.write(window, part)
            one.finish()
            other.finish()
        assert not paths[0].exists()
        outputs.commit()


def test_cogs_hold_scores_and_classes(tmp_path: Path) -> None:
    scores = scores_of(1100, 700)
    write_cogs(tmp_path, scores, step=333)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.tif", "p.tif"]
    with rasterio.open(tmp_path / "p.tif") as dataset:
        assert np.array_equal(dataset.read(), scores)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.overviews(1) == [2, 4]
        assert dataset.block_shapes == [(512, 512)]
        assert dataset.nodata == 255
        assert dataset.scales[0] == pytest.approx(1 / 254)
        assert dataset.descriptions == ("probability of dwelling",)
        assert dataset.crs.to_epsg() == 32645
        assert dataset.transform == Affine(0.5, 0, WEST, 0, -0.5, NORTH)
        assert dataset.tags()["CAMP_DETECTOR_MODEL"] == "tiny-1.0"
    with rasterio.open(tmp_path / "m.tif") as dataset:
        expected = np.where(scores[0] == 255, 255, scores[0] >= 127)
        assert np.array_equal(dataset.read(1), expected)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.nodata == 255
        assert dataset.colormap(1)[1] == (227, 26, 28, 255)
        assert dataset.tags()["CLASS_1"] == "dwelling"


def test_a_cog_that_lost_pixels_is_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDAL may swallow a failed write; the sum over all pixels then differs."""
    copy = rasterio.shutil.copy

    def lossy(source: Path, destination: Path, **options: Any) -> None:
        copy(source, destination, **options)
        with rasterio.open(destination, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as dataset:
            dataset.write(
                np.zeros((1, 1, 1), np.uint8), window=rasterio.windows.Window(60, 60, 1, 1)
            )

    monkeypatch.setattr(rasterio.shutil, "copy", lossy)
    scores = scores_of(100, 100)
    scores[0, 60, 60] = 200
    with pytest.raises(OutputError, match=r"p\.tif.*cannot be read back"):
        write_cogs(tmp_path, scores, step=50)
    assert list(tmp_path.iterdir()) == []


# Real tiles.


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_banepa_tiles_form_one_mosaic(banepa: Path) -> None:
    with opened(banepa / "predict", SourceOptions(), gsd=0.13) as source:
        pixels, valid = whole(source)
        assert source.grid.shape == Shape(2048, 2048)
        assert valid.all()
        assert source.grid.gsd == pytest.approx((0.132, 0.132), rel=0.01)
        for part in source.files[::5]:
            with rasterio.open(part) as dataset:
                x, y = (int(v) for v in part.split("-")[-3:-1])
                row, col = (y - 220243) * 512, (x - 386697) * 512
                assert np.array_equal(pixels[:, row : row + 512, col : col + 512], dataset.read())


# What GDAL may keep.


@pytest.mark.parametrize(
    ("profile", "megabytes"),
    [({"tiled": True, "blockxsize": 256, "blockysize": 256}, 64), ({"tiled": False}, 232)],
)
def test_rows_that_run_across_a_wide_raster_are_kept(
    tmp_path: Path, profile: dict[str, Any], megabytes: int
) -> None:
    profile = {"driver": "GTiff", "width": 120_000, "height": 600, "count": 3, **profile}
    transform = Affine(0.5, 0, WEST, 0, -0.5, NORTH)
    path = tmp_path / "wide.tif"
    with rasterio.open(
        path, "w", dtype="uint8", crs=UTM, transform=transform, sparse_ok=True, **profile
    ):
        pass
    with opened(path, tile_size=512):
        kept = rasterio.env.getenv()["GDAL_CACHEMAX"]
    assert kept / 2**20 == pytest.approx(megabytes, rel=0.1)
