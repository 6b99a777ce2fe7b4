"""A local raster reads nothing outside of its folder and calls no server, unless it may."""

from __future__ import annotations

import http.server
import os
import threading
import zipfile
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import Affine

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import RasterError, VectorError
from camp_detector_core.georaster.reach import refuse_reach
from camp_detector_core.georaster.vrt_sources import BrokenVrtError, Source, sources_of
from camp_detector_core.raster import SourceOptions, gdal_env, open_source
from camp_detector_core.vector.files import list_layers
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, WEST, write_raster
from tests.support.sources import whole
from training.data.chips import open_chip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIDE = 32
ALLOWED = SourceOptions(gsd="native", external=True)
FORBIDDEN = SourceOptions(gsd="native")
WORDS = "--allow-external-sources"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and what it has been asked for."""
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}", requests
        httpd.shutdown()


def tile(path: Path, value: int = 7) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_raster(path, np.full((3, SIDE, SIDE), value, np.uint8))


def vrt(path: Path, name: str, *, relative: bool = False, band: str = "", size: int = SIDE) -> Path:
    """A virtual raster of one source."""
    t = Affine(0.5, 0, WEST, 0, -0.5, NORTH).to_gdal()
    source = (
        f'<SourceFilename relativeToVRT="{int(relative)}">{escape(name, quote=False)}'
        "</SourceFilename><SourceBand>BAND</SourceBand>"
    )
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{i}"><SimpleSource>{source.replace("BAND", str(i))}'
        f"</SimpleSource>{band}</VRTRasterBand>"
        for i in (1, 2, 3)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<VRTDataset rasterXSize="{size}" rasterYSize="{size}"><SRS>EPSG:32645</SRS>'
        f"<GeoTransform>{', '.join(map(repr, t))}</GeoTransform>{bands}</VRTDataset>"
    )
    return path


def read(path: Path | str, options: SourceOptions) -> int:
    with gdal_env(), open_source([str(path)], tiny_spec(), options) as source:
        return int(whole(source)[0].max())


def refused(path: Path | str, words: str = "") -> None:
    with pytest.raises(RasterError, match=words) as error:
        read(path, FORBIDDEN)
    assert WORDS in error.value.render(COMMAND)


def test_sources_in_the_folder_and_below_it_are_read(tmp_path: Path) -> None:
    tile(tmp_path / "tiles" / "a.tif")
    for relative, name in ((True, "tiles/a.tif"), (False, str(tmp_path / "tiles" / "a.tif"))):
        assert read(vrt(tmp_path / "a.vrt", name, relative=relative), FORBIDDEN) == 7
    assert read(vrt(tmp_path / "tiles" / "b.vrt", "../tiles/a.tif", relative=True), FORBIDDEN) == 7


def test_a_folder_that_is_named_holds_all_below_it(tmp_path: Path) -> None:
    tile(tmp_path / "tiles" / "a.tif")
    vrt(tmp_path / "vrt" / "a.vrt", "../tiles/a.tif", relative=True)
    refused(tmp_path / "vrt" / "a.vrt", r"reads \.\./tiles/a\.tif, which lies outside of .*vrt:")
    assert read(tmp_path / "vrt" / "a.vrt", ALLOWED) == 7
    assert read(tmp_path, FORBIDDEN) == 7


def outside(folder: Path, secret: Path) -> Path:
    return vrt(folder / "a.vrt", str(secret))


def above(folder: Path, secret: Path) -> Path:
    return vrt(folder / "a.vrt", f"../{secret.parent.name}/{secret.name}", relative=True)


def linked(folder: Path, secret: Path) -> Path:
    (folder / "x.tif").symlink_to(secret)
    return vrt(folder / "a.vrt", "x.tif", relative=True)


def through_a_folder(folder: Path, secret: Path) -> Path:
    (folder / "x").symlink_to(secret.parent)
    return vrt(folder / "a.vrt", f"x/{secret.name}", relative=True)


def nested(folder: Path, secret: Path) -> Path:
    vrt(folder / "inner.vrt", str(secret))
    return vrt(folder / "a.vrt", "inner.vrt", relative=True)


def nested_below(folder: Path, secret: Path) -> Path:
    vrt(folder / "deep" / "inner.vrt", f"../../{secret.parent.name}/{secret.name}", relative=True)
    return vrt(folder / "a.vrt", "deep/inner.vrt", relative=True)


def with_another_ending(folder: Path, secret: Path) -> Path:
    return outside(folder, secret).rename(folder / "a.tif")


def with_a_prefix(folder: Path, secret: Path) -> Path:
    return vrt(folder / "a.vrt", f"GTIFF_DIR:1:{secret}")


def in_an_archive(folder: Path, secret: Path) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w") as zipped:
        zipped.write(secret, "x.tif")
    return vrt(folder / "a.vrt", f"/vsizip/{folder}/a.zip/x.tif")


def as_text(folder: Path, secret: Path) -> Path:
    return vrt(folder / "a.vrt", outside(folder, secret).read_text())


def warped(folder: Path, secret: Path) -> Path:
    with rasterio.open(secret) as source, rasterio.vrt.WarpedVRT(source) as view:
        rasterio.shutil.copy(view, folder / "a.vrt", driver="VRT")
    text = (folder / "a.vrt").read_text()
    assert "<SourceDataset" in text
    return folder / "a.vrt"


def as_mask(folder: Path, secret: Path) -> Path:
    image = tile(folder / "a.tif")
    outside(folder, secret).rename(folder / "a.tif.msk")
    return image


def raw(folder: Path, secret: Path) -> Path:
    band = f"""<VRTRasterBand dataType="Byte" subClass="VRTRawRasterBand">
      <SourceFilename relativetoVRT="0">{secret}</SourceFilename><ImageOffset>0</ImageOffset>
      <PixelOffset>1</PixelOffset><LineOffset>{SIDE}</LineOffset></VRTRasterBand>"""
    path = folder / "a.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}">{band * 3}</VRTDataset>'
    )
    return path


@pytest.mark.parametrize(
    "make",
    [
        outside, above, linked, through_a_folder, nested, nested_below, with_another_ending,
        with_a_prefix, in_an_archive, as_text, warped, as_mask, raw,
    ],
)  # fmt: skip
def test_sources_elsewhere_are_refused(tmp_path: Path, make: Any) -> None:
    secret = tile(tmp_path / "elsewhere" / "secret.tif")
    folder = tmp_path / "sent"
    folder.mkdir()
    path = make(folder, secret)
    refused(path)
    refused(folder)
    with pytest.raises(RasterError, match="if you trust it, give external"):
        open_chip(path)
    if make is not as_text:  # GDAL takes that for two texts
        assert read(path, ALLOWED) >= 0


def test_archives_hold_no_descriptions(tmp_path: Path) -> None:
    secret = tile(tmp_path / "elsewhere" / "secret.tif")
    (tmp_path / "sent").mkdir()
    bad = outside(tmp_path / "sent", secret)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.write(secret, "b.tif")
        zipped.write(bad, "a.vrt")
    for name in (f"/vsizip/{tmp_path}/a.zip/a.vrt", f"zip://{tmp_path}/a.zip!/a.vrt"):
        refused(name, "lies in an archive")
    assert read(f"/vsizip/{tmp_path}/a.zip/b.tif", FORBIDDEN) == 7
    refused(f"vrt://{bad}?bands=1,2,3")


def web(folder: Path, address: str) -> Path:
    return vrt(folder / "a.vrt", f"/vsicurl/{address}/a.tif")


def plain_address(folder: Path, address: str) -> Path:
    return vrt(folder / "a.vrt", f"{address}/a.tif")


def bucket(folder: Path, address: str) -> Path:
    del address
    return vrt(folder / "a.vrt", "/vsis3/bucket/a.tif")


WMS = """<GDAL_WMS><Service name="TMS"><ServerUrl>{}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service>
<DataWindow><UpperLeftX>0</UpperLeftX><UpperLeftY>0</UpperLeftY><LowerRightX>256</LowerRightX>
<LowerRightY>-256</LowerRightY><TileLevel>0</TileLevel><TileCountX>1</TileCountX>
<TileCountY>1</TileCountY></DataWindow><Projection>EPSG:32645</Projection>
<BandsCount>3</BandsCount></GDAL_WMS>"""


def wms(folder: Path, address: str) -> Path:
    (folder / "a.tif").write_text(WMS.format(address))
    return folder / "a.tif"


def wms_as_source(folder: Path, address: str) -> Path:
    wms(folder, address).rename(folder / "x.tif")
    return vrt(folder / "a.vrt", "x.tif", relative=True)


def wms_inline(folder: Path, address: str) -> Path:
    return vrt(folder / "a.vrt", WMS.format(address))


def tile_index(folder: Path, address: str) -> Path:
    (folder / "a.tif").write_text(
        f"<GDALTileIndexDataset><IndexDataset>{address}/i.gpkg</IndexDataset></GDALTileIndexDataset>"
    )
    return folder / "a.tif"


def overview_beside(folder: Path, address: str) -> Path:
    image = tile(folder / "a.tif")
    (folder / "a.tif.aux.xml").write_text(
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">'
        f"/vsicurl/{address}/a.ovr</MDI></Metadata></PAMDataset>"
    )
    return image


@pytest.mark.parametrize(
    "make",
    [
        web, plain_address, bucket, wms, wms_as_source, wms_inline, tile_index, overview_beside,
    ],
)  # fmt: skip
def test_servers_are_not_called(
    tmp_path: Path, make: Any, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_NO_SIGN_REQUEST", "YES")
    address, requests = server
    path = make(tmp_path, address)
    refused(path)
    refused(tmp_path)
    assert not requests


def test_an_overview_within_a_geotiff_calls_no_server(
    tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    address, requests = server
    image = tile(tmp_path / "a.tif")
    with rasterio.open(image, "r+") as dataset:
        dataset.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=f"/vsicurl/{address}/a.ovr")
    for source in (image, vrt(tmp_path / "a.vrt", "a.tif", relative=True)):
        with (
            gdal_env(offline=True),
            open_source([str(source)], tiny_spec(), FORBIDDEN) as source_opened,
        ):
            assert whole(source_opened)[0].max() == 7
            source_opened.picture(8)
    assert not requests


def test_the_command_is_offline_where_only_files_are_read(
    tmp_path: Path, server: tuple[str, list[str]], camp: Any, model: Path
) -> None:
    address, requests = server
    image = tile(tmp_path / "a.tif")
    with rasterio.open(image, "r+") as dataset:
        dataset.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=f"/vsicurl/{address}/b.ovr")
    options = ("-m", model, "-o", tmp_path / "o.gpkg", "--overwrite", "--overlay")
    assert camp("detect", image, *options)[0] == 0
    assert not requests
    code, _, err = camp("detect", web(tmp_path, address), *options)
    assert (code, requests) == (2, [])
    assert WORDS in err
    assert camp("detect", tmp_path / "a.vrt", *options, WORDS)[0] == 2
    assert "/a.tif" in requests


def test_what_the_user_names_is_the_users_choice(tmp_path: Path) -> None:
    secret = tile(tmp_path / "elsewhere" / "secret.tif")
    (tmp_path / "sent").mkdir()
    text = outside(tmp_path / "sent", secret).read_text()
    assert read(text, FORBIDDEN) == 7
    assert read(f"GTIFF_DIR:1:{secret}", FORBIDDEN) == 7


@pytest.mark.parametrize(
    "text",
    [
        b"<VRTDataset><SourceFilename>a\xff.tif</SourceFilename></VRTDataset>",
        b"<VRTDataset><SourceFilename>a<!-- -->b</SourceFilename></VRTDataset>",
        b"<VRTDataset><SourceFilename>a<![CDATA[b]]></SourceFilename></VRTDataset>",
        b'<!DOCTYPE V [<!ENTITY a "b">]><VRTDataset><a>&a;</a></VRTDataset>',
        b"<VRTDataset><SourceFilename>a.tif</VRTDataset>",
        b"P6 <VRTDataset/>",
        b"",
    ],
)
def test_a_text_that_gdal_would_read_otherwise_is_refused(text: bytes, tmp_path: Path) -> None:
    with pytest.raises(BrokenVrtError):
        sources_of(text)
    if text:
        (tmp_path / "a.vrt").write_bytes(text)
        with pytest.raises(
            RasterError, match=r"a\.vrt cannot be read as a virtual raster: .* anew"
        ):
            refuse_reach(str(tmp_path / "a.vrt"))


def test_all_kinds_of_sources_are_seen() -> None:
    text = b"""<?xml version="1.0"?><vrtdataset><SRS>x</SRS>
      <Metadata><MDI key="SOURCE">/etc/passwd</MDI><MDI key="dataset">Open Data</MDI></Metadata>
      <Metadata domain="GEOLOCATION"><MDI key="X_DATASET">lon.tif</MDI></Metadata>
      <band><SOURCEFILENAME RelativeToVRT=" 1 ">
      a&amp;b.tif</SOURCEFILENAME></band><SourceDataset><![CDATA[c.tif]]></SourceDataset>
      <Option name="RPC_DEM">dem.tif</Option>
      <Argument name="gain_dataset_filename_1">g.tif</Argument>
      <NumThreads>ALL_CPUS</NumThreads><SourceFilename/></vrtdataset>"""
    assert sources_of(text) == [
        Source("lon.tif", relative=False),
        Source("a&b.tif", relative=True),
        Source("c.tif", relative=False),
        Source("dem.tif", relative=False),
        Source("g.tif", relative=False),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize("place", ["pipe.tif", "image.tif.msk", "folder/pipe.tif"])
@pytest.mark.parametrize("options", [FORBIDDEN, ALLOWED])
def test_a_pipe_is_refused_and_not_waited_for(
    tmp_path: Path, place: str, options: SourceOptions
) -> None:
    (tmp_path / "folder").mkdir()
    pipe = tmp_path / place
    os.mkfifo(pipe)
    pipe_path = {"pipe.tif": pipe, "folder/pipe.tif": pipe.parent}.get(place)
    if pipe_path is None:
        if options.external:
            pytest.skip("side files are looked at where sources are")
        pipe_path = tile(tmp_path / "image.tif")
    with gdal_env(), pytest.raises(RasterError, match="is a device or a pipe"):
        open_source([str(pipe_path)], tiny_spec(), options)
    with pytest.raises(VectorError, match="is a device or a pipe"):
        list_layers(pipe)


@pytest.mark.parametrize(
    ("source", "words"),
    [("gone.tif", r"because .*gone\.tif does not exist"), ("a.vrt", "name each other")],
)
def test_a_source_that_is_not_there_or_is_itself_is_called_that(
    tmp_path: Path, source: str, words: str
) -> None:
    rasterio.shutil.copy(tile(tmp_path / "t.tif"), tmp_path / "a.vrt", driver="VRT")
    text = (tmp_path / "a.vrt").read_text()
    (tmp_path / "a.vrt").write_text(text.replace("t.tif", source))
    with (
        gdal_env(),
        pytest.raises(RasterError, match=words),
        open_source([str(tmp_path / "a.vrt")], tiny_spec(), FORBIDDEN) as source_opened,
    ):
        whole(source_opened)
