"""With the libraries of each version of ArcGIS Pro, on its Python: the same dwellings."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from camp_detector_core.esri.dlpk import create_dlpk
from camp_detector_core.network.export import export_torchscript
from tests.esri.host.arcgis import OpenPackage, open_package
from tests.esri.scenes import expected_classes, scene
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from camp_detector_core.engine.spec import ModelSpec
    from tests.esri.host.arcgis import ArcGISHost

FUNCTION = Path(__file__).resolve().parents[2] / "esri_toolbox" / "RefugeeCampDetector.py"
SMALL = {"tile_size": "64", "padding": "8", "batch_size": "1"}


def tiny_network(spec: ModelSpec) -> nn.Module:
    """The network of `tiny_onnx`."""
    network = nn.Conv2d(len(spec.bands), spec.channels, 1)
    with torch.no_grad():
        network.weight.zero_()
        for i in range(spec.channels):
            network.weight[i, i] = 100
        network.bias.fill_(-50)
    return network


@pytest.fixture(scope="module")
def dual_package(tmp_path_factory: pytest.TempPathFactory) -> OpenPackage:
    """A package with the model for either library."""
    home = tmp_path_factory.mktemp("both")
    spec = tiny_spec()
    (home / "tiny.onnx").write_bytes(tiny_onnx(spec))
    export_torchscript(tiny_network(spec), home / "tiny.pt", spec=spec)
    path = create_dlpk(
        home / "tiny.onnx", home / "tiny-detect.dlpk", kind="detect", torchscript=home / "tiny.pt"
    )
    return open_package(path, home)


@pytest.mark.parametrize(
    ("profile", "uses", "leaves"),
    [
        ("pro32", "torch", "onnxruntime"),
        ("pro33", "onnxruntime", "torch"),
        ("no_torch", "onnxruntime", "torch"),
    ],
)
def test_either_library_runs_the_model_and_the_other_is_not_loaded(
    dual_package: OpenPackage, host: Callable[..., ArcGISHost], profile: str, uses: str, leaves: str
) -> None:
    raster = scene(100, 90)
    runs = [
        dual_package.run(role=role, raster="it", arguments=SMALL, workers=workers)
        for role, workers in (("classify", 1), ("detect", 2))
    ]
    classes, vectors = host(profile=profile, arcpy="3.2").go(*runs, rasters={"it": raster})
    np.testing.assert_array_equal(classes.classes, expected_classes(raster))
    assert vectors.features
    assert uses in classes.report["modules"]
    assert leaves not in classes.report["modules"]


def test_torchscript_that_does_not_load_is_said(
    dual_package: OpenPackage, host: Callable[..., ArcGISHost], tmp_path: Path
) -> None:
    shutil.copytree(dual_package.folder, tmp_path / "copy")
    (tmp_path / "copy/model.pt").chmod(0o644)
    (tmp_path / "copy/model.pt").write_bytes(b"not a model")
    broken_package = OpenPackage(
        tmp_path / "copy", tmp_path / "copy" / dual_package.emd.name, dual_package.fields
    )
    error = host(profile="pro32").one(broken_package.run(), scene(70, 80)).error
    assert error is not None
    assert "The TorchScript model cannot be loaded by torch" in error


def _imported(tree: ast.AST) -> set[str]:
    """Top packages that a source imports anywhere, but for what only type checkers see."""
    if isinstance(tree, ast.If) and ast.unparse(tree.test) == "TYPE_CHECKING":
        return set().union(*map(_imported, tree.orelse))
    if isinstance(tree, ast.Import):
        return {alias.name.partition(".")[0] for alias in tree.names}
    if isinstance(tree, ast.ImportFrom):
        return {(tree.module or "").partition(".")[0]}
    return set().union(*map(_imported, ast.iter_child_nodes(tree)))


def test_the_function_is_python_3_9_and_imports_the_standard_library_and_numpy_alone() -> None:
    tree = ast.parse(FUNCTION.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = _imported(tree)
    assert names - set(sys.stdlib_module_names) == {"numpy"}
    start = [sys.executable, "-c", "from vermin import main; main()"]
    command = [*start, "--target=3.9-", "--violations", "--no-tips", str(FUNCTION)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout


def pythons() -> list[Path]:
    """Other Pythons with numpy: the floor that `tests/test_floor.py` makes, and pyenv's."""
    root = Path(__file__).resolve().parents[2]
    pythons_present = [*root.glob(".cache/floor-3.9*/bin/python"), Path("/usr/bin/python3")]
    return [python for python in pythons_present if python.exists()]


@pytest.mark.parametrize("python", pythons(), ids=lambda p: f"{p.parent.parent.name}")
def test_other_pythons_choose_the_model_and_say_what_is_missing(
    dual_package: OpenPackage, host: Callable[..., ArcGISHost], python: Path
) -> None:
    """Up to the first tile all runs on numpy alone; there is no library for the model there."""
    has_numpy = subprocess.run([python, "-c", "import numpy"], capture_output=True, check=False)
    if has_numpy.returncode:
        pytest.skip(f"{python} has no numpy")
    runs = [dual_package.run(role=role, raster="it") for role in ("validate", "classify", "detect")]
    arc = host(profile="base", python=str(python), arcpy="3.4")
    choice, *tiles = arc.go(*runs, rasters={"it": scene(70, 80)})
    assert choice.error is None
    for outcome in tiles:
        assert outcome.report["configuration"]["tx"] > 0
        assert "Deep Learning Libraries Installer for ArcGIS Pro 3.4" in outcome.error
