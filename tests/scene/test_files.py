"""Written scenes are read back by GDAL as they were, or nothing is written."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.warp import transform_geom

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.scene import (
    Place,
    Scene,
    SceneError,
    SceneOptions,
    generate_scene,
    write_scene,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("nodata", ["mask", "alpha"])
def test_the_image_comes_back_with_its_mask(
    tmp_path: Path, mixed_scene: Scene, nodata: str
) -> None:
    place = Place(crs="EPSG:32737", easting=500_000.0, northing=9_000_000.0, nodata=nodata)
    write_scene(mixed_scene, tmp_path / "a.tif", place=place)
    with rasterio.open(tmp_path / "a.tif") as raster:
        assert np.array_equal(raster.read([1, 2, 3]), mixed_scene.image)
        assert np.array_equal(raster.dataset_mask() == 255, mixed_scene.valid)
        assert raster.count == (4 if nodata == "alpha" else 3)
        assert raster.crs.to_epsg() == 32737
        assert raster.transform.almost_equals(rasterio.Affine(0.3, 0, 500_000, 0, -0.3, 9_000_000))
        assert raster.block_shapes[0] == (256, 256)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


def test_a_full_image_has_no_mask(tmp_path: Path) -> None:
    scene = generate_scene(SceneOptions(seed=0, height=64, width=64))
    write_scene(scene, tmp_path / "a.tif")
    with rasterio.open(tmp_path / "a.tif") as raster:
        assert raster.dataset_mask().min() == 255
        assert raster.mask_flag_enums[0] == [rasterio.enums.MaskFlags.all_valid]


def test_labels_lie_on_their_pixels(tmp_path: Path, mixed_scene: Scene) -> None:
    write_scene(mixed_scene, tmp_path / "a.tif", tmp_path / "a.gpkg")
    meta, _, geometry, fields = pyogrio.raw.read(tmp_path / "a.gpkg")
    assert meta["crs"] == "EPSG:32636"
    assert list(meta["fields"]) == ["kind", "area_m2", "visible"]
    shapes = shapely.from_wkb(geometry)
    assert shapely.is_valid(shapes).all()
    assert list(fields[0]) == [label.kind for label in mixed_scene.labels]
    assert fields[1] == pytest.approx(shapely.area(shapes), abs=1e-3)
    with rasterio.open(tmp_path / "a.tif") as raster:
        burnt = rasterio.features.rasterize(
            list(shapes), out_shape=raster.shape, transform=raster.transform
        )
    assert (burnt != mixed_scene.mask).mean() < 1e-4


def test_geojson_is_in_degrees_and_in_the_right_place(tmp_path: Path, mixed_scene: Scene) -> None:
    write_scene(mixed_scene, tmp_path / "a.tif", tmp_path / "a.geojson")
    features = json.loads((tmp_path / "a.geojson").read_text())["features"]
    assert len(features) == len(mixed_scene.labels)
    place = Place()
    for feature, label in zip(features, mixed_scene.labels, strict=True):
        back = transform_geom("EPSG:4326", place.crs, feature["geometry"])
        pixels = (np.array(back["coordinates"][0]) - (place.easting, place.northing)) / (0.3, -0.3)
        polygon, expected = shapely.Polygon(pixels), shapely.Polygon(label.polygon)
        assert polygon.symmetric_difference(expected).area < 0.02 + 0.001 * expected.area


def test_a_scene_without_dwellings_has_an_empty_layer(tmp_path: Path, mixed_scene: Scene) -> None:
    empty = replace(mixed_scene, labels=())
    for name in ("a.geojson", "a.gpkg"):
        write_scene(empty, tmp_path / "a.tif", tmp_path / name, overwrite=True)
        assert pyogrio.read_info(tmp_path / name)["features"] == 0


def test_existing_files_are_kept_unless_told(tmp_path: Path, mixed_scene: Scene) -> None:
    image, labels = tmp_path / "a.tif", tmp_path / "a.geojson"
    labels.write_text("mine")
    with pytest.raises(OutputError, match=r"a\.geojson exists"):
        write_scene(mixed_scene, image, labels)
    assert [path.name for path in tmp_path.iterdir()] == ["a.geojson"]
    assert labels.read_text() == "mine"
    write_scene(mixed_scene, image, labels, overwrite=True)
    assert labels.read_text().startswith("{")


@pytest.mark.parametrize(
    ("image", "labels", "message"),
    [
        ("a.png", None, r"a\.png: a scene is written as GeoTIFF"),
        ("a.tif", "a.shp", r"a\.shp: labels are written as \.gpkg or \.geojson"),
        ("no/a.tif", None, r"the folder .*no does not exist"),
    ],
)
def test_paths_that_cannot_be(
    tmp_path: Path, mixed_scene: Scene, image: str, labels: str | None, message: str
) -> None:
    with pytest.raises(OutputError, match=message):
        write_scene(mixed_scene, tmp_path / image, labels and tmp_path / labels)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("crs", "message"), [("EPSG:1", "unknown"), ("EPSG:4326", "metres"), ("EPSG:2225", "metres")]
)
def test_a_crs_without_metres_is_refused(
    tmp_path: Path, mixed_scene: Scene, crs: str, message: str
) -> None:
    with pytest.raises(SceneError, match=message):
        write_scene(mixed_scene, tmp_path / "a.tif", place=Place(crs=crs))
    assert not list(tmp_path.iterdir())


def test_a_marking_that_no_reader_knows_is_refused() -> None:
    with pytest.raises(SceneError, match="nodata"):
        Place(nodata="zero")


def test_a_full_disk_leaves_nothing(
    tmp_path: Path, mixed_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise pyogrio.errors.DataSourceError("no space left on device")

    monkeypatch.setattr(pyogrio.raw, "write", full)
    with pytest.raises(OutputError, match=r"a\.gpkg cannot be written: no space left on device"):
        write_scene(mixed_scene, tmp_path / "a.tif", tmp_path / "a.gpkg")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="needs /dev/full")
def test_an_image_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, mixed_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = rasterio.open

    def onto_full_disk(path: Path, mode: str = "r", **profile: object) -> object:
        return original("/dev/full" if mode == "w" else path, mode, **profile)

    monkeypatch.setattr(rasterio, "open", onto_full_disk)
    with pytest.raises(OutputError, match=r"a\.tif cannot be written"):
        write_scene(mixed_scene, tmp_path / "a.tif", tmp_path / "a.gpkg")
    assert not list(tmp_path.iterdir())
