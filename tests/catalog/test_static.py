"""A catalogue in a folder: what is written, what a reader sees at any moment, what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog import CatalogError, UnknownModelError, open_catalog
from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.package import package_of_model, read_package
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.engine.errors import CampDetectorError, Cancelled
from camp_detector_core.packaging.model_file import open_model
from tests.support.catalogs import BOX, area_of, package_of, tree_of, write_run
from tests.support.models import tiny_spec, write_model

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "catalogue"


@pytest.fixture
def catalog(place: Path) -> StaticCatalog:
    return StaticCatalog(LocalStore(place))


def assert_whole(place: Path) -> set[str]:
    """Every listed model is there with files that are those of its item; gives the ids."""
    found = StaticCatalog(LocalStore(place)).items()
    for entry in found:
        item = place / entry.path
        assert open_model(item).spec.id == entry.id
        for asset in entry.assets:
            if asset.href.startswith("./"):
                file = item.parent / asset.href
                assert file.stat().st_size == asset.size
    return {e.id for e in found}


def test_what_is_added_is_listed_and_can_be_run(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    for name in ("b", "a"):
        assert catalog.add(package_of(tmp_path / name, name=name)).changed
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
        catalog.add(package_of(tmp_path / name, name=name))
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
    package = package_of(tmp_path / "a")
    catalog.add(package)
    before = tree_of(place)
    assert not catalog.add(package).changed
    assert tree_of(place) == before


def test_other_content_under_the_same_id_needs_overwrite(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    catalog.add(package_of(tmp_path / "a"))
    before = tree_of(place)
    other = package_of(tmp_path / "b", picture=b"another picture")
    with pytest.raises(CatalogError, match=r"with other content already.*--overwrite"):
        catalog.add(other)
    assert tree_of(place) == before
    assert catalog.add(other, overwrite=True).changed
    pictures = [p.read_bytes() for p in place.rglob("confusion_matrix.png")]
    assert pictures == [b"another picture"]
    assert_whole(place)


def test_a_model_that_is_removed_leaves_no_file(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    catalog.add(package_of(tmp_path / "a", name="a"))
    before = tree_of(place)
    catalog.add(package_of(tmp_path / "b", name="b"))
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


def test_checkpoints_stay_out_unless_asked_for(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    item = write_run(tmp_path / "run")
    package = read_package(item)
    assert package.left_out == ("pytorch-checkpoint",)
    catalog.add(package)
    assert not list(place.rglob("*.ckpt"))
    with pytest.raises(CatalogError, match=r"lies outside of .*--root"):
        read_package(item, assets="all")
    catalog.add(read_package(item, assets="all", root=tmp_path / "run"), overwrite=True)
    assert len(list(place.rglob("best.ckpt"))) == 1
    few = read_package(item, assets="requirements")
    assert few.files.keys() == {"onnx-model", "requirements"}
    with pytest.raises(CatalogError, match="has no asset 'nothing'"):
        read_package(item, assets="nothing")


def test_a_bare_model_gets_an_item(tmp_path: Path, catalog: StaticCatalog) -> None:
    path = write_model(tmp_path / "m.onnx")
    with pytest.raises(CampDetectorError, match="--trained DATE"):
        package_of_model(path)
    dated = write_model(tmp_path / "d.onnx", provenance={"date": "2026-11-24"})
    catalog.add(package_of_model(dated))
    entry = catalog.get("tiny-1.0")
    assert entry.bbox is None
    assert entry.item["geometry"] is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: (m / "confusion_matrix.png").write_bytes(b"other"), "is not the file"),
        (lambda m: (m / "confusion_matrix.png").unlink(), "is missing"),
        (lambda m: (m / "best_model.onnx").write_bytes(b"other"), "bytes and the item says"),
        (
            lambda m: edit(m, lambda a: a["confusion-matrix"].update(href="../../secret.png")),
            "lies outside of",
        ),
        (
            lambda m: edit(m, lambda a: a["confusion-matrix"].update(href="/etc/passwd")),
            "lies outside of",
        ),
        (
            lambda m: edit(m, lambda a: a["confusion-matrix"].update(href="file:///etc/passwd")),
            "lies outside of",
        ),
        (
            lambda m: edit(m, lambda a: a["requirements"].update({"file:checksum": "d50110ab"})),
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
        read_package(item)


def edit(meta: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = meta / "stac_item.json"
    item = json.loads(path.read_text())
    change(item["assets"])
    path.write_text(json.dumps(item))


@pytest.mark.parametrize("version", ["../../evil", "1/2", "1.0 beta", "a\\b", "x" * 200, "1.."])
def test_a_model_whose_id_is_no_folder_name_is_refused(tmp_path: Path, version: str) -> None:
    item = write_run(tmp_path / "run", version=version)
    with pytest.raises(CatalogError, match="cannot be the id of a model"):
        read_package(item)


def test_two_files_of_one_name_both_go_along(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    item = write_run(tmp_path / "run")
    (item.parent / "sub").mkdir()
    (item.parent / "sub" / "Requirements.TXT").write_bytes(b"another")
    fields = {"href": "./sub/Requirements.TXT", "roles": ["metadata"]}
    edit(item.parent, lambda a: a.update(more=fields))
    catalog.add(read_package(item))
    kept = {p.read_bytes() for p in place.rglob("*") if p.name.lower().endswith("txt")}
    assert kept == {b"another", b"numpy==2.0\n"}


def test_a_folder_with_other_things_in_it_is_refused(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    place.mkdir()
    (place / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(CatalogError, match="holds other files"):
        catalog.add(package_of(tmp_path / "a"))
    assert tree_of(place) == {"holiday.jpg": b"x"}


def test_a_catalogue_of_somebody_else_keeps_what_it_says(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    place.mkdir()
    other = {"rel": "child", "href": "./scenes/collection.json"}
    own = {"type": "Catalog", "id": "ours", "stac_version": "1.1.0", "description": "d"}
    (place / "catalog.json").write_text(json.dumps({**own, "links": [other]}))
    catalog.add(package_of(tmp_path / "a"))
    root = json.loads((place / "catalog.json").read_text())
    assert root["id"] == "ours"
    assert [x["href"] for x in root["links"]] == [other["href"], "./models/collection.json"]


# Crashes and crowds.


class Dying(LocalStore):
    """A store whose process ends at the n-th change."""

    def __init__(self, folder: Path, at: int) -> None:
        super().__init__(folder)
        self.left = at

    def _change(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def put(self, path: str, data: bytes, *, expected: str | None = None) -> None:
        self._change()
        super().put(path, data, expected=expected)

    def put_file(self, path: str, source: Path, step: Any) -> None:
        self._change()
        super().put_file(path, source, step)

    def delete(self, path: str) -> None:
        self._change()
        super().delete(path)


CHANGES: dict[str, Callable[[StaticCatalog, Any, Any], object]] = {
    "add": lambda c, other, _: c.add(other),
    "overwrite": lambda c, _, again: c.add(again, overwrite=True),
    "remove": lambda c, _, __: c.remove("tiny-1.0"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_that_ends_at_any_step_leaves_a_readable_catalogue(
    tmp_path: Path, what: str
) -> None:
    first, other = package_of(tmp_path / "a"), package_of(tmp_path / "b", name="other")
    again = package_of(tmp_path / "c", picture=b"another")
    for at in range(100):
        place = tmp_path / f"{what}{at}"
        StaticCatalog(LocalStore(place)).add(first)
        dying = Dying(place, at)
        try:
            CHANGES[what](StaticCatalog(dying), other, again)
        except KeyboardInterrupt:
            ids = assert_whole(place)
            assert ids <= {"tiny-1.0", "other-1.0"}
            assert ids >= {"tiny-1.0"} or what == "remove"
        else:
            break
        try:  # and the same command once more puts all in order
            CHANGES[what](StaticCatalog(LocalStore(place)), other, again)
        except UnknownModelError:
            assert what == "remove"
        assert_whole(place)
        assert not list(place.rglob(".part-*"))
    assert at >= 4, "the store was never asked to change anything"


def test_a_killed_process_leaves_a_readable_catalogue(tmp_path: Path, place: Path) -> None:
    first = write_run(tmp_path / "a", name="first")
    StaticCatalog(LocalStore(place)).add(read_package(first))
    code = (
        "import sys\n"
        "from camp_detector_core.catalog.local_store import LocalStore\n"
        "from camp_detector_core.catalog.package import read_package\n"
        "from camp_detector_core.catalog.static import StaticCatalog\n"
        "from pathlib import Path\n"
        "package = read_package(Path(sys.argv[1]))\n"
        "catalog = StaticCatalog(LocalStore(Path(sys.argv[2])))\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    catalog.add(package)\n"
        "    catalog.remove(package.id)\n"
    )
    second = write_run(tmp_path / "b", name="second")
    for wait in (0.05, 0.11, 0.23):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(second), str(place)],
            stdout=subprocess.PIPE, cwd=ROOT, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
        assert "first-1.0" in assert_whole(place)
    StaticCatalog(LocalStore(place)).add(read_package(second))
    assert assert_whole(place) == {"first-1.0", "second-1.0"}


def test_many_who_add_at_once_lose_nothing(tmp_path: Path, place: Path) -> None:
    packages = [package_of(tmp_path / str(i), name=f"m{i}") for i in range(6)]
    errors: list[BaseException] = []

    def add(package: Any) -> None:
        try:
            StaticCatalog(LocalStore(place)).add(package)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)

    threads = [threading.Thread(target=add, args=(p,)) for p in packages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert assert_whole(place) == {p.id for p in packages}


def test_who_waits_too_long_is_told(tmp_path: Path, place: Path) -> None:
    package = package_of(tmp_path / "a")
    with (
        LocalStore(place).changing(),
        pytest.raises(CatalogError, match="another command has been changing"),
    ):
        StaticCatalog(LocalStore(place, wait=0.3)).add(package)


def test_who_stops_leaves_the_catalogue_as_it_was(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    class Stop:
        def update(self, done: int, total: int) -> None:
            pass

        def cancelled(self) -> bool:
            return True

    catalog.add(package_of(tmp_path / "a", name="a"))
    before = tree_of(place)
    with pytest.raises(Cancelled):
        catalog.add(package_of(tmp_path / "b", name="b"), progress=Stop())
    left = {k: v for k, v in tree_of(place).items() if "/b-1.0/" not in k}
    assert left == before
    assert assert_whole(place) == {"a-1.0"}


# A stranger's catalogue.


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
    catalog.add(package_of(tmp_path / "a"))
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
    catalog.add(package_of(tmp_path / "a"))
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
    catalog.add(package_of(tmp_path / "a"))
    broken(place, path, change)
    with pytest.raises(CatalogError, match=message):
        catalog.items()


@pytest.mark.parametrize("data", [None, b"{", b'{"type": "Feature", "id": "x", "assets": {}}'])
def test_a_model_whose_item_is_lost_or_damaged_can_be_removed_or_added_again(
    tmp_path: Path, catalog: StaticCatalog, place: Path, data: bytes | None
) -> None:
    package = package_of(tmp_path / "a", name="a")
    catalog.add(package)
    catalog.add(package_of(tmp_path / "b", name="b"))
    item = place / "models/a-1.0/a-1.0.json"
    for repair in (
        lambda: catalog.remove("a-1.0"),
        lambda: catalog.add(package, overwrite=True),
    ):
        if data is None:
            item.unlink()
        else:
            item.write_bytes(data)
        with pytest.raises(CatalogError):
            catalog.items()
        repair()
        assert "b-1.0" in assert_whole(place)
        catalog.add(package)
        assert assert_whole(place) == {"a-1.0", "b-1.0"}


def test_json_without_end_is_not_read(tmp_path: Path, catalog: StaticCatalog, place: Path) -> None:
    catalog.add(package_of(tmp_path / "a"))
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
    with pytest.raises(CatalogError, match="--assets-to"):
        open_catalog("models", assets_to="elsewhere")


# The table.


def test_the_table_gives_all_items_back(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import rustac

    catalog.add(package_of(tmp_path / "a", name="a"))
    catalog.add(package_of(tmp_path / "b", name="b", area=area_of((10.0, 50.0, 10.1, 50.1))))
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    assert [r["id"] for r in rows] == ["a-1.0", "b-1.0"]
    for row, entry in zip(rows, catalog.items(), strict=True):
        for key, value in entry.properties.items():
            assert normal(row["properties"].get(key)) == normal(value), key
        assert list(row["bbox"]) == entry.item["bbox"]
        assert normal(row["geometry"]) == normal(entry.item["geometry"])
        hyper = row["properties"]["mlm:hyperparameters"]
        assert hyper["training.epochs"] == 5
        href = row["assets"]["onnx-model"]["href"]
        assert (place / href).is_file()
        assert row["assets"]["onnx-model"]["file:size"] == (place / href).stat().st_size
    catalog.remove("a-1.0")
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    assert [r["id"] for r in rows] == ["b-1.0"]


def test_models_that_say_the_same_in_other_kinds_share_a_table(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import rustac

    for name, values in {"a": [1, True, {"b": 2}, [1]], "b": ["x", 0.5, "c", ["y"]]}.items():
        item = write_run(tmp_path / name, name=name)
        plain = json.loads(item.read_text())
        for key, value in zip("klmn", values, strict=True):
            plain["properties"]["mlm:hyperparameters"][key] = value
        item.write_text(json.dumps(plain))
        catalog.add(read_package(item))
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    found = [[r["properties"]["mlm:hyperparameters"][k] for k in "klmn"] for r in rows]
    assert found == [["1", "true", '{"b": 2}', ["1"]], ["x", "0.5", "c", ["y"]]]
    assert rows[0]["properties"]["mlm:hyperparameters"]["training.epochs"] == 5


def normal(value: Any) -> Any:
    """Without nulls and empty objects, in one spelling: what a table may change."""
    if isinstance(value, dict):
        return {k: normal(v) for k, v in value.items() if v is not None and v != {}}
    if isinstance(value, (list, tuple)):
        return [normal(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.replace("+00:00", "Z") if isinstance(value, str) else value


def test_models_of_unknown_ground_are_not_in_the_table(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import rustac

    catalog.add(
        package_of_model(write_model(tmp_path / "m.onnx", provenance={"date": "2026-01-02"}))
    )
    assert not (place / "models.parquet").exists()
    catalog.add(package_of(tmp_path / "a", name="a"))
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    assert [r["id"] for r in rows] == ["a-1.0"]
    assert len(catalog.items()) == 2


def test_without_the_extra_nothing_is_written_and_the_remedy_is_told(
    tmp_path: Path, catalog: StaticCatalog, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = package_of(tmp_path / "a")
    monkeypatch.setitem(sys.modules, "rustac", None)
    with pytest.raises(CatalogError, match=r'pip install "camp-detector\[stac\]"'):
        catalog.add(package)
    assert not place.exists()
