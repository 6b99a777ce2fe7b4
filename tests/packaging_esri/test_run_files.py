"""The package and the definition that a training leaves beside its models."""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.engine.errors import OutputError, SpecError
from camp_detector_core.engine.spec import METADATA_KEY
from camp_detector_core.esri.package_check import check_package
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.stac.validation import validate_item
from tests.support.models import write_model
from tests.support.stac import make_item
from training.artefacts import esri_files
from training.artefacts.esri_files import package_run, stac2esri, write_esri_files

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


@pytest.fixture
def meta(tmp_path: Path) -> Path:
    folder = tmp_path / "meta"
    folder.mkdir()
    make_item(folder)
    return folder


def assets(meta: Path) -> dict[str, dict[str, object]]:
    item: dict[str, dict[str, dict[str, object]]] = json.loads(
        (meta / "stac_item.json").read_text()
    )
    return item["assets"]


def test_a_training_leaves_package_and_definition(meta: Path) -> None:
    write_esri_files(meta, meta / "stac_item.json")
    assert check_package(meta / "best_model.dlpk").valid
    emd = open_definition(meta / "model.emd")
    for key in ("ModelFile", "InferenceFunction", "EngineFile"):
        assert (meta / emd.fields[key]).is_file()
    assert assets(meta)["esri-package"]["href"] == "./best_model.dlpk"
    assert assets(meta)["model-metadata"]["href"] == "./model.emd"
    assert "esri-package-classify" not in assets(meta)
    assert validate_item(meta / "stac_item.json").of("problem") == ()


def test_stac2esri_needs_no_leave_beside_them(meta: Path) -> None:
    """It gives what it gives where training left nothing."""
    bare = meta.with_name("bare")
    shutil.copytree(meta, bare)
    stac2esri(bare / "stac_item.json", bare / "best_model.onnx", bare)
    write_esri_files(meta, meta / "stac_item.json")
    before = {p.name: p.read_bytes() for p in meta.iterdir() if p.suffix != ".json"}
    stac2esri(meta / "stac_item.json", meta / "best_model.onnx", meta)
    after = {p.name: p.read_bytes() for p in meta.iterdir()}
    assert before.items() <= after.items()
    alone = {p.name: p.read_bytes() for p in bare.iterdir() if p.suffix != ".json"}
    assert len(alone) > 3
    assert alone.items() <= after.items()
    assert assets(meta)["esri-package"]["href"] == "./refugee-camp-detector.dlpk"
    with pytest.raises(OutputError, match="overwrite"):
        stac2esri(meta / "stac_item.json", meta / "best_model.onnx", meta)


def test_those_of_another_model_are_not_replaced_unasked(meta: Path) -> None:
    (meta / "best_model.dlpk").write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"best_model\.dlpk"):
        stac2esri(meta / "stac_item.json", meta / "best_model.onnx", meta)
    assert (meta / "best_model.dlpk").read_bytes() == b"mine"


def test_packages_of_stac2esri_stay_listed_when_the_item_is_made_again(meta: Path) -> None:
    stac2esri(meta / "stac_item.json", meta / "best_model.onnx", meta)
    write_esri_files(meta, meta / "stac_item.json")
    assert assets(meta)["esri-package"]["href"] == "./refugee-camp-detector.dlpk"


def test_a_fault_is_a_warning_that_names_the_remedy(
    meta: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_model(meta / "best_model.onnx", version="2")  # no longer the model of the item
    package_run(meta, meta / "stac_item.json")
    assert "python -m training stac2esri" in caplog.text
    assert not (meta / "best_model.dlpk").exists()
    assert esri_files.named_by_definition(meta) == []


def test_a_remedy_names_options_of_the_command_line(
    meta: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        msg = "the model is odd"
        raise SpecError(msg, remedy="give {tile_size}")

    monkeypatch.setattr(esri_files, "open_source", fail)
    package_run(meta, meta / "stac_item.json")
    assert "the model is odd: give --tile-size" in caplog.text
    assert f"--out-dir {meta} --overwrite" in caplog.text


def test_an_engine_that_cannot_be_deleted_ends_no_training(
    meta: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (meta / "rcd_engine_0_1_0_00000000.zip").mkdir()  # a folder cannot be unlinked
    package_run(meta, meta / "stac_item.json")
    assert "rcd_engine_0_1_0_00000000.zip" in caplog.text
    assert "python -m training stac2esri" in caplog.text


def test_a_package_with_torchscript_keeps_one_when_the_item_is_made_again(
    meta: Path, caplog: pytest.LogCaptureFixture
) -> None:
    item, model, pt = meta / "stac_item.json", meta / "best_model.onnx", meta / "best_model.pt"
    with zipfile.ZipFile(pt, "w") as out:
        out.writestr("best_model/data.pkl", b"x")
        out.writestr("best_model/code/__torch__/net.py", b"x")
        out.writestr(f"best_model/extra/{METADATA_KEY}", open_model(model).spec.to_json())
    stac2esri(item, model, meta, torchscript=pt)
    before = (meta / "best_model.dlpk").read_bytes()
    package_run(meta, item)
    assert (meta / "best_model.dlpk").read_bytes() == before
    pt.unlink()
    package_run(meta, item)
    assert (meta / "best_model.dlpk").read_bytes() != before
    assert "no longer carries TorchScript" in caplog.text
