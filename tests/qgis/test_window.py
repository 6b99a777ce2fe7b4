"""The zip file in a fresh profile of QGIS with its window, as an analyst has it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import shapely

from tests.qgis.conftest import INSIDE
from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis


@pytest.mark.usefixtures("has_xvfb")
def test_an_analyst_opens_the_toolbox_runs_it_and_takes_the_plugin_away(
    fresh_qgis: Qgis, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    request = tmp_path / "request.json"
    raster = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    asked = {
        "raster": str(raster),
        "model": str(write_model(tmp_path / "tiny.onnx")),
        "folder": str(out),
    }
    request.write_text(json.dumps(asked), encoding="utf-8")
    environment = fresh_qgis.environment(CAMP_DETECTOR_TEST=str(request))
    environment.pop("QT_QPA_PLATFORM")
    done = subprocess.run(
        [
            "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "/usr/bin/qgis", "--nologo",
            "--noversioncheck", "--profiles-path", str(fresh_qgis.profile.parents[1]),
            "--profile", "default", "--code", str(INSIDE / "window.py"),
        ],
        capture_output=True, text=True, check=False, env=environment, timeout=240,
    )  # fmt: skip
    told = out / "window.json"
    assert told.exists(), done.stderr[-3000:]
    found = json.loads(told.read_text(encoding="utf-8"))
    assert "error" not in found, found["error"]
    count = len(features(out / "found.gpkg")[0])
    assert count > 5
    assert found["history"].startswith('processing.run("campdetector:detectdwellings"')
    mine, theirs = (features(out / f"{name}.gpkg") for name in ("found", "again"))
    assert shapely.equals_exact(mine[0], theirs[0]).all()
    assert (out / "classes.tif").read_bytes() == (out / "again.tif").read_bytes()
    assert found["active"]
    assert found["algorithms"] == 5
    assert found["loaded"]
    assert found["layers"] == ["Camp", f"Camp: {count:,} dwellings", "Camp: classes"]
    assert found["batch"]
    assert found["unloaded"]
    assert found["again"]
    assert found["after"] == 5
    assert found["count"] == count
    assert "must be less than half of the tile size" in found["sentence"]
    assert "Traceback" not in found["sentence"]
    for name in ("toolbox.png", "dialog.png", "finished.png", "window.png"):
        assert (out / name).stat().st_size > 10_000
