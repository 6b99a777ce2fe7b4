"""``leave-one-out``: a table of places, each measured with a model that never saw it."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.model_file import open_model
from tests.support.datasets import write_town
from tests.support.trainings import QUICK, TRAIN, training
from training.artefacts.decoding_choice import AREAS
from training.artefacts.place_figures import PlaceFigures
from training.artefacts.place_table import markdown, write_table
from training.fit.decoding import Decoding
from training.fit.options import DataOptions
from training.fit.place_options import PlaceOptions
from training.leave_one_out import regions_of

if TYPE_CHECKING:
    from pathlib import Path

PLACES = """
[hill]
chips = "hill/chips"
labels = "hill/houses.gpkg"
[coast]
chips = "coast/chips"
labels = "coast/houses.gpkg"
"""
WORDS = ["leave-one-out", "--places", "places.toml", *TRAIN, *QUICK, "--out", "unseen"]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    for name, east in (("hill", 0.0), ("coast", 5000.0)):
        write_town(tmp_path / name, east=east)
    (tmp_path / "places.toml").write_text(PLACES)
    return tmp_path


def test_each_place_is_measured_with_a_model_that_never_saw_it(desk: Path) -> None:
    first = training(desk, *WORDS, "--only", "coast")
    assert first.returncode == 0, first.stderr
    assert "Not measured yet: 1 of 2 places." in first.stdout
    split = json.loads((desk / "unseen/coast/split.json").read_text())
    assert {n.split("/")[0] for n in (*split["train"], *split["val"])} == {"hill"}
    model = desk / "unseen/coast/meta/best_model.onnx"
    before = model.stat().st_mtime_ns

    second = training(desk, *WORDS)
    assert second.returncode == 0, second.stderr
    assert "2 of 2: the model without coast is there already" in second.stdout
    assert model.stat().st_mtime_ns == before
    table = json.loads((desk / "unseen/leave_one_out.json").read_text())
    assert [row["place"] for row in table["places"]] == ["hill", "coast"]
    assert table["places_missing"] == 0
    f1 = [row["f1"] for row in table["places"]]
    assert table["summary"]["mean"]["f1"] == pytest.approx(sum(f1) / 2, abs=1e-6)
    assert table["summary"]["worst"]["f1"] == min(f1)
    with (desk / "unseen/leave_one_out.csv").open() as file:
        assert [row["place"] for row in csv.DictReader(file)] == ["hill", "coast"]
    for name in ("leave_one_out", "leave_one_out_chosen"):
        assert (desk / f"unseen/{name}.md").read_text() in second.stdout

    chosen = json.loads((desk / "unseen/leave_one_out_chosen.json").read_text())
    assert [row["place"] for row in chosen["places"]] == ["hill", "coast"]
    assert "were chosen in other regions." in second.stdout
    settings = json.loads((desk / "unseen/settings.json").read_text())
    assert settings["separation"] is None
    assert settings["min_area"] in AREAS

    other = training(desk, *WORDS, "--lr", "0.5")
    assert other.returncode == 2
    assert "was trained with other options (optim.lr)" in other.stderr
    assert "--out" in other.stderr


def test_places_of_a_region_are_left_out_together(desk: Path) -> None:
    write_town(desk / "quarter", east=9000.0)
    quarter = '[quarter]\nchips = "quarter/chips"\nlabels = "quarter/houses.gpkg"\nregion = "old"\n'
    hill = PLACES.replace('"hill/houses.gpkg"', '"hill/houses.gpkg"\nregion = "old"')
    (desk / "places.toml").write_text(hill + quarter)
    done = training(desk, *WORDS, "--only", "quarter")
    assert done.returncode == 0, done.stderr
    assert "1 of 1: the model without hill and quarter goes into" in done.stdout
    split = json.loads((desk / "unseen/old/split.json").read_text())
    assert {n.split("/")[0] for n in (*split["train"], *split["val"])} == {"coast"}
    table = json.loads((desk / "unseen/leave_one_out.json").read_text())
    assert [row["place"] for row in table["places"]] == ["hill", "quarter"]
    assert table["places_missing"] == 1
    shutil.rmtree(desk / "unseen")
    (desk / "places.toml").write_text(PLACES.replace('.gpkg"', '.gpkg"\nregion = "old"'))
    alone = training(desk, *WORDS)
    assert alone.returncode == 2
    assert "two places are needed, in different regions: the file has hill, coast" in alone.stderr
    untuned = PLACES.replace('"hill/houses.gpkg"', '"hill/houses.gpkg"\ntune = false')
    (desk / "places.toml").write_text(untuned)
    one = training(desk, *WORDS)
    assert one.returncode == 2
    assert "settings are tuned on coast, and two regions are needed" in one.stderr


def test_a_training_takes_settings_from_a_file(desk: Path) -> None:
    settings = {
        "threshold": 0.65,
        "min_area": 4.0,
        "separation": {"method": "core", "threshold": 0.3, "reach": 5, "min_seed": 3},
    }
    (desk / "settings.json").write_text(json.dumps(settings))
    words = ["train", "--places", "places.toml", *TRAIN, "--settings", "settings.json"]
    done = training(desk, *words, "--out", "run")
    assert done.returncode == 0, done.stderr
    spec = open_model(desk / "run/meta/best_model.onnx").spec
    assert Decoding.of(spec).to_dict() == settings

    twice = training(desk, *words, "--threshold", "0.5", "--out", "twice")
    assert twice.returncode == 2
    assert "give --threshold or --settings, not both" in twice.stderr
    other = training(desk, *words, *QUICK, "--out", "other")
    assert other.returncode == 2
    assert "the settings are those of a separation by core, the model's is none" in other.stderr
    (desk / "settings.json").write_text('{"threshold": "high"}')
    broken = training(desk, *words, "--out", "broken")
    assert broken.returncode == 2
    assert "settings.json: the option threshold must be a number" in broken.stderr
    (desk / "settings.json").write_text('{"threshold": 7, "min_area": 1}')
    wide = training(desk, *words, *QUICK, "--out", "wide")
    assert wide.returncode == 2
    assert "threshold must be above 0 and at most 1, got 7" in wide.stderr


def test_a_run_that_was_broken_off_goes_on(desk: Path) -> None:
    assert training(desk, *WORDS, "--only", "hill").returncode == 0
    (desk / "unseen/hill/evaluation/places.csv").unlink()
    other = training(desk, *WORDS, "--only", "hill", "--lr", "0.5")
    assert other.returncode == 2
    assert "was trained with other options (optim.lr)" in other.stderr
    assert json.loads((desk / "unseen/hill/run.json").read_text())["resumed"] == []
    again = training(desk, *WORDS, "--only", "hill")
    assert again.returncode == 0, again.stderr
    record = json.loads((desk / "unseen/hill/run.json").read_text())
    assert len(record["resumed"]) == 1
    credit = PLACES.replace('.gpkg"', '.gpkg"\nattribution = ["the hill"]')
    (desk / "places.toml").write_text(credit)
    again = training(desk, *WORDS, "--only", "hill")
    assert "the model without hill is there already" in again.stdout
    shutil.copy(desk / "coast/houses.gpkg", desk / "hill/houses.gpkg")
    changed = training(desk, *WORDS, "--only", "hill")
    assert changed.returncode == 2
    assert "was trained with other options (labels of hill)" in changed.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "camp"], "camp is no place: the file has hill, coast"),
        (["--test-columns", "9"], "there is no column 9"),
    ],
)
def test_a_slip_is_one_sentence(desk: Path, words: list[str], message: str) -> None:
    result = training(desk, *WORDS, *words)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_places_and_chips_exclude_each_other(desk: Path) -> None:
    result = training(desk, "train", *TRAIN, "--places", "places.toml", "--chips", "hill/chips")
    assert result.returncode == 2
    assert "give --chips and --labels, or --places" in result.stderr


def test_places_are_needed(desk: Path) -> None:
    result = training(desk, "leave-one-out", "--out", "unseen")
    assert result.returncode == 2
    assert (
        "Missing option '--places'. (see python -m training leave-one-out --help)" in result.stderr
    )


def figures(place: str, *, labelled: int, predicted: int, f1: float) -> PlaceFigures:
    error = predicted / labelled - 1 if labelled else float("inf")
    return PlaceFigures(place, "test", 4, labelled, predicted, f1, 0.5, 0.6, error, 0.7, 0.4)


def test_the_table_has_mean_and_worst_and_no_infinity(tmp_path: Path) -> None:
    rows = [
        figures("hill", labelled=10, predicted=8, f1=0.8),
        figures("coast", labelled=10, predicted=14, f1=0.6),
    ]
    write_table(tmp_path / "table", rows, missing=0)
    assert json.loads((tmp_path / "table.json").read_text())["summary"] == {
        "mean": {"f1": 0.7, "count_error": 0.3, "pixel_iou": 0.7},
        "worst": {"f1": 0.6, "count_error": 0.4, "pixel_iou": 0.7},
    }
    lines = (tmp_path / "table.md").read_text().splitlines()
    assert "| hill | 10 | 0.800 | 0.500 | 0.600 | -20% | 0.700 | 0.400 |" in lines
    assert "| **worst** |  | 0.600 |  |  | 40% | 0.700 |  |" in lines
    empty = figures("sea", labelled=0, predicted=3, f1=0.0)
    write_table(tmp_path / "table", [empty], missing=2)
    text = (tmp_path / "table.json").read_text()
    assert json.loads(text)["places"][0]["count_error"] is None
    assert "Not measured yet: 2 of 3 places." in markdown([empty], missing=2)


def test_places_that_are_not_measured_go_with_their_region(tmp_path: Path) -> None:
    def place(name: str, region: str | None = None, *, measure: bool = True) -> PlaceOptions:
        return PlaceOptions(name, tmp_path, tmp_path, region=region, measure=measure)

    places = (
        place("a", "r"),
        place("b", "r", measure=False),
        place("c"),
        place("d", measure=False),
    )
    assert regions_of(places) == {"r": ("a",), "c": ("c",)}
    data = DataOptions(places=places, left_out="a")
    assert data.unseen == ("a", "b")
