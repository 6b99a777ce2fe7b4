"""Rules for the repository as a whole: its tracked files, its version, its wheel."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
import warnings
import zipfile
from email import message_from_string
from itertools import chain
from pathlib import Path

import pytest

import camp_detector_core

ROOT = Path(__file__).resolve().parents[1]
HARD_LIMIT, SMELL = 500, 300
LARGEST_TEST_FILE = 100_000
LARGEST_WHEEL = 24_000_000
"""Bytes: two thirds are the float32 weights that a training goes on from. Over a camp's network
people fetch the plugin, which has none."""

# Written with brackets, or this file would be found by its own patterns.
FOREIGN = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|opt/(?:pyp[i]|wheel[s]))/|C:\\User[s]\\"
    ),
    "a package host": re.compile(
        r"(?:index|extra-index)-ur[l]|--find-link[s]|pythonhoste[d]\.|truste[d]-host|pypi\.(?!or[g]/p)"
    ),
}


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files that git knows; those deleted and not yet committed are left out."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, or git is missing: sudo apt-get install git")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def foreign_in(text: str) -> list[str]:
    """List the lines of a file that are true on one machine alone."""
    return [
        f"line {number}: {reason}"
        for number, line in enumerate(text.splitlines(), 1)
        for reason, pattern in FOREIGN.items()
        if pattern.search(line)
    ]


def test_no_file_names_a_machine_or_a_package_host(tracked: list[Path]) -> None:
    faults = []
    for file in tracked:
        data = file.read_bytes()
        if b"\0" not in data:
            text = data.decode("utf-8")
            faults += [f"{file.relative_to(ROOT)} {fault}" for fault in foreign_in(text)]
    assert faults == []


@pytest.mark.parametrize(
    "line",
    [
        "open('/" + "work/main/x')",
        "see /" + "root/.cache",
        "/" + "home/ada/data",
        "pip install --ind" + "ex-url x",
        "https://files.pythonhost" + "ed.org/x",
    ],
)
def test_a_foreign_line_is_found(line: str) -> None:
    assert foreign_in(f"harmless\n{line}\n")[0].startswith("line 2")


def test_ordinary_lines_are_not_taken_for_foreign() -> None:
    line = "ROOT / 'network/" + "work/a.py', https://example.org/" + "home/, ../shared/data"
    assert foreign_in(line) == []


def test_modules_are_short(tracked: list[Path]) -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for file in tracked
        if file.suffix == ".py"
    }
    long = sorted(f"{name}: {n} lines" for name, n in lengths.items() if n > SMELL)
    if long:
        warnings.warn(f"modules over {SMELL} lines: {', '.join(long)}", stacklevel=1)
    assert [name for name, n in lengths.items() if n > HARD_LIMIT] == []


def test_test_data_is_small(tracked: list[Path]) -> None:
    tests = [file for file in tracked if (ROOT / "tests") in file.parents]
    assert tests
    assert [str(f) for f in tests if f.stat().st_size > LARGEST_TEST_FILE] == []


def test_the_version_is_stated_once(tracked: list[Path]) -> None:
    pattern = re.compile(r"""^\s*_*version_*\s*[:=]\s*["']?\d+\.\d+""", re.MULTILINE)
    files_with_version = [
        str(file.relative_to(ROOT))
        for file in tracked
        if file.suffix in {".py", ".toml", ".cfg", ".txt", ".md"}
        and pattern.search(file.read_text(encoding="utf-8"))
    ]
    assert files_with_version == ["camp_detector_core/__init__.py"]


def test_the_changelog_speaks_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[([^\]]+)\]", text, re.MULTILINE)
    assert newest
    assert newest.group(1) == camp_detector_core.__version__


def test_every_constraint_is_exact_and_every_dependency_has_one() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [p for p in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", p)] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    requirements = [*project["dependencies"], *extras]
    names = {re.match(r"[A-Za-z0-9._-]+", w)[0].lower() for w in requirements} - {"camp-detector"}
    assert names - {p.partition("==")[0].lower().replace("_", "-") for p in pins} == set()


def test_base_dependencies_pull_no_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = {re.match(r"[a-z0-9-]+", d)[0] for d in project["dependencies"]}
    assert base == {"numpy", "onnxruntime", "rasterio", "pyogrio", "shapely", "click", "tqdm"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The wheel, built twice."""
    built = []
    for name in ("first", "second"):
        folder = tmp_path_factory.mktemp(name)
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
            check=True, capture_output=True, cwd=ROOT,
        )  # fmt: skip
        built += folder.glob("*.whl")
    return built


def test_the_wheel_is_reproducible(wheels: list[Path]) -> None:
    first, second = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)
    assert first == second


def test_the_wheel_holds_what_it_must_and_no_more(wheels: list[Path]) -> None:
    with zipfile.ZipFile(wheels[0]) as archive:
        names = archive.namelist()
        info = f"camp_detector-{camp_detector_core.__version__}.dist-info"
        metadata = message_from_string(archive.read(f"{info}/METADATA").decode())
        scripts = archive.read(f"{info}/entry_points.txt").decode()
    tops = {"camp_detector_core", "training", "esri_toolbox", info}
    assert {n.partition("/")[0] for n in names} == tops
    packaged = {n for n in names if n.startswith("camp_detector_core/models/")}
    models = (ROOT / "camp_detector_core/models").glob("*.onnx")
    assert {f"camp_detector_core/models/{m.name}" for m in models} <= packaged
    assert {
        f"camp_detector_core/models/{n}" for n in ("MODEL_CARD.md", "camp-unet-lite0.json")
    } <= packaged
    # What a training goes on from.
    assert {n for n in packaged if "float32" in n} == {
        f"camp_detector_core/models/float32/{m.name}"
        for m in (ROOT / "camp_detector_core/models").glob("*.onnx")
    }
    assert wheels[0].stat().st_size < LARGEST_WHEEL
    assert {"camp_detector_core/py.typed", f"{info}/licenses/LICENSE"} <= set(names)
    assert "camp-detector = camp_detector_core.__main__:main" in scripts
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Version"] == camp_detector_core.__version__


def test_licences_are_where_they_apply() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    gpl = (ROOT / "qgis_plugin/LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in gpl
    assert "Version 2, June 1991" in gpl
