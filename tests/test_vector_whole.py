"""Vector files that were cut or damaged are refused; never are fewer features read silently."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

import numpy as np
import pyogrio.raw
import pytest
import shapely

from camp_detector_core.engine.errors import CampDetectorError, VectorError
from camp_detector_core.vector.files import read_layer
from training.data.polygons import read_polygons

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 30


def write(path: Path, **more: str) -> Path:
    is_json = path.suffix == ".geojson"
    x, y, size = (85.0, 27.0, 1e-4) if is_json else (500_000.0, 3_053_000.0, 9.0)
    places = [x + 2 * size * i for i in range(COUNT)]
    shapes = [shapely.box(west, y, west + size, y + size) for west in places]
    pyogrio.raw.write(
        str(path),
        geometry=shapely.to_wkb(np.array(shapes, object)),
        field_data=[np.array([f"h\u00e4us {i}" for i in range(COUNT)], object)],
        fields=np.array(["kind"], object),
        geometry_type="Polygon",
        crs="EPSG:4326" if is_json else "EPSG:32645",
        encoding="UTF-8",
        **more,
        layer_options={"SPATIAL_INDEX": "NO"} if path.name == "plain.fgb" else {},
    )
    return path


def files_of(path: Path) -> list[Path]:
    return sorted(p for p in path.parent.iterdir() if p.stem == path.stem)


def damaged(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    match rng.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        case 2:
            return data[:at] + bytes(min(64, len(data) - at)) + data[at + 64 :]
        case _:
            return data[:at] + rng.randbytes(4) + data[at:]


def read_or_refused(path: Path) -> bool:
    """Return True if a file is read whole, False if it is refused with the missing part named."""
    try:
        layer = read_polygons(path)
    except CampDetectorError:
        return False
    assert len(layer.shapes) >= COUNT or layer.tally.sentence(path.name)
    return True


@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "plain.fgb", "a.geojson", "a.shp"])
def test_damage_is_an_error_of_ours_and_loses_nothing_silently(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    rng, whole = random.Random(name), {f: f.read_bytes() for f in files_of(path)}
    for _ in range(80):
        file = rng.choice(list(whole))
        file.write_bytes(damaged(whole[file], rng))
        read_or_refused(path)
        file.write_bytes(whole[file])
    assert read_or_refused(path)


@pytest.mark.parametrize("name", ["a.fgb", "plain.fgb"])
def test_a_cut_flatgeobuf_is_refused_wherever_it_is_cut(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    data = path.read_bytes()
    for size in range(0, len(data), 7):
        path.write_bytes(data[:size])
        with pytest.raises(VectorError):
            read_layer(path)


def test_reading_leaves_nothing_beside_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gml", driver="GML")
    path.with_suffix(".xsd").unlink()
    assert len(read_layer(path).geometries) == COUNT
    assert [p.name for p in tmp_path.iterdir()] == ["a.gml"]


def test_a_cut_geopackage_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg")
    data = path.read_bytes()
    for size in range(0, len(data), 1024):
        path.write_bytes(data[:size])
        with pytest.raises(VectorError):
            read_layer(path)


def test_files_of_a_shapefile_must_belong_together(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    whole = {f.suffix: f.read_bytes() for f in files_of(path)}
    rows = struct.unpack_from("<I", whole[".dbf"], 4)[0]
    fewer = bytearray(whole[".dbf"])
    struct.pack_into("<I", fewer, 4, rows - 2)
    moved = bytearray(whole[".shx"])
    struct.pack_into(">i", moved, 108, struct.unpack_from(">i", moved, 100)[0])
    cases = {
        ".shx": (None, whole[".shx"][:-8], bytes(moved)),
        ".shp": (whole[".shp"][:-60], whole[".shp"] + bytes(8), b""),
        ".dbf": (bytes(fewer), whole[".dbf"][:-200], b"dbf"),
    }
    for suffix, variants in cases.items():
        for data in variants:
            file = path.with_suffix(suffix)
            if data is None:
                file.unlink()
            else:
                file.write_bytes(data)
            with pytest.raises(VectorError, match=r"whole|lacks the \.shx"):
                read_layer(path)
            file.write_bytes(whole[suffix])
    path.with_suffix(".dbf").unlink()  # attributes may be absent
    assert len(read_layer(path).geometries) == COUNT


def test_features_that_were_deleted_are_not_missed(tmp_path: Path) -> None:
    """A row of a Shapefile is deleted by a mark, and stays where it is until it is packed."""
    path = write(tmp_path / "a.shp")
    table = path.with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    _, header, row = struct.unpack_from("<IHH", data, 4)
    data[header + 3 * row] = ord("*")
    table.write_bytes(data)
    assert len(read_layer(path).geometries) == COUNT - 1


def test_a_feature_of_geojson_that_is_called_otherwise_is_missed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson")
    parts = path.read_text().rpartition('"Feature"')
    path.write_text(parts[0] + '"Featur"' + parts[2])
    with pytest.raises(VectorError, match="holds 30 features, and only 29 can be read"):
        read_layer(path)
