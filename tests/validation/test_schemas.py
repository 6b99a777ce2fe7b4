"""Schemas: found by the names of their files, fetched only when asked, and never passed unseen."""

from __future__ import annotations

import io
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.stac.validation import SchemaStore, schema_cache, validate_item
from camp_detector_core.stac.validation import fetch as fetching
from camp_detector_core.stac.validation.schemas import (
    MAX_BYTES,
    SchemaError,
    as_schema,
    names_of,
    references,
)
from tests.support import stac_items

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = "https://stac-extensions.github.io/own/v1.0.0/schema.json"
PART = "https://stac-extensions.github.io/part/v2.0.0/schema.json"
DRAFT = "http://json-schema.org/draft-07/schema#"


def own_schemas() -> dict[str, dict[str, Any]]:
    """A schema of an extension that refers to another, both with an ``$id`` that is wrong."""
    own = {
        "$schema": DRAFT,
        "$id": "https://stac-extensions.github.io/own/v0.0.1/schema.json#",
        "properties": {"properties": {"properties": {"own:size": {"$ref": f"{PART}#/size"}}}},
    }
    part = {"$schema": DRAFT, "$id": OWN, "size": {"type": "integer"}}
    return {OWN: own, PART: part}


def own_item(folder: Path, size: object) -> Path:
    item = stac_items.good_item(folder)
    item["stac_extensions"].append(OWN)
    item["properties"]["own:size"] = size
    return stac_items.write(item, folder)


def server(texts: dict[str, dict[str, Any]], requests: list[str]) -> Callable[[str], bytes]:
    """Return a function that answers with these schemas, and remembers the requests."""

    def get(uri: str) -> bytes:
        requests.append(uri)
        if uri not in texts:
            msg = f"{uri} cannot be fetched"
            raise SchemaError(msg)
        return json.dumps(texts[uri]).encode()

    return get


def test_schemas_of_a_folder_are_used_under_the_uri_of_their_name(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    (folder / "stac-extensions.github.io/part/v2.0.0").mkdir(parents=True)
    texts = own_schemas()
    (folder / "own-v1.0.0.json").write_text(json.dumps(texts[OWN]))
    path = own_item(tmp_path, 5)
    report = validate_item(path, schemas=folder)
    assert "own v1.0.0" not in report.passed
    assert any(f"(it needs {PART})" in n.message for n in report.of("not checked"))
    target = folder / "stac-extensions.github.io/part/v2.0.0/schema.json"
    target.write_text(json.dumps(texts[PART]))
    report = validate_item(path, schemas=folder)
    assert "own v1.0.0" in report.passed
    report = validate_item(own_item(tmp_path, "large"), schemas=folder)
    assert "own v1.0.0" not in report.passed
    (problem,) = report.of("problem")
    assert problem.path == "properties.own:size"
    assert "'large' is not of type integer" in problem.message


def test_what_is_no_schema_is_not_checked_and_not_passed(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"type": "object"}', json.dumps({"$schema": DRAFT, "type": 5})):
        (tmp_path / "own-v1.0.0.json").write_text(text)
        report = validate_item(own_item(tmp_path, 5), schemas=tmp_path)
        assert report.valid
        assert "own v1.0.0" not in report.passed
        assert any(OWN in note.message for note in report.of("not checked")), text


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.org/../../etc/passwd",
        "https://example.org/%2e%2e/x.json",
        "file:///etc/passwd",
        "http://stac-extensions.github.io/mlm/v1.5.2/schema.json",
        "https://example.org/a//x.json",
        "https://user:password@example.org/x.json",
        "https://example.org/a\\..\\b",
        "mlm",
        "",
    ],
)
def test_an_item_names_no_file_outside_of_the_folders_of_schemas(uri: str) -> None:
    assert names_of(uri) == []


def test_files_may_be_named_in_short_or_like_the_path_of_the_uri() -> None:
    names = ["mlm-v1.5.2.json", "stac-extensions.github.io/mlm/v1.5.2/schema.json"]
    assert names_of(stac_items.MLM) == [*names, "mlm/v1.5.2/schema.json"]


def test_a_schema_finds_what_it_refers_to_by_paths_of_its_own_uri() -> None:
    schema = {"$schema": DRAFT, "a": [{"$ref": "part.json#/x"}, {"$ref": "#/y"}]}
    urls = list(references(schema, "https://example.org/a/main.json"))
    assert urls == ["https://example.org/a/part.json"]


def test_fetching_fills_the_cache_with_all_that_is_referred_to(cache: Path, tmp_path: Path) -> None:
    requests: list[str] = []
    get = server(own_schemas(), requests)
    store = SchemaStore((cache,))
    fetched, errors = fetching.fetch_schemas([OWN], store, cache, get=get)
    assert (fetched, errors) == ([OWN, PART], [])
    assert sorted(p.name for p in cache.iterdir()) == ["own-v1.0.0.json", "part-v2.0.0.json"]
    assert "own v1.0.0" in validate_item(own_item(tmp_path, 5)).passed
    assert fetching.fetch_schemas([OWN], store, cache, get=get) == ([], [])
    assert requests == [OWN, PART]


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"a": NaN}', b"{}", b"\xff\xfe"])
def test_an_answer_that_is_no_schema_is_not_kept(cache: Path, answer: bytes) -> None:
    fetched, errors = fetching.fetch_schemas(
        [OWN], SchemaStore((cache,)), cache, get=lambda _: answer
    )
    assert fetched == []
    assert len(errors) == 1
    assert not cache.exists()


def test_a_schema_of_another_host_is_not_fetched_and_the_option_for_it_is_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = "https://example.org/own/v1.0.0/schema.json"
    monkeypatch.setattr(fetching.fetch_schemas, "__kwdefaults__", {"get": refuse_other_hosts})
    item = stac_items.good_item(tmp_path)
    item["stac_extensions"].append(uri)
    report = validate_item(stac_items.write(item, tmp_path), fetch=True)
    (line,) = [line for line in report.lines(COMMAND) if f"{uri!a} is not fetched" in line]
    assert line.endswith("; put others into a folder and name it with --schemas")
    assert ";;" not in line
    assert "; ;" not in line


def refuse_other_hosts(uri: str) -> bytes:
    """Refuse as `download` does, and answer nothing else."""
    fetching.require_host(uri)
    msg = f"{uri} cannot be fetched"
    raise SchemaError(msg)


def test_a_cache_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    cache = tmp_path / "file" / "schemas"
    get = server(own_schemas(), [])
    fetched, errors = fetching.fetch_schemas([OWN], SchemaStore((cache,)), cache, get=get)
    assert fetched == []
    assert "cannot be written" in str(errors[0])


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.org/mlm/v1.5.2/schema.json",
        "http://stac-extensions.github.io/mlm/v1.5.2/schema.json",
        "https://stac-extensions.github.io@example.org/schema.json",
        "https://stac-extensions.github.io:8443/schema.json",
        "https://127.0.0.1/schema.json",
        "file:///etc/passwd",
        "https://[x",
    ],
)
def test_an_item_does_not_choose_whom_this_computer_asks(uri: str) -> None:
    with pytest.raises(SchemaError, match="is not fetched"):
        fetching.download(uri)
    with pytest.raises(SchemaError, match="is not fetched"):
        fetching.require_host(uri)


def test_offline_fetching_is_one_clear_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError(-3, "Temporary failure in name resolution")

    monkeypatch.setattr("socket.getaddrinfo", away)
    monkeypatch.setenv("no_proxy", "*")
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    report = validate_item(path, fetch=True)
    assert report.valid
    notes = [n.message for n in report.of("not checked") if "cannot be fetched" in n.message]
    assert len(notes) == 3
    assert all("name resolution" in note for note in notes)


def test_a_refusing_server_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.HTTPError(OWN, 404, "Not Found", None, None)  # type: ignore[arg-type]

    monkeypatch.setattr("urllib.request.OpenerDirector.open", refuse)
    with pytest.raises(SchemaError, match="the server answers 404"):
        fetching.download(OWN)


def test_a_redirection_to_another_host_is_not_followed() -> None:
    request = urllib.request.Request(OWN)
    handler = fetching._SameHosts()
    for other_url in ("https://127.0.0.1/x.json", "http://geojson.org/schema/Feature.json"):
        with pytest.raises(SchemaError, match="is not fetched"):
            handler.redirect_request(request, io.BytesIO(), 302, "Found", {}, other_url)
    same = handler.redirect_request(request, io.BytesIO(), 302, "Found", {}, PART)
    assert same is not None
    assert same.full_url == PART


def test_an_answer_without_end_is_not_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= MAX_BYTES + 1
            return b"x" * size

    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda *_, **__: Endless())
    with pytest.raises(SchemaError, match="larger than 4 MiB"):
        fetching.download(OWN)


def test_the_cache_lies_where_the_platform_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert schema_cache() == Path(os.environ["CAMP_DETECTOR_CACHE"]) / "schemas"
    monkeypatch.delenv("CAMP_DETECTOR_CACHE")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    places = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        places[platform] = schema_cache().relative_to(tmp_path).as_posix()
    assert places == {
        "linux": "xdg/camp-detector/schemas",
        "darwin": "Library/Caches/camp-detector/schemas",
        "win32": "local/camp-detector/cache/schemas",
    }
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert schema_cache() == tmp_path / ".cache/camp-detector/schemas"


def test_a_schema_is_known_by_its_uri_and_not_by_its_id() -> None:
    text = json.dumps({"$schema": DRAFT, "$id": PART}).encode()
    assert as_schema(text, OWN, "x")["$id"] == OWN


# With the published schemas.


@pytest.mark.parametrize("version", ["v1.5.0", "v1.5.1", "v1.5.2"])
def test_the_good_item_passes_the_published_schemas(
    tmp_path: Path, schemas: Path, version: str
) -> None:
    item = stac_items.good_item(tmp_path)
    item["stac_extensions"] = [
        stac_items.URI.format(f"mlm/{version}"), stac_items.FILE, stac_items.CLASSES,
        stac_items.PROCESSING,
    ]  # fmt: skip
    item["properties"]["processing:software"] = {"camp-detector": "1"}
    report = validate_item(stac_items.write(item, tmp_path), schemas=schemas)
    assert report.lines()[:-1] == []
    extensions = {f"mlm {version}", "file v2.1.0", "classification v1.1.0", "processing v1.1.0"}
    assert extensions | {"STAC core 1.1.0"} < set(report.passed)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("mlm:framework_version", "two", "'two' does not match"),
        ("mlm:total_parameters", -1, "-1 is below 0"),
        ("mlm:nonsense", 1, "mlm:nonsense"),
        ("mlm:accelerator_count", "2", "'2' is not of type integer"),
        ("mlm:tasks", ["painting"], "'painting' is none of regression"),
    ],
)
def test_what_the_published_schema_of_mlm_rejects_is_named(
    tmp_path: Path, schemas: Path, field: str, value: object, words: str
) -> None:
    item = stac_items.good_item(tmp_path)
    item["properties"][field] = value
    report = validate_item(stac_items.write(item, tmp_path), schemas=schemas)
    problems = [str(n) for n in report.of("problem") if "mlm v1.5.2: " in n.message]
    assert any(words in line for line in problems), report.lines()
    assert "mlm v1.5.2" not in report.passed


def test_the_earlier_systems_item_fails_core_and_mlm(tmp_path: Path, schemas: Path) -> None:
    path = stac_items.write(stac_items.faulty_item(tmp_path), tmp_path)
    report = validate_item(path, schemas=schemas)
    assert not report.valid
    assert not {"STAC core 1.1.0", "mlm v1.5.0"} & set(report.passed)
