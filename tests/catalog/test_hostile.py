"""Untrusted files, on their way into a catalogue and in a catalogue of somebody else's."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog import CatalogError, UnknownModelError, open_catalog
from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.ready_model import model_of_item
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError
from tests.support.catalogs import assert_whole, edit_assets, ready_model_of, write_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def lead_to(meta: Path, href: str) -> None:
    edit_assets(meta, lambda assets: assets["confusion-matrix"].update(href=href))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: (m / "confusion_matrix.png").write_bytes(b"other"), "is not the file"),
        (lambda m: (m / "confusion_matrix.png").unlink(), "is missing"),
        (lambda m: (m / "best_model.onnx").write_bytes(b"other"), "bytes and the item says"),
        (
            lambda m: edit_assets(
                m, lambda a: a["confusion-matrix"].update(href="../../secret.png")
            ),
            "lies outside of",
        ),
        (
            lambda m: lead_to(m, "/etc/passwd"),
            "lies outside of",
        ),
        (
            lambda m: edit_assets(
                m, lambda a: a["confusion-matrix"].update(href="file:///etc/passwd")
            ),
            "lies outside of",
        ),
        (
            lambda m: edit_assets(
                m, lambda a: a["requirements"].update({"file:checksum": "d50110ab"})
            ),
            "not SHA-256",
        ),
    ],
)
def test_an_item_that_is_not_true_or_leads_away_is_refused(
    tmp_path: Path, change: Callable[[Path], object], message: str
) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    item = write_run(tmp_path / "run")
    change(item.parent)
    with pytest.raises(CampDetectorError, match=message):
        model_of_item(item)


@pytest.mark.parametrize("version", ["../../evil", "1/2", "1.0 beta", "a\\b", "x" * 200, "1.."])
def test_a_model_whose_id_is_no_folder_name_is_refused(tmp_path: Path, version: str) -> None:
    item = write_run(tmp_path / "run", version=version)
    with pytest.raises(CatalogError, match="cannot be the id of a model"):
        model_of_item(item)


def broken(place: Path, path: str, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads((place / path).read_text())
    change(value)
    (place / path).write_text(json.dumps(value))


@pytest.mark.parametrize(
    "href",
    ["../../secret.json", "/etc/passwd", "file:///etc/passwd", "https://e.org/x.json",
     "..%2f..%2fsecret.json", "a\\..\\b.json", "", None, 7],
)  # fmt: skip
def test_links_that_leave_the_catalogue_are_refused(
    tmp_path: Path, catalog: StaticCatalog, place: Path, href: Any
) -> None:
    (tmp_path / "secret.json").write_text('{"type": "Feature", "assets": {}}')
    catalog.add(ready_model_of(tmp_path / "a"))
    broken(
        place,
        "models/collection.json",
        lambda c: c["links"].append({"rel": "item", "href": href}),
    )
    with pytest.raises(CatalogError, match="does not lie in the catalogue"):
        catalog.items()


def test_links_on_disk_that_leave_the_catalogue_are_refused(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    catalog.add(ready_model_of(tmp_path / "a"))
    item = place / "models/tiny-1.0/tiny-1.0.json"
    outside = tmp_path / "outside.json"
    item.rename(outside)
    item.symlink_to(outside)
    with pytest.raises(CatalogError, match="leads out of the catalogue"):
        catalog.items()


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("models/tiny-1.0/tiny-1.0.json", lambda i: i.update(id="other"), "damaged"),
        ("models/tiny-1.0/tiny-1.0.json", lambda i: i.update(type="x"), "not a STAC item"),
        ("models/collection.json", lambda c: c.update(type="Catalog"), "not a STAC collection"),
        ("models/collection.json", lambda c: c.update(links=3), "not a STAC collection"),
        (
            "models/collection.json",
            lambda c: c["links"].extend([{"rel": "item", "href": "./x/x.json"}] * 10_001),
            "10000 at most",
        ),
        (
            "models/collection.json",
            lambda c: c["links"].append({"rel": "item", "href": "./x/x.json"}),
            "which is missing",
        ),
    ],
)
def test_a_catalogue_that_is_damaged_is_told_of(
    tmp_path: Path, place: Path, path: str, change: Any, message: str
) -> None:
    catalog = StaticCatalog(LocalStore(place))
    catalog.add(ready_model_of(tmp_path / "a"))
    broken(place, path, change)
    with pytest.raises(CatalogError, match=message):
        catalog.items()


@pytest.mark.parametrize("data", [None, b"{", b'{"type": "Feature", "id": "x", "assets": {}}'])
def test_a_model_whose_item_is_lost_or_damaged_can_be_removed_or_added_again(
    tmp_path: Path, catalog: StaticCatalog, place: Path, data: bytes | None
) -> None:
    ready = ready_model_of(tmp_path / "a", name="a")
    catalog.add(ready)
    catalog.add(ready_model_of(tmp_path / "b", name="b"))
    item = place / "models/a-1.0/a-1.0.json"
    for repair in (
        lambda: catalog.remove("a-1.0"),
        lambda: catalog.add(ready, overwrite=True),
    ):
        if data is None:
            item.unlink()
        else:
            item.write_bytes(data)
        with pytest.raises(CatalogError):
            catalog.items()
        repair()
        assert "b-1.0" in assert_whole(place)
        catalog.add(ready)
        assert assert_whole(place) == {"a-1.0", "b-1.0"}


def test_json_without_end_is_not_read(tmp_path: Path, catalog: StaticCatalog, place: Path) -> None:
    catalog.add(ready_model_of(tmp_path / "a"))
    with (place / "models/collection.json").open("wb") as stream:
        stream.truncate((16 << 20) + 1)
    with pytest.raises(CatalogError, match="larger than 16 MiB"):
        catalog.items()


def test_a_folder_without_catalogue_is_empty(catalog: StaticCatalog, place: Path) -> None:
    assert catalog.items() == []
    with pytest.raises(UnknownModelError, match="it is empty"):
        catalog.get("a")
    assert not place.exists()


def test_a_place_of_another_kind_is_refused() -> None:
    with pytest.raises(CatalogError, match="ftp"):
        open_catalog("ftp://example.org/models")
    with pytest.raises(CatalogError, match="assets_to") as error:
        open_catalog("models", assets_to="elsewhere")
    assert "--assets-to" in error.value.render(COMMAND)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "delete what is not needed there"), (errno.EROFS, "name another catalog")],
)
def test_a_disk_that_takes_nothing_is_told_of_with_a_remedy(
    catalog: StaticCatalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    remedy: str,
) -> None:
    place = tmp_path / "catalogue"
    ready = ready_model_of(tmp_path / "run")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CatalogError, match=f"{os.strerror(number)}.*{remedy}"):
        catalog.add(ready)
    monkeypatch.undo()
    assert [p.name for p in place.rglob("*")] == [".lock"]  # no empty folder, no part of a file
    assert catalog.items() == []
    assert catalog.add(ready).changed


def test_a_disk_that_fills_up_while_files_are_copied_keeps_none_of_them(
    catalog: StaticCatalog, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.add(ready_model_of(tmp_path / "a", name="a"))
    before = set(place.rglob("*"))
    copied = 0
    put_file = LocalStore.put_file

    def fill(store: LocalStore, path: str, source: Path, step: Any) -> None:
        nonlocal copied
        copied += 1
        if copied == 3:
            raise CatalogError(os.strerror(errno.ENOSPC))
        put_file(store, path, source, step)

    monkeypatch.setattr(LocalStore, "put_file", fill)
    with pytest.raises(CatalogError, match="No space"):
        catalog.add(ready_model_of(tmp_path / "b", name="b"))
    assert copied == 3
    assert set(place.rglob("*")) == before


def test_a_bucket_without_keys_says_which_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(CatalogError, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        open_catalog("s3://bucket/models").items()
