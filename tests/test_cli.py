"""The command on real files, end to end, with models whose answer is known for every pixel."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

from camp_detector_core import __version__
from camp_detector_core.cli import main
from tests.support.models import stac_item, tiny_onnx, tiny_spec, write_model
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

EXACT = ("--simplify", "0")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "tiny.onnx")


@pytest.fixture
def camp(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process; gives exit code, stdout and stderr."""

    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in args])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


def features(path: Path) -> tuple[list[shapely.Geometry], dict[str, NDArray[Any]]]:
    meta, _, geometry, columns = pyogrio.raw.read(path)
    return list(shapely.from_wkb(geometry)), dict(zip(meta["fields"], columns, strict=True))


def traced(found: NDArray[np.bool_], transform: Affine) -> list[shapely.Geometry]:
    """GDAL's polygons of a mask."""
    shapes = rasterio.features.shapes(found.astype(np.uint8), found, 4, transform)
    return [shapely.geometry.shape(s) for s, _ in shapes]


def same_polygons(some: list[shapely.Geometry], others: list[shapely.Geometry]) -> bool:
    def normal(shapes: list[shapely.Geometry]) -> list[str]:
        return sorted(shapely.to_wkt(shapely.normalize(shapely.simplify(s, 0)), 3) for s in shapes)

    return normal(some) == normal(others)


# What comes out.


def test_polygons_are_exactly_the_mask(tmp_path: Path, model: Path, camp: Any) -> None:
    found = scene(300, 200)
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
    code, out, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask", *EXACT)
    assert (code, err) == (0, "")
    shapes, fields = features(tmp_path / "o.gpkg")
    expected = traced(found, Affine(0.5, 0, WEST, 0, -0.5, NORTH))
    assert same_polygons(shapes, expected)
    assert all(s.is_valid for s in shapes)
    assert fields["id"].tolist() == list(range(1, len(expected) + 1))
    assert fields["area_m2"] == pytest.approx([s.area for s in shapes])
    assert fields["area_m2"].sum() == pytest.approx(found.sum() * 0.25)
    assert (fields["probability"] == 1).all()
    assert set(fields["model"]) == {"tiny-1.0"}
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert np.array_equal(dataset.read(1), found)
    median = np.median(fields["area_m2"])
    assert out.startswith(
        f"{len(shapes)} dwellings, {found.sum() / 4:,.1f} m2 in all, median {median:.1f} m2\n"
    )
    assert str(tmp_path / "o.gpkg") in out


def test_all_outputs_and_the_report(tmp_path: Path, model: Path, camp: Any) -> None:
    found = scene()
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
    folder = tmp_path / "out"
    folder.mkdir()
    code, _, _ = camp(
        "detect", image, "-m", model, "-o", folder / "o.gpkg", "--all-outputs", "--min-area", "2"
    )
    assert code == 0
    names = ["o.gpkg", "o_mask.tif", "o_overlay.png", "o_probability.tif", "o_report.json"]
    assert sorted(p.name for p in folder.iterdir()) == names
    with rasterio.open(folder / "o_probability.tif") as dataset:
        assert np.array_equal(dataset.read(1), found * np.uint8(254))
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    _, fields = features(folder / "o.gpkg")
    assert fields["area_m2"].min() >= 2
    report = json.loads((folder / "o_report.json").read_text())
    assert report["model"]["id"] == "tiny-1.0"
    assert report["model"]["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert report["model"]["attribution"] == ["made by a test"]
    assert report["input"] == {
        "images": [str(image)],
        "files": [str(image)],
        "bands": [1, 2, 3],
        "dtype": "uint8",
    }
    assert report["grid"]["gsd_m"] == [0.5, 0.5]
    assert report["grid"]["resampled"] is False
    assert report["parameters"]["min_area_m2"] == 2
    assert report["parameters"]["threshold"] == 0.5
    result = report["result"]
    assert result["dwellings"] == result["by_class"]["dwelling"] == len(fields["id"])
    assert result["total_area_m2"] == pytest.approx(fields["area_m2"].sum())
    assert result["median_area_m2"] == pytest.approx(np.median(fields["area_m2"]))
    tiles = report["tiles"]
    assert tiles["total"] == tiles["inferred"] > 1
    assert {"read", "infer", "blend", "write", "wall"} <= set(report["seconds"]["stages of detect"])
    assert {"open", "detect", "vector file", "overlay"} <= set(report["seconds"])
    assert {"camp-detector", "python", "numpy", "onnxruntime", "gdal", "system"} <= set(
        report["software"]
    )
    assert report["outputs"]["mask"] == str(folder / "o_mask.tif")
    assert report["started"].endswith("+00:00")


def test_no_report_means_the_vector_file_alone(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    (tmp_path / "out").mkdir()
    camp("detect", image, "-m", model, "-o", tmp_path / "out" / "o.fgb", "--no-report")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["o.fgb"]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".shp"])
def test_every_format(tmp_path: Path, model: Path, camp: Any, suffix: str) -> None:
    found = scene()
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
    path = tmp_path / f"o{suffix}"
    assert camp("detect", image, "-m", model, "-o", path, *EXACT)[0] == 0
    info = pyogrio.read_info(path)
    assert info["features"] == len(traced(found, Affine.identity()))
    assert info["crs"] == ("EPSG:4326" if suffix == ".geojson" else "EPSG:32645")
    _, fields = features(path)
    assert fields["area_m2"].sum() == pytest.approx(found.sum() * 0.25)


def test_simplified_outlines_stay_near_the_exact_ones(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    rows, cols = np.indices((200, 200)) - 100
    found = rows**2 + cols**2 < 70**2
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
    for name, options in (("exact", EXACT), ("pixel", ()), ("metre", ("--simplify", "1"))):
        camp("detect", image, "-m", model, "-o", tmp_path / f"{name}.gpkg", *options)
    (exact,), (pixel,), (metre,) = (
        features(tmp_path / f"{n}.gpkg")[0] for n in ("exact", "pixel", "metre")
    )
    counts = [shapely.get_num_coordinates(s) for s in (exact, pixel, metre)]
    assert counts[0] > counts[1] > counts[2] > 4
    assert shapely.hausdorff_distance(exact, pixel) <= 0.5 + 1e-6
    assert shapely.hausdorff_distance(exact, metre) <= 1 + 1e-6


def test_squared_outlines_are_rectangles(tmp_path: Path, model: Path, camp: Any) -> None:
    rows, cols = np.indices((120, 120)) - 60
    turn = np.radians(30)
    along, across = (
        cols * np.cos(turn) + rows * np.sin(turn),
        rows * np.cos(turn) - cols * np.sin(turn),
    )
    found = (np.abs(along) < 40) & (np.abs(across) < 20)
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--square")
    (shape,), _ = features(tmp_path / "o.gpkg")
    assert shapely.get_num_coordinates(shape) == 5
    assert shape.area == pytest.approx(found.sum() * 0.25, rel=0.03)


def test_classes_have_their_names_and_values(tmp_path: Path, camp: Any) -> None:
    from camp_detector_core.engine.spec import ClassDef

    classes = (ClassDef(3, "tent", "#FF0000"), ClassDef(7, "hut", "#00FF00"))
    model = write_model(tmp_path / "two.onnx", classes=classes)
    pixels = np.zeros((3, 80, 80), np.uint8)
    pixels[0, 10:20, 10:20] = 255
    pixels[1, 40:60, 40:50] = 255
    image = write_raster(tmp_path / "a.tif", pixels)
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--all-outputs")
    _, fields = features(tmp_path / "o.gpkg")
    assert fields["class"].tolist() == ["tent", "hut"]
    assert fields["area_m2"] == pytest.approx([25, 50])
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        mask = dataset.read(1)
        assert (mask[15, 15], mask[50, 45], mask[0, 0]) == (3, 7, 0)
    with rasterio.open(tmp_path / "o_probability.tif") as dataset:
        assert dataset.descriptions == ("probability of tent", "probability of hut")
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["result"]["by_class"] == {"tent": 1, "hut": 1}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_the_overlay_shows_imagery_outlines_and_nodata(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    pixels = np.full((3, 100, 200), 90, np.uint8)
    pixels[:, 40:80, 60:120] = 255
    pixels[:, :, 150:] = 0
    image = write_raster(tmp_path / "a.tif", pixels, nodata=0)
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--overlay")
    with rasterio.open(tmp_path / "o_overlay.png") as dataset:
        shown = dataset.read()
    assert shown.shape == (3, 100, 200)
    line = (shown == np.array([227, 26, 28])[:, None, None]).all(axis=0)
    expected = np.zeros((100, 200), bool)
    expected[39:81, 59:121] = True
    expected[41:79, 61:119] = False
    assert np.array_equal(line, expected)
    assert (shown[:, 10, 10] == 90).all()
    assert (shown[:, 60, 90] == 255).all()
    assert (shown[:, 10, 190] == 160).all()
    camp("detect", image, "-m", model, "-o", tmp_path / "s.gpkg", "--overlay", "--overlay-size", 50)
    with rasterio.open(tmp_path / "s_overlay.png") as dataset:
        assert dataset.shape == (25, 50)
    assert not list(tmp_path.glob("*.aux.xml"))


# What goes in.


def test_a_folder_of_tiles_gives_what_the_raster_gives(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    found = scene(200, 260)
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
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
    one, others = tmp_path / "one", [tmp_path / "folder", tmp_path / "several"]
    for other in others:
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
    found = np.zeros((300, 300), bool)
    found[100:200, 50:200] = True
    image = write_raster(
        tmp_path / "a.tif", rgb_of(found), crs=crs, transform=Affine(unit, 0, x, 0, -unit, y)
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
    found = np.zeros((round(100 / gsd), round(120 / gsd)), bool)
    found[round(26 / gsd) : round(52 / gsd), round(39 / gsd) : round(78 / gsd)] = True
    image = write_raster(tmp_path / "a.tif", rgb_of(found), gsd=gsd)
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask")
    (shape,), _ = features(tmp_path / "o.gpkg")
    expected = shapely.box(WEST + 39, NORTH - 52, WEST + 78, NORTH - 26)
    assert shapely.symmetric_difference(shape, expected).area < 0.02 * expected.area
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert dataset.res == pytest.approx((0.5, 0.5))
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
    found = scene(300, 200)
    pixels = np.where(rgb_of(found) > 127, 9000, 500).astype(np.uint16)
    image = write_raster(tmp_path / "a.tif", pixels, colors=("red", "green", "blue"))
    options = () if stretch is None else ("--stretch", stretch)
    code, _, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask", *options)
    assert code == 0
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert np.array_equal(dataset.read(1), found)
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
    found = scene()
    pixels = np.zeros((count, 150, 170), np.uint8)
    pixels[0] = found * 255
    if count == 4:
        pixels[3] = 255
    image = write_raster(tmp_path / "a.tif", pixels)
    code, _, _ = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", *EXACT, *options)
    assert code == 0
    shapes, _ = features(tmp_path / "o.gpkg")
    assert same_polygons(shapes, traced(found, Affine(0.5, 0, WEST, 0, -0.5, NORTH)))


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
    found = np.zeros((100, 100), bool)
    found[20:40, 30:70] = True
    image = write_raster(tmp_path / "a.png", rgb_of(found), driver="PNG", crs=None, transform=None)
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
    assert (code, err) == (0, "")
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
    first, *rest = (features(tmp_path / f"{i}.gpkg")[0] for i in range(3))
    assert first
    assert all(same_polygons(first, other) for other in rest)


def test_a_raster_on_the_web_is_read_by_its_address(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(600, 500)))
    # A process of its own: GDAL waits for the answer while it holds this one's interpreter.
    command = [sys.executable, Path(__file__).parent / "support" / "web.py", tmp_path]
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


# Which model, and with which values.


def test_all_kinds_of_model_files_give_the_same(tmp_path: Path, model: Path, camp: Any) -> None:
    import zipfile

    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    (tmp_path / "item.json").write_text(stac_item("tiny.onnx"))
    with zipfile.ZipFile(tmp_path / "tiny.dlpk", "w") as archive:
        archive.writestr("tiny.emd", json.dumps({"ModelFile": "tiny.onnx"}))
        archive.write(model, "tiny.onnx")
    for name in ("tiny.onnx", "item.json", "tiny.dlpk"):
        out = tmp_path / f"{name}.gpkg"
        assert camp("detect", image, "-m", tmp_path / name, "-o", out)[0] == 0
        assert len(features(out)[0]) == len(features(tmp_path / "tiny.onnx.gpkg")[0]) > 0


def test_a_model_of_fixed_size_is_run_in_its_size(tmp_path: Path, camp: Any) -> None:
    found = scene()
    (tmp_path / "s.onnx").write_bytes(tiny_onnx(tiny_spec(), side=96))
    image = write_raster(tmp_path / "a.tif", rgb_of(found))
    code, _, _ = camp("detect", image, "-m", tmp_path / "s.onnx", "-o", tmp_path / "o.gpkg", *EXACT)
    assert code == 0
    shapes, _ = features(tmp_path / "o.gpkg")
    assert same_polygons(shapes, traced(found, Affine(0.5, 0, WEST, 0, -0.5, NORTH)))


def test_values_of_the_user_take_the_place_of_the_models(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    pixels = np.zeros((3, 100, 100), np.uint8)
    pixels[0, 10:20, 10:20] = 128  # probability 0.55
    pixels[0, 50:60, 50:60] = 255
    image = write_raster(tmp_path / "a.tif", pixels)
    for threshold, count in (("0.5", 2), ("0.6", 1)):
        out = tmp_path / f"{count}.gpkg"
        camp(
            "detect", image, "-m", model, "-o", out, "--threshold", threshold,
            "--tile-size", "96", "--overlap", "8", "--threads", "1", "--device", "cpu",
        )  # fmt: skip
        _, fields = features(out)
        assert len(fields["id"]) == count
        parameters = json.loads((tmp_path / f"{count}_report.json").read_text())["parameters"]
        assert parameters["threshold"] == float(threshold)
        assert (parameters["tile_size"], parameters["overlap"]) == (96, 8)
    assert features(tmp_path / "2.gpkg")[1]["probability"][0] == pytest.approx(0.549, abs=0.003)


def test_overwrite_is_needed_to_replace(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    command = ("detect", image, "-m", model, "-o", tmp_path / "o.gpkg")
    assert camp(*command)[0] == 0
    before = (tmp_path / "o.gpkg").read_bytes()
    code, out, err = camp(*command)
    assert (code, out) == (2, "")
    assert "exists already: give --overwrite" in err
    assert (tmp_path / "o.gpkg").read_bytes() == before
    write_raster(image, np.zeros((3, 50, 50), np.uint8))
    assert camp(*command, "--overwrite")[0] == 0
    assert features(tmp_path / "o.gpkg")[0] == []


# The rest of the command.


def test_inspect_says_what_a_model_is(tmp_path: Path, model: Path, camp: Any) -> None:
    code, out, err = camp("inspect", model)
    assert (code, err) == (0, "")
    for words in (
        "tiny, version 1.0", "dwelling", "red, green, blue", "uint8", "0.5 m a pixel", "64 px",
        "CC0-1.0", "made by a test", str(model), hashlib.sha256(model.read_bytes()).hexdigest(),
    ):  # fmt: skip
        assert words in out
    code, out, _ = camp("inspect", model, "--json")
    found = json.loads(out)
    assert found["spec"] == tiny_spec().to_dict()
    assert found["bytes"] == model.stat().st_size


def test_version_and_help_need_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "camp_detector_core", "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"camp-detector {__version__}\n"
    heavy = ("rasterio", "pyogrio", "shapely", "onnxruntime", "torch", "tqdm")
    assert not [name for name in heavy if f" {name}\n" in done.stderr]


@pytest.mark.parametrize("verb", [(), ("detect",), ("inspect",)])
def test_help_teaches(camp: Any, verb: tuple[str, ...]) -> None:
    code, out, err = camp(*verb, "--help")
    assert (code, err) == (0, "")
    assert "Usage: camp-detector" in out


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
    for path in (banepa / "predict").iterdir():
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
