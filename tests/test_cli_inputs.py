"""The command on all kinds of rasters, end to end; see `test_cli` for what comes out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import rasterio
import rasterio.features
import rasterio.shutil
import shapely
from rasterio.transform import Affine
from rasterio.warp import transform_geom

from tests.support.models import write_model
from tests.support.outlines import EXACT, features, same_polygons, traced
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster


def test_a_folder_of_tiles_gives_what_the_raster_gives(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    camp_mask = scene(200, 260)
    image = write_raster(tmp_path / "a.tif", rgb_of(camp_mask))
    folder = tmp_path / "tiles"
    folder.mkdir()
    with rasterio.open(image) as dataset:
        for row in range(0, 200, 70):
            for col in range(0, 260, 90):
                window = rasterio.windows.Window(col, row, min(90, 260 - col), min(70, 200 - row))
                transform = Affine(0.5, 0, WEST + col / 2, 0, -0.5, NORTH - row / 2)
                pixels = dataset.read(window=window)
                write_raster(folder / f"{row}_{col}.tif", pixels, transform=transform)
    several = sorted(folder.iterdir())
    for name, images in (("one", [image]), ("folder", [folder]), ("several", several)):
        out = tmp_path / f"{name}.gpkg"
        code, _, _ = camp("detect", *images, "-m", model, "-o", out, "--probability")
        assert code == 0
    one, other_inputs = tmp_path / "one", [tmp_path / "folder", tmp_path / "several"]
    for other in other_inputs:
        assert [s.wkb for s in features(one.with_suffix(".gpkg"))[0]] == [
            s.wkb for s in features(other.with_suffix(".gpkg"))[0]
        ]
        with (
            rasterio.open(f"{one}_probability.tif") as a,
            rasterio.open(f"{other}_probability.tif") as b,
        ):
            assert np.array_equal(a.read(), b.read())
            assert a.transform == b.transform


@pytest.mark.parametrize(
    ("crs", "place"),
    [
        ("EPSG:4326", (85.5, 27.6, 4.5e-6)),
        ("EPSG:4326", (20.0, -60.0, 4.5e-6)),
        ("EPSG:3857", (9_520_000.0, 3_200_000.0, 0.56)),
        ("EPSG:3857", (2_000_000.0, 8_400_000.0, 1.0)),
    ],
)
def test_areas_are_those_on_the_ground(
    tmp_path: Path, model: Path, camp: Any, crs: str, place: tuple[float, float, float]
) -> None:
    x, y, unit = place
    camp_mask = np.zeros((300, 300), bool)
    camp_mask[100:200, 50:200] = True
    image = write_raster(
        tmp_path / "a.tif", rgb_of(camp_mask), crs=crs, transform=Affine(unit, 0, x, 0, -unit, y)
    )
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--gsd", "native", *EXACT)
    (shape,), fields = features(tmp_path / "o.gpkg")
    assert shape.bounds == pytest.approx(
        (x + 50 * unit, y - 200 * unit, x + 200 * unit, y - 100 * unit)
    )
    lon, lat = transform_geom(crs, "EPSG:4326", {"type": "Point", "coordinates": (x, y)})[
        "coordinates"
    ]
    local = f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84"
    flat = shapely.geometry.shape(transform_geom(crs, local, shapely.geometry.mapping(shape)))
    assert fields["area_m2"][0] == pytest.approx(flat.area, rel=1e-3)


@pytest.mark.parametrize("gsd", [0.2, 1.3])
def test_other_resolutions_give_the_same_places(
    tmp_path: Path, model: Path, camp: Any, gsd: float
) -> None:
    camp_mask = np.zeros((round(100 / gsd), round(120 / gsd)), bool)
    camp_mask[round(26 / gsd) : round(52 / gsd), round(39 / gsd) : round(78 / gsd)] = True
    image = write_raster(tmp_path / "a.tif", rgb_of(camp_mask), gsd=gsd)
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask")
    (shape,), _ = features(tmp_path / "o.gpkg")
    expected = shapely.box(WEST + 39, NORTH - 52, WEST + 78, NORTH - 26)
    assert shapely.symmetric_difference(shape, expected).area < 0.02 * expected.area
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert dataset.res == pytest.approx((0.5, 0.5), rel=5e-3)
        assert dataset.transform.c == WEST


def test_nodata_and_alpha_are_not_inferred(tmp_path: Path, model: Path, camp: Any) -> None:
    pixels = np.full((3, 400, 300), 255, np.uint8)
    pixels[:, 100:] = 0
    alpha = np.zeros((1, 400, 300), np.uint8)
    alpha[:, :100] = 255
    for name, image in (
        ("nodata", write_raster(tmp_path / "n.tif", pixels, nodata=0)),
        ("alpha", write_raster(tmp_path / "a.tif", np.concatenate((pixels, alpha)), alpha="YES")),
    ):
        out = tmp_path / f"{name}.gpkg"
        camp("detect", image, "-m", model, "-o", out, "--probability", *EXACT)
        (shape,), _ = features(out)
        assert shape.bounds == (WEST, NORTH - 50, WEST + 150, NORTH)
        with rasterio.open(tmp_path / f"{name}_probability.tif") as dataset:
            scores = dataset.read(1)
        assert (scores[:100] == 254).all()
        assert (scores[100:] == 255).all()
        tiles = json.loads((tmp_path / f"{name}_report.json").read_text())["tiles"]
        assert tiles["skipped"] > tiles["inferred"] > 0


def test_nan_pixels_are_left_out(tmp_path: Path, camp: Any) -> None:
    model = write_model(tmp_path / "float.onnx", dtype="float32")
    pixels = np.ones((3, 90, 90), np.float32)
    pixels[1, 30:60, 30:60] = np.nan
    image = write_raster(tmp_path / "a.tif", pixels, colors=("red", "green", "blue"))
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", *EXACT)
    assert (code, err) == (0, "")
    (shape,), _ = features(tmp_path / "o.gpkg")
    assert shape.area == pytest.approx((8100 - 900) / 4)
    assert len(shape.interiors) == 1


@pytest.mark.parametrize("stretch", [None, "percentile", "500,9000"])
def test_uint16_is_stretched_alike_everywhere(
    tmp_path: Path, model: Path, camp: Any, stretch: str | None
) -> None:
    camp_mask = scene(300, 200)
    pixels = np.where(rgb_of(camp_mask) > 127, 9000, 500).astype(np.uint16)
    image = write_raster(tmp_path / "a.tif", pixels, colors=("red", "green", "blue"))
    options = () if stretch is None else ("--stretch", stretch)
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask", *options)
    assert code == 0
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert np.array_equal(dataset.read(1), camp_mask)
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["parameters"]["stretch"] == {"low": [500] * 3, "high": [9000] * 3}
    assert ("uint16" in err) == (stretch is None)
    assert len(report["warnings"]) == (stretch is None)


@pytest.mark.parametrize(
    ("count", "options"),
    [
        (1, ("--bands", "1,1,1")),
        (2, ("--bands", "1,2,2")),
        (3, ()),
        (4, ()),
        (8, ("--bands", "1,8,4")),
    ],
)
def test_rasters_of_any_number_of_bands(
    tmp_path: Path, model: Path, camp: Any, count: int, options: tuple[str, ...]
) -> None:
    camp_mask = scene()
    pixels = np.zeros((count, 150, 170), np.uint8)
    pixels[0] = camp_mask * 255
    if count == 4:
        pixels[3] = 255
    image = write_raster(tmp_path / "a.tif", pixels)
    code, _, _ = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", *EXACT, *options)
    assert code == 0
    shapes, _ = features(tmp_path / "o.gpkg")
    assert same_polygons(shapes, traced(camp_mask, Affine(0.5, 0, WEST, 0, -0.5, NORTH)))


@pytest.mark.parametrize("shape", [(1, 1), (7, 90), (33, 20)])
def test_rasters_smaller_than_a_tile(
    tmp_path: Path, model: Path, camp: Any, shape: tuple[int, int]
) -> None:
    image = write_raster(tmp_path / "a.tif", np.full((3, *shape), 255, np.uint8), tiled=False)
    code, _, _ = camp(
        "detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--all-outputs", *EXACT
    )
    assert code == 0
    (outline,), _ = features(tmp_path / "o.gpkg")
    assert outline.area == pytest.approx(shape[0] * shape[1] / 4)


def test_no_crs_is_warned_about_and_carried_through(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()), crs=None)
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask")
    assert code == 0
    assert err.startswith("warning: ")
    assert "has no CRS" in err
    assert pyogrio.read_info(tmp_path / "o.gpkg")["crs"] is None
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert dataset.crs is None
        assert dataset.transform == Affine(0.5, 0, WEST, 0, -0.5, NORTH)
    assert "has no CRS" in json.loads((tmp_path / "o_report.json").read_text())["warnings"][0]
    assert camp("detect", image, "-m", model, "-o", tmp_path / "q.gpkg", "-q") == (0, "", "")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_picture_is_worked_on_in_pixels(tmp_path: Path, model: Path, camp: Any) -> None:
    camp_mask = np.zeros((100, 100), bool)
    camp_mask[20:40, 30:70] = True
    image = write_raster(
        tmp_path / "a.png", rgb_of(camp_mask), driver="PNG", crs=None, transform=None
    )
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", *EXACT)
    assert code == 0
    assert "no georeference" in err
    (shape,), fields = features(tmp_path / "o.gpkg")
    assert shape.bounds == (30, -40, 70, -20)
    assert fields["area_m2"].tolist() == [200.0]
    camp("detect", image, "-m", model, "-o", tmp_path / "p.gpkg", "--pixel-size", "0.25", *EXACT)
    (shape,), fields = features(tmp_path / "p.gpkg")
    assert shape.bounds == (30, -40, 70, -20)
    assert fields["area_m2"].tolist() == [50.0]


def test_all_nodata_is_a_valid_run_that_says_so(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", np.zeros((3, 200, 200), np.uint8), nodata=0)
    code, out, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--all-outputs")
    assert code == 0
    assert "holds an image, so no dwelling can be found" in err
    assert out.startswith("0 dwellings: the raster has no valid pixel\n")
    assert pyogrio.read_info(tmp_path / "o.gpkg")["features"] == 0
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["result"]["median_area_m2"] is None
    assert report["tiles"]["inferred"] == 0


def test_a_virtual_raster_and_a_path_inside_a_zip_are_read(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    import zipfile

    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    rasterio.shutil.copy(image, tmp_path / "a.vrt", driver="VRT")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(image, "inside.tif")
    for i, name in enumerate((image, tmp_path / "a.vrt", f"/vsizip/{tmp_path}/a.zip/inside.tif")):
        assert camp("detect", name, "-m", model, "-o", tmp_path / f"{i}.gpkg")[0] == 0
    first, *others_features = (features(tmp_path / f"{i}.gpkg")[0] for i in range(3))
    assert first
    assert all(same_polygons(first, other) for other in others_features)


def test_a_raster_on_the_web_is_read_by_its_address(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(600, 500)))
    # A process of its own: GDAL waits for the answer while it holds this one's interpreter.
    script = Path(__file__).parent / "support" / "web.py"
    command = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        for i, name in enumerate((f"{address}/a.tif", f"/vsicurl/{address}/a.tif")):
            out = tmp_path / f"{i}.gpkg"
            assert camp("detect", name, "-m", model, "-o", out)[0] == 0
        code, _, err = camp(
            "detect", f"{address}/gone.tif", "-m", model, "-o", tmp_path / "gone.gpkg"
        )
        server.terminate()
    assert (code, len(err.splitlines())) == (2, 1)
    assert "gone.tif" in err
    camp("detect", image, "-m", model, "-o", tmp_path / "local.gpkg")
    local = features(tmp_path / "local.gpkg")[0]
    assert all(same_polygons(local, features(tmp_path / f"{i}.gpkg")[0]) for i in range(2))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_banepa_predict_tiles_as_one_mosaic(tmp_path: Path, banepa: Path, camp: Any) -> None:
    """Real tiles: what is bright in them, without a seam where they meet."""
    model = write_model(tmp_path / "m.onnx", gsd=0.13, tile_size=512, overlap=64)
    code, _, err = camp(
        "detect", banepa / "predict", "-m", model, "-o", tmp_path / "o.gpkg", "--mask", *EXACT,
        "--min-area", "10",
    )  # fmt: skip
    assert code == 0
    assert "web map tile" in err
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        mask = dataset.read(1)
        transform = dataset.transform
    reds = np.zeros((2048, 2048), np.uint8)
    for path in (banepa / "predict").glob("*.tif"):
        x, y = (int(v) for v in path.stem.split("-")[1:3])
        row, col = (y - 220243) * 512, (x - 386697) * 512
        with rasterio.open(path) as dataset:
            reds[row : row + 512, col : col + 512] = dataset.read(1)
    assert np.array_equal(mask, reds >= 128)
    shapes, fields = features(tmp_path / "o.gpkg")
    least = 10 / (0.13236 * 0.13166) * transform.a**2
    large = [shape for shape in traced(reds >= 128, transform) if shape.area > least]
    assert same_polygons(shapes, large)
    assert fields["area_m2"].min() >= 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--nodata", ""), "--nodata has an empty value"),
        (("--threads", " "), "--threads has an empty value"),
        (("--catalog", ""), "--catalog has an empty value"),
        (("--min-area", "1,500"), "--min-area must be 0 to 1000000 square metres, got '1,500'"),
        (("--threads", "1,000"), "--threads must be a whole number, 1 or more, got '1,000'"),
    ],
)
def test_a_value_that_might_mean_something_else_is_refused(
    tmp_path: Path, camp: Any, options: tuple[str, ...], words: str
) -> None:
    code, _, err = camp("detect", tmp_path / "a.tif", "-o", tmp_path / "a.gpkg", *options)
    assert code == 2
    assert words in err
