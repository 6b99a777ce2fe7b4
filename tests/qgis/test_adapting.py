"""Export training data and Adapt model in a real QGIS, with the Python that has the training."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from camp_detector_core import __version__
from camp_detector_core.georaster.xyz import transform_of
from camp_detector_core.scene import demo_options, generate_scene
from qgis_plugin.adapting.environment import environment_of
from qgis_plugin.runtime.process import started
from tests.qgis.conftest import PYTHON, install
from tests.support.datasets import write_polygons
from tests.support.models import STARTER, deaf_model
from tests.support.outlines import features
from tests.support.qgis_ground import png_of, polygon_file
from tests.support.rasters import NORTH, WEST, write_raster
from tests.support.tile_server import TileServer

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

pytestmark = pytest.mark.timeout(1400)
EXPORT, ADAPT = "campdetector:exporttrainingdata", "campdetector:adaptmodel"
SETTING = "camp_detector/training_python"
GSD, SIDE, MARGIN = 0.2, 448, 10.0
_IS_THERE = """
import sys
from importlib.util import find_spec
sys.exit(not all(map(find_spec, ("camp_detector_core", "torch", "lightning"))))
"""
FILES = ["README.txt", "area.gpkg", "image.tif", "labels.gpkg", "places.toml"]
ZOOM, TILE, X, Y = 18, 256, 193348, 110121


class Camp(NamedTuple):
    """An image of a camp, its dwellings, and the part of it that was reviewed."""

    folder: Path
    image: Path
    labels: Path
    area: Path
    dwellings: list[shapely.Geometry]
    reviewed: shapely.Geometry

    @property
    def layers(self) -> dict[str, Any]:
        """The parameters of the layers."""
        return {
            "INPUT": str(self.image), "DWELLINGS": str(self.labels), "REVIEWED": str(self.area),
        }  # fmt: skip


@pytest.fixture(scope="module")
def camp(tmp_path_factory: pytest.TempPathFactory) -> Camp:
    folder = tmp_path_factory.mktemp("camp")
    scene = generate_scene(replace(demo_options(), height=SIDE, width=SIDE, gsd=GSD))
    image = write_raster(folder / "camp.tif", scene.image, gsd=GSD)
    scale = np.array([GSD, -GSD])
    dwellings = [shapely.Polygon(label.polygon * scale + (WEST, NORTH)) for label in scene.labels]
    kinds = ["dwelling"] * len(dwellings)
    labels = write_polygons(folder / "corrected.gpkg", dwellings, **{"class": kinds})
    side = SIDE * GSD
    reviewed = shapely.box(WEST, NORTH - 0.75 * side, WEST + 0.75 * side, NORTH)
    area = write_polygons(folder / "reviewed.gpkg", [reviewed])
    return Camp(folder, image, labels, area, dwellings, reviewed)


def _has_training() -> bool:
    """Return True where this Python can train from any folder, as an installed one can."""
    command = [sys.executable, "-I", "-c", _IS_THERE]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def _export(camp: Camp, name: str, **changes: Any) -> dict[str, Any]:
    parameters = {**camp.layers, "MARGIN": MARGIN, "OUTPUT": str(camp.folder / name), **changes}
    return {"op": "run", "alg": EXPORT, "params": parameters}


@pytest.fixture(scope="module")
def pixels() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(3, height, width) imagery of four map tiles."""
    return np.random.default_rng(3).integers(0, 256, (3, 2 * TILE, 2 * TILE), np.uint8)


@pytest.fixture(scope="module")
def exports(qgis: Qgis, camp: Camp, pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> dict[str, Any]:
    """Exports, by their names."""
    folder = camp.folder
    place = transform_of(X, Y, ZOOM, side=TILE)
    x, y = Affine(*place) @ (100, 120)
    roofs = [
        [(x + left, y), (x + left + 8, y), (x + left + 8, y - 6), (x + left, y - 6)]
        for left in (0, 12, 24, 36)
    ]
    drawn = polygon_file(folder / "roofs.geojson", *roofs, crs="EPSG:3857")
    metres = place.a / np.cosh(y / 6378137)  # of a pixel at this latitude
    web = {"DWELLINGS": str(drawn), "REVIEWED": None, "RESOLUTION": metres}
    (folder / "other").mkdir()
    (folder / "other" / "notes.txt").write_text("mine", encoding="utf-8")
    quarters = {
        (X + col, Y + row, ZOOM): png_of(
            pixels[:, row * TILE : (row + 1) * TILE, col * TILE : (col + 1) * TILE]
        )
        for row in range(2)
        for col in range(2)
    }
    with TileServer(quarters) as server:
        tiles = [f"type=xyz&url={server.template}&zmin={ZOOM}&zmax={ZOOM}", "XYZ", "wms"]
        gone = ["type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmin=18&zmax=18", "Gone", "wms"]
        steps = {
            "file": _export(camp, "file"),
            "once": _export(camp, "twice"),
            "again": _export(camp, "twice"),
            "replaced": _export(camp, "twice", OVERWRITE=True, REVIEWED=None),
            "foreign": _export(camp, "other"),
            "inputs": _export(camp, "", OVERWRITE=True),
            "classes": _export(camp, "classes", CLASS_FIELD="class", ATTRIBUTION="Drone: us"),
            "web": _export(camp, "web", INPUT={"layer": tiles}, **web),
            "web gone": _export(camp, "gone", INPUT={"layer": gone}, **web),
            "web alone": _export(camp, "nowhere", INPUT={"layer": tiles}, DWELLINGS=None),
            "beside": _export(camp, "beside", REVIEWED=web["DWELLINGS"]),
            "no folder": {**_export(camp, "a/b/c"), "op": "check"},
            "no file": {**_export(camp, "other/notes.txt"), "op": "check"},
            "stopped": {
                "op": "late", "alg": EXPORT, "folder": str(folder), "at": "nothing", "percent": 40,
                "params": _export(camp, "stopped")["params"],
            },
        }  # fmt: skip
        answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_the_reviewed_part_is_exported_as_it_is(exports: dict[str, Any], camp: Camp) -> None:
    result, folder = exports["file"], camp.folder / "file"
    assert "error" not in result, result["error"]
    labels, _ = features(folder / "labels.gpkg")
    inside = [d for d in camp.dwellings if d.intersects(camp.reviewed)]
    assert result["results"]["COUNT"] == len(labels) == len(inside) > 30
    assert result["results"]["HECTARES"] == pytest.approx(camp.reviewed.area / 1e4, rel=0.01)
    command = shlex.split(result["results"]["COMMAND"])
    assert command[:6] == ["python", "-m", "training", "adapt", "--data", str(folder)]
    assert result["results"]["COMMAND"] in (folder / "README.txt").read_text(encoding="utf-8")


def test_an_export_is_replaced_only_where_it_was_asked_for(
    exports: dict[str, Any], camp: Camp
) -> None:
    assert "already" in exports["again"]["error"]
    assert sorted(path.name for path in (camp.folder / "twice").iterdir()) == FILES
    assert exports["replaced"]["results"]["COUNT"] == len(camp.dwellings)
    assert any("no reviewed area" in warning for warning in exports["replaced"]["warnings"])
    assert "notes.txt" in exports["foreign"]["error"]
    assert [path.name for path in (camp.folder / "other").iterdir()] == ["notes.txt"]
    assert "is no training data" in exports["inputs"]["error"]
    assert camp.image.exists()


def test_tiles_of_a_server_are_exported_as_they_are(
    exports: dict[str, Any], camp: Camp, pixels: np.ndarray[Any, np.dtype[np.uint8]]
) -> None:
    result = exports["web"]
    assert "error" not in result, result["error"]
    assert result["results"]["COUNT"] == 4
    place = transform_of(X, Y, ZOOM, side=TILE)
    with closing(rasterio.open(camp.folder / "web" / "image.tif")) as image:
        assert image.crs == "EPSG:3857"
        col, row = ~Affine(*place) @ image.transform @ (0, 0)
        top, left = round(row), round(col)
        assert (row, col) == pytest.approx((top, left), abs=1e-6)
        part = pixels[:, top : top + image.height, left : left + image.width]
        assert np.array_equal(image.read(), part)
        assert image.dataset_mask().all()
    assert "DWELLINGS" in exports["web alone"]["error"]
    assert "127.0.0.1" in exports["web gone"]["error"]
    assert not (camp.folder / "gone").exists()


def test_classes_are_exported_where_a_field_is_named(exports: dict[str, Any], camp: Camp) -> None:
    assert "error" not in exports["classes"], exports["classes"]["error"]
    _, columns = features(camp.folder / "classes" / "labels.gpkg")
    assert set(columns["class"]) == {"dwelling"}
    (place,) = tomllib.loads(
        (camp.folder / "classes" / "places.toml").read_text(encoding="utf-8")
    ).values()
    assert place["class_field"] == "class"
    assert place["attribution"] == ["Drone: us"]


def test_what_cannot_be_exported_is_refused_with_a_sentence(
    exports: dict[str, Any], camp: Camp
) -> None:
    assert "is it the right layer?" in exports["beside"]["error"]
    assert not (camp.folder / "beside").exists()
    assert "does not exist: make it first" in exports["no folder"]["message"]
    assert "is no folder" in exports["no file"]["message"]


def test_a_stop_leaves_no_folder(exports: dict[str, Any]) -> None:
    assert exports["stopped"]["results"] == {}
    assert "stopped" not in exports["stopped"]["files"]
    assert "Stopped; nothing was written." in exports["stopped"]["infos"]


@pytest.fixture(scope="module")
def lessons(
    plugin_zip: Path, qgis_libraries: Path, camp: Camp, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Trainings of the least work, and what is refused before, by their names."""
    if not _has_training():
        pytest.skip("this Python has no Camp Detector of its own with the training")
    session = install(plugin_zip, qgis_libraries, tmp_path_factory.mktemp("lessons"))
    folder = camp.folder
    stuck, full, poison = (folder / name for name in ("stuck", "full", "poison"))
    for path in (stuck, full, poison):
        path.mkdir()
    (full / "notes.txt").write_text("mine", encoding="utf-8")
    # A module for QGIS' Python, which another one must not see.
    (poison / "pyogrio.py").write_text("raise SystemExit('that of QGIS')", encoding="utf-8")
    deaf = str(deaf_model(folder / "deaf.onnx"))

    def adapt(**changes: Any) -> dict[str, Any]:
        parameters = {**camp.layers, "MINUTES": 0.1, "MARGIN": MARGIN, **changes}
        return {"op": "run", "alg": ADAPT, "params": parameters}

    def check(**changes: Any) -> dict[str, Any]:
        return {**adapt(**changes), "op": "check"}

    def use(program: object) -> dict[str, Any]:
        return {"op": "setting", "name": SETTING, "value": str(program)}

    nothing = dict.fromkeys(camp.layers)
    steps: dict[str, dict[str, Any]] = {
        "no python": check(),
        "set gone": use(folder / "python.exe"),
        "gone python": check(),
        "set true": use("/bin/true"),
        "no answer": adapt(),
        "set system": use(PYTHON),
        "python of the system": adapt(),
        "set ours": use(sys.executable),
        "ready": check(),
        "nothing": check(**nothing),
        "both": check(DATA=str(folder)),
        "full": check(OUTPUT=str(full)),
        "no data": adapt(**nothing, DATA=str(full)),
        "start is kept": adapt(),
        "models": {"op": "models"},
        "export": _export(camp, "camp north"),
        "adapted": adapt(
            **nothing, DATA=str(folder / "camp north"), MODEL_FILE=deaf,
            OUTPUT=str(folder / "results"),
        ),
        "models after": {"op": "models"},
        "stopped": {
            "op": "cancel", "alg": ADAPT, "after": 4.9, "delay": 8, "folder": str(stuck),
            "params": adapt(OUTPUT=str(stuck / "out"), MINUTES=10)["params"],
        },
    }  # fmt: skip
    answers = session.python(
        "steps.py", list(steps.values()), limit=1300,
        PYTHONPATH=os.pathsep.join([str(qgis_libraries), str(poison)]),
    )  # fmt: skip
    return dict(zip(steps, answers, strict=True))


def test_without_a_python_that_can_train_a_sentence_says_the_remedy(
    lessons: dict[str, Any],
) -> None:
    assert "none is named yet: name it under Settings" in lessons["no python"]["message"]
    assert "is no file: name another one" in lessons["gone python"]["message"]
    assert "does not answer as a Python" in lessons["no answer"]["error"]
    error = lessons["python of the system"]["error"]
    assert "lacks camp_detector_core" in error
    assert '-m pip install "camp-detector[training]==0.1.*"' in error
    assert lessons["ready"] == {"ok": True, "message": ""}


def test_a_folder_or_layers_are_needed_and_not_both(lessons: dict[str, Any]) -> None:
    assert "Give a folder of Export training data, or imagery" in lessons["nothing"]["message"]
    assert "not both" in lessons["both"]["message"]
    assert "holds files already" in lessons["full"]["message"]
    assert "The training says: " in lessons["no data"]["error"]


def test_a_start_that_is_as_good_is_kept_and_nothing_is_installed(
    lessons: dict[str, Any],
) -> None:
    result = lessons["start is kept"]
    assert "error" not in result, result["error"]
    values = result["results"]
    assert values["ADAPTED"] is False
    assert values["ID"] == STARTER
    assert "is kept (F1 0." in values["SENTENCE"]
    assert values["SENTENCE"] in result["infos"]
    assert values["F1"] == values["F1_BEFORE"] > 0
    assert any("Nothing was installed" in warning for warning in result["warnings"])
    assert lessons["models"] == {"names": [STARTER], "files": []}


def test_a_better_model_is_installed_with_its_original(lessons: dict[str, Any], camp: Camp) -> None:
    result = lessons["adapted"]
    assert "error" not in result, result["error"]
    values = result["results"]
    assert values["ADAPTED"] is True
    assert values["ID"] == f"{STARTER}.camp-north"
    assert values["F1"] > values["F1_BEFORE"]
    assert lessons["models after"]["names"] == [STARTER, values["ID"]]
    (home,) = {Path(name).parts[0] for name in lessons["models after"]["files"]}
    assert lessons["models after"]["files"] == [
        f"{home}/float32/model.onnx", f"{home}/model.onnx",
    ]  # fmt: skip
    names = sorted(path.name for path in (camp.folder / "results").iterdir())
    assert names == ["adapted-float32.onnx", "adapted.json", "adapted.onnx", "report.json"]
    assert any("step" in text for text in result["texts"])


def test_a_stop_ends_the_training_and_leaves_nothing(lessons: dict[str, Any], camp: Camp) -> None:
    result = lessons["stopped"]
    assert result["results"] == {}
    assert result["files"] == []
    assert "Stopped; nothing was written." in result["infos"]
    process = subprocess.run(
        ["pgrep", "-f", str(camp.folder / "stuck")], capture_output=True, check=False
    )
    assert process.returncode == 1, "a process of the training goes on"


@pytest.mark.usefixtures("has_xvfb")
def test_the_settings_try_a_python_out_before_it_is_kept(
    fresh_qgis: Qgis, camp: Camp, tmp_path: Path
) -> None:
    pictures = os.environ.get("CAMP_DETECTOR_PICTURES")
    out = Path(pictures, "adapting") if pictures else tmp_path / "out"
    out.mkdir(exist_ok=True)
    request = {
        "image": str(camp.image), "dwellings": str(camp.labels), "reviewed": str(camp.area),
        "pythons": ["", str(PYTHON), sys.executable], "folder": str(out),
    }  # fmt: skip
    answer = fresh_qgis.window("adapting_window.py", request, out / "adapting.json")
    # A dialog gives all parameters, also those that are left empty.
    assert answer["dialogs"] == [[True, ""]] * 3
    none, system, ours = answer["notes"]
    assert "none is named yet" in none
    assert "lacks camp_detector_core" in system
    if _has_training():
        assert ours == f"Camp Detector {__version__} is there: it can adapt."
    else:
        assert "so it cannot train" in ours
    assert answer["before"] == ""
    assert answer["after"] == sys.executable
    assert answer["note_of_another"] == ""


def test_the_environment_of_the_other_python_has_nothing_of_qgis(tmp_path: Path) -> None:
    environ = {
        "PYTHONHOME": r"C:\OSGeo4W\apps\Python312", "PYTHONPATH": "x", "GDAL_DATA": "x",
        "PROJ_LIB": "x", "QT_PLUGIN_PATH": "x", "OSGEO4W_ROOT": r"C:\OSGeo4W", "HOME": "h",
        "Path": r"C:\OSGeo4W\bin;C:\OSGeo4W\apps\qgis\bin;C:\Windows;C:\OSGeo4Winner",
        "VIRTUAL_ENV": "x", "PROJECT": "mine",
    }  # fmt: skip
    program = r"C:\envs\camp\python.exe"
    variables = environment_of(program, tmp_path, environ, "win32")
    own = {"PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONSAFEPATH", "TMPDIR", "TEMP", "TMP"}
    assert set(variables) == own | {"HOME", "PROJECT", "Path"}
    assert variables["Path"].split(";") == [
        r"C:\envs\camp", r"C:\envs\camp\Library\bin", r"C:\envs\camp\Scripts", r"C:\Windows",
        r"C:\OSGeo4Winner",
    ]  # fmt: skip
    assert environment_of("/x/python3", tmp_path, {"PATH": "/bin"}, "linux")["PATH"] == "/bin"
    assert variables["TEMP"] == str(tmp_path)


_PARENT = """
import os, signal, subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
child = subprocess.Popen(sleep, stdout=subprocess.DEVNULL)
def clear(*_):
    os.write(1, b"cleared\\n")  # print is busy where the signal comes in the midst of it
    sys.exit()
if sys.argv[1] == "orderly":
    signal.signal(signal.SIGTERM, clear)
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("kind", ["orderly", "deaf"])
def test_a_process_ends_with_all_that_it_has_started(kind: str) -> None:
    command = [sys.executable, "-c", _PARENT, kind]
    with started(command, grace=20.0 if kind == "orderly" else 0.0, stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        child = int(one.stdout.readline())
    assert one.returncode == (0 if kind == "orderly" else -9)
    assert ("cleared" in one.stdout.read()) is (kind == "orderly")
    end = time.monotonic() + 20
    while _is_alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_alive(child)


def _is_alive(process: int) -> bool:
    """Return False for a process that is gone, or dead and not yet taken notice of."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
