"""The commands: help that teaches, one line and exit code 2 for what the user can put right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import pytest

import training
from tests.support.datasets import SIDE, house_polygon, place, write_polygons
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.rasters import write_raster
from training.__main__ import run as call
from training.artefacts.finish import TrainResult
from training.commands.train import show_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.datasets import Town

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "split", "train", "export-data", "adapt", "evaluate", "inference", "export", "quantise", "log",
    "promote", "info",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_teaches_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call([command, "--help"])
    output = capsys.readouterr().out
    assert "Example" in output
    lines = output.splitlines()
    assert [e for e in lines if e.startswith(f"    python -m training {command}")], "rewrapped"
    assert "\\b" not in output
    options = [line for line in lines if line.startswith("  -")]
    assert len(options) >= 2


def test_every_option_says_what_it_is() -> None:
    from training.commands import main

    for name, command in main.commands.items():
        for option in command.params:
            if isinstance(option, click.Argument):  # which click gives no help of their own
                name_shown = option.metavar or str(option.name).upper()
                assert not option.required or f"{name_shown} is" in str(command.help)
            else:
                assert getattr(option, "help", None), f"{name} {option.name}"


def test_the_groups_help_names_every_command_and_true_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call(["--help"])
    output = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n  {command} " in output
    examples = output.partition("Options:")[0].replace("\\\n", " ")
    lines = [e.split() for e in examples.splitlines() if e.startswith("    python -m training")]
    assert len(lines) >= 2
    for words in lines:
        call([words[3], "--help"])
        command_help = capsys.readouterr().out
        for word in words[4:]:
            assert not word.startswith("--") or f"{word} " in command_help, (words, word)


def test_importing_training_loads_nothing_and_its_names_load_on_use() -> None:
    code = (
        "import sys, training\n"
        "assert not {'torch', 'lightning', 'rasterio'} & set(sys.modules), 'too early'\n"
        "print(sorted(set(training.__all__) & set(dir(training))))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == str(sorted(training.__all__))


def test_the_public_names_are_what_they_say() -> None:
    from training import (
        CampDataModule,
        LitRefugeeCamp,
        calculate_dataset_statistics,
        get_system_info,
        train_model,
    )

    homes = {
        CampDataModule: "training.data.datamodule",
        LitRefugeeCamp: "training.fit.task",
        calculate_dataset_statistics: "training.data.statistics",
        get_system_info: "training.fit.system",
        train_model: "training.train",
    }
    for thing, home in homes.items():
        assert thing.__module__ == home
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        training.nonesuch  # noqa: B018 - the access is the test


def test_info_is_a_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    call(["info"])
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    call(["info", "--json"])
    content = json.loads(capsys.readouterr().out)
    assert rows["torch"] == content["packages"]["torch"]
    assert rows["precision"] == content["precision"]


def test_split_writes_who_is_where(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "split.json"
    call([
        "split", "--chips", str(town.chips), "--labels", str(town.labels), "--block", "1",
        "--seed", "1", "--out", str(out),
    ])  # fmt: skip
    parts = json.loads(out.read_text())
    assert {p: len(n) for p, n in parts.items()} == {"train": 4, "val": 2, "test": 2}
    assert capsys.readouterr().out.split("\n")[0] == "train: 4 chips"


def test_split_names_its_file_and_replaces_it_only_when_asked(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "split.json"
    words = [
        "split", "--chips", str(town.chips), "--labels", str(town.labels), "--block", "1",
        "--out", str(out),
    ]  # fmt: skip
    call(words)
    assert f"written to {out}" in capsys.readouterr().out
    out.write_text("precious")
    with pytest.raises(SystemExit) as stop:
        call(words)
    assert stop.value.code == 2
    assert f"{out} exists already: give --overwrite" in capsys.readouterr().err
    assert out.read_text() == "precious"
    call([*words, "--overwrite"])
    assert set(json.loads(out.read_text())) == {"train", "val", "test"}


def test_a_number_with_a_unit_is_refused_as_no_number(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call(["train", "--chips", str(town.chips), "--labels", str(town.labels), "--gsd", "30cm"])
    assert "--gsd must be a number above 0 metres, got '30cm'" in capsys.readouterr().err


@pytest.mark.parametrize(("iou", "is_told"), [(0.5, True), (0.3, True), (0.51, False)])
def test_training_says_where_it_learned_nothing(
    iou: float, is_told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = {"iou": iou, "all_ones_iou": 0.5}
    good = {"iou": 0.9, "all_ones_iou": 0.5}
    show_result(TrainResult(tmp_path, tiny_spec(), {}, validation=good, test=figures))
    out, err = capsys.readouterr()
    assert f"test {json.dumps(figures)}" in out
    assert ("the network is no better than marking every pixel" in err) is is_told
    show_result(TrainResult(tmp_path, tiny_spec(), {}, validation=figures, test={}))
    assert (f"its own is {iou:.3f} on validation" in capsys.readouterr().err) is is_told


def test_the_curves_of_a_single_epoch_can_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.evaluation import artefacts

    figures = []

    def kept_figure(*size: float) -> object:
        figures.append(new_figure(*size))
        return figures[-1]

    new_figure = artefacts.new_figure
    monkeypatch.setattr(artefacts, "new_figure", kept_figure)
    (tmp_path / "metrics.csv").write_text(
        "epoch,train_loss,val_loss,train_iou,val_iou\n0,0.7,0.6,0.4,0.5\n"
    )
    artefacts.write_curves(tmp_path, tmp_path / "curves.png")
    lines = [line for axes in figures[0].axes for line in axes.lines]
    assert [line.get_marker() for line in lines] == ["o"] * 4


def test_evaluate_prints_and_writes(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = tmp_path / "m.onnx", tmp_path / "measured"
    model.write_bytes(tiny_onnx(tiny_spec()))
    words = [
        "evaluate", "--model", str(model), "--chips", str(town.chips),
        "--labels", str(town.labels), "--threads", "1", "--out", str(out),
    ]  # fmt: skip
    call(words)
    output = capsys.readouterr().out
    assert "pixels" in output
    assert "1.0000" in output
    content = json.loads((out / "evaluation.json").read_text())
    assert content["total"]["pixels"]["iou"] == 1.0
    with pytest.raises(SystemExit) as stop:
        call(words)
    assert stop.value.code == 2
    assert "--overwrite" in capsys.readouterr().err
    call([*words, "--overwrite", "--json", "--threshold", "0.6"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["settings"]["threshold"] == 0.6
    assert json.loads((out / "evaluation.json").read_text())["total"] == printed["total"]


def test_evaluate_does_not_replace_its_labels(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = tmp_path / "m.onnx", tmp_path / "measured"
    model.write_bytes(tiny_onnx(tiny_spec()))
    out.mkdir()
    labels = out / "errors.gpkg"
    labels.write_bytes(town.labels.read_bytes())
    with pytest.raises(SystemExit) as stop:
        call([
            "evaluate", "--model", str(model), "--chips", str(town.chips),
            "--labels", str(labels), "--out", str(out), "--overwrite",
        ])  # fmt: skip
    assert stop.value.code == 2
    assert "errors.gpkg" in capsys.readouterr().err
    assert labels.read_bytes() == town.labels.read_bytes()


def test_export_refuses_to_replace_and_foreign_weights(
    run: TrainResult, reference: TrainResult, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    meta = run.folder / "meta"
    before = {p.name: p.stat().st_mtime_ns for p in meta.iterdir()}
    words = ["export", "--spec", str(meta / "best_model.onnx"), "--checkpoint"]
    with pytest.raises(SystemExit) as stop:
        call([*words, str(meta / "best_model.pth"), "--out", str(meta)])
    assert stop.value.code == 2
    assert "exists already: give --overwrite" in capsys.readouterr().err
    assert {p.name: p.stat().st_mtime_ns for p in meta.iterdir()} == before
    foreign = reference.folder / "meta" / "best_model.pth"
    with pytest.raises(SystemExit) as stop:
        call([*words, str(foreign), "--out", str(tmp_path / "new" / "meta")])
    assert stop.value.code == 2
    assert "another network" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def no_folder(tmp: Path, _: Town) -> dict[str, str]:
    return {"--chips": str(tmp / "nowhere")}


def empty_folder(tmp: Path, _: Town) -> dict[str, str]:
    (tmp / "empty").mkdir()
    return {"--chips": str(tmp / "empty")}


def foreign_labels(tmp: Path, _: Town) -> dict[str, str]:
    far = write_polygons(tmp / "far.gpkg", [house_polygon((9000, 0, 9010, 10))])
    return {"--labels": str(far)}


def text_for_labels(tmp: Path, _: Town) -> dict[str, str]:
    (tmp / "l.geojson").write_text("no vector file")
    return {"--labels": str(tmp / "l.geojson")}


def text_for_model(tmp: Path, _: Town) -> dict[str, str]:
    (tmp / "text.onnx").write_text("no model")
    return {"--model": str(tmp / "text.onnx")}


def mixed_bands(tmp: Path, _: Town) -> dict[str, str]:
    (tmp / "mixed").mkdir()
    for i, bands in enumerate((3, 3, 5)):
        pixels = np.zeros((bands, SIDE, SIDE), np.uint8)
        write_raster(tmp / "mixed" / f"{i}.tif", pixels, transform=place(0, i * SIDE))
    return {"--chips": str(tmp / "mixed")}


def broken_chip(tmp: Path, town: Town) -> dict[str, str]:
    """The header is whole, the pixels are cut off."""
    (tmp / "broken").mkdir()
    for path in sorted(town.chips.iterdir()):
        data = path.read_bytes()
        cut = data[: len(data) - 3000] if path.name == "chip_1_1.tif" else data
        (tmp / "broken" / path.name).write_bytes(cut)
    return {"--chips": str(tmp / "broken")}


def text_for_chip(tmp: Path, _: Town) -> dict[str, str]:
    (tmp / "text").mkdir()
    (tmp / "text" / "a.tif").write_text("no picture")
    return {"--chips": str(tmp / "text")}


FAULTS: list[tuple[Callable[[Path, Town], dict[str, str]], str]] = [
    (no_folder, "nowhere"),
    (empty_folder, "holds no image"),
    (foreign_labels, "none of the polygons in"),
    (text_for_labels, "cannot be read as a vector file"),
    (mixed_bands, "5 bands and"),
    (broken_chip, "chip_1_1.tif"),
    (text_for_chip, "cannot be opened as a raster"),
]


@pytest.mark.parametrize("verb", ["train", "evaluate"])
@pytest.mark.parametrize(("fault", "message"), FAULTS, ids=lambda f: getattr(f, "__name__", ""))
def test_what_the_user_can_put_right_is_one_line(  # noqa: PLR0917 - fixtures
    tmp_path: Path,
    town: Town,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    fault: Callable[[Path, Town], dict[str, str]],
    message: str,
) -> None:
    refused(verb, town, fault(tmp_path, town), message, tmp_path, capsys)


def test_a_file_that_is_no_model_is_one_line(
    tmp_path: Path, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    change = text_for_model(tmp_path, town)
    refused("evaluate", town, change, "text.onnx is not an ONNX model", tmp_path, capsys)


def refused(  # noqa: PLR0917 - what to call and what to expect
    verb: str,
    town: Town,
    change: dict[str, str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = {"--chips": str(town.chips), "--labels": str(town.labels), "--out": ""}
    words["--out"] = str(tmp_path / "out")
    if verb == "train":
        words |= {"--val-columns": "1", "--test-columns": "2", "--start": "random"}
        words |= {"--gsd": "0.5", "--crop": "64", "--workers": "0"}
    else:
        (tmp_path / "m.onnx").write_bytes(tiny_onnx(tiny_spec()))
        words |= {"--model": str(tmp_path / "m.onnx"), "--threads": "1"}
    with pytest.raises(SystemExit) as stop:
        call([verb, *(w for pair in (words | change).items() for w in pair)])
    assert stop.value.code == 2
    lines = [e for e in capsys.readouterr().err.splitlines() if not e.startswith("INFO")]
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert not (tmp_path / "out" / "meta").exists()
    assert not (tmp_path / "out" / "evaluation.json").exists()


def test_verbose_shows_where_an_error_arose(
    tmp_path: Path, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.onnx").write_text("no model")
    words = ["evaluate", "--model", str(tmp_path / "m.onnx"), "--chips", str(town.chips)]
    with pytest.raises(SystemExit):
        call(["--verbose", *words, "--labels", str(town.labels)])
    output = capsys.readouterr().err
    assert "Traceback" in output
    assert output.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize("words", [["train"], ["nonesuch"], ["split", "--block", "x"]])
def test_wrong_words_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        call(words)
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "--help" in line
