"""Pixels without image where the file does not say so: the user can."""

from __future__ import annotations

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


@pytest.mark.parametrize("value", ["300", "-1", "0.5", "nan"])
def test_values_that_the_pixels_cannot_have_are_refused(
    tmp_path: Path, model: Path, camp: Any, value: str
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(np.zeros((30, 30), bool)))
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--nodata", value)
    assert code == 2
    assert "is no value of" in err
    assert not (tmp_path / "o.gpkg").exists()
