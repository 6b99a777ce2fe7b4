"""Dwellings as vector files: geometry, fields and CRS, in all formats."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from rasterio.crs import CRS
from rasterio.warp import transform_geom

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.engine.grid import Grid, Shape, Transform
from camp_detector_core.engine.polygons.dwelling import Dwelling
from camp_detector_core.georaster.table import rows_of
from camp_detector_core.outputs.output_set import OutputSet
from camp_detector_core.products.dwellings import FORMATS, check_format, write_dwellings
from camp_detector_core.raster.library import crs_of
from tests.support.models import tiny_spec
from tests.support.rasters import UTM_AREA

if TYPE_CHECKING:
    from collections.abc import Sequence

UTM = Grid(Shape(100, 200), Transform(0.5, 0, 5e5, 0, -0.5, 3e6), CRS.from_epsg(32645).to_wkt())
NOWHERE = Grid(Shape(100, 200), Transform(1, 0, 0, 0, -1, 0), None, (0.5, 0.5))
DEGREES = Grid(
    Shape(100, 200),
    Transform(4e-6, 0, 85.5, 0, -4e-6, 27.6),
    CRS.from_epsg(4326).to_wkt(),
    (98_700.0, 110_800.0),
)


def ring(row: float, col: float, height: float, width: float) -> np.ndarray:
    """A closed rectangle, x and y in pixels."""
    stop_row, stop_col = row + height, col + width
    corners = [(col, row), (col, stop_row), (stop_col, stop_row), (stop_col, row), (col, row)]
    return np.array(corners, float)


SOLID = Dwelling(ring(10, 20, 8, 6), (), 1, 48, 48 * 127)
HOLED = Dwelling(
    ring(40, 20, 10, 10), (ring(42, 22, 2, 3)[::-1], ring(46, 26, 2, 2)[::-1]), 1, 90, 0
)


def written_file(folder: Path, suffix: str, dwellings: Sequence[Dwelling], grid: Grid) -> Path:
    path = folder / f"out{suffix}"
    with OutputSet([path], overwrite=True) as outputs:
        table = rows_of(dwellings, grid, tiny_spec(), crs_of(grid.crs_wkt))
        write_dwellings(outputs.target(path), table, crs_wkt=grid.crs_wkt, model_id="tiny-1.0")
        outputs.commit()
    return path


def read(path: Path) -> tuple[dict[str, list[object]], list[shapely.Geometry], str | None]:
    meta, _, geometry, columns = pyogrio.raw.read(path)
    fields = {n: list(c) for n, c in zip(meta["fields"], columns, strict=True)}
    order: list[int] = np.argsort(np.asarray(fields["id"], int)).tolist() if fields else []
    shapes = shapely.from_wkb(geometry)
    return (
        {n: [c[i] for i in order] for n, c in fields.items()},
        [shapes[i] for i in order],
        meta["crs"],
    )


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_every_format_holds_the_same_dwellings(tmp_path: Path, suffix: str) -> None:
    path = written_file(tmp_path, suffix, [SOLID, HOLED], UTM)
    fields, shapes, crs = read(path)
    probability = "prob" if suffix == ".shp" else "probability"
    assert list(fields) == ["id", "class", probability, "area_m2", "model"]
    assert fields["id"] == [1, 2]
    assert fields["class"] == ["dwelling", "dwelling"]
    assert fields["model"] == ["tiny-1.0", "tiny-1.0"]
    assert fields[probability] == pytest.approx([0.5, 0])
    assert fields["area_m2"] == pytest.approx([48 * 0.25 / UTM_AREA, 90 * 0.25 / UTM_AREA])
    assert crs == ("EPSG:4326" if suffix == ".geojson" else "EPSG:32645")
    expected = [
        shapely.box(500_010, 2_999_991, 500_013, 2_999_995),
        shapely.difference(
            shapely.box(500_010, 2_999_975, 500_015, 2_999_980),
            shapely.union(
                shapely.box(500_011, 2_999_978, 500_012.5, 2_999_979),
                shapely.box(500_013, 2_999_976, 500_014, 2_999_977),
            ),
        ),
    ]
    for shape, expected_shape in zip(shapes, expected, strict=True):
        assert shape.geom_type == "Polygon"
        assert shape.is_valid
        moved = transform_geom(crs, "EPSG:32645", shapely.geometry.mapping(shape))
        difference = shapely.symmetric_difference(shapely.geometry.shape(moved), expected_shape)
        assert difference.area < (0.01 if suffix == ".geojson" else 1e-9)
    assert pyogrio.read_info(path)["geometry_type"] == "Polygon"


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_a_file_without_dwellings_has_its_fields(tmp_path: Path, suffix: str) -> None:
    path = written_file(tmp_path, suffix, [], UTM)
    fields, shapes, crs = read(path)
    assert shapes == []
    assert crs == ("EPSG:4326" if suffix == ".geojson" else "EPSG:32645")
    if suffix != ".geojson":  # which says nothing about fields but in features
        assert len(fields) == 5
        assert pyogrio.read_info(path)["geometry_type"] == "Polygon"


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_without_crs_coordinates_are_written_as_they_are(tmp_path: Path, suffix: str) -> None:
    fields, shapes, crs = read(written_file(tmp_path, suffix, [SOLID], NOWHERE))
    assert shapes[0].bounds == (20, -18, 26, -10)
    assert fields["area_m2"] == pytest.approx([48 * 0.25])
    assert crs is None or suffix == ".geojson"


def test_areas_in_degrees_are_those_where_the_dwelling_lies() -> None:
    """In a grid two degrees high the metres of a degree change by 1.8 %."""
    tall = Grid(
        Shape(500_000, 100),
        Transform(4e-6, 0, 85.5, 0, -4e-6, 28.6),
        DEGREES.crs_wkt,
        (98_700.0, 110_800.0),
    )
    ends = [Dwelling(ring(row, 20, 50, 50), (), 1, 2500, 0) for row in (0, 499_900)]
    table = rows_of(ends, tall, tiny_spec(), crs_of(tall.crs_wkt))
    for row in table:
        shape, area = shapely.Polygon(row.rings[0]), row.area
        x, y = shape.centroid.coords[0]
        local = f"+proj=laea +lat_0={y} +lon_0={x} +datum=WGS84"
        flat = transform_geom("EPSG:4326", local, shapely.geometry.mapping(shape))
        # The grid's own metres are round numbers, 0.05 % off.
        assert area == pytest.approx(shapely.geometry.shape(flat).area, rel=2e-3)
    assert table.area[1] / table.area[0] == pytest.approx(1.019, abs=0.002)


def test_a_geopackage_is_sound_and_indexed(tmp_path: Path) -> None:
    path = written_file(tmp_path, ".gpkg", [SOLID, HOLED], UTM)
    with sqlite3.connect(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = {row[0] for row in base.execute("SELECT name FROM sqlite_master")}
        (layer,) = base.execute("SELECT table_name FROM gpkg_contents").fetchone()
    assert layer == "dwellings"
    assert "rtree_dwellings_geom" in names


def test_a_shapefile_comes_with_all_its_parts(tmp_path: Path) -> None:
    written_file(tmp_path, ".shp", [SOLID], UTM)
    parts = {p.suffix for p in tmp_path.iterdir()}
    assert parts == {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def test_a_shapefile_that_would_be_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camp_detector_core.products.dwellings._SHAPEFILE_LIMIT", 100)
    with pytest.raises(OutputError, match=r"2 GB.*\.gpkg"):
        written_file(tmp_path, ".shp", [SOLID], UTM)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out", "out.kml", "out.gpkg.zip"])
def test_other_formats_are_refused_with_the_list(name: str) -> None:
    with pytest.raises(OutputError, match=r"\.gpkg.*\.fgb.*\.geojson.*\.shp"):
        check_format(Path(name))


def test_upper_case_suffixes_are_known(tmp_path: Path) -> None:
    check_format(tmp_path / "OUT.GPKG")


# Outputs that appear together.


def test_outputs_are_moved_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text("old")
    (tmp_path / "a.txt.aux.xml").write_text("old")
    move = Path.rename

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    def failing(self: Path, target: Path) -> Path:
        if self.read_text() == "new b":
            raise OSError(28, "No space left on device")
        return move(self, target)

    for break_it in (True, False):
        with OutputSet([one, two], overwrite=True) as outputs:
            outputs.target(one).temporary.write_text("new a")
            outputs.target(two).temporary.write_text("new b")
            if break_it:
                with monkeypatch.context() as patch:
                    patch.setattr(os, "link", no_links)
                    patch.setattr(Path, "rename", failing)
                    with pytest.raises(OutputError, match="No space left"):
                        outputs.commit()
                assert one.read_text() == "old"
                assert (tmp_path / "a.txt.aux.xml").read_text() == "old"
                assert not two.exists()
            else:
                outputs.commit()
    assert one.read_text() == "new a"
    assert two.read_text() == "new b"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_stale_companions_go_with_the_file_they_belong_to(tmp_path: Path) -> None:
    path = written_file(tmp_path, ".gpkg", [SOLID], UTM)
    stale = [tmp_path / "out.gpkg-wal", tmp_path / "out.gpkg-shm"]
    for file in stale:
        file.write_bytes(b"of another file")
    written_file(tmp_path, ".gpkg", [], UTM)
    assert read(path)[1] == []
    assert [p.name for p in tmp_path.iterdir()] == ["out.gpkg"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone/a.gpkg", "does not exist"),
        (".", "is a folder"),
        ("there.gpkg", "give overwrite to replace it"),
    ],
)
def test_targets_are_checked_before_any_work(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "there.gpkg").write_text("x")
    with pytest.raises(OutputError, match=message):
        OutputSet([tmp_path / name], overwrite=False)


def test_an_output_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with OutputSet([path], overwrite=False) as outputs:
        outputs.target(path).temporary.write_text("mine")
        path.write_text("of another run")
        with pytest.raises(OutputError, match="exists already"):
            outputs.commit()
    assert path.read_text() == "of another run"


def test_two_outputs_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="same name"):
        OutputSet([tmp_path / "a.tif", tmp_path / "." / "a.tif"], overwrite=True)
