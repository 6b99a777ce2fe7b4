"""Runs that a signal or a fault of ours ends leave nothing behind and say so in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest
import rasterio
from rasterio.transform import Affine

from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster
from tests.support.refusal import COMMAND, ROOT, detect_command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["int", "term"]
)
def test_stopping_leaves_nothing(
    out: Path, inputs: Path, number: signal.Signals, code: int
) -> None:
    image = inputs / "large.tif"
    profile = {
        "driver": "GTiff", "height": 20_000, "width": 20_000, "count": 3, "dtype": "uint8",
        "crs": "EPSG:32645", "transform": Affine(0.5, 0, WEST, 0, -0.5, NORTH), "tiled": True,
        "sparse_ok": True, "photometric": "RGB",
    }  # fmt: skip
    with rasterio.open(image, "w", **profile):
        pass
    (out / "o.gpkg").write_text("precious")
    command = detect_command(image, inputs / "good.onnx", out / "o.gpkg")
    with subprocess.Popen(
        [*COMMAND, *command, "--all-outputs", "--overwrite"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
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


def test_verbose_shows_the_traceback(tmp_path: Path, inputs: Path) -> None:
    image = inputs / "text.tif"
    image.write_text("This is not a raster.\n")
    command = detect_command(image, inputs / "good.onnx", tmp_path / "o.gpkg")
    process = subprocess.run(
        [*COMMAND, *command, "--verbose"], capture_output=True, text=True, cwd=ROOT, check=False
    )
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
            [*detect_command(inputs / "good.tif", inputs / "good.onnx", tmp_path / "o.gpkg"),
             "--mask"]
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
    command = detect_command(image, inputs / "good.onnx", tmp_path / "o.gpkg")
    out, screen = at_a_terminal(*command)
    assert "dwellings" in out
    assert "tile/s" in screen
    assert "detect:" in screen
    assert screen.index("warning: ") < screen.index("detect:")
    _, quiet = at_a_terminal(*command, "--overwrite", "-q")
    assert quiet == ""
