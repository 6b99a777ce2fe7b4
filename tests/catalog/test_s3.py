"""A catalogue in a bucket of a real S3 service."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core import user_folders
from camp_detector_core.catalog import (
    CatalogError,
    UnreachableError,
    open_catalog,
    open_store,
)
from camp_detector_core.catalog.errors import ConflictError
from camp_detector_core.catalog.find import find_model
from camp_detector_core.catalog.stores import ABSENT
from camp_detector_core.model_file import open_model
from tests.support.catalogs import add_at_once, ready_model_of, write_run
from tests.support.models import tiny_spec
from tests.support.seaweed import Seaweed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COUNT = iter(range(1000))
SERVICE = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "MLFLOW_S3_ENDPOINT_URL", "AWS_ALLOW_HTTP")


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with Seaweed(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def url(s3: Seaweed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prefix of the test's own; the service is named as people do for MLflow."""
    for name, value in s3.env().items():
        monkeypatch.setenv(name, value)
    for name in SERVICE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", s3.endpoint)
    monkeypatch.setenv(user_folders.CACHE_VARIABLE, str(tmp_path / "downloads"))
    return f"s3://{s3.bucket}/models/{next(COUNT)}"


def keys(s3: Seaweed, url: str) -> dict[str, bytes]:
    client = s3.client()
    prefix = url.removeprefix(f"s3://{s3.bucket}/") + "/"
    objects = client.list_objects_v2(Bucket=s3.bucket, Prefix=prefix).get("Contents", [])
    return {
        o["Key"].removeprefix(prefix): client.get_object(Bucket=s3.bucket, Key=o["Key"])[
            "Body"
        ].read()
        for o in objects
    }


def test_models_go_in_and_come_out(s3: Seaweed, url: str, tmp_path: Path) -> None:
    catalog = open_catalog(url)
    assert catalog.items() == []
    ready = ready_model_of(tmp_path / "a", name="a")
    assert catalog.add(ready).changed
    before = keys(s3, url)
    assert not catalog.add(ready).changed
    assert keys(s3, url) == before
    assert {"catalog.json", "models.parquet", "models/collection.json"} < before.keys()
    home = f"models/a-1.0/{ready.revision}"
    for file in ready.files.values():
        assert before[f"{home}/{file.name}"] == file.source.read_bytes()
    catalog.add(ready_model_of(tmp_path / "b", name="b"))
    catalog.remove("a-1.0")
    assert [e.id for e in catalog.items()] == ["b-1.0"]
    assert not [k for k in keys(s3, url) if "a-1.0" in k]


def test_a_model_of_the_bucket_is_run_by_its_id(
    s3: Seaweed, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_catalog(url).add(ready_model_of(tmp_path / "a"))
    model = find_model("tiny-1.0", catalog=url)
    assert open_model(model.path).spec == tiny_spec()
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens there
    second = find_model("tiny-1.0", catalog=url)
    assert second.path == model.path
    assert "does not answer" in str(second.warning)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)  # this one goes before MLflow's
    assert find_model("tiny-1.0", catalog=url).warning is None


def test_a_model_that_is_replaced_while_it_is_fetched_is_fetched_anew(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from camp_detector_core.catalog.static import StaticCatalog

    open_catalog(url).add(ready_model_of(tmp_path / "a"))
    newer = ready_model_of(tmp_path / "b", description="newer")
    waiting = [newer]
    chunks = StaticCatalog.chunks

    def overtaken(self: StaticCatalog, entry: Any, asset: Any) -> Any:
        if waiting:
            open_catalog(url).add(waiting.pop(), overwrite=True)
        return chunks(self, entry, asset)

    monkeypatch.setattr(StaticCatalog, "chunks", overtaken)
    model = find_model("tiny-1.0", catalog=url)
    assert open_model(model.path).spec.description == "newer"


def test_a_list_that_shrinks_while_it_is_read_is_read_anew(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from camp_detector_core.catalog.static import StaticCatalog

    for name in ("a", "b"):
        open_catalog(url).add(ready_model_of(tmp_path / name, name=name))
    waiting = ["b-1.0"]
    read = StaticCatalog._entry

    def overtaken(self: StaticCatalog, path: str) -> Any:
        if waiting:
            open_catalog(url).remove(waiting.pop())
        return read(self, path)

    monkeypatch.setattr(StaticCatalog, "_entry", overtaken)
    assert [e.id for e in open_catalog(url).items()] == ["a-1.0"]


def test_other_content_is_refused_and_replaced_on_demand(
    s3: Seaweed, url: str, tmp_path: Path
) -> None:
    catalog = open_catalog(url)
    catalog.add(ready_model_of(tmp_path / "a"))
    before = keys(s3, url)
    other = ready_model_of(tmp_path / "b", picture=b"another")
    with pytest.raises(CatalogError, match="with other content already"):
        catalog.add(other)
    assert keys(s3, url) == before
    catalog.add(other, overwrite=True)
    after = keys(s3, url)
    assert [v for k, v in after.items() if k.endswith("matrix.png")] == [b"another"]


def test_many_who_add_at_once_lose_nothing(s3: Seaweed, url: str, tmp_path: Path) -> None:
    import rustac

    models = [ready_model_of(tmp_path / str(i), name=f"m{i}") for i in range(6)]
    assert add_at_once(lambda: open_catalog(url), models) == []
    assert [e.id for e in open_catalog(url).items()] == [p.id for p in models]
    table = tmp_path / "models.parquet"
    table.write_bytes(keys(s3, url)["models.parquet"])
    assert [f["id"] for f in rustac.read_sync(str(table))["features"]] == [p.id for p in models]


def test_the_table_holds_what_others_add_while_it_is_written(
    s3: Seaweed, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rustac

    from camp_detector_core.catalog import static

    first, second = (ready_model_of(tmp_path / name, name=name) for name in ("a", "b"))
    waiting = [second]
    write = static.table_of

    def overtaken(entries: list[Any]) -> bytes | None:
        written_table = write(entries)
        listed = [e.id for e in open_catalog(url).items()]
        if waiting and listed == ["a-1.0"]:
            open_catalog(url).add(waiting.pop())
        return written_table

    monkeypatch.setattr(static, "table_of", overtaken)
    open_catalog(url).add(first)
    table = tmp_path / "models.parquet"
    table.write_bytes(keys(s3, url)["models.parquet"])
    ids = [f["id"] for f in rustac.read_sync(str(table))["features"]]
    assert ids == ["a-1.0", "b-1.0"]


def test_of_two_who_add_other_content_under_one_id_one_is_told(url: str, tmp_path: Path) -> None:
    models = [ready_model_of(tmp_path / str(i), picture=str(i).encode()) for i in range(2)]
    outcomes: list[str] = []

    def add(ready: Any) -> None:
        try:
            open_catalog(url).add(ready)
        except CatalogError as error:
            outcomes.append(str(error))
        else:
            outcomes.append("added")

    threads = [threading.Thread(target=add, args=(p,)) for p in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("added") == 1
    model = find_model("tiny-1.0", catalog=url)
    assert open_model(model.path).spec == tiny_spec()


def test_only_the_version_that_was_read_is_replaced(url: str) -> None:
    store = open_store(url)
    store.put("a.json", b"1", expected=ABSENT)
    with pytest.raises(ConflictError):
        store.put("a.json", b"2", expected=ABSENT)
    version = store.read("a.json").version
    store.put("a.json", b"3", expected=version)
    with pytest.raises(ConflictError):
        store.put("a.json", b"4", expected=version)
    assert store.read("a.json").data == b"3"
    store.put("a.json", b"5")
    assert store.read("a.json").data == b"5"


@pytest.mark.parametrize("at", range(8))
def test_an_upload_that_ends_at_any_step_leaves_a_readable_catalogue(
    url: str, tmp_path: Path, at: int
) -> None:
    catalog = open_catalog(url)
    catalog.add(ready_model_of(tmp_path / "a", name="a"))
    dying: Any = open_catalog(url)
    left = at

    def ending(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return method(*args, **kwargs)

        return call

    for name in ("put", "put_file"):
        setattr(dying._store, name, ending(getattr(dying._store, name)))
    other = ready_model_of(tmp_path / "b", name="b")
    try:
        dying.add(other)
    except KeyboardInterrupt:
        ids = [e.id for e in catalog.items()]
        assert ids in (["a-1.0"], ["a-1.0", "b-1.0"])
        for name in ids:
            assert open_model(find_model(name, catalog=url).path).spec.id == name
    catalog.add(other)
    assert [e.id for e in catalog.items()] == ["a-1.0", "b-1.0"]


def test_what_is_wrong_with_the_service_is_told_plainly(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    catalog = open_catalog(url)
    catalog.add(ready_model_of(tmp_path / "a"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(CatalogError, match="access is denied; check AWS_ACCESS_KEY_ID"):
        open_catalog(url).items()
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="does not answer"):
        open_catalog(url).items()


def test_the_command_works_on_a_bucket(camp: Any, url: str, tmp_path: Path) -> None:
    item = write_run(tmp_path / "a")
    code, out, err = camp("catalog", "add", item, "--catalog", url)
    assert (code, err) == (0, "")
    assert out.startswith(f"tiny-1.0 added to {url}: 3 files")
    code, out, _ = camp("catalog", "list", "--catalog", url, "--json")
    assert [m["id"] for m in json.loads(out)] == ["tiny-1.0"]
    code, out, _ = camp("inspect", "tiny-1.0", "--catalog", url)
    assert (code, out.splitlines()[0]) == (0, "tiny, version 1.0")
