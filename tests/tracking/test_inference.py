"""Inference gives rasters of the image's own size and place, from every kind of model file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio

from camp_detector_core.engine.errors import OutputError, PredictorError, RasterError
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.source import PlacedSource
from camp_detector_core.outputs.output_set import Target
from camp_detector_core.raster import gdal_env, image_grid, open_source
from camp_detector_core.raster.image_grid import ImageGrid
from tests.support.datasets import write_picture
from tests.support.models import stac_item, tiny_spec, write_model
from tests.support.rasters import rgb_of, scene, write_raster
from training.__main__ import run as call
from training.inference import infer, model_file

if TYPE_CHECKING:
    from pathlib import Path

OUTPUTS = ("dwellings.gpkg", "mask.tif", "overlay.png", "probability.tif", "result.json")


def read(path: Path) -> tuple[np.ndarray, rasterio.DatasetReader]:
    with rasterio.open(path) as dataset:
        return dataset.read(1), dataset


def test_on_the_models_own_grid_mask_and_probability_are_exact(model: Path, tmp_path: Path) -> None:
    truth = scene()
    image = write_raster(tmp_path / "camp.tif", rgb_of(truth))
    result = infer(str(image), str(model), tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [f"camp_{n}" for n in OUTPUTS]
    mask, profile = read(result.paths["mask"])
    np.testing.assert_array_equal(mask == 1, truth)
    with rasterio.open(image) as source:
        assert (profile.transform, profile.crs, profile.shape) == (
            source.transform,
            source.crs,
            source.shape,
        )
    values, profile = read(result.paths["probability"])
    assert profile.dtypes == ("float32",)
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
    result = infer(str(image), str(model), tmp_path / "out")
    with rasterio.open(image) as source:
        for name in ("mask", "probability"):
            values, profile = read(result.paths[name])
            assert (profile.transform, profile.crs) == (source.transform, source.crs)
            assert values.shape == truth.shape
            missing = values == 255 if name == "mask" else np.isnan(values)
            np.testing.assert_array_equal(missing, ~valid)
    mask, _ = read(result.paths["mask"])
    inner, outer = np.s_[46:74, 56:104], np.s_[:33, 25:]
    assert (mask[inner] == 1).all()
    assert (mask[outer] == 0).all()
    assert (mask == 1).sum() == pytest.approx(truth.sum(), rel=0.12)


def test_where_the_model_saw_nothing_is_background_not_nodata(tmp_path: Path) -> None:
    """Half of the image's pixels are valid and have no result, as along the edge of a grid."""
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene(40, 60)))
    blank_pixels = np.full((1, 40, 60), 255, np.uint8)
    blank_pixels[:, :, :30] = 1
    write_raster(tmp_path / "made.tif", blank_pixels)
    spec = tiny_spec()
    target = Target(tmp_path / "mask.tif", tmp_path / "mask.tif", tmp_path)
    with gdal_env(), open_source([str(image)], spec, SourceOptions(gsd="native")) as source:
        ImageGrid(source, spec).bring("mask", tmp_path / "made.tif", target)
    values, _ = read(tmp_path / "mask.tif")
    assert (values[:, :30] == 1).all()
    assert (values[:, 30:] == 0).all()


def test_a_picture_without_georeference_works(model: Path, tmp_path: Path) -> None:
    truth = scene(90, 70)
    write_picture(tmp_path / "photo.png", rgb_of(truth))
    result = infer(str(tmp_path / "photo.png"), str(model), tmp_path / "out")
    mask, profile = read(result.paths["mask"])
    np.testing.assert_array_equal(mask == 1, truth)
    assert profile.crs is None
    with rasterio.open(result.paths["overlay"]) as overlay:
        assert overlay.shape == truth.shape


def test_the_result_says_what_was_run_and_where_it_is(model: Path, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    result = infer(str(image), str(model), tmp_path / "out")
    content = json.loads(result.paths["result"].read_text())
    assert content == result.report
    assert content["output_size"] == {"height": 150, "width": 170}
    assert content["outputs"] == {name: str(path) for name, path in result.paths.items()}
    assert content["model"]["file"] == str(model)
    assert content["result"]["dwellings"] > 5
    assert "found.gpkg" not in json.dumps(content)


def test_results_are_replaced_only_when_asked(model: Path, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    words = str(image), str(model), tmp_path / "out"
    result = infer(*words)
    before = result.paths["mask"].read_bytes()
    with pytest.raises(OutputError, match="exists"):
        infer(*words)
    write_raster(tmp_path / "camp.tif", rgb_of(scene(seed=1)))
    infer(*words, overwrite=True)
    assert result.paths["mask"].read_bytes() != before
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_the_image_is_never_replaced(model: Path, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "a_mask.tif", rgb_of(scene()))
    link = tmp_path / "a.tif"
    link.symlink_to(image)
    with pytest.raises(OutputError, match="is an input"):
        infer(str(link), str(model), tmp_path, overwrite=True)


def test_a_broken_image_leaves_nothing(model: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.tif").write_bytes(b"no image")
    with pytest.raises(RasterError, match=r"broken\.tif"):
        infer(str(tmp_path / "broken.tif"), str(model), tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.tif", "tiny.onnx"]
    with pytest.raises(RasterError, match=r"broken\.tif"):
        infer(str(tmp_path / "broken.tif"), str(model), tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
    (tmp_path / "mine").mkdir()
    with pytest.raises(RasterError, match=r"broken\.tif"):
        infer(str(tmp_path / "broken.tif"), str(model), tmp_path / "mine")
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
    stretched = infer(str(image), str(model), tmp_path / "s", bands=(1, 1, 1), stretch=(0, 1e6))
    plain = json.loads((tmp_path / "out" / "grey_result.json").read_text())
    assert stretched.report["result"]["dwellings"] < plain["result"]["dwellings"]


def test_a_file_of_torch_is_run_by_the_onnx_file_beside_it(tmp_path: Path) -> None:
    onnx = write_model(tmp_path / "best_model.onnx")
    with model_file(str(tmp_path / "best_model.pt")) as path:
        assert path == onnx
    with (
        pytest.raises(PredictorError, match=r"other\.onnx is not there"),
        model_file(str(tmp_path / "other.pt")),
    ):
        pass


def test_a_stac_item_leads_to_its_model(tmp_path: Path) -> None:
    write_model(tmp_path / "model.onnx")
    (tmp_path / "item.json").write_text(stac_item("./model.onnx"))
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    result = infer(str(image), str(tmp_path / "item.json"), tmp_path / "out")
    assert result.report["result"]["dwellings"] > 5


def test_the_command_logs_its_results_to_mlflow(
    model: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = write_raster(desk / "camp.tif", rgb_of(scene()))
    words = ["inference", "--image-path", str(image), "--model-path", str(model)]
    call([*words, "--mlflow-tracking", "true"])
    output = capsys.readouterr().out
    from training.tracking.server import connect

    run_id = output.rpartition("run ")[2].strip()
    client = connect()
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["dwellings"] == float(output.split()[0])
    files = {f.path for f in client.list_artifacts(run_id, "inference")}
    assert files == {f"inference/camp_{n}" for n in OUTPUTS}
    assert run.data.tags["image"] == "camp.tif"


def test_an_image_is_closed_when_its_raster_cannot_be_started(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    close = PlacedSource.close

    def note(source: PlacedSource) -> None:
        closed.append("source")
        close(source)

    def fail(*_: Any) -> None:
        closed.clear()
        msg = "no space"
        raise OutputError(msg)

    monkeypatch.setattr(PlacedSource, "close", note)
    monkeypatch.setattr(image_grid, "raster_sink", fail)
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    with pytest.raises(OutputError, match="no space"):
        infer(str(image), str(model), tmp_path / "out")
    assert len(closed) == 2, "the image at its own resolution, and the source of the run"
