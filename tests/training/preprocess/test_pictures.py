"""Pictures of servers become red, green, blue and validity, or are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio

from camp_detector_core.georaster.xyz import transform_of
from tests.support.tiles import paletted, picture, pixels_of
from training.data.chips import open_chip, read_pixels
from training.preprocess.area import Tile
from training.preprocess.http import Unfit
from training.preprocess.manifest import PreprocessError
from training.preprocess.picture import Picture, decode, encode, side_of

if TYPE_CHECKING:
    from pathlib import Path

TILE = Tile(19, 386693, 220243)
SIDE = 256


@pytest.mark.parametrize("driver", ["PNG", "GTiff"])
def test_a_coloured_picture_keeps_its_pixels(driver: str) -> None:
    pixels = pixels_of(1, 2)
    decoded = decode(picture(pixels, driver=driver))
    np.testing.assert_array_equal(decoded.pixels, pixels)
    assert decoded.valid.all()


@pytest.mark.parametrize("driver", ["JPEG", "WEBP"])
def test_a_picture_with_losses_stays_near(driver: str) -> None:
    pixels = np.full((3, SIDE, SIDE), 90, np.uint8)
    decoded = decode(picture(pixels, driver=driver))
    assert np.abs(decoded.pixels.astype(int) - 90).max() < 6
    assert decoded.valid.all()


def test_transparent_pixels_are_no_ground() -> None:
    pixels = np.concatenate((pixels_of(1, 2), np.full((1, SIDE, SIDE), 255, np.uint8)))
    pixels[3, :100] = 0
    pixels[3, 100] = 1
    decoded = decode(picture(pixels))
    assert not decoded.valid[:100].any()
    assert decoded.valid[100:].all()
    np.testing.assert_array_equal(decoded.pixels[:, 100:], pixels[:3, 100:])
    assert not decoded.pixels[:, :100].any()


def test_grey_pictures_get_three_equal_bands() -> None:
    grey = pixels_of(1, 2)[:1]
    np.testing.assert_array_equal(decode(picture(grey)).pixels, np.repeat(grey, 3, axis=0))
    alpha = np.where(np.arange(SIDE) < 9, 0, 255).astype(np.uint8)
    grey_alpha = np.concatenate((grey, np.broadcast_to(alpha, grey.shape)))
    decoded = decode(picture(grey_alpha))
    np.testing.assert_array_equal(decoded.valid, np.broadcast_to(alpha > 0, (SIDE, SIDE)))
    np.testing.assert_array_equal(decoded.pixels[2][decoded.valid], grey[0][decoded.valid])


def test_palettes_become_colours_and_their_transparent_entry_no_ground() -> None:
    index = np.random.default_rng(0).integers(0, 4, (SIDE, SIDE), dtype=np.uint8)
    colours = [(9, 9, 9, 0), (10, 20, 30, 255), (200, 100, 50, 255), (7, 7, 7, 0)]
    decoded = decode(paletted(index, colours))
    np.testing.assert_array_equal(decoded.valid, (index == 1) | (index == 2))
    expected = np.array([c[:3] if c[3] else (0, 0, 0) for c in colours], np.uint8)[index]
    np.testing.assert_array_equal(decoded.pixels, expected.transpose(2, 0, 1))


def test_a_picture_with_a_wrong_byte_is_unfit() -> None:
    data = bytearray(picture(pixels_of(1, 2)))
    data[len(data) // 2] ^= 255
    with pytest.raises(Unfit, match="damaged"):
        decode(bytes(data))


@pytest.mark.parametrize("driver", ["PNG", "JPEG", "WEBP", "GTiff"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_a_picture_that_breaks_off_is_unfit(driver: str, share: float) -> None:
    data = picture(pixels_of(1, 2), driver=driver)
    with pytest.raises(Unfit, match=r"damaged|no PNG|breaks off"):
        decode(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<VRTDataset/>", b"<html>", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_unfit(data: bytes) -> None:
    with pytest.raises(Unfit):
        decode(data)


@pytest.mark.parametrize(
    ("bands", "remedy"),
    [
        (np.zeros((3, 100, 100), np.uint8), "100 x 100 pixels"),
        (np.zeros((3, 256, 512), np.uint8), "512 x 256 pixels"),
        (np.zeros((3, 256, 256), np.uint16), "ask it for PNG or JPEG"),
        (np.zeros((5, 256, 256), np.uint8), "5 bands"),
    ],
)
def test_a_picture_of_another_kind_is_refused(bands: np.ndarray, remedy: str) -> None:
    with pytest.raises(PreprocessError, match=remedy):
        decode(picture(bands, driver="GTiff" if len(bands) == 5 else "PNG"))


@pytest.mark.parametrize("side", [256, 512])
def test_a_chip_has_the_exact_place_of_its_tile(tmp_path: Path, side: int) -> None:
    valid = np.ones((side, side), np.bool_)
    valid[:7] = False
    pixels = np.where(valid, pixels_of(1, 2, side=side), 0).astype(np.uint8)
    path = tmp_path / f"{TILE.stem}.tif"
    path.write_bytes(encode(Picture(pixels, valid), TILE))
    chip = open_chip(path)
    assert chip.column == str(TILE.x)
    assert chip.bands == 3
    pixels_read, validity = read_pixels(chip, bands=3)
    np.testing.assert_array_equal(pixels_read, pixels)
    np.testing.assert_array_equal(validity, valid)
    with rasterio.open(path) as source:
        assert source.crs.to_epsg() == 3857
        assert tuple(source.transform)[:6] == tuple(transform_of(TILE.x, TILE.y, 19, side=side))
        assert source.bounds.right - source.bounds.left == pytest.approx(76.437028)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert side_of(path, TILE) == side
    assert side_of(path, Tile(19, TILE.x + 1, TILE.y)) is None
    path.write_bytes(path.read_bytes()[:20])
    assert side_of(path, TILE) is None
