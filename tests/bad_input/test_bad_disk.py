"""A folder that cannot be written to, a full disk and a quota leave nothing behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.rasters import write_raster
from tests.support.refusal import detect_command, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
    command = partial(detect_command, inputs / "good.tif", inputs / "good.onnx")
    if os.geteuid():
        out = tmp_path / "out"
        out.mkdir(mode=0o500)
        refused(*command(out / "o.gpkg"), out=out, wrong="is not writable")
        return
    with mounted(tmp_path / "disk", "size=1m") as out:
        subprocess.run(["mount", "-o", "remount,ro", str(out)], check=True)
        refused(*command(out / "o.gpkg"), out=out, wrong="is not writable")


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
        command = detect_command(image, inputs / "good.onnx", out / name)
        refused(*command, *options, "--simplify", 0, out=out, wrong="the disk is full")


@pytest.mark.parametrize("name", ["o.gpkg", "o.fgb", "o.geojson", "o.shp"])
def test_a_quota(out: Path, inputs: Path, name: str) -> None:
    """No file may grow beyond 200 kB; works for any user."""
    image = noisy(inputs, 700)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    command = detect_command(image, inputs / "good.onnx", out / name)
    refused(
        *command, "--probability", "--simplify", 0,
        out=out, wrong="cannot be written", preexec_fn=limit,
    )  # fmt: skip
