"""Model files made by a stranger: each is refused in one sentence, soon, and without harm."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.cli.describe import as_text
from camp_detector_core.engine.emd_keys import SPEC_KEY
from camp_detector_core.engine.errors import CampDetectorError, PredictorError, SpecError
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.spec import ModelSpec
from camp_detector_core.model_file import open_model, reader
from tests.support.models import stac_item, tiny_onnx, tiny_spec, write_model

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(60)

HUGE = 10**400
DEEP = "[" * 100_000
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of POSIX")


def refusal(path: Path, kind: type[CampDetectorError] = PredictorError) -> str:
    """The message that a model is refused with: one line that can be shown."""
    with pytest.raises(kind) as error:
        open_model(path)
    message = str(error.value)
    assert message.isprintable()
    assert len(message) < 1000
    assert path.name in message
    return message


def item(folder: Path, href: str = "m.onnx", **asset: Any) -> Path:
    """A STAC item in a folder of its own, with a model beside it."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    write_model(home / "m.onnx")
    (home / "item.json").write_text(stac_item(href, **asset))
    return home / "item.json"


def dlpk(folder: Path, **emd: Any) -> Path:
    """A sound package whose definition says a little more."""
    path = folder / "tiny.dlpk"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("tiny.emd", json.dumps({"ModelFile": "model.onnx", **emd}))
        out.writestr("model.onnx", tiny_onnx(tiny_spec()))
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"gsd": HUGE},
        {"min_area": HUGE},
        {"threshold": HUGE},
        {"tile_size": HUGE, "multiple": 1},
        {"tile_size": 1 << 20, "multiple": 1 << 20},
        {"overlap": HUGE},
        {"bands": [{"name": "red", "scale": HUGE, "mean": 0, "std": 1}]},
        {"bands": "abc"},
        {"classes": [5]},
        {"attribution": "abc"},
        {"attribution": [1]},
        {"attribution": ["\ud800"]},
        {"description": "\ud800"},
        {"provenance": {"a": "\ud800"}},
        {"provenance": [1]},
        {"version": "1\x1b[2J"},
        {"version": "x\ny"},
    ],
)
def test_values_that_make_no_sense_are_refused(change: dict[str, Any], tmp_path: Path) -> None:
    raw = {**tiny_spec().to_dict(), **change}
    with pytest.raises(SpecError) as error:
        ModelSpec.from_dict(raw)
    assert len(str(error.value)) < 1000
    path = tmp_path / "m.onnx"
    path.write_bytes(tiny_onnx(tiny_spec(), stored=json.dumps(raw)))
    refusal(path, SpecError)


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(tiny_onnx(tiny_spec(), stored=DEEP))
    refusal(tmp_path / "m.onnx", SpecError)
    (tmp_path / "item.json").write_text(DEEP)
    assert "nested too deep" in refusal(tmp_path / "item.json")
    nested: Any = {}
    for _ in range(sys.getrecursionlimit() * 2):
        nested = [nested]
    with pytest.raises(SpecError):
        ModelSpec.from_dict({**tiny_spec().to_dict(), "provenance": {"a": nested}})
    with pytest.raises(SpecError):
        ModelSpec.from_dict({**tiny_spec().to_dict(), "name": nested})


@pytest.mark.parametrize(
    "href", ["http://[x", "a\0.onnx", "a" * 400 + ".onnx", "\ud800.onnx", "x" * 100_000 + ".onnx"]
)
def test_hrefs_that_are_no_path_are_refused(tmp_path: Path, href: str) -> None:
    refusal_of = item(tmp_path, href)
    with pytest.raises(PredictorError) as error:
        open_model(refusal_of)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 1500


@pytest.mark.parametrize("roles", [5, "mlm:model", {"mlm:model": 1}, True])
def test_roles_that_are_no_list_are_refused(tmp_path: Path, roles: Any) -> None:
    assert "0 ONNX assets" in refusal(item(tmp_path, roles=roles))


@pytest.mark.parametrize(
    "href", ["/dev/zero", "../other.onnx", "%2e%2e/other.onnx", "sub/../../other.onnx", "m.txt"]
)
def test_an_item_leads_to_no_file_outside_its_folder(tmp_path: Path, href: str) -> None:
    write_model(tmp_path / "other.onnx")
    path = item(tmp_path, href)
    (path.parent / "m.txt").write_bytes((tmp_path / "other.onnx").read_bytes())
    assert "in the item's folder or below" in refusal(path)
    path.write_text(stac_item((tmp_path / "other.onnx").as_uri()))
    assert "in the item's folder or below" in refusal(path)


@needs_posix
def test_links_lead_out_of_the_folder_only_together_with_the_item(tmp_path: Path) -> None:
    path = item(tmp_path, "link.onnx")
    write_model(tmp_path / "blob")
    (path.parent / "link.onnx").symlink_to(tmp_path / "blob")
    assert "in the item's folder or below" in refusal(path)
    path.rename(tmp_path / "text")
    path.symlink_to(tmp_path / "text")
    assert open_model(path).spec == tiny_spec()


@needs_posix
@pytest.mark.parametrize("name", ["p.onnx", "p.json", "p.dlpk"])
def test_pipes_and_devices_are_not_read(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert "a device or a pipe" in refusal(tmp_path / name)
    link = tmp_path / f"zero-{name}"
    link.symlink_to("/dev/zero")
    assert "a device or a pipe" in refusal(link)


@needs_posix
def test_a_pipe_beside_the_item_is_not_read(tmp_path: Path) -> None:
    path = item(tmp_path, "pipe.onnx")
    os.mkfifo(path.parent / "pipe.onnx")
    with pytest.raises(PredictorError, match="a device or a pipe"):
        open_model(path)


@pytest.mark.parametrize("name", ["m.onnx", "home/item.json"])
def test_files_beyond_all_measure_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    item(tmp_path)
    write_model(tmp_path / "m.onnx")
    monkeypatch.setattr(reader, "MAX_NETWORK", 100)
    with pytest.raises(PredictorError, match=r"m\.onnx is larger than"):
        open_model(tmp_path / name)


def test_an_encrypted_package_is_refused(tmp_path: Path) -> None:
    path = dlpk(tmp_path)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    path.write_bytes(bytes(data))
    assert "password" in refusal(path)


def test_a_damaged_lzma_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tiny.dlpk"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as out:
        out.writestr("tiny.emd", json.dumps({"ModelFile": "model.onnx", "x": "y" * 500}))
    data = bytearray(path.read_bytes())
    start = 30 + len("tiny.emd") + 9
    data[start : start + 30] = b"\xff" * 30
    path.write_bytes(bytes(data))
    assert "damaged" in refusal(path)


def test_a_package_with_a_wrong_description_is_named(tmp_path: Path) -> None:
    for description in (5, {**tiny_spec().to_dict(), "gsd": -1}):
        message = refusal(dlpk(tmp_path, **{SPEC_KEY: description}), SpecError)
        assert f"tiny.emd, {SPEC_KEY}" in message


@pytest.mark.parametrize("file_name", ["\x1b[2J.onnx", "\0/../m.onnx", "x" * 5000 + ".onnx"])
def test_names_in_a_package_are_shown_safely(tmp_path: Path, file_name: str) -> None:
    refusal(dlpk(tmp_path, ModelFile=file_name))


def test_what_a_model_says_of_itself_is_shown_without_control_characters(tmp_path: Path) -> None:
    path = write_model(
        tmp_path / "m.onnx",
        description="wipe\x1b[2J\nfinds: gold",
        licence="\x9b31m",
        attribution=("a\rb",),
        provenance={"k\x07": "\u202ev"},
    )
    model_file = open_model(path)
    text = as_text(model_file, OnnxPredictor(model_file.onnx, threads=1))
    assert all(line.isprintable() for line in text.split("\n"))
    assert r"wipe\x1b[2J finds: gold" in text
    for escaped in (r"\x9b31m", "a b", r"k\x07", r"\u202ev"):
        assert escaped in text
