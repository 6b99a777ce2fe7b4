"""The zip file in a fresh profile of QGIS with its window, as an analyst has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

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
    raster = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    asked = {
        "raster": str(raster),
        "model": str(write_model(tmp_path / "tiny.onnx")),
        "folder": str(out),
    }
    found = fresh_qgis.window("window.py", asked, out / "window.json")
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
