"""The engine as a zip file: named by its content, imported as it is, and never written beside."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__, carry
from camp_detector_core.carry import digest_of, zip_bytes
from camp_detector_core.esri.engine_copy import ENGINE_NAME, engine_copy

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "camp_detector_core/engine"
SMOKE = ROOT / "tests/support/floor_smoke.py"


def test_its_name_tells_release_and_content() -> None:
    copy_made = engine_copy()
    assert ENGINE_NAME.fullmatch(copy_made.name)
    assert copy_made.name.startswith(f"rcd_engine_{__version__.replace('.', '_')}_")
    assert copy_made == engine_copy()
    sources = {p.relative_to(ENGINE).as_posix(): p.read_bytes() for p in ENGINE.rglob("*.py")}
    assert copy_made.package.endswith(digest_of(sources)[:8])
    with zipfile.ZipFile(io.BytesIO(copy_made.data)) as archive:
        assert archive.namelist() == sorted(f"{copy_made.package}/{n}" for n in sources)
        assert {e.compress_type for e in archive.infolist()} == {zipfile.ZIP_STORED}


def test_other_sources_give_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / "engine"
    engine.mkdir()
    (engine / "__init__.py").write_text("")
    (engine / "notes.txt").write_text("no source")
    (engine / "__pycache__").mkdir()
    (engine / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"x")
    monkeypatch.setattr(carry, "_CORE", tmp_path)
    first = engine_copy()
    (engine / "__init__.py").write_bytes(b"X = 1\r\n")
    second = engine_copy()
    assert first.name != second.name
    (engine / "__init__.py").write_bytes(b"X = 1\n")
    assert engine_copy() == second, "line ends of a system are no change"
    with zipfile.ZipFile(io.BytesIO(second.data)) as archive:
        assert archive.namelist() == [f"{second.package}/__init__.py"]


def test_digests_tell_names_from_content() -> None:
    assert digest_of({"a": b"b", "c": b""}) != digest_of({"a": b"", "c": b"b"})
    assert digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})


def test_the_zip_of_the_same_members_is_the_same() -> None:
    assert zip_bytes({"a": b"1", "b/c": b"2"}) == zip_bytes({"b/c": b"2", "a": b"1"})
    assert zip_bytes({"a": b"1"}) != zip_bytes({"a": b"2"})


def oldest_python() -> str:
    """A Python 3.9 with numpy, where there is one; else this Python."""
    cached = sorted(ROOT.glob(".cache/floor-3.9-*/bin/python"))
    candidates = [str(p) for p in cached]
    candidates += [str(p) for p in Path.home().glob(".pyenv/versions/3.9*/bin/python3.9")]
    for python in candidates:
        process = subprocess.run([python, "-c", "import numpy"], capture_output=True, check=False)
        if process.returncode == 0:
            return python
    return sys.executable


def smoke(python: str, folder: Path, package: str, cwd: Path) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    process = subprocess.run(
        [python, "-s", str(SMOKE), str(folder), package],
        capture_output=True, text=True, check=False, cwd=cwd, env=environment,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    result: dict[str, Any] = json.loads(process.stdout)
    return result


def test_the_oldest_python_runs_it_from_the_zip_and_writes_nothing(tmp_path: Path) -> None:
    copy = engine_copy()
    home = tmp_path / "package"
    home.mkdir()
    (home / copy.name).write_bytes(copy.data)
    (tmp_path / "elsewhere").mkdir()
    oldest_result = smoke(oldest_python(), home / copy.name, copy.package, tmp_path / "elsewhere")
    own_result = smoke(sys.executable, ENGINE.parent, ENGINE.name, tmp_path / "elsewhere")
    assert oldest_result["modules"] == own_result["modules"]
    versions = {"python", "numpy"}
    assert {k: v for k, v in oldest_result.items() if k not in versions} == {
        k: v for k, v in own_result.items() if k not in versions
    }
    assert [p.name for p in home.rglob("*")] == [copy.name]
    assert (home / copy.name).read_bytes() == copy.data
    assert list((tmp_path / "elsewhere").iterdir()) == []
