"""Parts of the plugin among hostile files, servers, settings and other processes."""

from __future__ import annotations

import http.server
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.model_file import open_model
from tests.qgis.conftest import PYTHON
from tests.support.catalogs import ready_model_of
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.qgis.conftest import Qgis

MIB = 1 << 20


@pytest.fixture
def do(fresh_qgis: Qgis) -> Callable[..., list[Any]]:
    """Do steps in one QGIS; gives what came of each."""

    def steps(*requests: list[Any], **environment: str) -> list[Any]:
        answers = fresh_qgis.python("guards_child.py", requests, **environment)
        return [f.get("ok", f) for f in answers]

    return steps


# The library that runs models.


def test_nothing_of_the_current_folder_is_run(do: Any, tmp_path: Path, fresh_qgis: Qgis) -> None:
    folder = tmp_path / "here"
    (folder / "pip").mkdir(parents=True)
    marker = tmp_path / "run"
    hostile = f"open({str(marker)!r}, 'a').write(__name__)\n"
    for name in ("json.py", "os.py", "numpy.py", "pip/__init__.py", "pip/__main__.py"):
        (folder / name).write_text(hostile, encoding="utf-8")
    old = tmp_path / "old"
    old.write_text(f'#!/bin/sh\nunset PYTHONSAFEPATH\nexec {PYTHON} "$@"\n', encoding="utf-8")
    old.chmod(0o755)
    (python,) = do(
        ["python_in", str(folder), str(fresh_qgis.libraries), str(old)], PIP_NO_INDEX="1"
    )
    assert python["cwd"] == str(folder)
    assert all([*python["version"], *python["runs"]])
    assert "no-such-package could not be fetched; pip says: ERROR" in python["said"]
    assert not marker.exists()


def test_programs_that_answer_late_are_stopped_at_once(do: Any, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!{PYTHON}\nimport time\ntime.sleep(25)\n", encoding="utf-8")
    slow.chmod(0o755)
    (took,) = do(["stop_early", str(slow)])
    assert len(took) == 4
    assert all(isinstance(seconds, float) and seconds < 10 for seconds in took), took


def test_what_another_qgis_uses_stays_until_it_ends(do: Any) -> None:
    assert do(["beside"]) == [{"during": True, "after": True, "locks": 0}]


def test_a_gpu_that_is_none_is_told(do: Any) -> None:
    (answer,) = do(["gpu_that_is_none"])
    assert answer["kind"] == "OnnxPredictor"
    assert answer["said"] == [
        (
            "NVIDIA GPU (CUDA) cannot be used (its driver or a library is missing), so the model "
            "runs on the processor."
        )
    ]
    assert answer["asked"][0] == ["CUDAExecutionProvider", "CPUExecutionProvider"]


# Models.


def test_odd_settings_leave_the_algorithms_whole(do: Any) -> None:
    (answer,) = do(["settings", 5, {"a": 1}, [5, "/a", ""], "/b", True, None, ["\0"]])
    assert [folders for folders, _ in answer] == [[], [], ["/a"], ["/b"], [], [], ["\0"]]
    assert {count for _, count in answer} == {1}


def test_files_at_which_one_may_not_look_are_left_out(do: Any, tmp_path: Path) -> None:
    folder, added = tmp_path / "models", tmp_path / "added"
    folder.mkdir()
    for name in ("secret", "known"):
        write_model(folder / f"{name}.onnx", name=name)
        (added / name).mkdir(parents=True)
    assert do(["forbidden", str(folder), str(added)]) == [["known"]]


def test_a_model_is_found_by_the_beginning_of_its_checksum_and_by_its_key(
    do: Any, tmp_path: Path
) -> None:
    (tmp_path / "m").mkdir()
    first = open_model(write_model(tmp_path / "m" / "first.onnx", name="same"))
    second = open_model(write_model(tmp_path / "m" / "second.onnx", name="same", threshold=0.7))
    alone = open_model(write_model(tmp_path / "m" / "alone.onnx", name="alone"))
    expected = []
    for model in (first, second, alone):
        short = model.sha256[:12]
        expected += [(short, model), (f"{model.spec.id} ({short})", model), (model.sha256, model)]
    _, *models = do(["folders", str(tmp_path / "m")], *(["find", name] for name, _ in expected))
    assert models == [model.sha256 for _, model in expected]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of one model; its file."""
    place = tmp_path_factory.mktemp("catalogue")
    StaticCatalog(LocalStore(place)).add(ready_model_of(tmp_path_factory.mktemp("m"), name="first"))
    return place / "catalog.json"


def test_an_offer_is_fetched_only_where_it_can_be_verified(do: Any, catalogue: Path) -> None:
    place = str(catalogue)
    none, wrong, right = do(
        ["take", place, {"sha256": None}], ["take", place, {"size": 5}], ["take", place, {}]
    )
    assert none[0] == 0
    assert "gives no SHA-256" in none[1]
    assert wrong[0] == 1
    assert "is not the file that the catalogue describes" in wrong[1]
    assert right == [1, ""]


def test_a_catalogue_makes_nobody_look_at_another_computer(do: Any, tmp_path: Path) -> None:
    place = tmp_path / "catalog.json"
    place.write_text("{}", encoding="utf-8")
    away = [
        "\\\\host\\share\\m.onnx", "//host/m.onnx", "/\\host/m.onnx", "%5C%5Chost/m.onnx",
        " \\\\host\\m.onnx", "%2F%2Fhost/m.onnx", "Z:\\m.onnx", "Z%3A/m.onnx", "file://host/m.onnx",
    ]  # fmt: skip
    ((places, looked),) = do(["resolve", str(place), *away, "./sub/m.onnx"])
    assert places == [None] * len(away) + [str(tmp_path / "sub" / "m.onnx")]
    assert not [path for path in looked if not path.startswith(str(tmp_path))]
    assert not [path for path in looked if "host" in path or "Z:" in path]


def test_servers_lead_nobody_to_other_places(do: Any) -> None:
    pairs = {
        ("http://h.org/x", "http://h.org/y"): [True, True],
        ("http://h.org/x", "http://H.org:80/y"): [True, True],
        ("https://h.org/x", "https://h.org:443/y"): [True, True],
        ("http://h.org/x", "http://h.org:8080/y"): [False, True],
        ("https://h.org:80/x", "https://h.org/y"): [False, True],
        ("http://h.org/x", "https://h.org/y"): [False, True],
        ("http://h.org/x", "http://other.org/y"): [False, True],
        ("https://h.org/x", "http://h.org/y"): [False, False],
        ("http://h.org/x", "file:///etc/hostname"): [False, False],
        ("http://h.org/x", "ftp://h.org/y"): [False, False],
        ("http://h.org/x", "http:///y"): [False, False],
    }
    assert do(*(["may_lead", *pair] for pair in pairs)) == list(pairs.values())


class Endless(http.server.ThreadingHTTPServer):
    """Sends without end, and without saying how much there is."""

    def __init__(self) -> None:
        self.bytes_sent = 0
        super().__init__(("127.0.0.1", 0), EndlessHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class EndlessHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Endless)
        self.send_response(200)
        self.end_headers()
        part = bytes(MIB // 4)
        try:
            while self.server.bytes_sent < 100 * MIB:
                self.wfile.write(part)
                self.server.bytes_sent += len(part)
                time.sleep(0.01)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endless() -> Iterator[Endless]:
    """A server."""
    server = Endless()
    yield server
    server.shutdown()
    server.server_close()


def test_an_answer_without_end_is_cut_off(do: Any, endless: Endless) -> None:
    (message,) = do(["fetch", f"http://127.0.0.1:{endless.server_port}/x", MIB])
    assert "it is larger than 1 MiB" in message
    assert endless.bytes_sent < 50 * MIB


# What is shown.


def test_what_strangers_wrote_is_plain_text(do: Any) -> None:
    page, huge, negative = do(
        ["facts", "<img src=x>&", "5000"], ["facts", "x", "1" + "0" * 400], ["facts", "x", "-1"]
    )
    assert "<img" not in page
    assert page.count("&lt;img src=x&gt;&amp;") >= 8
    assert "4.9 KiB" in page
    assert "not stated" in huge
    assert "not stated" in negative


def test_what_is_no_geometry_has_no_outline(do: Any) -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    assert do(["outlines", 5, "x", True, [1], None, {}, square]) == [[False] * 6 + [True]]


def test_the_engine_speaks_of_titles_and_menus_and_names_stay_as_they_are(do: Any) -> None:
    name = "/a b/{bands} own --nodata with gdalwarp.tif"
    (answer,) = do(["in_words", name])
    assert answer == [
        f"“Bands” (BANDS) asks for band 9, but {name} has 3",
        f"{name}: say which with “Bands” (BANDS), e.g. “Bands” (BANDS) 1,2,3",
        f"{name} (its own pixel size as “Resolution” (RESOLUTION) runs it)",
        f"{name}: turn it first with Raster > Projections > Warp",
        name,
        f"{name}: place it with the Georeferencer",
        f"{name}; “Stretch” (STRETCH) LOW,HIGH sets others",
        "“Straighten outlines by” (SIMPLIFY) must be 0 to 9 metres, got 10",
        f"the layer {name}\\x1b has 3 bands",
    ]


def test_a_preview_of_too_much_ground_is_refused(do: Any) -> None:
    ((small, large),) = do(["preview", 1000, 10_000])
    assert small == ""
    assert "too many for a preview" in large


# Layers.


def test_only_what_qgis_writes_behind_a_name_is_cut(do: Any, tmp_path: Path) -> None:
    odd = tmp_path / "a|layername=b.tif"
    odd.write_bytes(b"x")
    (names,) = do([
        "files_of", "/a|b.tif", "/a.gpkg|layername=x|subset=y", "/a|b.gpkg|layerid=0",
        "/a.tif|option:NUM_THREADS=2", str(odd),
    ])  # fmt: skip
    assert names == ["/a|b.tif", "/a.gpkg", "/a|b.gpkg", "/a.tif", str(odd)]


def test_files_with_bars_are_read_and_extents_beyond_the_world_refused(
    fresh_qgis: Qgis, tmp_path: Path
) -> None:
    model = str(write_model(tmp_path / "tiny.onnx"))
    pixels = rgb_of(scene())
    odd = write_raster(tmp_path / "a|b.tif", pixels)
    plain = write_raster(tmp_path / "camp.tif", pixels)
    virtual = (
        "?crs=EPSG:32645&extent=500000,3052925,500085,3053000&width=170&height=150"
        f"&formula=%22camp@1%22&camp:uri={plain}&camp:provider=gdal"
    )
    layer = {"layer": [virtual, "camp", "virtualraster"]}

    def run(source: Any, extent: str = "") -> dict[str, Any]:
        params = {"INPUT": source, "MODEL_FILE": model, "OUTPUT": "memory:"}
        params.update({"EXTENT": extent, "BANDS": "1,1,1"} if extent else {})
        return {"op": "run", "alg": "campdetector:detectdwellings", "params": params}

    far = ("-1e308,1e308,-1e308,1e308", "1e308,1.1e308,1e308,1.1e308", "0,1e14,0,1e14")
    answer, bar, *beyond = fresh_qgis.python(
        "steps.py",
        [run(str(plain)), run(str(odd)), *(run(layer, f"{e} [EPSG:32645]") for e in far)],
    )
    assert bar["results"]["COUNT"] == answer["results"]["COUNT"] > 5
    assert all("choose one that holds the camp" in step["error"] for step in beyond), beyond
    assert "Traceback" not in json.dumps(beyond)
