"""A host's own GDAL gives the grid, the pixels and the words that rasterio gives."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.transform import Affine

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.georaster.stretch import choose_stretch
from camp_detector_core.raster import SourceOptions, gdal_env, open_source
from tests.support.missing import KINDS, TRANSFORM
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec

RGB = ("red", "green", "blue")
NARROW = 5
"""Pixels: averages of a narrower raster are wrong in GDAL before 3.10 (its issue 10892)."""


@dataclass(frozen=True)
class Case:
    """One raster to be opened by both."""

    make: Callable[[Path], Path | list[Path]]
    options: dict[str, Any] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)


def rgb(**changes: Any) -> Callable[[Path], Path]:
    """Three bands of noise, with what is said of them."""
    dtype = changes.pop("dtype", np.uint8)

    def make(folder: Path) -> Path:
        pixels = rgb_of(scene())
        if dtype != np.uint8:
            pixels = pixels.astype(np.float64) * (200 if np.dtype(dtype).kind == "u" else 1.5)
        return write_raster(folder / "a.tif", pixels.astype(dtype), **changes)

    return make


def alpha(folder: Path) -> Path:
    mask = (scene(seed=3) * 255).astype(np.uint8)
    pixels = np.concatenate((rgb_of(scene()), mask[None]))
    return write_raster(folder / "a.tif", pixels, alpha="YES")


def near_infrared(folder: Path) -> Path:
    pixels = np.concatenate((rgb_of(scene()), rgb_of(scene(seed=4))[:1]))
    path = write_raster(folder / "a.tif", pixels)
    with rasterio.open(path, "r+") as dataset:
        for i, name in enumerate(("Red", "Green", "Blue", "NIR"), 1):
            dataset.set_band_description(i, name)
    return path


def described(*names: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write_raster(folder / "a.tif", rgb_of(scene()), photometric="MINISBLACK")
        with rasterio.open(path, "r+") as dataset:
            for i, name in enumerate(names, 1):
                dataset.set_band_description(i, name)
        return path

    return make


def not_a_number(folder: Path) -> Path:
    pixels = rgb_of(scene()).astype(np.float32) / 255
    pixels[:, 30:50, 20:90] = np.nan
    pixels[1, 100, 100:140] = np.nan
    return write_raster(folder / "a.tif", pixels, colors=RGB)


def with_nodata(folder: Path) -> Path:
    pixels = rgb_of(scene())
    pixels[:, :40, :60] = 0
    pixels[0, 90, :] = 0
    return write_raster(folder / "a.tif", pixels, nodata=0)


def tiles(folder: Path) -> list[Path]:
    """Four that touch, two of them with a corner of nodata where they overlap the first."""
    out = []
    for i, (row, col) in enumerate(((0, 0), (0, 150), (130, 0), (130, 150))):
        pixels = rgb_of(scene(seed=i), seed=i)
        pixels[:, :25, :30] = 0
        transform = Affine(0.5, 0, WEST + col * 0.5, 0, -0.5, NORTH - row * 0.5)
        out.append(write_raster(folder / f"{i}.tif", pixels, nodata=0, transform=transform))
    return out


def web_tile(folder: Path) -> Path:
    path = write_raster(
        folder / "t.tif", rgb_of(scene(256, 256)), crs=None, transform=Affine.identity()
    )
    return path.rename(folder / "OAM-386697-220243-19.tif")


def empty(folder: Path) -> Path:
    (folder / "a.tif").touch()
    return folder / "a.tif"


def text(folder: Path) -> Path:
    (folder / "a.tif").write_text("no raster")
    return folder / "a.tif"


def cut_short(folder: Path) -> Path:
    path = write_raster(folder / "a.tif", rgb_of(scene()), compress="deflate")
    path.write_bytes(path.read_bytes()[:-20_000])
    return path


def palette(folder: Path) -> Path:
    path = write_raster(folder / "a.tif", np.zeros((1, 40, 40), np.uint8))
    with rasterio.open(path, "r+") as dataset:
        dataset.write_colormap(1, {0: (255, 0, 0, 255)})
    return path


def degrees(metres: float) -> Affine:
    return Affine(metres / 98_600, 0, 85.32, 0, -metres / 110_800, 27.7)


SOUTH_UP = Affine(0.5, 0, WEST, 0, 0.5, NORTH - 75)
MERCATOR = Affine(0.55, 0, 9_520_000.3, 0, -0.55, 3_200_000.7)
FLOAT = {"dtype": "float32"}

CASES = {
    "plain": Case(rgb()),
    "plain, coarser": Case(rgb(gsd=0.13)),
    "plain, finer": Case(rgb(gsd=1.7)),
    "plain, by a number": Case(rgb(), {"gsd": 0.37}),
    "almost the model's": Case(rgb(gsd=0.46)),
    "almost the model's, asked for the model's": Case(rgb(gsd=0.46), {"gsd": "model"}),
    "degrees": Case(rgb(crs="EPSG:4326", transform=degrees(0.5))),
    "degrees, finer": Case(rgb(crs="EPSG:4326", transform=degrees(0.21))),
    "degrees, coarser": Case(rgb(crs="EPSG:4326", transform=degrees(1.3))),
    "web mercator": Case(rgb(crs="EPSG:3857", transform=MERCATOR)),
    "web mercator, resampled": Case(rgb(crs="EPSG:3857", transform=MERCATOR), {"gsd": 0.3}),
    "feet": Case(rgb(crs="EPSG:2263", transform=Affine(1.6, 0, 980_000, 0, -1.6, 200_000))),
    "polar": Case(rgb(crs="EPSG:3031", transform=Affine(0.5, 0, 5e5, 0, -0.5, 1e6)), {"gsd": 0.8}),
    "no CRS": Case(rgb(crs=None)),
    "no georeference": Case(rgb(crs=None, transform=Affine.identity())),
    "no georeference, pixel size": Case(
        rgb(crs=None, transform=Affine.identity()), {"pixel_size": 0.2}
    ),
    "a tile by its name": Case(web_tile),
    "a site's grid": Case(rgb(crs='LOCAL_CS["site",UNIT["metre",1]]')),
    "rotated": Case(rgb(transform=Affine(0.5, 0.1, WEST, 0.1, -0.5, NORTH))),
    "south up": Case(rgb(transform=SOUTH_UP)),
    "south up, native": Case(rgb(transform=SOUTH_UP), {"gsd": "native"}),
    "south up, resampled": Case(rgb(transform=SOUTH_UP), {"gsd": 0.8}),
    "uint16": Case(rgb(dtype=np.uint16, colors=RGB)),
    "uint16, resampled": Case(rgb(dtype=np.uint16, colors=RGB), {"gsd": 0.33}),
    "uint16, unnamed": Case(rgb(dtype=np.uint16)),
    "int16 and nodata": Case(rgb(dtype=np.int16, colors=RGB, nodata=0), {"gsd": 0.8}),
    "int16, finer": Case(rgb(dtype=np.int16, colors=RGB, nodata=0), {"gsd": 0.3}),
    "NaN": Case(not_a_number, {}, FLOAT),
    "NaN, averaged": Case(not_a_number, {"gsd": 0.8}, FLOAT),
    "NaN, finer": Case(not_a_number, {"gsd": 0.3}, FLOAT),
    "NaN for a model of bytes": Case(not_a_number),
    "nodata": Case(with_nodata),
    "nodata, averaged": Case(with_nodata, {"gsd": 0.9}),
    "nodata, finer": Case(with_nodata, {"gsd": 0.3}),
    "nodata by the user": Case(rgb(), {"nodata": 255.0}),
    "nodata by the user, resampled": Case(rgb(), {"nodata": 255.0, "gsd": 0.4}),
    "nodata that cannot be": Case(rgb(), {"nodata": 300.0}),
    "alpha": Case(alpha),
    "alpha, averaged": Case(alpha, {"gsd": 0.9}),
    "alpha, finer": Case(alpha, {"gsd": 0.3}),
    "mask": Case(rgb(mask=scene(seed=3))),
    "mask, averaged": Case(rgb(mask=scene(seed=3)), {"gsd": 0.9}),
    "mask, finer": Case(rgb(mask=scene(seed=3)), {"gsd": 0.3}),
    "one band": Case(lambda f: write_raster(f / "a.tif", rgb_of(scene())[:1])),
    "one band for all": Case(
        lambda f: write_raster(f / "a.tif", rgb_of(scene())[:1]), {"bands": (1, 1, 1), "gsd": 0.4}
    ),
    "near infrared": Case(near_infrared, {}, {"names": ("nir", "red", "green")}),
    "near infrared, resampled": Case(
        near_infrared, {"gsd": 0.7}, {"names": ("nir", "red", "green")}
    ),
    "blue first": Case(described("Blue", "Green", "Red")),
    "blue first, by colour": Case(rgb(colors=RGB[::-1]), {"gsd": 0.3}),
    "bands that are not there": Case(rgb(), {"bands": (1, 2, 9)}),
    "a mosaic": Case(tiles),
    "a mosaic, resampled": Case(tiles, {"gsd": 0.8}),
    "stretch by the user": Case(rgb(dtype=np.uint16, colors=RGB), {"stretch": "percentile"}),
    "empty": Case(empty),
    "no raster": Case(text),
    "not there": Case(lambda f: f / "missing.tif"),
    "palette": Case(palette),
    "complex": Case(lambda f: write_raster(f / "a.tif", np.zeros((3, 40, 40), np.complex64))),
    "latitude beyond the pole": Case(
        rgb(crs="EPSG:4326", transform=Affine(1e-5, 0, 85, 0, -1e-5, 3_000))
    ),
    "beyond the projection": Case(rgb(transform=Affine(0.5, 0, 1e12, 0, -0.5, 1e12))),
    "too coarse": Case(rgb(gsd=9.0)),
}


HOLES = ~scene(60, 80, seed=5)


def missing(name: str, *, tiles: bool = False) -> Callable[[Path], Path | list[Path]]:
    """A raster that says in some way what is missing, or two that lie over each other."""

    def make(folder: Path) -> Path | list[Path]:
        write, rng = KINDS[name].write, np.random.default_rng(7)
        pixels = rng.integers(10, 201, (2, 3, *HOLES.shape)).astype(np.uint8)
        upper = write(folder / "upper", pixels[0], HOLES, TRANSFORM)
        if not tiles:
            return upper
        return [write(folder / "below", pixels[1], HOLES[::-1], TRANSFORM), upper]

    return make


for _name, _kind in KINDS.items():
    for _gsd in ("native", 1.0, 0.3):
        _options = {**_kind.options, "gsd": _gsd}
        CASES[f"{_name}, at {_gsd}"] = Case(missing(_name), _options)
        CASES[f"{_name}, two at {_gsd}"] = Case(missing(_name, tiles=True), _options)


def paths_of(paths: Path | list[Path]) -> list[str]:
    return [str(p) for p in (paths if isinstance(paths, list) else [paths])]


def by_rasterio(paths: list[str], spec: ModelSpec, options: dict[str, Any]) -> dict[str, Any]:
    """Read by rasterio, and describe the reading in the words of `hostgdal_child.py`."""
    try:
        source_options = SourceOptions(**options)
        with gdal_env(), open_source(paths, spec, source_options) as source:
            pixels, valid = source.read(source.grid.window)
            picture = source.picture(40)
            choice = choose_stretch(source, spec, source_options)
            return {
                "shape": source.grid.shape,
                "transform": source.grid.transform,
                "wkt": source.grid.crs_wkt,
                "metres": source.grid.metres_per_unit,
                "bands": source.bands,
                "warnings": [str(w) for w in (*source.warnings, *choice.warnings)],
                "stretch": choice.stretch and [choice.stretch.low, choice.stretch.high],
                "scale": picture.scale,
                "native": abs(source.native_grid.transform.a),
                "pixels": pixels,
                "valid": valid,
                "small": picture.pixels,
                "small_valid": picture.valid,
            }
    except CampDetectorError as error:
        return {"error": str(error)}


def opened_by_both(
    cases: list[Case], folder: Path, child: Callable[..., str]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Read each case by rasterio and by a host's GDAL; one process opens them all."""
    jobs, rasterio_readings = [], []
    for number, case in enumerate(cases):
        place = folder / f"in{number}"
        place.mkdir()
        paths, spec = paths_of(case.make(place)), tiny_spec(**case.spec)
        jobs.append({"paths": paths, "spec": spec.to_json(), "options": case.options})
        rasterio_readings.append(by_rasterio(paths, spec, case.options))
    (folder / "jobs.json").write_text(json.dumps(jobs))
    child("hostgdal_child.py", folder / "jobs.json", folder)
    gdal_readings = []
    for number in range(len(cases)):
        result = json.loads((folder / f"{number}.json").read_text())
        arrays = folder / f"{number}.npz"
        if arrays.exists():
            result.update(np.load(arrays))
        gdal_readings.append(result)
    return list(zip(rasterio_readings, gdal_readings, strict=True))


@pytest.fixture(scope="module")
def readings(
    child: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    pairs = opened_by_both(list(CASES.values()), tmp_path_factory.mktemp("rasters"), child)
    return dict(zip(CASES, pairs, strict=True))


def assert_same_words(rasterio_reading: dict[str, Any], gdal_reading: dict[str, Any]) -> None:
    assert gdal_reading.get("error") == rasterio_reading.get("error")
    assert gdal_reading.get("warnings") == rasterio_reading.get("warnings")
    assert gdal_reading.get("bands") == (
        None if "error" in rasterio_reading else list(rasterio_reading["bands"])
    )


def assert_same_grid(rasterio_reading: dict[str, Any], gdal_reading: dict[str, Any]) -> None:
    if "error" in rasterio_reading:
        return
    assert gdal_reading["shape"] == list(rasterio_reading["shape"])
    assert gdal_reading["transform"] == list(rasterio_reading["transform"])
    assert gdal_reading["metres"] == list(rasterio_reading["metres"])
    if rasterio_reading["wkt"] is None:
        assert gdal_reading["wkt"] is None
    else:
        assert CRS.from_wkt(gdal_reading["wkt"]) == CRS.from_wkt(rasterio_reading["wkt"])


def is_averaged(rasterio_reading: dict[str, Any]) -> bool:
    """Return True if a pixel is the mean of several."""
    return bool(rasterio_reading["native"] < abs(rasterio_reading["transform"].a))


def assert_same_pixels(
    rasterio_reading: dict[str, Any], gdal_reading: dict[str, Any], *, mixed: bool = False
) -> None:
    if "error" in rasterio_reading:
        return
    assert gdal_reading["pixels"].dtype == rasterio_reading["pixels"].dtype
    if is_averaged(rasterio_reading) and rasterio_reading["shape"].width < NARROW:
        return
    assert np.array_equal(gdal_reading["valid"], rasterio_reading["valid"])
    valid = rasterio_reading["valid"]
    one, other = gdal_reading["pixels"][:, valid], rasterio_reading["pixels"][:, valid]
    if is_averaged(rasterio_reading):
        # Sums of other order: what ends in one half is rounded up by one GDAL and down by another.
        far = np.abs(one.astype(np.float64) - other.astype(np.float64))
        if one.dtype.kind == "f":
            assert np.allclose(one, other, rtol=1e-6, atol=1e-6)
        else:
            assert far.max(initial=0) <= 1
            assert (far > 0).sum() <= 3 + 0.03 * far.size
    else:
        assert np.array_equal(one, other)
    assert np.array_equal(gdal_reading["small_valid"], rasterio_reading["small_valid"])
    is_float = rasterio_reading["small"].dtype.kind == "f"
    same = (
        full_blocks(rasterio_reading)
        if mixed
        else np.ones(rasterio_reading["small_valid"].shape, bool)
    )
    assert np.array_equal(
        gdal_reading["small"][:, same], rasterio_reading["small"][:, same], equal_nan=is_float
    )


def full_blocks(rasterio_reading: dict[str, Any]) -> NDArray[np.bool_]:
    """(height, width) of the small picture, True where no missing pixel has a share in one.

    Of missing pixels that something else than the file itself says to be missing, each version of
    GDAL mixes others into the averages of a picture to be looked at.
    """
    height, width = rasterio_reading["small_valid"].shape
    valid = rasterio_reading["valid"]
    if valid.shape != (2 * height, 2 * width):
        return np.zeros((height, width), bool)
    blocks: NDArray[np.bool_] = valid.reshape(height, 2, width, 2).all(axis=(1, 3))
    return blocks


@pytest.mark.parametrize("name", CASES)
def test_same_words(name: str, readings: dict[str, Any]) -> None:
    assert_same_words(*readings[name])


@pytest.mark.parametrize("name", CASES)
def test_same_grid(name: str, readings: dict[str, Any]) -> None:
    assert_same_grid(*readings[name])


@pytest.mark.parametrize("name", CASES)
def test_same_pixels(name: str, readings: dict[str, Any]) -> None:
    rasterio_reading, gdal_reading = readings[name]
    if ", two at " in name:  # averages of a picture also mix what lies over each other
        rasterio_reading["small"] = gdal_reading["small"]
    assert_same_pixels(rasterio_reading, gdal_reading, mixed=name.partition(",")[0] in KINDS)


@pytest.mark.parametrize("driver", ["GTiff", "MEM"])
def test_open_datasets_are_opened_by_their_names(
    tmp_path: Path, child: Callable[..., str], driver: str
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    job = {"paths": [str(image)], "spec": tiny_spec().to_json(), "options": {}}
    (tmp_path / "jobs.json").write_text(json.dumps([job, {**job, "driver": driver}]))
    child("hostgdal_child.py", tmp_path / "jobs.json", tmp_path)
    by_name, by_dataset = (json.loads((tmp_path / f"{n}.json").read_text()) for n in range(2))
    assert "shape" in by_name
    if driver == "MEM":
        assert "save it to a file first" in by_dataset["error"]
        return
    assert by_dataset == by_name
    with np.load(tmp_path / "0.npz") as names, np.load(tmp_path / "1.npz") as datasets:
        np.testing.assert_array_equal(names["pixels"], datasets["pixels"])


@st.composite
def any_case(draw: st.DrawFn) -> Case:
    """A raster somewhere on Earth, of some type, with missing pixels told in some way."""
    dtype = draw(st.sampled_from(["uint8", "uint16", "int16", "float32"]))
    height, width = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    shape = (3, height, width)
    seed = draw(st.integers(0, 2**32 - 1))
    gsd = draw(st.floats(0.06, 4.0))
    code = draw(st.sampled_from(["EPSG:4326", "EPSG:3857", "EPSG:32633", "EPSG:2154", "EPSG:2263"]))
    left, top, unit = {
        "EPSG:4326": (draw(st.floats(-170, 170)), draw(st.floats(-75, 75)), 1 / 111_000),
        "EPSG:3857": (draw(st.floats(-1.9e7, 1.9e7)), draw(st.floats(-1.3e7, 1.3e7)), 1),
        "EPSG:32633": (draw(st.floats(2e5, 8e5)), draw(st.floats(1e5, 8e6)), 1),
        "EPSG:2154": (draw(st.floats(2e5, 1e6)), draw(st.floats(6.1e6, 7e6)), 1),
        "EPSG:2263": (draw(st.floats(9.2e5, 1.06e6)), draw(st.floats(1.3e5, 2.7e5)), 3.28),
    }[code]
    missing = draw(st.sampled_from(["none", "nodata", "mask", "alpha"]))
    gsd_choice = draw(st.sampled_from(["auto", "native", "model"]))

    def make(folder: Path) -> Path:
        rng = np.random.default_rng(seed)
        pixels = rng.integers(0, 256, shape).astype(dtype)
        is_missing = rng.random(shape[1:]) < 0.2
        extra: dict[str, Any] = {"colors": RGB}
        if missing == "nodata":
            pixels[:, is_missing] = 0
            extra["nodata"] = 0
        elif missing == "mask":
            extra["mask"] = ~is_missing
        elif missing == "alpha":
            pixels = np.concatenate((pixels, (~is_missing * 255).astype(dtype)[None]))
            extra = {"colors": (*RGB, "alpha")}
        transform = Affine(gsd * unit, 0, left, 0, -gsd * unit, top)
        path = folder / "a.tif"
        return write_raster(path, pixels, crs=code, transform=transform, **extra)

    more = {"nodata": 255.0} if draw(st.booleans()) else {}
    return Case(make, {"gsd": gsd_choice, **more}, {"dtype": dtype})


@settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(cases=st.lists(any_case(), min_size=15, max_size=25))
def test_whatever_the_raster_is(
    cases: list[Case], child: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for rasterio_reading, gdal_reading in opened_by_both(
        cases, tmp_path_factory.mktemp("drawn"), child
    ):
        assert_same_words(rasterio_reading, gdal_reading)
        assert_same_grid(rasterio_reading, gdal_reading)
        assert_same_pixels(rasterio_reading, gdal_reading)
