"""The tools without Image Analyst: our engine over GDAL's own Python bindings.

They run in the system's Python, which has GDAL and no rasterio, as ArcGIS Pro's has.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely
from pyogrio.raw import read
from rasterio.transform import Affine

from camp_detector_core.georaster.xyz import tile_transform
from tests.support.definitions import changed_emd
from tests.support.rasters import rgb_of, scene, write_raster
from tests.toolbox.conftest import messages_of
from tests.toolbox.test_pyt import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

OUT = "C:\\camp.gdb\\dwellings"
Tool = "Callable[..., dict[str, Any]]"


def polygons(rows: list[dict[str, Any]]) -> Any:
    return shapely.normalize(
        np.array([shapely.Polygon(r["SHAPE@"][0], r["SHAPE@"][1:]) for r in rows])
    )


def assert_same(rows: list[dict[str, Any]], vector: Path) -> None:
    """The same polygons, classes and confidence as in a file of the command line."""
    _, _, wkb, (names, probability) = read(vector, columns=["class", "probability"])
    expected = shapely.normalize(shapely.from_wkb(wkb))
    assert len(rows) == len(expected) > 4
    assert shapely.equals_exact(polygons(rows), expected, 1e-6).all()
    assert [r["class"] for r in rows] == list(names)
    assert [r["confidence"] for r in rows] == pytest.approx(100 * probability)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "camp.tif", rgb_of(scene()))


@pytest.mark.parametrize(
    "kind", ["plain", "mask", "coarse", "mercator", "uint16", "threshold", "augmented"]
)
def test_the_same_dwellings_as_of_the_command_line(
    kind: str, tool: Callable[..., dict[str, Any]], camp: Any, packages: Path, tmp_path: Path
) -> None:
    pixels, changes, values, options = rgb_of(scene()), {}, {}, []
    if kind == "mask":
        changes["mask"] = np.arange(170) + np.zeros((150, 1)) < 120
    elif kind == "coarse":
        changes["gsd"] = 0.8
    elif kind == "mercator":
        changes["crs"] = "EPSG:3857"
    elif kind == "uint16":
        pixels = pixels.astype(np.uint16) * 40
    elif kind == "threshold":
        values, options = {"threshold": 0.7, "min_area": 9.0}, ["--threshold", 0.7]
        options += ["--min-area", 9]
    elif kind == "augmented":
        values, options = {"test_time_augmentation": True}, ["--tta"]
    image = write_raster(tmp_path / "camp.tif", pixels, **changes)
    result = tool(
        "DetectDwellings", values={"in_raster": str(image), "out_features": OUT, **values}
    )
    assert result["error"] is None
    vector = tmp_path / "cli.gpkg"
    model = ["--model", packages / "tiny.onnx", "--tile-size", 64]
    code, _, err = camp("detect", image, "-o", vector, *model, *options)
    assert code == 0, err
    assert_same(result["tables"][OUT], vector)
    assert result["count"] == len(result["tables"][OUT])
    assert result["left"] == []
    assert any("not available" in text for text in messages_of(result, "warning"))
    assert not any("--" in text for _, text in result["messages"])
    assert [p[0] for p in result["progress"]].count("position") > 5


def test_an_option_that_is_added_to_the_table_is_shown_and_used(  # noqa: PLR0917
    tool: Callable[..., dict[str, Any]],
    toolbox: Path,
    image: Path,
    camp: Any,
    packages: Path,
    tmp_path: Path,
) -> None:
    """By its row in the table alone; ArcGIS' own tool, which does not know it, is passed over."""
    copy = Path(shutil.copytree(toolbox, tmp_path / "copy"))
    row = 'hosts=_hosts("simplify", CLI, QGIS{})'
    rewrite(copy, "_core/engine/parameters.py", row.format(""), row.format(", ARCGIS"))
    values = {"in_raster": str(image), "out_features": OUT, "simplify": 0}
    result = tool(
        "DetectDwellings", toolbox=str(copy), values=values, state={"licence": "Available"}
    )
    assert result["error"] is None
    (warning,) = [text for name, _, text in result["said"] if name == "engine"]
    assert warning.startswith("“Straighten outlines by” was set, which ArcGIS' own tool does not")
    vector = tmp_path / "cli.gpkg"
    options = ["--model", packages / "tiny.onnx", "--tile-size", 64, "--simplify", 0]
    code, _, err = camp("detect", image, "-o", vector, *options)
    assert code == 0, err
    assert_same(result["tables"][OUT], vector)


def test_the_shipped_model_on_real_tiles(
    tool: Callable[..., dict[str, Any]], camp: Any, banepa: Path, tmp_path: Path
) -> None:
    """A package beside no toolbox, by its name."""
    from camp_detector_core.model_file import default_model_path
    from esri_toolbox.build import model_files
    from tests.toolbox.conftest import unpack

    folder = unpack(tmp_path, model_files(default_model_path()))
    (package,) = folder.glob("*-detect.dlpk")
    image = placed_tile(sorted((banepa / "predict").glob("*.tif"))[5], tmp_path / "tile.tif")
    values = {"in_raster": str(image), "in_model": str(package), "out_features": OUT}
    result = tool("DetectDwellings", values=values)
    assert result["error"] is None, result["messages"]
    vector = tmp_path / "cli.gpkg"
    code, _, err = camp("detect", image, "-o", vector, "--tile-size", 512)
    assert code == 0, err
    assert_same(result["tables"][OUT], vector)


def placed_tile(tile: Path, path: Path) -> Path:
    """A web map tile as a raster with a place; ArcGIS does not read that from its name."""
    with rasterio.open(tile) as dataset:
        t = tile_transform(str(tile), height=dataset.height, width=dataset.width)
        assert t is not None
        return write_raster(path, dataset.read(), crs="EPSG:3857", transform=Affine(*t))


def test_a_raster_in_a_database_is_copied_first(
    tool: Callable[..., dict[str, Any]], image: Path
) -> None:
    inside = "C:\\camp.gdb\\imagery"
    values = {"in_raster": inside, "out_features": OUT}
    result = tool("DetectDwellings", values=values, state={"rasters": {inside: str(image)}})
    plain = tool("DetectDwellings", values={"in_raster": str(image), "out_features": OUT})
    assert "CopyRaster" in result["calls"]
    assert result["tables"][OUT] == plain["tables"][OUT]
    assert result["left"] == []


def test_environments_of_the_user_move_no_copy(
    tool: Callable[..., dict[str, Any]], image: Path, tmp_path: Path
) -> None:
    """Only the polygons that are written follow them, as those of ArcGIS' own tools do."""
    other = write_raster(
        tmp_path / "other.tif", rgb_of(scene()), transform=Affine(0.7, 0, 499_999.9, 0, -0.7, 3e6)
    )
    inside = "C:\\camp.gdb\\imagery"
    values = {"in_raster": inside, "out_features": OUT}
    state = {"rasters": {inside: str(image)}}
    plain = tool("DetectDwellings", values=values, state=state)
    for environments in (
        {"outputCoordinateSystem": 3857}, {"snapRaster": str(other)}, {"cellSize": 1.0},
    ):  # fmt: skip
        result = tool("DetectDwellings", values=values, state=state, environments=environments)
        assert result["error"] is None
        assert result["tables"][OUT] == plain["tables"][OUT], environments


def test_a_part_of_the_raster(
    tool: Callable[..., dict[str, Any]], image: Path, camp: Any, packages: Path, tmp_path: Path
) -> None:
    extent = "500010.2 3052950 500050 3052990.1"
    values = {"in_raster": str(image), "out_features": OUT, "extent": extent}
    result = tool("DetectDwellings", values=values)
    with rasterio.open(image) as dataset:
        window = rasterio.windows.Window(20, 19, 80, 81)
        profile = {**dataset.profile, "width": 80, "height": 81}
        profile["transform"] = dataset.window_transform(window)
        with rasterio.open(tmp_path / "part.tif", "w", **profile) as out:
            out.write(dataset.read(window=window))
    model = ["--model", packages / "tiny.onnx", "--tile-size", 64]
    code, _, err = camp("detect", tmp_path / "part.tif", "-o", tmp_path / "cli.gpkg", *model)
    assert code == 0, err
    assert_same(result["tables"][OUT], tmp_path / "cli.gpkg")


def test_chosen_bands_are_read_by_our_engine(
    tool: Callable[..., dict[str, Any]], camp: Any, packages: Path, tmp_path: Path
) -> None:
    """Also where ArcGIS' own tool is licensed, which takes the first bands alone."""
    pixels = np.concatenate([rgb_of(scene())[::-1], np.zeros((3, *scene().shape[-2:]), np.uint8)])
    image = write_raster(tmp_path / "many.tif", pixels)
    values = {"in_raster": str(image), "out_features": OUT, "bands": "3,2,1"}
    result = tool("DetectDwellings", values=values, state={"licence": "Available"})
    assert result["error"] is None, result["messages"]
    assert any("“Bands” was set" in text for text in messages_of(result, "warning"))
    vector = tmp_path / "cli.gpkg"
    model = ["--model", packages / "tiny.onnx", "--tile-size", 64, "--bands", "3,2,1"]
    code, _, err = camp("detect", image, "-o", vector, *model)
    assert code == 0, err
    assert_same(result["tables"][OUT], vector)


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        (None, "6 bands and the model takes 3 bands (red, green, blue): say which with “Bands”"),
        ("3,2", "“Bands” names 2 bands, but the model takes 3 bands"),
        ("3,2,9", "“Bands” asks for band 9, but"),
        ("red", "“Bands” must be whole numbers between commas"),
    ],
)
def test_errors_of_the_engine_name_the_dialogs_parameters(
    bands: str | None, words: str, tool: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    image = write_raster(tmp_path / "many.tif", np.repeat(rgb_of(scene()), 2, axis=0))
    values = {"in_raster": str(image), "out_features": OUT, "engine": "CAMP_DETECTOR"}
    result = tool("DetectDwellings", values={**values, **({"bands": bands} if bands else {})})
    assert words in result["error"]
    assert "--" not in result["error"]


def test_cancelled_leaves_nothing(tool: Callable[..., dict[str, Any]], image: Path) -> None:
    values = {"in_raster": str(image), "out_features": OUT}
    result = tool("DetectDwellings", values=values, state={"cancel_after": 3})
    assert result["error"] is None
    assert messages_of(result, "warning")[-1] == "Cancelled; nothing was written."
    assert result["tables"] == {}
    assert result["left"] == []
    assert max(p[1] for p in result["progress"] if p[0] == "position") < 50


def test_it_can_be_asked_for_where_arcgis_could_do_it(
    tool: Callable[..., dict[str, Any]], image: Path
) -> None:
    values = {"in_raster": str(image), "out_features": OUT, "engine": "CAMP_DETECTOR"}
    result = tool("DetectDwellings", values=values, state={"licence": "Available"})
    assert result["error"] is None
    assert result["licences"] == []
    assert not [text for text in messages_of(result, "warning") if "Image Analyst" in text]


def test_without_libraries_it_is_said_what_to_install(
    tool: Callable[..., dict[str, Any]], image: Path
) -> None:
    values = {"in_raster": str(image), "out_features": OUT}
    result = tool("DetectDwellings", None, values=values)
    assert "Deep Learning Libraries Installer" in result["error"]
    assert "Image Analyst is not available here" in result["error"]
    assert [(name, severity) for name, severity, _ in result["said"]] == [("engine", 2)]


def test_a_definition_that_is_not_the_networks_is_refused(
    tool: Callable[..., dict[str, Any]], image: Path, packages: Path, tmp_path: Path
) -> None:

    def widen(fields: dict[str, Any]) -> None:
        fields["CampDetector"]["bands"][0]["std"] = 2.0

    emd = changed_emd(packages, tmp_path / "package", widen)
    values = {"in_raster": str(image), "in_model": str(emd), "out_features": OUT}
    result = tool("DetectDwellings", values=values)
    assert "describe different models" in result["error"]


def test_settings_changed_in_a_definition_stop_no_engine(
    tool: Callable[..., dict[str, Any]], image: Path, packages: Path, tmp_path: Path
) -> None:
    """ArcGIS' own tool is given the model's own values as well, so both find the same."""
    emd = changed_emd(
        packages, tmp_path / "package", lambda fields: fields.update(Threshold=0.9, MinArea=99)
    )
    values = {"in_raster": str(image), "out_features": OUT}
    plain = tool("DetectDwellings", values=values)
    result = tool("DetectDwellings", values={**values, "in_model": str(emd)})
    assert result["error"] is None
    assert result["tables"][OUT] == plain["tables"][OUT]


def test_classes_are_those_of_the_command_line(
    tool: Callable[..., dict[str, Any]], image: Path, camp: Any, packages: Path, tmp_path: Path
) -> None:
    target = tmp_path / "classes.tif"
    result = tool("ClassifyCampPixels", values={"in_raster": str(image), "out_raster": str(target)})
    assert result["error"] is None, result["messages"]
    model = ["--model", packages / "tiny.onnx", "--tile-size", 64]
    code, _, err = camp("detect", image, "-o", tmp_path / "cli.gpkg", "--mask", *model)
    assert code == 0, err
    with (
        rasterio.open(target) as raster,
        rasterio.open(tmp_path / "cli_mask.tif") as expected_raster,
    ):
        assert (raster.read() == expected_raster.read()).all()
        assert raster.transform == expected_raster.transform
        assert raster.crs == expected_raster.crs
        assert raster.nodata == 255
        assert raster.colormap(1)[1] == (0xE3, 0x1A, 0x1C, 255)
    names = {row["Value"]: row["Class"] for row in result["tables"][str(target)]}
    assert names == {0: "background", 1: "dwelling"}
    assert result["left"] == []
