"""Faults give one clear line, exit code 2 (130 for Ctrl-C), and leave nothing behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import Affine

from tests.support.models import stac_item, tiny_onnx, tiny_spec, write_model
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = (sys.executable, "-m", "camp_detector_core")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with a good raster and a good model."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_model(folder / "good.onnx")
    write_raster(folder / "good.tif", rgb_of(scene()), compress="deflate")
    return folder


def refused(
    *args: object, out: Path, wrong: str, code: int = 2, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own and see that it is refused in one line."""
    before = sorted(out.iterdir()) if out.is_dir() else None
    process = subprocess.run(
        [*COMMAND, *map(str, args)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        **options,
    )
    assert process.returncode == code, process.stderr
    assert process.stdout == ""
    lines = process.stderr.splitlines()
    assert len(lines) == 1, process.stderr
    assert lines[0].startswith("error: ")
    assert wrong in lines[0]
    assert (sorted(out.iterdir()) if out.is_dir() else None) == before
    return process


def truncated(folder: Path) -> Path:
    path = folder / "cut.tif"
    data = (folder / "good.tif").read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def cut_jpeg(folder: Path) -> Path:
    path = write_raster(folder / "a.jpg", rgb_of(scene()), driver="JPEG", crs=None, transform=None)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def png(folder: Path, *, keep: float, filled: bool = False) -> Path:
    """A picture whose end is missing, or zeros; GDAL reads both without a word."""
    path = write_raster(folder / "a.png", rgb_of(scene()), driver="PNG", crs=None, transform=None)
    data = path.read_bytes()
    truncated = data[: int(len(data) * keep)]
    path.write_bytes(truncated.ljust(len(data) if filled else 0, b"\0"))
    return path


def virtual_of_a_cut_png(folder: Path) -> Path:
    whole = write_raster(
        folder / "a.png", rgb_of(scene()), driver="PNG", crs=None, transform=None
    ).read_bytes()
    path = folder / "a.vrt"
    rasterio.shutil.copy(folder / "a.png", path, driver="VRT")
    (folder / "a.png").write_bytes(whole[: len(whole) // 2])
    return path


def text(folder: Path) -> Path:
    path = folder / "text.tif"
    path.write_text("This is not a raster.\n")
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.tif"
    path.touch()
    return path


def two_bands(folder: Path) -> Path:
    return write_raster(folder / "two.tif", np.zeros((2, 50, 50), np.uint8))


def rotated(folder: Path) -> Path:
    turned = Affine(0.5, 0.1, WEST, 0.1, -0.5, NORTH)
    return write_raster(folder / "turned.tif", rgb_of(scene()), transform=turned)


def mosaic_with_a_cut_tile(folder: Path) -> Path:
    tiles = folder / "tiles"
    tiles.mkdir()
    for i in range(3):
        moved = Affine(0.5, 0, WEST + 85 * i, 0, -0.5, NORTH)
        write_raster(tiles / f"{i}.tif", rgb_of(scene()), transform=moved, compress="deflate")
    data = (tiles / "1.tif").read_bytes()
    (tiles / "1.tif").write_bytes(data[: len(data) // 2])
    return tiles


def mosaic_of_strangers(folder: Path) -> Path:
    tiles = folder / "tiles"
    tiles.mkdir()
    write_raster(tiles / "0.tif", rgb_of(scene()))
    write_raster(tiles / "1.tif", rgb_of(scene()), crs="EPSG:32644")
    return tiles


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (truncated, "cut.tif cannot be read: it is damaged or cut short"),
        (cut_jpeg, "a.jpg cannot be read: it is damaged or cut short"),
        (partial(png, keep=0.5), "a.png cannot be read: it is damaged or cut short (the end"),
        (partial(png, keep=0.6, filled=True), "cut short (a checksum of its pixels is wrong)"),
        (virtual_of_a_cut_png, "a.png cannot be read: it is damaged or cut short"),
        (text, "text.tif cannot be opened as a raster"),
        (empty, "empty.tif is empty (0 bytes)"),
        (two_bands, "(red, green, blue): say which with --bands, e.g. --bands 1,2,2"),
        (rotated, "turned.tif is rotated"),
        (mosaic_with_a_cut_tile, "1.tif cannot be read"),
        (mosaic_of_strangers, "1.tif has another CRS than"),
        (lambda folder: folder / "gone.tif", "gone.tif does not exist"),
    ],
)
def test_a_bad_raster(
    tmp_path: Path, inputs: Path, make: Callable[[Path], Path], wrong: str
) -> None:
    image = make(inputs)
    out = tmp_path / "out"
    out.mkdir()
    refused(
        "detect", image, "-m", inputs / "good.onnx", "-o", out / "o.gpkg", "--all-outputs",
        out=out, wrong=wrong,
    )  # fmt: skip


def zero_bytes(folder: Path) -> Path:
    path = folder / "zero.onnx"
    path.touch()
    return path


def garbage(folder: Path) -> Path:
    path = folder / "garbage.onnx"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    return path


def undescribed(folder: Path) -> Path:
    path = folder / "plain.onnx"
    path.write_bytes(tiny_onnx(tiny_spec(), stored=""))
    return path


def contradicting(folder: Path) -> Path:
    path = folder / "lying.onnx"
    four = tiny_spec(names=("red", "green", "blue", "nir"))
    path.write_bytes(tiny_onnx(tiny_spec(), stored=four.to_json()))
    return path


def damaged_network(folder: Path) -> Path:
    path = folder / "damaged.onnx"
    data = (folder / "good.onnx").read_bytes()
    path.write_bytes(data.replace(b"Sigmoid", b"Sigmxid"))
    return path


def wrong_checksum(folder: Path) -> Path:
    path = folder / "item.json"
    path.write_text(stac_item("good.onnx", **{"file:checksum": "1220" + "0" * 64}))
    return path


@pytest.mark.parametrize("verb", ["detect", "inspect"])
@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (zero_bytes, "zero.onnx is empty (0 bytes)"),
        (garbage, "garbage.onnx is not an ONNX model"),
        (undescribed, "plain.onnx does not say what model it is"),
        (contradicting, "says 4 bands, but the network's input has 3"),
        (damaged_network, "uses the operator Sigm"),
        (wrong_checksum, "its checksum differs"),
        (lambda folder: folder / "gone.onnx", "gone.onnx cannot be read: No such file"),
        (lambda folder: folder / "good.tif", "good.tif is not a model file"),
    ],
)
def test_a_bad_model(
    tmp_path: Path, inputs: Path, make: Callable[[Path], Path], wrong: str, verb: str
) -> None:
    model = make(inputs)
    out = tmp_path / "out"
    out.mkdir()
    if verb == "inspect":
        refused("inspect", model, out=out, wrong=wrong)
        return
    # Four bands, so that nothing but the model can be at fault.
    image = write_raster(
        inputs / "four.tif", np.zeros((4, 50, 50), np.uint8), photometric="MINISBLACK"
    )
    refused(
        "detect", image, "-m", model, "-o", out / "o.gpkg", "--bands", "1,2,3,4"
        if make is contradicting
        else "1,2,3", out=out, wrong=wrong,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("--threshold", "0"), "--threshold must be above 0 and up to 1"),
        (("--tile-size", "100"), "multiple of 32"),
        (("--overlap", "40"), "less than half of the tile size"),
        (("--min-area", "-1"), "--min-area must be 0 to 1000000 square metres"),
        (("--simplify", "-1"), "--simplify"),
        (("--bands", "1,2"), "--bands names 2 bands"),
        (("--bands", "1,2"), ": e.g. --bands 1,2,3"),
        (("--bands", f"1,2,{'9' * 400}"), "--bands asks for band 999"),
        (("--bands", "red"), "--bands must be whole numbers between commas"),
        (("--stretch", "9,1"), "LOW below HIGH"),
        (("--stretch", "wide"), "--stretch must be percentile or LOW,HIGH"),
        (("--gsd", "-3"), "--gsd"),
        (("--gsd", "fine"), "--gsd must be auto, native, model or a number"),
        (("--gsd", "0.01"), "too far from"),
        (("--device", "coreml"), "coreml cannot be used here"),
        (("--device", "abacus"), "abacus"),
        (("--threads", "0"), "--threads"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_a_bad_option(tmp_path: Path, inputs: Path, options: tuple[str, ...], wrong: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    refused(
        "detect", inputs / "good.tif", "-m", inputs / "good.onnx", "-o", out / "o.gpkg", *options,
        out=out, wrong=wrong,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("o.kml", "the name must end in one of .gpkg"),
        ("gone/o.gpkg", "gone does not exist: create it first"),
        ("", "is a folder"),
        ("there.gpkg", "exists already"),
    ],
)
def test_a_bad_output(tmp_path: Path, inputs: Path, target: str, wrong: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "there.gpkg").write_text("precious")
    if target == "":
        target, wrong = "sub.gpkg", "sub.gpkg is a folder"
        (out / target).mkdir()
    refused(
        "detect", inputs / "good.tif", "-m", inputs / "good.onnx", "-o", out / target,
        out=out, wrong=wrong,
    )  # fmt: skip
    assert (out / "there.gpkg").read_text() == "precious"


def test_an_output_over_its_own_input(tmp_path: Path, inputs: Path) -> None:
    write_raster(tmp_path / "o_mask.tif", rgb_of(scene()))
    refused(
        "detect", tmp_path / "o_mask.tif", "-m", inputs / "good.onnx", "-o", tmp_path / "o.gpkg",
        "--mask", "--overwrite", out=tmp_path, wrong="is an input of this run",
    )  # fmt: skip


# A folder that cannot be written to, and a disk that is full.


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A small disk in memory; skips where none may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    try:
        process = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("mount is not installed")
    if process.returncode:
        pytest.skip("this user may not mount a disk in memory")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_folder(tmp_path: Path, inputs: Path) -> None:
    command = ("detect", inputs / "good.tif", "-m", inputs / "good.onnx")
    if os.geteuid():
        out = tmp_path / "out"
        out.mkdir(mode=0o500)
        refused(*command, "-o", out / "o.gpkg", out=out, wrong="is not writable")
        return
    with mounted(tmp_path / "disk", "size=1m") as out:
        subprocess.run(["mount", "-o", "remount,ro", str(out)], check=True)
        refused(*command, "-o", out / "o.gpkg", out=out, wrong="is not writable")


def noisy(folder: Path, side: int) -> Path:
    """A raster whose scores cannot be compressed well."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(110, 145, (3, side, side), dtype=np.uint8)
    return write_raster(folder / "noisy.tif", pixels)


@pytest.mark.parametrize(
    ("kilobytes", "name", "options"),
    [
        (40, "o.gpkg", ()),  # not even an empty GeoPackage
        (300, "o.gpkg", ()),
        (300, "o.fgb", ()),
        (300, "o.geojson", ()),
        (300, "o.shp", ()),
        (150, "o.geojson", ("--probability", "--min-area", "1000")),  # the strips
        (500, "o.geojson", ("--probability", "--min-area", "1000")),  # the finished raster
        (700, "o.geojson", ("--overlay", "--min-area", "1000")),
    ],
)
def test_a_full_disk(
    tmp_path: Path, inputs: Path, kilobytes: int, name: str, options: tuple[str, ...]
) -> None:
    image = noisy(inputs, 700)
    with mounted(tmp_path / "disk", f"size={kilobytes}k") as out:
        refused(
            "detect", image, "-m", inputs / "good.onnx", "-o", out / name, *options,
            "--simplify", 0, out=out, wrong="the disk is full",
        )  # fmt: skip


@pytest.mark.parametrize("name", ["o.gpkg", "o.fgb", "o.geojson", "o.shp"])
def test_a_quota(tmp_path: Path, inputs: Path, name: str) -> None:
    """No file may grow beyond 200 kB; works for any user."""
    image = noisy(inputs, 700)
    out = tmp_path / "out"
    out.mkdir()

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    refused(
        "detect", image, "-m", inputs / "good.onnx", "-o", out / name, "--probability",
        "--simplify", 0, out=out, wrong="cannot be written", preexec_fn=limit,
    )  # fmt: skip


# Ctrl-C.


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["int", "term"]
)
def test_stopping_leaves_nothing(
    tmp_path: Path, inputs: Path, number: signal.Signals, code: int
) -> None:
    image = inputs / "large.tif"
    profile = {
        "driver": "GTiff", "height": 20_000, "width": 20_000, "count": 3, "dtype": "uint8",
        "crs": "EPSG:32645", "transform": Affine(0.5, 0, WEST, 0, -0.5, NORTH), "tiled": True,
        "sparse_ok": True, "photometric": "RGB",
    }  # fmt: skip
    with rasterio.open(image, "w", **profile):
        pass
    out = tmp_path / "out"
    out.mkdir()
    (out / "o.gpkg").write_text("precious")
    command = [
        *COMMAND, "detect", image, "-m", inputs / "good.onnx", "-o", out / "o.gpkg",
        "--all-outputs", "--overwrite",
    ]  # fmt: skip
    with subprocess.Popen(
        list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        scratch = out / "none"
        deadline = time.monotonic() + 60
        while not scratch.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
            scratch = next(out.glob(".camp-detector-*/scratch/*.tif"), scratch)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == code
    assert stdout == ""
    assert stderr == "error: stopped; nothing was written\n"
    assert [p.name for p in out.iterdir()] == ["o.gpkg"]
    assert (out / "o.gpkg").read_text() == "precious"


# At a terminal, and when asked for more.


def test_verbose_shows_the_traceback(tmp_path: Path, inputs: Path) -> None:
    process = subprocess.run(
        [*COMMAND, "detect", str(text(inputs)), "-m", str(inputs / "good.onnx"),
         "-o", str(tmp_path / "o.gpkg"), "--verbose"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert process.returncode == 2
    assert "Traceback" in process.stderr
    assert process.stderr.splitlines()[-1].startswith("error: ")


def test_a_fault_of_ours_is_one_line_too(
    tmp_path: Path,
    inputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from camp_detector_core.cli import main
    from camp_detector_core.georaster.finding import Finding

    def broken(*_: object, **__: object) -> None:
        msg = "two\nlines"
        raise RuntimeError(msg)

    monkeypatch.setattr(Finding, "run", broken)
    with pytest.raises(SystemExit) as exit_:
        main(
            ["detect", str(inputs / "good.tif"), "-m", str(inputs / "good.onnx"),
             "-o", str(tmp_path / "o.gpkg"), "--mask"]
        )  # fmt: skip
    assert exit_.value.code == 1
    assert capsys.readouterr().err == (
        "error: internal error: RuntimeError: two lines (--verbose shows where)\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def at_a_terminal(*args: object) -> tuple[str, str]:
    """Run the command with a terminal of 100 columns as stderr; return stdout and stderr."""
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (30, 100))
    screen_parts: list[bytes] = []

    def watch() -> None:
        try:
            while chunk := os.read(leader, 4096):
                screen_parts.append(chunk)
        except OSError:  # the far side is closed
            pass

    watcher = threading.Thread(target=watch)
    watcher.start()
    process = subprocess.run(
        [*COMMAND, *map(str, args)], stdout=subprocess.PIPE, stderr=follower, cwd=ROOT, check=False
    )
    os.close(follower)
    watcher.join()
    os.close(leader)
    return process.stdout.decode(), b"".join(screen_parts).decode()


def test_a_terminal_shows_a_bar_and_warnings_at_once(tmp_path: Path, inputs: Path) -> None:
    image = write_raster(inputs / "bare.tif", rgb_of(scene()), crs=None)
    command = ("detect", image, "-m", inputs / "good.onnx", "-o", tmp_path / "o.gpkg")
    out, screen = at_a_terminal(*command)
    assert "dwellings" in out
    assert "tile/s" in screen
    assert "detect:" in screen
    assert screen.index("warning: ") < screen.index("detect:")
    _, quiet = at_a_terminal(*command, "--overwrite", "-q")
    assert quiet == ""
