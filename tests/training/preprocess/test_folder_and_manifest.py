"""Records of the folder about itself; nobody's files are lost."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from camp_detector_core.engine.errors import CampDetectorError
from tests.support.tile_server import Reply
from tests.support.tiles import NORTH, WEST, bbox_text
from training.fit.description import build_spec
from training.fit.options import DataOptions, ModelOptions, TrainOptions
from training.preprocess.area import parse_bbox, tiles_of
from training.preprocess.folder import Request, TrainFolder
from training.preprocess.manifest import (
    ImageryRecord,
    LabelRecord,
    Manifest,
    PreprocessError,
    credits_of,
    read_manifest,
)
from training.preprocess.options import BBOX, TMS, PreprocessOptions
from training.preprocess.records import imagery_record, span_of
from training.preprocess.run import preprocess

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.tile_server import TileServer

    Options = Callable[..., PreprocessOptions]

REQUEST = Request((1.0, 2.0, 3.0, 4.0), 19, "https://a.org/{z}/{x}/{y}")
WHEN = "2026-11-24T10:00:00Z"


def manifest(**changes: Any) -> Manifest:
    imagery = ImageryRecord("https://a.org/{z}/{x}/{y}", WHEN, 3, ((1, 2),), "Survey", "CC-BY-4.0")
    labels = LabelRecord("OpenStreetMap", WHEN, 5, None, "OpenStreetMap contributors", "ODbL-1.0")
    return replace(Manifest((1.0, 2.0, 3.0, 4.0), 19, imagery, labels), **changes)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    original = manifest()
    original.write(tmp_path)
    assert read_manifest(tmp_path / "chips") == original
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.json"]
    values = json.loads((tmp_path / "manifest.json").read_text())
    assert values["version"] == 1
    assert values["imagery"]["missing"] == [[1, 2]]
    assert set(values["imagery"]) == {
        "tms", "attribution", "licence", "start", "end", "fetched", "tiles", "missing",
    }  # fmt: skip
    assert set(values["labels"]) == {
        "source", "url", "attribution", "licence", "fetched", "date", "features",
    }  # fmt: skip


def test_a_folder_without_one_or_with_that_of_another_program_has_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "chips") is None
    (tmp_path / "manifest.json").write_text('{"name": "an app"}')
    assert read_manifest(tmp_path / "chips") is None


@pytest.mark.parametrize(
    "change",
    [
        "no JSON",
        {"version": 2},
        {"bbox": [1, 2, 3]},
        {"bbox": [3, 2, 1, 4]},
        {"imagery": {"tms": "x"}},
        {"labels": []},
        {"zoom": None},
        {"zoom": float("inf")},
        {"imagery": {"tms": "x", "fetched": WHEN, "tiles": 1, "attribution": 5}},
        {"imagery": {"tms": None, "fetched": WHEN, "tiles": 1}},
        {"imagery": {"tms": "x", "fetched": WHEN, "tiles": 1, "missing": [[1e400, 2]]}},
        {"labels": {"source": "x", "fetched": WHEN, "features": "many"}},
    ],
)
def test_a_damaged_manifest_is_one_sentence(tmp_path: Path, change: Any) -> None:
    values = {**manifest().to_dict(), **(change if isinstance(change, dict) else {})}
    text = change if isinstance(change, str) else json.dumps(values)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(PreprocessError, match=r"manifest.json is|is not an area"):
        read_manifest(tmp_path / "chips")


def test_a_later_release_may_say_more(tmp_path: Path) -> None:
    values = manifest().to_dict()
    values["imagery"]["sensor"] = "drone"
    (tmp_path / "manifest.json").write_text(json.dumps(values))
    assert read_manifest(tmp_path / "chips") == manifest()


def test_a_model_carries_the_credits_of_what_it_was_made_from(tmp_path: Path) -> None:
    manifest().write(tmp_path)
    imagery, outlines = (
        "Imagery: Survey, CC-BY-4.0",
        "Building outlines: OpenStreetMap contributors, ODbL-1.0",
    )
    chips, labels = tmp_path / "chips", tmp_path / "labels"
    read_back = read_manifest(chips)
    assert credits_of(read_back, chips=chips, labels=labels) == (imagery, outlines)
    polygons = labels / "buildings.geojson"
    assert credits_of(read_back, chips=chips, labels=polygons) == (imagery, outlines)
    assert credits_of(read_back, chips=chips, labels=tmp_path.parent / "own.gpkg") == (imagery,)
    assert credits_of(None, chips=chips, labels=labels) == ()
    options = TrainOptions(
        data=DataOptions(chips, labels),
        out=tmp_path / "out",
        model=ModelOptions(attribution=("By hand", imagery)),
    )
    spec = build_spec(options, attribution=("Encoder",), provenance={}, manifests={"": read_back})
    assert spec.attribution == ("By hand", imagery, outlines, "Encoder")


def test_unknown_owners_are_null_and_a_warning(
    options: Options, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    result = preprocess(options())
    assert result.manifest.imagery.attribution is None
    assert result.manifest.imagery.start is None
    assert "must say whose the imagery is" in caplog.text
    caplog.clear()
    owners = {"attribution": "Survey", "licence": "CC0-1.0", "imagery_date": "2022-07-20"}
    result = preprocess(options(train_dir=tmp_path / "known", **owners))
    assert result.manifest.credits()[0] == "Imagery: Survey, CC0-1.0"
    assert caplog.text == ""
    result = preprocess(options(train_dir=tmp_path / "known"))  # forgets nothing that was said
    assert result.manifest.credits()[0] == "Imagery: Survey, CC0-1.0"
    assert result.manifest.imagery.start == "2022-07-20T00:00:00Z"


def test_imagery_of_openaerialmap_is_known_by_its_server() -> None:
    from training.preprocess.template import TileTemplate

    area = tiles_of(BBOX, 19)
    template = TileTemplate(TMS)
    record = imagery_record(
        PreprocessOptions(), template, area=area, tiles=list(area), span=(None, None)
    )
    assert (record.attribution, record.licence) == ("OpenAerialMap contributors", "CC-BY-4.0")
    assert record.tms == TMS


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022-07-20", "2022-07-20T00:00:00Z", "2022-07-20T23:59:59Z"),
        ("20220720", "2022-07-20T00:00:00Z", "2022-07-20T23:59:59Z"),
        ("2022-07-20/2022-07-23", "2022-07-20T00:00:00Z", "2022-07-23T23:59:59Z"),
        ("2022-07-20T05:30:00Z", "2022-07-20T05:30:00Z", "2022-07-20T05:30:00Z"),
        ("2022-07-20T05:30+05:45", "2022-07-20T05:30:00+05:45", "2022-07-20T05:30:00+05:45"),
        (None, None, None),
    ],
)
def test_a_date_of_imagery_is_a_span(text: str | None, start: str, end: str) -> None:
    assert span_of(text) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["", "july", "2022-07-23/2022-07-20", "2022-13-01", "/2022-07-20", "9999-12-31", "2022/9999"],
)
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PreprocessError, match="imagery date"):
        span_of(text)


def test_a_folder_of_another_request_is_refused_unless_it_may_be_replaced(
    options: Options, tiles: TileServer, tmp_path: Path
) -> None:
    preprocess(options())
    chips = sorted(p.name for p in (tmp_path / "train" / "chips").iterdir())
    smaller = parse_bbox(bbox_text(cols=1))
    for change in ({"bbox": smaller}, {"zoom": 18}, {"tms": tiles.template + "?layer=2"}):
        with pytest.raises(PreprocessError, match=r"another request .*overwrite to replace"):
            preprocess(options(**change))
    assert sorted(p.name for p in (tmp_path / "train" / "chips").iterdir()) == chips
    result = preprocess(options(bbox=smaller, overwrite=True))
    assert sorted(p.name for p in result.chips.iterdir()) == [
        f"OAM-{WEST}-{y}-19.tif" for y in (NORTH, NORTH + 1)
    ]
    assert {p.name for p in result.labels.iterdir()} == {
        *(p.name for p in result.chips.iterdir()), "buildings.geojson",
    }  # fmt: skip


def test_a_folder_that_got_nothing_is_free_for_another_request(tmp_path: Path) -> None:
    with TrainFolder(tmp_path / "t", REQUEST) as folder:
        folder.note_missing(next(iter(tiles_of(BBOX, 19))))
    other = replace(REQUEST, zoom=REQUEST.zoom - 1)
    with TrainFolder(tmp_path / "t", other) as folder:
        assert folder.missing() == set()  # a note of the earlier request is none of this one


def test_an_unfinished_request_is_as_safe_as_a_finished_one(tmp_path: Path) -> None:
    with TrainFolder(tmp_path / "t", REQUEST) as folder:
        folder.write(folder.chip(next(iter(tiles_of(BBOX, 19)))), b"chip")
    with TrainFolder(tmp_path / "t", REQUEST):
        pass
    with pytest.raises(PreprocessError, match=r"zoom 19 instead of 18"):
        TrainFolder(tmp_path / "t", replace(REQUEST, zoom=18))


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["chips/mine.tif", "labels/mine.tif", "labels/mine.geojson"])
def test_a_folder_with_somebody_elses_files_is_never_touched(
    tmp_path: Path, name: str, overwrite: bool
) -> None:
    file = tmp_path / name
    file.parent.mkdir()
    file.write_text("mine")
    with pytest.raises(PreprocessError, match=r"mine.* which preprocess did not write"):
        TrainFolder(tmp_path, REQUEST, overwrite=overwrite)
    assert file.read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_chips_that_nothing_is_known_of_are_refused(tmp_path: Path) -> None:
    (tmp_path / "chips").mkdir()
    (tmp_path / "chips" / "OAM-1-2-19.tif").write_text("a chip")
    with pytest.raises(PreprocessError, match="nothing says of which request"):
        TrainFolder(tmp_path, REQUEST)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PreprocessError, match="is a file"):
        TrainFolder(tmp_path / "file", REQUEST)


def test_two_at_a_time_are_kept_apart(tmp_path: Path) -> None:
    with (
        TrainFolder(tmp_path, REQUEST),
        pytest.raises(PreprocessError, match="another preprocess is at work"),
        TrainFolder(tmp_path, REQUEST),
    ):
        pass
    with TrainFolder(tmp_path, REQUEST):
        pass


def test_imagery_of_today_does_not_end_in_the_future() -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    start, end = span_of(f"{before:%Y-%m-%d}")
    assert start is not None
    assert end is not None
    moments = [dt.datetime.fromisoformat(text) for text in (start, end)]
    assert moments[0].date() == before.date()
    assert before <= moments[1] <= dt.datetime.now(dt.UTC)


def test_what_was_said_outlives_a_stop_while_outlines_are_renewed(
    options: Options, tiles: TileServer
) -> None:
    owners = {"attribution": "Survey", "licence": "CC0-1.0", "imagery_date": "2022-07-20"}
    result = preprocess(options(**owners))
    next(result.chips.iterdir()).unlink()
    tiles.always = lambda _place: Reply(403)
    for _ in range(2):
        with pytest.raises(PreprocessError, match="refuses access"):
            preprocess(options(refresh_labels=True))
        assert read_manifest(result.chips) is None
    tiles.always = lambda _place: None
    second = preprocess(options()).manifest
    assert second.imagery.attribution == "Survey"
    assert second.imagery.start == "2022-07-20T00:00:00Z"
    assert [p.name for p in result.chips.parent.glob(".*")] == []
    next(result.chips.iterdir()).unlink()
    tiles.always = lambda _place: Reply(403)
    with pytest.raises(PreprocessError, match="refuses access"):
        preprocess(options(refresh_labels=True))
    tiles.always = lambda _place: None
    assert preprocess(options(overwrite=True)).manifest.imagery.attribution is None


def test_hidden_files_of_file_managers_are_nobodys_work(tmp_path: Path) -> None:
    for name in ("chips", "labels"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".DS_Store").write_text("icons")
    with TrainFolder(tmp_path, REQUEST):
        pass
    with TrainFolder(tmp_path, REQUEST, overwrite=True):
        assert (tmp_path / "chips" / ".DS_Store").read_text() == "icons"


def test_notes_that_are_damaged_are_no_notes(tmp_path: Path) -> None:
    with TrainFolder(tmp_path, REQUEST):
        pass
    (tmp_path / ".preprocess" / "missing.txt").write_bytes(b"5 7\na b c\n\0\xff\n8 -9\n1 2\n")
    with TrainFolder(tmp_path, REQUEST) as folder:
        assert folder.missing() == {(5, 7), (1, 2)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train_dir": Path("x" * 300)}, "too long"),
        ({"train_dir": Path("d\udcff")}, "no UTF-8: rename it"),
        ({"labels": Path("l\udcff.geojson")}, "no UTF-8: rename it"),
        ({"label_licence": "CC0-1.0"}, "give labels=FILE"),
        ({"layer": "houses"}, "give labels=FILE"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(
    options: Options, tiles: TileServer, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(CampDetectorError, match=message):
        preprocess(options(**change))
    assert tiles.requests == []


def test_leftovers_of_a_kill_are_cleared_and_half_a_note_is_no_note(tmp_path: Path) -> None:
    with TrainFolder(tmp_path, REQUEST):
        pass
    work = tmp_path / ".preprocess"
    (work / "part-x").write_text("half a chip")
    (work / "missing.txt").write_text("5 7\n12 3")
    with TrainFolder(tmp_path, REQUEST) as folder:
        assert folder.missing() == {(5, 7)}
        folder.note_missing(next(iter(tiles_of(BBOX, 19))))
        assert len(folder.missing()) == 2
        assert not (work / "part-x").exists()


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from camp_detector_core.engine.errors import OutputError

    with TrainFolder(tmp_path, REQUEST) as folder:

        def full(*_: object) -> None:
            raise OSError(28, os.strerror(28))

        monkeypatch.setattr("pathlib.Path.replace", full)
        with pytest.raises(OutputError, match="the disk is full"):
            folder.write(folder.chips / "OAM-1-2-19.tif", np.zeros(9, np.uint8).tobytes())
        assert not list(folder.chips.iterdir())
        assert not list((tmp_path / ".preprocess").glob("part-*"))
