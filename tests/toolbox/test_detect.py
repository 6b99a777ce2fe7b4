"""Detect Dwellings through ArcGIS' own tool: what it is asked for, and what comes of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from pyogrio.raw import read

from camp_detector_core.engine.spec import ClassDef
from esri_toolbox.build import model_files
from tests.esri.host.arcgis import open_package
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster
from tests.toolbox.conftest import unpack
from tests.toolbox.deep_learning import DeepLearning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.toolbox.dialog import Dialog

OUT = "C:\\camp.gdb\\dwellings"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "camp.tif", rgb_of(scene()))


@pytest.fixture
def detect(dialog: Callable[[str], Dialog], image: Path) -> Dialog:
    """The dialog with a raster and an output, and the tiny model by default."""
    return dialog("DetectDwellings").set(in_raster=str(image), out_features=OUT)


@pytest.fixture
def host(arcpy: ModuleType, tmp_path: Path) -> DeepLearning:
    return DeepLearning(arcpy, tmp_path)


def shapes(rows: list[dict[str, Any]]) -> Any:
    return np.array([shapely.Polygon(r["SHAPE@"].rings[0], r["SHAPE@"].rings[1:]) for r in rows])


def the_call(arcpy: ModuleType) -> tuple[dict[str, Any], dict[str, Any]]:
    ((_, arguments, environments),) = [c for c in arcpy.state.calls if "DeepLearning" in c[0]]
    return arguments, environments


def only_empty(arcpy: ModuleType) -> None:
    """Let ArcGIS' tool find nothing."""

    def find(raster: Any, out: str, model: str, arguments: str) -> None:
        arcpy.state.tables[out] = table = arcpy.da.Table(arcpy.SpatialReference(32645))
        table.fields = {"Classvalue": ("LONG", None), "Confidence": ("DOUBLE", None)}

    arcpy.state.detect = find


def test_the_tool_is_asked_for_what_it_knows(
    detect: Dialog, arcpy: ModuleType, toolbox: Path, image: Path
) -> None:
    only_empty(arcpy)
    detect.set(threshold=0.3, batch_size=4, processor="GPU", gpu_id=1).run()
    arguments, environments = the_call(arcpy)
    assert arguments["in_raster"] == str(image)
    assert arguments["in_model_definition"] == str(toolbox / "tiny-detect.dlpk")
    assert arguments["run_nms"] == "NO_NMS"
    assert arguments["confidence_score_field"] == "Confidence"
    assert arguments["arguments"] == (
        "padding 8;batch_size 4;threshold 0.3;min_area 3;tile_size 64;"
        "test_time_augmentation False;return_probabilities False"
    )
    assert environments["cellSize"] == 0.5
    assert environments["processorType"] == "GPU"
    assert environments["gpuId"] == "1"
    assert environments["parallelProcessingFactor"] == "0"
    assert environments["scratchWorkspace"] == arcpy.env.scratchGDB
    assert environments["snapRaster"] == str(image)
    assert environments["outputCoordinateSystem"].factoryCode == 32645
    box = environments["extent"]
    assert (box.XMin, box.YMin, box.XMax, box.YMax) == (500_000, 3_052_925, 500_085, 3_053_000)
    assert arcpy.env.parallelProcessingFactor is None
    assert arcpy.env.autoCancelling is True


def test_its_arguments_are_those_of_our_raster_function(
    detect: Dialog, arcpy: ModuleType, toolbox: Path, tmp_path: Path
) -> None:
    """ArcGIS drops names that it does not know without a word."""
    only_empty(arcpy)
    detect.run()
    names = [pair.split(" ")[0] for pair in the_call(arcpy)[0]["arguments"].split(";")]
    package = open_package(toolbox / "tiny-detect.dlpk", tmp_path / "host")
    program = (
        f"import sys; sys.path.insert(0, {str(package.folder)!r}); sys.dont_write_bytecode = True\n"
        "from RefugeeCampDetector import RefugeeCampDetector as Function\n"
        f"function = Function(); function.initialize(model={str(package.emd)!r})\n"
        "print([row['name'] for row in function.getParameterInfo()])\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ["raster", "model", "device", *names] == ast.literal_eval(process.stdout)


def test_it_finds_what_the_command_line_finds(  # noqa: PLR0917
    detect: Dialog, host: DeepLearning, image: Path, tmp_path: Path, camp: Any, packages: Path
) -> None:
    detect.run()
    assert [name for name, *_ in detect.arcpy.state.calls if "Objects" in name]
    rows = detect.table(OUT).rows
    vector = tmp_path / "cli.gpkg"
    code, _, err = camp(
        "detect", image, "-o", vector, "--model", packages / "tiny.onnx", "--tile-size", 64
    )
    assert code == 0, err
    _, _, wkb, (names, probability, area) = read(
        vector, columns=["class", "probability", "area_m2"]
    )
    expected = shapely.from_wkb(wkb)
    assert len(rows) == len(expected) > 20
    own_shapes = shapes(rows)
    tree = shapely.STRtree(own_shapes)
    order = [int(tree.query_nearest(g.representative_point())[0]) for g in expected]
    assert sorted(order) == list(range(len(expected)))
    assert shapely.equals_exact(
        shapely.normalize(own_shapes[order]), shapely.normalize(expected), 1e-6
    ).all()
    assert [rows[i]["class"] for i in order] == list(names)
    assert [rows[i]["confidence"] for i in order] == pytest.approx(100 * probability, abs=1e-3)
    assert [rows[i]["area_m2"] for i in order] == pytest.approx(area, rel=1e-5)
    count = detect["count"].value
    assert count == len(rows)
    (line,) = [m for m in detect.messages.of("message") if "found" in m]
    assert line.startswith(f"{count} dwellings found")


def test_a_part_gives_the_dwellings_of_that_part(
    detect: Dialog, host: DeepLearning, arcpy: ModuleType
) -> None:
    box = arcpy.Extent(500_010.2, 3_052_950, 500_050, 3_052_990.1)
    box.spatialReference = arcpy.SpatialReference(32645)
    detect.set(extent=box).run()
    bounds = shapely.bounds(shapes(detect.table(OUT).rows))
    assert len(bounds) > 3
    # Outlines are straightened by up to a pixel.
    assert (bounds[:, :2].min(axis=0) >= (500_009.5, 3_052_949.5)).all()
    assert (bounds[:, 2:].max(axis=0) <= (500_050.5, 3_052_991)).all()
    extent = the_call(arcpy)[1]["extent"]
    assert (extent.XMin, extent.YMin, extent.XMax, extent.YMax) == (
        500_010, 3_052_950, 500_050, 3_052_990.5,
    )  # fmt: skip


def test_an_extent_in_degrees_is_projected(detect: Dialog, arcpy: ModuleType) -> None:
    only_empty(arcpy)
    box = arcpy.Extent(500_010, 3_052_950, 500_050, 3_052_990)
    box.spatialReference = arcpy.SpatialReference(32645)
    detect.set(extent=box.projectAs(arcpy.SpatialReference(4326))).run()
    extent = the_call(arcpy)[1]["extent"]
    assert (extent.XMin, extent.YMax) == pytest.approx(
        (500_010, 3_052_990), abs=0.5001
    )  # whole pixels


def test_an_extent_elsewhere_is_refused(detect: Dialog, arcpy: ModuleType) -> None:
    with pytest.raises(arcpy.ExecuteError, match="does not touch"):
        detect.set(extent=arcpy.Extent(0, 0, 1, 1)).run()


@pytest.mark.parametrize(
    ("crs", "cell"), [("EPSG:3857", 0.5 / np.cos(np.radians(27.6))), (4326, 5e-6)]
)
def test_the_cell_size_is_the_models_on_the_ground(
    crs: Any, cell: float, dialog: Callable[[str], Dialog], arcpy: ModuleType, tmp_path: Path
) -> None:
    """At 27.6 degrees north, in pixels of twice the size, or in degrees."""
    from rasterio.transform import Affine

    x, y = {"EPSG:3857": (9_500_000.0, 3_198_000.0), 4326: (87.0, 27.6)}[crs]
    size = 2 * cell if crs == "EPSG:3857" else 1e-5
    image = write_raster(
        tmp_path / "other.tif", rgb_of(scene()), crs=crs, transform=Affine(size, 0, x, 0, -size, y)
    )
    only_empty(arcpy)
    dialog("DetectDwellings").set(in_raster=str(image), out_features=OUT).run()
    cell_size = the_call(arcpy)[1]["cellSize"]
    if crs == 4326:
        # A degree is 98,700 m along the parallel and 110,820 m along the meridian there.
        assert cell_size == pytest.approx(0.5 / np.sqrt(98_740 * 110_820), rel=1e-3)
    else:
        assert cell_size == pytest.approx(cell, rel=5e-3)
    assert the_call(arcpy)[1]["snapRaster"] is None


def test_small_dwellings_are_left_out_and_none_is_an_answer(
    detect: Dialog, arcpy: ModuleType
) -> None:
    def find(raster: Any, out: str, model: str, arguments: str) -> None:
        arcpy.state.tables[out] = table = arcpy.da.Table(arcpy.SpatialReference(32645))
        table.fields = {"Classvalue": ("LONG", None), "Confidence": ("DOUBLE", None)}
        for side in (1.0, 2.0):
            ring = [(5e5, 3e6), (5e5, 3e6 + side), (5e5 + side, 3e6 + side), (5e5 + side, 3e6)]
            shape = arcpy.Polygon([[*ring, ring[0]]], arcpy.SpatialReference(32645))
            table.rows.append({"SHAPE@": shape, "Classvalue": 1, "Confidence": 50.0})

    arcpy.state.detect = find
    detect.run()
    assert [round(r["area_m2"], 2) for r in detect.table(OUT).rows] == [4.0]
    arcpy.env.overwriteOutput = True
    only_empty(arcpy)
    detect.run()
    assert detect.table(OUT).rows == []
    assert detect["count"].value == 0
    assert "lower threshold" in detect.messages.of("message")[-1]
    arcpy.env.overwriteOutput = False


# Licence, cancelling, failures.


def test_the_licence_is_given_back_after_success(detect: Dialog, arcpy: ModuleType) -> None:
    only_empty(arcpy)
    detect.run()
    assert arcpy.state.licences == ["out ImageAnalyst", "in ImageAnalyst"]


@pytest.mark.parametrize("error", [RuntimeError("GPU"), KeyError("x"), KeyboardInterrupt()])
def test_the_licence_is_given_back_after_any_failure(
    error: BaseException, detect: Dialog, arcpy: ModuleType
) -> None:
    def fail(raster: Any, out: str, model: str, arguments: str) -> None:
        arcpy.state.tables[out] = arcpy.da.Table()
        raise error

    arcpy.state.detect = fail
    with pytest.raises((arcpy.ExecuteError, KeyboardInterrupt)):
        detect.run()
    assert arcpy.state.licences == ["out ImageAnalyst", "in ImageAnalyst"]
    assert arcpy.state.locks == []
    assert arcpy.state.tables == {}, "scratch data is left behind"
    assert arcpy.env.parallelProcessingFactor is None
    assert arcpy.state.progress[-1] == ("reset",)


def test_a_failing_tool_is_told_in_its_own_words_and_without_a_traceback(
    detect: Dialog, arcpy: ModuleType
) -> None:
    def fail(raster: Any, out: str, model: str, arguments: str) -> None:
        arcpy.state.gp_messages.append("ERROR 002667: Unable to initialize python raster function")
        raise arcpy.ExecuteError("ERROR 002667")

    arcpy.state.detect = fail
    with pytest.raises(arcpy.ExecuteError):
        detect.run()
    (text,) = detect.messages.of("error")
    assert text == "ArcGIS stopped: ERROR 002667: Unable to initialize python raster function"
    assert "Traceback" not in str(detect.messages.lines)


def test_the_traceback_is_shown_to_who_asks(
    detect: Dialog, arcpy: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMP_DETECTOR_VERBOSE", "1")

    def fail(raster: Any, out: str, model: str, arguments: str) -> None:
        raise KeyError("deep inside")

    arcpy.state.detect = fail
    with pytest.raises(arcpy.ExecuteError):
        detect.run()
    assert "report" in detect.messages.of("error")[0]
    assert any("Traceback" in line for line in detect.messages.of("message"))


def test_cancelled_leaves_nothing(detect: Dialog, host: DeepLearning, arcpy: ModuleType) -> None:
    arcpy.state.cancel_after = 0
    detect.run()
    assert detect.messages.of("warning")[-1] == "Cancelled; nothing was written."
    assert detect.messages.of("error") == []
    assert arcpy.state.tables == {}
    assert arcpy.state.locks == []


def test_cancelled_within_arcgis_is_no_error(detect: Dialog, arcpy: ModuleType) -> None:
    def stop(raster: Any, out: str, model: str, arguments: str) -> None:
        arcpy.state.cancel_after = 0
        raise arcpy.ExecuteError("Cancelled script")

    arcpy.state.detect = stop
    detect.run()
    assert detect.messages.of("error") == []
    assert detect.messages.of("warning")[-1].startswith("Cancelled")
    assert arcpy.state.locks == []
    assert arcpy.state.tables == {}


def test_an_existing_output_is_kept_unless_overwriting_is_allowed(
    detect: Dialog, arcpy: ModuleType
) -> None:
    only_empty(arcpy)
    arcpy.state.tables[OUT] = before = arcpy.da.Table()
    with pytest.raises(arcpy.ExecuteError, match="exists already"):
        detect.run()
    assert arcpy.state.tables[OUT] is before
    assert not [c for c in arcpy.state.calls if "DeepLearning" in c[0]]
    arcpy.env.overwriteOutput = True
    detect.run()
    arcpy.env.overwriteOutput = False
    assert arcpy.state.tables[OUT] is not before


def test_a_copy_that_breaks_off_leaves_an_existing_output_as_it_was(
    detect: Dialog, arcpy: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_empty(arcpy)
    before = arcpy.da.Table()
    arcpy.state.tables[OUT] = before
    arcpy.env.overwriteOutput = True

    def fail(in_features: str, out_feature_class: str) -> None:
        arcpy.state.tables[out_feature_class] = arcpy.da.Table()
        raise arcpy.ExecuteError("the disk is full")

    monkeypatch.setattr(arcpy.management, "CopyFeatures", fail)
    with pytest.raises(arcpy.ExecuteError, match="disk is full"):
        detect.run()
    assert arcpy.state.tables == {OUT: before}


def test_a_long_name_of_a_class_fits_into_the_table(
    detect: Dialog, host: DeepLearning, tmp_path: Path
) -> None:
    classes = (ClassDef(value=1, name="n" * 100, color="#E31A1C"),)
    model = write_model(tmp_path / "long.onnx", name="long", classes=classes)
    package = unpack(tmp_path / "long", model_files(model)) / "long-detect.dlpk"
    detect.set(in_model=str(package)).run()
    assert {row["class"] for row in detect.table(OUT).rows} == {"n" * 100}
