"""Buildings of OpenStreetMap or of the user's own file, and the masks made of them."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import shapely
from rasterio import features
from rasterio.warp import transform_geom

from camp_detector_core.engine.errors import CampDetectorError
from tests.support.overpass_server import HTML, STATE, Fault, OverpassServer
from tests.support.tiles import NORTH, WEST, ZOOM, buildings, ring
from training.data.chips import read_chips
from training.data.labels import FolderLabels, open_labels
from training.fit.options import DWELLING
from training.preprocess.manifest import PreprocessError, read_manifest
from training.preprocess.osm import OverpassOptions
from training.preprocess.run import preprocess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.tile_server import TileServer
    from training.preprocess.options import PreprocessOptions

    Options = Callable[..., PreprocessOptions]


def outlines_in(options: PreprocessOptions) -> dict[str, list[dict[str, Any]]]:
    """Features by their OSM id."""
    path = options.train_dir / "labels" / "buildings.geojson"
    outlines: dict[str, list[dict[str, Any]]] = {}
    for feature in json.loads(path.read_text())["features"]:
        outlines.setdefault(feature["properties"].get("osm_id", ""), []).append(feature)
    return outlines


def way(overpass: OverpassServer, number: int) -> dict[str, Any]:
    return next(e for e in overpass.elements if (e["type"], e["id"]) == ("way", number))


def test_buildings_come_whole_with_their_holes_and_tags(options: Options) -> None:
    run_options = options()
    labels = preprocess(run_options).manifest.labels
    outlines = outlines_in(run_options)
    assert set(outlines) == {"way/101", "way/102", "relation/103", "way/104"}
    expected = {f["properties"]["osm_id"]: f for f in buildings()}
    for name, (feature,) in outlines.items():
        expected_outline = expected[int(name.partition("/")[2])]
        assert shapely.equals(
            shapely.geometry.shape(feature["geometry"]),
            shapely.geometry.shape(expected_outline["geometry"]),
        )
        assert feature["properties"] == {"osm_id": name, "building": "house"}
    assert labels.features == 4
    assert (labels.source, labels.date, labels.licence) == ("OpenStreetMap", STATE, "ODbL-1.0")
    assert labels.attribution == "OpenStreetMap contributors"


def test_masks_are_the_outlines_on_the_pixels_of_the_chips(options: Options) -> None:
    """Compared with GDAL's own rasteriser, given the polygons as they came."""
    run_options = options()
    preprocess(run_options)
    shapes = [transform_geom("EPSG:4326", "EPSG:3857", f["geometry"]) for f in buildings()]
    marked = 0
    for chip in sorted((run_options.train_dir / "chips").iterdir()):
        with (
            rasterio.open(chip) as image,
            rasterio.open(run_options.train_dir / "labels" / chip.name) as mask,
        ):
            assert mask.crs == image.crs
            assert mask.transform == image.transform
            assert mask.dtypes == ("uint8",)
            values = mask.read(1)
            truth = features.rasterize(shapes, values.shape, transform=image.transform)
        np.testing.assert_array_equal(values, truth)
        marked += int(values.sum())
    assert marked > 4 * 60 * 60
    with rasterio.open(
        run_options.train_dir / "labels" / f"OAM-{WEST + 1}-{NORTH}-{ZOOM}.tif"
    ) as mask:
        values = mask.read(1)
        assert values[128, 70] == 1  # the building around the courtyard
        assert values[128, 128] == 0  # the courtyard


def test_training_sees_the_wall_between_buildings_that_touch(options: Options) -> None:
    result = preprocess(options())
    labels = open_labels(result.labels, (DWELLING,))
    assert isinstance(labels, FolderLabels)
    first = next(c for c in read_chips(result.chips) if c.name == f"OAM-{WEST}-{NORTH}-{ZOOM}")
    patch = labels.read(first)
    assert len(np.unique(patch.owner)) == 3
    assert patch.owner[96, 127] != patch.owner[96, 129]
    assert patch.is_known.all()


def test_the_way_around_a_courtyard_does_not_cover_it(
    overpass: OverpassServer, options: Options
) -> None:
    """Outer rings are often tagged as buildings themselves, besides their relation."""
    relation = next(e for e in overpass.elements if e["type"] == "relation")
    outer, inner = (member["ref"] for member in relation["members"])
    way(overpass, outer)["tags"] = {"building": "house"}
    way(overpass, inner)["tags"] = {"building": "shed"}
    run_options = options()
    preprocess(run_options)
    outlines = outlines_in(run_options)
    assert f"way/{outer}" not in outlines
    assert f"way/{inner}" in outlines  # what stands in the courtyard is a building
    (feature,) = outlines["relation/103"]
    assert len(feature["geometry"]["coordinates"]) == 2


def test_rings_of_several_ways_and_several_parts_become_polygons(
    overpass: OverpassServer, options: Options
) -> None:
    relation = next(e for e in overpass.elements if e["type"] == "relation")
    outer = way(overpass, relation["members"][0]["ref"])
    first, second = {**outer, "nodes": outer["nodes"][:3]}, dict(outer)
    second.update(id=990, nodes=outer["nodes"][2:])
    overpass.elements[overpass.elements.index(outer)] = first
    overpass.elements.append(second)
    relation["members"].insert(1, {"type": "way", "ref": 990, "role": "outer"})
    relation["members"].append({"type": "way", "ref": 101, "role": "outer"})
    run_options = options()
    preprocess(run_options)
    parts = outlines_in(run_options)["relation/103"]
    assert sorted(len(p["geometry"]["coordinates"]) for p in parts) == [1, 2]
    assert "way/101" not in outlines_in(run_options)


def test_what_is_no_building_any_more_is_left_out(
    overpass: OverpassServer, options: Options
) -> None:
    way(overpass, 101)["tags"]["building"] = "no"
    way(overpass, 102)["nodes"].pop()  # a wall that is not closed
    overpass.elements[0]["tags"] = {"building": "yes"}  # a point
    run_options = options()
    preprocess(run_options)
    assert set(outlines_in(run_options)) == {"relation/103", "way/104"}


def test_the_question_covers_the_tiles_and_a_margin(
    overpass: OverpassServer, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = socket.getaddrinfo
    preprocess(options(http={"contact": "mail@example.org"}))
    assert socket.getaddrinfo is before
    assert overpass.paths == ["/api/interpreter"]  # and no page of its status
    assert overpass.headers[0]["User-Agent"].startswith("camp-detector/")
    assert "mail@example.org" in overpass.headers[0]["User-Agent"]
    assert "OSMnx" not in str(overpass.headers[0])
    assert "[timeout:180]" in overpass.queries[0]
    numbers = [float(v) for v in overpass.queries[0].split("'")[3].split()]
    (west, north), (east, south) = ring(0, 0, 3, 2)[3], ring(0, 0, 3, 2)[1]
    margin = 40 / 111_320
    assert min(numbers[::2]) < south - margin
    assert max(numbers[::2]) > north + margin
    assert min(numbers[1::2]) < west - margin
    assert max(numbers[1::2]) > east + margin
    assert sorted(p.name for p in tmp_path.iterdir()) == ["train"]
    assert sorted(p.name for p in (tmp_path / "train").iterdir()) == [
        "chips", "labels", "manifest.json",
    ]  # fmt: skip


BUSY = {
    "429": Fault(429, headers={"Retry-After": "0"}),
    "429 without a word": Fault(429),
    "504": Fault(504),
    "503": Fault(503),
}


@pytest.mark.parametrize("fault", BUSY.values(), ids=BUSY.keys())
def test_a_busy_server_is_asked_again(
    overpass: OverpassServer, options: Options, fault: Fault
) -> None:
    overpass.faults = [fault, fault]
    assert preprocess(options()).manifest.labels.features == 4
    assert len(overpass.queries) == 3


STAYING = {
    "busy": ([Fault(429)] * 9, "asked 4 times and is busy .429 Too Many Requests."),
    "gateway": ([Fault(504)] * 9, "asked 4 times and is busy .504 Gateway Timeout."),
    "page": ([Fault(200, HTML)], "sent a web page instead of buildings"),
    "no JSON": ([Fault(200, b'{"elements": [', "application/json")], "breaks off or is no JSON"),
    "cut": ([Fault(200, b'{"elements": []}', "application/json", cut=4)], "its answer broke off"),
    "other": ([Fault(200, b"[1]", "application/json")], "is it an Overpass server"),
    "bad": ([Fault(400, b"parse error")], "answered 400 Bad Request"),
    "broken": (
        [Fault(200, b'{"elements": [{"type": "way", "id": 1}]}', "application/json")],
        "data that cannot be read",
    ),
}


@pytest.mark.parametrize(("faults", "words"), STAYING.values(), ids=STAYING.keys())
def test_an_answer_that_is_none_is_one_sentence_with_the_remedy(
    overpass: OverpassServer, options: Options, faults: list[Fault], words: str
) -> None:
    overpass.faults = faults
    remedy = "try again later, give another overpass_url, or your own outlines with labels"
    with pytest.raises(PreprocessError, match=f"127.0.0.1.*{words}.*{remedy}"):
        preprocess(options())


def test_an_answer_that_was_not_finished_is_not_taken(
    overpass: OverpassServer, options: Options
) -> None:
    overpass.remark = 'runtime error: Query timed out in "query" at line 1 after 181 seconds.'
    with pytest.raises(PreprocessError, match=r"did not finish.*Query timed out.*labels=FILE"):
        preprocess(options())
    overpass.remark = "a note that harms nothing"
    assert preprocess(options()).manifest.labels.features == 4


def test_no_buildings_are_an_error_before_any_tile_is_fetched(
    overpass: OverpassServer, options: Options, tiles: TileServer
) -> None:
    overpass.elements.clear()
    with pytest.raises(PreprocessError, match=r"no buildings .*labels=FILE"):
        preprocess(options())
    assert tiles.requests == []


def test_a_server_of_buildings_that_is_not_there_is_one_sentence(options: Options) -> None:
    dead_server = OverpassOptions("http://user:pa55@127.0.0.1:9/api")
    with pytest.raises(PreprocessError, match=r"127.0.0.1:9, because it cannot be reached") as e:
        preprocess(options(overpass=dead_server))
    assert "pa55" not in str(e.value)


@pytest.mark.parametrize("url", ["", "overpass.org/api", "ftp://a.org/api", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(PreprocessError, match="no address of an Overpass server"):
        OverpassOptions(url)


def test_an_address_may_end_as_people_copy_it() -> None:
    for timeout in (0, 10**30):
        with pytest.raises(PreprocessError, match="timeout of Overpass"):
            OverpassOptions(timeout=timeout)
    assert OverpassOptions("https://a.org/api/interpreter/").url == "https://a.org/api"


def test_outlines_are_asked_for_once_unless_told_to(
    overpass: OverpassServer, options: Options, tiles: TileServer
) -> None:
    preprocess(options())
    before = list(tiles.requests)
    way(overpass, 101)["tags"]["building"] = "no"
    assert preprocess(options()).manifest.labels.features == 4
    assert len(overpass.queries) == 1
    assert preprocess(options(refresh_labels=True)).manifest.labels.features == 3
    assert tiles.requests == before


def write_vectors(
    path: Path, shapes: list[Any], *, crs: str | None = "EPSG:4326", layer: str | None = None
) -> Path:
    pyogrio.raw.write(
        str(path),
        geometry=shapely.to_wkb(np.array(shapes, object)),
        field_data=[np.array([f"h{n}" for n in range(len(shapes))], object)],
        fields=np.array(["kind"], object),
        geometry_type="Unknown",
        crs=crs,
        encoding="UTF-8",
        **({"layer": layer, "append": path.exists()} if layer else {}),
    )
    return path


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32645"])
def test_own_outlines_of_any_crs_give_the_same_masks(
    options: Options, tmp_path: Path, overpass: OverpassServer, crs: str
) -> None:
    osm = preprocess(options())
    moved = [
        shapely.geometry.shape(transform_geom("EPSG:4326", crs, f["geometry"])) for f in buildings()
    ]
    path = write_vectors(tmp_path / "own.gpkg", [*moved, shapely.Point(0, 0), None], crs=crs)
    run_options = options(labels=path, train_dir=tmp_path / "own")
    own = preprocess(run_options)
    assert len(overpass.queries) == 1
    assert own.manifest.labels.source == "own.gpkg"
    assert own.manifest.labels.features == 4
    assert own.manifest.labels.attribution is None
    (features,) = outlines_in(run_options).values()
    assert {f["properties"]["kind"] for f in features} == {"h0", "h1", "h2", "h3"}
    for mask in osm.labels.glob("*.tif"):
        with rasterio.open(mask) as one, rasterio.open(own.labels / mask.name) as other:
            difference = np.count_nonzero(one.read() != other.read())
        assert difference <= 2  # pixels whose centres lie on a wall


def test_other_outlines_replace_those_that_were_there(
    options: Options, tmp_path: Path, tiles: TileServer
) -> None:
    preprocess(options())
    before = list(tiles.requests)
    path = write_vectors(tmp_path / "own.gpkg", [shapely.Polygon(ring(0.1, 0.1, 0.2, 0.2))])
    own = preprocess(options(labels=path, label_attribution="Me", label_licence="CC0-1.0"))
    assert own.manifest.credits() == ("Building outlines: Me, CC0-1.0",)
    assert tiles.requests == before
    with rasterio.open(own.labels / f"OAM-{WEST + 1}-{NORTH}-{ZOOM}.tif") as mask:
        assert not mask.read().any()
    assert preprocess(options()).manifest.labels.source == "OpenStreetMap"


def test_own_outlines_that_cannot_be_used_are_one_sentence(
    options: Options, tmp_path: Path, tiles: TileServer
) -> None:
    house = shapely.Polygon(ring(0.1, 0.1, 0.2, 0.2))
    several = write_vectors(tmp_path / "several.gpkg", [house], layer="a")
    write_vectors(several, [house], layer="b")
    nonsense = tmp_path / "nonsense.gpkg"
    nonsense.write_text("no vectors")
    cases = {
        "lies in the area": write_vectors(tmp_path / "far.gpkg", [shapely.box(0, 0, 1, 1)]),
        "does not say its CRS": write_vectors(tmp_path / "bare.gpkg", [house], crs=None),
        "holds no polygon": write_vectors(tmp_path / "points.gpkg", [shapely.Point(85, 27)]),
        "has 2 layers .a, b.: give one as layer": several,
        "cannot be read as a vector file": nonsense,
        "does not exist": tmp_path / "none.gpkg",
    }
    for words, path in cases.items():
        with pytest.raises(CampDetectorError, match=words):
            preprocess(options(labels=path))
    with pytest.raises(
        CampDetectorError, match=r"has no layer 'c' .it has a, b.: give one as layer"
    ):
        preprocess(options(labels=several, layer="c"))
    assert tiles.requests == []
    assert preprocess(options(labels=several, layer="b")).manifest.labels.features == 1


def test_a_moment_that_outlines_are_exchanged_is_never_mistaken(
    options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between other outlines and the new manifest: nothing says that they are the old."""
    run_options = options()
    preprocess(run_options)
    path = write_vectors(tmp_path / "own.gpkg", [shapely.Polygon(ring(0.1, 0.1, 0.2, 0.2))])

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.preprocess.run.download", killed)
        with pytest.raises(KeyboardInterrupt):
            preprocess(options(labels=path))
    assert read_manifest(run_options.train_dir / "chips") is None
    assert preprocess(run_options).manifest.labels.features == 4
