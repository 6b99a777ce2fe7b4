"""A catalogue in a folder: what is written, listed, replaced and removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.catalog import CatalogError, UnknownModelError
from camp_detector_core.catalog.ready_model import model_of_item, model_of_onnx
from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.model_file import open_model
from tests.support.catalogs import (
    BOX,
    assert_whole,
    edit_assets,
    ready_model_of,
    tree_of,
    write_run,
)
from tests.support.models import tiny_spec, write_model

if TYPE_CHECKING:
    from camp_detector_core.catalog.static import StaticCatalog


def test_what_is_added_is_listed_and_can_be_run(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    for name in ("b", "a"):
        assert catalog.add(ready_model_of(tmp_path / name, name=name)).changed
    assert [e.id for e in catalog.items()] == ["a-1.0", "b-1.0"]
    entry = catalog.get("a-1.0")
    item = catalog.local_item(entry)
    assert item == place / "models/a-1.0/a-1.0.json"
    assert open_model(item).spec == tiny_spec(name="a")
    assert (entry.gsd, entry.bands, entry.classes) == (0.5, ("red", "green", "blue"), ("dwelling",))
    assert entry.bbox == BOX
    assert entry.licence == "CC0-1.0"
    assert entry.attribution == ("made by a test",)
    assert entry.metrics == {"test.iou": 0.82, "test.f1": 0.66}


def test_pystac_finds_a_valid_and_self_contained_catalogue(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import pystac
    from pystac.validation.stac_validator import JsonSchemaSTACValidator

    for name in ("a", "b"):
        catalog.add(ready_model_of(tmp_path / name, name=name))
    root = pystac.Catalog.from_file(str(place / "catalog.json"))
    validator = JsonSchemaSTACValidator()
    collection = root.get_child("models")
    assert isinstance(collection, pystac.Collection)
    for thing in (root, collection, *root.get_items(recursive=True)):
        plain = json.loads(Path(thing.self_href).read_text())
        validator.validate_core(plain, thing.STAC_OBJECT_TYPE, "1.1.0")
    items = list(root.get_items(recursive=True))
    assert [i.id for i in items] == ["a-1.0", "b-1.0"]
    assert collection.extent.spatial.bboxes == [list(BOX)]
    hrefs = [x["href"] for f in place.rglob("*.json") for x in json.loads(f.read_text())["links"]]
    assert all(h.startswith((".", "https://")) for h in hrefs)
    for item in items:
        assert item.get_collection() is collection
        files = [a for a in item.assets.values() if a.href.startswith(".")]
        assert len(files) >= 3
        assert all(Path(a.get_absolute_href()).is_file() for a in files)


def test_the_same_again_changes_nothing(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    ready = ready_model_of(tmp_path / "a")
    catalog.add(ready)
    before = tree_of(place)
    assert not catalog.add(ready).changed
    assert tree_of(place) == before


def test_other_content_under_the_same_id_needs_overwrite(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    catalog.add(ready_model_of(tmp_path / "a"))
    before = tree_of(place)
    other = ready_model_of(tmp_path / "b", picture=b"another picture")
    with pytest.raises(CatalogError, match=r"with other content already.*overwrite"):
        catalog.add(other)
    assert tree_of(place) == before
    assert catalog.add(other, overwrite=True).changed
    pictures = [p.read_bytes() for p in place.rglob("confusion_matrix.png")]
    assert pictures == [b"another picture"]
    assert_whole(place)


def test_a_model_that_is_removed_leaves_no_file(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    catalog.add(ready_model_of(tmp_path / "a", name="a"))
    before = tree_of(place)
    catalog.add(ready_model_of(tmp_path / "b", name="b"))
    catalog.remove("b-1.0")
    after = tree_of(place)
    table = "models.parquet"
    assert after.keys() == before.keys()
    assert {k: v for k, v in after.items() if k != table} == {
        k: v for k, v in before.items() if k != table
    }
    with pytest.raises(UnknownModelError, match=r"has no model b-1\.0; near it: a-1\.0"):
        catalog.remove("b-1.0")
    catalog.remove("a-1.0")
    assert tree_of(place).keys() == {"catalog.json", "models/collection.json"}


def test_a_definition_stays_out_because_what_it_names_is_no_asset(tmp_path: Path) -> None:
    item = write_run(tmp_path)
    (item.parent / "model.emd").write_text("{}")
    edit_assets(item.parent, lambda a: a.update({"model-metadata": {"href": "./model.emd"}}))
    ready = model_of_item(item)
    assert "model-metadata" in ready.left_out
    assert "model-metadata" not in ready.item["assets"]
    assert "model-metadata" in model_of_item(item, assets="model-metadata").files


def test_checkpoints_stay_out_unless_asked_for(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    item = write_run(tmp_path / "run")
    ready = model_of_item(item)
    assert ready.left_out == ("pytorch-checkpoint",)
    catalog.add(ready)
    assert not list(place.rglob("*.ckpt"))
    with pytest.raises(CatalogError, match="lies outside of") as error:
        model_of_item(item, assets="all")
    assert error.value.render(COMMAND).endswith("or allow a folder with --root")
    catalog.add(model_of_item(item, assets="all", root=tmp_path / "run"), overwrite=True)
    assert len(list(place.rglob("best.ckpt"))) == 1
    few = model_of_item(item, assets="requirements")
    assert few.files.keys() == {"onnx-model", "requirements"}
    with pytest.raises(CatalogError, match="has no asset 'nothing'"):
        model_of_item(item, assets="nothing")


def test_a_bare_model_gets_an_item(tmp_path: Path, catalog: StaticCatalog) -> None:
    path = write_model(tmp_path / "m.onnx")
    with pytest.raises(CampDetectorError, match="trained=DATE"):
        model_of_onnx(path)
    dated = write_model(tmp_path / "d.onnx", provenance={"date": "2026-11-24"})
    catalog.add(model_of_onnx(dated))
    entry = catalog.get("tiny-1.0")
    assert entry.bbox is None
    assert entry.item["geometry"] is None


def test_two_files_of_one_name_both_go_along(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    item = write_run(tmp_path / "run")
    (item.parent / "sub").mkdir()
    (item.parent / "sub" / "Requirements.TXT").write_bytes(b"another")
    fields = {"href": "./sub/Requirements.TXT", "roles": ["metadata"]}
    edit_assets(item.parent, lambda a: a.update(more=fields))
    catalog.add(model_of_item(item))
    texts = {p.read_bytes() for p in place.rglob("*") if p.name.lower().endswith("txt")}
    assert texts == {b"another", b"numpy==2.0\n"}


def test_a_folder_with_other_things_in_it_is_refused(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    place.mkdir()
    (place / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(CatalogError, match="holds other files"):
        catalog.add(ready_model_of(tmp_path / "a"))
    assert tree_of(place) == {"holiday.jpg": b"x"}


def test_a_catalogue_of_somebody_else_keeps_what_it_says(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    place.mkdir()
    other = {"rel": "child", "href": "./scenes/collection.json"}
    own = {"type": "Catalog", "id": "ours", "stac_version": "1.1.0", "description": "d"}
    (place / "catalog.json").write_text(json.dumps({**own, "links": [other]}))
    catalog.add(ready_model_of(tmp_path / "a"))
    root = json.loads((place / "catalog.json").read_text())
    assert root["id"] == "ours"
    assert [x["href"] for x in root["links"]] == [other["href"], "./models/collection.json"]
