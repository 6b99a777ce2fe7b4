"""Classify Camp Pixels through ArcGIS' own tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import rasterio
from rasterio.transform import Affine

from tests.support.rasters import rgb_of, scene, write_raster
from tests.toolbox.deep_learning import DeepLearning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.toolbox.dialog import Dialog


@pytest.fixture
def classify(dialog: Callable[[str], Dialog], tmp_path: Path) -> Dialog:
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    target = str(tmp_path / "classes.tif")
    return dialog("ClassifyCampPixels").set(in_raster=str(image), out_raster=target)


@pytest.fixture
def host(arcpy: ModuleType, tmp_path: Path) -> DeepLearning:
    return DeepLearning(arcpy, tmp_path)


def test_the_returned_raster_is_saved_and_named(  # noqa: PLR0917
    classify: Dialog, host: DeepLearning, camp: Any, packages: Path, toolbox: Path, tmp_path: Path
) -> None:
    classify.run()
    state = classify.arcpy.state
    (arguments,) = [arguments for name, arguments, _ in state.calls if "Pixels" in name]
    assert arguments["in_model_definition"] == str(toolbox / "tiny-classify.dlpk")
    assert "out_classified_folder" not in arguments
    target = tmp_path / "classes.tif"
    vector = tmp_path / "cli.gpkg"
    model = ["--model", packages / "tiny.onnx", "--tile-size", 64]
    code, _, err = camp("detect", tmp_path / "camp.tif", "-o", vector, "--mask", *model)
    assert code == 0, err
    with (
        rasterio.open(target) as raster,
        rasterio.open(tmp_path / "cli_mask.tif") as expected_raster,
    ):
        assert (raster.read() == expected_raster.read()).all()
    assert state.tables[f"{target}#colours"] == [(0, 0, 0, 0), (1, 0xE3, 0x1A, 0x1C)]
    names = {row["Value"]: row["Class"] for row in state.tables[str(target)].rows}
    assert names == {0: "background", 1: "dwelling"}
    assert state.licences == ["out ImageAnalyst", "in ImageAnalyst"]
    assert [p.name for p in target.parent.glob("*rcd_*")] == []


def test_an_existing_raster_is_kept_unless_overwriting_is_allowed(
    classify: Dialog, host: DeepLearning, tmp_path: Path
) -> None:
    target = tmp_path / "classes.tif"
    target.write_bytes(b"precious")
    with pytest.raises(classify.arcpy.ExecuteError, match="exists already"):
        classify.run()
    assert target.read_bytes() == b"precious"
    classify.arcpy.env.overwriteOutput = True
    classify.run()
    assert target.read_bytes()[:2] == b"II"


def test_a_failure_leaves_an_existing_raster_as_it_was(
    classify: Dialog, arcpy: ModuleType, tmp_path: Path
) -> None:
    target = tmp_path / "classes.tif"
    target.write_bytes(b"precious")
    arcpy.env.overwriteOutput = True

    def fail(raster: Any, model: str, arguments: str) -> None:
        raise RuntimeError("out of memory")

    arcpy.state.classify = fail
    with pytest.raises(arcpy.ExecuteError, match="out of memory"):
        classify.run()
    assert target.read_bytes() == b"precious"
    assert arcpy.state.locks == []


def broken_off(arcpy: ModuleType, monkeypatch: pytest.MonkeyPatch, *, cancelled: bool) -> None:
    """Let Copy Raster end in the middle of the file."""

    def fail(in_raster: Any, out_rasterdataset: str, **_: Any) -> None:
        with open(out_rasterdataset, "wb") as out:  # noqa: PTH123 - as a library does
            out.write(b"half")
        if cancelled:
            arcpy.state.cancel_after = 0
        raise arcpy.ExecuteError("the disk is full")

    monkeypatch.setattr(arcpy.management, "CopyRaster", fail)


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_copy_that_breaks_off_leaves_an_existing_raster_as_it_was(
    cancelled: bool,
    classify: Dialog,
    host: DeepLearning,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "classes.tif"
    target.write_bytes(b"precious")
    classify.arcpy.env.overwriteOutput = True
    broken_off(classify.arcpy, monkeypatch, cancelled=cancelled)
    before = set(tmp_path.iterdir())
    if cancelled:
        classify.run()
        assert classify.messages.of("warning")[-1] == "Cancelled; nothing was written."
    else:
        with pytest.raises(classify.arcpy.ExecuteError, match="disk is full"):
            classify.run()
    assert target.read_bytes() == b"precious"
    left = {p.name for p in set(tmp_path.iterdir()) - before}
    assert all(name.startswith(("host", "classes1")) for name in left), "the host's own files"


def test_a_raster_that_cannot_be_renamed_is_not_lost(
    classify: Dialog, host: DeepLearning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise classify.arcpy.ExecuteError("locked")

    monkeypatch.setattr(classify.arcpy.management, "Rename", fail)
    with pytest.raises(classify.arcpy.ExecuteError, match="could not be renamed from"):
        classify.run()
    (raster_left,) = tmp_path.glob("rcd_*.tif")
    assert str(raster_left) in classify.messages.of("error")[0]


def test_environments_of_the_user_change_no_pixel(
    classify: Dialog, host: DeepLearning, arcpy: ModuleType, tmp_path: Path
) -> None:
    classify.run()
    with rasterio.open(tmp_path / "classes.tif") as dataset:
        expected = dataset.profile, dataset.read()
    other = write_raster(
        tmp_path / "other.tif", rgb_of(scene()), transform=Affine(0.7, 0, 499_999.9, 0, -0.7, 3e6)
    )
    small = arcpy.Extent(500_010, 3_052_950, 500_020, 3_052_960)
    settings = {
        "extent": small, "snapRaster": str(other), "cellSize": 2.0,
        "outputCoordinateSystem": arcpy.SpatialReference(4326),
    }  # fmt: skip
    whole = "500000 3052925 500085 3053000"
    with arcpy.EnvManager(**settings):
        classify.set(extent=whole, out_raster=str(tmp_path / "again.tif")).run()
    with rasterio.open(tmp_path / "again.tif") as dataset:
        assert dataset.profile == expected[0]
        assert (dataset.read() == expected[1]).all()


def test_classes_without_names_are_still_classes(
    classify: Dialog, host: DeepLearning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise classify.arcpy.ExecuteError("ERROR 001")

    monkeypatch.setattr(classify.arcpy.management, "AddColormap", fail)
    classify.run()
    assert (tmp_path / "classes.tif").exists()
    assert "could not be given names" in classify.messages.of("warning")[-1]


def test_cancelled_writes_nothing(classify: Dialog, host: DeepLearning, tmp_path: Path) -> None:
    classify.arcpy.state.cancel_after = 0
    classify.run()
    assert not (tmp_path / "classes.tif").exists()
    assert classify.messages.of("error") == []
