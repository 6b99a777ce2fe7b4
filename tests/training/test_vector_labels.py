"""Polygons of vector files of many kinds: all are taken, what is left out is said, or refused."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from camp_detector_core.engine.errors import CampDetectorError
from tests.support.datasets import GSD, HOUSES, NORTH, WEST, house_polygon, write_polygons
from training.data.chips import read_chips
from training.data.labels import labels_of, open_labels
from training.data.polygons import read_polygons
from training.fit.bands import make_classes
from training.fit.options import DWELLING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.datasets import Town

ONE = (DWELLING,)
POLYGONS = [house_polygon(h) for h in HOUSES]


def write(path: Path, shapes: Sequence[Any], **changes: Any) -> Path:
    """Write geometries of any kind, given as shapely's or as well-known binary."""
    geometries = [s if s is None or isinstance(s, bytes) else shapely.to_wkb(s) for s in shapes]
    values: dict[str, Any] = {
        "field_data": [], "fields": np.array([], object), "geometry_type": "Unknown",
        "crs": "EPSG:32645", "encoding": "UTF-8", **changes,
    }  # fmt: skip
    pyogrio.raw.write(str(path), geometry=np.array(geometries, object), **values)
    return path


def numbers(path: Path, town: Town, **choice: Any) -> int:
    """Count the dwellings that the chips show, by the numbers that training knows them by."""
    labels = labels_of(read_chips(town.chips), path, ONE, **choice)
    numbers_read = {
        n for chip in labels.chips for n in np.unique(labels.labels.read(chip).owner).tolist()
    }
    return len(numbers_read - {0})


@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.geojson", "a.gdb"])
def test_polygons_in_collections_are_taken_and_the_rest_is_said(
    tmp_path: Path, town: Town, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    line, point = shapely.LineString([(WEST, NORTH), (WEST + 9, NORTH)]), shapely.Point(WEST, NORTH)
    deep = shapely.GeometryCollection([point, shapely.GeometryCollection([POLYGONS[0], line])])
    if name == "a.gdb":  # which has a type for each layer
        shapes: list[Any] = [*POLYGONS, None]
        sentence, changes = "1 feature without geometry was left out", {
            "geometry_type": "MultiPolygon", "driver": "OpenFileGDB", "layer": "houses",
        }  # fmt: skip
        shapes = [None if s is None else shapely.MultiPolygon([s]) for s in shapes]
    else:
        shapes = [deep, *POLYGONS[1:], line, point]
        sentence, changes = "1 of 17 polygons was inside geometry collections and was taken", {}
    if name == "a.geojson":
        shapes, changes = [_degrees(s) for s in shapes], {"crs": "EPSG:4326"}
    path = write(tmp_path / name, shapes, **changes)
    assert numbers(path, town) == len(HOUSES)
    assert sentence.replace("17", str(len(HOUSES))) in caplog.text
    if name != "a.gdb":
        assert "2 lines and 2 points were left out" in caplog.text


def _degrees(shape: Any) -> Any:
    from rasterio.warp import transform

    def move(xy: Any) -> Any:
        return np.column_stack(transform("EPSG:32645", "EPSG:4326", xy[:, 0], xy[:, 1]))

    return None if shape is None else shapely.transform(shape, move)


def test_the_same_polygon_thrice_is_one_dwelling(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    turned = [shapely.Polygon(list(p.exterior.coords)[1:]) for p in POLYGONS]
    path = write(tmp_path / "thrice.gpkg", [*POLYGONS, *turned, *POLYGONS])
    assert numbers(path, town) == len(HOUSES)
    assert f"{2 * len(HOUSES)} polygons that are the same as another were counted" in caplog.text


def test_crossing_outlines_are_mended(tmp_path: Path, town: Town) -> None:
    x, y = WEST + 4 * GSD, NORTH - 10 * GSD
    bow = shapely.Polygon([(x, y), (x + 9, y - 9), (x + 9, y), (x, y - 9)])
    spike = shapely.Polygon([(x, y), (x + 30, y), (x + 40, y), (x + 30, y), (x + 30, y - 5)])
    flat = shapely.Polygon([(x, y), (x + 9, y), (x + 4, y), (x, y)])
    layer = read_polygons(write(tmp_path / "a.gpkg", [bow, spike, flat]))
    assert shapely.is_valid(layer.shapes).all()
    assert layer.rows.tolist() == [0, 0, 1]
    note = layer.tally.sentence("a.gpkg")
    assert note == (
        "a.gpkg: 1 polygon without area was left out; 2 polygons with crossing or open outlines "
        "were mended (1 stray line dropped)"
    )


def test_layers_are_named_and_chosen(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "two.gpkg", [shapely.box(0, 0, 9, 9)], layer="aoi")
    write(path, POLYGONS, layer="houses", append=True)
    for reader in (read_polygons, lambda p: open_labels(p, ONE)):
        with pytest.raises(
            CampDetectorError, match=r"has 2 layers \(aoi, houses.*\): give .* layer"
        ):
            reader(path)
    assert numbers(path, town, layer="houses") == len(HOUSES)
    with pytest.raises(
        CampDetectorError, match=r"no layer 'roofs' \(it has aoi, .*: give one as layer"
    ):
        labels_of(read_chips(town.chips), path, ONE, layer="roofs")
    with pytest.raises(CampDetectorError, match="masks, which have no layers: leave out layer"):
        labels_of(read_chips(town.chips), town.masks, ONE, layer="houses")


def test_styles_tables_and_lines_are_no_layers_of_labels(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "one.gpkg", POLYGONS, layer="houses", geometry_type="Polygon")
    line = [shapely.LineString([(0, 0), (1, 1)])]
    write(path, line, layer="paths", append=True, geometry_type="LineString")
    with sqlite3.connect(path) as database:
        database.execute("create table layer_styles (id integer primary key, style text)")
        database.execute("create table notes (id integer primary key, note text)")
        for name in ("layer_styles", "notes"):
            database.execute(
                "insert into gpkg_contents (table_name, data_type, identifier, srs_id) "
                "values (?, 'attributes', ?, 0)",
                (name, name),
            )
    assert numbers(path, town) == len(HOUSES)
    assert "the layer houses was taken and not paths" in caplog.text


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([], r"holds no polygon \(no feature\): give a file of outlines"),
        ([shapely.Point(1, 1)], r"holds no polygon \(1 point\)"),
        ([shapely.LineString([(0, 0), (1, 1)])] * 2, r"holds no polygon \(2 lines\)"),
        ([None, shapely.Polygon()], "no polygon .1 empty geometry and 1 feature without geom"),
    ],
    ids=["empty", "point", "lines", "nothing"],
)
def test_labels_without_a_polygon_say_so(
    tmp_path: Path, town: Town, shapes: list[Any], message: str
) -> None:
    with pytest.raises(CampDetectorError, match=message):
        labels_of(read_chips(town.chips), write(tmp_path / "a.gpkg", shapes), ONE)


def test_coordinates_that_are_none_of_the_crs(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    chips = read_chips(town.chips)
    metres = write(tmp_path / "m.geojson", POLYGONS, crs=None)
    with pytest.raises(CampDetectorError, match="which are no degrees of longitude and latitude"):
        labels_of(chips, metres, ONE)
    far = shapely.box(6e10, NORTH, 6e10 + 9, NORTH + 9)
    pole = _degrees(POLYGONS[0])
    pole = shapely.transform(pole, lambda xy: np.where(xy == xy[2], xy + np.array([0, 70]), xy))
    for number, (name, shapes, crs) in enumerate(
        (
            ("far.gpkg", [*POLYGONS, far], "EPSG:32645"),
            ("pole.gpkg", [*map(_degrees, POLYGONS), pole], "EPSG:4326"),
        )
    ):
        assert numbers(write(tmp_path / name, shapes, crs=crs), town) == len(HOUSES)
        assert caplog.text.count("1 polygon outside of what its coordinate system") == number + 1
    with pytest.raises(
        CampDetectorError, match=r"such as 6.*e\+10.* no place on the Earth in WGS 84"
    ):
        labels_of(chips, write(tmp_path / "all.gpkg", [far]), ONE)


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        (None, "does not say its CRS|leads to no place on the Earth"),
        ('LOCAL_CS["Site grid",UNIT["metre",1]]', "leads to no place on the Earth"),
        ("EPSG:4978", "leads to no place on the Earth"),
    ],
)
def test_a_crs_without_a_place_is_refused(
    tmp_path: Path, town: Town, crs: str | None, message: str
) -> None:
    for name in ("a.gpkg", "a.fgb"):
        path = write(tmp_path / name, POLYGONS, crs=crs)
        with pytest.raises(CampDetectorError, match=message):
            labels_of(read_chips(town.chips), path, ONE)


def test_exchanged_axes_are_suggested(tmp_path: Path, town: Town) -> None:
    chips = read_chips(town.chips)
    swapped = [shapely.transform(_degrees(p), lambda xy: xy[:, ::-1]) for p in POLYGONS]
    path = write(tmp_path / "swapped.gpkg", swapped, crs="EPSG:4326")
    with pytest.raises(
        CampDetectorError, match=r"lies on any chip .8 chips.: with x and y exchang"
    ):
        labels_of(chips, path, ONE)
    far_away = write(tmp_path / "far.gpkg", [house_polygon((9000, 0, 9010, 10))])
    with pytest.raises(CampDetectorError, match="is it the right file, and is its CRS right"):
        labels_of(chips, far_away, ONE)


def test_a_folder_may_be_a_vector_file(tmp_path: Path, town: Town) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    write_polygons(folder / "houses.shp", POLYGONS, kind=["h"] * len(POLYGONS))
    assert numbers(folder, town) == len(HOUSES)
    write_polygons(folder / "aoi.shp", POLYGONS[:1], kind=["h"])
    with pytest.raises(CampDetectorError, match=r"has 2 layers .*: give one as layer"):
        numbers(folder, town)
    assert numbers(folder, town, layer="houses") == len(HOUSES)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(CampDetectorError, match="holds neither masks nor a vector file"):
        numbers(tmp_path / "nothing", town)


def test_classes_that_overlap_are_said(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    two, first = make_classes(("tent", "house")), POLYGONS[0]
    beside = shapely.affinity.translate(first, xoff=first.bounds[2] - first.bounds[0])
    path = write_polygons(
        tmp_path / "a.gpkg", [first, beside, first], kind=["tent", "house", "house"]
    )
    chips = read_chips(town.chips)
    labels = labels_of(chips, path, two, class_field="kind")
    assert "1 pair of polygons of different classes overlap" in caplog.text
    values = np.unique(labels.labels.read(chips[0]).classes).tolist()
    assert values == [0, 2]
