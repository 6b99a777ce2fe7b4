"""Messages to users: when something is wrong, one sentence with the remedy."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.esri.host.arcgis import OpenPackage, open_folder
from tests.esri.scenes import expected_classes, scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.esri.host.arcgis import ArcGISHost

SMALL = {"tile_size": "64", "padding": "8", "batch_size": "1"}


def assert_a_sentence(error: str | None, *parts: str) -> None:
    """One sentence, after ArcGIS' own words, that names what is at fault."""
    assert error is not None
    sentence = error.partition("CampDetectorProblem: ")[2]
    assert sentence, error
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not re.search(r"Traceback|KeyError|NoneType|object at 0x", sentence)
    for part in parts:
        assert part in sentence, (part, sentence)


ARGUMENTS = [
    ("padding", "abc", "The argument padding must be a whole number, 0 to 15 pixels, got 'abc'"),
    ("padding", "-1", "The argument padding must be a whole number, 0 to 15 pixels, got -1"),
    ("padding", "16", "The argument padding must be a whole number, 0 to 15 pixels, got 16"),
    ("padding", "8.5", "The argument padding must be a whole number"),
    ("batch_size", "0", "The argument batch_size must be a whole number, 1 to 256, got 0"),
    ("threshold", "0", "The argument threshold must be above 0 and up to 1, got 0"),
    ("threshold", "50", "The argument threshold must be above 0 and up to 1, got 50"),
    ("threshold", "nan", "The argument threshold must be above 0"),
    ("min_area", "-3", "The argument min_area must be 0 to 1000000 square metres, got -3"),
    ("min_area", "inf", "The argument min_area must be 0 to 1000000 square metres"),
    ("tile_size", "100", "tile size 100 must be a positive multiple of 32"),
    ("tile_size", "0", "The argument tile_size must be a whole number"),
    ("tile_size", "4128", "The argument tile_size must be a whole number, 1 to 4096 pixels"),
    (
        "test_time_augmentation",
        "perhaps",
        "The argument test_time_augmentation must be True or False",
    ),
    ("return_probabilities", "2", "The argument return_probabilities must be True or False"),
]


def test_arguments_that_cannot_be(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    package = workshop("classify")
    runs = [package.run(raster="it", arguments={name: text}) for name, text, _ in ARGUMENTS]
    outcomes = host().go(*runs, rasters={"it": scene(70, 80)})
    for (_, _, part), outcome in zip(ARGUMENTS, outcomes, strict=True):
        assert_a_sentence(outcome.error, part)
        assert outcome.error.startswith("ERROR 999999 getConfiguration")


def test_devices_that_cannot_be_and_definitions_that_are_none(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    package = workshop("classify")
    broken = {
        "{": "not one of Camp Detector's",
        '{"ModelType": "ImageClassification"}': "'CampDetector' is missing",
        '{"CampDetector": {"schema_version": 99}}': "update Camp Detector",
        "nowhere.emd": "nowhere.emd cannot be read (No such file or directory)",
    }
    runs = [package.run(role="validate", definition=text) for text in broken]
    runs += [package.run(raster="it", device=device) for device in ("gpu", -3, 1.5)]
    outcomes = host().go(*runs, rasters={"it": scene(70, 80)})
    for outcome, part in zip(outcomes, [*broken.values(), *["Device must be"] * 3], strict=True):
        assert_a_sentence(outcome.error, part)
        assert outcome.error.startswith("ERROR 002667")


def test_rasters_that_the_model_cannot_be_run_on(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    package = workshop("classify")
    rasters = {
        "grey": scene(70, 80, bands=1),
        "deep": scene(70, 80, dtype="uint16"),
        "float": scene(70, 80, dtype="float32"),
    }
    runs = [package.run(role=r, raster=n) for n in rasters for r in ("classify", "detect")]
    errors = [o.error for o in host().go(*runs, rasters=rasters)]
    for error in errors[:2]:
        assert_a_sentence(error, "needs 3 bands (red, green, blue)", "gives 1")
    for error in errors[2:4]:
        assert_a_sentence(error, "8 bit unsigned", "16 bit unsigned", "Copy Raster", "Scale Pixel")
    for error in errors[4:]:
        assert_a_sentence(error, "this raster's are float")


def test_a_host_that_says_nothing_of_the_raster_is_held_to_its_tiles(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    package = workshop("detect")
    rasters = {"right": scene(70, 80), "deep": scene(70, 80, dtype="uint16")}
    runs = [package.run(role="detect", raster=name, uninformed=True) for name in rasters]
    runs.append(package.run(role="detect", raster="right"))
    blind, deep, outcome_told = host().go(*runs, rasters=rasters)
    assert blind.features == outcome_told.features != []
    assert_a_sentence(deep.error, "8 bit unsigned", "others", "Copy Raster")


def test_a_model_of_fixed_size_says_which(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    package, raster = workshop("classify", side=64), scene(70, 80)
    runs = [package.run(raster="it", arguments={"tile_size": side}) for side in ("96", "64")]
    wrong, right = host().go(*runs, rasters={"it": raster})
    assert_a_sentence(wrong.error, "only chips of 64 pixels: set tile_size to 64")
    np.testing.assert_array_equal(right.classes, expected_classes(raster))


CELLS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("as trained", {}, []),
    ("nearly", {"cell": (0.54, 0.54)}, []),
    ("twice", {"cell": (1.0, 1.0)}, ["are of 1 m", "Cell Size to 0.5 metres"]),
    ("half", {"cell": (0.25, 0.25)}, ["are of 0.25 m", "Cell Size to 0.5 metres"]),
    ("feet", {"cell": (1.64042, 1.64042), "epsg": 2263, "origin": (980000.0, 200000.0)}, []),
    ("feet, fine", {"cell": (0.5, 0.5), "epsg": 2263, "origin": (980000.0, 200000.0)},
     ["are of 0.152 m", "Cell Size to 1.64 map units"]),
    # Web Mercator at 60 degrees north: a metre of it is half a metre on the ground.
    ("web", {"cell": (1.0, 1.0), "epsg": 3857, "origin": (0.0, 8399737.9)}, []),
    ("web, fine", {"cell": (0.5, 0.5), "epsg": 102100, "origin": (0.0, 8399737.9)},
     ["are of 0.25", "Cell Size to 0.9", "metres of Web Mercator"]),
    ("degrees", {"cell": (9e-6, 9e-6), "epsg": 4326, "origin": (32.5, 3.3)},
     ["are of 0.998 m", "Cell Size to 0.00000451 degrees", "0.5 metres in UTM"]),
    ("degrees, right", {"cell": (4.5e-6, 4.5e-6), "epsg": 4326, "origin": (32.5, 3.3)}, []),
]  # fmt: skip


@pytest.mark.parametrize("arcpy", ["3.4", None])
def test_pixels_of_another_size_are_warned_of_with_the_size_to_set(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost], arcpy: str | None
) -> None:
    package = workshop("detect")
    # Only arcpy knows what the code of a plane in feet stands for.
    cells = [cell for cell in CELLS if arcpy or "feet" not in cell[0]]
    rasters = {name: scene(70, 80, **place) for name, place, _ in cells}
    runs = [package.run(role="detect", raster=name) for name, _, _ in cells]
    outcomes = host(arcpy=arcpy).go(*runs, rasters=rasters)
    for (name, _, parts), outcome in zip(cells, outcomes, strict=True):
        assert outcome.error is None, (name, outcome.error)
        warnings = outcome.report["warnings"] if arcpy else []
        if arcpy:
            assert len(warnings) == (len(parts) > 0), (name, warnings)
        text = " ".join(warnings) if arcpy else outcome.report["stderr"]
        assert [part for part in parts if part not in text] == [], (name, text)


def test_a_warning_comes_once_in_each_run(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    """Also in the second one of a session."""
    run = workshop("classify").run(raster="it", arguments=SMALL, device=7)
    rasters = {"it": scene(130, 97, cell=(1.0, 1.0))}
    for outcome in host(arcpy="3.4").go(run, run, rasters=rasters):
        size, card = outcome.report["warnings"]
        assert "Cell Size to 0.5 metres" in size
        assert "graphics card" in card


def test_choosing_the_model_needs_neither_libraries_nor_device(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    package = workshop("detect")
    runs = [package.run(role="validate", definition=d) for d in ("path", "text")]
    for outcome in host(profile="base").go(*runs):
        assert outcome.error is None
        assert not {"onnxruntime", "torch", "arcpy"} & set(outcome.report["modules"])
        rows = {row["name"]: row["value"] for row in outcome.report["parameters"]}
        assert rows == {
            "raster": None, "model": None, "device": -1, "padding": 8, "batch_size": 16,
            "threshold": 0.5, "min_area": 0.0, "tile_size": 64,
            "test_time_augmentation": "False", "return_probabilities": "False",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("arcpy", "parts"),
    [
        (None, ["Deep Learning Libraries Installer for your version of ArcGIS Pro"]),
        ("3.4", ["Deep Learning Libraries Installer for ArcGIS Pro 3.4", "start ArcGIS Pro again"]),
        ("3.1.2", ["ArcGIS Pro 3.1.2 has no ONNX Runtime", "update to ArcGIS Pro 3.3 or newer."]),
    ],
)
def test_without_the_deep_learning_libraries_the_first_tile_says_which_to_install(
    workshop: Callable[..., OpenPackage],
    host: Callable[..., ArcGISHost],
    arcpy: str | None,
    parts: list[str],
) -> None:
    package = workshop("detect")
    runs = [package.run(role=role, raster="it") for role in ("classify", "detect")]
    for outcome in host(profile="base", arcpy=arcpy).go(*runs, rasters={"it": scene(70, 80)}):
        assert_a_sentence(outcome.error, *parts)


def test_a_gpu_that_is_not_there_is_said_and_the_processor_does_it(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    raster, package = scene(70, 80), workshop("classify")
    run = package.run(device=7)
    outcome = host(arcpy="3.6").one(run, raster)
    np.testing.assert_array_equal(outcome.classes, expected_classes(raster))
    (warning,) = outcome.report["warnings"]
    assert "graphics card cannot be used" in warning


def damaged(package: OpenPackage, home: Path, damage: str) -> OpenPackage:
    """A copy of a package that something happened to."""
    shutil.copytree(package.folder, home / damage)
    folder = home / damage
    for entry in [folder, *folder.rglob("*")]:
        entry.chmod(0o755)
    (engine,) = folder.glob("rcd_engine_*.zip")
    emd = folder / package.emd.name
    if damage == "no engine":
        engine.unlink()
    if damage == "two engines":
        shutil.copy(engine, folder / "rcd_engine_9_9_9_00000000.zip")
    if damage == "no model":
        (folder / "model.onnx").unlink()
    if damage == "no network":
        (folder / "model.onnx").write_bytes(b"not a network")
    if damage == "other classes":
        text = emd.read_text(encoding="utf-8")
        emd.write_text(text.replace('"Value": 1', '"Value": 9'), encoding="utf-8")
    return open_folder(folder, damage)


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        ("no engine", "engine (rcd_engine_*.zip) is missing"),
        ("two engines", "is there more than once"),
        ("no model", "model.onnx is missing: get the model package again"),
        ("no network", "is not an ONNX model"),
        ("other classes", "Classes must have the values [1]"),
    ],
)
def test_a_damaged_package_says_what_is_wrong(
    workshop: Callable[..., OpenPackage],
    host: Callable[..., ArcGISHost],
    tmp_path: Path,
    damage: str,
    part: str,
) -> None:
    package = damaged(workshop("classify"), tmp_path, damage)
    assert_a_sentence(host().one(package.run(), scene(70, 80)).error, part)


def test_lower_thresholds_mark_more(
    workshop: Callable[..., OpenPackage], host: Callable[..., ArcGISHost]
) -> None:
    """The argument is heeded, and not the model's own value."""
    raster, package = scene(70, 80), workshop("classify")
    # Grey of 0.48 has the probability 0.12 and grey of 0.52 has 0.88.
    pixels = np.zeros_like(raster.pixels)
    pixels[:, 5:15, 5:25], pixels[:, 20:30, 60:75] = 122, 133
    grey = replace(raster, pixels=pixels, valid=np.ones_like(raster.valid))
    runs = [
        package.run(raster="it", arguments={**SMALL, "threshold": text})
        for text in ("0.95", "0,5", "0.05")
    ]
    outcomes = host().go(*runs, rasters={"it": grey})
    assert [int((o.classes == 1).sum()) for o in outcomes] == [0, 150, 350]
