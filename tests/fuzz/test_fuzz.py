"""A short run of the fuzzer through every door, and that it sees what it looks for."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.engine.errors import CampDetectorError, RasterError
from tests.fuzz.doors import DOORS, Door
from tests.fuzz.mutate import mutated
from tests.fuzz.run import fuzz
from tests.fuzz.worker import fault_of, one

if TYPE_CHECKING:
    from pathlib import Path

CASES = 60
"""For each door; ``python -m tests.fuzz.run`` goes on as long as you like."""


@pytest.mark.parametrize("door", DOORS)
def test_files_that_chance_changed_are_refused_or_taken_in_order(door: str, tmp_path: Path) -> None:
    tally = fuzz(door, tmp_path / "fuzz", seed=12, cases=CASES)
    assert tally.faults == {}, tally.traces
    assert tally.cases == CASES
    assert tally.refused > 0


def test_the_same_seed_gives_the_same_changes() -> None:
    for data in (b'{"a": [1, 2, {"b": null}]}', bytes(range(256)), b""):
        first, second = ([mutated(data, random.Random(n)) for n in range(200)] for _ in range(2))
        assert first == second
        assert len(set(first)) > 1 or not data


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (KeyError("x"), "KeyError"),
        (RecursionError("deep"), "RecursionError"),
        (RasterError(""), "without words"),
        (RasterError("image: <class 'int'> is no raster"), "in the message"),
        (RasterError("copy or download it again: copy or download it again"), "twice"),
        (RasterError("image.tif cannot be read: copy it again"), None),
    ],
)
def test_a_fault_is_told_from_an_error_for_the_user(error: Exception, fault: str | None) -> None:
    actual = fault_of(error)
    assert actual is None if fault is None else fault in str(actual)


def good_folder(folder: Path) -> Path:
    (folder / "good" / "in").mkdir(parents=True)
    (folder / "good" / "in" / "a").write_bytes(b"good")
    (folder / "good" / "names").write_text("a")
    return folder / "good"


def test_an_orderly_door_is_left_alone_and_others_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, work, chance = good_folder(tmp_path), tmp_path / "work", random.Random(0)
    monkeypatch.chdir(tmp_path)

    def refuses(_: Path) -> None:
        msg = "a is no file of ours: copy it again"
        raise CampDetectorError(msg)

    def stumbles(folder: Path) -> None:
        raise IndexError(folder.name)

    def swallows(_: Path) -> None:
        raise MemoryError

    def litters(_: Path) -> None:
        from pathlib import Path as PathInside

        PathInside("x").write_bytes(b"theirs")

    def passes(folder: Path) -> bytes:
        return (folder / "a").read_bytes()

    def outcome(enter: object) -> dict[str, object]:
        return one(Door(lambda _: [], enter), good, work, chance)  # type: ignore[arg-type]

    assert "refused" in outcome(refuses)
    assert "taken" in outcome(passes)
    assert "IndexError" in str(outcome(stumbles)["fault"])
    assert "memory" in str(outcome(swallows)["fault"])
    assert "other files" in str(outcome(litters)["fault"])


def test_a_worker_that_dies_is_blamed_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the worker that ends itself in its third case, as a crash in a library does."""
    fake = tmp_path / "tests" / "fuzz"
    fake.mkdir(parents=True)
    (fake / "worker.py").write_text(
        "import json, os, sys\n"
        "first, count = int(sys.argv[3]), int(sys.argv[4])\n"
        "for n in range(first, first + count):\n"
        "    print(json.dumps({'begin': n}), flush=True)\n"
        "    if n == 2: os.kill(os.getpid(), 11)\n"
        "    print(json.dumps({'end': n, 'taken': ''}), flush=True)\n"
    )
    monkeypatch.setattr("tests.fuzz.run.ROOT", tmp_path)
    tally = fuzz("masks", tmp_path / "work", seed=0, cases=6)
    assert tally.faults == {"the process died (-11)": [2]}
    assert tally.accepted == 5
