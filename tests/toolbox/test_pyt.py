"""The toolbox file: what ArcGIS Pro sees when a folder is browsed."""

from __future__ import annotations

import ast
import calendar
import importlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from camp_detector_core.carry import COPY, carried_core, digest_of, moment_of, zip_bytes
from camp_detector_core.cli.reference import OWN_WORDS
from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import ARCGIS, shown_in
from esri_toolbox.build import DIGEST, build, toolbox_files
from esri_toolbox.metadata import metadata_files
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster
from tests.toolbox.dialog import Dialog, load_pyt
from tests.toolbox.test_install import changed

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PYT = ROOT / "esri_toolbox/CampDetector.pyt"
SOURCES = [PYT, *sorted((ROOT / "esri_toolbox/rcd_toolbox").glob("*.py"))]
TOOLS = [
    "DetectDwellings", "ClassifyCampPixels", "InstallModelPackage", "CampSummary",
    "ExportTrainingData",
]  # fmt: skip


@pytest.fixture
def copy(toolbox: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toolbox, tmp_path / "copy"))


def rewrite(copy: Path, name: str, old: str, new: str) -> None:
    """Make another release of a copy: with other words in a module, and its checksum."""
    module = copy / "rcd_toolbox" / name
    text = module.read_text(encoding="utf-8")
    assert old in text
    module.write_text(text.replace(old, new), encoding="utf-8")
    modules = {p.relative_to(copy).as_posix(): p.read_bytes() for p in copy.rglob("*.py")}
    (copy / DIGEST).write_text(digest_of(modules), encoding="ascii")


def test_sources_parse_as_python_3_9() -> None:
    for path in SOURCES:
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 9))


def test_sources_use_nothing_newer_than_python_3_9(tmp_path: Path) -> None:
    shutil.copyfile(PYT, tmp_path / "pyt.py")
    command = [sys.executable, "-c", "from vermin import main; main()", "--target=3.9-"]
    files = map(str, [tmp_path / "pyt.py", *SOURCES[1:]])
    process = subprocess.run(
        [*command, "--violations", "--no-tips", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stdout


def test_browsing_loads_the_standard_library_alone(toolbox: Path) -> None:
    """Not even arcpy, which takes seconds; and it is found without one."""
    program = (
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.toolbox.dialog import Dialog, load_pyt\n"
        f"found = load_pyt({str(toolbox)!r}).Toolbox()\n"
        "print([t.__name__ for t in found.tools])\n"
        "print([t().label for t in found.tools])\n"
        "print({n.partition('.')[0] for n in sys.modules} & {'arcpy', 'numpy', 'osgeo', "
        "'onnxruntime', 'camp_detector_core'})\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=toolbox
    )
    tools, labels, heavy = process.stdout.splitlines()
    assert ast.literal_eval(tools) == TOOLS
    assert ast.literal_eval(labels) == [
        "Detect Dwellings", "Classify Camp Pixels", "Install Model Package", "Camp Summary",
        "Export Training Data",
    ]  # fmt: skip
    assert heavy == "set()"


def test_names_are_such_as_arcgis_takes(arcpy: ModuleType, toolbox: Path) -> None:
    module: Any = load_pyt(toolbox)
    box = module.Toolbox()
    assert re.fullmatch("[A-Za-z][A-Za-z0-9]*", box.alias)
    for tool in box.tools:
        assert re.fullmatch("[A-Za-z][A-Za-z0-9]*", tool.__name__)
        instance = tool()
        assert instance.isLicensed() is True
        assert instance.canRunInBackground is False
        assert {"getParameterInfo", "updateParameters", "updateMessages", "execute"} <= set(
            dir(instance)
        )
        names = [p.name for p in instance.getParameterInfo()]
        assert len(set(names)) == len(names)


def test_another_copy_of_the_toolbox_is_not_taken_for_this_one(toolbox: Path, copy: Path) -> None:
    rewrite(copy, "wording_detection.py", 'label="Detect Dwellings"', 'label="Other"')
    labels = [load_pyt(f).DetectDwellings().label for f in (toolbox, copy, toolbox, copy)]
    assert labels == ["Detect Dwellings", "Other"] * 2


def test_an_equal_copy_elsewhere_uses_its_own_files(toolbox: Path, copy: Path) -> None:
    """Sizes and times are the same; each must find the engine and the models beside itself."""
    for folder in (toolbox, copy):
        assert Path(load_pyt(folder)._tools.__file__).parents[1] == folder


def test_a_newer_version_in_the_same_place_is_taken(copy: Path) -> None:
    before = load_pyt(copy).DetectDwellings().label
    rewrite(copy, "wording_detection.py", 'label="Detect Dwellings"', 'label="Newer"')
    shutil.rmtree(copy / "rcd_toolbox/__pycache__", ignore_errors=True)
    assert [before, load_pyt(copy).DetectDwellings().label] == ["Detect Dwellings", "Newer"]


def test_a_newer_engine_in_the_same_place_is_taken(copy: Path) -> None:
    """By what its files hold: those of a zip file all have the same time."""
    module, values = copy / "rcd_toolbox/_core/engine/limits.py", []
    for tolerance in ("0.1", "0.2"):
        rewrite(
            copy, "_core/engine/limits.py", "GSD_TOLERANCE = 0.1", f"GSD_TOLERANCE = {tolerance}"
        )
        os.utime(module, (1e9, 1e9))
        shutil.rmtree(module.parent / "__pycache__", ignore_errors=True)
        limits = importlib.import_module(load_pyt(copy)._tools.__name__ + "._core.engine.limits")
        values.append(limits.GSD_TOLERANCE)
    assert values == [0.1, 0.2]


def test_a_checkout_has_no_checksum_and_is_told_by_its_modules(copy: Path) -> None:
    before = load_pyt(copy).DetectDwellings().label
    rewrite(copy, "wording_detection.py", 'label="Detect Dwellings"', 'label="Newer"')
    (copy / DIGEST).unlink()
    shutil.rmtree(copy / "rcd_toolbox/__pycache__", ignore_errors=True)
    assert [before, load_pyt(copy).DetectDwellings().label] == ["Detect Dwellings", "Newer"]


def test_browsing_a_release_reads_no_module_to_tell_it_from_others(toolbox: Path) -> None:
    """Not even one that it does not import, of which there are a hundred."""
    program = (
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.toolbox.dialog import Dialog, load_pyt\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, a: event == 'open' and opened.append(str(a[0])))\n"
        f"load_pyt({str(toolbox)!r})\n"
        "print(len([name for name in opened if 'hostgdal' in name]))\n"
        "print(len([name for name in opened if name.endswith('content.sha256')]))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=toolbox
    )
    assert process.stdout.split() == ["0", "1"]


@pytest.mark.parametrize("missing", ["rcd_toolbox/_core", "rcd_toolbox"])
def test_a_toolbox_that_is_not_whole_is_told_in_one_sentence(copy: Path, missing: str) -> None:
    shutil.rmtree(copy / missing)
    with pytest.raises(ImportError, match=r"is not whole .* unpack its zip file again") as caught:
        load_pyt(copy)
    assert str(copy) in str(caught.value)


def test_a_folder_that_was_moved_still_finds_its_engine(copy: Path, tmp_path: Path) -> None:
    """The engine's modules are loaded as they are needed, some before and some after the move."""
    engine = "importlib.import_module(load_pyt({})._tools.__name__ + '._core.engine.{}')\n"
    program = (
        "import importlib, os, sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.toolbox.dialog import Dialog, load_pyt\n"
        + engine.format(repr(str(copy)), "errors")
        + f"os.rename({str(copy)!r}, {str(tmp_path / 'moved')!r})\n"
        + engine.format(repr(str(tmp_path / "moved")), "spec")
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert process.returncode == 0, process.stderr


def test_a_foreign_module_of_the_same_name_is_left_alone(
    toolbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rcd_toolbox", object())  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "wording", object())  # type: ignore[arg-type]
    assert load_pyt(toolbox).CampSummary().label == "Camp Summary"


def old_and_new_pythons() -> list[str]:
    """Pythons of ArcGIS Pro's range that are installed beside this one."""
    home = Path.home() / ".pyenv/versions"
    pythons = [home / f"{v}/bin/python" for v in sorted(p.name for p in home.glob("3.*"))]
    pythons_wanted = [
        p for p in pythons if p.parents[1].name.startswith(("3.9.", "3.11.", "3.13."))
    ]
    return [str(p) for p in pythons_wanted if p.exists()]


def installed_by(python: str, toolbox: Path, package: Path, tmp_path: Path) -> dict[str, Any]:
    """Run Install Model Package in another Python."""
    job = {
        "toolbox": str(toolbox),
        "tool": "InstallModelPackage",
        "values": {"in_package": str(package)},
    }
    (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["CAMP_DETECTOR_MODELS"] = str(tmp_path / "models")
    process = subprocess.run(
        [python, "-s", Path(__file__).parent / "run_tool.py", tmp_path / "job.json"],
        capture_output=True, text=True, check=False, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    result: dict[str, Any] = json.loads(process.stdout)
    return result


@pytest.mark.parametrize("python", old_and_new_pythons() or [sys.executable])
def test_a_package_is_installed_by_the_pythons_of_arcgis(
    python: str, toolbox: Path, packages: Path, tmp_path: Path
) -> None:
    result = installed_by(python, toolbox, packages / "tiny-detect.dlpk", tmp_path)
    assert result["error"] is None
    assert (tmp_path / "models/tiny-detect.dlpk").exists()
    assert "numpy" not in result["modules"]


@pytest.mark.parametrize("python", old_and_new_pythons() or [sys.executable])
def test_no_source_crashes_the_pythons_of_arcgis(
    python: str, toolbox: Path, packages: Path, tmp_path: Path
) -> None:
    """Parsers before Python 3.11 overflow the stack on it."""

    def plant(members: dict[str, bytes]) -> None:
        members["RefugeeCampDetector.py"] = b"x = 1" + b"+1" * 120_000

    (tmp_path / "in").mkdir()
    path = changed(packages / "tiny-detect.dlpk", tmp_path / "in/tiny-detect.dlpk", plant)
    result = installed_by(python, toolbox, path, tmp_path)
    assert "1 fault" in result["error"]


# Metadata.


def test_the_committed_metadata_is_what_the_words_make() -> None:
    for name, data in metadata_files().items():
        content = (ROOT / "esri_toolbox" / name).read_bytes()
        assert content == data, f"{name}: run python -m esri_toolbox.build --metadata"


@pytest.mark.parametrize("tool", TOOLS)
def test_metadata_explains_every_parameter(
    tool: str, arcpy: ModuleType, toolbox: Path, dialog: Callable[[str], Any]
) -> None:
    root = ET.fromstring((toolbox / f"CampDetector.{tool}.pyt.xml").read_bytes())  # noqa: S314
    element = root.find("tool")
    assert element is not None
    assert element.get("name") == tool
    parameters_described = [
        (p.get("name"), p.get("displayname"), p.get("type"), p.get("direction"))
        for p in element.iter("param")
    ]
    parameters = dialog(tool).parameters
    assert parameters_described == [
        (p.name, p.displayName, p.parameterType, p.direction) for p in parameters
    ]
    assert all(len(p.findtext("dialogReference") or "") > 60 for p in element.iter("param"))
    assert element.findtext("summary")
    assert element.findtext("usage")
    ast.parse((element.findtext("scriptExamples/scriptExample/code") or "-").replace("\\", "/"))


def test_the_dialogs_show_the_parameters_of_the_table(dialog: Callable[[str], Any]) -> None:
    shown = {p.name: p for tool in TOOLS[:2] for p in dialog(tool).parameters}
    assert set(shown) - {"model_says", "count"} == {p.hosts[ARCGIS] for p in shown_in(ARCGIS)}
    for parameter in shown_in(ARCGIS):
        own = shown[parameter.hosts[ARCGIS]]
        assert own.displayName == parameter.title
        is_number = own.datatype in {"GPLong", "GPDouble"}
        if parameter.limits and is_number and parameter.name not in OWN_WORDS[ARCGIS]:
            assert own.filter.list == [parameter.limits.low, parameter.limits.high]
        if parameter.kind is Kind.WORD:
            assert own.filter.list == list(parameter.choices)
        if parameter.name not in OWN_WORDS[ARCGIS] and not parameter.unset:
            assert own.value == parameter.default


def test_scripts_give_parameters_by_position(dialog: Callable[[str], Any]) -> None:
    """Parameters that are added to the table come after these."""
    names = [[p.name for p in dialog(tool).parameters] for tool in TOOLS[:2]]
    assert names == [
        [
            "in_raster", "in_model", "out_features", "extent", "threshold", "min_area", "tile_size",
            "batch_size", "test_time_augmentation", "run_nms", "engine", "processor", "gpu_id",
            "model_says", "bands", "count",
        ],
        [
            "in_raster", "in_model", "out_raster", "extent", "threshold", "tile_size",
            "batch_size", "test_time_augmentation", "engine", "processor", "gpu_id", "model_says",
            "bands",
        ],
    ]  # fmt: skip


def test_options_of_every_kind_can_be_added_to_the_table(
    copy: Path, arcpy: ModuleType, tmp_path: Path
) -> None:
    """Each comes last and without a change of the toolbox, and our engine runs what is set."""
    added = ("simplify", "separate", "stretch", "gsd", "threads")
    rows = (copy / "rcd_toolbox/_core/engine/parameters.py").read_text(encoding="utf-8")
    for name in added:
        (old,) = re.findall(rf'hosts=_hosts\("{name}",[^)]*\)', rows)
        rewrite(copy, "_core/engine/parameters.py", old, f'{old[:-1]}, arcgis="{name}")')
    image = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    dialog = Dialog(load_pyt(copy).DetectDwellings(), arcpy).set(in_raster=str(image))
    *_, bands, simplify, separate, stretch, gsd, threads, count = dialog.parameters
    assert (bands.name, count.name) == ("bands", "count")
    assert [p.datatype for p in (simplify, separate, stretch, gsd, threads)] == [
        "GPDouble", "GPBoolean", "GPString", "GPString", "GPLong",
    ]  # fmt: skip
    assert simplify.filter.list == [0, 1000]
    assert (separate.value, gsd.value, threads.value) == (True, "auto", None)
    assert "engine" not in dialog.remarks()
    for name, value, default in (("separate", False, True), ("stretch", "0,80", None)):
        remark = dialog.set(**{name: value}).remarks()["engine"]
        assert f"“{dialog[name].displayName}” was set" in remark
        dialog.set(**{name: default})
    assert "LOW,HIGH with LOW below HIGH" in dialog.set(stretch="80,0").remarks(2)["stretch"]


def test_the_help_says_what_a_dialog_alone_does_not_show(toolbox: Path) -> None:
    text = (toolbox / "CampDetector.DetectDwellings.pyt.xml").read_text(encoding="utf-8")
    for words in (
        "It must be above 0 and up to 1.",
        "The engine of this toolbox does not need it.",
        "(usually red, green, blue, in this order)",
    ):
        assert words in text


# The zip file.


def test_the_build_is_reproducible_and_holds_all(tmp_path: Path) -> None:
    model = write_model(tmp_path / "tiny.onnx")
    first, second = (build(tmp_path / name, model) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = set(archive.namelist())
    expected = {
        "CampDetector.pyt",
        "CampDetector.pyt.xml",
        "README.md",
        "LICENSE.txt",
        "arcgis.md",
    }
    expected |= {f"CampDetector.{tool}.pyt.xml" for tool in TOOLS}
    expected |= {f"rcd_toolbox/{p.name}" for p in SOURCES[1:]}
    expected |= {f"rcd_toolbox/{COPY}/{name}" for name in carried_core()}
    expected |= {DIGEST, "tiny-classify.dlpk", "tiny-detect.dlpk"}
    assert names == {f"CampDetector/{name}" for name in expected}
    assert set(toolbox_files()) | {"tiny-classify.dlpk", "tiny-detect.dlpk"} == expected


def test_modules_compiled_of_an_older_release_are_not_taken(tmp_path: Path) -> None:
    """Unpacked over an older release, a module of the same size must not have its time."""
    module, answers = tmp_path / "module.py", []
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for answer in ("1", "2"):
        members = {module.name: f"ANSWER = {answer}\n".encode()}
        packed = io.BytesIO(zip_bytes(members, moment=moment_of(members)))
        with zipfile.ZipFile(packed) as archive:
            (entry,) = archive.infolist()
            archive.extract(entry, tmp_path)
        time = calendar.timegm(entry.date_time)
        os.utime(module, (time, time))
        command = [sys.executable, "-c", "import module; print(module.ANSWER)"]
        process = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        )
        answers.append(process.stdout.strip())
    assert list(tmp_path.rglob("*.pyc"))
    assert answers == ["1", "2"]


def test_what_the_build_cannot_write_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    model = write_model(tmp_path / "tiny.onnx")
    process = subprocess.run(
        [sys.executable, "-m", "esri_toolbox.build", "--model", model, "--out", tmp_path / "file"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.startswith("error: ")
    assert process.stderr.endswith("is a file, and --out needs a folder\n")
