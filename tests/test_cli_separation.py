"""Touching dwellings and test-time augmentation, from the command line on real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
import rasterio
from onnx import numpy_helper
from rasterio.transform import Affine

from camp_detector_core.engine.grid import Shape, Window
from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.polygons.outline import OutlineOptions
from camp_detector_core.engine.polygons.sink import PolygonSink
from camp_detector_core.engine.separation import Separation
from tests.support.models import tiny_spec, write_model
from tests.support.outlines import EXACT, features, same_polygons, traced
from tests.support.rasters import NORTH, UTM_AREA, WEST, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SEPARATION = Separation("border", 0.5, reach=4, min_seed=2)
TRANSFORM = Affine(0.5, 0, WEST, 0, -0.5, NORTH)


def rows_of_tents() -> NDArray[np.uint8]:
    """RGB (3, 150, 170) uint8: red on tents that touch, green on their outlines."""
    pixels = np.zeros((3, 150, 170), np.uint8)
    for row in (6, 56, 106):
        for col in range(5, 155, 15):
            pixels[0, row : row + 30, col : col + 15] = 255
            pixels[1, row : row + 30, col : col + 15] = 255
            pixels[1, row + 2 : row + 28, col + 2 : col + 13] = 0
    return pixels


@pytest.fixture
def separating_model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "apart.onnx", separation=SEPARATION)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "a.tif", rows_of_tents())


def test_each_tent_is_a_dwelling_and_all_outputs_agree(
    tmp_path: Path, separating_model: Path, image: Path, camp: Any
) -> None:
    code, _, err = camp(
        "detect", image, "-m", separating_model, "-o", tmp_path / "o.gpkg", "--all-outputs", *EXACT
    )
    assert (code, err) == (0, "")
    shapes, fields = features(tmp_path / "o.gpkg")
    assert len(shapes) == 30
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        classes = dataset.read(1)
    assert same_polygons(shapes, traced(classes == 1, TRANSFORM))
    assert fields["area_m2"].sum() == pytest.approx((classes == 1).sum() * 0.25 / UTM_AREA)
    plain = rows_of_tents()[0] > 0
    assert not classes[~plain].any()
    assert (plain & (classes == 0)).sum() == 3 * 9 * 30
    with rasterio.open(tmp_path / "o_probability.tif") as dataset:
        assert dataset.descriptions == ("probability of dwelling", "probability of border")
        stored = dataset.read()
    np.testing.assert_array_equal(
        separate(stored, tiny_spec(separation=SEPARATION), row=0, col=0), classes
    )
    parameters = json.loads((tmp_path / "o_report.json").read_text())["parameters"]
    assert parameters["separation"] == vars(SEPARATION)
    assert parameters["tta"] is False


def test_without_separation_each_patch_is_a_dwelling(
    tmp_path: Path, separating_model: Path, image: Path, camp: Any
) -> None:
    code, _, _ = camp(
        "detect", image, "-m", separating_model, "-o", tmp_path / "o.gpkg", "--all-outputs",
            "--no-separate",
        *EXACT,
    )  # fmt: skip
    assert code == 0
    shapes, _ = features(tmp_path / "o.gpkg")
    assert same_polygons(shapes, traced(rows_of_tents()[0] > 0, TRANSFORM))
    with rasterio.open(tmp_path / "o_probability.tif") as dataset:
        assert dataset.descriptions == ("probability of dwelling",)
    assert json.loads((tmp_path / "o_report.json").read_text())["parameters"]["separation"] is None


def test_a_model_that_cannot_part_says_so(
    tmp_path: Path, model: Path, image: Path, camp: Any
) -> None:
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--separate")
    assert code == 2
    assert "cannot tell touching dwellings apart" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "o.gpkg").exists()


def test_inspect_says_whether_a_model_parts(separating_model: Path, model: Path, camp: Any) -> None:
    _, out, _ = camp("inspect", separating_model)
    assert "below 0.5 of the border, 2 px or more, grown by 4 px" in out
    assert "separation, float32 (n, 1, height, width), of the border" in out
    _, out, _ = camp("inspect", separating_model, "--json")
    assert json.loads(out)["spec"]["separation"] == vars(SEPARATION)
    _, out, _ = camp("inspect", model)
    assert "taken for one dwelling" in out


def test_the_probability_of_a_dwelling_is_that_of_its_class() -> None:
    """Not that of its border, which may be higher."""
    shape = Shape(6, 6)
    sink = PolygonSink(shape, tiny_spec(separation=SEPARATION), OutlineOptions())
    scores = np.array([127, 254], np.uint8)[:, None, None] * np.ones((2, *shape), np.uint8)
    sink.write(Window(0, 0, *shape), scores, np.ones(shape, np.uint8))
    assert [d.mean_probability for d in sink.finish()] == [0.5]


def looking_west(path: Path) -> Path:
    """A model that finds a dwelling where the pixel to the left is bright."""
    proto = onnx.load(write_model(path))
    (weight,) = (w for w in proto.graph.initializer if w.name == "output-w")
    kernel = np.zeros((1, 3, 3, 3), np.float32)
    kernel[:, :, 1, 0] = numpy_helper.to_array(weight)[:, :, 0, 0]
    weight.CopyFrom(numpy_helper.from_array(kernel, "output-w"))
    proto.graph.node[0].attribute.append(onnx.helper.make_attribute("pads", [1, 1, 1, 1]))
    onnx.save(proto, path)
    return path


def test_augmentation_takes_the_mean_over_all_directions(
    tmp_path: Path, image: Path, camp: Any
) -> None:
    """A model that looks west finds all moved by a pixel; the mean over all views does not."""
    west, bright = looking_west(tmp_path / "west.onnx"), rows_of_tents()[0] > 0
    tiles = []
    for options in ((), ("--tta",)):
        out = tmp_path / f"o{len(options)}.gpkg"
        code, _, err = camp("detect", image, "-m", west, "-o", out, "--all-outputs", *options)
        assert (code, err) == (0, "")
        with rasterio.open(out.with_name(f"{out.stem}_probability.tif")) as dataset:
            probability = dataset.read(1)
        padded = np.pad(bright, 1).astype(float)
        if options:
            sides = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
            np.testing.assert_allclose(probability, sides / 4 * 254, atol=1)
        else:
            np.testing.assert_array_equal(probability, padded[1:-1, :-2] * 254)
        report = json.loads(out.with_name(f"{out.stem}_report.json").read_text())
        assert report["parameters"]["tta"] is bool(options)
        tiles.append(report["tiles"])
    assert tiles[0] == tiles[1]
