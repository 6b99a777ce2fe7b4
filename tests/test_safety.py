"""Files that must never be lost: earlier results, inputs, and other people's files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pyogrio.raw
import pytest
import rasterio.shutil

from camp_detector_core.engine.errors import Cancelled, OutputError
from camp_detector_core.outputs.file_names import fault_in
from camp_detector_core.outputs.output_set import OutputSet, cannot_write
from tests.support.rasters import rgb_of, scene, write_raster

ROOT = Path(__file__).resolve().parents[1]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks of POSIX")


def pair(folder: Path) -> list[Path]:
    paths = [folder / "o.gpkg", folder / "o_mask.tif"]
    for path in paths:
        path.write_text("precious")
    return paths


def contents_of(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def filled(outputs: OutputSet, paths: list[Path]) -> None:
    for path in paths:
        outputs.target(path).temporary.write_text("new")


# Moving results into place.


def test_what_appears_between_check_and_move_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "o.gpkg"
    link = os.link

    def late(source: Any, destination: Any, **options: Any) -> None:
        if Path(destination) == path:
            path.write_text("of another run")
        link(source, destination, **options)

    with OutputSet([path], overwrite=False) as outputs:
        filled(outputs, [path])
        monkeypatch.setattr(os, "link", late)
        with pytest.raises(OutputError, match="appeared meanwhile"):
            outputs.commit()
    assert contents_of(tmp_path) == {"o.gpkg": "of another run"}


def without_links(*_: Any, **__: Any) -> None:
    raise PermissionError(1, "no hard links on this disk")


def test_a_disk_without_hard_links_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = pair(tmp_path)
    monkeypatch.setattr(os, "link", without_links)
    with OutputSet(paths, overwrite=True) as outputs:
        filled(outputs, paths)
        outputs.commit()
    assert contents_of(tmp_path) == {"o.gpkg": "new", "o_mask.tif": "new"}


def test_what_cannot_be_moved_back_is_kept_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = pair(tmp_path)
    replace = Path.replace

    def stuck(source: Path, final: Path) -> Path:
        """The second result is held open, and by now the first one, too."""
        if final == paths[1] or source.parent.name == "old":
            raise PermissionError(13, "Permission denied")
        return replace(source, final)

    with OutputSet(paths, overwrite=True) as outputs:
        filled(outputs, paths)
        monkeypatch.setattr(Path, "replace", stuck)
        with pytest.raises(OutputError, match="earlier results remain in") as error:
            outputs.commit()
    assert [path.read_text() for path in paths] == ["new", "precious"]
    folder_left = Path(str(error.value).rpartition(" ")[2])
    assert contents_of(folder_left) == {"o.gpkg": "precious"}
    with OutputSet([tmp_path / "next.gpkg"], overwrite=False):
        assert contents_of(folder_left) == {"o.gpkg": "precious"}


@POSIX
def test_signals_wait_until_all_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = pair(tmp_path)
    link = os.link

    def with_signal(*args: Any, **options: Any) -> None:
        link(*args, **options)
        signal.raise_signal(signal.SIGINT)

    with OutputSet(paths, overwrite=True) as outputs:
        filled(outputs, paths)
        monkeypatch.setattr(os, "link", with_signal)
        with pytest.raises(KeyboardInterrupt):
            outputs.commit()
    assert contents_of(tmp_path) == {"o.gpkg": "new", "o_mask.tif": "new"}


def test_a_last_wish_to_stop_is_heard(tmp_path: Path) -> None:
    paths = pair(tmp_path)
    with OutputSet(paths, overwrite=True) as outputs:
        filled(outputs, paths)
        with pytest.raises(Cancelled):
            outputs.commit(cancelled=lambda: True)
    assert contents_of(tmp_path) == {"o.gpkg": "precious", "o_mask.tif": "precious"}


# Inputs behind the names that the user gives.


def inside(folder: Path, name: str) -> tuple[list[object], str]:
    """Return arguments for the command, and the file that it must not touch."""
    image = write_raster(folder / "o_mask.tif", rgb_of(scene()))
    if name == "folder":
        tiles = folder / "tiles"
        tiles.mkdir()
        return [tiles, "-o", tiles / "o.gpkg"], str(image.rename(tiles / "o_mask.tif"))
    rasterio.shutil.copy(image, folder / "one.vrt", driver="VRT")
    rasterio.shutil.copy(folder / "one.vrt", folder / "two.vrt", driver="VRT")
    return [folder / f"{name}.vrt", "-o", folder / "o.gpkg"], str(image)


@pytest.mark.parametrize("name", ["folder", "one", "two"])
def test_an_input_is_never_replaced(tmp_path: Path, model: Path, camp: Any, name: str) -> None:
    input_path, precious = inside(tmp_path, name)
    before = Path(precious).read_bytes()
    code, out, err = camp("detect", *input_path, "-m", model, "--mask", "--overwrite")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(f"error: {precious} is an input of this run")
    assert Path(precious).read_bytes() == before


# Names of outputs.


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_is_no_output(tmp_path: Path, overwrite: bool, dangling: bool) -> None:
    if not dangling:
        (tmp_path / "far.gpkg").write_text("precious")
    path = tmp_path / "o.gpkg"
    path.symlink_to(tmp_path / "far.gpkg")
    with pytest.raises(OutputError, match="symbolic link"):
        OutputSet([path], overwrite=overwrite)


def test_a_dangling_side_file_stands_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "o.gpkg-wal").symlink_to(tmp_path / "gone")
    with pytest.raises(OutputError, match="exists already"):
        OutputSet([tmp_path / "o.gpkg"], overwrite=False)


@POSIX
def test_a_pipe_is_no_output(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "o.gpkg")
    with pytest.raises(OutputError, match="device or a pipe"):
        OutputSet([tmp_path / "o.gpkg"], overwrite=True)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("/", "must end in one of"),
        (os.fsdecode(b"caf\xe9.gpkg"), "not UTF-8"),
        ("a\\b.gpkg", "holds a backslash"),
        ("x" * 250 + ".gpkg", "choose a shorter one"),
        ("é" * 125 + ".gpkg", "choose a shorter one"),
        ("/".join(["x" * 200] * 30) + "/o.gpkg", "cannot be used"),
    ],
)
def test_a_name_that_cannot_be(tmp_path: Path, camp: Any, name: str, wrong: str) -> None:
    code, out, err = camp("detect", tmp_path / "none.tif", "-o", tmp_path / name)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert wrong in err


@pytest.mark.parametrize(
    "name",
    ["a:b.gpkg", "x?.gpkg", "a*.tif", "<.shp", '".png', "a|b.gpkg", "t\tb.gpkg", "CON.gpkg", "nul",
     "Com1.tar.gpkg", "lpt¹.gpkg", "aux .gpkg", "a.", "a ", "CONOUT$.gpkg"],
)  # fmt: skip
def test_names_that_windows_does_not_have(name: str) -> None:
    assert "Windows" in fault_in(name, windows=True)
    assert fault_in(name, windows=False) == ""


@pytest.mark.parametrize("name", ["a!b;c&d%41#.gpkg", "console.gpkg", "com10.gpkg", " a.gpkg", "ü"])
def test_names_that_all_systems_have(name: str) -> None:
    assert fault_in(name, windows=True) == fault_in(name, windows=False) == ""


def test_a_zero_byte_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="zero byte"):
        OutputSet([tmp_path / "a\0b.gpkg"], overwrite=False)


# Folders that killed runs left behind.

_DIE = """
import os, sys
from pathlib import Path
from camp_detector_core.outputs.output_set import OutputSet
with OutputSet([Path(sys.argv[1])], overwrite=True) as outputs:
    outputs.target(Path(sys.argv[1])).temporary.write_text("half")
    if sys.argv[2] == "moving":
        (outputs.target(Path(sys.argv[1])).scratch / "old" / "o.gpkg").write_text("precious")
    if sys.argv[2] == "wait":
        print("ready", flush=True)
        sys.stdin.read()
    os._exit(1)
"""


def leave(path: Path, ending: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _DIE, str(path), ending]
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


@POSIX
@pytest.mark.parametrize(("ending", "cleared"), [("dead", True), ("wait", False)])
def test_only_what_dead_runs_left_is_cleared(tmp_path: Path, ending: str, cleared: bool) -> None:
    path = tmp_path / "o.gpkg"
    with leave(path, ending) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if ending == "wait":
            process.stdout.readline()
        else:
            process.wait()
        (left,) = tmp_path.glob(".camp-detector-*")
        with OutputSet([path], overwrite=False):
            assert left.exists() != cleared
        process.stdin.close()
        process.wait()


@POSIX
def test_an_earlier_result_that_a_killed_run_had_out_of_the_way_comes_back(tmp_path: Path) -> None:
    leave(tmp_path / "o.gpkg", "moving").wait()
    sentences: list[str] = []
    with OutputSet([tmp_path / "next.gpkg"], overwrite=False, warn=sentences.append):
        pass
    assert contents_of(tmp_path) == {"o.gpkg": "precious"}
    assert sentences == [
        f"an earlier run into {tmp_path} was killed: the earlier o.gpkg is back in place"
    ]


@POSIX
@pytest.mark.parametrize("quiet", [False, True])
def test_the_command_says_what_became_of_a_killed_run(
    tmp_path: Path, camp: Any, quiet: bool
) -> None:
    leave(tmp_path / "o.gpkg", "moving").wait()
    options = ["--quiet"] if quiet else []
    code, _, err = camp("detect", tmp_path / "a.tif", "-o", tmp_path / "o.gpkg", *options)
    assert code == 2
    assert err.splitlines()[-1].startswith(f"error: {tmp_path / 'o.gpkg'} exists already")
    assert err.splitlines()[:-1] == ([] if quiet else [
        f"warning: an earlier run into {tmp_path} was killed: the earlier o.gpkg is back in place"
    ])  # fmt: skip


# Stopping, and words.


@POSIX
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_a_stop_before_the_last_step_leaves_nothing(
    tmp_path: Path, model: Path, camp: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from camp_detector_core.products import report

    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    number = signal.Signals[name]

    def last(_: object) -> bytes:
        signal.raise_signal(number)
        return b"{}"

    monkeypatch.setattr(report, "report_bytes", last)
    before = everything_raw(tmp_path)
    code, out, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg")
    assert (code, out, err) == (128 + number, "", "error: stopped; nothing was written\n")
    assert everything_raw(tmp_path) == before


def everything_raw(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@POSIX
def test_nohup_is_respected() -> None:
    from camp_detector_core.cli.terminal import StopRequest

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopRequest() as stop:
            signal.raise_signal(signal.SIGHUP)
            assert stop.signal is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_ctrl_c_while_libraries_are_imported_is_one_line() -> None:
    code = (
        "import sys, runpy\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "runpy.run_module('camp_detector_core', run_name='__main__')"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (process.returncode, process.stderr) == (130, "error: stopped; nothing was written\n")


def test_the_installed_command_starts_where_ctrl_c_is_caught() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"]["camp-detector"] == "camp_detector_core.__main__:main"


def test_a_folder_on_no_disk_is_not_called_a_full_one() -> None:
    proc = Path("/proc/foo")
    if not proc.parent.is_dir():
        pytest.skip("this system has no /proc")
    error = FileNotFoundError(2, "No such file or directory")
    assert "the disk is full" not in str(cannot_write(proc, error))
    assert "the disk is full" in str(cannot_write(proc, OSError(28, "No space left")))


@pytest.mark.parametrize("group", ["package", "publish"])
def test_a_group_without_a_command_shows_its_help(camp: Any, group: str) -> None:
    code, _, output = camp(group)
    assert code == 2
    assert "Commands:\n" in output
    assert "error:" not in output


def test_no_argument_shows_the_help(camp: Any) -> None:
    assert camp() == camp("--help")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("", "-o", "o.gpkg"), "empty name"),
        (("a.tif", "-o", "o.gpkg", "--simplify", "1e308"), "--simplify must be 0 to 1000 metres"),
        (("a.tif", "-o", "o.gpkg", "--simplify", "nan"), "--simplify must be 0 to 1000 metres"),
        (("a.tif", "-o", "o.gpkg", "--min-area", "inf"), "--min-area must be 0 to 1000000 square"),
        (("a.tif", "-o", "o.gpkg", "--min-area", "nan"), "--min-area must be 0 to 1000000 square"),
        (
            ("a.tif", "-o", "o.gpkg", "--stretch=-1e308,1e308"),
            "must be percentile or LOW,HIGH with LOW below HIGH, at most 1.8e+308 apart",
        ),
    ],
)
def test_what_makes_no_sense_is_named(camp: Any, options: tuple[str, ...], wrong: str) -> None:
    code, out, err = camp("detect", *options)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert wrong in err


def test_the_report_tells_what_was_run(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene(40, 300)), gsd=0.51)
    out = tmp_path / "o.gpkg"
    assert camp("detect", image, "-m", model, "-o", out, "--gsd", "native")[0] == 0
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["tiles"]["size_px"] == [64, 64]
    assert report["parameters"]["tile_size"] == 64
    assert report["tiles"]["overlap_px"] == [0, 32]
    assert report["parameters"]["overlap"] == 16
    assert report["grid"]["crs"] == "EPSG:32645"
    assert report["grid"]["crs_wkt"].startswith("PROJCS[")
    for name in ("total_area_m2", "median_area_m2"):
        area = report["result"][name]
        assert area == round(area, 2)
    areas = pyogrio.raw.read(out, columns=["area_m2"])[3][0]
    assert report["result"]["total_area_m2"] == pytest.approx(areas.sum(), abs=0.006)
