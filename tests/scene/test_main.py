"""``python -m camp_detector_core.scene`` as a user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import rasterio
from click.testing import CliRunner

from camp_detector_core.scene.__main__ import main


def test_it_writes_image_and_labels_for_each_seed(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "scenes"
    result = CliRunner().invoke(
        main, ["--out", str(folder), "--seed", "3", "--count", "2", "--size", "96", "--gsd", "0.4"]
    )
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in folder.iterdir()) == [
        "scene-3.geojson",
        "scene-3.tif",
        "scene-4.geojson",
        "scene-4.tif",
    ]
    left = set()
    for seed in (3, 4):
        with rasterio.open(folder / f"scene-{seed}.tif") as raster:
            assert raster.shape == (96, 96)
            assert raster.res == pytest.approx((0.4, 0.4))
            left.add(raster.bounds.left)
        labels = json.loads((folder / f"scene-{seed}.geojson").read_text())["features"]
        assert f"scene-{seed}.tif: {len(labels)} dwellings" in result.output
    assert len(left) == 2, "the scenes of one run must not lie on top of each other"


def test_it_refuses_to_overwrite_and_to_draw_nonsense(tmp_path: Path) -> None:
    call = ["--out", str(tmp_path), "--size", "64"]
    assert CliRunner().invoke(main, call).exit_code == 0
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 2
    assert result.output.startswith("error: ")
    assert "exists" in result.output
    assert "--overwrite" in result.output
    assert result.output.count("\n") == 1
    assert CliRunner().invoke(main, [*call, "--overwrite"]).exit_code == 0
    small = CliRunner().invoke(main, ["--out", str(tmp_path), "--size", "10"])
    assert (small.exit_code, small.output) == (
        2,
        "error: height must be a whole number of at least 64 pixels, got 10\n",
    )


def test_the_chosen_sun_ground_and_layout_are_drawn(tmp_path: Path) -> None:
    def draw(name: str, *choices: str) -> bytes:
        out = ["--out", str(tmp_path / name), "--size", "64"]
        assert CliRunner().invoke(main, [*out, *choices]).exit_code == 0
        return (tmp_path / name / "scene-7.tif").read_bytes()

    plain = draw("plain")
    assert draw("same") == plain
    choices = (("--sun", "265", "25"), ("--ground", "red_earth"), ("--layout", "dense"))
    assert len({plain, *(draw(c[0], *c) for c in choices)}) == 4


def test_help_teaches() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "camp_detector_core.scene", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    for word in ("Examples", "--demo", "--sun AZIMUTH ELEVATION", "scene-SEED.geojson"):
        assert word in result.stdout
