"""The zip file: what the official repository looks at, and what QGIS makes of it."""

from __future__ import annotations

import ast
import configparser
import hashlib
import json
import re
import sys
import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

import camp_detector_core
from camp_detector_core.carry import moment_of
from camp_detector_core.engine.errors import OutputError
from camp_detector_core.model_file import default_model_path
from qgis_plugin.build import Publisher, build, faults
from tests.support.language import ROOT
from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

SHIPPED = {"numpy", "osgeo", "qgis", "processing"}
"""Packages that QGIS' own Python has on every system."""
OWN = {"onnxruntime"}
"""Packages that the plugin asks for, and offers to install."""


@pytest.fixture(scope="module")
def archive(plugin_zip: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(plugin_zip)


def test_the_repository_has_nothing_to_refuse(plugin_zip: Path) -> None:
    assert faults(plugin_zip) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"camp_detector/a.so": b""}, "binary"),
        ({"camp_detector/__pycache__/a.txt": b""}, "may not be in it"),
        ({"other/a.txt": b""}, "one folder"),
        ({"camp_detector/LICENSE": None}, "LICENSE is missing"),
        ({"camp_detector/icon.svg": None}, "icon is missing"),
        ({"camp_detector/metadata.txt": b"[general]\nname=x\n"}, "does not say email"),
        ({"camp_detector/metadata.txt": b"[general]\nabout=100%\n"}, "cannot be read"),
    ],
)
def test_what_the_repository_refuses_is_seen(
    archive: zipfile.ZipFile, tmp_path: Path, change: dict[str, bytes | None], reason: str
) -> None:
    members = {name: archive.read(name) for name in archive.namelist()}
    members.update({n: data for n, data in change.items() if data is not None})
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            if change.get(name, b"") is not None:
                out.writestr(name, data)
    assert any(reason in fault for fault in faults(path)), faults(path)


def test_the_same_sources_give_the_same_bytes(plugin_zip: Path, tmp_path: Path) -> None:
    rebuilt = build(tmp_path, default_model_path())
    first, second = (hashlib.sha256(p.read_bytes()).hexdigest() for p in (plugin_zip, rebuilt))
    assert first == second


def test_any_change_of_content_changes_the_time_of_all_files(archive: zipfile.ZipFile) -> None:
    """Else Python takes the compiled module of an older release for one of the same size."""
    members = {name: archive.read(name) for name in archive.namelist()}
    assert {entry.date_time for entry in archive.infolist()} == {moment_of(members)}


def test_without_the_model_it_is_small(tmp_path: Path) -> None:
    path = build(tmp_path, None)
    page = (ROOT / "docs/qgis.md").read_text(encoding="utf-8")
    assert f"leaves it out ({path.stat().st_size / 1e6:.1f} MB)" in page
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".onnx")]


def test_its_metadata_are_complete(archive: zipfile.ZipFile) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(archive.read("camp_detector/metadata.txt").decode())
    metadata = dict(parser.items("general"))
    assert metadata["version"] == camp_detector_core.__version__
    assert metadata["changelog"].startswith(camp_detector_core.__version__)
    # That of the plugin, not of the whole project.
    assert "Compare two dates" in metadata["changelog"]
    assert not re.search(r"MLflow|ArcGIS|training \w+ stac|camp-detector ", metadata["changelog"])
    assert metadata["qgismaximumversion"] == "3.44"  # the newest that the tests ran in
    assert metadata["hasprocessingprovider"] == "yes"
    assert (metadata["qgisminimumversion"], metadata["supportsqt6"]) == ("3.22", "True")
    assert not {"VERSION", "CHANGELOG", "SITE", "EMAIL"} & set(metadata.values())


def test_the_publisher_is_named(tmp_path: Path) -> None:
    publisher = Publisher("https://camps.example.net/a%20b/", "people@camps.example.net")
    with zipfile.ZipFile(build(tmp_path, None, publisher)) as archive:
        parser = configparser.ConfigParser()
        parser.read_string(archive.read("camp_detector/metadata.txt").decode())
    metadata = dict(parser.items("general"))
    assert metadata["homepage"] == metadata["repository"] == "https://camps.example.net/a%20b"
    assert metadata["tracker"] == "https://camps.example.net/a%20b/issues"
    assert metadata["email"] == "people@camps.example.net"
    with pytest.raises(OutputError, match="homepage is no address"):
        build(tmp_path, None, Publisher("nowhere"))


def sources(archive: zipfile.ZipFile) -> dict[str, ast.Module]:
    """The syntax of each module, as Python 3.9 reads it."""
    return {
        name: ast.parse(archive.read(name), name, feature_version=(3, 9))
        for name in archive.namelist()
        if name.endswith(".py")
    }


def test_it_imports_nothing_that_qgis_does_not_bring(archive: zipfile.ZipFile) -> None:
    imports = set()
    for name, tree in sources(archive).items():
        for node in ast.walk(tree):
            tops = []
            if isinstance(node, ast.Import):
                tops = [alias.name.partition(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                tops = [str(node.module).partition(".")[0]]
            allowed = SHIPPED | (OWN if name.endswith("engine/predictors/ort.py") else set())
            # The engine can run TorchScript, too, in a host that has torch.
            if "engine/predictors/torchscript.py" in name:
                allowed |= {"torch"}
            imports |= {(name, top) for top in tops if top not in sys.stdlib_module_names | allowed}
    assert imports == set()


def test_the_weights_for_trainings_stay_at_home(archive: zipfile.ZipFile) -> None:
    models = [name for name in archive.namelist() if name.endswith(".onnx")]
    assert len(models) == 1
    assert "float32" not in " ".join(archive.namelist())
    assert archive.getinfo(models[0]).file_size < 8_000_000


def test_every_relative_import_leads_to_a_file_in_it(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    missing = []
    for name, tree in sources(archive).items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.level:
                continue
            folder = PurePosixPath(name).parents[node.level - 1]
            target = folder.joinpath(*(node.module or "").split("."))
            candidates = {f"{target}.py", f"{target}/__init__.py"}
            if not candidates & names:
                missing.append((name, node.module))
    # Parts of the core that the plugin has no use for, imported inside of functions.
    assert missing == []


def test_removed_names_of_qt_are_not_used(archive: zipfile.ZipFile) -> None:
    """Qt 6 knows enums by their full names alone, and no ``exec_``."""
    unscoped = re.compile(r"\bQt\.[A-Z]\w*|\bexec_\(|\b(?:import|from) PyQt[56]")
    scopes = re.compile(r"\bQt\.[A-Z]\w*\.\w+")
    places = []
    for name in sources(archive):
        for line in archive.read(name).decode().splitlines():
            remainder = scopes.sub("", line)
            if unscoped.search(remainder):
                places.append(f"{name}: {line.strip()}")
    assert places == []


def test_qgis_process_runs_it_from_the_shell(fresh_qgis: Qgis, tmp_path: Path) -> None:
    qgis = fresh_qgis
    assert "camp_detector" in qgis.process("plugins").stdout
    listed = qgis.process("--json", "list")
    algorithms = json.loads(listed.stdout)["providers"]["campdetector"]["algorithms"]
    assert len(algorithms) == 7
    raster = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    model, out = write_model(tmp_path / "tiny.onnx"), tmp_path / "found.gpkg"
    process = qgis.process(
        "--json", "run", "campdetector:detectdwellings", "--", f"INPUT={raster}",
        f"MODEL_FILE={model}", "THRESHOLD=0.6", f"OUTPUT={out}",
    )  # fmt: skip
    assert process.returncode == 0, process.stdout + process.stderr
    results = json.loads(process.stdout[process.stdout.index("{") :])["results"]
    assert results["COUNT"] == len(features(out)[0]) > 5
    wrong = qgis.process("run", "campdetector:detectdwellings", "--", f"INPUT={model}")
    assert wrong.returncode != 0
    assert "Traceback" not in wrong.stdout + wrong.stderr
    starter = qgis.process("--json", "run", "campdetector:modelinformation")
    assert json.loads(starter.stdout[starter.stdout.index("{") :])["results"]["ID"].startswith(
        "camp-unet-lite0"
    )


def test_zip_members_are_where_the_plugin_manager_wants_them(plugin_zip: Path) -> None:
    with zipfile.ZipFile(BytesIO(plugin_zip.read_bytes())) as archive:
        first = archive.namelist()[0]
    assert first.partition("/")[0] == "camp_detector"
