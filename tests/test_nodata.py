"""Pixels without image where the file does not say so: the user can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio

from tests.support.rasters import rgb_of, write_raster

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("gsd", ["native", "0.3"])
def test_a_named_value_leaves_pixels_out_where_all_bands_have_it(
    tmp_path: Path, model: Path, camp: Any, gsd: str
) -> None:
    pixels = rgb_of(np.zeros((60, 80), bool))
    pixels[:, :, 40:] = 255
    pixels[0, 10, 10] = 255
    image = write_raster(tmp_path / "white.tif", pixels)
    out = tmp_path / "o.gpkg"
    camp("detect", image, "-m", model, "-o", out, "--mask", "--nodata", "255", "--gsd", gsd)
    with rasterio.open(tmp_path / "o_mask.tif") as mask:
        classes = mask.read(1)
    edge = classes.shape[1] // 2
    assert (classes[:, edge + 1 :] == 255).all()
    assert (classes[:, : edge - 1] != 255).all()


def test_without_it_the_same_pixels_are_image(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "white.tif", np.full((3, 60, 80), 255, np.uint8))
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask")
    with rasterio.open(tmp_path / "o_mask.tif") as mask:
        assert (mask.read(1) != 255).all()


@pytest.mark.parametrize("value", ["300", "-1", "0.5", "nan", "inf", "-inf"])
def test_values_that_the_pixels_cannot_have_are_refused(
    tmp_path: Path, model: Path, camp: Any, value: str
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(np.zeros((30, 30), bool)))
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--nodata", value)
    assert code == 2
    assert "is no value of" in err
    assert not (tmp_path / "o.gpkg").exists()


@pytest.mark.parametrize(("value", "word"), [("nan", "nan"), ("inf", "inf"), ("-1e999", "-inf")])
def test_values_that_are_no_numbers_are_no_image_in_any_case(
    tmp_path: Path, model: Path, camp: Any, value: str, word: str
) -> None:
    pixels = rgb_of(np.zeros((60, 80), bool)).astype(np.float32)
    pixels[:, :, 40:] = float(value)
    image = write_raster(tmp_path / "a.tif", pixels, colors=("red", "green", "blue"))
    out = tmp_path / "o.gpkg"
    code, _, err = camp("detect", image, "-m", model, "-o", out, "--mask", "--nodata", value)
    assert code == 0, err

    def refuse(name: str) -> None:
        raise AssertionError(name)

    report = json.loads((tmp_path / "o_report.json").read_text(), parse_constant=refuse)
    assert report["parameters"]["nodata"] == word
    with rasterio.open(tmp_path / "o_mask.tif") as mask:
        missing = mask.read(1) == 255
    assert missing[:, 40:].all()
    assert not missing[:, :40].any()


@pytest.mark.parametrize(("side", "huge"), [(100, False), (120, True)])
def test_a_polygon_too_large_for_a_dwelling_comes_with_a_remedy(
    tmp_path: Path, model: Path, camp: Any, side: int, huge: bool
) -> None:
    """At half a metre a pixel: 2,500 and 3,600 square metres."""
    mask = np.zeros((140, 140), bool)
    mask[10 : 10 + side, 10 : 10 + side] = True
    image = write_raster(tmp_path / "white.tif", rgb_of(mask))
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg")
    assert code == 0
    assert ("1 polygon is larger than 3,000 m2" in err) == huge
    assert ("--nodata VALUE" in err) == huge
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert any("--nodata VALUE" in warning for warning in report["warnings"]) == huge
