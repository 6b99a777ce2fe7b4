"""Messages of a dialog before anything runs."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rasterio.transform import Affine

from camp_detector_core.outputs.scratch import PREFIX
from esri_toolbox.build import model_files
from tests.support.definitions import changed_emd
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster
from tests.toolbox.conftest import unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.toolbox.dialog import Dialog

PIXELS = rgb_of(scene())


@pytest.fixture
def detect(dialog: Callable[[str], Dialog]) -> Dialog:
    return dialog("DetectDwellings")


def test_a_good_raster_is_met_with_silence(detect: Dialog, tmp_path: Path) -> None:
    image = write_raster(tmp_path / "camp.tif", PIXELS)
    assert detect.set(in_raster=str(image)).remarks() == {}


@pytest.mark.parametrize(
    ("change", "severity", "words"),
    [
        ({"pixels": PIXELS[:1]}, 2, "1 band and the model takes 3: red, green, blue"),
        ({"pixels": np.concatenate([PIXELS, PIXELS[:2]])}, 1, "bands 1, 2, 3 are taken as red"),
        ({"crs": None}, 2, "no coordinate system"),
        ({"gsd": 0.8}, 1, "pixels are 0.8 m and the model was trained on 0.5 m"),
        ({"gsd": 6.0}, 2, "so small things are not in the picture"),
        ({"gsd": 0.0001}, 2, "coordinate system is wrong"),
        ({"crs": 4326, "transform": Affine(5e-6, 0, 87, 0, -5e-6, 60)}, 1, "is in degrees"),
        ({"crs": 4326}, 2, "is no place in"),
    ],
)
def test_what_does_not_fit_is_said_at_the_raster(
    change: dict[str, Any], severity: int, words: str, detect: Dialog, tmp_path: Path
) -> None:
    pixels = change.pop("pixels", PIXELS)
    image = write_raster(tmp_path / "camp.tif", pixels, **change)
    messages = detect.set(in_raster=str(image)).remarks(severity)
    assert words in messages["in_raster"]
    if severity == 2:
        with pytest.raises(detect.arcpy.ExecuteError):
            detect.set(out_features="C:\\x.gdb\\y").run()
        assert words in detect.messages.of("error")[0]


def test_another_bit_depth_goes_to_our_engine(
    detect: Dialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, {"onnxruntime", "osgeo"})
    image = write_raster(tmp_path / "camp.tif", PIXELS.astype(np.uint16) * 100)
    messages = detect.set(in_raster=str(image)).remarks(1)
    assert "uint16 and the model takes uint8" in messages["engine"]
    assert "2nd to the 98th percentile" in messages["engine"]
    assert "uint16" in detect.set(engine="ARCGIS").remarks(2)["engine"]


def test_a_raster_that_cannot_be_opened_is_said(detect: Dialog, tmp_path: Path) -> None:
    messages = detect.set(in_raster=str(tmp_path / "none.tif")).remarks(2)
    assert "cannot be opened as a raster" in messages["in_raster"]


def pretend(monkeypatch: pytest.MonkeyPatch, present: set[str]) -> None:
    """Let these libraries be found, and the other ones not; nothing is loaded to tell."""
    real = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> Any:
        if name in {"torch", "onnxruntime", "osgeo"}:
            return object() if name in present else None
        return real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)


@pytest.mark.parametrize(
    ("licence", "present", "engine", "severity", "words"),
    [
        ("Available", {"onnxruntime"}, "AUTOMATIC", 0, ""),
        ("Available", {"torch"}, "AUTOMATIC", 2, "no copy for PyTorch alone"),
        ("Available", set(), "AUTOMATIC", 2, "Deep Learning Libraries Installer"),
        ("Available", {"torch"}, "CAMP_DETECTOR", 2, "ONNX Runtime is not installed"),
        ("Available", {"onnxruntime"}, "CAMP_DETECTOR", 2, "GDAL for Python"),
        ("Unavailable", {"torch", "onnxruntime", "osgeo"}, "AUTOMATIC", 1, "(Unavailable)"),
        ("NotLicensed", {"onnxruntime", "osgeo"}, "ARCGIS", 2, "choose AUTOMATIC or CAMP_DETECTOR"),
        ("NotLicensed", {"torch"}, "AUTOMATIC", 2, "cannot either"),
    ],
)
def test_missing_licence_and_libraries_are_said_before_the_run(  # noqa: PLR0917
    licence: str,
    present: set[str],
    engine: str,
    severity: int,
    words: str,
    detect: Dialog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, present)
    detect.arcpy.state.licence = licence
    image = write_raster(tmp_path / "camp.tif", PIXELS)
    detect.set(engine=engine, in_raster=str(image))
    assert detect["engine"].severity == severity
    assert words in detect["engine"].message
    assert detect.arcpy.state.licences == [], "asking takes no licence"


def test_pytorch_alone_runs_a_model_that_has_a_copy_for_it(
    detect: Dialog, packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, {"torch"})
    emd = changed_emd(packages, tmp_path / "p", lambda f: f.update(TorchScriptFile="model.pt"))
    image = write_raster(tmp_path / "camp.tif", PIXELS)
    assert detect.set(in_raster=str(image), in_model=str(emd)).remarks() == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"multiple": 0}, "positive multiple of 0"),
        ({"multiple": "abc"}, "multiple must be a whole number"),
        ({"gsd": 10**400}, "no sense here"),
        ({"tile_size": 1e30}, "tile_size must be a whole number"),
        ({"overlap": -9}, "overlap -9 must be"),
    ],
)
def test_numbers_that_are_none_are_said_at_the_model(
    change: dict[str, Any], words: str, detect: Dialog, packages: Path, tmp_path: Path
) -> None:
    emd = changed_emd(packages, tmp_path / "p", lambda f: f["CampDetector"].update(change))
    image = write_raster(tmp_path / "camp.tif", PIXELS)
    messages = detect.set(in_model=str(emd), in_raster=str(image)).remarks(2)
    assert words in messages["in_model"]


def test_a_changed_setting_of_a_definition_is_said_and_passed_over(
    detect: Dialog, packages: Path, tmp_path: Path
) -> None:
    emd = changed_emd(packages, tmp_path / "p", lambda f: f.update(Threshold=0.9, Padding=9))
    detect.set(in_model=str(emd))
    remark = detect.remarks(1)["in_model"]
    assert "has the Threshold 0.9; this tool begins with the model's own, 0.4." in remark
    assert "the Padding 9;" in remark
    assert detect["threshold"].value == 0.4


def test_whatever_fails_in_a_dialog_is_said_there(
    detect: Dialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("deep inside")

    monkeypatch.setattr(detect.arcpy, "Raster", fail)
    messages = detect.set(in_raster=str(tmp_path / "camp.tif")).remarks(1)
    assert "KeyError" in " ".join(messages.values())


# Defaults.


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another model, with other values."""
    changes = {"threshold": 0.7, "min_area": 9.0, "tile_size": 128, "name": "other"}
    model = write_model(tmp_path / "other.onnx", **changes)
    return unpack(tmp_path, model_files(model)) / "other-detect.dlpk"


def test_an_opened_dialog_shows_the_models_own_values(detect: Dialog) -> None:
    assert [detect[n].value for n in ("threshold", "min_area", "tile_size")] == [0.4, 3.0, 64]
    assert detect["model_says"].valueAsText.startswith("tiny-1.0: 0.5 m a pixel")
    assert detect["model_says"].enabled is False


def test_another_model_changes_what_the_user_did_not(detect: Dialog, other: Path) -> None:
    detect.set(threshold=0.25, in_model=str(other))
    assert [detect[n].value for n in ("threshold", "min_area", "tile_size")] == [0.25, 9.0, 128]
    detect.set(in_model=None)
    assert [detect[n].value for n in ("threshold", "min_area", "tile_size")] == [0.25, 3.0, 64]


def test_an_emptied_value_is_the_models_own_at_the_run(
    detect: Dialog, other: Path, tmp_path: Path
) -> None:
    from tests.toolbox.test_detect import only_empty, the_call

    only_empty(detect.arcpy)
    image = write_raster(tmp_path / "camp.tif", PIXELS)
    detect.set(in_model=str(other), in_raster=str(image), out_features="C:\\x.gdb\\y")
    detect.set(threshold=None, min_area=None, tile_size=None).run()
    assert "threshold 0.7;min_area 9;tile_size 128;" in the_call(detect.arcpy)[0]["arguments"]


def test_the_package_installed_last_is_the_default(
    detect: Dialog, dialog: Callable[[str], Dialog], other: Path
) -> None:
    assert detect["model_says"].valueAsText.startswith("tiny")
    dialog("InstallModelPackage").set(in_package=str(other)).run()
    assert dialog("DetectDwellings")["model_says"].valueAsText.startswith("other-1.0")
    assert dialog("ClassifyCampPixels")["model_says"].valueAsText.startswith("tiny-1.0")


def test_what_a_killed_install_left_is_no_default(
    detect: Dialog, dialog: Callable[[str], Dialog], other: Path, tmp_path: Path
) -> None:
    left = tmp_path / "models" / f"{PREFIX}abc123"
    left.mkdir(parents=True)
    (left / "package.dlpk").write_bytes(other.read_bytes())
    assert dialog("DetectDwellings")["model_says"].valueAsText.startswith("tiny")


def test_a_package_installed_again_is_the_default_again(
    dialog: Callable[[str], Dialog], other: Path, packages: Path, tmp_path: Path
) -> None:
    for package in (packages / "tiny-detect.dlpk", other):
        dialog("InstallModelPackage").set(in_package=str(package)).run()
    os.utime(tmp_path / "models/tiny-detect.dlpk", ns=(0, 0))
    dialog("InstallModelPackage").set(in_package=str(packages / "tiny-detect.dlpk")).run()
    assert dialog("DetectDwellings")["model_says"].valueAsText.startswith("tiny-1.0")


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        ("3,2", "“Bands” names 2 bands, but the model takes 3 bands (red, green, blue)"),
        ("3,2,9", "“Bands” asks for band 9, but the raster has 4"),
    ],
)
def test_bands_that_cannot_be_read_are_said_before_the_run(
    bands: str, words: str, detect: Dialog, tmp_path: Path
) -> None:
    image = write_raster(tmp_path / "camp.tif", np.concatenate([PIXELS, PIXELS[:1]]))
    assert words in detect.set(in_raster=str(image), bands=bands).remarks(2)["bands"]
    assert "bands" not in detect.set(bands="4,3,1").remarks()


def test_each_value_that_cannot_be_is_said_at_its_parameter(detect: Dialog) -> None:
    remarks = detect.set(tile_size=48, bands="red").remarks(2)
    assert "multiple of 32" in remarks["tile_size"]
    assert "whole numbers between commas" in remarks["bands"]


@pytest.mark.parametrize("side", [48, 32, 100])
def test_a_tile_size_that_the_network_cannot_take_is_said(detect: Dialog, side: int) -> None:
    assert "multiple of 32" in detect.set(tile_size=side).remarks(2)["tile_size"]


def test_a_package_of_the_other_kind_is_said(detect: Dialog, packages: Path) -> None:
    messages = detect.set(in_model=str(packages / "tiny-classify.dlpk")).remarks(1)
    assert "ImageClassification" in messages["in_model"]


@pytest.mark.parametrize("content", [b"", b"PK no zip", b"{}"])
def test_a_file_that_is_no_model_is_said(detect: Dialog, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.dlpk"
    path.write_bytes(content)
    assert str(path) in detect.set(in_model=str(path)).remarks(2)["in_model"]
    emd = tmp_path / "bad.emd"
    emd.write_bytes(content)
    assert str(emd) in detect.set(in_model=str(emd)).remarks(2)["in_model"]


def test_without_any_model_an_untouched_dialog_is_quiet(
    arcpy: ModuleType, toolbox: Path, tmp_path: Path
) -> None:
    import shutil

    from tests.toolbox.dialog import Dialog, load_pyt

    bare = shutil.copytree(toolbox, tmp_path / "bare", ignore=shutil.ignore_patterns("*.dlpk"))
    detect = Dialog(load_pyt(bare).DetectDwellings(), arcpy)
    assert detect.remarks() == {}
    image = write_raster(tmp_path / "camp.tif", PIXELS)
    assert "Install Model Package" in detect.set(in_raster=str(image)).remarks(2)["in_model"]
