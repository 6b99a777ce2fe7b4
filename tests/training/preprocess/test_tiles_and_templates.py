"""Tiles of an area and their URLs; no URL gives a secret away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.georaster.xyz import place_of, tile_at, tile_transform, transform_of
from training.commands import preprocess as command
from training.preprocess.area import Tile, parse_bbox, tiles_of
from training.preprocess.manifest import PreprocessError
from training.preprocess.options import BBOX, TMS, TRAIN_DIR, ZOOM, PreprocessOptions
from training.preprocess.template import TileTemplate, quadkey, without_secrets

TILE = Tile(19, 386693, 220243)


@given(
    st.integers(12, 24),
    st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.999)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.floats(0.01, 0.99),
)
def test_an_area_has_exactly_the_tiles_that_it_touches(
    zoom: int, place: tuple[float, float], size: tuple[int, int], inset: float
) -> None:
    x, y = (int(share * (2**zoom - 8)) for share in place)
    cols, rows = size
    west, north = place_of(x + inset, y + inset, zoom)
    east, south = place_of(x + cols - 1 + inset, y + rows - 1 + inset, zoom)
    area = tiles_of((west, south - 1e-9, east + 1e-9, north), zoom)
    assert (area.west, area.north, area.east, area.south) == (x, y, x + cols - 1, y + rows - 1)
    assert len(list(area)) == len(area) == cols * rows


def test_an_area_that_ends_on_the_edge_of_a_tile_does_not_reach_into_the_next() -> None:
    west, north = place_of(386693, 220243, 19)
    east, south = place_of(386695, 220244, 19)
    area = tiles_of((west, south, east, north), 19)
    assert [(t.x, t.y) for t in area] == [(386693, 220243), (386694, 220243)]
    assert area.bounds() == pytest.approx((west, south, east, north))
    wider = area.bounds(margin=100)
    assert wider[0] < west < east < wider[2]
    assert (wider[3] - north) * 111_320 == pytest.approx(100)


@given(st.floats(-179.9, 179.9), st.floats(-85, 85), st.integers(0, 24))
def test_a_place_lies_where_its_tile_says(lon: float, lat: float, zoom: int) -> None:
    assert place_of(*tile_at(lon, lat, zoom), zoom) == pytest.approx((lon, lat), abs=1e-7)


def test_a_tile_lies_where_its_name_says() -> None:
    transform = tile_transform(f"{TILE.stem}.tif", height=512, width=512)
    assert transform == transform_of(TILE.x, TILE.y, TILE.zoom, side=512)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("1,2,3", "west,south,east,north"),
        ("a,b,c,d", "west,south,east,north"),
        ("nan,2,3,4", "west,south,east,north"),
        ("179,-17,-179,-16", "antimeridian two areas"),
        ("10,84,11,86", "short of the poles"),
        ("10,5,11,5", "south must be less than north"),
        ("10,6,11,5", "south must be less than north"),
        ("10,5,10,6", "west less than east"),
        ("27.6,85.51,27.7,85.6", "order west,south,east,north"),
        ("200,5,201,6", "order west,south,east,north"),
    ],
)
def test_an_area_that_is_none_is_refused_with_the_remedy(text: str, remedy: str) -> None:
    with pytest.raises(PreprocessError) as refused:
        parse_bbox(text)
    assert all(word in str(refused.value) for word in remedy.split())


def test_a_zoom_that_shows_no_house_is_refused() -> None:
    for zoom in (0, 11, 25):
        with pytest.raises(PreprocessError, match="zoom must lie between 12 and 24"):
            tiles_of(BBOX, zoom)


def test_the_command_has_the_defaults_of_the_library() -> None:
    defaults = {p.name: p.default for p in command.params}
    assert parse_bbox(defaults["bbox"]) == BBOX
    assert defaults["tms"] == TMS
    assert defaults["zoom"] == ZOOM
    assert defaults["train_dir"] == TRAIN_DIR
    options = PreprocessOptions()
    assert defaults["overpass_url"] == options.overpass.url
    assert defaults["overpass_timeout"] == options.overpass.timeout
    assert defaults["max_tiles"] == options.most_tiles
    for name in ("rate", "workers", "retries", "timeout"):
        assert defaults[name] == getattr(options.http, name)


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://a.org/{z}/{x}/{y}.png", "https://a.org/19/386693/220243.png"),
        ("tms[22]:https://a.org/{zoom}/{x}/{y}", "https://a.org/19/386693/220243"),
        ("https://a.org/%7Bz%7D/%7bx%7d/%7By%7D", "https://a.org/19/386693/220243"),
        ("https://a.org/{z}/{x}/{-y}", "https://a.org/19/386693/304044"),
        ("https://{switch:t0,t1}.a.org/{z}/{x}/{y}", "https://t0.a.org/19/386693/220243"),
        ("https://{s}.a.org/{z}/{x}/{y}", "https://a.a.org/19/386693/220243"),
        ("https://a.org/t?q={q}", "https://a.org/t?q=" + quadkey(TILE)),
        ("https://a.org/{quadkey}.jpg", f"https://a.org/{quadkey(TILE)}.jpg"),
    ],
)
def test_a_template_names_the_url_of_a_tile(template: str, url: str) -> None:
    assert TileTemplate(template).url(TILE) == url


def test_servers_take_turns() -> None:
    template = TileTemplate("https://{switch:a,b,c}.a.org/{z}/{x}/{y}")
    hosts = {template.url(Tile(19, x, 5)).split("/")[2] for x in range(7)}
    assert hosts == {"a.a.org", "b.a.org", "c.a.org"}
    assert template.host == "a.a.org"


def test_quadkeys_are_those_of_their_definition() -> None:
    """The example of the Bing Maps Tile System: x 3, y 5 at level 3 is 213."""
    assert quadkey(Tile(3, 3, 5)) == "213"


@pytest.mark.parametrize(
    ("template", "remedy"),
    [
        ("tiles.org/{z}/{x}/{y}", "begin with https"),
        ("file:///etc/{z}/{x}/{y}", "begin with https"),
        ("https://a.org/", "does not say where zoom"),
        ("https://a.org/{z}/{x}", "does not say where zoom"),
        ("https://a.org/{x}/{y}", "does not say where zoom"),
        ("https://a.org/{z}/{x}/{y}/{-y}", "keep one of"),
        ("https://a.org/{z}/{x}/{y}{r}", "{r} that is not known"),
        ("https://a.org/${z}/${x}/${y}", "without $"),
        ("https://a.org/{z/{x}/{y}", "brace too many"),
        ("https://a.org/{z}/{x}/{y} x", "space"),
        ("https://{switch:a,}.org/{z}/{x}/{y}", "empty choice"),
        ("https:///{z}/{x}/{y}", "begin with https"),
        ("https://u:p@/{z}/{x}/{y}", "names no server"),
    ],
)
def test_a_template_that_names_no_tile_is_refused_with_the_remedy(
    template: str, remedy: str
) -> None:
    with pytest.raises(PreprocessError) as refused:
        TileTemplate(template)
    assert remedy in str(refused.value)
    assert "u:p" not in str(refused.value)


@pytest.mark.parametrize(
    ("template", "public"),
    [
        ("https://u:secret@a.org/{z}/{x}/{y}", "https://a.org/{z}/{x}/{y}"),
        ("https://a.org/{z}/{x}/{y}?token=secret", "https://a.org/{z}/{x}/{y}?token=***"),
        (
            "https://a.org/{z}/{x}/{y}?format=png;token=secret&v=1",
            "https://a.org/{z}/{x}/{y}?format=png;token=***&v=1",
        ),
        ("https://a.org/{z}/{x}/{y}?secret", "https://a.org/{z}/{x}/{y}?***"),
        ("https://a.org/{z}/{x}/{y}#secret", "https://a.org/{z}/{x}/{y}"),
        (
            "https://a.org/w?layer=ortho&X={x}&Y={y}&Z={z}&connectId=secret&format=png",
            "https://a.org/w?layer=ortho&X={x}&Y={y}&Z={z}&connectId=***&format=png",
        ),
    ],
)
def test_what_is_written_down_of_a_template_holds_no_secret(template: str, public: str) -> None:
    assert TileTemplate(template).public == public
    assert "secret" not in TileTemplate(template).host


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_url_of_any_form_breaks_or_gives_its_secret_away(head: str, tail: str) -> None:
    assert "pa55word" not in without_secrets(f"https://{head.replace('/', '')}?k=pa55word&{tail}")
