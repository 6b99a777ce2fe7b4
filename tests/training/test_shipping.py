"""The chain that makes the model that ships: recipe, links, card and files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.model_file import default_model_path, open_model
from tests.support.datasets import write_town
from training.data.places_file import read_places
from training.shipping.__main__ import MODELS, run
from training.shipping.card import fill, parts_of
from training.shipping.chain import Chain
from training.shipping.files import CARD, renew_item, ship
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
        ("fast = 3\n[train]\nname = 'a'", "fast holds tables"),
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


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ('val_columns = ["2"]', 'val_columns = ["1"]', "places.hill.split.val_columns"),
        ("test_share = 0", "test_share = 0\nmeasure = false", "places.coast.measure"),
        ("test_share = 0", "test_share = 0\nignore_band = 1.0", "places.coast.changes.ignore_band"),
    ],
)
def test_other_places_are_refused(desk: Path, before: str, after: str, name: str) -> None:
    chain_of(desk, []).go()
    (desk / "places.toml").write_text(PLACES.replace(before, after), encoding="utf-8")
    with pytest.raises(ShippingError, match=rf"unseen in .* was made with .*{name}"):
        chain_of(desk, []).go()


def test_other_credits_are_none(desk: Path) -> None:
    chain_of(desk, []).go()
    (desk / "places.toml").write_text(PLACES.replace("the hill", "hers"), encoding="utf-8")
    chain_of(desk, []).go()


def test_other_labels_and_splits_are_refused(desk: Path) -> None:
    (desk / "split.json").write_text("{}", encoding="utf-8")
    text = PLACES.replace("test_share = 0", 'split = "split.json"')
    (desk / "places.toml").write_text(text, encoding="utf-8")
    chain_of(desk, []).go()
    (desk / "split.json").write_text('{"train": []}', encoding="utf-8")
    with pytest.raises(ShippingError, match=r"splits\.coast"):
        chain_of(desk, []).go()
    (desk / "split.json").write_text("{}", encoding="utf-8")
    shutil.copy(desk / "data/coast/houses.gpkg", desk / "data/hill/houses.gpkg")
    with pytest.raises(ShippingError, match=r"labels\.hill"):
        chain_of(desk, []).go()


def test_links_of_an_earlier_release_are_known_by_their_words(desk: Path) -> None:
    chain_of(desk, []).go()
    path = desk / "out/stages.json"
    stages = json.loads(path.read_text())
    path.write_text(json.dumps({name: each["command"] for name, each in stages.items()}))
    again: list[list[str]] = []
    chain_of(desk, again).go()
    assert again == []
    assert json.loads(path.read_text()) == stages


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signal")
def test_a_chain_that_is_stopped_leaves_no_command_behind(tmp_path: Path) -> None:
    """The command is a stand-in for a training that needs a second to end."""
    (tmp_path / "training").mkdir()
    (tmp_path / "training/__init__.py").touch()
    (tmp_path / "training/__main__.py").write_text(
        "import pathlib, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "pathlib.Path('begun').touch()\n"
        "try:\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(1); pathlib.Path('ended').touch()\n"
    )
    program = (
        "import training.shipping.chain as chain, training.shipping.__main__ as shipping\n"
        "import os\n"
        f"os.environ['PYTHONPATH'] = {str(tmp_path)!r}\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "shipping.main = lambda *_, **__: chain.call([])\n"
        "shipping.run()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 60
        while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "the same command goes on" in errors
    assert (tmp_path / "ended").exists()


def test_errors_of_the_command_are_one_line(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--places", str(desk / "places.toml"), "--recipe", str(desk / "recipe.toml")]
    (desk / "file").touch()
    for words, message in (
        ([str(desk / "file"), *options], "is a file"),
        ([str(desk / "file/out"), *options], "cannot be made"),
        ([str(desk / "out"), *options, "--fast", "--install"], "leave out --fast or --install"),
    ):
        with pytest.raises(SystemExit) as stop:
            run([str(desk / "data"), *words])
        assert stop.value.code == 2
        (line,) = capsys.readouterr().err.strip().splitlines()
        assert message in line
    assert not (desk / "out").exists()


def test_install_replaces_the_model_of_the_package(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders: list[Path] = []

    def note(chain: Chain, card: Path, folder: Path) -> list[Path]:
        assert card == MODELS / CARD
        folders.append(folder)
        return []

    monkeypatch.setattr("training.shipping.__main__.Chain.go", lambda _: None)
    monkeypatch.setattr("training.shipping.__main__.ship", note)
    words = [str(desk / "data"), str(desk / "out"), "--places", str(desk / "places.toml"),
             "--recipe", str(desk / "recipe.toml")]  # fmt: skip
    for more in ([], ["--install"]):
        run([*words, *more])
    assert folders == [desk / "out/shipped", MODELS]
    assert "To write by hand" in capsys.readouterr().out


def test_ground_in_one_image_that_was_held_out_is_named(desk: Path) -> None:
    chain = chain_of(desk, [])
    chain.go()
    for folder in ("run", "unseen/hill", "unseen/coast"):
        data = {"scenes": 4, "scene_share": 0.2, "collages": 3, "collage_share": 0.3}
        options = {"optim": {"epochs": 2}, "data": data}
        (desk / "out" / folder / "options.json").write_text(json.dumps(options))
    (desk / "out/unseen/leave_one_out.md").write_text("a table")
    figures = {"bytes_int8": 1, "bytes_float": 2, "speed_ratio": 1,
               "fidelity": {"iou_int8": 1, "iou_float": 1}}  # fmt: skip
    (desk / "out/int8.json").write_text(json.dumps(figures))
    parts = parts_of(chain, open_model(default_model_path()).spec)
    assert "Ground of hill was held out in one image" in parts["heldout"]
    assert "| hill | 0, 0, 1 | 25.0% | the hill |" in parts["data"]
    assert "| 4 generated camps | | 20.0% | |" in parts["data"]
    assert "| 3 collages of labelled roofs of these places | | 30.0% | |" in parts["data"]
    assert "in 2 epochs at most and with float32 weights" in parts["unseen"]


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
def test_one_command_makes_all_files(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
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
    table = (desk / "made/unseen/leave_one_out_chosen.md").read_text(encoding="utf-8")
    assert table.strip() in card
    measured, origin = card.split("<!-- made: heldout -->")[1].split("<!-- end -->", 1)
    assert "\n| hill | " in measured
    assert "\n| coast | " not in measured
    data = origin.split("<!-- made: data -->")[1].split("<!-- end -->")[0]
    assert "| 50.0% | the hill |" in data
    assert renew_item(shipped / "small.onnx") == (shipped / "small.json").read_bytes()
    chain = Chain(
        desk / "made",
        read_places(desk / "places.toml", folder=desk / "data"),
        (),
        Recipe.read(desk / "recipe.toml", fast=True),
    )
    with pytest.raises(ShippingError, match=r"the card .*none\.md cannot be read"):
        ship(chain, desk / "none.md", desk / "elsewhere")
    (desk / "file").touch()
    with pytest.raises(CampDetectorError, match="cannot be made"):
        ship(chain, ROOT / "camp_detector_core/models" / CARD, desk / "file/elsewhere")
    assert (desk / "made/pages/held-out-hill/report.html").is_file()
    assert (desk / "made/pages/coast/report.html").is_file()
    again = subprocess.run(
        words, cwd=desk, env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("done before") == 6
