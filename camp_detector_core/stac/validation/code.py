"""Checks of Python entry points and expressions, by reading sources without running them.

Only modules of this software are looked at. Importing a module runs it, and an untrusted item could
name any.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import camp_detector_core
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import assets_of, properties_of
from camp_detector_core.model_file.json_values import as_dict, as_list

if TYPE_CHECKING:
    from .findings import Findings, Place

_PACKAGES = ("camp_detector_core", "training")
_ROOT = Path(camp_detector_core.__file__).resolve().parent.parent
_POINT = re.compile(
    r"((?:[A-Za-z_]\w{0,99}\.){0,9}[A-Za-z_]\w{0,99}):([A-Za-z_]\w{0,99})", re.ASCII
)


def check_code(item: dict[str, Any], findings: Findings) -> None:
    """Note Python names that do not exist, and those that were not looked up."""
    for key, asset in assets_of(item).items():
        point = asset.get("mlm:entrypoint")
        if point is not None:
            _check_point(point, findings.at("assets", key, "mlm:entrypoint"))
    for key, field in (
        ("mlm:input", "pre_processing_function"),
        ("mlm:output", "post_processing_function"),
    ):
        for i, tensor in enumerate(as_list(properties_of(item).get(key))):
            value = as_dict(tensor).get(field)
            base = findings.at("properties", key, i, field)
            several = isinstance(value, list)
            for j, expression in enumerate(as_list(value) if several else [value]):
                place = base.at(j) if several else base
                _check_expression(as_dict(expression), place.at("expression"))


def _check_expression(expression: dict[str, Any], place: Place) -> None:
    if not expression:
        return
    if expression.get("format") != "python":
        form = shown(expression.get("format"))
        place.unchecked(f"an expression of the format {form!r} is not looked into")
        return
    _check_point(expression.get("expression"), place)


def _check_point(point: object, place: Place) -> None:
    match = _POINT.fullmatch(point) if isinstance(point, str) else None
    if match is None:
        message = f"{shown(point)!r} is not a function that can be imported"
        remedy = "write package.module:function"
        if isinstance(point, str) and point.split(":")[0].endswith(".py"):
            place.problem(message, remedy)
        else:
            place.unchecked(f"{message}, and was not looked for", remedy)
        return
    module, name = match[1], match[2]
    if module.partition(".")[0] not in _PACKAGES:
        place.unchecked(f"{module}:{name} is not of this software, and nothing was imported")
        return
    source = _source(module)
    if source is None:
        place.problem(f"there is no module {module}", "correct the name")
    elif name not in _names(source):
        place.problem(f"the module {module} has no {name}", "correct the name")


def _source(module: str) -> Path | None:
    """Find the file of a module of this software."""
    base = _ROOT.joinpath(*module.split("."))
    paths = (base.with_suffix(".py"), base / "__init__.py")
    return next((path for path in paths if path.is_file()), None)


def _names(source: Path) -> set[str]:
    """List the names at the top of a module, without those for type checkers alone."""
    names: set[str] = set()
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            names |= targets | (_texts_of_list(node.value) if "__all__" in targets else set())
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def _texts_of_list(value: ast.expr) -> set[str]:
    """List the texts of ``__all__``, which also names what is loaded lazily."""
    entries = value.elts if isinstance(value, ast.List | ast.Tuple) else []
    return {e.value for e in entries if isinstance(e, ast.Constant) and isinstance(e.value, str)}
