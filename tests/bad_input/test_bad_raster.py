"""Rasters that cannot be used give one clear line and leave nothing behind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import Affine

from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster
from tests.support.refusal import detect_command, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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
def test_a_bad_raster(out: Path, inputs: Path, make: Callable[[Path], Path], wrong: str) -> None:
    command = detect_command(make(inputs), inputs / "good.onnx", out / "o.gpkg")
    refused(*command, "--all-outputs", out=out, wrong=wrong)
