"""Python raster function of a package: read and parsed, never imported."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.esri.dlpk import raster_function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camp_detector_core.model_file.package import Definition
    from camp_detector_core.stac.validation.findings import Findings

    from .archive import Package

OLDEST = (3, 9)
"""Python of ArcGIS Pro 3.0 to 3.2."""
_MAX_SOURCE = 2 << 20
_BUILT_IN = re.compile(r"\[Functions\]", re.IGNORECASE)
_HEAVY = {
    "arcgis", "arcpy", "cv2", "fastai", "keras", "onnxruntime", "osgeo", "PIL", "pandas",
    "rasterio", "scipy", "shapely", "skimage", "sklearn", "tensorflow", "torch", "torchvision",
    "transformers",
}  # fmt: skip
"""Libraries that are missing in some installations, or slow to load."""
_ALL_NEED = ("initialize", "getParameterInfo", "getConfiguration")
_NEEDS = {
    "ImageClassification": ("updateRasterInfo", "updatePixels"),
    "ObjectDetection": ("vectorize", "getFields", "getGeometryType"),
    "InstanceDetection": ("vectorize", "getFields", "getGeometryType"),
}


def parse_source(data: bytes, name: str) -> ast.Module | str:
    """Parse a source as ArcGIS' oldest Python does, or return the reason of failure.

    It is parsed and compiled, and neither imported nor run.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the source's author should hear
            tree = ast.parse(data, shown(name), feature_version=OLDEST)
            compile(tree, shown(name), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f"line {error.lineno}: " if error.lineno else ""
        return f"{line}{shown(error.msg)}"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return shown(error) or type(error).__name__
    return tree


def check_function(package: Package, definition: Definition) -> None:
    """Check the function that a definition names."""
    findings, key = package.findings, "InferenceFunction"
    stated_name = definition.fields.get(key)
    if not isinstance(stated_name, str) or not stated_name:
        if not definition.is_ours:
            words = "is missing, so ArcGIS takes its own for the ModelType and ModelConfiguration"
            findings.at(definition.name, key).unchecked(words)
        return
    if _BUILT_IN.match(stated_name):
        findings.at(definition.name, key).unchecked(f"{shown(stated_name)} is a part of ArcGIS")
        return
    name = package.find(definition, key)
    data = None if name is None else package.read(name, _MAX_SOURCE)
    if name is None or data is None:
        return
    with findings.passing("raster function"):
        tree = parse_source(data, name)
        if isinstance(tree, str):
            message = f"is no source of Python {OLDEST[0]}.{OLDEST[1]}: {tree}"
            findings.at(name).problem(message, "write it for the oldest Python that shall run it")
            return
        _check_class(tree, name, definition, findings)
        _check_imports(tree, name, definition, findings)
        if definition.is_ours:
            _compare(data, name, findings)


def _check_class(tree: ast.Module, name: str, definition: Definition, findings: Findings) -> None:
    """Check that the class has the name of its file and the methods of its role."""
    stem = PurePosixPath(name).stem
    classes = {n.name: n for n in _top(tree.body) if isinstance(n, ast.ClassDef)}
    class_node = classes.get(stem) or classes.get(_alias(tree, stem))
    if class_node is None:
        like = [c for c in classes.values() if "initialize" in _methods(c, classes)]
        message = f"has no class {shown(stem)}, and ArcGIS looks for one of the file's name"
        remedy = f"name the class {shown(stem)}"
        if definition.is_ours or not like:
            findings.at(name).problem(message, remedy)
            return
        findings.at(name).advice(f"{message} (samples of Esri break this)", remedy)
        class_node = like[0]
    methods = _methods(class_node, classes)
    needs = (*_ALL_NEED, *_NEEDS.get(str(definition.fields.get("ModelType")), ()))
    missing_methods = [m for m in needs if m not in methods]
    if missing_methods and not _inherits_unknown(class_node, classes):
        message = f"the class {shown(class_node.name)} has no {', '.join(missing_methods)}"
        findings.at(name).problem(message, "write what the ModelType asks for")


def _methods(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> set[str]:
    """Collect the methods of a class and of its bases in this file."""
    names: set[str] = set()
    collected: set[str] = set()
    queue = [node]
    while queue:
        node_of_class = queue.pop()
        collected.add(node_of_class.name)
        for part in _top(node_of_class.body):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(part.name)
            elif isinstance(part, ast.Assign):
                names |= {t.id for t in part.targets if isinstance(t, ast.Name)}
        bases = [b.id for b in node_of_class.bases if isinstance(b, ast.Name)]
        queue += [classes[b] for b in bases if b in classes and b not in collected]
    return names


def _inherits_unknown(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Test if a class has bases that are not in this file."""
    known_names = {*classes, "object"}
    return any(not isinstance(b, ast.Name) or b.id not in known_names for b in node.bases)


def _alias(tree: ast.Module, stem: str) -> str:
    """Find the class that another name stands for: ``Stem = Other``."""
    for node in _top(tree.body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            names = [t.id for t in node.targets if isinstance(t, ast.Name)]
            if stem in names:
                return node.value.id
    return ""


def _check_imports(tree: ast.Module, name: str, definition: Definition, findings: Findings) -> None:
    """Check the libraries that the import of the file needs."""
    heavy = sorted(_imported(tree.body) & _HEAVY)
    if not heavy:
        return
    message = (
        f"imports {', '.join(heavy)} at its top: without them, choosing the model fails with "
        "ERROR 002667"
    )
    with findings.as_advice(on=not definition.is_ours):
        findings.at(name).problem(message, "import them in the functions that need them")


def _imported(body: list[ast.stmt]) -> set[str]:
    """Collect the top packages that a module imports unguarded."""
    packages: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            packages.add(node.module.partition(".")[0])
        elif isinstance(node, ast.If | ast.With | ast.ClassDef):
            if not _for_checkers(node):
                packages |= _imported([*node.body, *getattr(node, "orelse", [])])
        elif isinstance(node, ast.Try):
            guarded = [] if node.handlers else node.body
            packages |= _imported([*guarded, *node.orelse, *node.finalbody])
    return packages


def _for_checkers(node: ast.stmt) -> bool:
    """Test if a branch is for type checkers alone."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in {
        n.id if isinstance(n, ast.Name) else n.attr
        for n in ast.walk(node.test)
        if isinstance(n, ast.Name | ast.Attribute)
    }


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module or a class, also those in its branches."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from _top([*node.body, *node.orelse])


def _compare(data: bytes, name: str, findings: Findings) -> None:
    """Compare the function with the one of this release."""
    try:
        own_source = raster_function()
    except CampDetectorError as error:
        findings.at(name).unchecked(shown(error))
        return
    if data != own_source:
        message = "is not the function of this release"
        findings.at(name).advice(message, "it is another release's, or it was changed")
