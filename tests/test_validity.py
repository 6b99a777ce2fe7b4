"""One rule says which pixels are missing, in whatever way a raster says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import Affine

from camp_detector_core.georaster.validity import valid_pixels
from camp_detector_core.raster import SourceOptions, gdal_env
from tests.support.missing import KINDS, RGB, TRANSFORM, Kind, mask
from tests.support.rasters import scene, write_raster
from tests.support.sources import open_raster, whole
from training.data.chip_store import ChipStore
from training.data.chips import open_chip, read_pixels
from training.data.mosaic import ChipArea

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HEIGHT, WIDTH = 44, 60
SCENE = Path(__file__).resolve().parents[2] / "shared" / "cases" / "validity" / "rounded_0.20.tif"


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


def image(seed: int = 0) -> NDArray[np.uint8]:
    """(3, height, width) of 10 to 200."""
    return np.random.default_rng(seed).integers(10, 201, (3, HEIGHT, WIDTH)).astype(np.uint8)


def holes() -> NDArray[np.bool_]:
    """(height, width) False in rectangles, single pixels and every other one of some rows."""
    valid = ~scene(HEIGHT, WIDTH, seed=5)
    valid[8:14, 20:40] = False
    valid[20:24, ::2] = False
    valid[30, 30] = valid[31, 41] = False
    return valid


def read(path: Path | list[Path], kind: Kind, gsd: Any) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    options = SourceOptions(gsd=gsd, **kind.options)
    with open_raster(path, options, dtype="uint8") as source:
        return whole(source)


@pytest.mark.parametrize("name", KINDS)
def test_missing_pixels_are_missing_and_others_are_not(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    pixels, valid = read(kind.write(tmp_path / "a", image(), holes(), TRANSFORM), kind, "native")
    assert np.array_equal(valid, holes())
    same = pixels[:, valid] == image()[:, holes()]
    assert same.all(axis=0).mean() > 0.9  # some kinds write values of their own into valid pixels


@pytest.mark.parametrize("gsd", [1.0, 1.3, 0.3])
@pytest.mark.parametrize("name", KINDS)
def test_at_another_resolution_all_kinds_are_alike(tmp_path: Path, name: str, gsd: float) -> None:
    """As a mask in the file, which GDAL's warper heeds by itself."""
    kind, (declared, plain) = KINDS[name], (tmp_path / "told", tmp_path / "plain")
    path = kind.write(declared, image(), holes(), TRANSFORM)
    native, _ = read(path, kind, "native")
    clean = np.where(holes(), native, 0)
    reference = mask(plain, clean, holes(), TRANSFORM)
    pixels, valid = read(path, kind, gsd)
    expected, is_valid = read(reference, Kind(mask), gsd)
    assert np.array_equal(valid, is_valid)
    assert np.abs(pixels[:, valid].astype(float) - expected[:, valid]).max() < 1e-3
    if gsd == 1.0:
        blocks = holes().reshape(HEIGHT // 2, 2, WIDTH // 2, 2)
        assert np.array_equal(valid, blocks.any(axis=(1, 3)))
        split = np.where(holes(), clean, 0).reshape(3, HEIGHT // 2, 2, WIDTH // 2, 2)
        mean = split.sum(axis=(2, 4), dtype=float) / np.maximum(blocks.sum(axis=(1, 3)), 1)
        assert np.abs(pixels[:, valid] - mean[:, valid]).max() <= 0.51


@pytest.mark.parametrize("gsd", ["native", 0.8])
@pytest.mark.parametrize("name", KINDS)
def test_a_mosaic_of_tiles_is_the_raster(tmp_path: Path, name: str, gsd: Any) -> None:
    kind, half = KINDS[name], WIDTH // 2
    _, is_valid = read(kind.write(tmp_path / "a", image(), holes(), TRANSFORM), kind, gsd)
    paths = []
    for i, cols in enumerate((slice(0, half), slice(half, WIDTH))):
        transform = TRANSFORM * Affine.translation(cols.start, 0)
        tile = tmp_path / f"tile{i}"
        paths.append(kind.write(tile, image()[:, :, cols], holes()[:, cols], transform))
    _, valid = read(paths, kind, gsd)
    assert np.array_equal(valid, is_valid)


@pytest.mark.parametrize("gsd", ["native", 0.8])
@pytest.mark.parametrize("name", KINDS)
def test_what_is_missing_hides_nothing_below(tmp_path: Path, name: str, gsd: Any) -> None:
    kind = KINDS[name]
    ground = np.full_like(image(), 50)
    below = kind.write(tmp_path / "below", ground, np.ones(holes().shape, bool), TRANSFORM)
    above = kind.write(tmp_path / "upper", np.full_like(ground, 150), holes(), TRANSFORM)
    pixels, valid = read([below, above], kind, gsd)
    assert valid.all()
    if gsd == "native":
        pixels_above, _ = read(above, kind, gsd)
        clear, _ = read(below, kind, gsd)
        assert np.array_equal(pixels, np.where(holes(), pixels_above, clear))


@pytest.mark.parametrize("name", [n for n, k in KINDS.items() if not k.options])
def test_training_reads_the_same(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    path = kind.write(tmp_path / "a", image(), holes(), TRANSFORM)
    pixels, valid = read_pixels(open_chip(path), bands=3)
    expected, is_valid = read(path, kind, "native")
    assert np.array_equal(valid, is_valid)
    assert np.array_equal(pixels[:, valid], expected[:, valid])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(data=st.data())
def test_nodata_is_compared_as_gdal_does(dtype: str, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from([0.1, -9999.0, -3.4e38, 1e20, 0.0, 3.4e38, 123456.789]))
    steps = np.array([-5e-4, -1e-6, -4e-7, -1e-7, 0, 1e-7, 4e-7, 1e-6, 5e-4])
    near = np.append(value * (1 + steps), [data.draw(st.integers(-(10**9), 10**9)) / 7, 1.0])
    pixels = np.repeat(near.astype(dtype)[None, None], 3, axis=0)
    profile = {"driver": "GTiff", "dtype": dtype, "nodata": value, "count": 3}
    with rasterio.MemoryFile() as file:
        with file.open(height=1, width=len(near), **profile) as out:
            out.write(pixels)
        with file.open() as dataset:
            masks, nodata_values = dataset.read_masks() > 0, dataset.nodatavals
    assert np.array_equal(valid_pixels(pixels, nodata_values), masks.all(axis=0))


@pytest.mark.parametrize(("value", "dtype"), [(256.0, "uint8"), (-9999.0, "uint8"), (0.5, "uint8")])
def test_a_nodata_value_that_no_pixel_can_have_leaves_none_out(
    tmp_path: Path, value: float, dtype: str
) -> None:
    path = write_raster(tmp_path / "a.tif", image().astype(dtype), colors=RGB)
    bands = "".join(
        f'<PAMRasterBand band="{i}"><NoDataValue>{value}</NoDataValue></PAMRasterBand>'
        for i in (1, 2, 3)
    )
    Path(f"{path}.aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")
    for gsd in ("native", 1.0):
        with open_raster(path, SourceOptions(gsd=gsd)) as source:
            assert whole(source)[1].all()


def test_training_keeps_what_lies_below_a_hole(tmp_path: Path) -> None:
    store = ChipStore(_AllChips(), bands=3)  # type: ignore[arg-type] # as labels
    ground = np.full_like(image(), 50)
    layers = []
    for name, value, valid in (("a", 50, np.ones_like(holes())), ("b", 150, holes())):
        chip = open_chip(mask(tmp_path / name, np.full_like(ground, value), valid, TRANSFORM))
        layers.append(chip)
    window = _window()
    area = ChipArea([(c, window) for c in layers], store, (0.5, 0.5))
    patch = area.read(window)
    assert patch.valid.all()
    assert np.array_equal(patch.pixels[0], np.where(holes(), 150, 50))


def _window() -> Any:
    from camp_detector_core.engine.grid import Window

    return Window(0, 0, HEIGHT, WIDTH)


class _AllChips:
    """Labels of nothing, known everywhere."""

    def read(self, chip: Any) -> Any:
        from training.data.chip_labels import ChipLabels

        background = np.zeros(chip.shape, np.uint8)
        everywhere = np.ones(chip.shape, bool)
        return ChipLabels(background, everywhere, everywhere, background.astype(np.int32))


def test_rounded_nodata_costs_no_dwelling(tmp_path: Path, camp: Any) -> None:
    if not SCENE.exists():
        pytest.skip("the case is not at hand")
    code, out, _ = camp("detect", SCENE, "-o", tmp_path / "o.gpkg")
    assert code == 0
    assert out.startswith("52 dwellings")
