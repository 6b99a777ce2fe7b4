"""The raster that is read is the one that the user named, with the files beside that name."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import ignore_undecodable_logs
from camp_detector_core.detection.own_inputs import refuse_own_inputs, refuse_own_sources
from camp_detector_core.detection.ports import Listener
from camp_detector_core.detection.request import Request
from camp_detector_core.detection.run import detect
from camp_detector_core.engine.errors import Cancelled, OutputError, RasterError
from camp_detector_core.engine.esri_words import EsriWords
from camp_detector_core.engine.parameters import ARCGIS
from camp_detector_core.georaster.names import literal
from camp_detector_core.georaster.read_errors import cannot_open, cannot_read
from camp_detector_core.products.rasterio_run import RasterioRun
from camp_detector_core.raster import SourceOptions, gdal_env, open_source
from camp_detector_core.raster.library import Rasterio
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster
from tests.support.sources import NATIVE, open_raster, whole
from training.data.chips import open_chip, read_chips, read_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE = 16


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal_env():
        yield


def plain(value: int = 7) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.full((3, SIDE, SIDE), value, np.uint8)


# Names.

_HOSTILE = "!;&%#?\t\n\r '\"<>{}[]()|,:*~$^`+=@\\\ufeffé日x1."
_PREFIXES = [
    "", "zip:", "zip+file:", "file:", "http:", "WMS:", "GTIFF_DIR:1:", "NETCDF:", "vrt:", "/vsizip",
    "<GDAL_WMS>", "<?xml", "{", "--", "SERVICE=WMS", " ", "\t",
]  # fmt: skip
names = st.builds(
    lambda prefix, text, end: (prefix + text + end).replace("/", ""),
    st.sampled_from(_PREFIXES),
    st.text(_HOSTILE, max_size=12),
    st.sampled_from(["", ".tif", ".png", " ", "\n"]),
).filter(lambda n: n.strip() and n.strip(".") and not n.startswith("."))


@settings(max_examples=60, deadline=None)
@given(name=names, folder=st.sampled_from(["", "zip:", "WMS:a", "a&b;c!", "GTIFF_DIR:1:"]))
@example(name="x!y.tif", folder="zip+file:")
@example(name="SERVICE=WMS.tif", folder="")
@example(name="<GDAL_WMS>.tif", folder="")
def test_a_file_of_whatever_name_is_read(name: str, folder: str) -> None:
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        patch.chdir(scratch)
        if folder:
            Path(folder).mkdir()
        image = write_raster(Path(scratch, "one.tif"), plain(7))
        path = os.path.join(folder, name)  # noqa: PTH118 - Path would tidy it
        image.rename(path)
        right = Affine(0.5, 0, WEST + SIDE / 2, 0, -0.5, NORTH)
        other = write_raster(Path(scratch, "other.tif"), plain(9), transform=right)
        for images, options in (
            ([path], NATIVE),
            ([path], SourceOptions(gsd=0.25)),
            ([path], SourceOptions(gsd="native", nodata=3)),
            ([path, str(other)], NATIVE),
            ([path, str(other)], SourceOptions(gsd=0.25)),
        ):
            with open_source(images, tiny_spec(), options) as source:
                pixels, valid = whole(source)
                assert valid.all()
                assert pixels[0, 0, 0] == 7
                assert pixels[0, -1, -1] == (7 if len(images) == 1 else 9)
                with pytest.raises(OutputError):
                    refuse_own_sources([Path(path)], source.files, Rasterio())
        with pytest.raises(OutputError):
            refuse_own_inputs([Path(path)], [path])
        chip = open_chip(Path(path))
        assert read_pixels(chip, bands=3)[0].max() == 7


def test_a_name_that_gdal_would_take_for_a_virtual_raster_is_refused(tmp_path: Path) -> None:
    write_raster(tmp_path / "a.tif", plain()).rename(tmp_path / "<VRTDataset>.tif")
    with pytest.raises(RasterError, match=r"<VRTDataset>\.tif for the text of .*: rename it"):
        open_raster(tmp_path / "<VRTDataset>.tif")


@pytest.mark.parametrize("name", ["gone.tif", "x!y.tif", "SERVICE=WMS.tif", "a b/c.tif"])
def test_what_is_not_there_is_said_to_be_missing(name: str) -> None:
    with pytest.raises(RasterError, match=r"does not exist$"):
        open_source([name], tiny_spec(), NATIVE)


def test_a_name_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(RasterError, match="zero byte"):
        open_source(["a\0b.tif"], tiny_spec(), NATIVE)


def test_names_of_gdal_go_on_working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_raster(tmp_path / "a.tif", plain())
    monkeypatch.chdir(tmp_path)
    shutil.make_archive("a", "zip", tmp_path, "a.tif")
    for name in ("GTIFF_DIR:1:a.tif", "/vsizip/a.zip/a.tif", f"zip://{tmp_path}/a.zip!/a.tif"):
        with open_source([name], tiny_spec(), NATIVE) as source:
            assert whole(source)[0].max() == 7


# Places.


@pytest.mark.parametrize("kind", ["tif", "png", "vrt", "world"])
def test_a_crs_without_a_place_is_no_georeference(tmp_path: Path, kind: str) -> None:
    path = write_raster(tmp_path / "a.tif", rgb_of(scene()), transform=Affine.identity())
    if kind == "png":
        path = tmp_path / "a.png"
        rasterio.shutil.copy(tmp_path / "a.tif", path, driver="PNG")
        assert path.with_name("a.png.aux.xml").exists()
    if kind == "vrt":
        path = tmp_path / "a.vrt"
        rasterio.shutil.copy(tmp_path / "a.tif", path, driver="VRT")
    if kind == "world":
        (tmp_path / "a.tfw").write_text("1\n0\n0\n1\n0.5\n0.5\n")
    with rasterio.open(path) as dataset:
        assert dataset.crs == "EPSG:32645"
    with open_raster(path, SourceOptions(gsd=0.2, pixel_size=0.2)) as source:
        assert source.grid.crs_wkt is None
        assert source.grid.gsd == pytest.approx((0.2, 0.2))
        assert source.grid.transform == (1, 0, 0, 0, -1, 0)
        assert "a CRS but no place: results are in pixels of the picture" in str(source.warnings[0])
    with pytest.raises(RasterError, match="has a CRS but no place, so its place in a mosaic"):
        open_raster([path, write_raster(tmp_path / "b.tif", rgb_of(scene()))])
    chip = open_chip(path)
    assert chip.grid is None


def test_each_host_names_what_it_has_for_a_picture_without_place(tmp_path: Path) -> None:
    image = write_raster(tmp_path / "a.tif", plain(), transform=Affine.identity())
    with open_raster(image) as source:
        (warning,) = source.warnings
    assert warning.render(COMMAND).endswith(
        ": set another size with --pixel-size, or place it with gdal_edit.py -a_ullr"
    )
    assert warning.render(EsriWords(ARCGIS)).endswith(": place it with Register Raster")


def test_training_says_so_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    open_chip(write_raster(tmp_path / "a.tif", plain(), transform=Affine.identity()))
    assert "a.tif has a CRS but no place" in caplog.text


def test_rows_that_are_numbered_downwards_are_no_place_on_earth(tmp_path: Path) -> None:
    image = write_raster(tmp_path / "a.tif", plain(), transform=Affine(1, 0, 0, 0, -1, 0))
    with open_raster(image) as source:
        assert source.grid.crs_wkt is None
        assert any("has a CRS but no place" in str(w) for w in source.warnings)
    assert open_chip(image).grid is None


def test_one_unit_a_pixel_north_up_is_a_place_by_a_world_file(tmp_path: Path) -> None:
    image = write_raster(tmp_path / "a.png", plain(), driver="PNG", crs=None)
    (tmp_path / "a.pgw").write_text("1\n0\n0\n-1\n0.5\n-0.5\n")
    with open_raster(image) as source:
        assert source.grid.transform == (1, 0, 0, 0, -1, 0)
        assert not any("no place" in str(w) for w in source.warnings)


def test_control_points_count_beside_a_crs_without_a_place(tmp_path: Path) -> None:
    image = write_raster(tmp_path / "a.tif", plain(), transform=Affine.identity())
    with rasterio.open(image, "r+") as dataset:
        dataset.update_tags(
            ns="RPC",
            **dict.fromkeys(("LINE_OFF", "SAMP_OFF", "LAT_OFF", "LONG_OFF", "HEIGHT_OFF"), "1"),
            **dict.fromkeys(("LINE_SCALE", "SAMP_SCALE", "LAT_SCALE"), "1"),
            **dict.fromkeys(("LONG_SCALE", "HEIGHT_SCALE"), "1"),
            **{
                f"{a}_{b}_COEFF": " ".join(["1"] * 20)
                for a in ("LINE", "SAMP")
                for b in ("NUM", "DEN")
            },
        )
    with pytest.raises(RasterError, match="control points or a camera model only"):
        open_raster(image)


# Links.


def half_masked(folder: Path) -> Path:
    """A raster whose lower half a file beside it masks."""
    image = write_raster(folder / "camp.tif", plain())
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="NO"), rasterio.open(image, "r+") as dataset:
        mask = np.full((SIDE, SIDE), 255, np.uint8)
        mask[SIDE // 2 :] = 0
        dataset.write_mask(mask)
    assert (folder / "camp.tif.msk").exists()
    return image


def share(path: Path | list[Path]) -> float:
    with open_raster(path) as source:
        return float(whole(source)[1].mean())


def test_side_files_count_beside_a_link_into_a_store(tmp_path: Path) -> None:
    for folder in ("blobs", "snap"):
        (tmp_path / folder).mkdir()
    image = half_masked(tmp_path)
    image.rename(tmp_path / "blobs" / "77aa")
    (tmp_path / "camp.tif.msk").rename(tmp_path / "snap" / "camp.tif.msk")
    link = tmp_path / "snap" / "camp.tif"
    link.symlink_to("../blobs/77aa")
    assert share(link) == 0.5
    assert share(tmp_path / "snap") == 0.5
    (tmp_path / "door").symlink_to("snap")
    assert share(tmp_path / "door" / "camp.tif") == 0.5
    assert share([link, tmp_path / "door" / "camp.tif"]) == 0.5
    with open_raster([link, tmp_path / "door" / "camp.tif"]) as source:
        assert source.files == (str(link),)
        blob = tmp_path / "blobs" / "77aa"
        with pytest.raises(OutputError, match="77aa is an input"):
            refuse_own_sources([blob], source.files, Rasterio())
    chip = open_chip(link)
    assert read_pixels(chip, bands=3)[1].mean() == 0.5


def test_side_files_beside_the_real_file_are_not_lost_by_a_link(tmp_path: Path) -> None:
    image = half_masked(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    middle = tmp_path / "elsewhere" / "middle.tif"
    middle.symlink_to(image)
    link = tmp_path / "elsewhere" / "latest.tif"
    link.symlink_to("middle.tif")
    assert share(link) == 0.5
    assert read_pixels(open_chip(link), bands=3)[1].mean() == 0.5


@pytest.mark.parametrize("beside", ["link", "real"])
def test_world_files_are_found(tmp_path: Path, beside: str) -> None:
    (tmp_path / "real").mkdir()
    image = write_raster(tmp_path / "real" / "a.png", plain(), driver="PNG")
    for side in image.parent.glob("a.*"):
        if side != image:
            side.unlink()
    link = tmp_path / "camp.png"
    link.symlink_to(image)
    stem = link if beside == "link" else image
    stem.with_suffix(".pgw").write_text(f"0.5\n0\n0\n-0.5\n{WEST + 0.25}\n{NORTH - 0.25}\n")
    with open_raster(link) as source:
        assert source.grid.transform == (0.5, 0, WEST, 0, -0.5, NORTH)


@pytest.mark.parametrize("name", ["link", "real"])
def test_map_tiles_are_placed_by_either_name(tmp_path: Path, name: str) -> None:
    tile, other = "OAM-386697-220243-19.tif", "77aa"
    (tmp_path / "s").mkdir()
    link, real = (tile, other) if name == "link" else (other, tile)
    pixels = np.full((3, 256, 256), 7, np.uint8)
    image = write_raster(tmp_path / "s" / real, pixels, crs=None, transform=Affine.identity())
    (tmp_path / link).symlink_to(image)
    with open_raster(tmp_path / link) as source:
        assert "placed as the web map tiles" in str(source.warnings[0])
    chip = open_chip(tmp_path / link)
    assert chip.grid is not None
    assert chip.column == "386697"


def test_links_of_two_tiles_to_one_picture_are_two_tiles(tmp_path: Path) -> None:
    pixels = np.full((3, 256, 256), 7, np.uint8)
    image = write_raster(tmp_path / "sea", pixels, crs=None, transform=Affine.identity())
    folder = tmp_path / "tiles"
    folder.mkdir()
    for x in (386697, 386698):
        (folder / f"{x}-220243-19.tif").symlink_to(image)
    with open_raster(folder) as source:
        assert source.native_grid.shape == (256, 512)


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    write_raster(tmp_path / "a.tif", plain())
    (tmp_path / "b.tif").symlink_to("gone.tif")
    for image in (tmp_path, tmp_path / "b.tif"):
        with pytest.raises(RasterError, match=r"b\.tif is a link to gone\.tif, which does not"):
            open_raster(image)


def test_the_parent_of_a_link_is_that_of_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    image = write_raster(tmp_path / "a" / "x.tif", plain(7))
    write_raster(tmp_path / "x.tif", plain(9))
    (tmp_path / "door").symlink_to("a/deep")
    with open_raster(Path(f"{tmp_path}/door/../x.tif")) as source:
        assert whole(source)[0].max() == 7
    assert Path(literal(f"{tmp_path}/door/../x.tif")).samefile(image)


# Folders.


def grid_of_tiles(folder: Path) -> None:
    """Four tiles of which three lie in folders of their own."""
    for i, place in enumerate(("first.tif", "b0/t.tif", "b1/deep/t.tif", "b2/t.tif")):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        write_raster(path, plain(i + 1), transform=Affine(0.5, 0, WEST + i * 8, 0, -0.5, NORTH))


def test_a_folder_is_searched_with_its_sub_folders(tmp_path: Path) -> None:
    grid_of_tiles(tmp_path / "f")
    (tmp_path / "f" / ".old").mkdir()
    write_raster(tmp_path / "f" / ".old" / "t.tif", plain(9))
    (tmp_path / "f" / "b0" / "loop").symlink_to(tmp_path / "f")
    with open_raster(tmp_path / "f") as source:
        assert len(source.files) == 4
        assert set(np.unique(whole(source)[0])) == {1, 2, 3, 4}


def test_links_to_folders_are_followed(tmp_path: Path) -> None:
    grid_of_tiles(tmp_path / "f")
    (tmp_path / "f" / "b1").rename(tmp_path / "away")
    (tmp_path / "f" / "b1").symlink_to(tmp_path / "away")
    (tmp_path / "f" / "b9").symlink_to(tmp_path / "away")
    with open_raster(tmp_path / "f") as source:
        assert len(source.files) == 4


def test_a_folder_that_cannot_be_read_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid_of_tiles(tmp_path / "f")
    real = os.scandir

    def locked(path: Any) -> Any:
        if str(path).endswith("b1"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(RasterError, match=r"b1 cannot be read \(Permission denied\)"):
        open_raster(tmp_path / "f")


def test_a_pyramid_of_map_tiles_is_not_mixed(tmp_path: Path) -> None:
    pixels = np.full((3, 256, 256), 7, np.uint8)
    for tile in ("18/193348/110121", "19/386697/220243", "19/386698/220243"):
        path = tmp_path / "p" / f"{tile}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_raster(path, pixels, crs=None, transform=Affine.identity())
    with pytest.raises(RasterError, match=r"zooms 18, 19, which show .* e\.g\. .*p/19$"):
        open_raster(tmp_path / "p")
    with open_raster(tmp_path / "p" / "19") as source:
        assert source.native_grid.shape == (256, 512)


def test_chips_in_sub_folders_are_said_to_be_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    grid_of_tiles(tmp_path / "f")
    assert len(read_chips(tmp_path / "f")) == 1
    assert "the images in 3 folders of" in caplog.text
    (tmp_path / "f" / "first.tif").unlink()
    with pytest.raises(RasterError, match=r"holds no image .*b0 does: name that"):
        read_chips(tmp_path / "f")


def test_more_tiles_than_files_may_be_open(tmp_path: Path, model: Path) -> None:
    resource = pytest.importorskip("resource")
    folder = tmp_path / "tiles"
    folder.mkdir()
    for row in range(10):
        for col in range(10):
            place = Affine(0.5, 0, WEST + col * SIDE / 2, 0, -0.5, NORTH - row * SIDE / 2)
            write_raster(folder / f"{row}_{col}.tif", plain(200), transform=place)
    command = [
        sys.executable, "-m", "camp_detector_core", "detect", folder, "-m", model,
        "-o", tmp_path / "o.gpkg",
    ]  # fmt: skip
    process = subprocess.run(
        command, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    )  # fmt: skip
    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("a.tif: Too many open files", "limit of open files: raise it .ulimit -n 4096"),
        ("Unable to allocate 9.3 GiB for an array", "not enough memory"),
        ("MemoryError", "not enough memory"),
    ],
)
def test_what_the_machine_lacks_is_no_fault_of_the_raster(sentence: str, words: str) -> None:
    for error in (cannot_read("a.tif", sentence), cannot_open("/", "a.tif", sentence)):
        assert re.search(words, str(error))
        assert "download it again" not in str(error)


# Headers that make no sense.


@pytest.mark.parametrize(
    "change",
    [
        (b"EPSG:32645", (b'PROJCS["",GEOGCS["W",DATUM["W",SPHEROID["W",6378137,298]],PRIMEM["G",0],'
         b'UNIT["degree",0.0174]],PROJECTION["Transverse_Mercator"],UNIT["metre",0]]')),
        (b"Byte", b"By\xffte"),
        (b"Byte", b"CFloat64"),
        (b"0.5", b"nan"),
    ],
)  # fmt: skip
def test_a_header_without_sense_is_one_sentence(
    tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    bands = '<VRTRasterBand dataType="Byte"/>' * 3
    text = (
        '<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:32645</SRS>'
        f"<GeoTransform>500000, 0.5, 0, 3053000, 0, -0.5</GeoTransform>{bands}</VRTDataset>"
    )
    path = tmp_path / "a.vrt"
    path.write_bytes(text.encode().replace(*change))
    with pytest.raises(RasterError, match=r"a\.vrt"):
        open_raster(path)
    with pytest.raises(RasterError, match=r"a\.vrt"):
        read_pixels(open_chip(path), bands=3)


def test_what_gdal_says_in_no_utf8_is_kept_from_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other_messages: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", other_messages.append)
    monkeypatch.setattr(sys, "excepthook", lambda *error: other_messages.append(error))
    ignore_undecodable_logs()
    report = SimpleNamespace(object="rasterio._env.log_error", exc_type=UnicodeDecodeError)
    sys.unraisablehook(report)  # type: ignore[arg-type]
    error = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    sys.excepthook(UnicodeDecodeError, error, None)
    assert other_messages == []
    assert capsys.readouterr().err == ""
    sys.unraisablehook(SimpleNamespace(object="x", exc_type=KeyError))  # type: ignore[arg-type]
    sys.excepthook(KeyError, KeyError("x"), None)
    assert len(other_messages) == 2


class LayerRun(RasterioRun):
    """A host's library that opens a layer, and no file, by a name of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.offline: bool | None = None

    def is_layer(self, name: str) -> bool:
        return name == self._name

    def session(self, *, offline: bool) -> Any:
        self.offline = offline
        raise Cancelled("cancelled")


@pytest.mark.parametrize("title", ["a" * 300, 'what? <or> "that" | *'])
def test_the_title_of_a_layer_is_never_looked_up(
    title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lstat(path: Any, **_: Any) -> None:
        raise OSError(errno.EINVAL, "Invalid argument", str(path))

    name = f"the layer {title}"
    library = LayerRun(name)
    monkeypatch.setattr(os, "lstat", lstat)
    with pytest.raises(Cancelled):
        detect(Request((name,)), library, Listener())
    assert library.offline is False
