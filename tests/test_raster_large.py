"""Files of a few hundred bytes that claim to be huge are refused before memory is taken."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.georaster.tiff_blocks import Block, block_of
from camp_detector_core.raster import SourceOptions, gdal_env, open_source
from tests.support.models import tiny_spec
from tests.support.rasters import write_raster
from training.data.chips import Chip, open_chip, read_pixels

if TYPE_CHECKING:
    from pathlib import Path

DEFLATE = 8


def claim(path: Path, width: int, height: int, **changes: int) -> Path:
    """A TIFF of three bands without pixels, in one strip unless ``tile`` gives a side."""
    tile, order = changes.get("tile"), ">" if changes.get("big_endian") else "<"
    tags = {256: width, 257: height, 258: 8, 259: changes.get("compression", DEFLATE), 262: 2}
    tags |= {277: 3, 284: changes.get("planar", 1)}
    tags |= {322: tile, 323: tile, 324: 8, 325: 8} if tile else {273: 8, 278: height, 279: 8}
    bits = 8 + 2 + 12 * len(tags) + 4
    data = struct.pack(order + "2sHIH", b"MM" if order == ">" else b"II", 42, 8, len(tags))
    for tag, value in sorted(tags.items()):
        count = 3 if tag == 258 else 1
        data += struct.pack(
            order + "HHII", tag, 3 if count == 3 else 4, count, bits if count == 3 else value
        )
    path.write_bytes(data + struct.pack(order + "I3H", 0, 8, 8, 8))
    return path


def refused(path: Path, words: str) -> None:
    for external in (False, True):
        with gdal_env(), pytest.raises(RasterError, match=words):
            open_source([str(path)], tiny_spec(), SourceOptions(external=external))


@pytest.mark.parametrize(
    ("width", "height", "changes"),
    [
        (2**31 - 1, 1, {}),
        (2**31 - 1, 1, {"compression": 1}),
        (10**9, 10**9, {}),
        (2**20, 2000, {}),
        (40_000, 40_000, {"tile": 40_000}),
        (2**20, 2000, {"planar": 2}),
        (2**31 - 1, 1, {"big_endian": 1}),
    ],
)
def test_blocks_that_would_fill_the_memory(
    tmp_path: Path, width: int, height: int, changes: dict[str, int]
) -> None:
    path = claim(tmp_path / "a.tif", width, height, **changes)
    assert path.stat().st_size < 322
    refused(path, r"is stored in blocks of .* GiB of memory .*: it is damaged, or must be written")
    with pytest.raises(RasterError, match="is stored in blocks"):
        open_chip(path)


def test_blocks_of_sources_and_side_files_count_too(tmp_path: Path) -> None:
    claim(tmp_path / "deep.tif", 10**9, 10**9)
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{i}"><SimpleSource><SourceFilename relativeToVRT='
        f'"1">deep.tif</SourceFilename><SourceBand>{i}</SourceBand><DstRect xOff="0" yOff="0" '
        f'xSize="9" ySize="9"/></SimpleSource></VRTRasterBand>'
        for i in (1, 2, 3)
    )
    (tmp_path / "a.vrt").write_text(
        f'<VRTDataset rasterXSize="9" rasterYSize="9">{bands}</VRTDataset>'
    )
    image = write_raster(tmp_path / "b.tif", np.zeros((3, 9, 9), np.uint8))
    claim(tmp_path / "b.tif.msk", 10**9, 10**9)
    for path in (tmp_path / "a.vrt", image):
        with gdal_env(), pytest.raises(RasterError, match="is stored in blocks"):
            open_source([str(path)], tiny_spec(), SourceOptions())


@pytest.mark.parametrize(("width", "height"), [(2**31 - 1, 300), (10**9, 10**9)])
def test_a_raster_that_no_memory_or_time_suffices_for(
    tmp_path: Path, width: int, height: int
) -> None:
    bands = '<VRTRasterBand dataType="Byte"/>' * 3
    path = tmp_path / "a.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">{bands}</VRTDataset>'
    )
    refused(path, r"would be worked on as .* of which a row of chips takes .* GiB")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (64, 64, 3 * 64 * 64)),
        ({"tiled": False, "blockysize": 30, "compress": "deflate"}, (30, 170, 3 * 30 * 170)),
        ({"tiled": False, "blockysize": 150}, (150, 170, 3 * 150 * 170)),
        ({"interleave": "band"}, (64, 64, 64 * 64)),
        ({"BIGTIFF": "YES", "ENDIANNESS": "BIG"}, (64, 64, 3 * 64 * 64)),
    ],
)
def test_usual_blocks_are_told_rightly(
    tmp_path: Path, options: dict[str, Any], expected: tuple[int, int, int]
) -> None:
    if options.get("tiled") is False:
        options["blockxsize"] = 170
    path = write_raster(tmp_path / "a.tif", np.zeros((3, 150, 170), np.uint8), **options)
    with path.open("rb") as file:
        assert block_of(file.read(4096), file) == Block(*expected)


def test_blocks_are_those_of_gdal(tmp_path: Path) -> None:
    for height, rows in ((2000, 2000), (2001, 1)):
        pixels = np.zeros((3, height, 20), np.uint8)
        path = write_raster(
            tmp_path / "a.tif", pixels, tiled=False, blockxsize=20, blockysize=height,
            compress="deflate",
        )  # fmt: skip
        with path.open("rb") as file, rasterio.open(path) as dataset:
            assert block_of(file.read(4096), file) == Block(rows, 20, rows * 60)
            assert dataset.block_shapes[0] == (rows, 20)


def test_no_tiff_has_no_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    for data in (b"II", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0+" + b"\xff" * 40):
        path.write_bytes(data)
        with path.open("rb") as file:
            assert block_of(data, file) is None


def test_a_chip_is_not_read_whole_where_it_is_none(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", np.zeros((3, 9, 9), np.uint8))
    chip = open_chip(path)
    large = Chip(chip.name, path, chip.grid, chip.shape._replace(height=10**9), 3, "uint8")
    with pytest.raises(RasterError, match="too many for a chip: cut it into tiles"):
        read_pixels(large, bands=3)
