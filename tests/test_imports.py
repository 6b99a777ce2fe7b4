"""Rules on who may import whom, read from the sources; and modules that an import loads.

The table in `allowed` is the architecture page's list of arrows.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from camp_detector_core.carry import ENGINE as ENGINE_PARTS
from camp_detector_core.carry import PARTS

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("camp_detector_core", "training", "qgis_plugin", "esri_toolbox", "benchmarks")
CORE, ENGINE = "camp_detector_core", "camp_detector_core.engine"
GEORASTER, HOSTGDAL = "camp_detector_core.georaster", "camp_detector_core.hostgdal"
MODEL_FILE, DETECTION = "camp_detector_core.model_file", "camp_detector_core.detection"
OUTPUTS, TRAINING_DATA = "camp_detector_core.outputs", "camp_detector_core.training_data"
CARRIED = tuple(f"{CORE}.{part.removesuffix('.py')}" for part in PARTS if part not in ENGINE_PARTS)
"""Packages and modules that hosts carry beside the engine."""

HOSTS = {"qgis_plugin", "esri_toolbox", "qgis", "PyQt5", "PyQt6", "osgeo", "arcpy"}
"""Hosts of ours, and the libraries that only exist inside a host."""

ONLY_IN = {
    "onnxruntime": (
        "camp_detector_core.engine.predictors.ort",
        "camp_detector_core.network.export",
        "camp_detector_core.stac.infer",  # copied beside each item, to run without us
        "training.quantise",
    ),
    "pyogrio": ("camp_detector_core.vector.files",),  # nobody else gives it a name to parse
    "mlflow": ("training.tracking",),
    "pystac": ("camp_detector_core.stac", "camp_detector_core.catalog"),
    "stac_model": ("camp_detector_core.stac",),
    "rustac": ("camp_detector_core.catalog",),
    "obstore": ("camp_detector_core.catalog",),
    "pypgstac": ("camp_detector_core.catalog",),
    "osmnx": ("training.preprocess",),
    "requests": ("training.preprocess", "camp_detector_core.publish"),
    "arcgis": ("camp_detector_core.publish",),
    "keyring": ("camp_detector_core.publish",),
    "boto3": ("training.tracking",),
    "torch": (
        "camp_detector_core.network.activation",
        "camp_detector_core.engine.predictors.torchscript",
        "camp_detector_core.network.channels",
        "camp_detector_core.network.unet",
        "camp_detector_core.network.start",
        "camp_detector_core.network.export",
        "training",
    ),
    "lightning": ("training",),
}
"""Heavy libraries and the modules (or the packages) that own them; benchmarks may use them all."""


MAKERS = (".build", ".metadata")
"""Modules of hosts that stay in the repository."""

HOST_LIBRARIES = {
    "qgis": "qgis_plugin", "processing": "qgis_plugin", "arcpy": "esri_toolbox",
    "PyQt5": "nobody", "PyQt6": "nobody",
}  # fmt: skip
"""Libraries that only one host has; Qt is imported as ``qgis.PyQt``, whichever Qt it is."""

COMMAND_LINES = tuple(f"{CORE}.{name}" for name in ("__main__", "demo", "scene.__main__"))
SHARED_CLI = tuple(f"{CORE}.cli.{name}" for name in ("parameters", "validate", "words"))
"""Parts of the command line that training takes: options, their spelling, the check of an item."""


class Import(NamedTuple):
    """One imported module, by its absolute name."""

    importer: str
    imported: str
    relative: bool
    line: int
    is_whole: bool = False
    """True for ``import package.module``, which names no part of the module."""


def module_name(path: Path, root: Path) -> str:
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


class Runs(ast.NodeTransformer):
    """Leaves of a module what runs: no imports for type checkers alone."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.AST]:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            return self.generic_visit(node)
        return [part for child in node.orelse if (part := self.visit(child)) is not None]


def imports_of(path: Path, root: Path, *, runs: bool = False) -> list[Import]:
    """Every import of a file, also those inside functions.

    Args:
        path: The file.
        root: Of the packages.
        runs: Leave out those for type checkers only.
    """
    name = module_name(path, root)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    imports = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(Runs().visit(tree) if runs else tree):
        if isinstance(node, ast.Import):
            imports += [
                Import(name, alias.name, relative=False, line=node.lineno, is_whole=True)
                for alias in node.names
            ]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                parents = parts[: len(parts) - node.level + 1]
                base = ".".join([*parents, *([base] if base else [])])
            # `from package import name` may name a module: keep both readings of it.
            imports += [
                Import(name, f"{base}.{alias.name}", relative=bool(node.level), line=node.lineno)
                for alias in node.names
            ]
    return imports


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def fault(item: Import) -> str | None:
    """Give the reason why an import breaks the contract, or None if it does not."""
    top = item.imported.partition(".")[0]
    if within(item.importer, ENGINE):
        if within(item.imported, ENGINE):
            return None if item.relative else "the engine names itself only relatively"
        owned = item.importer in ONLY_IN.get(top, ())
        if top not in sys.stdlib_module_names and top != "numpy" and not owned:
            return "the engine imports the standard library and numpy alone"
    if any(within(item.importer, home) for home in CARRIED):
        return _carried(item, top)
    owners = ONLY_IN.get(top)
    if owners and not any(within(item.importer, owner) for owner in (*owners, "benchmarks")):
        return f"{top} is imported by {' and '.join(owners)} alone"
    return _wrong_way(item, top)


def _carried(item: Import, top: str) -> str | None:
    """Contract of what hosts carry beside the engine: rasters, GDAL's bindings, models' files."""
    if within(item.importer, HOSTGDAL):
        carried: tuple[str, ...] = (
            ENGINE, GEORASTER, OUTPUTS, DETECTION, HOSTGDAL, TRAINING_DATA,
        )  # fmt: skip
        library = {"numpy", "osgeo"}
    elif within(item.importer, TRAINING_DATA):
        carried, library = (ENGINE, GEORASTER, OUTPUTS, DETECTION, TRAINING_DATA), {"numpy"}
    elif within(item.importer, DETECTION):
        carried, library = (ENGINE, GEORASTER, MODEL_FILE, OUTPUTS, DETECTION), {"numpy"}
    elif within(item.importer, OUTPUTS):
        carried, library = (ENGINE, OUTPUTS), set()
    elif within(item.importer, MODEL_FILE):
        carried, library = (ENGINE, MODEL_FILE), set()
    else:
        carried, library = (ENGINE, GEORASTER, OUTPUTS), {"numpy"}
    if top == CORE:
        if not any(within(item.imported, name) for name in carried):
            return "what a host carries imports nothing that it does not carry"
        return None if item.relative else "what a host carries names itself only relatively"
    if top not in sys.stdlib_module_names and top not in library:
        names = ["the standard library", *sorted(library)]
        return f"what a host carries imports {', '.join(names)} alone"
    return None


def _wrong_way(item: Import, top: str) -> str | None:
    """The arrows between the packages."""
    home = item.importer.partition(".")[0]
    if home != HOST_LIBRARIES.get(top, home) and home not in {CORE, "training"}:
        return f"{top} is imported by {HOST_LIBRARIES[top]} alone"
    if home in {CORE, "training"} and top in HOSTS:
        return "core and training know no host"
    if top == "training" and home not in {"training", "benchmarks"}:
        return "nothing imports training but training"
    cli = within(item.imported, f"{CORE}.cli")
    own = within(item.importer, f"{CORE}.cli") or item.importer in COMMAND_LINES
    shared = home == "training" and any(within(item.imported, name) for name in SHARED_CLI)
    if cli and home != "benchmarks" and not own and not shared:
        return "nothing imports the command line but itself"
    if within(item.importer, f"{CORE}.stac") and within(item.imported, f"{CORE}.catalog"):
        return "the STAC item of a model knows no catalogue of items"
    return _beyond_its_copy(item, home) if top == CORE else None


def _beyond_its_copy(item: Import, home: str) -> str | None:
    """Name the import that the copy of a host lacks, but for modules that make the host's files."""
    if home not in {"qgis_plugin", "esri_toolbox"} or item.importer.endswith(MAKERS):
        return None
    if item.is_whole:
        return "a host imports the core with from, which its copy turns into its own"
    if any(within(item.imported, name) for name in (ENGINE, *CARRIED)):
        return None
    return "a host imports only what it carries of the core"


def violations(root: Path) -> list[str]:
    faults = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            for item in imports_of(path, root):
                reason = fault(item)
                if reason:
                    faults.append(f"{item.importer}:{item.line} imports {item.imported}: {reason}")
    return faults


def circles(root: Path) -> list[str]:
    """The first circle of modules that import each other, be it inside functions; empty: none."""
    paths = {
        module_name(path, root): path
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
    }
    graph = {}
    for name, path in paths.items():
        ends = {i.imported for i in imports_of(path, root, runs=True)}
        ends |= {end.rpartition(".")[0] for end in ends - paths.keys()}
        graph[name] = (ends & paths.keys()) - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(ROOT) == []


def test_a_planted_circle_is_caught(tmp_path: Path) -> None:
    for name, line in (
        ("a", "from .b import x"),
        ("b", "def f():\n    from qgis_plugin import c"),
        ("c", "from .a import y"),
        ("d", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .e import z"),
        ("e", "from .d import z"),
    ):
        path = tmp_path / "qgis_plugin" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(line, encoding="utf-8")
    assert set(circles(tmp_path)) == {f"qgis_plugin.{name}" for name in "abc"}


def test_a_planted_circle_with_an_init_is_caught(tmp_path: Path) -> None:
    folder = tmp_path / "qgis_plugin" / "a"
    folder.mkdir(parents=True)
    line = "if TYPE_CHECKING:\n    import b\nelse:\n    from .b import x\ny = 1"
    (folder / "__init__.py").write_text(line, encoding="utf-8")
    (folder / "b.py").write_text("from . import y", encoding="utf-8")
    assert set(circles(tmp_path)) == {"qgis_plugin.a", "qgis_plugin.a.b"}


def test_the_sources_keep_the_contract() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("camp_detector_core/engine/a.py", "import rasterio", "standard library and numpy"),
        ("camp_detector_core/engine/a.py", "from ..raster import x", "standard library and numpy"),
        ("camp_detector_core/engine/a.py", "from .. import raster", "standard library and numpy"),
        ("camp_detector_core/engine/a.py", "import onnxruntime", "standard library and numpy"),
        (
            "camp_detector_core/engine/a.py",
            "from camp_detector_core.engine import grid",
            "relatively",
        ),
        ("camp_detector_core/engine/a.py", "def f():\n    import torch", "standard library"),
        ("camp_detector_core/georaster/a.py", "import osgeo.gdal", "standard library, numpy alone"),
        ("camp_detector_core/georaster/a.py", "import rasterio", "standard library, numpy alone"),
        ("camp_detector_core/georaster/a.py", "from ..hostgdal import x", "does not carry"),
        ("camp_detector_core/hostgdal/a.py", "from ..raster import x", "does not carry"),
        ("camp_detector_core/hostgdal/a.py", "import shapely", "standard library, numpy, osgeo"),
        (
            "camp_detector_core/model_file/a.py",
            "import numpy",
            "imports the standard library alone",
        ),
        ("camp_detector_core/model_file/a.py", "from ..esri import x", "does not carry"),
        (
            "camp_detector_core/hostgdal/a.py",
            "from camp_detector_core.engine import grid",
            "relatively",
        ),
        ("camp_detector_core/a.py", "from osgeo import gdal", "know no host"),
        ("training/a.py", "from osgeo import gdal", "know no host"),
        ("camp_detector_core/a.py", "import training.data", "nothing imports training"),
        ("camp_detector_core/a.py", "from training import data", "nothing imports training"),
        ("camp_detector_core/a.py", "from qgis.core import QgsTask", "know no host"),
        ("camp_detector_core/a.py", "from . import cli", "command line"),
        (
            "camp_detector_core/a.py",
            "import onnxruntime as ort",
            "imported by camp_detector_core.engine.predictors.ort and",
        ),
        ("camp_detector_core/a/b.py", "from ..cli import main", "command line"),
        (
            "camp_detector_core/stac/a.py",
            "def f():\n    from ..catalog.find import x",
            "knows no catalogue",
        ),
        ("camp_detector_core/cli.py", "import torch", "torch is imported by"),
        ("camp_detector_core/cli.py", "from training.data import x", "nothing imports training"),
        ("training/a.py", "from camp_detector_core.cli import main", "command line"),
        ("training/a.py", "import mlflow", "imported by training.tracking alone"),
        ("training/a.py", "import pyogrio.raw", "imported by camp_detector_core.vector.files"),
        ("training/a.py", "if True:\n    import arcpy", "know no host"),
        ("qgis_plugin/a.py", "from camp_detector_core.raster import read", "only what it carries"),
        ("qgis_plugin/a.py", "from camp_detector_core import __version__", "only what it carries"),
        ("qgis_plugin/a.py", "import camp_detector_core.engine.grid", "with from"),
        ("qgis_plugin/a.py", "from PyQt5.QtCore import Qt", "imported by nobody"),
        (
            "esri_toolbox/a.py",
            "def f():\n    from qgis.core import QgsTask",
            "by qgis_plugin alone",
        ),
    ],
)
def test_a_planted_violation_is_caught(tmp_path: Path, file: str, line: str, reason: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n", encoding="utf-8")
    faults = violations(tmp_path)
    assert faults
    assert reason in faults[0]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (
            "camp_detector_core/engine/a.py",
            "import numpy as np\nimport json\nfrom .grid import Grid",
        ),
        ("camp_detector_core/engine/predictors/ort.py", "def f():\n    import onnxruntime"),
        (
            "camp_detector_core/hostgdal/a.py",
            "from osgeo import gdal\nfrom ..engine import grid\nfrom ..outputs import signals",
        ),
        ("camp_detector_core/georaster/a.py", "import numpy\nfrom ..engine.grid import Grid"),
        ("camp_detector_core/cli.py", "from .raster import x\nfrom .engine.ort import y"),
        ("camp_detector_core/network/unet.py", "import torch"),
        ("training/a.py", "import torch\nfrom camp_detector_core.network.unet import x"),
        ("training/tracking.py", "import mlflow"),
        (
            "qgis_plugin/a.py",
            "from qgis.core import QgsTask\nfrom camp_detector_core.engine import x",
        ),
    ],
)
def test_what_the_contract_allows_passes(tmp_path: Path, file: str, line: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n", encoding="utf-8")
    assert violations(tmp_path) == []


# What an import loads, seen from a fresh process.

HEAVY = {
    "onnxruntime", "rasterio", "pyogrio", "shapely", "torch", "torchvision", "timm", "onnx",
    "lightning", "matplotlib", "segmentation_models_pytorch",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """The heavy libraries that are loaded once `code` has run in a new Python."""
    program = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name.partition(".")[0] for name in json.loads(process.stdout.splitlines()[-1])} & HEAVY


ENGINE_MODULES = sorted(
    module_name(path, ROOT)
    for path in (ROOT / "camp_detector_core/engine").rglob("*.py")
    if path.stem not in {"ort", "torchscript"}  # a host imports them when it wants a library
)


def test_importing_core_and_engine_loads_nothing_heavy() -> None:
    names = ", ".join([CORE, *ENGINE_MODULES])
    assert loaded_by(f"import {names}") == set()


def test_the_check_of_loaded_modules_sees_a_heavy_one() -> None:
    assert "shapely" in loaded_by("import shapely")


@pytest.mark.parametrize("arguments", [["--help"], ["detect", "--help"], ["inspect", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "from camp_detector_core.cli import main\n"
        f"try:\n    main({arguments!r})\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code"
    )
    assert loaded_by(code) == set()


@pytest.mark.parametrize("module", ["camp_detector_core.cli", "training.commands"])
def test_a_command_line_starts_without_numpy(module: str) -> None:
    program = f"import sys, {module}; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_help_of_training_works_without_torch() -> None:
    """The wheel carries training; without the extra it still says what is missing."""
    code = (
        "import runpy\n"
        "sys.modules['torch'] = sys.modules['lightning'] = None\n"
        "sys.argv = ['training', '--help']\n"
        "try:\n    runpy.run_module('training', run_name='__main__')\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "sys.modules.pop('torch'), sys.modules.pop('lightning')"
    )
    assert "torch" not in loaded_by(code)
