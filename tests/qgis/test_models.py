"""Models in a real QGIS: bundled, added, in folders, out of catalogues."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import shutil
import threading
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.esri.dlpk import create_dlpk
from camp_detector_core.model_file import default_model_path, open_model
from tests.support.catalogs import ready_model_of, write_run
from tests.support.models import STARTER, write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.qgis.conftest import Qgis


@pytest.fixture
def do(fresh_qgis: Qgis) -> Callable[..., list[Any]]:
    """Do steps in one QGIS; gives what came of each."""

    def steps(*requests: list[Any]) -> list[Any]:
        request = [[a[0], *map(_plain, a[1:])] for a in requests]
        answers = fresh_qgis.python("models_child.py", request)
        assert isinstance(answers, list)
        return [f.get("ok", f) for f in answers]

    return steps


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def test_the_starter_model_is_there_and_is_the_default(do: Any) -> None:
    models, default, size = do(["models"], ["default"], ["read", STARTER])
    starter = open_model(default_model_path())
    assert [m["id"] for m in models] == [starter.spec.id]
    assert default["sha256"] == starter.sha256
    assert default["origin"] == "bundled"
    assert size == len(starter.onnx)
    accuracy = dict(default["accuracy"])
    assert accuracy["test dwellings"].startswith("284 found where there are 293, precision 0.665")
    assert accuracy["test pixels"].endswith("f1 0.9007")


def test_models_are_added_from_each_kind_of_file_and_removed(do: Any, tmp_path: Path) -> None:
    onnx = write_model(tmp_path / "plain.onnx", name="plain")
    item = write_run(tmp_path / "run", name="told")
    package = tmp_path / "packed.dlpk"
    create_dlpk(write_model(tmp_path / "packed.onnx", name="packed"), package, kind="detect")
    with zipfile.ZipFile(package) as archive:
        assert any(name.endswith(".py") for name in archive.namelist())
    plain, described, packed, stored, models, left = do(
        ["add", onnx], ["add", item], ["add", package], ["stored"], ["models"],
        ["remove", "plain-1.0"],
    )  # fmt: skip
    assert plain["sha256"] == hashlib.sha256(onnx.read_bytes()).hexdigest()
    assert described["area"]["type"] == "Polygon"
    assert described["accuracy"] == [["test", "f1 0.66, iou 0.82"]]
    assert described["source"] == str(item)
    assert packed["id"] == "packed-1.0"
    # No code and nothing else of a package is kept: the network and what is known of it.
    assert set(stored) == {"about.json", "model.onnx"}
    assert {m["id"] for m in models} >= {"plain-1.0", "told-1.0", "packed-1.0"}
    assert len(left) == 2
    assert onnx.exists()


def test_a_model_that_was_changed_after_it_was_added_is_refused(
    fresh_qgis: Qgis, tmp_path: Path
) -> None:
    onnx = write_model(tmp_path / "plain.onnx", name="plain")
    (added,) = fresh_qgis.python("models_child.py", [["add", str(onnx)]])
    other = write_model(tmp_path / "other.onnx", name="other")
    shutil.copyfile(other, added["ok"]["path"])
    (read,) = fresh_qgis.python("models_child.py", [["read", added["ok"]["sha256"]]])
    assert "its checksum differs" in read["error"]
    assert "remove the model and add it again" in read["error"]


def test_files_that_are_no_model_are_refused_in_one_sentence(do: Any, tmp_path: Path) -> None:
    text = tmp_path / "text.onnx"
    text.write_text("no model", encoding="utf-8")
    item = write_run(tmp_path / "run", name="told")
    content = json.loads(item.read_text(encoding="utf-8"))
    asset = content["assets"]["onnx-model"]
    wrong = item.with_name("wrong.json")
    wrong.write_text(
        json.dumps({**content, "assets": {"m": {**asset, "file:checksum": "1220" + "0" * 64}}}),
        encoding="utf-8",
    )
    write_model(tmp_path / "outside.onnx", name="outside")
    leading = item.with_name("leading.json")
    leading.write_text(
        json.dumps({**content, "assets": {"m": {**asset, "href": "../../outside.onnx"}}}),
        encoding="utf-8",
    )
    evil = tmp_path / "evil.dlpk"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("evil.emd", json.dumps({"ModelFile": "../outside.onnx"}))
        archive.writestr("../outside.onnx", b"x")
    refused = do(["add", text], ["add", wrong], ["add", leading], ["add", evil], ["models"])
    assert "is not an ONNX model" in refused[0]["error"]
    assert "checksum" in refused[1]["error"]
    assert "leads to no .onnx file in the item's folder" in refused[2]["error"]
    assert "does not lie in the package" in refused[3]["error"]
    assert len(refused[4]) == 1


def test_folders_of_the_user_are_looked_through_and_left_alone(do: Any, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    item = write_run(folder / "run", name="told")
    write_model(folder / "plain.onnx", name="plain")
    (folder / "broken.onnx").write_bytes(b"broken")
    before = sorted(folder.rglob("*"))
    models, preferred, selected, removed = do(
        ["folders", folder, item.parent], ["prefer", "plain-1.0"], ["find", "plain-1.0"],
        ["remove", "plain-1.0"],
    )  # fmt: skip
    assert [m["id"] for m in models if m["origin"] == "folder"] == ["plain-1.0", "told-1.0"]
    # The item tells more than the network, so it is the item that is listed.
    assert [m["area"]["type"] for m in models if m["id"] == "told-1.0"] == ["Polygon"]
    assert preferred["id"] == selected["id"] == "plain-1.0"
    assert "was not added here" in removed["error"]
    assert sorted(folder.rglob("*")) == before


def test_files_that_are_no_model_are_read_once(do: Any, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    item = write_run(folder, name="told")
    for name in ("first.json", "second.onnx", "third.dlpk"):
        (folder / name).write_text('{"type": "FeatureCollection"}', encoding="utf-8")
    first, second, changed = do(
        ["models_of_folder", folder],
        ["models_of_folder", folder],
        ["models_of_folder", folder, folder / "first.json"],
    )
    assert {Path(p).name for p in first} > {"first.json", "second.onnx", "third.dlpk", item.name}
    assert second == []
    assert {Path(p).name for p in changed} == {"first.json"}


def test_models_of_one_name_are_told_apart(do: Any, tmp_path: Path) -> None:
    first = write_model(tmp_path / "first.onnx", name="same")
    second = write_model(tmp_path / "second.onnx", name="same", threshold=0.7)
    alone, other, models, mixed, byname, prefer, old, removed, left = do(
        ["add", first], ["add", second], ["models"], ["find", "same-1.0"],
        ["read_by_each_name"], ["prefer_each"], ["prefer", "same-1.0"],
        ["remove", open_model(second).sha256], ["default"],
    )  # fmt: skip
    assert alone["sha256"] != other["sha256"]
    checksums = {m["id"]: m["sha256"] for m in models if m["id"].startswith("same")}
    assert checksums == {f"same-1.0 ({m['sha256'][:12]})": m["sha256"] for m in (alone, other)}
    # The bare name, as it stands in scripts, is the preferred one, or the first.
    assert mixed["sha256"] == models[1]["sha256"]
    # Each name gives the model that it stands for, in algorithms and as the preferred one.
    assert byname == prefer == [[m["sha256"]] * 2 for m in models]
    assert old["sha256"] == models[1]["sha256"]
    assert isinstance(removed, list)
    assert left["id"] == "same-1.0"
    assert left["sha256"] == alone["sha256"]


# Catalogues.


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of two models, as ``camp-detector catalog`` makes it; its folder."""
    place = tmp_path_factory.mktemp("catalogue")
    catalog = StaticCatalog(LocalStore(place))
    for name in ("first", "second"):
        catalog.add(ready_model_of(tmp_path_factory.mktemp(name), name=name))
    return place


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder, and remembers what it was asked for."""

    def __init__(self, folder: Path, *, slow: bool) -> None:
        self.requests: list[str] = []
        self.leads: dict[str, str] = {}
        self.slow = slow
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Address of the catalogue."""
        return f"http://127.0.0.1:{self.server_port}/catalog.json"


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.requests.append(self.path)
        if self.path in self.server.leads:
            self.send_response(302)
            self.send_header("Location", self.server.leads[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.server.slow and self.path.endswith(".onnx"):
            data = Path(self.translate_path(self.path)).read_bytes() * 200
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            step = len(data) // 50
            try:
                for i in range(0, len(data), step):
                    self.wfile.write(data[i : i + step])
                    time.sleep(0.1)
            except (BrokenPipeError, ConnectionResetError):
                self.server.requests.append("gone")
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Serve folders."""
    running: list[Server] = []

    def start(folder: Path, *, slow: bool = False) -> Server:
        running.append(Server(folder, slow=slow))
        return running[-1]

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_a_model_is_taken_out_of_a_catalogue_on_the_web(
    do: Any, catalogue: Path, serve: Callable[..., Server]
) -> None:
    server = serve(catalogue)
    idle, content, model, models = do(
        ["models"], ["catalogue", server.url], ["take", server.url, 1], ["models"]
    )
    assert len(idle) == 1
    assert [o[0] for o in content["offers"]] == ["first-1.0", "second-1.0"]
    assert content["left_out"] == []
    (expected,) = catalogue.glob("models/second-1.0/*/best_model.onnx")
    assert model["sha256"] == hashlib.sha256(expected.read_bytes()).hexdigest()
    assert model["area"]["type"] == "Polygon"
    assert model["id"] in {m["id"] for m in models}
    # Looking fetches descriptions alone; one network is fetched when it is asked for.
    assert [p for p in server.requests if p.endswith(".onnx")] == [
        "/" + expected.relative_to(catalogue).as_posix()
    ]


def test_a_catalogue_in_a_folder_needs_no_network(do: Any, catalogue: Path) -> None:
    content, model, absent = do(
        ["catalogue", catalogue / "catalog.json"],
        ["take", catalogue / "catalog.json", 0],
        ["catalogue", "http://127.0.0.1:9/catalog.json"],
    )
    assert absent["kind"] == "PredictorError"
    assert "could not be fetched" in absent["error"]
    assert [o[0] for o in content["offers"]] == ["first-1.0", "second-1.0"]
    assert model["id"] == "first-1.0"


def test_what_a_catalogue_says_is_not_believed(
    do: Any, catalogue: Path, serve: Callable[..., Server], tmp_path: Path
) -> None:
    place = tmp_path / "catalogue"
    shutil.copytree(catalogue, place)
    server, other_server = serve(place), serve(catalogue)
    collection = place / "models" / "collection.json"
    content = json.loads(collection.read_text(encoding="utf-8"))
    content["links"] += [
        {"rel": "item", "href": other_server.url},
        {"rel": "item", "href": "../../../../../etc/hostname"},
        {"rel": "item", "href": "./missing.json"},
    ]
    collection.write_text(json.dumps(content), encoding="utf-8")
    (first,) = place.glob("models/first-1.0/first-1.0.json")
    item = json.loads(first.read_text(encoding="utf-8"))
    del item["assets"]["onnx-model"]["file:checksum"]
    first.write_text(json.dumps(item), encoding="utf-8")
    (second,) = place.glob("models/second-1.0/*/best_model.onnx")
    second.write_bytes(second.read_bytes()[:-1] + b"\0")
    local = str(place / "catalog.json")
    web, folder, *models_fetched, models = do(
        ["catalogue", server.url], ["catalogue", local],
        ["take", server.url, 0], ["take", server.url, 1], ["take", local, 1], ["models"],
    )  # fmt: skip
    assert other_server.requests == []
    assert sum("does not lie in the catalogue" in reason for reason in web["left_out"]) == 1
    assert sum("does not lie in the catalogue" in reason for reason in folder["left_out"]) == 2
    assert any("missing.json" in reason for reason in web["left_out"])
    assert "gives no SHA-256" in models_fetched[0]["error"]
    assert all("its checksum differs" in t["error"] for t in models_fetched[1:])
    assert len(models) == 1


def test_a_server_sends_nobody_elsewhere(
    do: Any, catalogue: Path, serve: Callable[..., Server]
) -> None:
    server, other_server = serve(catalogue), serve(catalogue)
    server.leads = {
        "/host.json": other_server.url,
        "/twice.json": "/host.json",
        "/scheme.json": other_server.url.replace("http", "https"),
        "/file.json": (catalogue / "catalog.json").as_uri(),
        "/circle.json": "/circle.json",
        "/same.json": "/catalog.json",
        "/again.json": "same.json",
    }
    refused = ["host", "twice", "scheme", "file", "circle"]
    fetched_names = ["same", "again"]
    answers = do(
        *(
            ["catalogue", server.url.replace("catalog", name)]
            for name in [*refused, *fetched_names]
        ),
        # In QGIS' main thread as well, where its network access is another one.
        *(
            ["fetch_here", server.url.replace("catalog", name)]
            for name in [*refused, *fetched_names]
        ),
        ["fetch", (catalogue / "catalog.json").as_uri()],
    )
    scheme, local_answers = answers.pop(), answers[len(refused) + len(fetched_names) :]
    assert other_server.requests == []
    for answer in (*answers[: len(refused)], *local_answers[: len(refused)]):
        assert "could not be fetched" in answer["error"]
        assert "it leads elsewhere" in answer["error"]
    for answer in answers[len(refused) : len(refused) + len(fetched_names)]:
        assert [o[0] for o in answer["offers"]] == ["first-1.0", "second-1.0"]
    assert local_answers[len(refused) :] == [(catalogue / "catalog.json").stat().st_size] * len(
        fetched_names
    )
    assert "is no address of a web page" in scheme["error"]


def test_threads_that_ask_often_get_each_answer_and_keep_nothing(
    do: Any, catalogue: Path, serve: Callable[..., Server]
) -> None:
    """Replies follow each other at one address, and threads' network accesses, too."""
    (often,) = do(["fetch_often", serve(catalogue).url, 12, 40])
    assert often == [12 * 40, 0]


def test_a_catalogue_on_the_web_ends_at_its_folder(
    do: Any, catalogue: Path, serve: Callable[..., Server], tmp_path: Path
) -> None:
    shutil.copytree(catalogue, tmp_path / "public" / "ours")
    place = tmp_path / "public" / "ours" / "catalog.json"
    content = json.loads(place.read_text(encoding="utf-8"))
    out = ["../private.json", "%2e%2e/private.json", "/private.json", "http://[x"]
    content["links"] += [{"rel": "child", "href": href} for href in out]
    content["links"] += [{"rel": ["child"], "href": "x.json"}, {"rel": {}}, 3]
    place.write_text(json.dumps(content), encoding="utf-8")
    server = serve(tmp_path / "public")
    (reply,) = do(["catalogue", server.url.replace("catalog", "ours/catalog")])
    assert [o[0] for o in reply["offers"]] == ["first-1.0", "second-1.0"]
    assert sum("does not lie in the catalogue" in reason for reason in reply["left_out"]) == len(
        out
    )
    assert not [path for path in server.requests if "private" in path]


def test_types_that_no_catalogue_has_are_told_in_a_sentence(do: Any, tmp_path: Path) -> None:
    place = tmp_path / "catalog.json"
    place.write_text(json.dumps({"type": ["Catalog"], "links": "x"}), encoding="utf-8")
    content, address = do(["catalogue", place], ["catalogue", "http://[x"])
    assert "is no STAC catalogue, collection or item" in content["error"]
    assert address["kind"] == "PredictorError"


HOSTILE = [
    {"type": ["Polygon"], "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 0], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1e400, 0], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1e300, 0], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": "x"},
    {"type": "MultiPolygon", "coordinates": {"a": 1}},
    {"type": "Point", "coordinates": [0, 0]},
]


def test_hostile_outlines_are_no_ground(do: Any) -> None:
    good = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    assert do(*(["outline", shape] for shape in [*HOSTILE, good])) == [False] * 7 + [True]


def test_a_download_stops_when_the_user_wants_to(
    do: Any, catalogue: Path, serve: Callable[..., Server]
) -> None:
    server = serve(catalogue, slow=True)
    stopped, models = do(["take", server.url, 0, 5], ["models"])
    assert stopped["kind"] == "Cancelled", stopped
    assert len(models) == 1
    deadline = time.monotonic() + 20
    while "gone" not in server.requests and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "gone" in server.requests
