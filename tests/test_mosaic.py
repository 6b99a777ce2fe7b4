"""Positions of rasters, alone and side by side, and the stretch of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.env
import rasterio.shutil
from rasterio.enums import MaskFlags
from rasterio.transform import Affine

from camp_detector_core.engine.errors import ParameterError, RasterError
from camp_detector_core.engine.grid import Shape, Transform
from camp_detector_core.georaster.stretch import choose_stretch
from camp_detector_core.georaster.xyz import tile_transform
from camp_detector_core.raster import (
    SourceOptions,
    gdal_env,
    open_source,
)
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, UTM, WEST, rgb_of, scene, write_raster
from tests.support.sources import NATIVE, open_raster, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


# Without CRS or georeference.


def test_without_crs_units_are_metres_and_a_warning_says_so(tmp_path: Path) -> None:
    with open_raster(write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=None)) as source:
        assert source.grid.crs_wkt is None
        assert source.grid.gsd == (0.5, 0.5)
        assert "has no CRS" in str(source.warnings[0])


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_picture_stays_in_pixels(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.png", rgb_of(scene()), driver="PNG", crs=None, transform=None)
    with open_raster(path, SourceOptions()) as source:
        assert source.grid.transform == Transform(1, 0, 0, 0, -1, 0)
        assert source.grid.gsd == (0.5, 0.5)
        assert "has no georeference" in str(source.warnings[0])
    with open_raster(path, SourceOptions(pixel_size=0.25)) as source:
        assert source.grid.gsd == (0.5, 0.5)
        assert source.grid.shape == Shape(75, 85)
        assert source.grid.transform == Transform(2, 0, 0, 0, -2, 0)


def test_a_pixel_size_for_a_georeferenced_raster_is_refused(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    with pytest.raises(ParameterError, match="pixel_size is for pictures without"):
        open_raster(path, SourceOptions(pixel_size=0.5))


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
    transform = tile_transform(name, height=512, width=512)
    assert (transform is not None) == lies
    assert tile_transform(name, height=512, width=300) is None
    if transform:
        lon, lat = rasterio.warp.transform("EPSG:3857", "EPSG:4326", [transform.c], [transform.f])
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
        with open_raster(path, options) as one, open_raster(folder, options) as many:
            assert len(many.files) == 9
            assert many.grid == one.grid
            (pixels, valid), (expected, expected_valid) = whole(many), whole(one)
            assert np.array_equal(valid, expected_valid)
            assert np.array_equal(pixels[:, valid], expected[:, valid])


def test_what_no_tile_covers_is_invalid(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    folder = cut(tmp_path, path)
    (folder / "t_64_64.tif").unlink()
    with open_raster(folder) as source:
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
    with open_raster(paths) as source:
        pixels_read, valid = whole(source)
    assert valid.all()
    assert np.array_equal(pixels_read, pixels)


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
    with open_raster(folder) as source:
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
        open_raster([*good, bad])


@pytest.mark.parametrize("bands", [2, 4])
def test_a_tile_with_other_bands_is_named(tmp_path: Path, bands: int) -> None:
    good = write_raster(tmp_path / "good.tif", rgb_of(scene()))
    bad = write_raster(tmp_path / "bad.tif", np.zeros((bands, 40, 40), np.uint8))
    with pytest.raises(RasterError, match=r"bad\.tif has another number of bands"):
        open_raster([good, bad])
    deep = write_raster(tmp_path / "deep.tif", rgb_of(scene()).astype(np.uint16))
    with pytest.raises(RasterError, match=r"deep\.tif has another dtype"):
        open_raster([good, deep])


def test_a_vrt_is_a_raster_like_any_other(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    rasterio.shutil.copy(path, tmp_path / "a.vrt", driver="VRT")
    with open_raster(path) as one, open_raster(tmp_path / "a.vrt") as other:
        assert np.array_equal(whole(one)[0], whole(other)[0])
    data = path.read_bytes()
    with rasterio.MemoryFile(data, ext=".tif") as memory, open_raster(memory.name) as source:  # type: ignore[arg-type]
        assert source.grid.shape == Shape(150, 170)


def test_folders_without_rasters_and_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match="holds no raster"):
        open_raster(tmp_path)
    with pytest.raises(RasterError, match=r"nothing\.tif does not exist"):
        open_raster(tmp_path / "nothing.tif")


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
    assert "uint16" in str(choice.warnings[0])
    assert fixed.stretch is not None
    assert (fixed.stretch.low, fixed.stretch.high) == ((100,) * 3, (5000,) * 3)
    assert fixed.warnings == ()


def test_no_stretch_where_the_model_knows_the_dtype(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    with open_raster(path) as source:
        assert choose_stretch(source, tiny_spec(), SourceOptions()).stretch is None
        choice = choose_stretch(source, tiny_spec(), SourceOptions(stretch="percentile"))
        assert choice.stretch is not None
        assert choice.warnings == ()


@pytest.mark.parametrize("value", [0, 7])
def test_a_raster_of_one_value_or_none_has_a_stretch(tmp_path: Path, value: int) -> None:
    path = write_raster(tmp_path / "a.tif", np.full((3, 40, 40), value, np.uint16), nodata=0)
    with open_raster(path) as source:
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
    with pytest.raises(ParameterError):
        SourceOptions(**wrong)


# Real tiles.


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_banepa_tiles_form_one_mosaic(banepa: Path) -> None:
    with open_raster(banepa / "predict", SourceOptions(), gsd=0.13) as source:
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
    with open_raster(path, tile_size=512):
        cache = rasterio.env.getenv()["GDAL_CACHEMAX"]
    assert cache / 2**20 == pytest.approx(megabytes, rel=0.1)
