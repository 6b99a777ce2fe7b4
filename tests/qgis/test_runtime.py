"""ONNX Runtime in a real QGIS that has none: installed, proved, refused, removed."""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qgis_plugin.runtime.wheels import unpack
from tests.support.wheels import wheel_of, wheel_tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.qgis.conftest import Qgis

PLATFORM = "py3-none-any"
GPU_GONE = "NVIDIA GPU (CUDA) cannot be used (the GPU is gone), so the model runs on the processor."
VERSION = importlib.metadata.version("onnxruntime")


@pytest.fixture(scope="module")
def tag() -> str:
    """Tag of the platform that the wheels of this environment's ONNX Runtime are for."""
    return wheel_tag()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tag: str) -> Path:
    """A folder that pip takes packages from in place of the index."""
    folder = tmp_path_factory.mktemp("index")
    wheel_of("onnxruntime", folder, tag)
    # Newer than QGIS' own: it must not be taken, though ONNX Runtime says that it needs one.
    with zipfile.ZipFile(folder / "numpy-99.0-py3-none-any.whl", "w") as archive:
        archive.writestr("numpy/__init__.py", "__version__ = '99.0'")
        archive.writestr("numpy-99.0.dist-info/METADATA", "Name: numpy\nVersion: 99.0\n")
        archive.writestr("numpy-99.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("numpy-99.0.dist-info/RECORD", "")
    return folder


@pytest.fixture
def do(fresh_qgis: Qgis, index: Path) -> Callable[..., list[Any]]:
    """Do steps in one QGIS without ONNX Runtime; gives what came of each."""

    def steps(*requests: list[Any], folder: Path | None = None) -> list[Any]:
        answers = fresh_qgis.python(
            "runtime_child.py", requests,
            PYTHONPATH="", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(folder or index),
            PIP_CONFIG_FILE="/dev/null",
        )  # fmt: skip
        return [f.get("ok", f) for f in answers]

    return steps


def test_it_is_installed_for_the_plugin_alone_and_removed(do: Any, index: Path) -> None:
    wheel = next(index.glob("onnxruntime-*.whl"))
    (
        missing, required, installed, holds, state, ready, loaded_now, other, fallen,
        reinstalled, tree, _, left, removed,
    ) = do(
        ["problem"], ["require"], ["install"], ["holds"], ["state"], ["ready"], ["load", "auto"],
        ["load", "CUDAExecutionProvider"], ["fall"],
        ["install", str(wheel)], ["tree"], ["uninstall"], ["holds"], ["tree"],
    )  # fmt: skip
    assert "is not installed: install it under Plugins > Camp Detector > Runtime" in missing
    assert required["error"] == missing
    assert installed["version"] == VERSION
    # Only what it needs and QGIS lacks: no numpy, and no helper that it does not import.
    assert {name.partition("-")[0] for name in holds} <= {"onnxruntime", "bin"}
    assert state["version"] == VERSION
    assert state["private"]
    assert state["origin"] == installed["folder"]
    assert state["last_on_path"]
    assert state["on_path"] == 1
    assert "/camp_detector/" not in state["numpy"][1]
    assert ready
    assert loaded_now == ["CPUExecutionProvider", []]
    assert other[0] == "CPUExecutionProvider"
    assert "NVIDIA GPU (CUDA) cannot be used" in other[1][0]
    assert fallen == {
        "same": [True, True],
        "said": [GPU_GONE],
        "calls": 1,
        "provider": "CPUExecutionProvider",
    }
    # What is loaded stays until the next session; what is new lies beside it.
    assert reinstalled["folder"] != installed["folder"]
    assert sum(name.endswith(".json") for name in tree) == 1
    assert len(tree) == 3
    assert left == []
    assert len(removed) == 1


def test_the_next_session_loads_it_and_cleans_up(do: Any, index: Path) -> None:
    _, unused, _, used_now, _ = do(["install"], ["in_use"], ["ready"], ["in_use"], ["install"])
    assert not unused
    assert used_now
    before, state, _, tree = do(["tree"], ["state"], ["install"], ["tree"])
    assert state["private"]
    assert len(before) == 3
    assert len(tree) == 3  # that which is loaded, the new one, and which of them counts


def test_what_would_harm_qgis_or_does_not_work_is_refused(
    do: Any, tmp_path: Path, tag: str
) -> None:
    numpy_inside = wheel_of("onnxruntime", tmp_path / "numpy", tag)
    with zipfile.ZipFile(numpy_inside, "a") as archive:
        archive.writestr("numpy/__init__.py", "__version__ = '9'")
    broken = wheel_of(
        "onnxruntime", tmp_path / "broken", tag,
        lambda name, data: None if name.endswith(".so") else data,
    )  # fmt: skip
    cut = tmp_path / "cut" / broken.name
    cut.parent.mkdir()
    cut.write_bytes(broken.read_bytes()[:1000])
    evil = tmp_path / "evil" / "onnxruntime-1-py3-none-any.whl"
    evil.parent.mkdir()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../../../escaped.py", "")
    other = tmp_path / "other-1-py3-none-any.whl"
    other.write_bytes(b"")
    foreign_wheel = tmp_path / "onnxruntime-1.30.0-cp39-cp39-win_amd64.whl"
    foreign_wheel.write_bytes(b"damaged as well")
    refused = do(
        *(["install", str(w)] for w in (numpy_inside, broken, cut, evil, other)), ["tree"],
        ["problem"], ["install", str(foreign_wheel)], ["line", "onnxruntime"],
        ["line", "onnxruntime-directml", "win32", "AMD64", [3, 12]],
        ["line", "onnxruntime", "darwin", "arm64", [3, 9], "14.5"],
    )  # fmt: skip
    assert "brings numpy, which belongs to QGIS" in refused[0]["error"]
    assert "does not work with this QGIS" in refused[1]["error"]
    assert "is damaged, or no wheel" in refused[2]["error"]
    assert "leads out of its folder" in refused[3]["error"]
    assert "is no wheel of ONNX Runtime" in refused[4]["error"]
    assert refused[5] == []
    assert "is not installed" in refused[6]
    assert not list(tmp_path.rglob("escaped.py"))
    # What it is for comes first, whatever else is wrong with it.
    assert "is for cp39, cp39, win_amd64 and this QGIS needs cp3" in refused[7]["error"]
    pip = "python -m pip download --only-binary :all: --no-deps --python-version"
    assert refused[8].startswith(f"{pip} 3.{sys.version_info[1]} --platform manylinux_2_28_")
    assert refused[8].endswith(" onnxruntime")
    assert refused[9] == f"{pip} 3.12 --platform win_amd64 onnxruntime-directml"
    assert refused[10] == f"{pip} 3.9 --platform macosx_14_0_arm64 onnxruntime"


def test_a_helper_is_fetched_only_where_it_is_wanted_and_missing(
    do: Any, tmp_path: Path, tag: str
) -> None:
    def wants_more(name: str, data: bytes) -> bytes:
        more = b"import flatbuffers, packaging\n" if name == "onnxruntime/__init__.py" else b""
        return data if not more else data.replace(b"__version__", more + b"__version__", 1)

    wheel_of("onnxruntime", tmp_path, tag, wants_more)
    without, tree = do(["install"], ["tree"], folder=tmp_path)
    assert "flatbuffers could not be fetched; pip says:" in without["error"]
    assert tree == []
    wheel_of("flatbuffers", tmp_path, PLATFORM)
    wheel_of("packaging", tmp_path, PLATFORM)
    installed, holds, state = do(["install"], ["holds"], ["state"], folder=tmp_path)
    assert "Fetching flatbuffers" in installed["lines"]
    assert "flatbuffers" in holds
    assert "packaging" not in holds  # QGIS has its own
    assert state["version"] == VERSION


def test_stopping_leaves_nothing(do: Any, index: Path, tmp_path: Path) -> None:
    wheel = next(index.glob("onnxruntime-*.whl"))
    pip, unpacking, trying, absent, tree = do(
        ["install", None, "Processing"], ["install", str(wheel), "Unpacking"],
        ["install", str(wheel), "Trying it out"],
        ["install", None, None, "onnxruntime-gpu"], ["tree"],
    )  # fmt: skip
    assert pip["kind"] == unpacking["kind"] == trying["kind"] == "Cancelled"
    assert "onnxruntime-gpu>=1.16 could not be fetched; pip says: ERROR" in absent["error"]
    assert tree == []


def test_devices_are_offered_without_loading_onnx_runtime(do: Any) -> None:
    do(["install"])
    offered, is_loaded, ready = do(["offered"], ["is_loaded"], ["ready"])
    assert offered[:2] == ["auto", "cpu"]
    assert "CUDAExecutionProvider" in offered  # runs are told where it is not there
    assert not is_loaded
    assert ready


def test_a_device_of_another_system_is_not_preferred(do: Any) -> None:
    """The setting comes along with a profile; what QGIS shows and the preview takes is there."""
    assert do(["prefer", "cpu"], ["prefer", "DmlExecutionProvider"], ["prefer", "x"]) == [
        "cpu", "auto", "auto",
    ]  # fmt: skip


def test_the_python_of_qgis_is_found_and_no_other(do: Any, tmp_path: Path) -> None:
    # One that starts and lies elsewhere, whichever version of Python runs QGIS and these tests.
    other = tmp_path / "other" / "bin" / "python3"
    other.parent.mkdir(parents=True)
    other.write_text('#!/bin/sh\nexec /usr/bin/python3 "$@" | sed s,/usr/,/other/,\n', "utf-8")
    other.chmod(0o755)
    prefix = str(other.parents[1])
    (python, misled, nowhere, windows, mac, proxy, none) = do(
        ["python"],
        ["python", prefix],
        ["python", prefix, str(other)],
        ["candidates", "win32", "/osgeo/bin/qgis-bin.exe", "/osgeo/apps/Python312"],
        ["candidates", "darwin", "/Apps/QGIS.app/Contents/MacOS/QGIS", "/Apps/f"],
        ["proxy", "proxy.example", "ada", "p@ss"],
        ["proxy", "", "", ""],
    )
    assert Path(python).resolve().parent == Path("/usr/bin")
    assert Path(misled).resolve() == Path(python).resolve()
    assert "was not found beside it" in nowhere["error"]
    assert windows[:2] == [
        "/osgeo/apps/Python312/python3.exe", "/osgeo/apps/Python312/python.exe",
    ]  # fmt: skip
    assert "/osgeo/bin/qgis-bin.exe" not in windows
    assert "/Apps/QGIS.app/Contents/MacOS/bin/python3" in mac
    assert "/Apps/QGIS.app/Contents/MacOS/QGIS" not in mac
    assert proxy["HTTPS_PROXY"] == "http://ada:p%40ss@proxy.example:8080"
    assert proxy["NO_PROXY"] == "inside.example"
    assert none == {}


def test_a_mistake_of_ours_is_not_called_a_damaged_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / "onnxruntime-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("onnxruntime/__init__.py", b"")
        archive.writestr("onnxruntime/data", b"data")

    def cancelled() -> bool:
        raise AttributeError(name="mistake")

    with pytest.raises(AttributeError):
        unpack(wheel, tmp_path / "unpacked", cancelled)
