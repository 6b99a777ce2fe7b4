"""References to files: written for every reader of RFC 3986, and read back as the same file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given

from camp_detector_core.catalog import open_store
from camp_detector_core.model_file.hrefs import href_of, path_of_href, path_of_url
from tests.support.hostile import misreadings, stems

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names that Windows does not have")


@example("50%41")
@example("a#b?c;d")
@example("%2541")
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
