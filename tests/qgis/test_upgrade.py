"""A new release of the plugin in a running QGIS, as its plugin manager installs it."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import qgis_plugin
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis


def next_release(plugin: Path, path: Path) -> Path:
    """The plugin with another content in each module."""
    with zipfile.ZipFile(plugin) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data + b"\n\nRELEASE = 2\n" if name.endswith(".py") else data)
    return path


@pytest.fixture
def request_of(plugin_zip: Path, tmp_path: Path) -> dict[str, str]:
    """The next release, and a raster to run a model over before and after."""
    return {
        "zip": str(next_release(plugin_zip, tmp_path / "camp_detector-2.zip")),
        "raster": str(write_raster(tmp_path / "camp.tif", rgb_of(scene()))),
        "model": str(write_model(tmp_path / "tiny.onnx")),
        "folder": str(tmp_path),
    }


def assert_upgraded(answer: dict[str, Any]) -> None:
    """See that both releases find the same, and that nothing of the first is left."""
    before, after = answer["before"], answer["after"]
    assert {"camp_detector._core", "camp_detector._core.hostgdal.run"} < set(before["releases"])
    assert set(before["releases"].values()) == {1}
    assert set(after["releases"]) >= set(before["releases"])
    assert {name for name, release in after["releases"].items() if release != 2} == set()
    assert before["count"] == after["count"] > 5


@pytest.mark.usefixtures("has_xvfb")
def test_an_upgrade_leaves_no_module_of_the_old_release(
    fresh_qgis: Qgis, request_of: dict[str, str], tmp_path: Path
) -> None:
    answer = fresh_qgis.window("upgrade_window.py", request_of, tmp_path / "upgrade.json")
    assert_upgraded(answer)


@pytest.mark.usefixtures("has_xvfb")
def test_an_upgrade_stops_a_run(
    fresh_qgis: Qgis, request_of: dict[str, str], tmp_path: Path
) -> None:
    """QGIS died of the results of a provider that was gone."""
    large = write_raster(tmp_path / "large.tif", np.tile(rgb_of(scene()), (1, 20, 20)))
    request = {**request_of, "large": str(large)}
    answer = fresh_qgis.window("upgrade_window.py", request, tmp_path / "upgrade.json")
    assert_upgraded(answer)
    assert answer["seconds"] < 60
    assert answer["tasks"] == 0
    assert answer["log"].count("Stopped, because Camp Detector is updated or removed") == 1
    assert "Traceback" not in answer["log"]
    assert answer["files"] == []


def test_a_checkout_is_put_on_the_path_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the plugin is loaded again."""
    root = str(Path(qgis_plugin.__file__).resolve().parents[1])
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != root])
    for _ in range(2):
        qgis_plugin._find_core()
    assert sys.path.count(root) == 1
