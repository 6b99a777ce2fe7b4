"""The engine's floor: Python 3.9, numpy 1.20, and a copy of its folder under another name.

Hosts carry the folder as a copy and run it in their own Python, so every proof here is made on a
copy, with nothing but numpy beside it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from camp_detector_core.carry import PARTS, carried_core, core_files
from camp_detector_core.esri.dlpk import create_dlpk
from camp_detector_core.model_file.emd import EmdFiles, emd_bytes, emd_of
from tests.support.carried import write_files
from tests.support.models import stac_item, tiny_spec, write_model

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "camp_detector_core/engine"
SOURCES = sorted(ENGINE.rglob("*.py"))
CARRIED = sorted(ENGINE.parent / name for name in core_files(*PARTS))
"""The engine, and what is carried beside it by hosts that read rasters through their own GDAL."""
SMOKE = ROOT / "tests/support/floor_smoke.py"
CARRIED_SMOKE = ROOT / "tests/support/floor_carried.py"
FLOOR_NUMPY = "1.20.3"


def test_sources_parse_as_python_3_9() -> None:
    for path in CARRIED:
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 9))


def vermin(*paths: Path) -> subprocess.CompletedProcess[str]:
    start = [sys.executable, "-c", "from vermin import main; main()"]
    command = [*start, "--target=3.9-", "--violations", "--no-tips"]
    return subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)


def test_sources_use_nothing_newer_than_python_3_9() -> None:
    process = vermin(*CARRIED)
    assert process.returncode == 0, process.stdout


def test_vermin_sees_what_is_newer(tmp_path: Path) -> None:
    newer = tmp_path / "newer.py"
    newer.write_text("for a, b in zip([1], [2], strict=True):\n    print(a, b)\n", encoding="utf-8")
    process = vermin(newer)
    assert process.returncode != 0
    assert "strict" in process.stdout


@pytest.fixture(scope="module")
def vendored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the engine, under the name that the QGIS plugin gives it."""
    folder = tmp_path_factory.mktemp("vendored")
    shutil.copytree(ENGINE, folder / "_engine", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def smoke(python: str | Path, vendored: Path) -> dict[str, Any]:
    """Run `floor_smoke.py` by a Python that sees neither this project nor its environment."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    process = subprocess.run(
        [str(python), "-s", str(SMOKE), str(vendored), "_engine"],
        capture_output=True, text=True, check=False, cwd=vendored, env=environment,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    result: dict[str, Any] = json.loads(process.stdout)
    return result


def write_models(folder: Path) -> None:
    """Write one model in each kind of file that hosts read."""
    folder.mkdir()
    network = write_model(folder / "tiny.onnx").name
    (folder / "tiny.json").write_text(stac_item(network), encoding="utf-8")
    create_dlpk(folder / network, folder / "tiny.dlpk", kind="detect")
    emd = emd_of(tiny_spec(), "detect", EmdFiles("rcd_engine.zip", network))
    (folder / "tiny.emd").write_bytes(emd_bytes(emd))


def run_carried(python: str | Path, folder: Path) -> dict[str, Any]:
    """Run `floor_carried.py` by a Python that sees neither this project nor its environment."""
    write_files(folder / "_host", carried_core())
    write_models(folder / "models")
    process = subprocess.run(
        [str(python), "-s", str(CARRIED_SMOKE), str(folder), "_host", str(folder)],
        capture_output=True, text=True, check=False, cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    result: dict[str, Any] = json.loads(process.stdout)
    return result


def assert_same_results(result: dict[str, Any], vendored: Path) -> None:
    """Scores, classes and polygons are those of this Python and its numpy, bit for bit."""
    own_result = smoke(sys.executable, vendored)
    versions = {"python", "numpy"}
    assert {k: v for k, v in result.items() if k not in versions} == {
        k: v for k, v in own_result.items() if k not in versions
    }


def test_smoke_covers_every_module_and_gives_what_it_must(vendored: Path) -> None:
    own_result = smoke(sys.executable, vendored)
    paths = [p.relative_to(ENGINE).with_suffix("").as_posix() for p in SOURCES]
    names = {path.removesuffix("/__init__").replace("/", ".") for path in paths}
    assert own_result["modules"] == sorted(names - {"__init__"})
    # Two rectangles of 50 x 50 less a hole of 10 x 20, and 3 x 4; nodata 30 x 30.
    dwelling, nodata = 50 * 50 - 10 * 20 + 3 * 4, 30 * 30
    assert own_result["pixels"] == [150 * 90 - dwelling - nodata, dwelling, nodata]
    assert own_result["parted"]["parts"] == 4
    areas = [
        (d["area"], len(d["exterior"]), len(d["holes"])) for d in own_result["dwellings"]["exact"]
    ]
    assert len(own_result["dwellings"]["redrawn"]) == 1
    assert areas == [(50 * 50 - 10 * 20, 5, 1), (3 * 4, 5, 0)]


def test_runs_on_the_system_python_and_its_numpy(vendored: Path) -> None:
    """Debian's numpy is what QGIS uses there."""
    python = Path("/usr/bin/python3")
    if (
        not python.exists()
        or subprocess.run(
            [python, "-c", "import numpy"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("the system's Python has no numpy: sudo apt-get install python3-numpy")
    assert_same_results(smoke(python, vendored), vendored)


def find_python_3_9() -> str | None:
    """A Python 3.9 that starts: on PATH (a shim there may not), or one of pyenv's."""
    candidates = [shutil.which("python3.9")]
    candidates += [str(p) for p in Path.home().glob(".pyenv/versions/3.9*/bin/python3.9")]
    for python in filter(None, candidates):
        process = subprocess.run(
            [python, "-c", "import venv, ensurepip"], capture_output=True, check=False
        )
        if process.returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def floor_python() -> Path:
    """An environment of Python 3.9 with the oldest numpy, kept in .cache for the next run."""
    python = find_python_3_9()
    if python is None:
        pytest.skip("no Python 3.9 here; the other proofs of the floor stand")
    home = ROOT / f".cache/floor-3.9-numpy-{FLOOR_NUMPY}"
    python_3_9 = home / "bin/python"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([python, "-m", "venv", home], check=True)
        pip = [python_3_9, "-m", "pip", "install", "--quiet", "--only-binary=:all:"]
        process = subprocess.run(
            [*pip, f"numpy=={FLOOR_NUMPY}"], capture_output=True, text=True, check=False
        )
        if process.returncode:
            pytest.skip(f"numpy {FLOOR_NUMPY} cannot be fetched: {process.stderr.strip()[-300:]}")
        (home / "complete").touch()
    return python_3_9


def test_runs_on_python_3_9_and_numpy_1_20(floor_python: Path, vendored: Path) -> None:
    result = smoke(floor_python, vendored)
    assert str(result["python"]).startswith("3.9.")
    assert result["numpy"] == FLOOR_NUMPY
    assert_same_results(result, vendored)


def test_what_is_carried_beside_the_engine_runs_there_too(
    floor_python: Path, tmp_path: Path
) -> None:
    """All but what calls GDAL, which no wheel brings for that Python."""
    (tmp_path / "floor").mkdir()
    (tmp_path / "here").mkdir()
    result = run_carried(floor_python, tmp_path / "floor")
    assert result.pop("python").startswith("3.9.")
    own_result = run_carried(sys.executable, tmp_path / "here")
    own_result.pop("python")
    assert result == own_result
    digest = hashlib.sha256((tmp_path / "here/models/tiny.onnx").read_bytes()).hexdigest()
    assert [model[:2] for model in result["models"]] == [[tiny_spec().id, digest]] * 4
    # A square of a hundred-thousandth of a degree at 60 degrees north, less a hole of a quarter.
    assert result["areas"] == [pytest.approx(1.1142 * 0.5580 * 0.75, rel=0.001)]
    assert result["written"] == ["a.txt"]
