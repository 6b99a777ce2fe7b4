"""Formats of results: each holds all features, fields and values, or is refused before the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from rasterio.warp import transform_geom
from shapely.geometry import mapping

from camp_detector_core.outputs.vector_formats import FORMATS, MORE_FORMATS
from tests.support.outlines import features
from tests.support.qgis_ground import Ground, box, drawn_ground, polygon_file
from tests.support.rasters import rgb_of, write_raster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT, SUMMARISE = "campdetector:detectdwellings", "campdetector:summarisecamp"
FORMATS_WRITTEN = (
    "gpkg", "fgb", "geojson", "json", "geojsonl", "geojsons", "gml", "gdb", "kml", "kmz", "mif",
    "shp", "sqlite", "tab",
)  # fmt: skip
DETECTED = ("geojson", "kml", "shp")
"""Formats in which dwellings are detected; the others write what is there."""
LONLAT = ("geojson", "json", "geojsonl", "geojsons", "kml", "kmz")
REFUSED = ("csv", "xlsx", "ods", "dxf", "gpx", "txt", "pdf", "xml", "arrow", "docx", "SQL")
LONG = "x" * 300
FIELDS = {
    "population_in_2023": "1200", "population_in_2024": "1300", "model": "of a tent",
    "icon": "house", "begin": "May", "description": LONG, "Name_ar": "مخيم", "id": "AB1",
    "timestamp": "then", "name of block": "north",
}  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return drawn_ground(tmp_path_factory.mktemp("formats"))


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = ground.folder
    blocks = polygon_file(folder / "blocks.geojson", box(0, 75, 40, 0), box(40, 75, 85, 0))
    content = json.loads(blocks.read_text(encoding="utf-8"))
    for feature in content["features"]:
        feature["properties"] = FIELDS
    blocks.write_text(json.dumps(content), encoding="utf-8")
    local = write_raster(
        folder / "local.tif", rgb_of(ground.camp), crs='LOCAL_CS["drone",UNIT["metre",1]]'
    )
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}
    ready = str(folder / "dwellings.gpkg")

    def step(alg: str, op: str = "run", **params: Any) -> dict[str, Any]:
        return {"op": op, "alg": alg, "params": {**(base if alg == DETECT else {}), **params}}

    steps = {"ready": step(DETECT, OUTPUT=ready)}
    for ending in DETECTED:
        steps[f"dwellings {ending}"] = step(DETECT, OUTPUT=str(folder / f"d.{ending}"))
    for ending in FORMATS_WRITTEN:
        steps[f"summary {ending}"] = step(
            SUMMARISE, INPUT=ready, BOUNDARIES=str(blocks), OUTPUT=str(folder / f"s.{ending}")
        )
    for ending in (*REFUSED, "parquet"):
        steps[f"check {ending}"] = step(DETECT, "check", OUTPUT=str(folder / f"d.{ending}"))
    for name in ("plain", "camp.2024"):
        steps[f"check {name}"] = step(DETECT, "check", OUTPUT=str(folder / name))
    for ending in ("geojson", "gpkg"):
        steps[f"local {ending}"] = step(
            DETECT, "check", INPUT=str(local), OUTPUT=str(folder / f"l.{ending}")
        )
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def read(path: Path) -> tuple[list[shapely.Geometry], dict[str, Any]]:
    return features(path)


def called(ending: str, names: Sequence[str]) -> list[str]:
    """Return the names of fields in a format."""
    known_format = {**FORMATS, **MORE_FORMATS}.get(f".{ending}")
    field_names = list(names) if known_format is None else known_format.field_names(names)
    if ending in {"gml", "gdb"}:
        field_names = [name.replace(" ", "_") for name in field_names]
    if ending in {"kml", "kmz"}:
        field_names = ["Name" if name == "name" else name for name in field_names]
    return field_names


def is_refused(results: dict[str, Any], step: str) -> bool:
    """Return True if this QGIS' GDAL does not write a format (Debian's has no KML at times)."""
    ending = step.rpartition(" ")[2]
    if f".{ending}" in results["check csv"]["message"]:
        return False
    assert ending in {"kml", "kmz"}
    assert "cannot be written so here" in results[step]["error"]
    return True


def values_of(path: Path, names: Sequence[str]) -> dict[str, list[Any]]:
    """Columns of these names, in the order of the areas' names where there are such."""
    _, fields = features(path)
    label = next((n for n in ("name", "Name") if n in names), names[0])
    order = np.argsort(fields[label], kind="stable")
    return {name: fields[name][order].tolist() for name in names}


def same_values(some: dict[str, list[Any]], other_values: dict[str, list[Any]]) -> None:
    """Equal texts, and numbers that are equal to 12 digits."""
    for name, expected in other_values.items():
        if isinstance(expected[0], str):
            assert some[name] == expected, name
        else:
            assert some[name] == pytest.approx(expected, rel=1e-12), name


@pytest.mark.parametrize("ending", DETECTED)
def test_dwellings_are_those_of_a_geopackage(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    if is_refused(results, f"dwellings {ending}"):
        return
    assert results[f"dwellings {ending}"]["results"]["OUTPUT"] == str(ground.folder / f"d.{ending}")
    _, expected = features(ground.folder / "dwellings.gpkg")
    names = list(expected)
    expected_names = called(ending, names)
    stored = values_of(ground.folder / f"d.{ending}", expected_names)
    assert len(expected["id"]) > 5
    same_values(
        dict(zip(names, stored.values(), strict=True)), {k: v.tolist() for k, v in expected.items()}
    )


@pytest.mark.parametrize("ending", FORMATS_WRITTEN)
def test_a_format_holds_every_field_and_value_or_says_which_not(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    if is_refused(results, f"summary {ending}"):
        return
    result = results[f"summary {ending}"]
    assert result["results"]["OUTPUT"] == str(ground.folder / f"s.{ending}")
    _, fields = features(ground.folder / "s.gpkg")
    expected = {name: values.tolist() for name, values in fields.items()}
    assert set(FIELDS) < set(expected)
    expected_names = called(ending, list(expected))
    stored = values_of(ground.folder / f"s.{ending}", expected_names)
    if ending in {"shp", "tab"}:
        cut = expected_names[list(expected).index("description")]
        assert any(f"were cut, by field: {cut} (2)" in text for text in result["warnings"])
        assert {len(text) for text in stored[cut]} == {254}
        stored[cut] = expected["description"]
    else:
        assert not result["warnings"]
    same_values(dict(zip(expected, stored.values(), strict=True)), expected)
    message = "".join(text for text in result["infos"] if "another name in the format" in text)
    for name, other in zip(expected, expected_names, strict=True):
        if other not in {name, "Name"}:
            assert f"{name} → {other}" in message


@pytest.mark.parametrize("ending", FORMATS_WRITTEN)
def test_outlines_lie_where_they_do_in_a_geopackage(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    """In longitude and latitude on WGS 84 where the format wants that, else in the layer's CRS."""
    if is_refused(results, f"summary {ending}"):
        return
    expected = shapely.union_all(features(ground.folder / "s.gpkg")[0])
    shapes = [shapely.force_2d(shape) for shape in features(ground.folder / f"s.{ending}")[0]]
    if ending in LONLAT:
        assert shapely.union_all(shapes).bounds[2] < 88
        moved_shapes = [
            transform_geom("EPSG:4326", "EPSG:32645", mapping(shape)) for shape in shapes
        ]
        shapes = [shapely.geometry.shape(shape) for shape in moved_shapes]
    assert len(shapes) == 2
    assert shapely.hausdorff_distance(shapely.union_all(shapes), expected) < 1e-3


@pytest.mark.parametrize("name", ["d.geojson", "s.geojson", "s.json"])
def test_geojson_is_rfc_7946(results: dict[str, Any], ground: Ground, name: str) -> None:
    assert results
    content = json.loads((ground.folder / name).read_text(encoding="utf-8"))
    assert "crs" not in content
    for feature in content["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        west, south, east, north = shape.bounds
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90
        for part in getattr(shape, "geoms", [shape]):
            assert part.exterior.is_ccw


@pytest.mark.parametrize("ending", REFUSED)
def test_what_a_format_would_lose_is_told_before_the_run(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    assert results[f"check {ending}"]["ok"] is False
    message = results[f"check {ending}"]["message"]
    assert f"d.{ending}: outlines and all fields cannot be written so here" in message
    assert "must end in one of .gpkg, .fgb, .geojson, .shp" in message


def test_parquet_is_parquet_or_refused(results: dict[str, Any]) -> None:
    """Never a GeoPackage of another name."""
    step = results["check parquet"]
    assert step["ok"] == (".parquet" in results["check csv"]["message"])
    assert step["ok"] or "cannot be written so here" in step["message"]


@pytest.mark.parametrize("name", ["plain", "camp.2024"])
def test_a_name_without_an_ending_is_taken(results: dict[str, Any], name: str) -> None:
    assert results[f"check {name}"]["ok"] is True


def test_a_local_crs_leads_to_no_longitude(results: dict[str, Any]) -> None:
    assert results["local gpkg"]["ok"] is True
    assert results["local geojson"]["ok"] is False
    assert "longitude and latitude" in results["local geojson"]["message"]
