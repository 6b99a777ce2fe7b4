"""Servers of tiles and of buildings on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.overpass_server import OverpassServer, elements_of
from tests.support.tile_server import TileServer
from tests.support.tiles import bbox_text, buildings, made_tiles
from training.preprocess.area import parse_bbox
from training.preprocess.http import HttpOptions
from training.preprocess.options import PreprocessOptions
from training.preprocess.osm import OverpassOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def tiles() -> Iterator[TileServer]:
    with TileServer(made_tiles()) as server:
        yield server


@pytest.fixture
def overpass() -> Iterator[OverpassServer]:
    with OverpassServer(elements_of(buildings())) as server:
        yield server


@pytest.fixture
def options(
    tiles: TileServer, overpass: OverpassServer, tmp_path: Path
) -> Callable[..., PreprocessOptions]:
    """Options for the two servers, quick to try again; what is given changes them."""

    def make(**changes: Any) -> PreprocessOptions:
        http = {"rate": 1000.0, "backoff": 0.001, "longest_wait": 0.05}
        values: dict[str, Any] = {
            "bbox": parse_bbox(bbox_text()),
            "tms": tiles.template,
            "train_dir": tmp_path / "train",
            "http": HttpOptions(**{**http, **changes.pop("http", {})}),
            "overpass": OverpassOptions(overpass.url, pause=0.001, longest_wait=0.05),
            **changes,
        }
        return PreprocessOptions(**values)

    return make
