"""The host itself: it runs what is right, and refuses each fault with the right words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.esri.faulty import FAULTS, GOOD, INIT, ORIGINAL_STYLE, exchanged, pack
from tests.esri.host.arcgis import ArcGISHost, OpenPackage, open_package
from tests.esri.host.rules import HostError
from tests.esri.host.surroundings import PROFILES
from tests.esri.scenes import doubles, expected_classes, polygons_of, scene, suppressed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def package_of(home: Path, source: str, **changes: Any) -> OpenPackage:
    home.mkdir()
    return open_package(pack(home / "marker.dlpk", source, **changes), home)


def test_a_function_that_does_what_is_asked_passes(
    tmp_path: Path, host: Callable[..., ArcGISHost]
) -> None:
    good, raster = package_of(tmp_path / "good", GOOD), scene(130, 97)
    runs = [
        good.run(role="classify", raster="it", shuffled=2, repeated=True),
        good.run(role="classify", raster="it", arguments={"padding": "0"}, flat=True),
        good.run(role="detect", raster="it", repeated=True),
    ]
    first, second, third = host().go(*runs, rasters={"it": raster})
    np.testing.assert_array_equal(first.classes, expected_classes(raster))
    np.testing.assert_array_equal(second.classes, expected_classes(raster))
    assert len(third.features) == third.report["tiles"] == 9
    x, y = polygons_of(third.features)[4].exterior.coords[0]
    assert (x, y) == (500000 + (48 + 1) * 0.5, 3000000 - (48 + 1) * 0.5)


def test_each_fault_is_refused_with_the_right_words(
    tmp_path: Path, host: Callable[..., ArcGISHost]
) -> None:
    runs = []
    for number, (role, old, new, _) in enumerate(FAULTS.values()):
        package = package_of(tmp_path / str(number), exchanged(old, new))
        runs.append(package.run(role=role, raster="it", repeated=True))
    outcomes = host().go(*runs, rasters={"it": scene(100, 90)})
    for (name, (_, _, _, message)), outcome in zip(FAULTS.items(), outcomes, strict=True):
        assert outcome.error is not None, name
        words = message.split("|")
        assert any(word in outcome.error for word in words), (name, outcome.error)


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        ("open(__file__ + '.log', 'a').write('x')", "wrote beside itself: ['Marker.py.log']"),
        ("open('here.log', 'a').write('x')", "wrote into the working directory"),
        ("print('hello')", "the function prints: 'hello"),
        ("__import__('subprocess').run(['true'])", "the function started"),
        ("__import__('os')._exit(3)", "the process of ArcGIS died"),
    ],
)
def test_traces_that_are_left_behind_are_refused(
    tmp_path: Path, host: Callable[..., ArcGISHost], trace: str, words: str
) -> None:
    package = package_of(tmp_path / "package", exchanged(INIT, f"{INIT}\n        {trace}"))
    package.folder.chmod(0o755)  # for those who are not root
    with pytest.raises(HostError, match=re.escape(words)):
        host().go(package.run(role="validate"))


def test_a_function_as_the_reference_has_it_is_refused(
    tmp_path: Path, host: Callable[..., ArcGISHost]
) -> None:
    """And what would be next, once each fault is mended."""
    parameters = 'row("BatchSize", "numeric", 4)'
    device = f'row("device", "numeric", -1), {parameters}'
    mended = [
        ORIGINAL_STYLE,
        ORIGINAL_STYLE.replace(parameters, device),
        ORIGINAL_STYLE.replace(parameters, device).replace("tx=256,", "padding=0, tx=256,"),
    ]
    packages = [package_of(tmp_path / str(i), text) for i, text in enumerate(mended)]
    runs = [package.run(raster="it") for package in packages]
    runs.append(packages[1].run(raster="it", definition="text"))
    errors = [outcome.error for outcome in host().go(*runs, rasters={"it": scene(70, 80)})]
    assert "the first three must be raster, model and device" in errors[0]
    assert "padding must be an int from 0 on, got None" in errors[1]
    assert "dataRange makes the host rescale pixels" in errors[2]
    assert errors[3].startswith("ERROR 002667 Unable to initialize python raster function")


@pytest.mark.parametrize(
    ("emds", "changes", "words"),
    [
        (("model/marker.emd",), {}, "has no .emd at its root"),
        (("a.emd", "b.emd"), {}, "has 2 .emd at its root: exactly one is allowed"),
        (("a.emd",), {"ModelType": "ObjectionDetection"}, "ModelType 'ObjectionDetection'"),
        (("a.emd",), {"ImageHeight": -1}, "ImageHeight must be a positive int, got -1"),
        (("a.emd",), {"Classes": []}, "a.emd lacks Classes"),
    ],
)
def test_packages_that_arcgis_does_not_take(
    tmp_path: Path, emds: tuple[str, ...], changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(HostError, match=re.escape(words)):
        package_of(tmp_path / "package", GOOD, emds=emds, **changes)


def test_a_function_that_is_not_in_the_package_is_said(
    tmp_path: Path, host: Callable[..., ArcGISHost]
) -> None:
    package = package_of(tmp_path / "package", GOOD, InferenceFunction="Renamed.py")
    (outcome,) = host().go(package.run(role="validate"))
    assert outcome.error == "Renamed.py is missing from the package"


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_hide_what_they_have_not(
    tmp_path: Path, host: Callable[..., ArcGISHost], profile: str
) -> None:
    names = ["onnxruntime", "cv2", "rasterio", "shapely", "camp_detector_core", "scipy", "pytest"]
    probe = f"""
        found = []
        for name in {names}:
            try:
                __import__(name)
                found.append(name)
            except ImportError:
                pass
        raise Exception("found " + " ".join(found))"""
    package = package_of(tmp_path / "p", exchanged(INIT, INIT + probe))
    (outcome,) = host(profile=profile).go(package.run(role="validate"))
    words = "found onnxruntime" if "onnxruntime" in PROFILES[profile] else "found "
    assert outcome.error is not None
    assert outcome.error.endswith(words)


def test_text_is_cp1252_and_other_packages_have_left_modules_behind(
    tmp_path: Path, host: Callable[..., ArcGISHost]
) -> None:
    probe = """
        import locale, sys, tempfile, os
        path = os.path.join(tempfile.gettempdir(), f"probe-{os.getpid()}")
        with open(path, "wb") as file:
            file.write("\\u00e9".encode())
        with open(path) as file:
            text = file.read()
        os.remove(path)
        point = locale.localeconv()["decimal_point"]
        raise Exception(ascii(text) + point + str("prf_utils" in sys.modules))"""
    package = package_of(tmp_path / "p", exchanged(INIT, INIT + probe))
    (outcome,) = host().go(package.run(role="validate"))
    assert outcome.error is not None
    assert outcome.error.endswith("'\\xc3\\xa9',True")


def test_the_same_dwelling_from_two_tiles_is_seen_and_suppressed() -> None:
    def feature(left: float, confidence: float) -> dict[str, Any]:
        ring = [[left, 0], [left, 4], [left + 9, 4], [left + 9, 0], [left, 0]]
        return {
            "attributes": {"Confidence": confidence, "Classvalue": 1},
            "geometry": {"rings": [ring]},
        }

    features = [feature(0, 60.0), feature(0.2, 80.0), feature(8, 70.0)]
    assert doubles(polygons_of(features)) == [(0, 1)]
    confidences = [f["attributes"]["Confidence"] for f in suppressed(features, 0.1)]
    assert confidences == [80.0, 70.0]
