"""The stand-in for arcpy is strict, and says the same as the types that the toolbox is held to."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyproj
import pytest

if TYPE_CHECKING:
    from types import ModuleType

TYPES = Path(__file__).resolve().parents[2] / "typings/arcpy"
ONLY_IN_NEWER_PRO = {"in_objects_of_interest"}
"""Arguments that the stand-in leaves out, so that using them fails."""


def functions(file: str) -> dict[str, list[str]]:
    """The arguments of each function, and of each class's ``__init__``, in a file of types."""
    signatures = {}
    for node in ast.parse((TYPES / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            initialisers = [
                n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"
            ]
            if initialisers:
                signatures[node.name] = [
                    a.arg for a in initialisers[0].args.args[1:] + initialisers[0].args.kwonlyargs
                ]
        elif isinstance(node, ast.FunctionDef):
            signatures[node.name] = [a.arg for a in node.args.args + node.args.kwonlyargs]
    return signatures


@pytest.mark.parametrize("module", ["", "da", "ia", "management"])
def test_signatures_are_those_of_the_types(module: str, arcpy: ModuleType) -> None:
    home: Any = getattr(arcpy, module) if module else arcpy
    signatures = functions(f"{module or '__init__'}.pyi")
    assert len(signatures) > 1
    for name, arguments in signatures.items():
        expected_arguments = [a for a in arguments if a not in ONLY_IN_NEWER_PRO]
        parameters = inspect.signature(getattr(home, name)).parameters.values()
        plain = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
        assert plain == expected_arguments, name


def test_a_wrong_argument_fails(arcpy: ModuleType) -> None:
    with pytest.raises(TypeError, match="out_raster"):
        arcpy.ia.ClassifyPixelsUsingDeepLearning("a", "b", out_raster="c")
    with pytest.raises(AttributeError):
        arcpy.EnvManager(cellsize=1)
    with pytest.raises(AttributeError):
        arcpy.env.processor = "GPU"
    with pytest.raises(AttributeError):
        arcpy.management.NoSuchTool  # noqa: B018
    with pytest.raises(ValueError, match="datatype"):
        arcpy.Parameter("a", "A", "Input", "GPRaster", "Required")


def test_deep_learning_without_a_licence_fails(arcpy: ModuleType) -> None:
    with pytest.raises(arcpy.ExecuteError, match="not licensed"):
        arcpy.ia.DetectObjectsUsingDeepLearning("a", "b", "c")


def test_cursors_hold_values_to_the_fields(arcpy: ModuleType) -> None:
    import numpy as np

    arcpy.management.CreateFeatureclass("memory", "t")
    arcpy.management.AddField("memory\\t", "name", "TEXT", field_length=3)
    arcpy.management.AddField("memory\\t", "size", "DOUBLE")
    with arcpy.da.InsertCursor("memory\\t", ["name", "size"]) as cursor:
        cursor.insertRow(["abc", 1.0])
        for row in (["abcd", 1.0], ["abc", 1], ["abc", np.float64(1)], ["abc"]):
            with pytest.raises((TypeError, RuntimeError)):
                cursor.insertRow(row)
    with pytest.raises(RuntimeError, match="does not exist"):
        arcpy.da.SearchCursor("memory\\t", ["other"])


def test_shapes_must_run_as_arcgis_has_them(arcpy: ModuleType) -> None:
    ring = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]
    shape = {"rings": [ring], "spatialReference": {"wkid": 32645}}
    assert arcpy.AsShape(shape, esri_json=True).area == 1
    for wrong in (ring[::-1], ring[:-1]):
        with pytest.raises(ValueError, match=r"clockwise|closed"):
            arcpy.AsShape({**shape, "rings": [wrong]}, esri_json=True)


@pytest.mark.parametrize("latitude", [0.1, 27.6, -60.0])
def test_geodesic_areas_are_those_of_pyproj(arcpy: ModuleType, latitude: float) -> None:
    x, y = 87.0, latitude
    ring = [(x, y), (x, y + 1e-3), (x + 1e-3, y + 1e-3), (x + 1e-3, y), (x, y)]
    expected = abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(*zip(*ring, strict=True))[0])
    shape = arcpy.Polygon([ring], arcpy.SpatialReference(4326))
    assert shape.getArea("GEODESIC", "SQUAREMETERS") == pytest.approx(expected, rel=1e-6)
