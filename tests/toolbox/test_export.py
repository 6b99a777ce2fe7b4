"""Export Training Data writes the folder that the command line writes, or nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from camp_detector_core.training_data.request import FILES
from tests.support.rasters import NORTH, WEST, write_raster
from tests.toolbox.conftest import messages_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UTM = 32645
AREA = (15.0, 15.0, 110.0, 75.0)
"""Metres from the west and the north: left, top, right, bottom."""


def ring(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    """A closed ring, clockwise, of metres from the corner of the image."""
    corners = [(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)]
    return [[WEST + x, NORTH - y] for x, y in corners]


def box(left: float, top: float) -> list[list[list[float]]]:
    """A dwelling of 6 x 5 m."""
    return [ring(left, top, left + 6, top + 5)]


@pytest.fixture
def job(tmp_path: Path) -> dict[str, Any]:
    """Twelve dwellings, one at the edge of the area and one beyond it, and a row without shape."""
    pixels = np.random.default_rng(2).integers(0, 256, (3, 300, 300), dtype=np.uint8)
    image = write_raster(tmp_path / "camp.tif", pixels, gsd=0.5)
    dwellings = [box(20 + 10 * i, 20 + 30 * j) for j in range(2) for i in range(6)]
    shapes = [*dwellings, box(107, 40), box(130, 40), None]
    return {
        "layers": {
            "corrected": {
                "code": UTM, "shapes": shapes, "fields": {"kind": ["tent"] * len(shapes)},
            },
            "reviewed": {"code": UTM, "shapes": [[ring(*AREA)]]},
            "nowhere": {"code": 0, "shapes": [box(20, 20)]},
        },
        "values": {
            "in_raster": str(image),
            "in_dwellings": "corrected",
            "out_folder": str(tmp_path / "north"),
            "in_area": "reviewed",
            "margin": 10.0,
        },
    }  # fmt: skip


def test_the_folder_holds_the_reviewed_ground(
    tool: Callable[..., dict[str, Any]], job: dict[str, Any], tmp_path: Path
) -> None:
    job["values"] |= {"class_field": "kind", "credit": " Imagery: us "}
    result = tool("ExportTrainingData", path=None, **job)
    assert result["error"] is None
    folder = tmp_path / "north"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    with (
        rasterio.open(folder / "image.tif") as made,
        rasterio.open(tmp_path / "camp.tif") as source,
    ):
        assert made.bounds == pytest.approx((WEST + 5, NORTH - 85, WEST + 120, NORTH - 5))
        window = source.window(*made.bounds)
        np.testing.assert_array_equal(made.read(), source.read(window=window))
    meta, _, geometries, (kinds,) = pyogrio.raw.read(folder / "labels.gpkg")
    assert meta["crs"] == f"EPSG:{UTM}"
    assert len(geometries) == 13
    assert set(kinds) == {"tent"}
    first = shapely.Polygon(job["layers"]["corrected"]["shapes"][0][0])
    assert shapely.from_wkb(geometries[0]).equals(first)
    places = (folder / "places.toml").read_text()
    assert 'class_field = "class"' in places
    assert 'attribution = ["Imagery: us"]' in places
    lines = messages_of(result, "message")
    assert "13 dwellings on 0.5" in lines[0]
    assert "1 of them is cut by the edge of the reviewed area; 1 lies beyond it" in lines[0]
    assert lines[-1] == result["derived"]["command"]
    assert result["derived"]["command"].startswith("python -m training adapt --data ")
    warnings = messages_of(result, "warning")
    assert any("1 feature without geometry was left out" in text for text in warnings)
    assert any("13 dwellings of corrected on reviewed ground are few" in w for w in warnings)
    assert ["position", 50] in result["progress"]
    assert not result["left"]
    assert "onnxruntime" not in result["modules"]


def test_without_an_area_the_rectangle_of_the_dwellings_is_taken(
    tool: Callable[..., dict[str, Any]], job: dict[str, Any], tmp_path: Path
) -> None:
    del job["values"]["in_area"]
    result = tool("ExportTrainingData", path=None, **job)
    assert "no reviewed area was given" in messages_of(result, "warning")[1]
    assert pyogrio.read_info(tmp_path / "north/area.gpkg")["features"] == 1


def test_a_raster_of_a_database_is_copied_where_it_is_needed(
    tool: Callable[..., dict[str, Any]], job: dict[str, Any], tmp_path: Path
) -> None:
    name = "C:\\camp.gdb\\imagery"
    shutil.move(job["values"]["in_raster"], tmp_path / "store.tif")
    job["values"]["in_raster"] = name
    result = tool(
        "ExportTrainingData",
        path=None,
        **job,
        state={"rasters": {name: str(tmp_path / "store.tif")}},
    )
    assert result["error"] is None
    assert result["calls"][0] == "CopyRaster"
    assert not result["left"]
    with rasterio.open(tmp_path / "north/image.tif") as made:
        assert made.bounds == pytest.approx((WEST + 5, NORTH - 85, WEST + 120, NORTH - 5))


def test_an_earlier_export_is_replaced_only_where_the_options_allow_it(
    tool: Callable[..., dict[str, Any]], job: dict[str, Any], tmp_path: Path
) -> None:
    assert tool("ExportTrainingData", path=None, **job)["error"] is None
    error = tool("ExportTrainingData", path=None, **job)["error"]
    assert error.startswith(f"{tmp_path / 'north'} holds training data already")
    job["values"]["margin"] = 20.0
    again = tool("ExportTrainingData", path=None, **job, environments={"overwriteOutput": True})
    assert again["error"] is None
    with rasterio.open(tmp_path / "north/image.tif") as made:
        assert made.bounds.left == WEST


def test_the_geopackage_that_is_read_is_never_replaced(
    tool: Callable[..., dict[str, Any]], job: dict[str, Any], tmp_path: Path
) -> None:
    assert tool("ExportTrainingData", path=None, **job)["error"] is None
    table = str(tmp_path / "north" / "labels.gpkg" / "main.dwellings")
    job["layers"][table] = job["layers"]["corrected"]
    job["values"]["in_dwellings"] = table
    again = tool("ExportTrainingData", path=None, **job, environments={"overwriteOutput": True})
    assert "labels.gpkg is an input of this run" in again["error"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"in_dwellings": "nowhere"}, "nowhere has no coordinate system: set it with Define"),
        ({"in_area": "nowhere"}, "nowhere has no coordinate system: set it with Define"),
        ({"bands": "1,9"}, "“Bands”"),
        ({"bands": "x"}, "“Bands”"),
        ({"in_raster": "none.tif"}, "none.tif cannot be opened as a raster"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    tool: Callable[..., dict[str, Any]],
    job: dict[str, Any],
    tmp_path: Path,
    values: dict[str, str],
    words: str,
) -> None:
    job["values"] |= values
    result = tool("ExportTrainingData", path=None, **job)
    assert words in result["error"]
    assert "should not" not in result["error"]
    assert not (tmp_path / "north").exists()


def test_cancelling_leaves_nothing(
    tool: Callable[..., dict[str, Any]], job: dict[str, Any], tmp_path: Path
) -> None:
    for after in range(6):
        result = tool("ExportTrainingData", path=None, **job, state={"cancel_after": after})
        assert messages_of(result, "warning")[-1] == "Cancelled; nothing was written."
        assert not (tmp_path / "north").exists()
