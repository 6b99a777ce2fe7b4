"""`evaluate` takes a place of a file of places, with its changes of the labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.datasets import HOUSES, house_polygon, write_polygons
from tests.support.models import tiny_onnx, tiny_spec
from training.__main__ import run
from training.data.places_file import read_places
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.datasets import Town

PLACES = """
[town]
chips = "chips"
labels = "{labels}"
leave_out = {{feature = [0]}}
ignore = {{feature = [1]}}
[other]
chips = "chips"
labels = "{labels}"
"""


@pytest.fixture
def words(town: Town, tmp_path: Path) -> list[str]:
    """A command that measures a model that finds every house; the file lies apart from the data."""
    model, places = tmp_path / "tiny.onnx", tmp_path / "places.toml"
    model.write_bytes(tiny_onnx(tiny_spec(min_area=0.0)))
    places.write_text(PLACES.format(labels=town.labels.name), encoding="utf-8")
    folder = str(town.chips.parent)
    assert town.labels.parent == town.chips.parent
    return ["evaluate", "--model", str(model), "--simplify", "0", "--threads", "1", "--json",
            "--places", str(places), "--places-folder", folder]  # fmt: skip


def test_labels_are_changed_as_the_place_says(
    town: Town, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run([*words, "--place", "town"])
    result = json.loads(capsys.readouterr().out)
    houses = result["total"]["buildings"]
    assert houses["labelled"] == len(HOUSES) - 2
    # The house that is left out is a false alarm, the one that is ignored none.
    assert houses["predicted"] == len(HOUSES) - 1
    assert houses["matched"] == len(HOUSES) - 2
    assert any("as asked, 1 polygon of" in note for note in result["data"]["notes"])
    known = sum(result["total"]["pixels"][name] for name in ("tp", "fp", "fn", "tn"))
    row, col, stop_row, stop_col = HOUSES[1]
    assert known == town.truth.size - (stop_row - row) * (stop_col - col)


def test_a_detection_beyond_an_ignored_outline_is_no_false_alarm(
    town: Town, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The house is drawn half a metre too small on each side, and the rim is no dwelling."""
    outlines = [house_polygon(house) for house in HOUSES]
    outlines[1] = outlines[1].buffer(-0.5, join_style="mitre")
    small = write_polygons(tmp_path / "small.gpkg", outlines)
    places = tmp_path / "places.toml"
    text = PLACES.format(labels=small).replace('"chips"', f'"{town.chips}"')
    places.write_text(text, encoding="utf-8")
    run([*words, "--place", "town"])
    houses = json.loads(capsys.readouterr().out)["total"]["buildings"]
    assert (houses["predicted"], houses["matched"]) == (len(HOUSES) - 1, len(HOUSES) - 2)


def test_the_split_of_several_places_is_followed(
    town: Town, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both places have chips of the same names."""
    split, chips = tmp_path / "split.json", {c: town.names(c) for c in range(4)}
    parts = {"train": [0], "val": [1], "test": [2, 3]}
    both = {p: [f"{n}/{c}" for n in ("town", "other") for k in ks for c in chips[k]]
            for p, ks in parts.items()}  # fmt: skip
    split.write_text(json.dumps(both), encoding="utf-8")
    run([*words, "--place", "other", "--split", str(split)])
    assert json.loads(capsys.readouterr().out)["data"]["count"] == 4


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "name one place of"),
        (["--place", "elsewhere"], "with --place: town, other"),
        (["--chips", "."], "give --chips and --labels, or --places"),
    ],
)
def test_one_place_must_be_named(
    words: list[str], more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run([*words, *more])
    assert message in capsys.readouterr().err


def test_a_path_that_is_missing_is_named_with_the_folder(tmp_path: Path) -> None:
    file, data = tmp_path / "places.toml", tmp_path / "data"
    data.mkdir()
    file.write_text('[a]\nchips = "chips"\nlabels = "x.gpkg"\n', encoding="utf-8")
    with pytest.raises(OptionsError, match=r"data/chips does not exist .*relative to .*data"):
        read_places(file, folder=data)
    (data / "chips").mkdir()
    (data / "x.gpkg").touch()
    assert read_places(file, folder=data)[0].labels == data / "x.gpkg"
