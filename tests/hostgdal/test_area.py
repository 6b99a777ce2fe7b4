"""A host's own GDAL measures the ground as the command line does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rasterio.crs import CRS

from camp_detector_core.georaster.ground import ground_scale
from camp_detector_core.raster.library import RasterioCrs
from tests.support.places import EVERYWHERE, place_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_hosts_measure_as_the_command_line_does(tmp_path: Path, child: Callable[..., str]) -> None:
    jobs = []
    for text, place in EVERYWHERE:
        crs = RasterioCrs(CRS.from_user_input(text))
        x, y = place_in(text, place)
        expected = ground_scale(crs, np.array([x]), np.array([y])).area
        jobs.append({"crs": crs.wkt, "x": x, "y": y, "area": expected[0]})
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    actual = json.loads(child("hostgdal_area.py", tmp_path / "jobs.json"))
    assert actual == pytest.approx([job["area"] for job in jobs], rel=1e-6)
