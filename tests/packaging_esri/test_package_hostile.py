"""Packages made by a stranger: judged or refused in sentences, soon, and without harm."""

from __future__ import annotations

import json
import os
import stat
import struct
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import CampDetectorError, PredictorError
from camp_detector_core.esri.package_check import archive, check_package
from camp_detector_core.model_file import zip_file
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.packages import STEM, changed, edited, foreign, make, members, messages, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(300)
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of POSIX")
CAREFUL = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = (
    "ModelType", "InferenceFunction", "ModelFile", "ImageHeight", "ImageWidth", "ExtractBands",
    "Classes", "Padding", "ModelPadding", "BatchSize", "Threshold", "MinCellSize", "DataRange",
    "SupportsVariableTileSize", "ImageSpaceUsed", "CampDetector", "EngineFile", "TorchScriptFile",
)  # fmt: skip


def judge(path: Path) -> list[str]:
    """The lines of a check, each fit to be shown, or the one of its refusal."""
    try:
        report = check_package(path)
        lines = report.lines()
        json.dumps(report.to_dict())
    except CampDetectorError as error:
        lines = [str(error)]
    for line in lines:
        assert line.isprintable()
        assert len(line) < 1500
    return lines


@CAREFUL
@given(data=st.data())
def test_any_damage_is_a_line_or_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    path = make(tmp_path)
    whole = bytearray(path.read_bytes())
    table = whole.rfind(b"PK\x01\x02", 0, whole.find(b"PK\x05\x06"))
    for _ in range(data.draw(st.integers(1, 4))):
        # Half of the time where it hurts: in the table of contents.
        low = data.draw(st.sampled_from([0, max(0, table - 900)]))
        at = data.draw(st.integers(low, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(whole))))
    path.write_bytes(bytes(whole[:cut]))
    assert judge(path)


@CAREFUL
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_judged_or_refused(tmp_path: Path, data: bytes, end: bool) -> None:
    path = tmp_path / "x.dlpk"
    path.write_bytes(data + (b"PK\x05\x06" + data[:18].ljust(18, b"\0") if end else b""))
    assert judge(path)


@CAREFUL
@given(st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1, max_size=3), st.booleans())
def test_any_value_in_a_definition_is_judged(
    tmp_path: Path, keys: dict[str, Any], ours: bool
) -> None:
    path = edited(make(tmp_path), **keys) if ours else foreign(tmp_path, **keys)
    assert judge(path)


@CAREFUL
@given(st.sampled_from(["{}.emd", "model.onnx", "RefugeeCampDetector.py", "esriinfo/iteminfo.xml",
                        "esriinfo/item.pkinfo", "esriinfo/thumbnail/thumbnail.png"]),
       st.data())  # fmt: skip
def test_any_damage_within_a_member_is_judged(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    path, name = make(tmp_path), name.format(STEM)
    entries = members(path)
    inside = bytearray(entries[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(inside) - 1))
        inside[at] = data.draw(st.integers(0, 255))
    entries[name] = bytes(inside)
    assert judge(write(path, entries))


@CAREFUL
@given(st.binary(max_size=300), st.text(max_size=200))
def test_any_source_xml_picture_and_network_are_judged(
    tmp_path: Path, data: bytes, text: str
) -> None:
    entries = members(make(tmp_path))
    engine = next(n for n in entries if n.startswith("rcd_engine_"))
    entries |= {
        "RefugeeCampDetector.py": text.encode("utf-8", "replace"), "model.onnx": data,
        "esriinfo/iteminfo.xml": b"<a>" + text.encode("utf-8", "replace"),
        "esriinfo/thumbnail/thumbnail.png": b"\x89PNG\r\n\x1a\n" + data, engine: data,
    }  # fmt: skip
    assert judge(write(tmp_path / f"{STEM}.dlpk", entries))


@pytest.mark.parametrize(
    "source",
    [
        b"(" * 100_000,
        b"-" * 100_000 + b"1",
        b"1+" * 100_000 + b"1",
        b"a." * 50_000 + b"a",
        b"x = " + b"9" * 10_000,
        b"x = 1 << 10 ** 9",
        b"# coding: no-such-codec\n",
        b"# coding: utf-16\n",
        b"\xff\xfe",
        b"if 1:\n" + b" if 1:\n" * 3,
        b"class RefugeeCampDetector(RefugeeCampDetector):\n    pass\n",
        b"".join(b" " * i + b"if 1:\n" for i in range(200)),
        b"f'{" * 200,
    ],
)
def test_sources_that_break_parsers_are_judged(tmp_path: Path, source: bytes) -> None:
    path = changed(
        make(tmp_path), lambda entries: entries.update({"RefugeeCampDetector.py": source})
    )
    assert any("RefugeeCampDetector" in line for line in judge(path))


def test_a_definition_nested_without_end_is_a_problem(tmp_path: Path) -> None:
    deep = b'{"a":' * 100_000
    path = changed(make(tmp_path), lambda entries: entries.update({f"{STEM}.emd": deep}))
    assert any("nested too deep" in line for line in messages(path))
    huge = b'{"ImageHeight": ' + b"9" * 10_000 + b"}"
    assert messages(changed(path, lambda entries: entries.update({f"{STEM}.emd": huge})))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    laughs = "".join(f"<!ENTITY a{i + 1} '{f'&a{i};' * 10}'>" for i in range(1, 12))
    bomb = f"<!DOCTYPE x [<!ENTITY a1 'ha'>{laughs}]><x>&a12;</x>".encode()
    secret = b"<!DOCTYPE x [<!ENTITY s SYSTEM 'file:///etc/passwd'>]><x>&s;</x>"
    for data in (bomb, secret):
        path = changed(make(tmp_path), lambda h, d=data: h.update({"esriinfo/iteminfo.xml": d}))
        assert any("declares a document type" in line for line in messages(path))


# The zip file.


def add(path: Path, entry: zipfile.ZipInfo | str, data: bytes = b"x", **more: Any) -> Path:
    with zipfile.ZipFile(path, "a") as out:
        out.writestr(entry, data, **more)
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.py", "leads out of the package"),
        ("sub/../../evil.py", "leads out of the package"),
        ("/etc/cron.d/evil", "leads out of the package"),
        ("C:/evil.py", "leads out of the package"),
        ("c:evil.py", "leads out of the package"),
        ("..\\evil.py", "leads out of the package"),
        ("\\\\host\\share\\evil.py", "leads out of the package"),
        ("a\\b.py", "not a valid file name on Windows"),
        ("ab:c.py", "not a valid file name on Windows"),
        ("a\x1b[2J.py", "not a valid file name on Windows"),
        ("sub/aux.py", "not a valid file name on Windows"),
        ("NUL", "not a valid file name on Windows"),
        ("a./b", "not a valid file name on Windows"),
        ("a//b", "not a valid file name on Windows"),
        ("CAMP.EMD", "occurs twice, as Windows compares names"),
        ("refugeecampdetector.py", "occurs twice, as Windows compares names"),
    ],
)
def test_names_that_lead_elsewhere_or_clash_are_problems(
    tmp_path: Path, name: str, words: str
) -> None:
    path = add(make(tmp_path), name)
    assert any(words in line for line in messages(path))
    assert [p.name for p in tmp_path.rglob("*evil*")] == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_a_problem(tmp_path: Path) -> None:
    path = add(make(tmp_path), "model.onnx", tiny_onnx(tiny_spec()))
    assert any("model.onnx: occurs twice" in line for line in messages(path))


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o644, "is no plain file"),
        (stat.S_IFCHR | 0o644, "is no plain file"),
    ],
)
def test_links_and_devices_are_problems(tmp_path: Path, mode: int, words: str) -> None:
    entry = zipfile.ZipInfo("link.py")
    entry.create_system, entry.external_attr = 3, mode << 16
    assert any(words in line for line in messages(add(make(tmp_path), entry, b"/etc/passwd")))


def test_a_definition_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    entries = members(make(tmp_path))
    path = tmp_path / f"{STEM}.dlpk"
    data = entries.pop(f"{STEM}.emd")
    write(path, entries)
    entry = zipfile.ZipInfo(f"{STEM}.emd")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    add(path, entry, data)
    report = check_package(path)
    assert not report.valid
    assert "model definition" not in report.passed


def test_a_bomb_is_named_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path)
    add(path, "bomb.bin", bytes(64 << 20), compress_type=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1 << 20
    files_opened: list[str] = []
    true_open = zipfile.ZipFile.open

    def spy(self: zipfile.ZipFile, name: Any, *args: Any, **more: Any) -> Any:
        files_opened.append(getattr(name, "filename", name))
        return true_open(self, name, *args, **more)

    monkeypatch.setattr(zipfile.ZipFile, "open", spy)
    (line,) = messages(path)
    assert "bomb.bin: unpacks from" in line
    assert "model.onnx" in files_opened
    assert "bomb.bin" not in files_opened


def test_many_members_that_are_large_together_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MAX_WHOLE", 1000)
    assert any("which no package does" in line for line in messages(make(tmp_path)))


def test_a_size_that_is_a_lie_is_a_problem(tmp_path: Path) -> None:
    path = make(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"LICENSE.txt") - 46
    size = struct.unpack_from("<I", data, at + 24)[0]
    for lie in (size // 2, size * 2):
        struct.pack_into("<I", data, at + 24, lie)
        path.write_bytes(bytes(data))
        assert any("LICENSE.txt: is damaged" in line for line in messages(path))


def test_a_member_whose_bytes_changed_is_a_problem(tmp_path: Path) -> None:
    path = make(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.find(b"MIT License")] ^= 1
    path.write_bytes(bytes(data))
    (line,) = messages(path)
    assert "LICENSE.txt: is damaged" in line


def test_members_that_are_encrypted_or_oddly_compressed_are_problems(tmp_path: Path) -> None:
    path = make(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"LICENSE.txt") - 46
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    assert any("LICENSE.txt: is encrypted" in line for line in messages(path))
    add(make(tmp_path), "x.bin", bytes(999), compress_type=zipfile.ZIP_LZMA)
    assert any("x.bin: is compressed by method 14" in line for line in messages(path))


def test_more_files_than_any_package_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.dlpk"
    with zipfile.ZipFile(path, "w") as out:
        for i in range(10_001):
            out.writestr(f"{i}", b"")
    with pytest.raises(PredictorError, match="more than 10000 files"):
        check_package(path)


def test_a_table_of_contents_beyond_measure_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(zip_file, "_MAX_TABLE", 100)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(PredictorError, match="table of contents"):
        check_package(path)


def test_zip64_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path)
    data = path.read_bytes()
    at = data.rfind(b"PK\x05\x06")
    record = b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16)
    path.write_bytes(data[:at] + record + data[at:])
    with pytest.raises(PredictorError, match=r"table of contents that no package has \(zip64"):
        check_package(path)


@needs_posix
def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.dlpk")
    (tmp_path / "zero.dlpk").symlink_to("/dev/zero")
    for name in ("pipe.dlpk", "zero.dlpk"):
        with pytest.raises(PredictorError, match=r"the package .* a device or a pipe"):
            check_package(tmp_path / name)


def test_a_file_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "x.dlpk").open("wb") as file:
        file.truncate((2 << 30) + 1)
    with pytest.raises(PredictorError, match="larger than 2 GiB"):
        check_package(tmp_path / "x.dlpk")
