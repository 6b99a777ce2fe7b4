"""Zip files of strangers: one rule of what is opened and read, for every host."""

from __future__ import annotations

import json
import os
import stat
import struct
import tracemalloc
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.esri.package_check import check_package
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.zip_file import open_zip, read_member
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "model.onnx"
CAREFUL = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


def package(path: Path, method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> Path:
    """A package of a tiny model; members are given by the stems of their names."""
    with zipfile.ZipFile(path, "w", method) as out:
        out.writestr("tiny.emd", json.dumps({"ModelFile": MODEL}))
        out.writestr(MODEL, members.pop("model", None) or tiny_onnx(tiny_spec()))
        for name, data in members.items():
            out.writestr(name, data)
    return path


def entry_at(data: bytes | bytearray, name: str) -> int:
    """Find the offset of a name's entry in the table of contents."""
    return data.rfind(name.encode()) - 46


def edited(path: Path, name: str, offset: int, form: str, value: int) -> Path:
    """Change one number in the table of contents."""
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, entry_at(data, name) + offset, value)
    path.write_bytes(data)
    return path


def linked(path: Path) -> Path:
    package(path)
    mode = (stat.S_IFLNK | 0o777) << 16
    edited(path, MODEL, 5, "<B", 3)
    return edited(path, MODEL, 38, "<I", mode)


def doubled(path: Path) -> Path:
    package(path)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as out:
        warnings.simplefilter("ignore")
        out.writestr(MODEL, b"another")
    return path


def overlapping(path: Path) -> Path:
    """Two members that are one in the file, as the bombs are made that are small and flat."""
    package(path, zipfile.ZIP_STORED, other=tiny_onnx(tiny_spec()))
    data = path.read_bytes()
    (model,) = struct.unpack_from("<I", data, entry_at(data, MODEL) + 42)
    return edited(path, "other", 42, "<I", model)


CASES: list[tuple[Any, str]] = [
    (lambda p: package(p, model=bytes(64 << 20)), r"model.onnx unpacks from \d+ to 67108864"),
    (linked, "model.onnx is a link"),
    (doubled, "model.onnx occurs twice"),
    (overlapping, "share the same bytes"),
    (lambda p: edited(package(p), MODEL, 8, "<H", 1), "model.onnx is encrypted"),
    (lambda p: edited(package(p), MODEL, 8, "<H", 0x40), "model.onnx is encrypted"),
    (lambda p: package(p, zipfile.ZIP_LZMA), "tiny.emd is compressed by method 14"),
    (lambda p: edited(package(p), MODEL, 10, "<H", 99), "model.onnx is compressed by method 99"),
    (lambda p: edited(package(p), MODEL, 24, "<I", 10), "model.onnx is damaged"),
    (lambda p: edited(package(p), MODEL, 24, "<I", 10_000), "model.onnx is damaged .* in place of"),
    (lambda p: edited(package(p), MODEL, 20, "<I", 1 << 20), "share the same bytes|damaged"),
    (lambda p: edited(package(p), MODEL, 16, "<I", 1), "model.onnx is damaged"),
]


@pytest.mark.parametrize(("make", "words"), CASES)
def test_what_no_package_holds_is_refused_in_one_sentence(
    tmp_path: Path, make: Any, words: str
) -> None:
    path = make(tmp_path / "tiny.dlpk")
    with pytest.raises(PredictorError, match=words) as error:
        open_model(path)
    assert "tiny.dlpk" in str(error.value)
    assert not judged(check_package, path)


def judged(read: Any, path: Path) -> bool:
    """Return True if a package is read and found valid; a refusal names it."""
    try:
        return getattr(read(path), "valid", True)
    except PredictorError as error:
        if "tiny.dlpk" not in str(error):
            raise AssertionError(str(error)) from error
        return False


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = package(tmp_path / "tiny.dlpk", model=bytes(256 << 20))
    assert path.stat().st_size < 1 << 19
    tracemalloc.start()
    with pytest.raises(PredictorError, match="unpacks from"):
        open_model(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_member_is_held_once(tmp_path: Path, method: int) -> None:
    size = 32 << 20
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as out:
        out.writestr("a", os.urandom(size))
    tracemalloc.start()
    with open_zip(path) as archive:
        data = read_member(archive, "a", 1 << 30, "x.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(data) == size
    assert peak < 1.3 * size


def test_a_member_without_a_name_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    path = package(tmp_path / "tiny.dlpk", x=b"1")
    data = path.read_bytes().replace(b"\x01\x00\x00\x00x1", b"\x00\x00\x00\x001x")
    data = bytearray(data)
    at = entry_at(data, "x")
    struct.pack_into("<HH", data, at + 28, 0, 1)
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert "" in archive.namelist()
    lines = check_package(path).lines()
    assert any("is not a valid file name on Windows" in line for line in lines)
    assert open_model(path).spec == tiny_spec()


@pytest.mark.parametrize(
    "name", ["/m.onnx", "..\\..\\m.onnx", "a/../../m.onnx", "C:m.onnx", "\\\\h\\m.onnx"]
)
def test_names_that_lead_away_are_not_followed(tmp_path: Path, name: str) -> None:
    path = tmp_path / "tiny.dlpk"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("tiny.emd", json.dumps({"ModelFile": name}))
        out.writestr(name, tiny_onnx(tiny_spec()))
    with pytest.raises(PredictorError, match="does not lie in the package"):
        open_model(path)
    assert not check_package(path).valid


def test_names_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    path = package(tmp_path / "tiny.dlpk", xyz=b"1")
    data = bytearray(path.read_bytes().replace(b"xyz", b"\xff\xfez"))
    struct.pack_into("<H", data, data.rfind(b"\xff\xfez") - 46 + 8, 0x800)
    path.write_bytes(data)
    for read in (open_model, check_package):
        with pytest.raises(PredictorError, match="is not a zip file that can be read"):
            read(path)


@CAREFUL
@given(data=st.data())
def test_any_table_of_contents_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    path = package(tmp_path / "tiny.dlpk", other=b"2")
    whole = bytearray(path.read_bytes())
    start = whole.find(b"PK\x01\x02")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(start, len(whole) - 1))
        whole[at] = data.draw(st.sampled_from([0, 1, 8, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
    path.write_bytes(whole)
    for read in (open_model, check_package):
        judged(read, path)


@pytest.mark.parametrize("is_bytes", [False, True])
def test_zip64_is_taken_where_torch_writes_it_and_its_table_is_bounded(
    tmp_path: Path, is_bytes: bool
) -> None:
    path = package(tmp_path / "m.pt")
    data = path.read_bytes()
    at = data.rfind(b"PK\x05\x06")
    table, start = struct.unpack_from("<II", data, at + 12)
    for size in (table, 1 << 40):
        record = struct.pack(
            "<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 2, 2, size, start
        ) + struct.pack("<IIQI", 0x07064B50, 0, at, 1)
        end = data[at : at + 8] + b"\xff\xff\xff\xff" + b"\xff" * 8 + data[at + 20 :]
        whole = data[:at] + record + end
        path.write_bytes(whole)
        source = whole if is_bytes else path
        with pytest.raises(PredictorError, match="zip64"):
            open_zip(source)
        if size == table:
            with open_zip(source, zip64=True) as archive:
                assert MODEL in archive.namelist()
        else:
            with pytest.raises(PredictorError, match="table of contents"):
                open_zip(source, zip64=True)
