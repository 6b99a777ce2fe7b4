"""Checks of the official plugin repository, and names of Qt 6, in which QGIS 4 lives.

The repository's scanner (qgis/QGIS-Plugins-Website, ``security_scanner.py``) blocks an upload for
anything that Bandit or detect-secrets find with the rules that it has switched on.
"""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SWITCHED_OFF = "B404"
"""``import subprocess`` alone, in the repository's ``bandit_rules.json``."""
MOVED = {"QAction", "QShortcut"}
"""From QtWidgets to QtGui in Qt 6; looked for in both."""
QT = ("QtCore", "QtGui", "QtWidgets", "QtNetwork", "sip")


@pytest.fixture(scope="module")
def unpacked(plugin_zip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upload")
    with zipfile.ZipFile(plugin_zip) as archive:
        archive.extractall(folder)
    return folder


def bandit(folder: Path) -> list[str]:
    """List Bandit's findings below a folder."""
    process = subprocess.run(
        [sys.executable, "-m", "bandit", "-r", folder, "-f", "json", "--quiet", "-s", SWITCHED_OFF],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    content = json.loads(process.stdout)
    assert not content["errors"]
    return [f"{r['test_id']} {r['filename']}:{r['line_number']}" for r in content["results"]]


def secrets(folder: Path) -> dict[str, Any]:
    """List detect-secrets' findings below a folder."""
    process = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "--all-files",
         "--exclude-files", r"metadata\.txt", "."],
        cwd=folder, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return dict(json.loads(process.stdout)["results"])


def test_its_scanners_find_nothing(unpacked: Path) -> None:
    assert bandit(unpacked) == []
    assert secrets(unpacked) == {}


def test_its_scanners_see_what_is_wrong(tmp_path: Path) -> None:
    token = "AKIA" + "ABCDEFGHIJKLMNOP"
    (tmp_path / "wrong.py").write_text(f"import os\nos.system(input())\nkey = '{token}'\n")
    assert [finding.partition(" ")[0] for finding in bandit(tmp_path)] == ["B605"]
    assert list(secrets(tmp_path)) == ["wrong.py"]


def imported(tree: ast.Module, modules: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """List a module's imports of Qt, and the names that Qt 6 does not have."""
    names, missing = {}, []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("qgis.PyQt"):
            continue
        module = str(node.module).rpartition(".")[2]
        holder = modules if module == "PyQt" else vars(modules[module])
        for alias in node.names:
            if alias.name in holder:
                names[alias.asname or alias.name] = holder[alias.name]
            elif alias.name not in MOVED:
                missing.append(f"{module}.{alias.name}")
    return names, missing


def lost_names(tree: ast.Module, modules: dict[str, Any]) -> Iterator[str]:
    """The names of Qt in a module's text that Qt 6 does not have."""
    names, missing = imported(tree, modules)
    yield from missing
    for node in ast.walk(tree):
        parts: list[str] = []
        left: ast.AST = node
        while isinstance(left, ast.Attribute):
            parts.insert(0, left.attr)
            left = left.value
        attribute = names.get(left.id) if isinstance(left, ast.Name) else None
        for part in parts if attribute is not None else ():
            attribute = getattr(attribute, part, None)
            if attribute is None:
                yield ".".join([ast.unparse(left), *parts])
                break


def test_qt_6_has_every_name_of_qt(unpacked: Path) -> None:
    modules = {name: importlib.import_module(f"PyQt6.{name}") for name in QT}
    missing = {
        f"{path.name}: {name}"
        for path in unpacked.rglob("*.py")
        for name in lost_names(ast.parse(path.read_bytes()), modules)
    }
    assert missing == set()
    old = "from qgis.PyQt.QtCore import QRegExp, Qt\nQt.UserRole\nQt.ItemDataRole.UserRole\n"
    assert list(lost_names(ast.parse(old), modules)) == ["QtCore.QRegExp", "Qt.UserRole"]


@pytest.mark.parametrize("name", sorted(MOVED))
def test_qt_6_has_what_moved(name: str) -> None:
    assert hasattr(importlib.import_module("PyQt6.QtGui"), name)
