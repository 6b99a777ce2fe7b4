"""A catalogue in Debian's PostgreSQL with PostGIS and PgSTAC, started here for real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camp_detector_core import user_folders
from camp_detector_core.catalog import CatalogError, UnknownModelError, open_catalog
from camp_detector_core.catalog.find import find_model
from camp_detector_core.catalog.ready_model import model_of_onnx
from camp_detector_core.model_file import open_model
from tests.support.catalogs import BOX, add_at_once, ready_model_of
from tests.support.models import tiny_spec, write_model
from tests.support.postgres import Postgres, has_postgis, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = iter(range(1000))


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if not has_postgis():
        pytest.skip("PostGIS is not installed: sudo apt-get install postgresql-15-postgis-3")
    with postgres() as running:
        yield running


@pytest.fixture
def url(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the test's own."""
    monkeypatch.setenv(user_folders.CACHE_VARIABLE, str(tmp_path / "downloads"))
    name = f"models{next(COUNT)}"
    server.create_database(name)
    return server.url(name)


def test_models_go_in_and_come_out(url: str, tmp_path: Path) -> None:
    catalog = open_catalog(url, assets_to=str(tmp_path / "files"))
    assert catalog.items() == []
    with pytest.raises(UnknownModelError, match="it is empty"):
        catalog.get("a-1.0")
    for name in ("b", "a"):
        assert catalog.add(ready_model_of(tmp_path / name, name=name)).changed
    assert [e.id for e in catalog.items()] == ["a-1.0", "b-1.0"]
    entry = catalog.get("a-1.0")
    assert entry.bbox == BOX
    assert entry.metrics == {"test.iou": 0.82, "test.f1": 0.66}
    assert entry.properties["mlm:hyperparameters"]["training.epochs"] == 5
    assert all(a.href.startswith(("file:///", "docker")) for a in entry.assets)
    catalog.remove("a-1.0")
    assert [e.id for e in catalog.items()] == ["b-1.0"]
    assert not list((tmp_path / "files").rglob("a-1.0/**/*.onnx"))
    assert list((tmp_path / "files").rglob("b-1.0/**/*.onnx"))
    with pytest.raises(UnknownModelError, match=r"near it: b-1\.0"):
        catalog.remove("a-1.0")


def test_the_same_again_changes_nothing_and_other_content_is_refused(
    url: str, tmp_path: Path
) -> None:
    catalog = open_catalog(url, assets_to=str(tmp_path / "files"))
    ready = ready_model_of(tmp_path / "a")
    catalog.add(ready)
    assert not catalog.add(ready).changed
    other = ready_model_of(tmp_path / "b", picture=b"another")
    with pytest.raises(CatalogError, match="with other content already"):
        catalog.add(other)
    assert catalog.add(other, overwrite=True).changed
    assert len(catalog.items()) == 1


def test_a_model_of_the_database_is_run_by_its_id(url: str, tmp_path: Path) -> None:
    catalog = open_catalog(url)  # the files stay where they are
    catalog.add(ready_model_of(tmp_path / "a"))
    model = find_model("tiny-1.0", catalog=url)
    assert open_model(model.path).spec == tiny_spec()
    assert model.path.is_relative_to(tmp_path / "downloads")


def test_searches_of_pgstac_find_the_model(url: str, tmp_path: Path) -> None:
    import json

    import psycopg

    open_catalog(url).add(ready_model_of(tmp_path / "a"))
    search = {"filter": {"op": "=", "args": [{"property": "mlm:name"}, "tiny"]}}
    with psycopg.connect(url) as db:
        db.execute("SET search_path TO pgstac, public")
        for query in (search, {"bbox": BOX}, {"collections": ["models"]}):
            features = db.execute("SELECT search(%s::jsonb)", (json.dumps(query),)).fetchone()[0]
            assert [f["id"] for f in features["features"]] == ["tiny-1.0"], query
        far = json.dumps({"bbox": [0, 0, 1, 1]})
        assert db.execute("SELECT search(%s::jsonb)", (far,)).fetchone()[0]["features"] == []


def test_many_who_add_at_once_lose_nothing(url: str, tmp_path: Path) -> None:
    models = [ready_model_of(tmp_path / str(i), name=f"m{i}") for i in range(4)]
    open_catalog(url).add(models[0])
    assert add_at_once(lambda: open_catalog(url), models) == []
    assert {e.id for e in open_catalog(url).items()} == {p.id for p in models}


def test_models_outlive_the_server(server: Postgres, url: str, tmp_path: Path) -> None:
    catalog = open_catalog(url)
    catalog.add(ready_model_of(tmp_path / "a"))
    before = catalog.get("tiny-1.0")
    server.kill()
    with pytest.raises(CatalogError, match="cannot be used"):
        catalog.items()
    server.start()
    assert catalog.get("tiny-1.0") == before


def test_wrong_passwords_and_databases_are_told_plainly(
    server: Postgres, url: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogError, match="password authentication failed") as error:
        open_catalog(url.replace(server.password, "wrong-one")).items()
    assert "wrong-one" not in str(error.value)
    with pytest.raises(CatalogError, match='"nowhere" does not exist'):
        open_catalog(server.url("nowhere")).items()
    model = write_model(tmp_path / "m.onnx", provenance={"date": "2026-01-02"})
    ready = model_of_onnx(model)
    with pytest.raises(CatalogError, match="takes no item without a geometry"):
        open_catalog(url).add(ready)


def test_without_the_extra_the_remedy_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypgstac", None)
    with pytest.raises(CatalogError, match=r'pip install "camp-detector\[pgstac\]"'):
        open_catalog(url).items()
