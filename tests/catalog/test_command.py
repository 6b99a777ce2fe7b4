"""`camp-detector catalog` as a person uses it, and `detect --model ID`."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core import user_folders
from tests.support.catalogs import area_of, write_run
from tests.support.models import STARTER, write_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "catalogue"
    monkeypatch.setenv(user_folders.CATALOG_VARIABLE, str(folder))
    monkeypatch.setenv(user_folders.CACHE_VARIABLE, str(tmp_path / "downloads"))
    return folder


Camp = "Callable[..., tuple[int, str, str]]"


def test_models_are_added_listed_shown_and_removed(camp: Camp, tmp_path: Path, place: Path) -> None:
    item = write_run(tmp_path / "a", name="a")
    code, out, err = camp("catalog", "add", item)
    assert (code, err) == (0, "")
    assert "a-1.0 added to" in out
    assert "left out: pytorch-checkpoint" in out
    assert "with the same content" in camp("catalog", "add", item)[1]
    camp("catalog", "add", write_run(tmp_path / "b", name="b", area=area_of((10, 50, 11, 51))))
    code, out, _ = camp("catalog", "list")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == ["id", "a-1.0", "b-1.0"]
    for word in ("0.5", "r,g,b", "dwelling", "0.82", "0.66", "CC0-1.0", "2022-07-16"):
        assert word in lines[1]
    code, out, _ = camp("catalog", "list", "--bbox", "10.5,50,12,52")
    assert [line.split()[0] for line in out.splitlines()] == ["id", "b-1.0"]
    assert "no models in" in camp("catalog", "list", "--bbox", "0,0,1,1")[1]
    code, out, _ = camp("catalog", "list", "--json")
    first = json.loads(out)[0]
    assert (first["id"], first["iou"], first["f1"]) == ("a-1.0", 0.82, 0.66)
    code, out, _ = camp("catalog", "show", "a-1.0")
    for word in ("0.5 m a pixel", "85.51000 to 85.53000", "made by a test", "onnx-model", "kB"):
        assert word in out
    code, out, _ = camp("catalog", "show", "a-1.0", "--json")
    assert json.loads(out)["collection"] == "models"
    assert camp("catalog", "remove", "a-1.0", "--yes")[0] == 0
    assert [p.name for p in (place / "models").iterdir() if p.is_dir()] == ["b-1.0"]


def test_the_list_shows_the_iou_of_the_model_itself(
    camp: Camp, tmp_path: Path, place: Path
) -> None:
    camp("catalog", "add", write_run(tmp_path / "a", name="a"))
    path = place / "models" / "a-1.0" / "a-1.0.json"
    item = json.loads(path.read_text())
    pixels = {"all_ones_iou": 0.49, "iou": 0.82}
    item["properties"]["camp_detector:metrics"] = {
        "val": {"pixels": {"all_ones_iou": 0.6, "iou": 0.81}},
        "test": {"pixels": pixels, "dwellings": {"f1": 0.66}},
    }
    path.write_text(json.dumps(item))
    assert json.loads(camp("catalog", "list", "--json")[1])[0]["iou"] == 0.82
    del pixels["iou"], item["properties"]["camp_detector:metrics"]["val"]["pixels"]["iou"]
    path.write_text(json.dumps(item))
    assert json.loads(camp("catalog", "list", "--json")[1])[0]["iou"] is None


def test_detect_by_id_gives_what_detect_by_file_gives(
    camp: Camp, banepa: Path, tmp_path: Path
) -> None:
    from camp_detector_core.model_file import default_model_path

    model = default_model_path()
    code, out, _ = camp("catalog", "add", model)
    name = out.split()[0]
    assert (code, name) == (0, STARTER)
    tile = sorted((banepa / "predict").rglob("*.png")) or sorted((banepa / "predict").rglob("*.*"))
    assert camp("detect", tile[0], "-o", tmp_path / "id.geojson", "--model", name)[0] == 0
    assert camp("detect", tile[0], "-o", tmp_path / "file.geojson", "--model", model)[0] == 0
    by_id, by_file = (
        json.loads((tmp_path / f"{n}.geojson").read_text())["features"] for n in ("id", "file")
    )
    assert by_id == by_file
    assert by_id


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["catalog", "show", "tiny"], "it is empty: add a model with camp-detector catalog add"),
        (["catalog", "add", "gone.json"], "cannot be read"),
        (["catalog", "list", "--bbox", "1,2,3"], "is not WEST,SOUTH,EAST,NORTH"),
        (["catalog", "list", "--catalog", "ftp://x/y"], "cannot be kept at ftp://"),
        (["inspect", "tiny-1"], "neither a file nor a model of the catalogue"),
        (["detect", "x.tif", "-o", "x.gpkg", "-m", "tiny-1"], "neither a file nor a model"),
    ],
)
def test_errors_are_one_line(camp: Camp, arguments: list[str], message: str) -> None:
    code, out, err = camp(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err


def test_what_a_stranger_wrote_does_not_act_on_the_terminal(
    camp: Camp, tmp_path: Path, place: Path
) -> None:
    camp("catalog", "add", write_run(tmp_path / "a"))
    path = place / "models/tiny-1.0/tiny-1.0.json"
    item: dict[str, Any] = json.loads(path.read_text())
    item["properties"].update(title="\x1b[2Jgone\nline", license="\x07", description="\x1b]0;x")
    item["properties"]["mlm:input"] = "no list"
    item["properties"]["mlm:output"] = [7]
    item["properties"]["camp_detector:metrics"] = {"\x1b": 1, "deep": {"a": {"b": {"f1": 0.5}}}}
    item["bbox"] = ["a", None]
    path.write_text(json.dumps(item))
    for command in (["list"], ["show", "tiny-1.0"], ["list", "--json"]):
        code, out, _ = camp("catalog", *command)
        assert code == 0
        assert all(c.isprintable() or c == "\n" for c in out)


def test_a_bare_model_is_added_with_a_date(camp: Camp, tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    assert "give --trained DATE" in camp("catalog", "add", model)[2]
    assert camp("catalog", "add", model, "--trained", "2026-11-24")[0] == 0
    assert "(trained 2026-11-24)" in camp("catalog", "list")[1]


def test_what_is_not_confirmed_is_not_removed(
    camp: Camp, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camp("catalog", "add", write_run(tmp_path / "a", name="a"))
    for answer in ("", "n\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code, _, err = camp("catalog", "remove", "a-1.0")
        assert (code, err.strip().splitlines()[-1]) == (130, "error: stopped; nothing was written")
        assert ("--yes deletes without" in err) is (not answer)
    code, out, err = camp("catalog", "remove", "nonesuch")
    assert (code, out) == (2, "")
    assert "has no model nonesuch" in err
    assert (place / "models" / "a-1.0" / "a-1.0.json").is_file()
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert camp("catalog", "remove", "a-1.0")[0] == 0


def test_options_that_would_change_nothing_and_dates_to_come_are_refused(
    camp: Camp, tmp_path: Path, place: Path
) -> None:
    item, model = write_run(tmp_path / "a", name="a"), write_model(tmp_path / "m.onnx")
    for words, message in (
        ((item, "--trained", "2026-01-01"), "--trained is for a bare .onnx"),
        ((model, "--trained", "2026-01-01", "--assets", "all"), "--assets and --root are for"),
        ((model, "--trained", "2026-01-01", "--root", tmp_path), "--assets and --root are for"),
        ((model, "--trained", "9999-01-01"), "cannot have been trained in the future"),
    ):
        code, _, err = camp("catalog", "add", *words)
        assert (code, message in err) == (2, True), err
    assert not place.exists()


def test_without_pystac_a_bare_model_says_what_to_install(
    camp: Camp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pystac", None)
    model = write_model(tmp_path / "m.onnx")
    code, _, err = camp("catalog", "add", model, "--trained", "2026-01-01")
    assert (code, 'pip install "camp-detector[stac]"' in err) == (2, True), err


def test_an_area_may_cross_the_antimeridian(camp: Camp, tmp_path: Path) -> None:
    camp("catalog", "add", write_run(tmp_path / "a", name="a", area=area_of((177, -19, 179, -17))))
    for box, is_found in (("176,-20,-178,-16", True), ("179.5,-20,-178,-16", False)):
        code, out, _ = camp("catalog", "list", "--bbox", box)
        assert (code, "a-1.0" in out) == (0, is_found)
    for box in ("1,2,3", "0,nan,1,1", "0,0,inf,1", "0,2,1,1", "west"):
        code, _, err = camp("catalog", "list", "--bbox", box)
        assert (code, "such as 85,27,86,28" in err) == (2, True)


@pytest.mark.parametrize(
    "address",
    [
        "http://u:s3cret@127.0.0.1:99999/x",
        "http://u:s3cret@127.0.0.1:1/x?key=s3cret",
        "https://u:s3cret@[/x",
        "s3://u:s3cret@bucket/x",
        "postgresql://u:s3cret@127.0.0.1:1/db?password=s3cret",
        "postgresql://u:s3cret@[::1/db",
    ],
)
def test_no_secret_of_an_address_is_shown(
    camp: Camp, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    code, out, err = camp("catalog", "list", "--verbose", "--catalog", address)
    assert (code, out) == (2, "")
    assert "Traceback" in err
    assert "s3cret" not in err
