"""Servers that are slow, busy, broken or wrong, and what is kept when they are."""

from __future__ import annotations

import datetime as dt
import logging
import math
import threading
from email.utils import format_datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio

from camp_detector_core import __version__
from tests.support.tile_server import Reply, TileServer
from tests.support.tiles import COLS, NORTH, ROWS, WEST, ZOOM, picture, pixels_of
from training.preprocess.http import Client, HttpOptions, retry_after
from training.preprocess.manifest import PreprocessError, read_manifest
from training.preprocess.run import preprocess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from training.preprocess.options import PreprocessOptions

    Options = Callable[..., PreprocessOptions]

FIRST, LAST = (WEST, NORTH, ZOOM), (WEST + COLS - 1, NORTH + ROWS - 1, ZOOM)
ALL = COLS * ROWS


def chip_pixels(options: PreprocessOptions, place: tuple[int, int, int]) -> np.ndarray:
    x, y, zoom = place
    with rasterio.open(options.train_dir / "chips" / f"OAM-{x}-{y}-{zoom}.tif") as source:
        return source.read()


def test_every_tile_becomes_the_chip_of_its_place(tiles: TileServer, options: Options) -> None:
    run_options = options()
    result = preprocess(run_options)
    assert result.manifest.imagery.tiles == ALL
    assert result.manifest.imagery.missing == ()
    assert set(tiles.counts.values()) == {1}
    for x, y, zoom in tiles.tiles:
        np.testing.assert_array_equal(chip_pixels(run_options, (x, y, zoom)), pixels_of(x, y))


@pytest.mark.parametrize("path", ["/tms/{z}/{x}/{-y}.png", "/t?q={q}", "/{switch:a,b}/{z}/{x}/{y}"])
def test_every_kind_of_template_finds_the_same_tiles(
    tiles: TileServer, options: Options, path: str
) -> None:
    run_options = options(tms=f"http://{tiles.address}{path}")
    assert preprocess(run_options).manifest.imagery.tiles == ALL
    np.testing.assert_array_equal(chip_pixels(run_options, LAST), pixels_of(*LAST[:2]))


PASSING = {
    "429 in seconds": Reply(429, headers={"Retry-After": "0"}),
    "429 with a date": Reply(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "429 for ever": Reply(429, headers={"Retry-After": "999999999"}),
    "429 with nonsense": Reply(429, headers={"Retry-After": "soon"}),
    "500": Reply(500),
    "503": Reply(503),
    "truncated": Reply(body=b"\x89PNG" * 100, cut=7),
    "empty": Reply(),
    "HTML": Reply(body=b"<html>busy</html>", kind="text/html; charset=utf-8"),
    "half a picture": Reply(body=picture(pixels_of(1, 1))[:5000]),
    "a lie about its kind": Reply(body=b"<html>busy</html>", kind="image/png"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_passes_leaves_no_trace(
    tiles: TileServer, options: Options, fault: Reply
) -> None:
    run_options = options()
    tiles.faults = {FIRST: [fault], LAST: [fault, fault]}
    assert preprocess(run_options).manifest.imagery.tiles == ALL
    assert tiles.counts[FIRST] == 2
    assert tiles.counts[LAST] == 3
    np.testing.assert_array_equal(chip_pixels(run_options, LAST), pixels_of(*LAST[:2]))


STAYING = {
    "429": (Reply(429), "answered 429 Too Many Requests .*: try again later .*lower rate"),
    "500": (Reply(500), "answered 500 Internal Server Error .*: try again later"),
    "HTML": (Reply(body=b"<html>", kind="text/html"), "sends text/html instead of an image"),
    "no picture": (Reply(body=b"<html>"), "no PNG, JPEG, WebP or TIFF"),
    "cut": (Reply(body=b"\x89PNG" * 9, cut=3), "its answer broke off"),
}


@pytest.mark.parametrize(("fault", "words"), STAYING.values(), ids=STAYING.keys())
def test_a_fault_that_stays_is_one_sentence_and_the_rest_is_kept(
    tiles: TileServer, options: Options, fault: Reply, words: str
) -> None:
    run_options = options(http={"retries": 2, "workers": 1})
    tiles.always = lambda place: fault if place == LAST else None
    with pytest.raises(PreprocessError, match=f"{tiles.address} was asked 3 times, .*{words}") as e:
        preprocess(run_options)
    assert f"{ALL - 1} of {ALL} chips are here; the same command goes on" in str(e.value)
    assert tiles.counts[LAST] == 3
    assert read_manifest(run_options.train_dir / "chips") is None
    before = tiles.counts
    tiles.always = lambda _place: None
    assert preprocess(run_options).manifest.imagery.tiles == ALL
    assert tiles.counts - before == {LAST: 1}


REFUSED = {
    "401": (Reply(401), "refuses access .401 Unauthorized.: the template needs a valid key"),
    "403": (Reply(403), "refuses access .403 Forbidden.: the template needs a valid key"),
    "400": (Reply(400), "answered 400 Bad Request: check the template"),
    "large": (Reply(body=b"\x89PNG" + bytes(5000)), "sends more than 4,000 bytes"),
    "file": (Reply(302, headers={"Location": "file:///etc/passwd"}), "to what is no web address"),
    "circle": (Reply(302, headers={"Location": "?again"}), "redirects in circles"),
    "size": (Reply(body=picture(pixels_of(1, 1)[:, :9, :9])), "tiles of 9 x 9 pixels"),
}


@pytest.mark.parametrize(("fault", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_will_not_get_better_is_refused_at_once(
    tiles: TileServer, options: Options, fault: Reply, words: str
) -> None:
    largest = 4000 if "more than" in words else 20_000_000
    tiles.always = lambda _place: fault
    with pytest.raises(PreprocessError, match=words):
        preprocess(options(http={"workers": 1, "largest": largest}))
    assert len(tiles.counts) == 1


def test_tiles_of_two_sizes_are_refused(tiles: TileServer, options: Options) -> None:
    tiles.tiles[LAST] = picture(pixels_of(1, 1, side=512))
    with pytest.raises(PreprocessError, match=r"of 512 pixels .* and of 256 .* all of one size"):
        preprocess(options())


def test_a_later_call_refuses_another_size_too(tiles: TileServer, options: Options) -> None:
    run_options = options(http={"workers": 1, "retries": 0})
    tiles.always = lambda place: Reply(500) if place == LAST else None
    with pytest.raises(PreprocessError, match="was asked once, and it answered 500"):
        preprocess(run_options)
    tiles.always = lambda _place: None
    tiles.tiles[LAST] = picture(pixels_of(1, 1, side=512))
    with pytest.raises(PreprocessError, match="all of one size"):
        preprocess(run_options)


@pytest.mark.parametrize("status", [404, 204, 410])
def test_missing_tiles_are_noted_and_not_asked_for_again(
    tiles: TileServer, options: Options, status: int
) -> None:
    run_options = options()
    tiles.always = lambda place: Reply(status) if place == FIRST else None
    result = preprocess(run_options)
    assert result.manifest.imagery.missing == (FIRST[:2],)
    assert result.manifest.imagery.tiles == ALL - 1
    before = tiles.counts
    assert preprocess(run_options).manifest.imagery.missing == (FIRST[:2],)
    assert tiles.counts == before


def test_tiles_that_show_nothing_are_missing(tiles: TileServer, options: Options) -> None:
    tiles.tiles[FIRST] = picture(np.zeros((4, 256, 256), np.uint8))
    result = preprocess(options())
    assert result.manifest.imagery.missing == (FIRST[:2],)


def test_tiles_of_one_colour_or_one_bit_are_no_imagery_and_that_is_said(
    tiles: TileServer, options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    beige = np.full((3, 256, 256), 230, np.uint8)
    bits = (pixels_of(*LAST[:2])[:1] > 127).astype(np.uint8)
    tiles.tiles[FIRST] = picture(beige)
    tiles.tiles[LAST] = picture(bits, nbits=1)
    result = preprocess(options())
    assert set(result.manifest.imagery.missing) == {FIRST[:2], LAST[:2]}
    assert f"2 of {ALL} tiles of" in caplog.text
    assert "are of one colour (or have one bit a pixel), show no ground and are left" in caplog.text


def test_a_server_without_any_of_the_tiles_is_an_error_and_asked_again(
    tiles: TileServer, options: Options
) -> None:
    run_options = options()
    tiles.always = lambda _place: Reply(404)
    with pytest.raises(PreprocessError, match=f"has none of the {ALL} tiles: check bbox"):
        preprocess(run_options)
    tiles.always = lambda _place: None
    assert preprocess(run_options).manifest.imagery.tiles == ALL


def test_a_damaged_chip_is_fetched_again(tiles: TileServer, options: Options) -> None:
    run_options = options()
    preprocess(run_options)
    (run_options.train_dir / "chips" / f"OAM-{WEST}-{NORTH}-{ZOOM}.tif").write_bytes(b"II*\0")
    preprocess(run_options)
    assert tiles.counts[FIRST] == 2
    assert tiles.counts[LAST] == 1
    np.testing.assert_array_equal(chip_pixels(run_options, FIRST), pixels_of(*FIRST[:2]))


def test_no_more_requests_at_a_time_than_allowed(tiles: TileServer, options: Options) -> None:
    tiles.always = lambda place: Reply(body=tiles.tiles[place], delay=0.05)
    preprocess(options(http={"workers": 2}))
    assert tiles.at_once <= 2


def test_no_more_requests_in_a_second_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.preprocess.http.time.monotonic", lambda: 1000.0)
    waits: list[float] = []
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", waits.append)
    client = Client(HttpOptions(rate=5.0), stop)
    for _ in range(4):
        client._wait_turn()
    assert waits == pytest.approx([0, 0.2, 0.4, 0.6])


def test_the_server_learns_who_asks(tiles: TileServer, options: Options) -> None:
    preprocess(options(http={"contact": "https://example.org/me"}))
    assert tiles.agents == {f"camp-detector/{__version__} (+https://example.org/me)"}


def test_secrets_reach_the_server_and_nobody_else(
    tiles: TileServer, options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    tms = f"http://user:pa55@{tiles.address}/t/{{z}}/{{x}}/{{y}}?token=s3cret"
    run_options = options(tms=tms, http={"retries": 1})
    tiles.faults = {FIRST: [Reply(503)], LAST: [Reply(body=b"\x89PNG" * 9, cut=3)]}
    with caplog.at_level(logging.INFO):
        preprocess(run_options)
    tiles.always = lambda _place: Reply(403)
    with pytest.raises(PreprocessError) as refused:
        preprocess(options(tms=tms, train_dir=run_options.train_dir.with_name("other")))
    assert tiles.queries == {"token=s3cret"}
    assert tiles.auth == {"Basic dXNlcjpwYTU1"}
    text = caplog.text + str(refused.value)
    for path in run_options.train_dir.parent.rglob("*.*"):
        text += path.read_text("latin-1") if path.is_file() else ""
    assert "s3cret" not in text
    assert "pa55" not in text
    # Another key is no other request: nothing is fetched again.
    tiles.requests.clear()
    preprocess(options(tms=tms.replace("s3cret", "new")))
    assert tiles.requests == []


def test_a_server_that_is_not_there_is_one_sentence(options: Options) -> None:
    run_options = options(tms="http://127.0.0.1:9/{z}/{x}/{y}?key=s3cret", http={"retries": 1})
    with pytest.raises(PreprocessError, match=r"127.0.0.1:9 was asked 2 times, .* be reached") as e:
        preprocess(run_options)
    assert "s3cret" not in str(e.value)


def test_a_server_that_never_answers_does_not_hold_us(tiles: TileServer, options: Options) -> None:
    tiles.always = lambda _place: Reply(delay=3.0)
    with pytest.raises(PreprocessError, match="did not answer in time"):
        preprocess(options(http={"timeout": 0.1, "retries": 0}))


@pytest.mark.parametrize("seconds_ahead", [30, 3600])
def test_a_date_to_come_again_is_a_number_of_seconds(seconds_ahead: int) -> None:
    import requests

    answer = requests.Response()
    when = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds_ahead)
    answer.headers["Retry-After"] = format_datetime(when, usegmt=True)
    assert retry_after(answer) == pytest.approx(seconds_ahead, abs=10)
    answer.headers["Retry-After"] = "17"
    assert retry_after(answer) == 17
    del answer.headers["Retry-After"]
    assert retry_after(answer) is None


def test_one_that_is_told_to_wait_holds_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's demand to wait holds for the next request of any thread; it is capped."""
    waits: list[float] = []
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", waits.append)
    client = Client(HttpOptions(rate=1000.0, longest_wait=40.0), stop)
    client._pause(0, 30.0)
    client._wait_turn()
    client._pause(0, 1e9)
    client._wait_turn()
    assert waits == pytest.approx([30, 30, 40, 40], abs=1)


def test_waits_grow_and_differ() -> None:
    waits: list[float] = []
    stop = threading.Event()
    stop.wait = waits.append  # type: ignore[assignment]
    client = Client(HttpOptions(longest_wait=9.0), stop)
    for attempt in (0, 0, 0, 1, 2, 3, 4, 5):
        client._pause(attempt, None)
    assert len(set(waits[:3])) == 3
    for attempt, seconds in enumerate(waits[3:6], 1):
        assert 0.5 * 2**attempt <= seconds <= 1.5 * 2**attempt
    assert waits[-1] == 9


@pytest.mark.parametrize(
    "values",
    [{"rate": 0}, {"rate": 1e6}, {"workers": 0}, {"workers": 99}, {"retries": -1}, {"timeout": 0},
     {"timeout": math.inf}, {"timeout": 1e20}, {"contact": "a\nb"}],
)  # fmt: skip
def test_options_that_harm_a_server_or_cannot_be_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(PreprocessError, match=next(iter(values))):
        HttpOptions(**values)


def test_a_large_area_needs_consent(options: Options, tiles: TileServer, tmp_path: Path) -> None:
    with pytest.raises(PreprocessError, match=r"has 6 tiles .* more than 5: .*yes"):
        preprocess(options(most_tiles=5))
    assert not (tmp_path / "train").exists()
    assert tiles.requests == []
