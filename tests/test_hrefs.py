"""References to files: written for every reader of RFC 3986, and read back as the same file."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given

from camp_detector_core.catalog import CatalogError, open_store
from camp_detector_core.catalog.ready_model import model_of_item
from camp_detector_core.esri.package_source import open_source
from camp_detector_core.model_file.hrefs import (
    HrefError,
    HrefFault,
    file_of_href,
    href_of,
    key_of_href,
    path_of_href,
    path_of_url,
    url_of_href,
)
from camp_detector_core.stac.validation import validate_item
from tests.support import stac_items
from tests.support.hostile import misreadings, stems

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names that Windows does not have")


@example("50%41")
@example("a#b?c;d")
@example("%2541")
@example("..;")
@given(stems())
def test_a_reference_leads_to_the_file_it_was_made_of(stem: str) -> None:
    name = f"{stem}.onnx"
    href = href_of(name)
    assert href.startswith("./")
    assert href.isascii()
    assert (
        unquote(urlsplit(urljoin("https://e.org/models/item.json", href)).path) == f"/models/{name}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for other in misreadings(name):
            with contextlib.suppress(OSError):
                Path(folder, other).touch()
        Path(folder, name).touch()
        assert path_of_href(href, Path(folder)) == Path(folder, name)
        url = Path(folder, name).as_uri()
        assert path_of_url(url) == str(Path(folder, name))


def test_a_name_that_another_program_wrote_as_it_is_is_read_too(tmp_path: Path) -> None:
    for name in ("a b.onnx", "a#b.onnx", "50%.onnx", "50%41.onnx"):
        (tmp_path / name).touch()
        assert path_of_href(f"./{name}", tmp_path) == tmp_path / name
    assert href_of("../a b/c.png") == "../a%20b/c.png"
    assert href_of("a/é+(1).png") == "./a/%C3%A9+(1).png"


@pytest.mark.parametrize("name", ["file:x", "http:", "s3:", "//[x", "a#b", "50%41", "postgresql:y"])
def test_a_folder_is_a_catalogue_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(f".{name}" if name.startswith("/") else name)
    folder.mkdir(parents=True)
    (folder / "catalog.json").write_text("{}")
    store = open_store(str(folder))
    assert b"".join(store.chunks("catalog.json")) == b"{}"
    assert b"".join(open_store(folder.resolve().as_uri()).chunks("catalog.json")) == b"{}"


@pytest.mark.parametrize(
    ("href", "fault"),
    [
        (None, HrefFault.MISSING),
        ("", HrefFault.MISSING),
        ("https://e.org/a.png", HrefFault.REMOTE),
        ("s3://bucket/a.png", HrefFault.REMOTE),
        ("http://[x", HrefFault.MALFORMED),
        ("a\0b", HrefFault.MALFORMED),
        ("a" * 400, HrefFault.MALFORMED),
        ("../secret.png", HrefFault.OUTSIDE),
        ("%2e%2e/secret.png", HrefFault.OUTSIDE),
        ("/etc/hostname", HrefFault.OUTSIDE),
        ("link.png", HrefFault.OUTSIDE),
        ("\\\\host\\a.png", HrefFault.OUTSIDE),
        ("%5C%5Chost%5Ca.png", HrefFault.OUTSIDE),
        ("//host/a.png", HrefFault.OUTSIDE),
        ("C%3A/a.png", HrefFault.OUTSIDE),
        ("file://host/a.png", HrefFault.OUTSIDE),
    ],
)
def test_an_href_that_leads_elsewhere_is_not_followed(
    tmp_path: Path, href: object, fault: HrefFault
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "secret.png").touch()
    (tmp_path / "home/link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(HrefError) as error:
        file_of_href(href, tmp_path / "home/item.json")
    assert error.value.fault is fault
    if href in {"../secret.png", "link.png"}:
        named = file_of_href(href, tmp_path / "home/item.json", [tmp_path])
        assert named.resolve() == tmp_path / "secret.png"


AWAY = [
    "\\\\host\\a.png",
    "\\\\?\\UNC\\host\\a.png",
    "//host/a.png",
    "Z:/a.png",
    *["%5C%5Chost%5Ca.png", "%2F%2Fhost/a.png", "Z%3A/a.png", "file://host/a.png"],
]
"""Hrefs that some reader once looked up before it knew where they lead."""


@pytest.mark.parametrize("href", AWAY)
def test_no_reader_of_items_looks_at_another_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, href: str
) -> None:
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    item = json.loads(path.read_text())
    item["assets"]["example-input"] = {"href": href, "roles": ["overview"], "type": "image/png"}
    rels = ("root", "parent", "collection", "item", "child")
    item["links"] += [{"rel": rel, "href": href} for rel in rels]
    path.write_text(json.dumps(item))
    looked: list[str] = []
    for name in ("exists", "is_dir", "is_file", "resolve", "stat"):
        before = getattr(type(path), name)

        def spy(seen: Path, *args: Any, _before: Any = before, **more: Any) -> Any:
            looked.append(str(seen))
            return _before(seen, *args, **more)

        monkeypatch.setattr(type(path), name, spy)
    assert open_source(path).example is None
    assert not validate_item(path).valid
    with pytest.raises(CatalogError, match=r"(lies|may lie) outside of"):
        model_of_item(path)
    assert looked
    assert not [seen for seen in looked if "host" in seen or "Z:" in seen]


@pytest.mark.parametrize("href", ["C:/data/x.png", "C:\\data\\x.png", "C%3A/data/x.png"])
def test_an_absolute_path_of_windows_is_called_so(tmp_path: Path, href: str) -> None:
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    item = json.loads(path.read_text())
    item["assets"]["picture"]["href"] = href
    path.write_text(json.dumps(item))
    with pytest.raises(CatalogError, match=r"has an absolute path, .*: make the hrefs .* relative"):
        model_of_item(path)


def test_hrefs_of_a_catalogue_stay_in_it() -> None:
    start, root = "models/a/a.json", "https://e.org/ours/catalog.json"
    assert key_of_href("./x%20y.onnx", start) == "models/a/x y.onnx"
    assert key_of_href("../../catalog.json", start) == "catalog.json"
    assert url_of_href("../x.json", "https://e.org/ours/a/b.json", root).endswith("/ours/x.json")
    for href in ("../../../x", "/x", "https://e.org/x", "a\\b", "a:b", "%2e%2e/%2e%2e/%2e%2e/x", 3):
        with pytest.raises(HrefError):
            key_of_href(href, start)
    for href in (
        "../../x",
        "//other.org/ours/x",
        "http://e.org/ours/x",
        "http://[x",
        "/ours/../x",
        "",
    ):
        with pytest.raises(HrefError):
            url_of_href(href, "https://e.org/ours/a/b.json", root)
