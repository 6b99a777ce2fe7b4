"""`detect --model ID`: a model by its id, from a folder, from the web, and when the web is gone."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core import user_folders
from camp_detector_core.catalog import CatalogError, UnknownModelError, UnreachableError
from camp_detector_core.catalog.find import find_model
from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.names import check_id, file_name, is_id, item_path, resolve
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.model_file import open_model
from tests.support.catalogs import ready_model_of
from tests.support.models import tiny_spec, write_model

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "tests" / "support" / "web.py"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A catalogue with the model tiny-1.0."""
    folder = tmp_path / "catalogue"
    StaticCatalog(LocalStore(folder)).add(ready_model_of(tmp_path / "run"))
    return folder


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "downloads"
    monkeypatch.setenv(user_folders.CACHE_VARIABLE, str(folder))
    monkeypatch.delenv(user_folders.CATALOG_VARIABLE, raising=False)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(WEB), str(folder)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def test_a_model_of_a_folder_is_opened_where_it_lies(place: Path, downloads: Path) -> None:
    model = find_model("tiny-1.0", catalog=str(place))
    assert model.path == place / "models/tiny-1.0/tiny-1.0.json"
    assert model.warning is None
    assert open_model(model.path).spec == tiny_spec()
    assert not downloads.exists()


def test_the_environment_names_the_catalogue(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(user_folders.CATALOG_VARIABLE, str(place))
    assert find_model("tiny-1.0").path.is_file()


def test_a_folder_needs_none_of_the_optional_libraries(place: Path) -> None:
    libraries = ["pystac", "stac_model", "rustac", "obstore", "pypgstac", "psycopg", "pydantic"]
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({libraries!r}))\n"
        "from camp_detector_core.cli import main\n"
        "main(sys.argv[1:])"
    )
    for command in (["inspect", "tiny-1.0"], ["catalog", "list"], ["catalog", "show", "tiny-1.0"]):
        result = subprocess.run(
            [sys.executable, "-c", code, *command, "--catalog", str(place)],
            capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert "tiny" in result.stdout


def test_files_go_before_ids(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_model(Path("tiny-1.0"))
    assert find_model("tiny-1.0", catalog=str(place)).path == Path("tiny-1.0")
    for name in ("gone.onnx", "gone.json", "some/folder", "../tiny-1.0"):
        assert find_model(name, catalog=str(place)).path == Path(name)


def test_an_unknown_id_is_answered_with_those_that_are_near(place: Path) -> None:
    with pytest.raises(UnknownModelError, match=r"neither a file nor .* near it: tiny-1\.0"):
        find_model("tini-1", catalog=str(place))


def test_a_model_of_the_web_is_fetched_once(place: Path, downloads: Path) -> None:
    calls: list[tuple[int, int]] = []

    class Watch:
        def update(self, count: int, total: int) -> None:
            calls.append((count, total))

        def cancelled(self) -> bool:
            return False

    with served(place) as url:
        model_file = find_model("tiny-1.0", catalog=url, progress=Watch())
        size = len(open_model(model_file.path).onnx)
        assert calls[-1] == (size, size)
        times = {p: p.stat().st_mtime_ns for p in downloads.rglob("*") if p.is_file()}
        calls.clear()
        assert find_model("tiny-1.0", catalog=url, progress=Watch()).path == model_file.path
        assert calls == []
        assert {p: p.stat().st_mtime_ns for p in downloads.rglob("*") if p.is_file()} == times
    model = next(p for p in times if p.suffix == ".onnx")
    assert open_model(model_file.path).spec == tiny_spec()
    second = find_model("tiny-1.0", catalog=url)  # nobody serves it any more
    assert second.path == model_file.path
    assert second.warning is not None
    assert "as fetched before" in second.warning
    model.write_bytes(b"damaged")
    with pytest.raises(UnreachableError):
        find_model("tiny-1.0", catalog=url)


def test_a_damaged_download_is_fetched_again(place: Path, downloads: Path) -> None:
    with served(place) as url:
        find_model("tiny-1.0", catalog=url)
        (model,) = downloads.rglob("*.onnx")
        whole = model.read_bytes()
        model.write_bytes(whole[:100])
        find_model("tiny-1.0", catalog=url)
        assert model.read_bytes() == whole


def change_model(place: Path, **fields: Any) -> None:
    path = place / "models/tiny-1.0/tiny-1.0.json"
    item = json.loads(path.read_text())
    for key, value in fields.items():
        item["assets"]["onnx-model"][key.replace("__", ":")] = value
    path.write_text(json.dumps({k: v for k, v in item.items() if v is not None}))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file__checksum": "1220" + "0" * 64}, "not the file that its item describes"),
        ({"file__size": 10}, "not the file that its item describes"),
        ({"file__size": 1 << 40}, "which no model here has"),
        ({"file__checksum": None}, "gives no checksum"),
        ({"href": "../../../../secret.onnx"}, "does not lie in the catalogue"),
        ({"href": "http://127.0.0.1:9/m.onnx"}, "does not lie in the catalogue"),
        ({"href": "file:///secret.onnx"}, "does not lie in the catalogue"),
        ({"href": "./gone.onnx"}, "is missing"),
        ({"roles": ["data"]}, "has 0 ONNX assets"),
    ],
)
def test_a_download_that_cannot_be_trusted_is_refused(
    place: Path, downloads: Path, fields: dict[str, Any], message: str
) -> None:
    change_model(place, **fields)
    with served(place) as url, pytest.raises(CatalogError, match=message):
        find_model("tiny-1.0", catalog=url)
    assert [p for p in downloads.rglob("*") if p.is_file()] == []


def test_the_web_is_only_read(place: Path, tmp_path: Path) -> None:
    from camp_detector_core.catalog import open_catalog

    with served(place) as url:
        catalog = open_catalog(url + "/catalog.json")
        assert [e.id for e in catalog.items()] == ["tiny-1.0"]
        with pytest.raises(CatalogError, match="can only be read"):
            catalog.add(ready_model_of(tmp_path / "b", name="b"))
        with pytest.raises(CatalogError, match="can only be read"):
            catalog.check_known("b-1.0")


def test_passwords_in_addresses_are_not_shown() -> None:
    from camp_detector_core.catalog import open_catalog

    for url in ("http://ann:secret@127.0.0.1:9/x", "postgresql://ann:secret@127.0.0.1:9/x"):
        catalog = open_catalog(url)
        assert "secret" not in catalog.location
        with pytest.raises(UnreachableError) as error:
            catalog.items()
        assert "secret" not in str(error.value)


@pytest.mark.parametrize("words", [["--help"], ["add", "--help"], ["list", "--help"]])
def test_help_loads_none_of_the_libraries(words: list[str]) -> None:
    code = (
        "import sys\n"
        "from camp_detector_core.cli import main\n"
        "try:\n    main(['catalog', *sys.argv[1:]])\n"
        "except SystemExit:\n"
        "    heavy = {'pystac', 'rustac', 'obstore', 'pypgstac', 'psycopg', 'onnxruntime'}\n"
        "    sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (result.returncode, result.stderr) == (0, "")


@given(st.text(max_size=40))
def test_an_id_is_one_harmless_name(text: str) -> None:
    if is_id(text):
        assert Path(text).name == text
        assert Path(item_path(check_id(text))).parts == ("models", text, f"{text}.json")
    else:
        with pytest.raises(CatalogError):
            check_id(text)


@given(st.text(max_size=60) | st.sampled_from(["..", "a/..", "con", "../x", "a\\b", ".", "/"]))
def test_a_file_name_is_one_harmless_name(href: str) -> None:
    try:
        name = file_name(href)
    except ValueError:  # urlsplit refuses half an IPv6 address
        return
    assert Path(name).name == name
    assert not name.startswith(".")
    assert name.isascii()


PARTS = st.sampled_from(["..", ".", "a", "b.json", "", "%2e%2e", "%2F", "c d"])


@given(st.lists(PARTS, max_size=8).map("/".join))
def test_a_resolved_href_stays_inside(href: str) -> None:
    try:
        path = resolve(href, "models/x/x.json")
    except CatalogError:
        return
    root = Path("/models/of/somebody")
    assert Path(f"{root}/{path}").resolve().is_relative_to(root)


@pytest.mark.parametrize("href", ["a.json:stream", "./b/c:d", "a%3Ab", "a\\\\b", "a%5Cb", "a%00b"])
def test_what_is_no_plain_path_on_every_system_is_refused(href: str) -> None:
    with pytest.raises(CatalogError, match="does not lie in the catalogue"):
        resolve(href, "models/x/x.json")


def test_the_places_follow_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(user_folders.CACHE_VARIABLE)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # ignored, as its specification says
    assert user_folders.default_catalog() == tmp_path / "data/camp-detector/catalog"
    assert user_folders.cache_folder() == tmp_path / ".cache/camp-detector"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_folders.default_catalog() == (
        tmp_path / "Library/Application Support/camp-detector/catalog"
    )
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert user_folders.default_catalog() == tmp_path / "local/camp-detector/catalog"
