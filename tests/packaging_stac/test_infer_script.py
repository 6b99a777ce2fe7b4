"""The script beside an item runs the model without this software."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio

from tests.support.models import write_model
from tests.support.rasters import rgb_of, write_raster
from tests.support.stac import (
    CORE,
    make_item,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def marked(shape: tuple[int, int], row: int, col: int, stop: int, end: int) -> Any:
    """(height, width) bool with one rectangle."""
    mask = np.zeros(shape, np.bool_)
    mask[row:stop, col:end] = True
    return mask


def test_the_script_runs_the_model_from_the_item_alone(tmp_path: Path) -> None:
    import camp_detector_core.stac.infer as script

    make_item(tmp_path, separation=CORE)
    alone = tmp_path / "infer.py"
    alone.write_bytes(Path(script.__file__).read_bytes())
    pixels = rgb_of(marked((150, 170), 20, 30, 60, 90))
    image = write_raster(tmp_path / "image.tif", pixels)
    result = subprocess.run(
        # -I: neither this folder nor the environment can lend it the package.
        [sys.executable, "-I", str(alone), str(image), "--out", str(tmp_path / "out")],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "camp_detector" not in _modules_of(alone)
    with rasterio.open(tmp_path / "out" / "mask.tif") as mask, rasterio.open(image) as source:
        classes = mask.read(1)
        assert (mask.crs, mask.transform) == (source.crs, source.transform)
    assert (classes[20:60, 30:90] == 1).all()
    assert classes.sum() == 40 * 60
    with rasterio.open(tmp_path / "out" / "probability.tif") as scores:
        assert scores.read(1)[40, 50] > 0.99


def test_the_script_gives_what_the_program_gives(
    tmp_path: Path, camp: Callable[..., tuple[int, str, str]]
) -> None:
    from camp_detector_core.stac.infer import infer

    make_item(tmp_path)
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 255, (3, 150, 200), dtype=np.uint8)
    image = write_raster(tmp_path / "image.tif", pixels)
    item = tmp_path / "stac_item.json"
    infer(image, tmp_path / "out", item)
    out = tmp_path / "d.gpkg"
    code, _, err = camp("detect", image, "-o", out, "--model", item, "--all-outputs")
    assert code == 0, err
    with rasterio.open(tmp_path / "out" / "probability.tif") as own_raster:
        expected = own_raster.read(1)
    with rasterio.open(tmp_path / "d_probability.tif") as other_raster:
        assert np.abs(other_raster.read(1) / 254 - expected).max() < 0.01


def test_the_script_tells_faults_in_one_line(tmp_path: Path) -> None:
    from camp_detector_core.stac.infer import main

    make_item(tmp_path)
    plain = tmp_path / "grey.tif"
    write_raster(plain, rgb_of(marked((32, 32), 0, 0, 0, 0))[:1])
    words = [str(plain), "--out", str(tmp_path / "o"), "--item", str(tmp_path / "stac_item.json")]
    with pytest.raises(SystemExit, match=r"error: .* has 1 bands"):
        main(words)
    (tmp_path / "best_model.onnx").unlink()
    with pytest.raises(SystemExit, match=r"error: .*best_model\.onnx is missing: keep"):
        main(words)


def test_the_script_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    from camp_detector_core.stac.infer import infer

    (tmp_path / "meta").mkdir()
    make_item(tmp_path / "meta")
    path = tmp_path / "meta" / "stac_item.json"
    write_model(tmp_path / "best_model.onnx")
    path.write_text(path.read_text().replace("./best_model.onnx", "../best_model.onnx"))
    with pytest.raises(ValueError, match="does not lie beside"):
        infer(tmp_path / "x.tif", tmp_path / "o", path)


def _modules_of(path: Path) -> str:
    return "".join(line for line in path.read_text().splitlines() if "import" in line)
