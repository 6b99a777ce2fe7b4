"""Inference gives rasters of the image's own size and place, from every kind of model file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio

from camp_detector_core.atomic import Target
from camp_detector_core.engine.errors import OutputError, PredictorError, RasterError
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.raster import gdal_env, open_source
from tests.support.datasets import write_picture
from tests.support.models import stac_item, tiny_spec, write_model
from tests.support.rasters import rgb_of, scene, write_raster
from training.__main__ import run as call
from training.inference import InferenceOptions, infer, model_file
from training.own_grid import OwnGrid

if TYPE_CHECKING:
    from pathlib import Path

MADE = ("dwellings.gpkg", "mask.tif", "overlay.png", "probability.tif", "result.json")


def read(path: Path) -> tuple[np.ndarray, rasterio.DatasetReader]:
    with rasterio.open(path) as held:
        return held.read(1), held


def test_on_the_models_own_grid_mask_and_probability_are_exact(model: Path, tmp_path: Path) -> None:
    truth = scene()
    image = write_raster(tmp_path / "camp.tif", rgb_of(truth))
    done = infer(InferenceOptions(str(image), str(model), tmp_path / "out"))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [f"camp_{n}" for n in MADE]
    mask, held = read(done.paths["mask"])
    np.testing.assert_array_equal(mask == 1, truth)
    with rasterio.open(image) as given:
        assert (held.transform, held.crs, held.shape) == (given.transform, given.crs, given.shape)
    values, held = read(done.paths["probability"])
    assert held.dtypes == ("float32",)
    np.testing.assert_array_equal(values > 0.5, truth)
    assert values.min() >= 0
    assert values.max() <= 1


@pytest.mark.parametrize("gsd", [0.2, 0.31, 1.1])
def test_at_another_resolution_size_place_and_nodata_are_the_images(
    model: Path, tmp_path: Path, gsd: float
) -> None:
    truth = np.zeros((130, 171), bool)
    truth[40:80, 50:110] = True
    valid = np.ones_like(truth)
    valid[:, :23] = False
    image = write_raster(tmp_path / "camp.tif", rgb_of(truth), gsd=gsd, mask=valid)
    done = infer(InferenceOptions(str(image), str(model), tmp_path / "out"))
    with rasterio.open(image) as given:
        for name in ("mask", "probability"):
            values, held = read(done.paths[name])
            assert (held.transform, held.crs) == (given.transform, given.crs)
            assert values.shape == truth.shape
            missing = values == 255 if name == "mask" else np.isnan(values)
            np.testing.assert_array_equal(missing, ~valid)
    mask, _ = read(done.paths["mask"])
    inner, outer = np.s_[46:74, 56:104], np.s_[:33, 25:]
    assert (mask[inner] == 1).all()
    assert (mask[outer] == 0).all()
    assert (mask == 1).sum() == pytest.approx(truth.sum(), rel=0.12)


def test_where_the_model_saw_nothing_is_background_not_nodata(tmp_path: Path) -> None:
    """Half of the image's pixels are valid and have no result, as along the edge of a grid."""
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene(40, 60)))
    made = np.full((1, 40, 60), 255, np.uint8)
    made[:, :, :30] = 1
    write_raster(tmp_path / "made.tif", made)
    spec = tiny_spec()
    target = Target(tmp_path / "mask.tif", tmp_path / "mask.tif", tmp_path)
    with gdal_env(), open_source([str(image)], spec, SourceOptions(gsd="native")) as source:
        OwnGrid(source, spec).mask(tmp_path / "made.tif", target)
    values, _ = read(tmp_path / "mask.tif")
    assert (values[:, :30] == 1).all()
    assert (values[:, 30:] == 0).all()


def test_a_picture_without_georeference_works(model: Path, tmp_path: Path) -> None:
    truth = scene(90, 70)
    write_picture(tmp_path / "photo.png", rgb_of(truth))
    done = infer(InferenceOptions(str(tmp_path / "photo.png"), str(model), tmp_path / "out"))
    mask, held = read(done.paths["mask"])
    np.testing.assert_array_equal(mask == 1, truth)
    assert held.crs is None
    with rasterio.open(done.paths["overlay"]) as overlay:
        assert overlay.shape == truth.shape


def test_the_result_says_what_was_run_and_where_it_is(model: Path, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    done = infer(InferenceOptions(str(image), str(model), tmp_path / "out"))
    held = json.loads(done.paths["result"].read_text())
    assert held == done.report
    assert held["output_size"] == {"height": 150, "width": 170}
    assert held["outputs"] == {name: str(path) for name, path in done.paths.items()}
    assert held["model"]["file"] == str(model)
    assert held["result"]["dwellings"] > 5
    assert "found.gpkg" not in json.dumps(held)


def test_results_are_replaced_only_when_asked(model: Path, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    options = InferenceOptions(str(image), str(model), tmp_path / "out")
    done = infer(options)
    before = done.paths["mask"].read_bytes()
    with pytest.raises(OutputError, match="exists"):
        infer(options)
    write_raster(tmp_path / "camp.tif", rgb_of(scene(seed=1)))
    infer(InferenceOptions(str(image), str(model), tmp_path / "out", overwrite=True))
    assert done.paths["mask"].read_bytes() != before
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_the_image_is_never_replaced(model: Path, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "a_mask.tif", rgb_of(scene()))
    link = tmp_path / "a.tif"
    link.symlink_to(image)
    with pytest.raises(OutputError, match="is an input"):
        infer(InferenceOptions(str(link), str(model), tmp_path, overwrite=True))


def test_a_broken_image_leaves_nothing(model: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.tif").write_bytes(b"no image")
    with pytest.raises(RasterError, match=r"broken\.tif"):
        infer(InferenceOptions(str(tmp_path / "broken.tif"), str(model), tmp_path / "out"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.tif", "tiny.onnx"]
    with pytest.raises(RasterError, match=r"broken\.tif"):
        infer(InferenceOptions(str(tmp_path / "broken.tif"), str(model), tmp_path / "a" / "b"))
    assert not (tmp_path / "a").exists()
    (tmp_path / "mine").mkdir()
    with pytest.raises(RasterError, match=r"broken\.tif"):
        infer(InferenceOptions(str(tmp_path / "broken.tif"), str(model), tmp_path / "mine"))
    assert (tmp_path / "mine").is_dir(), "it was there before"


def test_what_an_error_advises_can_be_said(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = write_raster(tmp_path / "grey.tif", rgb_of(scene())[:1])
    words = ["inference", "--image-path", str(image), "--model-path", str(model)]
    words += ["--output-dir", str(tmp_path / "out")]
    with pytest.raises(SystemExit):
        call(words)
    assert "--bands 1,1,1" in capsys.readouterr().err
    call([*words, "--bands", "1,1,1"])
    assert "dwellings" in capsys.readouterr().out
    stretched = infer(
        InferenceOptions(
            str(image),
            str(model),
            tmp_path / "s",
            source=SourceOptions((1, 1, 1), stretch=(0, 1e6)),
        )
    )
    plain = json.loads((tmp_path / "out" / "grey_result.json").read_text())
    assert stretched.report["result"]["dwellings"] < plain["result"]["dwellings"]


def test_a_file_of_torch_is_run_by_the_onnx_file_beside_it(tmp_path: Path) -> None:
    onnx = write_model(tmp_path / "best_model.onnx")
    with model_file(str(tmp_path / "best_model.pt")) as found:
        assert found == onnx
    with (
        pytest.raises(PredictorError, match=r"other\.onnx is not there"),
        model_file(str(tmp_path / "other.pt")),
    ):
        pass


def test_a_stac_item_leads_to_its_model(tmp_path: Path) -> None:
    write_model(tmp_path / "model.onnx")
    (tmp_path / "item.json").write_text(stac_item("./model.onnx"))
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    done = infer(InferenceOptions(str(image), str(tmp_path / "item.json"), tmp_path / "out"))
    assert done.report["result"]["dwellings"] > 5


def test_the_command_logs_its_results_to_mlflow(
    model: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = write_raster(desk / "camp.tif", rgb_of(scene()))
    words = ["inference", "--image-path", str(image), "--model-path", str(model)]
    call([*words, "--mlflow-tracking", "true"])
    shown = capsys.readouterr().out
    from training.tracking.server import connect

    run_id = shown.rpartition("run ")[2].strip()
    client = connect()
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["dwellings"] == float(shown.split()[0])
    files = {f.path for f in client.list_artifacts(run_id, "inference")}
    assert files == {f"inference/camp_{n}" for n in MADE}
    assert run.data.tags["image"] == "camp.tif"
