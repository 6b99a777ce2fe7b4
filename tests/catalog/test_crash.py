"""Whoever is stopped, killed or in a crowd leaves a catalogue that can be read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog import CatalogError, UnknownModelError
from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.ready_model import model_of_item
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.engine.errors import Cancelled
from tests.support.catalogs import add_at_once, assert_whole, ready_model_of, tree_of, write_run

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


class Dying(LocalStore):
    """A store whose process ends at the n-th change."""

    def __init__(self, folder: Path, at: int) -> None:
        super().__init__(folder)
        self.left = at

    def _change(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def put(self, path: str, data: bytes, *, expected: str | None = None) -> None:
        self._change()
        super().put(path, data, expected=expected)

    def put_file(self, path: str, source: Path, step: Any) -> None:
        self._change()
        super().put_file(path, source, step)

    def delete(self, path: str) -> None:
        self._change()
        super().delete(path)


CHANGES: dict[str, Callable[[StaticCatalog, Any, Any], object]] = {
    "add": lambda c, other, _: c.add(other),
    "overwrite": lambda c, _, replacement: c.add(replacement, overwrite=True),
    "remove": lambda c, _, __: c.remove("tiny-1.0"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_ends_at_any_step_leaves_a_readable_catalogue(
    tmp_path: Path, change: str
) -> None:
    first, other = ready_model_of(tmp_path / "a"), ready_model_of(tmp_path / "b", name="other")
    replacement = ready_model_of(tmp_path / "c", picture=b"another")
    for at in range(100):
        place = tmp_path / f"{change}{at}"
        StaticCatalog(LocalStore(place)).add(first)
        dying = Dying(place, at)
        try:
            CHANGES[change](StaticCatalog(dying), other, replacement)
        except KeyboardInterrupt:
            ids = assert_whole(place)
            assert ids <= {"tiny-1.0", "other-1.0"}
            assert ids >= {"tiny-1.0"} or change == "remove"
        else:
            break
        try:  # and the same command once more puts all in order
            CHANGES[change](StaticCatalog(LocalStore(place)), other, replacement)
        except UnknownModelError:
            assert change == "remove"
        assert_whole(place)
        assert not list(place.rglob(".part-*"))
    assert at >= 4, "the store was never asked to change anything"


def test_a_killed_process_leaves_a_readable_catalogue(tmp_path: Path, place: Path) -> None:
    first = write_run(tmp_path / "a", name="first")
    StaticCatalog(LocalStore(place)).add(model_of_item(first))
    code = (
        "import sys\n"
        "from camp_detector_core.catalog.local_store import LocalStore\n"
        "from camp_detector_core.catalog.ready_model import model_of_item\n"
        "from camp_detector_core.catalog.static import StaticCatalog\n"
        "from pathlib import Path\n"
        "ready = model_of_item(Path(sys.argv[1]))\n"
        "catalog = StaticCatalog(LocalStore(Path(sys.argv[2])))\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    catalog.add(ready)\n"
        "    catalog.remove(ready.id)\n"
    )
    second = write_run(tmp_path / "b", name="second")
    for wait in (0.05, 0.11, 0.23):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(second), str(place)],
            stdout=subprocess.PIPE, cwd=ROOT, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
        assert "first-1.0" in assert_whole(place)
    StaticCatalog(LocalStore(place)).add(model_of_item(second))
    assert assert_whole(place) == {"first-1.0", "second-1.0"}


def test_many_who_add_at_once_lose_nothing(tmp_path: Path, place: Path) -> None:
    models = [ready_model_of(tmp_path / str(i), name=f"m{i}") for i in range(6)]
    assert add_at_once(lambda: StaticCatalog(LocalStore(place)), models) == []
    assert assert_whole(place) == {p.id for p in models}


def test_who_waits_too_long_is_told(tmp_path: Path, place: Path) -> None:
    ready = ready_model_of(tmp_path / "a")
    with (
        LocalStore(place).changing(),
        pytest.raises(CatalogError, match="another command has been changing"),
    ):
        StaticCatalog(LocalStore(place, wait=0.3)).add(ready)


def test_who_stops_leaves_the_catalogue_as_it_was(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    class Stop:
        def update(self, count: int, total: int) -> None:
            pass

        def cancelled(self) -> bool:
            return True

    catalog.add(ready_model_of(tmp_path / "a", name="a"))
    before = tree_of(place)
    with pytest.raises(Cancelled):
        catalog.add(ready_model_of(tmp_path / "b", name="b"), progress=Stop())
    assert tree_of(place) == before
    assert assert_whole(place) == {"a-1.0"}
