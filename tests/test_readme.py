"""The commands that README.md shows exist, take the options it names, and do what it says."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from camp_detector_core.publish.package import read_package
from camp_detector_core.scene import SceneOptions, generate_scene, write_scene
from camp_detector_core.stac import TrainingArea, create_stac_mlm_item, write_item
from tests.support.language import source_files
from tests.support.models import write_model

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
DETECTOR = [sys.executable, "-m", "camp_detector_core"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
"""So that the examples, which run in another folder, find the package where it is not installed."""


def shown_commands(text: str, *first: str) -> list[list[str]]:
    """Lines of shell blocks that begin with some words, without comments, as lists of words."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    return [words for words in lines if words and tuple(words[: len(first)]) == first]


def started(words: list[str]) -> list[str]:
    """A shown command as this Python runs it."""
    if words[0] == "camp-detector":
        return [*DETECTOR, *words[1:]]
    assert words[0] == "python"
    return [sys.executable, *words[1:]]


SECTIONS = {part.partition("\n")[0]: part for part in README.split("\n## ")}
DETECTIONS = shown_commands(SECTIONS["Find dwellings"], "camp-detector", "detect")
SHARING = shown_commands(SECTIONS["Share models"], "camp-detector")
PACKAGING = shown_commands(SECTIONS["ArcGIS Pro"], "camp-detector", "package")
PUBLISHING = shown_commands(SECTIONS["ArcGIS Pro"], "camp-detector", "publish")
ENTRIES = shown_commands(README, "mlflow", "run")
MODULES = shown_commands(README, "python")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "tiles").mkdir()
    options = SceneOptions(seed=5, height=256, width=256)
    write_scene(generate_scene(options), folder / "camp.tif")
    write_scene(generate_scene(options), folder / "tiles/a.tif")
    return folder


def test_the_readme_shows_commands() -> None:
    assert len(DETECTIONS) >= 3
    assert len(MODULES) >= 3
    assert shown_commands(README, "make", "test")
    assert len(SHARING) >= 4
    assert [words[2] for words in PACKAGING] == ["build", "check"]
    assert PUBLISHING
    assert len(ENTRIES) >= 4


def test_every_example_of_detect_runs(desk: Path) -> None:
    for words in DETECTIONS:
        process = subprocess.run(
            started(words), capture_output=True, text=True, check=False, cwd=desk, env=ENVIRONMENT
        )
        assert process.returncode == 0, (words, process.stderr)
        assert (desk / words[words.index("-o") + 1]).exists()
    for name in ("dwellings_probability.tif", "dwellings_mask.tif", "dwellings_overlay.png"):
        assert (desk / name).exists()


@pytest.fixture(scope="module")
def trained(desk: Path) -> Path:
    """The model that the command of training leaves, under the name that is shown there."""
    words = next(w for w in MODULES if w[3] == "train")
    meta = desk / words[words.index("--out") + 1] / "meta"
    meta.mkdir(parents=True)
    model = write_model(
        meta / "best_model.onnx",
        name=words[words.index("--name") + 1],
        version="1",
        provenance={"date": "2026-11-01"},
    )
    write_item(create_stac_mlm_item(model, area=TrainingArea()), meta / "stac_item.json")
    return model


def test_models_are_shared_as_shown(desk: Path, trained: Path) -> None:
    """A run's item is validated, added to a catalogue, listed, and found by its id."""
    environment = ENVIRONMENT | {"CAMP_DETECTOR_CATALOG": str(desk / "catalogue")}
    for words in SHARING:
        process = subprocess.run(
            started(words), capture_output=True, text=True, check=False, cwd=desk, env=environment
        )
        assert process.returncode == 0, (words, process.stdout, process.stderr)
    report = json.loads((desk / "dwellings_report.json").read_text())
    assert report["model"]["sha256"] == hashlib.sha256(trained.read_bytes()).hexdigest()


def test_the_packages_that_are_shown_are_those_that_are_made(desk: Path, trained: Path) -> None:
    assert trained.exists()
    for words in PACKAGING:
        process = subprocess.run(
            started(words), capture_output=True, text=True, check=False, cwd=desk, env=ENVIRONMENT
        )
        assert process.returncode == 0, (words, process.stdout, process.stderr)
    for words in PUBLISHING:
        assert (desk / words[3]).is_file()
        read_package(desk / words[3], desk / words[words.index("--item") + 1])


def test_the_entry_points_shown_exist_and_take_what_is_given() -> None:
    project = yaml.safe_load((ROOT / "MLproject").read_text(encoding="utf-8"))
    for words in ENTRIES:
        entry = project["entry_points"][words[words.index("-e") + 1]]
        parameters = {
            words[i + 1].partition("=")[0] for i, word in enumerate(words) if word == "-P"
        }
        assert parameters <= set(entry["parameters"])


def test_every_named_option_of_detect_exists() -> None:
    process = subprocess.run(
        [*DETECTOR, "detect", "--help"], capture_output=True, text=True, check=True
    )
    section = SECTIONS["Find dwellings"]
    options = set(re.findall(r"--[a-z][a-z-]+", section)) - {"--help"}
    assert len(options) > 8
    assert {name for name in options if not re.search(rf"{name}\b", process.stdout)} == set()


@pytest.mark.parametrize("words", MODULES, ids=" ".join)
def test_every_option_of_the_other_commands_exists(words: list[str]) -> None:
    module = started(words)[:3]
    verb = [words[3]] if words[2] == "training" else []
    process = subprocess.run(
        [*module, *verb, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for option in (word for word in words[3:] if word.startswith("--")):
        assert re.search(rf"{option}\b", process.stdout), option


def test_options_of_training_named_in_the_text_exist() -> None:
    section = SECTIONS["Train a model"]
    process = subprocess.run(
        [sys.executable, "-m", "training", "train", "--help"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    commands = (*MODULES, *ENTRIES)
    options = {word for words in commands for word in words if word.startswith("--")}
    for option in set(re.findall(r"--[a-z][a-z-]+", section)) - options:
        assert re.search(rf"{option}\b", process.stdout), option


def test_modules_that_the_documents_name_exist() -> None:
    names = {file.name for file in source_files()} | {"distributed.py"}  # the second is planned
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert set(re.findall(r"\w+\.pyt?\b", text)) - names == set(), document.name


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
