"""The command as users type it, in a process of its own; killed, stopped and said again."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio

from tests.support.overpass_server import OverpassServer
from tests.support.tile_server import Reply, TileServer
from tests.support.tiles import COLS, ROWS, bbox_text
from training.fit.options import DataOptions
from training.fit.place_options import SplitOptions
from training.preprocess.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[3]
ALL = COLS * ROWS


def command(tiles: str, overpass: str, *more: str, bbox: str | None = None) -> list[str]:
    return [
        sys.executable, "-m", "training", "preprocess", "--tms", tiles, "--overpass-url", overpass,
        "--bbox", bbox or bbox_text(), "--train-dir", "train", "--rate", "500", *more,
    ]  # fmt: skip


def start(words: list[str], folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        words, cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(words: list[str], folder: Path) -> tuple[int, str, str]:
    process = start(words, folder)
    out, err = process.communicate(timeout=250)
    return process.returncode, out, err


def chips(folder: Path) -> set[str]:
    chips_folder = folder / "train" / "chips"
    return {p.stem for p in chips_folder.iterdir()} if chips_folder.is_dir() else set()


def wait_for_chips(folder: Path, number: int) -> None:
    """Until there are some, or the test runs out of time."""
    while len(chips(folder)) < number:
        time.sleep(0.02)


def slowly(tiles: TileServer, quick: int) -> None:
    """After some tiles the server answers so slowly that none of the others comes in time."""

    def reply(place: tuple[int, int, int]) -> Reply | None:
        late = len(tiles.requests) > quick
        return Reply(body=tiles.tiles[place], delay=20.0) if late else None

    tiles.always = reply


def test_from_servers_to_what_training_reads(
    tiles: TileServer, overpass: OverpassServer, tmp_path: Path
) -> None:
    from training.data.datamodule import CampDataModule

    more = ("--attribution", "Survey", "--licence", "CC0-1.0", "--imagery-date", "2022-07-20")
    code, out, err = finish(command(tiles.template, overpass.url, *more), tmp_path)
    assert (code, "Traceback" in err) == (0, False), err
    assert f"{ALL} chips in train/chips" in out
    assert "4 outlines from OpenStreetMap and masks in train/labels" in out
    assert "python -m training train --chips train/chips --labels train/labels" in out
    assert f"{ALL} tiles of zoom 19 from {tiles.address}: about 3 MB" in err
    assert f"tiles: {ALL} of {ALL}" in err
    assert "Warning" not in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["train"]
    split = SplitOptions(val_columns=("386694",), test_columns=("386695",))
    data = CampDataModule(
        DataOptions(
            tmp_path / "train/chips", tmp_path / "train/labels",
            split=split, crop=64, batch_size=2, samples=2, workers=0,
        )
    )  # fmt: skip
    assert len(data.part("train")) == ROWS
    assert max(float(batch["target"].max()) for batch in data.val_dataloader()) == 1


def test_help_teaches_and_loads_nothing_of_it(tmp_path: Path) -> None:
    code, out, _ = finish([sys.executable, "-m", "training", "preprocess", "--help"], tmp_path)
    assert code == 0
    assert "--train-dir data/train/mine" in out
    assert "python -m training train --chips data/train/mine/chips" in out


@pytest.mark.parametrize("stop_signal", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_stopped_midway_it_goes_on_without_fetching_anything_twice(
    tiles: TileServer, overpass: OverpassServer, tmp_path: Path, stop_signal: signal.Signals
) -> None:
    slowly(tiles, quick=3)
    process = start(command(tiles.template, overpass.url, "--workers", "1"), tmp_path)
    wait_for_chips(tmp_path, 3)
    process.send_signal(stop_signal)
    _, err = process.communicate(timeout=60)
    assert process.returncode == (130 if stop_signal != signal.SIGKILL else -signal.SIGKILL)
    if stop_signal != signal.SIGKILL:
        assert err.splitlines()[-1] == (
            "error: stopped; what is there is kept, and the same command goes on"
        )
    chips_before = chips(tmp_path)
    assert len(chips_before) == 3
    for stem in chips_before:
        with rasterio.open(tmp_path / "train" / "chips" / f"{stem}.tif") as chip:
            assert chip.read().min() > 0  # whole: no made pixel is 0
    assert read_manifest(tmp_path / "train" / "chips") is None
    tiles.always = lambda _place: None
    tiles.requests.clear()
    code, _, err = finish(command(tiles.template, overpass.url), tmp_path)
    assert code == 0, err
    assert f"3 of {ALL} tiles are already here" in err
    assert set(tiles.counts.values()) == {1}
    assert {f"OAM-{x}-{y}-{z}" for x, y, z in tiles.requests} == chips(tmp_path) - chips_before
    assert len(overpass.queries) == 1
    assert sorted(p.name for p in (tmp_path / "train").iterdir()) == [
        "chips", "labels", "manifest.json",
    ]  # fmt: skip
    tiles.requests.clear()
    code, out, _ = finish(command(tiles.template, overpass.url), tmp_path)
    assert (code, tiles.requests) == (0, [])
    assert f"{ALL} chips" in out


def errors(runs: Iterable[list[str]], folder: Path) -> list[str]:
    lines = []
    for words in runs:
        code, _, err = finish(words, folder)
        assert code == 2, err
        assert "Traceback" not in err
        lines.append(err.splitlines()[-1])
    return lines


def test_errors_are_one_line(tiles: TileServer, overpass: OverpassServer, tmp_path: Path) -> None:
    tiles.always = lambda _place: Reply(403)
    secret, osm = f"{tiles.template}?token=s3cret", overpass.url
    denied, across, large, template = errors(
        (
            command(secret, osm),
            command(secret, osm, bbox="179,-17,-179,-16"),
            command(secret, osm, bbox="85,27,86,28"),
            command("https://a.org/?token=s3cret", osm),
        ),
        tmp_path,
    )
    assert "refuses access (403 Forbidden)" in denied
    assert "antimeridian" in across
    assert "--yes" in large
    assert "does not say where zoom" in template
    assert "s3cret" not in denied + across + large + template


@pytest.mark.parametrize("server_kind", ["tiles", "overpass"])
def test_not_even_a_traceback_that_was_asked_for_holds_a_password(
    tiles: TileServer, overpass: OverpassServer, tmp_path: Path, server_kind: str
) -> None:
    dead_url = "http://user:s3cret@127.0.0.1:99999"  # no port: the library's own error names it all
    tms = f"{dead_url}/{{z}}/{{x}}/{{y}}.png" if server_kind == "tiles" else tiles.template
    words = command(tms, f"{dead_url}/api" if server_kind == "overpass" else overpass.url)
    words.insert(words.index("preprocess"), "--verbose")
    code, _, err = finish(words, tmp_path)
    assert (code, "Traceback" in err) == (2, True), err
    assert "s3cret" not in err


def test_what_is_to_be_said_next_can_be_pasted(
    tiles: TileServer, overpass: OverpassServer, tmp_path: Path
) -> None:
    words = command(tiles.template, overpass.url)
    words[words.index("train")] = "my train"
    code, out, err = finish(words, tmp_path)
    assert code == 0, err
    next_words = shlex.split(out.splitlines()[-1])
    assert next_words[next_words.index("--chips") + 1] == "my train/chips"
    assert next_words[next_words.index("--labels") + 1] == "my train/labels"


def test_real_tiles_and_their_buildings(banepa: Path, tmp_path: Path) -> None:
    """The masks are those that the outlines give on the chips as they were served."""
    from training.data.chips import read_chips
    from training.data.vector_labels import VectorLabels
    from training.fit.options import DWELLING

    with (
        TileServer.of_folder(banepa / "chips") as tiles,
        OverpassServer.of_file(banepa / "osm_buildings.geojson") as overpass,
    ):
        # The default area is larger than the tiles: those that are not there are noted.
        words = command(tiles.template, overpass.url, bbox="85.5200,27.6288,85.5215,27.6305")
        code, _, err = finish(words, tmp_path)
        assert code == 0, err
    manifest = read_manifest(tmp_path / "train" / "chips")
    assert manifest is not None
    assert manifest.imagery.tiles >= 6
    truth = VectorLabels(banepa / "osm_buildings.geojson", (DWELLING,))
    served = {chip.name: chip for chip in read_chips(banepa / "chips")}
    shares = []
    for chip in read_chips(tmp_path / "train" / "chips"):
        original = served[chip.name]
        assert chip.grid is not None
        assert chip.grid == original.grid
        with rasterio.open(chip.path) as fetched, rasterio.open(original.path) as original_raster:
            np.testing.assert_array_equal(fetched.read(), original_raster.read())
        with rasterio.open(tmp_path / "train" / "labels" / chip.path.name) as mask:
            values = mask.read(1)
        np.testing.assert_array_equal(values, truth.read(original).classes)
        shares.append(values.mean())
    assert 0.2 < np.mean(shares) < 0.8
