"""Tiles become chips, several at a time, and each is there as a whole or not at all."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from training.preprocess.http import Client, Stopped
from training.preprocess.manifest import PreprocessError
from training.preprocess.picture import decode, encode, side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from training.preprocess.area import Tile, TileArea
    from training.preprocess.folder import TrainFolder
    from training.preprocess.http import HttpOptions
    from training.preprocess.template import TileTemplate

LOG = logging.getLogger(__name__)

_LAST_WAIT = 5.0
"""Seconds that threads have to end; what they write is whole or absent anyhow."""


class _Download:
    """State of a download that its threads share."""

    def __init__(
        self,
        template: TileTemplate,
        folder: TrainFolder,
        http: HttpOptions,
        *,
        todo: Iterator[Tile],
        side: tuple[int, str] | None,
    ) -> None:
        self.stop = threading.Event()
        self.results: queue.SimpleQueue[Tile | BaseException] = queue.SimpleQueue()
        self._template, self._folder, self._todo = template, folder, todo
        self._client = Client(http, self.stop)
        self._lock, self._side = threading.Lock(), side
        self.blank = 0
        """Tiles that came and show no ground."""

    def work(self) -> None:
        """Download tiles until there are none, or an error stops the work."""
        try:
            while (tile := self._next()) is not None:
                self._one(tile)
                self.results.put(tile)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.results.put(error)

    def _next(self) -> Tile | None:
        with self._lock:
            return None if self.stop.is_set() else next(self._todo, None)

    def _one(self, tile: Tile) -> None:
        picture = self._client.fetch(self._template.url(tile), read=decode)
        if picture is None or picture.is_blank:
            with self._lock:
                self.blank += picture is not None
                self._folder.note_missing(tile)
            return
        with self._lock:
            self._side = self._side or (picture.side, tile.stem)
            first, first_tile = self._side
        if picture.side != first:
            msg = (
                f"{self._template.host} sends tiles of {picture.side} pixels ({tile.stem}) and of "
                f"{first} ({first_tile}): choose a template whose tiles are all of one size"
            )
            raise PreprocessError(msg)
        self._folder.write(self._folder.chip(tile), encode(picture, tile))


def download(
    area: TileArea,
    template: TileTemplate,
    folder: TrainFolder,
    *,
    http: HttpOptions,
    progress: Callable[[int, int], None] = lambda _count, _total: None,
) -> list[Tile]:
    """Fetch what is not there yet.

    Args:
        area: Which tiles.
        template: Where they come from.
        folder: Where they go.
        http: How servers are asked.
        progress: Told how many tiles of how many are there.

    Returns:
        The tiles that have a chip, in the order of the area.

    Raises:
        PreprocessError: The server refuses or fails, or has none of the tiles. What came so far
            stays.
        KeyboardInterrupt: Likewise.
    """
    from camp_detector_core.raster.env import quiet_about_place

    # Pictures have no place before they are chips. Filters of warnings are those of all threads.
    with quiet_about_place():
        _fetch_all(area, template, folder, http=http, progress=progress)
    tiles_present = [tile for tile in area if folder.chip(tile).is_file()]
    if not tiles_present:
        folder.forget_missing()
        msg = f"{template.host} has none of the {len(area)} tiles"
        remedy = "check {bbox}, {zoom} and {tms} (a template may need {{-y}} instead of {{y}})"
        raise PreprocessError(msg, remedy=remedy)
    return tiles_present


def _fetch_all(
    area: TileArea,
    template: TileTemplate,
    folder: TrainFolder,
    *,
    http: HttpOptions,
    progress: Callable[[int, int], None],
) -> None:
    """Download the missing tiles in threads, and wait for them; errors as those of `download`."""
    missing = folder.missing()
    have, side = _common_side(area, folder)
    todo = [t for t in area if t not in have and (t.x, t.y) not in missing]
    finished = len(area) - len(todo)
    if have:
        LOG.info("%d of %d tiles are already here", finished, len(area))
    progress(finished, len(area))
    work = _Download(template, folder, http, todo=iter(todo), side=side)
    threads = [
        threading.Thread(target=work.work, daemon=True) for _ in range(min(http.workers, len(todo)))
    ]
    try:
        for thread in threads:
            thread.start()
        for number in range(1, len(todo) + 1):
            result = work.results.get()
            if isinstance(result, BaseException):
                raise result
            progress(finished + number, len(area))
        if work.blank:
            LOG.warning(
                "%d of %d tiles of %s are of one colour (or have one bit a pixel), show no ground "
                "and are left out", work.blank, len(area), template.host,
            )  # fmt: skip
    except CampDetectorError as error:
        count = sum(folder.chip(tile).is_file() for tile in area)
        progress_so_far = f"{count} of {len(area)} chips are here; the same command goes on"
        sentence = f"{error.sentence} ({progress_so_far})"
        raise error.with_sentence(sentence) from error
    finally:
        work.stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join(_LAST_WAIT)


def _common_side(area: TileArea, folder: TrainFolder) -> tuple[set[Tile], tuple[int, str] | None]:
    """The tiles whose chips are whole, and how large they are."""
    sides = {
        tile: size
        for tile in area
        if folder.chip(tile).is_file() and (size := side_of(folder.chip(tile), tile)) is not None
    }
    first = next(iter(sides), None)
    return set(sides), None if first is None else (sides[first], first.stem)
