"""``python -m training export-data``: files in, the folder out, one line for each fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely

from camp_detector_core.training_data.request import FILES
from tests.support.rasters import UTM
from tests.training_data.conftest import AREA, ROWS
from training.__main__ import run as call

if TYPE_CHECKING:
    from pathlib import Path


def write_shapes(path: Path, *layers: str, kind: str | None = None) -> Path:
    """Write the rows, or the area into a layer of that name, as a GeoPackage."""
    for name in layers:
        shapes = [AREA] if name == "area" else ROWS
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(np.array(shapes)),
            field_data=[np.full(len(shapes), kind, object)] if kind else [],
            fields=["kind"] if kind else [],
            geometry_type="Polygon",
            crs=UTM,
            layer=name,
            driver="GPKG",
            append=path.exists(),
        )
    return path


@pytest.fixture
def words(image: Path, tmp_path: Path) -> list[str]:
    """The words of a command that works."""
    labels = write_shapes(tmp_path / "corrected.gpkg", "rows", kind="tent")
    words = ["--image", image, "--labels", labels, "--out", tmp_path / "camp north"]
    return ["export-data", *map(str, words)]


def failure(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        call(words)
    assert stop.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    return [line for line in lines if line.startswith("error: ")][-1]


def test_files_become_a_folder_and_a_command(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = write_shapes(tmp_path / "more.gpkg", "other", "area")
    call(
        [*words, "--area", str(both), "--area-layer", "area", "--class-field", "kind",
         "--model", "camp.onnx", "--bands", "3,1", "--margin", "5"]
    )  # fmt: skip
    folder = tmp_path / "camp north"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert pyogrio.read_info(folder / "area.gpkg")["features"] == 1
    output = capsys.readouterr().out.splitlines()
    assert output[0].startswith("64 dwellings on 0.7")
    assert output[1] == (
        f'python -m training adapt --model camp.onnx --data "{folder}" --out runs/camp-north'
    )


def test_faults_are_one_line_that_names_the_option(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = write_shapes(tmp_path / "more.gpkg", "rows", "area")
    error = failure([*words, "--area", str(both)], capsys)
    assert "more.gpkg has 2 layers (rows, area): give one as --area-layer" in error
    assert "has no attribute 'x'" in failure([*words, "--class-field", "x"], capsys)
    assert "--bands" in failure([*words, "--bands", "9"], capsys)
    assert not (tmp_path / "camp north").exists()
    call(words)
    assert "--overwrite" in failure(words, capsys)
    call([*words, "--overwrite"])
