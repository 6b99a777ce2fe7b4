"""A path is a path: vector files are read and written under exactly the names they are given."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from camp_detector_core.engine.errors import VectorError
from camp_detector_core.products.dwellings import FORMATS
from camp_detector_core.vector.files import VectorLayer, list_layers, read_layer, write_layer

HOSTILE = (
    "x!y", "!y", "x!", "a.zip!y", "a;y", ";", "a&y", "50%", "50%25", "a#y", "a?y=1", "?", "t\ty",
    "n\ny", "zip:y", "zip+s3:y", "file:y", "file:", "http:", "GPKG:y", " y", "y ", "-o", "[y",
    "{y}", "{y", "*", "vsizip", "y|layername=z", "\"y'", "$HOME", "~", "ü", "y.", "..y",
)  # fmt: skip
"""Stems that a parser of URLs, of GDAL's prefixes or of a shell would take for something else."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names that Windows does not have")


def layer_of(number: int) -> VectorLayer:
    boxes = np.array([shapely.box(0, 0, 1, 1)], object)
    return VectorLayer(shapely.to_wkb(boxes), {"id": np.array([number])}, "EPSG:32645", "Polygon")


def write(path: Path, number: int) -> None:
    kind = FORMATS[path.suffix]
    write_layer(path, layer_of(number), name="rows", driver=kind.driver, options={})


def number_in(path: Path) -> int:
    return int(read_layer(path).fields["id"][0])


def files_under(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def bystanders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Path, bytes]:
    """A current folder with ``y.gpkg`` and its kin, and the same in the folder below."""
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, tmp_path / "o"):
        folder.mkdir(exist_ok=True)
        for suffix in FORMATS:
            write(folder / f"y{suffix}", 1)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "y.gpkg", "y.gpkg")
    return files_under(tmp_path)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("stem", HOSTILE)
def test_a_hostile_name_is_written_and_read_and_no_other(
    bystanders: dict[Path, bytes], stem: str, suffix: str
) -> None:
    path = Path("o", f"{stem}{suffix}")
    write(path, 7)
    files_before = files_under(Path.cwd())
    assert number_in(path) == 7
    assert [each.geometry_type for each in list_layers(path)] == ["Polygon"]
    assert {p: files_before[p] for p in bystanders} == bystanders
    assert {p.stem for p in set(files_before) - set(bystanders)} == {path.stem}
    if suffix != ".shp":
        path.unlink()
        with pytest.raises(VectorError, match="cannot be read as a vector file"):
            read_layer(path)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("stem", [*HOSTILE, "a\\y", "y.zip", "y.gdb"])
def test_a_hostile_folder_is_a_folder(
    bystanders: dict[Path, bytes], stem: str, suffix: str
) -> None:
    folder = Path("f", stem)
    folder.mkdir(parents=True)
    write(folder / f"y{suffix}", 7)
    assert number_in(folder / f"y{suffix}") == 7
    files_before = files_under(Path.cwd())
    assert {p: files_before[p] for p in bystanders} == bystanders


def test_a_name_that_no_library_takes_is_refused() -> None:
    for name, reason in (("y\0.gpkg", "zero byte"), ("y\udcff.gpkg", "not UTF-8")):
        with pytest.raises(VectorError, match=reason):
            read_layer(Path(name))


@pytest.mark.parametrize("name", ["plain.zip", "a!b;c#d.zip", "a}.zip"])
def test_a_zip_file_is_read_as_what_lies_in_it(tmp_path: Path, name: str) -> None:
    write(tmp_path / "in.shp", 5)
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for path in tmp_path.glob("in.*"):
            archive.write(path, path.name)
    assert number_in(tmp_path / name) == 5


@pytest.mark.parametrize("stem", ["y", "a%41#b?c!d"])
def test_what_a_geopackage_still_holds_in_its_log_is_read(tmp_path: Path, stem: str) -> None:
    """Another program is at work on it: its last changes lie in the file ``-wal`` beside it."""
    path = tmp_path / f"{stem}.gpkg"
    write_layer(path, layer_of(1), name="rows", driver="GPKG", options={"SPATIAL_INDEX": "NO"})
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE rows SET id = 2")
        other.commit()
        assert (tmp_path / f"{stem}.gpkg-wal").stat().st_size > 0
        assert number_in(path) == 2
    other.close()


def test_what_is_no_vector_file_is_said_once_and_without_advice_for_urls(tmp_path: Path) -> None:
    path = tmp_path / "y.gpkg"
    path.write_bytes(b"nothing")
    with pytest.raises(VectorError) as error:
        read_layer(path)
    assert str(error.value) == (
        f"{path} cannot be read as a vector file: not recognized as being in a supported file "
        "format"
    )


def test_a_layer_that_is_not_there_is_said(tmp_path: Path) -> None:
    write(tmp_path / "y.gpkg", 1)
    with pytest.raises(VectorError, match=r"y\.gpkg cannot be read.*nowhere"):
        read_layer(tmp_path / "y.gpkg", layer="nowhere")


def test_what_the_library_warns_of_while_it_reads_stays_inside(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    path = tmp_path / "open.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
        ' "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}},'
        ' {"type": "Feature", "properties": {}, "geometry": {"type": "Blob"}}]}'
    )
    layer = read_layer(path)
    assert len(layer.geometries) == 2
    assert [str(w.message) for w in recwarn] == []
