"""A run records its data as they were when it began."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.engine.errors import CampDetectorError
from tests.support.datasets import write_town
from tests.support.runs import run_options
from training.fit.options import DataOptions
from training.fit.options_file import read_options
from training.fit.place_options import LabelChanges, OptionsError, PlaceOptions
from training.fit.record import (
    changes_of,
    commit_of,
    manifest_of,
    note_labels,
    provenance_of,
    resume_run,
    start_run,
)
from training.preprocess.manifest import ImageryRecord, LabelRecord, Manifest
from training.tracking.dataset import has_licence, input_of, list_data, read_list
from training.tracking.metadata import write_metadata
from training.train import train_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lightning.pytorch.loggers import Logger

    from training.fit.options import TrainOptions

WHEN = "2026-11-24T10:00:00Z"


def manifest(owner: str, *, licence: str | None = "CC-BY-4.0", year: int = 2021) -> Manifest:
    date = f"{year}-07-18T00:00:00Z"
    tms = f"https://{owner.lower()}.org/{{z}}/{{x}}/{{y}}"
    imagery = ImageryRecord(tms, WHEN, 8, (), owner, licence, date, date)
    labels = LabelRecord("houses.gpkg", WHEN, 17)
    return Manifest((85.0, 27.0, 85.1, 27.1), 19, imagery, labels)


def test_a_manifest_that_changes_meanwhile_changes_neither_model_nor_item(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    town = write_town(tmp_path / "town")
    manifest("First").write(tmp_path / "town")
    data = data_of(chips=town.chips, labels=town.labels)
    options = run_options(data, tmp_path / "out", architecture="reference", fast_dev_run=True)

    def meanwhile(_: TrainOptions) -> list[Logger]:
        manifest("Second", licence=None, year=2022).write(tmp_path / "town")
        return []

    result = train_model(options, begin=meanwhile)
    assert "Imagery: First, CC-BY-4.0" in result.spec.attribution
    assert not [line for line in result.spec.attribution if "Second" in line]
    item = json.loads((tmp_path / "out" / "meta" / "stac_item.json").read_text())
    assert item["properties"]["datetime"].startswith("2021")

    options_read = read_options(tmp_path / "out" / "options.json")
    manifest_read = manifest_of(options_read.out, options_read.data)
    assert manifest_read == manifest("First")
    assert has_licence(manifest_read)
    assert not has_licence(manifest("Second", licence=None))
    assert not has_licence(None)
    dataset = input_of(list_data(data), data, {"": manifest_read}).dataset
    assert json.loads(dataset.source) == {"url": "https://first.org/{z}/{x}/{y}"}
    assert json.loads(dataset.profile)["imagery licence"] == "CC-BY-4.0"
    assert "labels attribution" not in json.loads(dataset.profile)
    alone = input_of(list_data(data), data, {}).dataset
    assert (alone.source_type, dataset.source_type) == ("local", "http")


def test_runs_of_earlier_releases_take_what_lies_there(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    """Their record does not say; from a resumption on it does."""
    town = write_town(tmp_path / "town")
    manifest("First").write(tmp_path / "town")
    options = run_options(data_of(chips=town.chips, labels=town.labels), tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text('{"command": "train", "resumed": []}')
    assert manifest_of(options.out, options.data) == manifest("First")
    resume_run(replace(options, resume=True))
    (tmp_path / "town" / "manifest.json").unlink()
    assert manifest_of(options.out, options.data) == manifest("First")


def test_a_run_that_began_without_a_manifest_never_gets_one(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    town = write_town(tmp_path / "town")
    options = run_options(data_of(chips=town.chips, labels=town.labels), tmp_path / "out")
    start_run(options)
    manifest("Second").write(tmp_path / "town")
    assert manifest_of(options.out, options.data) is None


@pytest.mark.parametrize("text", ["[]", "5", "null", '"train"', "{", '{"resumed": ["today"]}'])
def test_a_damaged_record_is_named_by_all_that_read_it(
    data_of: Callable[..., DataOptions], tmp_path: Path, text: str
) -> None:
    town = write_town(tmp_path / "town")
    options = run_options(data_of(chips=town.chips, labels=town.labels), tmp_path / "out")
    start_run(options)
    path = tmp_path / "out" / "run.json"
    path.write_text(text)
    for read in (
        lambda: resume_run(replace(options, resume=True)),
        lambda: manifest_of(options.out, options.data),
        lambda: provenance_of(options.out),
        lambda: commit_of(options.out),
        lambda: write_metadata(options.out, tmp_path),
    ):
        with pytest.raises(CampDetectorError, match=r"run\.json .*take it from a copy"):
            read()
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["[]", "null", "5"])
def test_options_that_are_no_object_are_named(
    data_of: Callable[..., DataOptions], tmp_path: Path, text: str
) -> None:
    town = write_town(tmp_path / "town")
    options = run_options(data_of(chips=town.chips, labels=town.labels), tmp_path / "out")
    start_run(options)
    (tmp_path / "out" / "options.json").write_text(text)
    with pytest.raises(CampDetectorError, match=r"options\.json cannot .*take it from a copy"):
        resume_run(replace(options, resume=True))
    with pytest.raises(CampDetectorError, match=r"options\.json: .*take the file from a copy"):
        read_options(tmp_path / "out" / "options.json")
    (tmp_path / "out" / "dataset.json").write_text(text)
    with pytest.raises(CampDetectorError, match=r"dataset\.json .*take it from a copy"):
        read_list(tmp_path / "out")


def test_a_record_that_is_missing_is_fine(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    town = write_town(tmp_path / "town")
    options = run_options(data_of(chips=town.chips, labels=town.labels), tmp_path / "out")
    assert provenance_of(options.out) == {"command": "not recorded"}
    assert commit_of(options.out) == {}
    assert manifest_of(options.out, options.data) is None
    assert read_list(options.out) is None


def test_other_labels_in_the_same_file_are_refused(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    town, other = write_town(tmp_path / "town"), write_town(tmp_path / "other", east=9000.0)
    options = run_options(data_of(chips=town.chips, labels=town.labels), tmp_path / "out")
    start_run(options)
    again = replace(options, resume=True)
    resume_run(again)  # a run of an earlier release, which did not note its labels
    note_labels(options)
    resume_run(again)
    town.labels.write_bytes(other.labels.read_bytes())
    with pytest.raises(OptionsError, match=r"begun with other options \(labels\)"):
        resume_run(again)


def test_options_of_places_are_compared_one_by_one(tmp_path: Path) -> None:
    def plain(**changes: Any) -> dict[str, Any]:
        hill = PlaceOptions("hill", tmp_path, tmp_path, **changes)
        data = DataOptions(places=(hill, PlaceOptions("coast", tmp_path, tmp_path)))
        return run_options(data, tmp_path / "out").to_dict()

    first = plain()
    described = plain(attribution=("x",), imagery_date="2022-07-20", measure=False)
    assert changes_of(first, described) == []
    assert changes_of(first, plain(share=0.3)) == ["data.places.hill.share"]
    moved = plain(changes=LabelChanges(shift=(1.0, 0.0)))
    assert changes_of(first, moved) == ["data.places.hill.changes.shift"]
    one = run_options(DataOptions(places=(PlaceOptions("hill", tmp_path, tmp_path),)), tmp_path)
    assert changes_of(first, one.to_dict()) == ["data.places.coast"]
