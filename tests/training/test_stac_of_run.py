"""The STAC item that a training run leaves, and the command that makes it again."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely

from camp_detector_core.model_file import open_model
from camp_detector_core.stac import StacError, area_of_bbox, spec_from_item
from tests.support.datasets import Town, write_town
from tests.support.stac import an_area, problems
from training.__main__ import run as training_main
from training.artefacts.footprint import area_of_chips, outline
from training.artefacts.reproduction import source_archive
from training.artefacts.run_item import write_run_item
from training.data.chips import read_chips
from training.fit.description import without_places
from training.fit.options_file import read_options
from training.fit.place_options import OptionsError
from training.fit.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.fit.options import DataOptions
    from training.train import TrainResult

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def item(run: TrainResult) -> dict[str, Any]:
    assert run.item == run.folder / "meta" / "stac_item.json"
    content: dict[str, Any] = json.loads(run.item.read_text(encoding="utf-8"))
    return content


@pytest.fixture
def copied(run: TrainResult, tmp_path: Path) -> Path:
    """A run that may be changed."""
    return Path(shutil.copytree(run.folder, tmp_path / "copied"))


def read(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "meta" / "stac_item.json").read_text())
    return content


def command(*words: object) -> int | str | None:
    """Run ``python -m training`` in this process; gives its exit code, None where all went well."""
    try:
        training_main([str(w) for w in words])
    except SystemExit as exit_:
        return exit_.code
    return None


def test_a_run_leaves_a_valid_item_of_its_model(item: dict[str, Any], run: TrainResult) -> None:
    assert problems(item) == []
    assert spec_from_item(item) == run.spec
    assert open_model(run.folder / "meta" / "stac_item.json").spec == run.spec


def test_every_file_of_the_item_is_there_with_its_size(
    item: dict[str, Any], run: TrainResult
) -> None:
    assert list(item["assets"]) == [
        "pytorch-checkpoint",
        "pytorch-state-dict",
        "pytorch-state-dict-raw",
        "onnx-model",
        "esri-package",
        "source-code",
        "inference-script",
        "training-script",
        "container-image",
        "confusion-matrix",
        "example-input",
        "example-prediction",
        "example-target",
        "model-metadata",
        "requirements",
    ]
    for key, asset in item["assets"].items():
        if key != "container-image":
            path = run.folder / "meta" / asset["href"]
            assert path.stat().st_size == asset["file:size"]


def test_the_geometry_is_the_ground_of_training_and_validation(
    item: dict[str, Any], town: Town
) -> None:
    held_out = {"chip_0_3", "chip_1_3"}
    chips_used = [c for c in read_chips(town.chips) if c.name not in held_out]
    expected = shapely.union_all([shapely.Polygon(outline(c)) for c in chips_used])
    geometry = shapely.geometry.shape(item["geometry"])
    assert geometry.symmetric_difference(expected).area < 1e-3 * expected.area
    assert item["bbox"] == pytest.approx(expected.bounds, abs=2e-7)


def test_training_and_its_figures_are_told(item: dict[str, Any], run: TrainResult) -> None:
    properties = item["properties"]
    assert properties["mlm:hyperparameters"]["training.lr"] == 3e-4
    assert properties["mlm:hyperparameters"]["training.separation"] == "border"
    assert properties["mlm:pretrained"] is False
    metrics = properties["camp_detector:metrics"]
    assert metrics["validation"]["pixels"]["iou"] == run.validation["iou"]
    assert metrics["test"]["pixels"]["recall"] == run.test["recall"]
    dwellings = metrics["test"]["dwellings"]
    assert set(dwellings) >= {"precision", "recall", "f1", "count_error"}
    words = f"{dwellings['predicted']} marked, {dwellings['labelled']} labelled, precision"
    assert run.spec.provenance["test dwellings"].startswith(words), "marked is not found"
    assert properties["mlm:total_parameters"] > 1_000_000


def test_nothing_of_the_machine_is_in_what_is_handed_out(run: TrainResult, town: Town) -> None:
    meta = run.folder / "meta"
    for name in ("stac_item.json", "retrain.py", "requirements.txt", "infer.py"):
        text = (meta / name).read_text(encoding="utf-8")
        for foreign in (run.folder, town.chips, town.labels, Path.home(), ROOT):
            assert str(foreign) not in text, name
        assert socket.gethostname() not in text


def test_a_model_without_separation_offers_its_torchscript_as_a_model(
    reference: TrainResult,
) -> None:
    assert reference.item is not None
    content = json.loads(reference.item.read_text())
    assert problems(content) == []
    assert "mlm:model" in content["assets"]["pytorch-state-dict"]["roles"]
    assert content["properties"]["mlm:architecture"] == "encoder-decoder without skip connections"
    assert "training.encoder" not in content["properties"]["mlm:hyperparameters"]


def test_the_example_is_a_chip_that_was_not_trained_on(run: TrainResult) -> None:
    meta = run.folder / "meta"
    with rasterio.open(meta / "example_target.png") as labels:
        marked = labels.read(1)
    with rasterio.open(meta / "example_input.png") as image:
        red = image.read(1)
    with rasterio.open(meta / "example_pred.png") as scores:
        assert scores.shape == labels.shape == image.shape
    assert set(np.unique(marked)) == {0, 255}
    # Houses are the only bright red of the town; the tiny one has its pixel right as well.
    assert ((red > 200) == (marked > 0)).mean() > 0.99


def test_the_script_beside_the_item_runs_the_model(
    run: TrainResult, town: Town, tmp_path: Path
) -> None:
    script = run.folder / "meta" / "infer.py"
    image = town.chips / "chip_0_3.tif"
    subprocess.run(
        [sys.executable, "-I", str(script), str(image), "--out", str(tmp_path)],
        check=True, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
    with rasterio.open(tmp_path / "probability.tif") as probability, rasterio.open(image) as source:
        assert (probability.shape, probability.transform) == (source.shape, source.transform)
        assert 0 <= probability.read().min() <= probability.read().max() <= 1


def test_the_archive_of_sources_is_complete_and_always_the_same(tmp_path: Path) -> None:
    data = source_archive()
    assert data == source_archive()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    members = {"training/train.py", "camp_detector_core/engine/spec.py"}
    assert members | {"esri_toolbox/RefugeeCampDetector.py"} <= set(names)
    assert not [n for n in names if n.endswith((".onnx", ".pyc"))]
    result = subprocess.run(
        [sys.executable, "-c", "import training, camp_detector_core as c; print(c.__file__)"],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert str(tmp_path) in result.stdout


def test_the_training_script_trains_with_the_same_options(
    run: TrainResult, town: Town, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    subprocess.run(
        [sys.executable, str(run.folder / "meta" / "retrain.py"), "--chips", str(town.chips),
         "--labels", str(town.labels), "--out", str(out), "--fast-dev-run"],
        check=True, capture_output=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    first, options_again = (read_options(f / "options.json") for f in (run.folder, out))
    assert options_again.optim == first.optim
    assert options_again.network == first.network
    assert (out / "split.json").read_text() == (run.folder / "split.json").read_text()
    assert (out / "meta" / "stac_item.json").is_file()


# The command.


def test_the_item_is_made_again_with_a_date(
    copied: Path, item: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code = command("stac", "--run", copied, "--imagery-date", "2022-07-01/2022-07-18")
    assert code is None
    assert capsys.readouterr().out.strip() == str(copied / "meta" / "stac_item.json")
    remade = read(copied)
    assert problems(remade) == []
    properties, before = remade["properties"], item["properties"]
    assert (properties["start_datetime"], properties["end_datetime"]) == (
        "2022-07-01T00:00:00Z",
        "2022-07-18T23:59:59Z",
    )
    assert properties["created"] == before["created"]
    assert properties["updated"] >= before["updated"]
    assert remade["geometry"] == item["geometry"]
    assert properties["camp_detector:metrics"] == before["camp_detector:metrics"]


def test_where_the_chips_are_gone_an_earlier_item_gives_place_and_time(
    copied: Path, item: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_run_item(copied, dates="2022-07-18")
    raw = json.loads((copied / "options.json").read_text())
    raw["data"]["chips"] = str(tmp_path / "gone")
    (copied / "options.json").write_text(json.dumps(raw))
    write_run_item(copied)
    remade = read(copied)
    assert remade["geometry"] == item["geometry"]
    assert remade["properties"]["start_datetime"] == "2022-07-18T00:00:00Z"
    assert "not at" in caplog.text
    (copied / "meta" / "stac_item.json").unlink()
    write_run_item(copied)
    assert read(copied)["geometry"] is None


def test_the_area_can_be_given(copied: Path) -> None:
    assert command("stac", "--run", copied, "--area", "85.5,27.6,85.6,27.7") is None
    assert read(copied)["bbox"] == [85.5, 27.6, 85.6, 27.7]
    file = copied / "area.geojson"
    file.write_text(json.dumps(area_of_bbox((1.0, 2.0, 3.0, 4.0))[0]))
    assert command("stac", "--run", copied, "--area", file) is None
    assert read(copied)["bbox"] == [1, 2, 3, 4]


def test_an_item_of_any_model_can_be_made(run: TrainResult, tmp_path: Path) -> None:
    model = tmp_path / "alone.onnx"
    shutil.copyfile(run.folder / "meta" / "best_model.onnx", model)
    words = ("stac", "--model", model, "--area", "1,2,3,4", "--date", "2020-02-03")
    assert command(*words) is None
    content = json.loads((tmp_path / "stac_item.json").read_text())
    assert problems(content) == []
    assert content["assets"]["onnx-model"]["href"] == "./alone.onnx"
    assert content["properties"]["start_datetime"] == "2020-02-03T00:00:00Z"
    assert command(*words) == 2  # it exists by now
    assert command(*words, "--overwrite") is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "--run"),
        (("--run", "{run}", "--trained", "2020-01-01"), "--model"),
        (("--run", "{empty}"), "holds no finished training"),
        (("--run", "{run}", "--area", "nowhere"), "neither a file nor"),
        (("--run", "{run}", "--imagery-date", "soon"), "is not a date"),
    ],
)
def test_faults_are_told_in_one_line(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: Any, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"run": copied, "empty": tmp_path / "empty"}
    assert command("stac", *(w.format(**places) for w in words)) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.startswith("error: ")
    assert len(err.splitlines()) == 1


# Place and time of the chips.


def test_a_wrong_date_is_refused_before_any_work(data_of: Callable[..., DataOptions]) -> None:
    with pytest.raises(OptionsError, match="is not a date"):
        data_of(imagery_date="yesterday")


def test_dates_of_tiff_tags_are_taken_where_every_chip_has_one(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    town = write_town(tmp_path)
    data = data_of(chips=town.chips, labels=town.labels)
    paths = sorted(town.chips.glob("*.tif"))
    for day, path in enumerate(paths[:-1], 1):
        with rasterio.open(path, "r+") as chip:
            chip.update_tags(TIFFTAG_DATETIME=f"2022:07:{day:02} 10:00:00")
    assert area_of_chips(data, tmp_path / "none").start is None
    with rasterio.open(paths[-1], "r+") as chip:
        chip.update_tags(TIFFTAG_DATETIME="2022:07:30 11:30:00")
    area = area_of_chips(data, tmp_path / "none")
    assert area.start is not None
    assert area.end is not None
    assert area.start.isoformat() == "2022-07-01T10:00:00+00:00"
    assert area.end.isoformat() == "2022-07-30T11:30:00+00:00"
    assert "TIFF" in area.note
    dated = replace(data, imagery_date="2021-01-01")
    assert area_of_chips(dated, tmp_path / "none").start.year == 2021


def test_the_manifest_of_the_chips_tells_when_they_were_taken(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    from training.preprocess.manifest import ImageryRecord, LabelRecord, Manifest

    town = write_town(tmp_path)
    fetched = "2026-01-01T00:00:00+00:00"
    manifest = Manifest(
        bbox=(85.0, 27.0, 85.1, 27.1),
        zoom=19,
        imagery=ImageryRecord(
            tms="https://example.org/{z}/{x}/{y}",
            fetched=fetched,
            tiles=8,
            start="2022-07-18T00:00:00+00:00",
            end="2022-07-19T00:00:00+00:00",
        ),
        labels=LabelRecord(source="OpenStreetMap", fetched=fetched, features=3),
    )
    data = data_of(chips=town.chips, labels=town.labels)
    area = area_of_chips(data, tmp_path / "none", manifests={"": manifest})
    assert area.start is not None
    assert area.end is not None
    assert (area.start.day, area.end.day) == (18, 19)


def test_chips_without_a_place_give_no_geometry(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    from tests.support.datasets import write_picture

    for i in range(2):
        write_picture(tmp_path / f"chip_{i}.png", np.full((3, 64, 64), 9, np.uint8))
    assert area_of_chips(data_of(chips=tmp_path), tmp_path / "none").geometry is None


def test_real_chips_lie_in_banepa(banepa: Path, data_of: Callable[..., DataOptions]) -> None:
    area = area_of_chips(data_of(chips=banepa / "chips"), banepa / "none")
    assert area.bbox is not None
    west, south, east, north = area.bbox
    assert 85.5 < west < east < 85.6
    assert 27.6 < south < north < 27.7


def test_a_fault_of_the_item_loses_no_model(
    run: TrainResult, copied: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from training.artefacts.finish import describe_run

    record = RunFolder.read(copied)
    (copied / "options.json").write_text("{")
    assert describe_run(record) is None
    assert "python -m training stac --run" in caplog.text


@pytest.mark.parametrize(
    ("command_given", "command_shown"),
    [
        (
            "python -m training train --chips /data/x/chips --out runs/a",
            "--chips chips --out runs/a",
        ),
        ("--chips='/data/my x/chips'", "--chips=chips"),
        ("'--chips=/data/my x'", "'--chips=my x'"),
        ("--out=/srv/ada/run", "--out=run"),
        ("--out ~/run", "--out run"),
        (r"--out 'C:\Ada\run'", "--out run"),
        ("--tms 'https://example.org/{z}'", "--tms 'https://example.org/{z}'"),
        ("--chips ../data/chips", "--chips ../data/chips"),
    ],
)
def test_paths_from_the_root_are_cut_out_of_commands(
    command_given: str, command_shown: str
) -> None:
    command = without_places(command_given)
    assert command_shown in command
    for foreign in ("/data/", "/srv", "Ada", "~"):
        assert foreign not in command.replace("../data/", "")


def test_an_area_of_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StacError, match="holds no finished training"):
        write_run_item(tmp_path, area=an_area())
