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
    request = {
        "raster": str(raster),
        "model": str(write_model(tmp_path / "tiny.onnx")),
        "folder": str(out),
    }
    answer = fresh_qgis.window("window.py", request, out / "window.json")
    count = len(features(out / "found.gpkg")[0])
    assert count > 5
    assert answer["history"].startswith('processing.run("campdetector:detectdwellings"')
    first, repeated = (features(out / f"{name}.gpkg") for name in ("found", "again"))
    assert shapely.equals_exact(first[0], repeated[0]).all()
    assert (out / "classes.tif").read_bytes() == (out / "again.tif").read_bytes()
    assert answer["active"]
    assert answer["algorithms"] == 7
    assert answer["loaded"]
    assert answer["layers"] == ["Camp", f"Camp: {count:,} dwellings", "Camp: classes"]
    assert answer["batch"]
    assert answer["unloaded"]
    assert answer["again"]
    assert answer["after"] == 7
    assert answer["count"] == count
    assert "must be less than half of the tile size" in answer["sentence"]
    assert "Traceback" not in answer["sentence"]
    for name in ("toolbox.png", "dialog.png", "finished.png", "window.png"):
        assert (out / name).stat().st_size > 10_000
