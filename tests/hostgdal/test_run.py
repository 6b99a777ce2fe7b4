"""A host finds what the command line finds, and writes the same rasters."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
import rasterio.windows
import shapely
from rasterio.transform import Affine

from camp_detector_core.georaster.inputs import read_layouts
from camp_detector_core.georaster.mosaic import plan_mosaic
from camp_detector_core.georaster.xyz import CRS_CODE, tile_transform
from camp_detector_core.model_file import default_model_path
from camp_detector_core.raster import gdal_env
from camp_detector_core.raster.library import Rasterio
from tests.hostgdal.conftest import PACKAGE, PYTHON
from tests.support.models import tiny_spec
from tests.support.outlines import features
from tests.support.rasters import NORTH, UTM_AREA, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable

NEEDS = ("onnxruntime", "flatbuffers", "google", "packaging")
"""Packages that ONNX Runtime imports besides numpy."""


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ONNX Runtime of this environment for the system's Python, beside that one's own numpy."""
    folder = tmp_path_factory.mktemp("libraries")
    for name in NEEDS:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            (folder / name).symlink_to(next(iter(spec.submodule_search_locations)))
    result = subprocess.run(
        [PYTHON, "-s", "-c", "import sys; sys.path[:0] = sys.argv[1:]; import onnxruntime", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        version = ".".join(map(str, sys.version_info[:2]))
        pytest.skip(f"the system's Python does not load the ONNX Runtime of Python {version}")
    return folder


@pytest.fixture
def host_run(
    child: Callable[..., str], libraries: Path, tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    """Run `detect` in the system's Python."""

    def run(images: list[Path], model: Path, **options: Any) -> dict[str, Any]:
        request = tmp_path / "request.json"
        job = {"libraries": str(libraries), "images": [str(i) for i in images]}
        request.write_text(json.dumps({**job, "model": str(model), **options}))
        result: dict[str, Any] = json.loads(child("hostgdal_run.py", request).splitlines()[-1])
        assert not result.pop("changed"), "GDAL's state is the host's"
        return result

    return run


def assert_same_dwellings(rows: list[dict[str, Any]], vector: Path, *, digits: float = 0.0) -> None:
    """``digits``: what two versions of numpy may differ by, as a fraction and in CRS units.

    Two versions of PROJ differ in the last digits of areas.
    """
    shapes, fields = features(vector)
    assert [row["number"] for row in rows] == fields["id"].tolist()
    assert [row["class_name"] for row in rows] == fields["class"].tolist()
    assert [row["probability"] for row in rows] == fields["probability"].tolist()
    areas = pytest.approx(fields["area_m2"].tolist(), rel=max(digits, 1e-9), abs=0)
    assert [row["area"] for row in rows] == areas
    polygons = [shapely.Polygon(row["rings"][0], row["rings"][1:]) for row in rows]
    assert shapely.equals_exact(polygons, shapes, tolerance=digits).all()


def assert_same_raster(one: Path, other: Path) -> None:
    with rasterio.open(one) as a, rasterio.open(other) as b:
        assert np.array_equal(a.read(), b.read())
        assert (a.transform, a.crs, a.nodata) == (b.transform, b.crs, b.nodata)
        assert (a.descriptions, a.scales) == (b.descriptions, b.scales)
        assert a.colorinterp == b.colorinterp
        assert {k: v for k, v in a.tags().items() if k != "AREA_OR_POINT"} == {
            k: v for k, v in b.tags().items() if k != "AREA_OR_POINT"
        }
        assert a.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert a.overviews(1) == b.overviews(1)
        assert a.block_shapes == b.block_shapes
        if "palette" in {c.name for c in b.colorinterp}:
            assert a.colormap(1) == b.colormap(1)


@pytest.mark.parametrize(
    ("crs", "exceptions"), [("EPSG:32645", True), ("EPSG:3857", False), (None, False)]
)
def test_everything_is_as_the_command_line_writes_it(
    tmp_path: Path, model: Path, camp: Any, host_run: Any, *, crs: str | None, exceptions: bool
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(700, 600)), crs=crs, nodata=0)
    out = tmp_path / "out"
    out.mkdir()
    code, _, _ = camp("detect", image, "-m", model, "-o", out / "o.gpkg", "--mask", "--probability")
    assert code == 0
    result = host_run(
        [image], model,
        mask=str(tmp_path / "mask.tif"), probability=str(tmp_path / "p.tif"), exceptions=exceptions,
    )  # fmt: skip
    assert len(result["rows"]) > 20
    assert_same_dwellings(result["rows"], out / "o.gpkg")
    assert_same_raster(tmp_path / "mask.tif", out / "o_mask.tif")
    assert_same_raster(tmp_path / "p.tif", out / "o_probability.tif")
    count, total = result["progress"]
    assert count == total > 10


def test_settings_are_those_of_the_command_line(
    tmp_path: Path, model: Path, camp: Any, host_run: Any
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(300, 300)), gsd=0.4)
    code, _, _ = camp(
        "detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--min-area", "4", "--simplify",
        "0.7", "--square", "--tile-size", "96", "--gsd", "0.5", "--tta",
    )  # fmt: skip
    assert code == 0
    settings = {"min_area": 4, "simplify": 0.7, "square": True, "tile_size": 96, "tta": True}
    result = host_run([image], model, settings=settings, source={"gsd": 0.5})
    # Right angles are turned with sines and cosines.
    assert_same_dwellings(result["rows"], tmp_path / "o.gpkg", digits=1e-8)


def area_of(*shapes: shapely.Geometry) -> list[str]:
    """Polygons as the script takes them."""
    return [shapely.to_wkb(shape).hex() for shape in shapes]


def test_only_pixels_with_their_centre_in_the_area_are_looked_at(
    tmp_path: Path, model: Path, host_run: Any
) -> None:
    camp = scene(300, 300)
    image = write_raster(tmp_path / "a.tif", rgb_of(camp))
    # Slanting borders, a hole, and two parts: none of them follows the pixels.
    area = shapely.MultiPolygon(
        [
            shapely.Point(WEST + 40, NORTH - 50)
            .buffer(30)
            .difference(shapely.Point(WEST + 45, NORTH - 50).buffer(9)),
            shapely.Polygon(
                [(WEST + 90, NORTH - 90), (WEST + 149, NORTH - 100), (WEST + 99, NORTH - 140)]
            ),
        ]
    )
    mask = tmp_path / "mask.tif"
    result = host_run(
        [image], model, area=area_of(*area.geoms), mask=str(mask), settings={"simplify": 0}
    )
    with rasterio.open(mask) as out:
        rows, cols = np.indices(out.shape)
        x, y = out.transform @ (cols + 0.5, rows + 0.5)
        inside = shapely.contains_xy(area, x, y)
        classes = out.read(1)
        window = rasterio.windows.from_bounds(*out.bounds, Affine(0.5, 0, WEST, 0, -0.5, NORTH))
        truth = camp[window.toslices()]
    assert ((classes != 255) == inside).all()
    assert ((classes == 1) == (truth & inside)).all()
    covered = sum(row["area"] for row in result["rows"])
    assert covered == pytest.approx((classes == 1).sum() / 4 / UTM_AREA)


@pytest.mark.parametrize(
    ("area", "extent", "words"),
    [
        ([shapely.box(0, 0, 9, 9)], None, "no polygon of the area lies on"),
        ([shapely.box(WEST, NORTH - 9, WEST + 9, NORTH)], [0, 0, 9, 9], "lies in the extent"),
        ([], None, "holds no polygon"),
    ],
)
def test_an_area_that_is_elsewhere_is_refused(
    tmp_path: Path, model: Path, host_run: Any, *, area: Any, extent: Any, words: str
) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    more = {"extent": extent} if extent else {}
    result = host_run([image], model, area=area_of(*area), **more)
    assert words in result["error"]
    assert result["kind"] == "RasterError"


def test_an_extent_gives_what_lies_there(tmp_path: Path, model: Path, host_run: Any) -> None:
    mask = np.zeros((400, 400), bool)
    mask[50:70, 50:80] = mask[300:330, 300:310] = True
    image = write_raster(tmp_path / "a.tif", rgb_of(mask))
    with rasterio.open(image) as dataset:
        left, top = dataset.xy(250, 250, offset="ul")
        right, bottom = dataset.xy(400, 400, offset="ul")
    result = host_run(
        [image], model, extent=[left, bottom, right, top], mask=str(tmp_path / "m.tif")
    )
    assert [row["area"] for row in result["rows"]] == pytest.approx([300 * 0.25 / UTM_AREA])
    with rasterio.open(tmp_path / "m.tif") as dataset:
        assert dataset.shape == (150, 150)
        assert np.array_equal(dataset.read(1), mask[250:, 250:])
    outside = host_run([image], model, extent=[0, 0, 1, 1])
    assert "holds no pixel" in outside["error"]


def test_cancelling_leaves_nothing_behind(tmp_path: Path, model: Path, host_run: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(400, 400)))
    out = tmp_path / "out"
    out.mkdir()
    result = host_run([image], model, mask=str(out / "m.tif"), cancel=True)
    assert result["kind"] == "Cancelled"
    assert not list(out.iterdir())


def test_an_output_never_replaces_an_input(tmp_path: Path, model: Path, host_run: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    before = image.read_bytes()
    view = tmp_path / "view.vrt"
    rasterio.shutil.copy(image, view, driver="VRT")
    result = host_run([view], model, mask=str(image), overwrite=True)
    assert "is an input of this run" in result["error"]
    result = host_run([view], model, mask=str(view.with_name("there.tif")))
    assert "rows" in result
    result = host_run([view], model, mask=str(view.with_name("there.tif")))
    assert "exists already" in result["error"]
    assert image.read_bytes() == before


def test_a_damaged_raster_is_named(tmp_path: Path, model: Path, host_run: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(400, 400)), compress="deflate")
    data = image.read_bytes()
    image.write_bytes(data[: len(data) // 2])
    for exceptions in (True, False):
        result = host_run([image], model, mask=str(tmp_path / "m.tif"), exceptions=exceptions)
        assert result["error"].startswith(f"{image} cannot be ")
        assert not (tmp_path / "m.tif").exists()


@pytest.fixture(scope="module")
def real_mosaic(banepa: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tiles as one virtual raster, without the JPEG that each GDAL decodes in its own way."""
    folder = tmp_path_factory.mktemp("banepa")
    tiles = sorted((banepa / "predict").glob("*.tif"))
    for tile in tiles:
        rasterio.shutil.copy(tile, folder / tile.name, driver="GTiff", COMPRESS="DEFLATE")
    spec = tiny_spec()
    with gdal_env():
        layouts = [
            replace(
                layout,
                transform=tile_transform(
                    layout.name, height=layout.shape[0], width=layout.shape[1]
                ),
                crs=Rasterio().crs(CRS_CODE),
            )
            for layout in read_layouts([str(folder / tile.name) for tile in tiles], Rasterio())
        ]

    def keep(text: str) -> str:
        view = folder / f"{len(list(folder.glob('*.vrt')))}.vrt"
        view.write_text(text, encoding="utf-8")
        return str(view)

    return Path(plan_mosaic(layouts).layout(range(1, len(spec.bands) + 1), keep).name)


def test_real_tiles_give_what_the_command_line_gives(
    tmp_path: Path, real_mosaic: Path, camp: Any, host_run: Any
) -> None:
    """With the model that ships with the package, on the grid of the tiles."""
    model = default_model_path()
    out = tmp_path / "o.gpkg"
    code, _, _ = camp("detect", real_mosaic, "-m", model, "-o", out, "--gsd", "native")
    assert code == 0
    result = host_run([real_mosaic], model, source={"gsd": "native"})
    assert len(result["rows"]) > 100
    assert_same_dwellings(result["rows"], out)


def test_real_tiles_averaged_by_another_gdal_give_all_but_the_same(
    tmp_path: Path, real_mosaic: Path, camp: Any, host_run: Any
) -> None:
    """One pixel in some thousands is rounded to the other side, and the network sees it."""
    out = tmp_path / "o.gpkg"
    code, _, _ = camp("detect", real_mosaic, "-m", default_model_path(), "-o", out)
    assert code == 0
    rows = host_run([real_mosaic], default_model_path())["rows"]
    _, fields = features(out)
    assert len(rows) == pytest.approx(len(fields["id"]), rel=0.01)
    assert sum(row["area"] for row in rows) == pytest.approx(fields["area_m2"].sum(), rel=0.002)


def test_what_the_host_writes_itself_is_refused_here(host: Path, child: Callable[..., str]) -> None:
    del child  # skips where the system's Python has no GDAL
    code = (
        f"from {PACKAGE}.hostgdal.run import GdalResults\n"
        "try:\n    GdalResults().write('overlay', None, None)\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    result = subprocess.run(
        [PYTHON, "-s", "-c", code], capture_output=True, text=True, check=True, cwd=host
    )
    assert result.stdout == "OutputError overlay is written elsewhere\n"
