"""Values that look like nodata and are not declared, and rasters that hold hardly an image."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from camp_detector_core.georaster.stretch import choose_stretch
from camp_detector_core.georaster.undeclared_nodata import standouts
from camp_detector_core.raster import SourceOptions, gdal_env
from tests.support.models import tiny_spec
from tests.support.rasters import rgb_of, scene, write_raster
from tests.support.sources import open_raster

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RGB = ("red", "green", "blue")
LEAST = float(np.finfo(np.float32).min)


def bordered(value: float, dtype: str, scale: float = 1.0) -> tuple[NDArray[Any], NDArray[Any]]:
    """(3, height, width) with a border of one value, and (height, width) True in it."""
    pixels = (rgb_of(scene()) * scale).astype(dtype)
    border = np.zeros(pixels.shape[1:], bool)
    border[:, :30] = border[-9:] = True
    pixels[:, border] = value
    return pixels, border


VALUES = [
    ("float32", 1.0, -9999.0, "-9999"),
    ("float32", 1.0, 1e20, "1e+20"),
    ("float32", 1.0, LEAST, "-3.4028235e+38"),
    ("float32", 1 / 255, 255.0, "255"),
    ("float64", 1.0, -99999.0, "-99999"),
    ("int16", 40.0, -32768.0, "-32768"),
    ("uint16", 40.0, 65535.0, "65535"),
]


@pytest.mark.parametrize(("dtype", "scale", "value", "word"), VALUES)
def test_a_value_far_from_all_others_has_no_say(
    tmp_path: Path, dtype: str, scale: float, value: float, word: str
) -> None:
    pixels, border = bordered(value, dtype, scale)
    path = write_raster(tmp_path / "a.tif", pixels, colors=RGB)
    declared = write_raster(tmp_path / "b.tif", pixels, colors=RGB, nodata=value)
    with gdal_env(), open_raster(path) as source, open_raster(declared) as clear:
        choice = choose_stretch(source, tiny_spec(), SourceOptions())
        expected = choose_stretch(clear, tiny_spec(), SourceOptions())
        fixed = choose_stretch(source, tiny_spec(), SourceOptions(stretch=(1, 2)))
    assert choice.stretch == expected.stretch
    assert len(expected.warnings) == 1
    warning = str(choice.warnings[1])
    assert warning.endswith(f"nodata={word} leaves these pixels out")
    assert f"{100 * border.mean():.2g} % of the pixels" in warning
    assert fixed.warnings == choice.warnings[1:]


def test_several_such_values_are_all_told() -> None:
    values = np.random.default_rng(0).uniform(0, 200, (3, 4000))
    values[:, :100], values[1, 100:300] = -9999, 1e20
    shares = {each.value: each.share for each in standouts(values)}
    assert shares == {-9999: pytest.approx(0.025), 1e20: pytest.approx(0.05)}


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(1000, 200, (3, 5000)),
        np.append(np.zeros(900), np.random.default_rng(0).integers(200, 3000, 5000))[None],
        np.append(np.full(900, 4095), np.random.default_rng(0).integers(0, 3500, 5000))[None],
        np.append(np.random.default_rng(0).uniform(0, 1, 5000), 60000.0)[None],
        np.zeros((3, 4000)),
        np.tile([0.0, 1.0], 3000)[None],
        np.zeros((3, 0)),
    ],
    ids=["noise", "black border", "saturated", "one hot pixel", "constant", "two values", "none"],
)
def test_what_may_be_an_image_is_taken_as_one(values: NDArray[np.float64]) -> None:
    assert standouts(values.astype(np.float64)) == []


@given(hnp.arrays(np.float64, (2, 150), elements=st.integers(0, 255)))
def test_what_stands_out_lies_beyond_all_that_is_left(values: NDArray[np.float64]) -> None:
    for each in standouts(values):
        remaining = values[:, (values != each.value).all(axis=0)]
        assert not each.low <= each.value <= each.high
        assert remaining.shape[1]


def test_the_command_names_the_remedy_and_it_helps(tmp_path: Path, model: Path, camp: Any) -> None:
    pixels, border = bordered(-9999, "float32")
    image = write_raster(tmp_path / "a.tif", pixels, colors=RGB)
    out = tmp_path / "o.gpkg"
    code, first, err = camp("detect", image, "-m", model, "-o", out)
    assert code == 0
    assert "--nodata -9999 leaves these pixels out" in err
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["grid"]["missing_share"] == 0
    code, second, err = camp(
        "detect", image, "-m", model, "-o", out, "--overwrite", "--nodata", "-9999"
    )
    assert "leaves these pixels out" not in err
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["grid"]["missing_share"] == pytest.approx(border.mean())
    assert first.split()[0] == second.split()[0] != "0"


@pytest.mark.parametrize("kind", ["nodata", "nan"])
def test_a_raster_without_an_image_is_called_that(
    tmp_path: Path, model: Path, camp: Any, kind: str
) -> None:
    pixels = np.full((3, 90, 90), np.nan if kind == "nan" else 7, np.float32)
    extra = {} if kind == "nan" else {"nodata": 7}
    image = write_raster(tmp_path / "a.tif", pixels, colors=RGB, **extra)
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg")
    assert code == 0
    assert f"no pixel of {image} holds an image" in err
    assert "percentile" not in err
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["grid"]["missing_share"] == 1


def test_a_few_valid_pixels_decide_the_stretch(tmp_path: Path, model: Path, camp: Any) -> None:
    """So few that a reduced picture of the raster shows none of them."""
    pixels = np.full((3, 1500, 1500), np.nan, np.float32)
    values_left = ((np.arange(1024) + 0.5) * 1500 / 1024).astype(int)
    row, col, *_ = np.setdiff1d(np.arange(1000, 1500), values_left)
    pixels[:, row, col] = 5, 6, 7
    pixels[:, row + 1, col] = 8, 9, 10
    image = write_raster(tmp_path / "a.tif", pixels, colors=RGB, compress="deflate")
    with gdal_env(), open_raster(image) as source:
        assert not source.picture(1024, average=False).valid.any()
        stretch = choose_stretch(source, tiny_spec(), SourceOptions()).stretch
    assert stretch is not None
    assert stretch.low == pytest.approx((5.06, 6.06, 7.06))
    _, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg")
    assert f"only 8.9e-05 % of the pixels of {image} hold an image" in err


def test_a_band_that_shows_nothing_is_named(tmp_path: Path) -> None:
    pixels = rgb_of(scene()).astype(np.float32)
    pixels[1] = 7
    with gdal_env(), open_raster(write_raster(tmp_path / "a.tif", pixels, colors=RGB)) as source:
        warnings = choose_stretch(source, tiny_spec(), SourceOptions()).warnings
    assert "one value in all valid pixels of band 2 (7)" in str(warnings[1])
