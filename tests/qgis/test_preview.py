"""The preview on QGIS' map, as pixels."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.scene import generate_scene, random_options, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis


@pytest.mark.usefixtures("has_xvfb")
def test_the_map_shows_the_outlines_whenever_they_change(fresh_qgis: Qgis, tmp_path: Path) -> None:
    """A map keeps pictures of its layers, which may be of what they were before."""
    out = tmp_path / "out"
    out.mkdir()
    options = replace(random_options(11, height=900, width=900, gsd=0.2), layout="mixed")
    write_scene(generate_scene(options), tmp_path / "camp.tif")
    request = {"raster": str(tmp_path / "camp.tif"), "folder": str(out), "times": 4}
    answer = fresh_qgis.window("preview_window.py", request, out / "preview.json")
    if os.environ.get("CAMP_DETECTOR_SHOTS"):
        shutil.copytree(out, os.environ["CAMP_DETECTOR_SHOTS"], dirs_exist_ok=True)
    *looks, cleared = answer["looks"]
    for look in looks:
        assert look["right"] > 500, look
        assert look["shown"] == pytest.approx(look["right"], rel=0.05), look
    assert cleared["shown"] == cleared["right"] < 50
    assert [name.partition(":")[0] for name in answer["order"]] == ["Preview", "Preview", "Camp"]
    assert answer["order"][0].endswith("dwellings")
