"""The file of places: what it may say, and what is refused by file, place and key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from training.data.places_file import read_places
from training.fit.options import DataOptions
from training.fit.place_options import (
    LabelChanges,
    OptionsError,
    PlaceOptions,
    Selection,
    SplitOptions,
)
from training.leave_one_out import regions_of

WHOLE = """
[banepa]
chips = "banepa/chips"
labels = "banepa/osm.geojson"
share = 0.5
split = "split.json"

[zanzibar]
chips = "zanzibar/mosaic.tif"
labels = "zanzibar/labels.geojson"
leave_out = {osm_id = [7, "8"], building = ["ruins"]}
ignore = {osm_id = [9]}
ignore_band = 0.3
shift = [-1, 2.5]
area = "zanzibar/area.gpkg"
chip_gsd = 0.15
class_field = "kind"
layer = "roofs"
imagery_date = "2022-07-20"
val_share = 0.4
block = 1
attribution = ["OpenStreetMap contributors (ODbL)"]

[nairobi]
chips = "banepa/chips"
labels = "zanzibar/labels.geojson"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("banepa/chips", "zanzibar"):
        (tmp_path / place).mkdir(parents=True)
    for file in (
        "banepa/osm.geojson",
        "zanzibar/labels.geojson",
        "zanzibar/mosaic.tif",
        "zanzibar/area.gpkg",
    ):
        (tmp_path / file).touch()
    (tmp_path / "split.json").write_text("{}")
    return tmp_path


def places(folder: Path, text: str) -> tuple[PlaceOptions, ...]:
    path = folder / "places.toml"
    path.write_text(text, encoding="utf-8")
    return read_places(path)


def test_every_key_becomes_an_option(folder: Path) -> None:
    banepa, zanzibar, nairobi = places(folder, WHOLE)
    assert banepa == PlaceOptions(
        "banepa",
        folder / "banepa/chips",
        folder / "banepa/osm.geojson",
        share=0.5,
        split=SplitOptions(file=folder / "split.json"),
    )
    assert zanzibar == PlaceOptions(
        "zanzibar",
        folder / "zanzibar/mosaic.tif",
        folder / "zanzibar/labels.geojson",
        split=SplitOptions(val_share=0.4, block=1),
        changes=LabelChanges(
            leave_out=(Selection("osm_id", (7, "8")), Selection("building", ("ruins",))),
            ignore=(Selection("osm_id", (9,)),),
            ignore_band=0.3,
            shift=(-1, 2.5),
            area=folder / "zanzibar/area.gpkg",
        ),
        attribution=("OpenStreetMap contributors (ODbL)",),
        class_field="kind",
        layer="roofs",
        chip_gsd=0.15,
        imagery_date="2022-07-20",
    )
    assert nairobi.split is None
    assert nairobi.changes.are_none


def test_places_take_from_the_run_what_they_do_not_say(folder: Path) -> None:
    data = DataOptions(places=places(folder, WHOLE), layer="houses", chip_gsd=0.2)
    banepa, zanzibar, nairobi = data.each_place()
    assert (banepa.layer, zanzibar.layer) == ("houses", "roofs")
    assert (nairobi.chip_gsd, zanzibar.chip_gsd) == (0.2, 0.15)
    assert nairobi.split == SplitOptions()


def test_shares_are_by_place_and_of_those_that_are_learned_from(folder: Path) -> None:
    three = places(folder, WHOLE)
    assert DataOptions(places=three).shares() == pytest.approx(
        {"banepa": 0.5, "zanzibar": 0.25, "nairobi": 0.25}
    )
    assert DataOptions(places=three, left_out="nairobi").shares() == pytest.approx(
        {"banepa": 2 / 3, "zanzibar": 1 / 3}
    )


SMALL = '[a]\nchips = "banepa/chips"\nlabels = "banepa/osm.geojson"\n'
OTHER = SMALL.replace("[a]", "[b]")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL + "weight = 2\n", r"places\.toml, \[a\]: weight is no key of a place \(chips"),
        ('[a]\nchips = "banepa/chips"\n', r"\[a\]: the key labels is missing"),
        ('[a]\nchips = "gone"\nlabels = "x"\n', r"\[a\]: chips: .*gone does not exist"),
        (SMALL + 'share = "half"\n', r"\[a\]: the option share must be a number"),
        (SMALL + "share = 1.5\n", r"\[a\]: share must lie above 0 and be at most 1, got 1\.5"),
        (SMALL + "share = 0.7\n" + OTHER + "share = 0.7\n", r"places\.toml: .* add up to 1\.4"),
        (SMALL + "share = 0.3\n" + OTHER + "share = 0.3\n", r"add up to 0\.6: make it 1"),
        (SMALL + "share = 1.0\n" + OTHER, r"leave nothing for b"),
        (SMALL + SMALL.replace("[a]", "[A]"), r"places\.toml: A and a would be one folder"),
        (SMALL + "region = 'x'\n" + OTHER + "region = 'X'\n", r"X and x would be one folder"),
        (SMALL + "ignore_band = -1\n", r"\[a\]: ignore_band must be 0 to 5 metres, got -1"),
        (SMALL + "ignore_band = nan\n", r"\[a\]: ignore_band must be"),
        (SMALL + "shift = [1.0]\n", r"\[a\]: shift must be two numbers"),
        (SMALL + "shift = [1.0, 2000]\n", r"\[a\]: shift must be two numbers"),
        (SMALL + "leave_out = [1]\n", r"\[a\]: the option leave_out must be an object"),
        (SMALL + "ignore = {osm_id = 7}\n", r"\[a\]: ignore: the values of osm_id must be a list"),
        (SMALL + "ignore = {osm_id = []}\n", r"\[a\]: the attribute osm_id needs at least one"),
        (SMALL + "chip_gsd = 0\n", r"\[a\]: chip_gsd must be positive and finite, got 0"),
        (SMALL + "chip_gsd = inf\n", r"\[a\]: chip_gsd must be positive and finite, got inf"),
        (SMALL + 'region = "../../b"\n', r"\[a\]: '\.\./\.\./b' is no name of a region"),
        (SMALL + 'imagery_date = "summer"\n', r"\[a\]: .*summer"),
        (SMALL + 'split = "split.json"\nblock = 1\n', r"\[a\]: split names a file .* block"),
        (SMALL + "val_share = 0.6\ntest_share = 0.6\n", r"\[a\]: .* nothing is left"),
        (SMALL + "attribution = [1]\n", r"\[a\]: the option attribution must be a text"),
        ('["a/b"]\nchips = "banepa/chips"\nlabels = "banepa"\n', r"'a/b' is no name of a place"),
        ('chips = "banepa/chips"\n', r"places\.toml: chips stands outside the table of a place"),
        ("", r"places\.toml holds no place"),
        ('[a]\nchips = "a\\u0000b"\nlabels = "x"\n', r"\[a\]: chips: .*does not exist"),
        (f'[a]\nchips = "{"a" * 300}"\nlabels = "x"\n', r"\[a\]: chips: .*does not exist"),
        ("[a", r"places\.toml is not TOML"),
    ],
)
def test_a_slip_is_one_error_with_file_place_and_key(folder: Path, text: str, message: str) -> None:
    with pytest.raises(OptionsError, match=message) as caught:
        places(folder, text)
    assert "places.toml" in str(caught.value)


def test_data_come_from_one_folder_or_from_places(folder: Path) -> None:
    one = places(folder, SMALL)
    for options in ({}, {"chips": folder}, {"chips": folder, "labels": folder, "places": one}):
        with pytest.raises(OptionsError, match="either one folder of chips and its labels"):
            DataOptions(**options)
    with pytest.raises(OptionsError, match="c cannot be left out: the places are a"):
        DataOptions(places=one, left_out="c")
    with pytest.raises(OptionsError, match="without a there is no place to learn from"):
        DataOptions(places=one, left_out="a")
    with pytest.raises(OptionsError, match="x cannot be left out: there are no places"):
        DataOptions(folder, folder, left_out="x")


def test_the_region_of_others_takes_in_the_place_that_it_is_named_after() -> None:
    hill = PlaceOptions("hill", Path("a"), Path("b"), region="coast")
    coast = PlaceOptions("coast", Path("c"), Path("d"))
    data = DataOptions(places=(hill, coast, replace(coast, name="delta")), left_out="hill")
    assert data.unseen == ("hill", "coast")
    assert regions_of(data.places) == {"coast": ("hill", "coast"), "delta": ("delta",)}
