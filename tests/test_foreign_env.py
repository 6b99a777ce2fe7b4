"""Another program's GDAL in the environment neither changes a result nor blames a good file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import rasterio

from camp_detector_core import foreign_env
from camp_detector_core.engine.errors import RasterError
from camp_detector_core.foreign_env import drop_foreign_settings
from camp_detector_core.georaster.proj import refuse_without_database
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from camp_detector_core.georaster.ports import Crs

OTHER = Path(pyogrio.__file__).parent
"""Data of another release of GDAL and PROJ than rasterio's."""
ENVIRONMENTS = {
    "nowhere": {
        "PROJ_DATA": "/nonexistent",
        "PROJ_LIB": "/nonexistent",
        "GDAL_DATA": "/nonexistent",
        "GDAL_DRIVER_PATH": "/nonexistent",
    },
    "another release": {"PROJ_DATA": "{folder}", "GDAL_DATA": str(OTHER / "gdal_data")},
    "drivers off": {"GDAL_SKIP": "GTiff COG", "OGR_SKIP": "GPKG", "CPL_DEBUG": "ON"},
    "other ways to read": {
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_CACHEMAX": "0",
        "GDAL_NUM_THREADS": "ALL_CPUS",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "VRT_SHARED_SOURCE": "0",
        "GTIFF_POINT_GEO_IGNORE": "TRUE",
        "GTIFF_IGNORE_READ_ERRORS": "TRUE",
        "GDAL_TIFF_INTERNAL_MASK_TO_8BIT": "NO",
    },
}


def detect(
    folder: Path, image: Path, model: Path, changes: dict[str, str]
) -> tuple[bytes, list[str]]:
    """Run the command in a fresh process, and return the outlines and the warnings."""
    out = folder / "o.geojson"
    words = ["detect", image, "-m", model, "-o", out, "--overwrite"]
    process = subprocess.run(
        [sys.executable, "-m", "camp_detector_core", *map(str, words)],
        capture_output=True, text=True, check=False, env={**os.environ, **changes},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    report = json.loads((folder / "o_report.json").read_text())
    return out.read_bytes(), report["warnings"]


def pixel_is_point(path: Path) -> Path:
    """A raster whose coordinates are those of pixel centres, with its nodata value beside it."""
    pixels = rgb_of(scene())
    pixels[:, :, :40] = 7
    write_raster(path, pixels)
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(AREA_OR_POINT="Point")
    bands = "".join(
        f'<PAMRasterBand band="{i}"><NoDataValue>7</NoDataValue></PAMRasterBand>' for i in (1, 2, 3)
    )
    path.with_name(path.name + ".aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")
    return path


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_results_are_those_of_a_clean_environment(tmp_path: Path, model: Path, name: str) -> None:
    image = pixel_is_point(tmp_path / "a.tif")
    (tmp_path / "proj.db").write_bytes(b"of no release")
    changes = {k: v.format(folder=tmp_path) for k, v in ENVIRONMENTS[name].items()}
    assert detect(tmp_path, image, model, changes) == detect(tmp_path, image, model, {})


def test_training_forgets_the_same_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from training.__main__ import run

    monkeypatch.setenv("PROJ_DATA", "/nonexistent")
    with pytest.raises(SystemExit):
        run(["evaluate", "--chips", "/nonexistent"])
    assert "PROJ_DATA" not in os.environ
    capsys.readouterr()


def test_a_gdal_of_the_system_keeps_its_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(foreign_env, "_own_home", lambda: tmp_path)
    monkeypatch.setenv("PROJ_DATA", "/opt/conda/share/proj")
    drop_foreign_settings()
    assert os.environ["PROJ_DATA"] == "/opt/conda/share/proj"


class Blind:
    """A library whose PROJ knows no CRS, or calls every place another one."""

    def __init__(self, lonlat: tuple[float, float] | None) -> None:
        self._lonlat = lonlat

    def crs(self, code: str) -> Crs:
        if self._lonlat is None:
            msg = f"PROJ: cannot find proj.db for {code}"
            raise RasterError(msg)
        return self  # type: ignore[return-value] # only its `lonlat` is asked

    def lonlat(self, x: object, y: object) -> tuple[np.ndarray, ...]:
        assert self._lonlat is not None
        return tuple(np.array([v]) for v in self._lonlat)


@pytest.mark.parametrize("lonlat", [None, (np.nan, np.nan), (np.inf, np.inf), (0.0, 0.0)])
def test_the_variable_is_named_and_not_the_raster(
    monkeypatch: pytest.MonkeyPatch, lonlat: tuple[float, float] | None
) -> None:
    monkeypatch.setenv("PROJ_LIB", "/opt/postgis/proj")
    monkeypatch.delenv("PROJ_DATA", raising=False)
    with pytest.raises(RasterError, match=r"PROJ.*PROJ_LIB=/opt/postgis/proj.*unset it") as error:
        refuse_without_database(Blind(lonlat))  # type: ignore[arg-type]
    assert error.value.remedy == ""
    monkeypatch.delenv("PROJ_LIB")
    with pytest.raises(RasterError, match="install rasterio"):
        refuse_without_database(Blind(lonlat))  # type: ignore[arg-type]
    refuse_without_database(Blind((3.0, 0.0)))  # type: ignore[arg-type]
