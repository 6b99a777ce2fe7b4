"""A run leaves what it promises, can be told apart from others, and goes on after a kill."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
import rasterio
import torch
from lightning.pytorch.callbacks import ModelCheckpoint

from camp_detector_core.engine.errors import CampDetectorError, OutputError, SpecError
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.model_file import open_model
from camp_detector_core.network.unet import build_network, load_state, read_weights
from camp_detector_core.onnx_model.metadata import set_metadata, spec_metadata
from tests.support.runs import run_options
from training.__main__ import run as call
from training.artefacts.calibration import CALIBRATION, temperatures_of, to_text
from training.artefacts.from_checkpoint import ExportOptions, export_checkpoint, read_description
from training.fit.checkpoints import NamedCheckpoint
from training.fit.options import AugmentOptions, ModelOptions, OptimOptions, TrainOptions
from training.fit.options_file import read_options
from training.fit.place_options import OptionsError, SplitOptions
from training.fit.record import provenance_of, resume_run, start_run
from training.train import TrainError, train_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.datasets import Town
    from training.fit.options import DataOptions
    from training.train import TrainResult

ROOT = Path(__file__).resolve().parents[2]


def test_a_run_leaves_what_it_promises(run: TrainResult) -> None:
    left = {str(p.relative_to(run.folder)) for p in run.folder.rglob("*") if p.is_file()}
    assert left >= {
        "options.json",
        "run.json",
        "system.json",
        "split.json",
        "statistics.json",
        "log/metrics.csv",
        "checkpoints/best.ckpt",
        "checkpoints/last.ckpt",
        "meta/best_model.pth",
        "meta/best_model.pt",
        "meta/best_model.onnx",
        "meta/best_model_deepness.onnx",
        "meta/best_model.dlpk",
        "meta/model.emd",
        "evaluation/curves.png",
        *(
            f"evaluation/{part}/{name}"
            for part in ("validation", "test")
            for name in (
                "confusion_matrix.json",
                "confusion_matrix.png",
                "threshold_sweep.csv",
                "chips.csv",
                "summary.json",
                "examples/chip_0_2.png" if part == "validation" else "examples/chip_1_3.png",
            )
        ),
    }
    assert not [name for name in left if ".part-" in name or ".camp-detector" in name]


def test_its_exports_are_its_network(run: TrainResult, tmp_path: Path) -> None:
    assert max(run.exports.values()) <= 1e-4
    assert set(run.exports) == {"best_model.pt", "best_model.onnx", "best_model_deepness.onnx"}
    options = read_options(run.folder / "options.json")
    network_options = replace(options.network, classes=run.spec.channels)
    network = build_network(network_options).network.eval()
    path = run.folder / "meta" / "best_model.pth"
    load_state(network, read_weights(path)[0], origin=path)
    predictor = OnnxPredictor((run.folder / "meta" / "best_model.onnx").read_bytes(), threads=1)
    rng = np.random.default_rng(0)
    for n, height, width in ((1, 64, 64), (2, 32, 96), (1, 128, 32)):
        batch = rng.standard_normal((n, 3, height, width)).astype(np.float32)
        with torch.no_grad():
            expected = torch.sigmoid(network(torch.from_numpy(batch))).numpy()
        np.testing.assert_allclose(predictor.predict(batch), expected, atol=1e-4)
    model = onnx.load(run.folder / "meta" / "best_model.onnx")
    assert model.opset_import[0].version == 17


def test_its_description_tells_where_it_comes_from(run: TrainResult, town: Town) -> None:
    spec = open_model(run.folder / "meta" / "best_model.onnx").spec
    assert spec == run.spec
    assert (spec.gsd, spec.tile_size, spec.multiple) == (0.5, 64, 32)
    assert spec.provenance["architecture"] == "unet, encoder tu-tf_efficientnet_lite0"
    assert spec.provenance["start"] == "random weights"
    assert "4 for train, 2 for val, 2 for test" in spec.provenance["data"]
    assert spec.provenance["command"].startswith("python -m training")
    assert "iou" in spec.provenance["test pixels"]
    assert str(town.chips.parent) not in spec.to_json()


def test_no_file_of_it_tells_where_it_lay(run: TrainResult, town: Town) -> None:
    """But for the notes that stay at home: options.json, run.json and split.json."""
    places = [run.folder, town.chips.parent, ROOT, Path(torch.__file__).parents[1], Path.home()]
    published = [run.folder / "checkpoints" / "best.ckpt"]
    for name in ("meta", "evaluation", "log"):
        published += [p for p in (run.folder / name).rglob("*") if p.is_file()]
    assert len(published) > 20
    for path in published:
        contents = {path.name: path.read_bytes()}
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                contents |= {info.filename: archive.read(info) for info in archive.infolist()}
        for name, content in contents.items():
            leaks = [place for place in places if f"{place}/".encode() in content]
            assert not leaks, (path, name)


def test_a_checkpoint_knows_the_best_one_wherever_the_run_lies(
    run: TrainResult, tmp_path: Path
) -> None:
    callbacks = torch.load(run.folder / "checkpoints" / "last.ckpt", weights_only=True)["callbacks"]
    (key,) = [k for k in callbacks if "ModelCheckpoint" in k and "val_loss" in k]
    assert callbacks[key]["best_model_path"] == "best.ckpt"
    first = callbacks[key]["best_model_score"]
    callback = NamedCheckpoint(tmp_path, filename="best", monitor="val_loss")
    assert callback.state_key == key == ModelCheckpoint(monitor="val_loss").state_key
    callback.load_state_dict(callbacks[key])
    assert callback.best_model_path == str(tmp_path / "best.ckpt")
    assert callback.best_k_models == {str(tmp_path / "best.ckpt"): first}
    assert (callback.best_model_score, callback.kth_best_model_path) == (
        first,
        callback.best_model_path,
    )
    assert {k: v for k, v in callback.state_dict().items() if k != "current_score"} == {
        k: v for k, v in callbacks[key].items() if k != "current_score"
    }
    older = ModelCheckpoint.state_dict(callback)  # as earlier releases wrote it
    restored = NamedCheckpoint(tmp_path, filename="best", monitor="val_loss")
    restored.load_state_dict(older)
    assert restored.best_k_models == callback.best_k_models


def test_its_statistics_are_those_of_the_chips(run: TrainResult, town: Town) -> None:
    statistics = json.loads((run.folder / "statistics.json").read_text())
    train = town.pixels[:, :, :128] / 255
    assert statistics["train"]["chips"] == 4
    assert statistics["train"]["mean"] == pytest.approx(train.mean(axis=(1, 2)).tolist(), abs=1e-4)
    assert statistics["train"]["std"] == pytest.approx(train.std(axis=(1, 2)).tolist(), abs=1e-4)
    share = town.truth[:, 192:].mean()
    assert statistics["test"]["class_share"]["dwelling"] == pytest.approx(share, abs=1e-5)
    assert statistics["val"]["valid_share"] == 1.0


def test_its_table_by_chip_adds_up(run: TrainResult, town: Town) -> None:
    with (run.folder / "evaluation" / "test" / "chips.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [r["chip"] for r in rows] == town.names(3)
    shares = [town.truth[i * 64 : (i + 1) * 64, 192:].mean() for i in range(2)]
    assert [float(r["labelled_share"]) for r in rows] == pytest.approx(shares, abs=1e-5)
    with (run.folder / "evaluation" / "validation" / "threshold_sweep.csv").open() as file:
        sweep = {float(r["threshold"]): float(r["iou"]) for r in csv.DictReader(file)}
    assert len(sweep) == 19
    assert sweep[run.spec.threshold] == max(sweep.values())


def test_its_options_come_back(run: TrainResult) -> None:
    options = read_options(run.folder / "options.json")
    assert options.out == run.folder
    assert options.network.decoder_channels == (16, 8, 8, 4, 4)
    assert options.data.split == SplitOptions(val_columns=("2",), test_columns=("3",))
    assert options.to_dict() == json.loads((run.folder / "options.json").read_text())


@pytest.mark.parametrize("text", ["", "[]", '{"data": 1}', '{"datum": {}}', "[" * 100_000])
def test_a_file_that_holds_no_options(tmp_path: Path, text: str) -> None:
    (tmp_path / "options.json").write_text(text)
    with pytest.raises(OptionsError, match=r"options\.json"):
        read_options(tmp_path / "options.json")


def test_a_checkpoint_is_exported_again_for_old_hosts(run: TrainResult, tmp_path: Path) -> None:
    """From the checkpoint of the trainer, with the description of the model exported before."""
    meta = run.folder / "meta"
    out = tmp_path / "deep" / "meta"
    exported = export_checkpoint(
        ExportOptions(
            run.folder / "checkpoints" / "best.ckpt", meta / "best_model.onnx", out, opset=11
        )
    )
    assert set(exported) == set(run.exports)
    models = [p.name for p in meta.glob("best_model*") if p.suffix != ".dlpk"]
    assert sorted(p.name for p in out.iterdir()) == sorted(models)
    for name in ("best_model.onnx", "best_model_deepness.onnx"):
        model = onnx.load(out / name)
        assert model.opset_import[0].version == 11
        assert model.ir_version <= 8
    assert open_model(out / "best_model.onnx").spec == run.spec
    batch = np.random.default_rng(3).standard_normal((1, 3, 96, 64)).astype(np.float32)
    predictors = [
        OnnxPredictor((f / "best_model.onnx").read_bytes(), threads=1) for f in (meta, out)
    ]
    np.testing.assert_allclose(
        predictors[0].predict(batch), predictors[1].predict(batch), atol=1e-5
    )


def test_a_checkpoint_is_exported_as_calibrated(run: TrainResult, tmp_path: Path) -> None:
    """Bare weights have the calibration in them already, a checkpoint has not."""
    meta = run.folder / "meta"
    batch = np.random.default_rng(4).standard_normal((1, 3, 64, 64)).astype(np.float32)
    spec = replace(run.spec, provenance={**run.spec.provenance, CALIBRATION: to_text([0.5])})
    model = onnx.load(meta / "best_model.onnx")
    set_metadata(model, spec_metadata(spec))
    (tmp_path / "said.onnx").write_bytes(model.SerializeToString())
    out = {}
    for weights in (meta / "best_model.pth", run.folder / "checkpoints" / "best.ckpt"):
        folder = tmp_path / weights.suffix
        export_checkpoint(ExportOptions(weights, tmp_path / "said.onnx", folder))
        runner = OnnxPredictor((folder / "best_model.onnx").read_bytes(), threads=1)
        out[weights.suffix] = runner.predict(batch)
    plain = OnnxPredictor((meta / "best_model.onnx").read_bytes(), threads=1).predict(batch)
    np.testing.assert_allclose(out[".pth"], plain, atol=1e-5)
    (temperature,) = temperatures_of(run.spec)
    bare = temperature * np.log(plain[:, 0] / (1 - plain[:, 0]))
    np.testing.assert_allclose(out[".ckpt"][:, 0], 1 / (1 + np.exp(-2 * bare)), atol=1e-4)
    np.testing.assert_allclose(out[".ckpt"][:, 1], plain[:, 1], atol=1e-5)


def test_the_options_describe_a_model_too(run: TrainResult) -> None:
    description = read_description(run.folder / "options.json")
    assert description.spec.threshold == 0.5
    assert (description.spec.bands, description.spec.gsd) == (run.spec.bands, run.spec.gsd)
    assert (description.architecture, description.encoder) == ("unet", "tu-tf_efficientnet_lite0")
    assert description.spec.separation is not None
    assert description.spec.separation.method == "border"


def test_the_reference_is_exported_and_described(reference: TrainResult) -> None:
    assert max(reference.exports.values()) <= 1e-4
    assert read_description(reference.folder / "meta" / "best_model.onnx").architecture == (
        "reference"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"threshold": 2.0}, "threshold must be above 0"),
        ({"threshold": 0.0}, "threshold must be above 0"),
        ({"name": "my model"}, "model name"),
        ({"min_area": -1.0}, "min_area"),
        ({"tile_size": 100}, "tile size"),
    ],
)
def test_a_model_that_cannot_be_described_is_refused_before_the_work(
    data_of: Callable[..., DataOptions], tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    model = replace(ModelOptions(tile_size=64, overlap=16), **changes)
    with pytest.raises(SpecError, match=reason):
        train_model(run_options(data_of(), tmp_path / "out", model=model))
    assert not (tmp_path / "out").exists()


def test_the_reference_tells_no_dwellings_apart(data_of: Callable[..., DataOptions]) -> None:
    with pytest.raises(OptionsError, match="must be none"):
        TrainOptions(data_of(), Path("out"), architecture="reference")


def test_a_checkpoint_under_another_name_is_one(run: TrainResult, tmp_path: Path) -> None:
    last = tmp_path / "weights.pth"
    last.write_bytes((run.folder / "checkpoints" / "best.ckpt").read_bytes())
    assert read_weights(last)[1]
    assert not read_weights(run.folder / "meta" / "best_model.pth")[1]


def test_a_full_disk_at_a_table_leaves_the_models(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "evaluation").mkdir(parents=True)
    (out / "evaluation" / "separation.csv").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"separation\.csv"):
        train_model(run_options(data_of(), out, fast_dev_run=True))
    assert (out / "meta" / "best_model.onnx").is_file()


def test_another_run_is_not_written_over(
    run: TrainResult, data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    with pytest.raises(TrainError, match="holds another run: say resume"):
        train_model(run_options(data_of(), run.folder))
    with pytest.raises(TrainError, match="no checkpoint to resume from"):
        train_model(run_options(data_of(), tmp_path / "new", resume=True))


def test_labels_without_a_dwelling_teach_nothing(
    data_of: Callable[..., DataOptions], tmp_path: Path, town: Town
) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    for path in town.masks.iterdir():
        with rasterio.open(path) as source:
            profile, values = source.profile, source.read()
        with rasterio.open(masks / path.name, "w", **profile) as out:
            out.write(values * 0)
    options = run_options(data_of(labels=masks), tmp_path / "runs" / "out")
    with pytest.raises(TrainError, match="shows a labelled pixel"):
        train_model(options)
    assert not (tmp_path / "runs").exists(), "a refused training leaves nothing"
    options.out.mkdir(parents=True)
    (options.out / "split.json").write_text("mine")
    with pytest.raises(CampDetectorError):
        train_model(replace(options, data=data_of(chips=tmp_path / "nowhere")))
    assert [p.name for p in options.out.iterdir()] == ["split.json"]


def test_a_run_goes_on_with_what_it_began_with(
    data_of: Callable[..., DataOptions], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    options = run_options(data_of(), tmp_path / "run")
    start_run(options)
    (tmp_path / "run" / "split.json").write_text("{}")
    (tmp_path / "run" / "log").mkdir()
    (tmp_path / "run" / "log" / "metrics.csv").write_text("epoch\n0\n")
    before = (tmp_path / "run" / "options.json").read_bytes()
    first = provenance_of(tmp_path / "run")
    resumed = resume_run(replace(options, resume=True, optim=OptimOptions(epochs=9, lr=3e-4)))
    assert resumed.data.split.file == tmp_path / "run" / "split.json"
    assert (tmp_path / "run" / "options.json").read_bytes() == before
    assert "optim.epochs" in caplog.text
    assert (tmp_path / "run" / "log" / "metrics-001.csv").read_text() == "epoch\n0\n"
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["resumed"][0]["changed"] == ["optim.epochs"]
    provenance = provenance_of(tmp_path / "run")
    assert provenance["command"] == first["command"]
    assert provenance["resumed"] == record["resumed"][0]["at"]
    with pytest.raises(OptionsError, match=r"other options \(data\.gsd\)"):
        resume_run(replace(options, resume=True, data=data_of(gsd=0.25)))


def test_a_killed_run_goes_on(town: Town, tmp_path: Path) -> None:
    """Killed outright after a checkpoint; the steps, the split and the curves go on from there."""
    out = tmp_path / "run"
    words = [
        *("--chips", str(town.chips), "--labels", str(town.labels), "--out", str(out)),
        *("--gsd", "0.5", "--crop", "64", "--samples", "2", "--batch-size", "2", "--workers", "0"),
        *("--network", "reference", "--val-columns", "2", "--test-columns", "3"),
    ]
    command = [sys.executable, "-m", "training", "train", *words, "--epochs", "100000"]
    with subprocess.Popen(
        [*command, "--patience", "100000"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:  # a line after each validation and checkpoint
            if "epoch 2," in line:
                break
        while not (out / "checkpoints" / "last.ckpt").exists():
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not (out / "meta").exists()
    saved = torch.load(out / "checkpoints" / "last.ckpt", weights_only=True)
    assert saved["global_step"] >= 2
    split = (out / "split.json").read_bytes()

    epochs = saved["epoch"] + 3
    call(["train", *words, "--epochs", str(epochs), "--patience", "100000", "--resume"])
    checkpoint = torch.load(out / "checkpoints" / "last.ckpt", weights_only=True)
    assert checkpoint["global_step"] == epochs
    assert checkpoint["fit_seconds"] > saved["fit_seconds"]
    assert (out / "split.json").read_bytes() == split
    with (out / "log" / "metrics.csv").open() as file:
        later = [int(r["epoch"]) for r in csv.DictReader(file) if r.get("val_loss")]
    assert later == [saved["epoch"] + 1, saved["epoch"] + 2]
    with (out / "log" / "metrics-001.csv").open() as file:
        before = [int(r["epoch"]) for r in csv.DictReader(file) if r.get("val_loss")]
    assert before[:2] == [0, 1]
    record = json.loads((out / "run.json").read_text())
    assert "--resume" not in record["command"]
    assert "100000" in record["command"]
    assert len(record["resumed"]) == 1
    assert (out / "meta" / "best_model.onnx").is_file()
    spec = open_model(out / "meta" / "best_model.onnx").spec
    assert spec.provenance["command"] == record["command"].replace(
        f"{town.chips.parent}/", ""
    ).replace(f"{tmp_path}/", "")
    assert spec.provenance["resumed"] == record["resumed"][0]["at"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_so(town: Town, tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "run"
    words = [
        *("--chips", str(town.chips), "--labels", str(town.labels), "--out", str(out)),
        *("--gsd", "0.5", "--crop", "64", "--samples", "2", "--batch-size", "2"),
        *("--network", "reference", "--val-columns", "2", "--test-columns", "3"),
        *("--workers", "1", "--epochs", "100000", "--patience", "100000"),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "training", "train", *words],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        next(line for line in process.stderr if "epoch 1," in line)
        process.send_signal(number)
        stderr_rest = process.stderr.read()
    assert process.returncode == 130
    assert stderr_rest.splitlines()[-1].startswith(
        "error: stopped; a run that ended an epoch goes on with --resume"
    )
    assert "internal error" not in stderr_rest
    assert (out / "checkpoints" / "last.ckpt").exists()


def test_a_trial_is_one_step_and_all_that_follows(run: TrainResult) -> None:
    with (run.folder / "log" / "metrics.csv").open() as file:
        assert {r["epoch"] for r in csv.DictReader(file) if r.get("val_loss")} == {"0"}


def test_two_runs_of_one_seed_are_one_run(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    """The same first batch and weights give the same first loss; another seed gives another."""

    def first_loss(name: str, seed: int) -> str:
        out = tmp_path / name
        data = data_of(seed=seed, samples=2, augment=AugmentOptions())
        train_model(run_options(data, out, architecture="reference", fast_dev_run=True))
        with (out / "log" / "metrics.csv").open() as file:
            return next(r["train_loss"] for r in csv.DictReader(file) if r.get("train_loss"))

    one = first_loss("a", 1)
    assert first_loss("b", 1) == one
    assert first_loss("c", 2) != one
