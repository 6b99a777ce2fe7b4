"""The chain that makes the model that ships: recipe, links, card and files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.model_file import default_model_path, open_model
from tests.support.datasets import write_town
from training.data.places_file import read_places
from training.shipping.card import fill
from training.shipping.chain import Chain
from training.shipping.files import CARD, renew_item
from training.shipping.recipe import Recipe, ShippingError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
PLACES = """
[hill]
chips = "hill/chips"
labels = "hill/houses.gpkg"
test_columns = ["3"]
val_columns = ["2"]
attribution = ["the hill"]
[coast]
chips = "coast/chips"
labels = "coast/houses.gpkg"
test_share = 0
"""
RECIPE = """
[train]
name = "small"
start = "random"
gsd = 0.5
crop = 64
decoder = "16,8,8,4,4"
batch_size = 2
samples = 4
epochs = 9
workers = 0
attribution = ["one", "two"]
[unseen]
epochs = 2
[quantise]
calibration = 2
force = true
[fast.train]
epochs = 1
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    for name, east in (("hill", 0.0), ("coast", 5000.0)):
        write_town(tmp_path / "data" / name, east=east)
    (tmp_path / "places.toml").write_text(PLACES, encoding="utf-8")
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


def test_a_recipe_gives_the_words_of_its_commands(desk: Path) -> None:
    recipe = Recipe.read(desk / "recipe.toml")
    words = recipe.words("train", "unseen")
    assert words[words.index("--epochs") + 1] == "2"
    assert words[-4:] == ["--attribution", "one", "--attribution", "two"]
    assert recipe.words("quantise") == ["--calibration", "2", "--force"]
    fast = Recipe.read(desk / "recipe.toml", fast=True).words("train")
    assert fast[fast.index("--epochs") + 1] == "1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[train]\nlr = 1", "names no model"),
        ("[trian]\nlr = 1", "not trian"),
        ("[fast.trian]\nlr = 1", "not trian"),
        ("[train", "cannot be read"),
    ],
)
def test_what_is_no_recipe_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "recipe.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ShippingError, match=message):
        Recipe.read(tmp_path / "recipe.toml")


def test_the_recipe_of_the_package_has_only_options_that_there_are() -> None:
    from training.commands import main

    commands = {"train": ("train",), "unseen": ("leave-one-out",),
                "quantise": ("quantise",), "evaluate": ("evaluate",)}  # fmt: skip
    recipe = Recipe.read(ROOT / "tools/starter-recipe.toml", fast=True)
    for part, (name,) in commands.items():
        command = main.get_command(None, name)  # type: ignore[arg-type]  # no context is needed
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in recipe.words(part) if word.startswith("--")} <= known


def chain_of(desk: Path, calls: list[list[str]], *, fail: str = "") -> Chain:
    """A chain whose commands leave what the next ones look for."""
    out = desk / "out"

    def call(words: Sequence[str]) -> int:
        calls.append(list(words))
        if words[0] == fail:
            return 2
        if words[0] == "leave-one-out":
            for name in ("hill", "coast"):
                (out / "unseen" / name / "meta").mkdir(parents=True)
                (out / "unseen" / name / "meta/best_model.onnx").touch()
            (out / "unseen/settings.json").touch()
        if words[0] == "train":
            (out / "run/checkpoints").mkdir(parents=True, exist_ok=True)
            (out / "run/checkpoints/last.ckpt").touch()
            (out / "run/split.json").write_text(json.dumps({"test": ["hill/a"]}))
        return 0

    out.mkdir(exist_ok=True)
    places = read_places(desk / "places.toml", folder=desk / "data")
    return Chain(out, places, ("--places", "p"), Recipe.read(desk / "recipe.toml"), call)


def test_the_links_follow_each_other_once(desk: Path) -> None:
    calls: list[list[str]] = []
    chain_of(desk, calls).go()
    assert [words[0] for words in calls] == [
        "leave-one-out",
        "train",
        "quantise",
        *["evaluate"] * 3,
    ]
    assert calls[1][-2:] == ["--settings", str(desk / "out/unseen/settings.json")]
    places = [words[words.index("--place") + 1] for words in calls[3:]]
    assert places == ["hill", "coast", "hill"]
    assert "--split" in calls[5]
    assert "--split" not in calls[4]
    again: list[list[str]] = []
    chain_of(desk, again).go()
    assert again == []


def test_a_chain_that_broke_goes_on(desk: Path) -> None:
    calls: list[list[str]] = []
    with pytest.raises(ShippingError, match="quantise failed with exit code 2"):
        chain_of(desk, calls, fail="quantise").go()
    calls.clear()
    chain_of(desk, calls).go()
    assert [words[0] for words in calls] == ["quantise", *["evaluate"] * 3]


def test_a_training_that_was_begun_is_resumed(desk: Path) -> None:
    calls: list[list[str]] = []
    (desk / "out/run/checkpoints").mkdir(parents=True)
    (desk / "out/run/checkpoints/last.ckpt").touch()
    chain_of(desk, calls).go()
    assert calls[1][-1] == "--resume"


def test_other_options_are_refused(desk: Path) -> None:
    chain_of(desk, []).go()
    text = RECIPE.replace("epochs = 2", "epochs = 3")
    (desk / "recipe.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ShippingError, match=r"unseen in .* was made with other options"):
        chain_of(desk, []).go()


def test_marks_of_a_card_are_filled_and_stay() -> None:
    card = "a\n<!-- made: x -->\nold\n<!-- end -->\nb\n"
    once = fill(card, {"x": "new"})
    assert once == "a\n<!-- made: x -->\nnew\n<!-- end -->\nb\n"
    assert fill(once, {"x": "new"}) == once
    with pytest.raises(ShippingError, match=r"marks for x, not y"):
        fill(card, {"y": "new"})


def test_the_item_that_ships_is_that_of_this_release() -> None:
    path = default_model_path()
    assert renew_item(path) == path.with_suffix(".json").read_bytes()


@pytest.mark.timeout(1200)  # three trainings, on a machine with other work
def test_one_command_makes_all_files(desk: Path) -> None:
    tool = os.path.relpath(ROOT / "tools/train-starter-model", desk)
    words = [tool, "data", "made", "--places", "places.toml", "--recipe", "recipe.toml", "--fast"]
    environment = {**os.environ, "PYTHON": sys.executable}
    process = subprocess.run(
        words, cwd=desk, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    shipped = desk / "made/shipped"
    spec = open_model(shipped / "small.onnx").spec
    assert spec.provenance["quantised from"]
    assert open_model(shipped / "float32/small.onnx").spec.id == spec.id
    item = json.loads((shipped / "small.json").read_text())
    assert set(item["properties"]["camp_detector:metrics"]) == {"places_never_seen"}
    assert item["assets"]["onnx-model"]["href"] == "./small.onnx"
    card = (shipped / CARD).read_text(encoding="utf-8")
    table = (desk / "made/unseen/leave_one_out.md").read_text(encoding="utf-8")
    assert table.strip() in card or (desk / "made/unseen/leave_one_out_chosen.md").is_file()
    assert "| hill | " in card
    assert "the hill" in card
    assert (desk / "made/pages/held-out-hill/report.html").is_file()
    assert (desk / "made/pages/coast/report.html").is_file()
    again = subprocess.run(
        words, cwd=desk, env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("done before") == 6
