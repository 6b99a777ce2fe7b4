"""The commands that README.md shows exist, take the options it names, and do what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from camp_detector_core.scene import SceneOptions, generate_scene, write_scene

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DETECTOR = [sys.executable, "-m", "camp_detector_core"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
"""So that the examples, which run in another folder, find the package where it is not installed."""


def shown_commands() -> list[list[str]]:
    """Each line of each shell block, without comments, as a list of words."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def started(words: list[str]) -> list[str]:
    """A shown command as this Python runs it."""
    if words[0] == "camp-detector":
        return [*DETECTOR, *words[1:]]
    assert words[0] == "python"
    return [sys.executable, *words[1:]]


DETECTIONS = [words for words in shown_commands() if words[:2] == ["camp-detector", "detect"]]
MODULES = [words for words in shown_commands() if words[0] == "python"]


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
    assert [words for words in shown_commands() if words[:2] == ["make", "test"]]


def test_every_example_of_detect_runs(desk: Path) -> None:
    for words in DETECTIONS:
        done = subprocess.run(
            started(words), capture_output=True, text=True, check=False, cwd=desk, env=ENVIRONMENT
        )
        assert done.returncode == 0, (words, done.stderr)
        assert (desk / words[words.index("-o") + 1]).exists()
    for name in ("dwellings_probability.tif", "dwellings_mask.tif", "dwellings_overlay.png"):
        assert (desk / name).exists()


def test_every_named_option_of_detect_exists() -> None:
    done = subprocess.run(
        [*DETECTOR, "detect", "--help"], capture_output=True, text=True, check=True
    )
    section = README.partition("## Find dwellings")[2].partition("\n## ")[0]
    named = set(re.findall(r"--[a-z][a-z-]+", section)) - {"--help"}
    assert len(named) > 8
    assert {name for name in named if not re.search(rf"{name}\b", done.stdout)} == set()


@pytest.mark.parametrize("words", MODULES, ids=" ".join)
def test_every_option_of_the_other_commands_exists(words: list[str]) -> None:
    module = started(words)[:3]
    verb = [words[3]] if words[2] == "training" else []
    done = subprocess.run(
        [*module, *verb, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for option in (word for word in words[3:] if word.startswith("--")):
        assert re.search(rf"{option}\b", done.stdout), option


def test_options_of_training_named_in_the_text_exist() -> None:
    section = README.partition("## Train a model")[2].partition("\n## ")[0]
    done = subprocess.run(
        [sys.executable, "-m", "training", "train", "--help"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    shown = {word for words in MODULES for word in words if word.startswith("--")}
    for option in set(re.findall(r"--[a-z][a-z-]+", section)) - shown:
        assert re.search(rf"{option}\b", done.stdout), option


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        text = document.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
