"""A model opened by its ONNX file, its STAC item or its package; and what is refused."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.emd_keys import SPEC_KEY
from camp_detector_core.engine.errors import CampDetectorError, PredictorError, SpecError
from camp_detector_core.model_file import default_model_path, open_model, reader
from camp_detector_core.model_file import package as package_module
from camp_detector_core.model_file.item import sha256_of
from camp_detector_core.model_file.metadata import read_metadata
from tests.support.models import stac_item, tiny_onnx, tiny_spec, write_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MULTIHASH = "1220"


def package(path: Path, *, emd: Any = None, members: dict[str, bytes] | None = None) -> Path:
    """A deep learning package with a tiny model."""
    definition = {"ModelFile": "model.onnx", "Framework": "PyTorch"} if emd is None else emd
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("tiny.emd", json.dumps(definition))
        for name, data in (members or {"model.onnx": tiny_onnx(tiny_spec())}).items():
            out.writestr(name, data)
    return path


def test_an_onnx_file_says_what_it_is(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    model = open_model(path)
    assert model.spec == tiny_spec()
    assert model.onnx == path.read_bytes()
    assert model.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert model.origin == str(path)


def test_a_stac_item_leads_to_the_model_beside_it(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    data = write_model(tmp_path / "files" / "my model.onnx").read_bytes()
    item = tmp_path / "item.json"
    for href in ("./files/my model.onnx", "files/my%20model.onnx"):
        checksum = MULTIHASH + hashlib.sha256(data).hexdigest()
        item.write_text(stac_item(href, **{"file:size": len(data), "file:checksum": checksum}))
        model = open_model(item)
        assert model.onnx == data
        assert model.origin.endswith("item.json -> my model.onnx")
    item.write_text(stac_item((tmp_path / "files" / "my model.onnx").as_uri()))
    assert open_model(item).spec == tiny_spec()


def test_the_onnx_asset_is_known_by_its_name_alone(tmp_path: Path) -> None:
    write_model(tmp_path / "m.onnx")
    item = tmp_path / "item.json"
    item.write_text(
        stac_item("m.onnx", type="application/octet-stream", **{"mlm:artifact_type": "x"})
    )
    assert open_model(item).spec == tiny_spec()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda i: i["assets"]["onnx"].update({"file:size": 3}),
            "has .* bytes and the item says 3",
        ),
        (lambda i: i["assets"]["onnx"].update({"file:checksum": MULTIHASH + "0" * 64}), "differs"),
        (lambda i: i["assets"]["onnx"].update({"file:checksum": "d50110abcd"}), "not SHA-256"),
        (lambda i: i["assets"]["onnx"].update(href="https://e.org/m.onnx"), "download it"),
        (lambda i: i["assets"]["onnx"].update(href="gone.onnx"), "cannot be read: No such file"),
        (lambda i: i["assets"]["onnx"].pop("href"), "no href"),
        (lambda i: i["assets"]["onnx"].update(roles=["data"]), "0 ONNX assets"),
        (lambda i: i["assets"].update(two=i["assets"]["onnx"]), "2 ONNX assets"),
        (lambda i: i.pop("assets"), "not a STAC item"),
        (lambda i: i.update(type="Collection"), "not a STAC item"),
    ],
)
def test_an_item_that_does_not_lead_to_one_sound_model_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    write_model(tmp_path / "m.onnx")
    item = json.loads(stac_item("m.onnx"))
    change(item)
    path = tmp_path / "item.json"
    path.write_text(json.dumps(item))
    with pytest.raises(PredictorError, match=message):
        open_model(path)


AWAY = [
    "\\\\host\\share\\m.onnx",
    "//host/share/m.onnx",
    "/\\host/m.onnx",
    "\\/host/m.onnx",
    "///host/m.onnx",
    "%5C%5Chost%5Cm.onnx",
    "%2F%2Fhost/m.onnx",
    " //host/m.onnx",
    "\\m.onnx",
    "Z:\\m.onnx",
    "z:m.onnx",
    "Z%3A/m.onnx",
    "file://host/share/m.onnx",
    "file:////host/share/m.onnx",
    "file:///%5C%5Chost/m.onnx",
    "file:%5C%5Chost/m.onnx",
    "\\\\?\\UNC\\host\\m.onnx",
    "file://host",
]
"""Paths with which Windows would ask another computer, or look on another drive."""


@pytest.mark.parametrize("href", AWAY)
def test_an_item_makes_nobody_look_at_another_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, href: str
) -> None:
    item = tmp_path / "item.json"
    item.write_text(stac_item(href, type="application/octet-stream; framework=onnx"))
    looked: list[str] = []
    for name in ("exists", "resolve", "stat"):
        before = getattr(type(item), name)

        def record_read(path: Path, *args: Any, _before: Any = before, **more: Any) -> Any:
            looked.append(str(path))
            return _before(path, *args, **more)

        monkeypatch.setattr(type(item), name, record_read)
    with pytest.raises(PredictorError, match="in the item's folder or below"):
        open_model(item)
    assert not [path for path in looked if not path.startswith(str(tmp_path))]
    assert not [path for path in looked if "m.onnx" in path or "host" in path]


def test_an_item_leads_to_its_own_folder_in_every_way_of_writing_it(tmp_path: Path) -> None:
    data = write_model(tmp_path / "m.onnx").read_bytes()
    item = tmp_path / "item.json"
    whole = tmp_path / "m.onnx"
    local = f"file://localhost{whole}"
    for href in ("m.onnx", "./m.onnx", "././/m.onnx", str(whole), whole.as_uri(), local):
        item.write_text(stac_item(href))
        assert open_model(item).onnx == data


@pytest.mark.parametrize(
    ("emd", "member"),
    [
        ({"ModelFile": "model.onnx"}, "model.onnx"),
        ({"ModelFile": ".\\model.onnx"}, "model.onnx"),
        ({"ModelFile": "sub\\model.onnx", SPEC_KEY: tiny_spec().to_dict()}, "sub/model.onnx"),
    ],
)
def test_a_package_holds_the_model(tmp_path: Path, emd: dict[str, Any], member: str) -> None:
    path = package(
        tmp_path / "tiny.dlpk",
        emd=emd,
        members={member: tiny_onnx(tiny_spec()), "tiny.py": b"raise SystemExit('executed')"},
    )
    model = open_model(path)
    assert model.spec == tiny_spec()
    assert [p.name for p in tmp_path.iterdir()] == ["tiny.dlpk"]


@pytest.mark.parametrize(
    ("emd", "members", "message"),
    [
        ({"ModelFile": "../model.onnx"}, None, "does not lie in the package"),
        ({"ModelFile": "/etc/model.onnx"}, None, "does not lie in the package"),
        ({"ModelFile": "C:\\model.onnx"}, None, "does not lie in the package"),
        ({"ModelFile": "model.pth"}, None, "only ONNX"),
        ({"ModelFile": "gone.onnx"}, None, "does not hold"),
        ({}, None, "names no ModelFile"),
        ([1], None, "not a JSON object"),
        (None, {"model.onnx": b"x", "two.emd": b"{}"}, "2 model definitions"),
        (None, {"model.onnx": b""}, "not an ONNX model"),
    ],
)
def test_a_package_that_is_not_sound_is_refused(
    tmp_path: Path, emd: Any, members: dict[str, bytes] | None, message: str
) -> None:
    path = package(tmp_path / "tiny.dlpk", emd=emd, members=members)
    with pytest.raises(PredictorError, match=message):
        open_model(path)


def test_a_definition_below_the_root_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "tiny.dlpk"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("sub/tiny.emd", "{}")
    with pytest.raises(PredictorError, match="0 model definitions"):
        open_model(path)


def test_a_package_whose_definition_tells_of_another_model_is_refused(tmp_path: Path) -> None:
    emd = {"ModelFile": "model.onnx", SPEC_KEY: tiny_spec(version="2.0").to_dict()}
    with pytest.raises(SpecError, match="different models"):
        open_model(package(tmp_path / "tiny.dlpk", emd=emd))


def test_a_member_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = package(tmp_path / "tiny.dlpk", members={"model.onnx": bytes(3 << 20)})
    assert path.stat().st_size < 1 << 16
    monkeypatch.setattr(package_module, "MAX_NETWORK", 1 << 20)
    with pytest.raises(PredictorError, match="unpacks to more than 1 MiB"):
        open_model(path)


def test_a_damaged_package_is_refused(tmp_path: Path) -> None:
    path = package(tmp_path / "tiny.dlpk")
    whole = path.read_bytes()
    for data in (whole[:-60], b"no zip", whole[:200] + b"\xff" * 40 + whole[240:]):
        path.write_bytes(data)
        with pytest.raises(PredictorError, match="damaged"):
            open_model(path)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("m.onnx", b"", r"m\.onnx is empty \(0 bytes\)"),
        ("m.dlpk", b"", "is empty"),
        ("m.json", b"", "is empty"),
        ("m.onnx", b"This is no model at all.\n", "is not an ONNX model"),
        ("m.json", b"{", "is not JSON"),
        ("m.pt", b"x", "not a model file"),
    ],
)
def test_files_that_are_no_model_are_refused(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(PredictorError, match=message):
        open_model(path)


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(PredictorError, match=r"gone\.onnx cannot be read: No such file"):
        open_model(tmp_path / "gone.onnx")
    with pytest.raises(PredictorError, match="cannot be read"):
        open_model(tmp_path)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ("", "does not say what model it is"),
        ("{", "not JSON"),
        ('{"schema_version": 99}', "update Camp Detector"),
        (tiny_spec().to_json().replace('"gsd": 0.5', '"gsd": -1'), "gsd must be positive"),
    ],
)
def test_a_model_without_a_sound_description_is_refused(
    tmp_path: Path, stored: str, message: str
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(tiny_onnx(tiny_spec(), stored=stored))
    with pytest.raises(SpecError, match=message) as error:
        open_model(path)
    assert "m.onnx" in str(error.value)


def test_metadata_are_those_that_onnx_reads(tmp_path: Path) -> None:
    import onnx

    data = write_model(tmp_path / "m.onnx", description="tents \N{TENT}").read_bytes()
    model = onnx.load_from_string(data)
    assert read_metadata(data, "m") == {p.key: p.value for p in model.metadata_props}


def refusal(data: bytes) -> PredictorError | None:
    """The error that bytes are refused with, if they are."""
    try:
        read_metadata(data, "some file")
    except PredictorError as error:
        return error
    return None


@given(st.binary(max_size=300))
def test_any_bytes_are_either_read_or_refused(data: bytes) -> None:
    error = refusal(data)
    assert error is None or "some file" in str(error)


def test_a_model_cut_within_its_network_is_refused() -> None:
    data = tiny_onnx(tiny_spec())
    end_of_network = data.index(b"camp_detector.spec") - 40
    for cut in range(end_of_network):
        assert refusal(data[:cut]) is not None


def test_the_model_that_ships_can_be_opened_or_its_absence_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_MODELS", tmp_path)
    with pytest.raises(CampDetectorError, match="name one with model"):
        default_model_path()
    path = write_model(tmp_path / "tiny.onnx")
    assert default_model_path() == path


@pytest.mark.parametrize("asset", [{}, {"file:checksum": None}, {"file:checksum": ""}])
def test_an_empty_checksum_is_none(asset: dict[str, Any]) -> None:
    assert sha256_of(asset, "x") is None
