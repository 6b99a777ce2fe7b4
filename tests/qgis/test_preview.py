"""The preview on QGIS' map, as pixels."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.scene import generate_scene, random_options, write_scene
from tests.qgis.conftest import INSIDE

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
    request = tmp_path / "request.json"
    asked = {"raster": str(tmp_path / "camp.tif"), "folder": str(out), "times": 4}
    request.write_text(json.dumps(asked), encoding="utf-8")
    environment = fresh_qgis.environment(CAMP_DETECTOR_TEST=str(request))
    environment.pop("QT_QPA_PLATFORM")
    done = subprocess.run(
        [
            "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "/usr/bin/qgis", "--nologo",
            "--noversioncheck", "--profiles-path", str(fresh_qgis.profile.parents[1]),
            "--profile", "default", "--code", str(INSIDE / "preview_window.py"),
        ],
        capture_output=True, text=True, check=False, env=environment, timeout=240,
    )  # fmt: skip
    told = out / "preview.json"
    assert told.exists(), done.stderr[-3000:]
    if os.environ.get("CAMP_DETECTOR_SHOTS"):
        shutil.copytree(out, os.environ["CAMP_DETECTOR_SHOTS"], dirs_exist_ok=True)
    found = json.loads(told.read_text(encoding="utf-8"))
    assert "error" not in found, found["error"]
    *looks, cleared = found["looks"]
    for look in looks:
        assert look["right"] > 500, look
        assert look["shown"] == pytest.approx(look["right"], rel=0.05), look
    assert cleared["shown"] == cleared["right"] < 50
    assert [name.partition(":")[0] for name in found["order"]] == ["Preview", "Preview", "Camp"]
    assert found["order"][0].endswith("dwellings")
