"""Training data that a host exports with its own GDAL is that of the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.crs import CRS

from camp_detector_core.detection.ports import Listener
from camp_detector_core.products.rasterio_run import RasterioRun
from camp_detector_core.training_data.ports import FeatureLayer
from camp_detector_core.training_data.request import FILES, ExportRequest
from camp_detector_core.training_data.run import export_training_data
from tests.support.rasters import NORTH, UTM, WEST, write_raster
from training.data.data_writer import RasterioDataWriter
from training.data.reprojection import moved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LON_LAT = "EPSG:4326"


def dwellings() -> list[shapely.Geometry]:
    """Rows of boxes, one that crosses itself, a line, and one beyond the area."""
    x, y = WEST + 60, NORTH - 60
    boxes = [
        shapely.box(WEST + 20 + 10 * i, NORTH - 50, WEST + 26 + 10 * i, NORTH - 44)
        for i in range(12)
    ]
    bow = shapely.Polygon([(x, y), (x + 4, y + 4), (x + 4, y), (x, y + 4)])
    return [*boxes, bow, shapely.LineString([(x, y), (x + 9, y)])]


def layers() -> list[dict[str, Any]]:
    """Dwellings in degrees, and an area in the CRS of the image."""
    degrees = moved(np.array(dwellings()), CRS.from_string(UTM), CRS.from_string(LON_LAT))
    area = shapely.box(WEST + 15, NORTH - 90, WEST + 123, NORTH - 15)
    return [
        {
            "name": "corrected",
            "crs_wkt": CRS.from_string(crs).to_wkt(),
            "geometries": [shapely.to_wkb(shape).hex() for shape in shapes],
            "classes": ["tent"] * len(shapes) if crs == LON_LAT else None,
        }
        for crs, shapes in ((LON_LAT, degrees), (UTM, [area]))
    ]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_host_writes_what_the_command_line_writes(
    tmp_path: Path, child: Callable[..., str], dtype: str
) -> None:
    pixels = np.random.default_rng(5).integers(0, 250, (4, 400, 400)).astype(dtype)
    pixels[3] = 255
    pixels[3, 80:90, 80:95] = 0
    colors = ["red", "green", "blue", "alpha"]
    image = write_raster(tmp_path / "camp.tif", pixels, gsd=0.5, colors=colors)
    folder, own = tmp_path / "host", tmp_path / "own"
    host_result = json.loads(child("hostgdal_export.py", image, json.dumps(layers()), folder))
    features = [
        FeatureLayer(
            each["name"],
            [bytes.fromhex(g) for g in each["geometries"]],
            each["crs_wkt"],
            each["classes"],
        )
        for each in layers()
    ]
    request = ExportRequest(
        images=(str(image),), dwellings=features[0], area=features[1], folder=own, margin=10.0
    )
    outcome = export_training_data(request, RasterioRun(), RasterioDataWriter(), Listener())
    assert host_result["counts"] == [outcome.inside, outcome.cut, outcome.beyond] == [12, 1, 1]
    assert host_result["hectares"] == pytest.approx(outcome.hectares)
    assert host_result["warnings"] == [warning.sentence for warning in outcome.warnings]
    assert any("was mended" in warning for warning in host_result["warnings"])
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)
    with rasterio.open(folder / "image.tif") as made, rasterio.open(own / "image.tif") as same:
        np.testing.assert_array_equal(made.read(), same.read())
        np.testing.assert_array_equal(made.dataset_mask(), same.dataset_mask())
        assert {*np.unique(same.dataset_mask()).tolist()} == {0, 255}
        assert (made.crs, made.transform, made.colorinterp, made.dtypes) == (
            same.crs, same.transform, same.colorinterp, same.dtypes,
        )  # fmt: skip
    for name in ("labels.gpkg", "area.gpkg"):
        stored = [pyogrio.raw.read(place / name) for place in (folder, own)]
        shapes = [shapely.from_wkb(each[2]) for each in stored]
        assert (shapely.hausdorff_distance(*shapes) < 1e-6).all()
        assert stored[0][0]["crs"] == stored[1][0]["crs"] == UTM
        assert [list(v) for v in stored[0][3]] == [list(v) for v in stored[1][3]]
