"""``python -m training stac2esri``: every promised name, and an item that lists them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.esri.engine_copy import engine_copy
from camp_detector_core.esri.package_check import check_package
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.stac import StacError, find_assets, list_in_item
from camp_detector_core.stac.files import item_bytes
from camp_detector_core.stac.validation import validate_item
from tests.support.models import tiny_spec, write_model
from tests.support.stac import make_item
from training.__main__ import run
from training.artefacts.copies import publish_run
from training.artefacts.esri_files import stac2esri

if TYPE_CHECKING:
    from pathlib import Path


def say(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = 0
    try:
        run(["stac2esri", *map(str, words)])
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def meta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model and its item where the command looks for them."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "meta"
    folder.mkdir()
    make_item(folder)
    return folder


def test_all_promised_names_are_there_and_the_item_lists_them(
    meta: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = say(capsys)
    assert code == 0, err
    stem = "refugee-camp-detector"
    kinds = {
        f"{stem}-classify.dlpk": "classify",
        f"{stem}-detect.dlpk": "detect",
        f"{stem}.dlpk": "detect",
        "best_model.dlpk": "detect",
    }
    for name, kind in kinds.items():
        assert f"meta/{name}" in out
        assert check_package(meta / name).lines()[:-1] == []
        emd = open_definition(meta / name)
        assert (emd.name, emd.kind) == (name.replace(".dlpk", ".emd"), kind)
    report = validate_item(meta / "stac_item.json")
    assert report.of("problem") == ()
    assert report.of("advice") == ()
    assets = json.loads((meta / "stac_item.json").read_text())["assets"]
    assert assets["esri-package"]["href"] == f"./{stem}.dlpk"
    assert assets["esri-package-classify"]["href"] == f"./{stem}-classify.dlpk"
    assert assets["model-metadata"]["href"] == "./model.emd"
    assert open_model(meta / "stac_item.json").spec == tiny_spec()
    names = {key: path.name for key, path in find_assets(meta, tiny_spec()).items()}
    for key in ("esri-package", "esri-package-classify", "model-metadata"):
        assert assets[key]["href"] == f"./{names[key]}", "making the item again finds the same"


def test_the_definition_leads_to_what_lies_beside_it(meta: Path) -> None:
    item = meta / "stac_item.json"
    out = meta.parent / "other"
    result = stac2esri(item, meta / "best_model.onnx", out, "camp.dlpk")
    emd = open_definition(result.definition)
    assert (emd.spec, emd.kind) == (tiny_spec(), "detect")
    for key in ("ModelFile", "InferenceFunction", "EngineFile"):
        assert (out / emd.fields[key]).is_file()
    assert (out / emd.fields["ModelFile"]).samefile(meta / "best_model.onnx")


def test_an_item_elsewhere_stays_as_it_is_and_that_is_said(
    meta: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = (meta / "stac_item.json").read_bytes()
    code, out, _ = say(capsys, "--out-dir", "away", "--dlpk-name", "camp.dlpk")
    assert code == 0
    assert "lists them" not in out
    assert "does not list the packages" in caplog.text
    assert (meta / "stac_item.json").read_bytes() == before
    assert (meta.parent / "away" / "camp-classify.dlpk").is_file()


def test_a_second_time_is_asked_for_and_changes_nothing(
    meta: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say(capsys)[0] == 0
    item = json.loads((meta / "stac_item.json").read_text())
    item["properties"]["updated"] = "2001-02-03T04:05:06Z"
    (meta / "stac_item.json").write_bytes(item_bytes(item))
    before = {p.name: p.read_bytes() for p in meta.iterdir()}
    code, _, err = say(capsys)
    assert code == 2
    assert "--overwrite" in err
    (meta / "rcd_engine_0_0_1_00000000.zip").write_bytes(b"of an earlier release")
    (meta / "rcd_engine_mine.zip").write_bytes(b"not ours")
    assert say(capsys, "--overwrite")[0] == 0
    after = {p.name: p.read_bytes() for p in meta.iterdir()}
    assert after.pop("rcd_engine_mine.zip") == b"not ours"
    assert after == before, "not even the item's time of change"
    assert engine_copy().name in after


def test_a_training_that_is_published_over_another_makes_room_for_its_packages(
    meta: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_meta = meta.parent / "runs" / "second" / "meta"
    shutil.copytree(meta, run_meta)
    assert say(capsys)[0] == 0
    publish_run(run_meta.parent, meta.parent)
    assert {p.name for p in meta.iterdir()} == {p.name for p in run_meta.iterdir()}
    code, _, err = say(capsys)
    assert code == 0, err


def test_a_package_named_as_the_fixed_one_is_written_once(meta: Path) -> None:
    result = stac2esri(meta / "stac_item.json", meta / "best_model.onnx", meta, "best_model.dlpk")
    assert sorted(p.name for p in result.packages) == [
        "best_model-classify.dlpk", "best_model-detect.dlpk", "best_model.dlpk",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--dlpk-name", "../camp.dlpk"), "is a path"),
        (("--dlpk-name", "camp.zip"), "is no name for a package"),
        (("--dlpk-name", "camp-detect.dlpk"), "give 'camp.dlpk'"),
        (("--onnx-path", "gone.onnx"), "gone.onnx cannot be read"),
        (("--stac-path", "gone.json"), "gone.json cannot be read"),
        (("--stac-path", "meta/best_model.onnx"), "is not JSON"),
        (("--onnx-path", "other.onnx"), "is not the STAC item of tiny-2"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    meta: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str], message: str
) -> None:
    write_model(meta.parent / "other.onnx", version="2")
    before = sorted(p.name for p in meta.iterdir())
    code, _, err = say(capsys, *words)
    assert code == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert sorted(p.name for p in meta.iterdir()) == before


def test_all_else_in_the_item_stays(meta: Path) -> None:
    path = meta / "stac_item.json"
    item: dict[str, Any] = json.loads(path.read_text())
    item["assets"]["mine"] = {"href": "./best_model.onnx", "roles": ["data"], "x": [1, {"y": 2}]}
    item["properties"]["note"] = "\N{TENT}"
    path.write_text(json.dumps(item))
    stac2esri(path, meta / "best_model.onnx", meta)
    after = json.loads(path.read_text())
    for key in ("esri-package", "esri-package-classify", "model-metadata"):
        after["assets"].pop(key)
    assert after["properties"].pop("updated") > item["properties"].pop("updated")
    assert after == item


def test_a_file_that_an_item_cannot_list_is_refused(meta: Path) -> None:
    outside = meta.parent / "x.dlpk"
    outside.write_bytes(b"x")
    for key, file in (("esri-package", outside), ("unknown", meta / "best_model.onnx")):
        with pytest.raises(StacError, match="cannot be listed"):
            list_in_item(meta / "stac_item.json", {key: file}, tiny_spec())
