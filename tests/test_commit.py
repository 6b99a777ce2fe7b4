"""Results take their places: killed, interrupted or refused at any step, nothing is lost or mixed.

A run replaces six results, among them formats of several files and stale side files, and makes one
that is new. Every call that changes something on the disk is a step.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.outputs import scratch
from camp_detector_core.outputs.output_set import OutputSet
from camp_detector_core.outputs.whole_file import whole_file, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and locks of POSIX")

MAINS = ("o.gpkg", "o.shp", "o.fgb", "o_mask.tif", "o_overlay.png", "o_report.json")
NEW = {name: f"new {name}" for name in (*MAINS, "o.dbf", "o.shx", "o.prj", "o_probability.tif")}
OLD = {
    name: f"old {name}"
    for name in (
        *MAINS, "o.dbf", "o.shx", "o.qix", "o.gpkg-wal", "o.gpkg-shm", "o_mask.tif.aux.xml",
        "o_overlay.pgw",
    )
}  # fmt: skip
BYSTANDERS = {name: f"kept {name}" for name in ("o2.gpkg", "o", "o.txt", ".o.gpkg", "o_mask")}
STEPS = ("link", "replace", "rename", "unlink", "rmdir", "mkdir")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "out"
    place.mkdir()
    for name, text in {**OLD, **BYSTANDERS}.items():
        (place / name).write_text(text)
    return place


def files_in(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir() if p.is_file()}


def rooms_in(folder: Path) -> list[Path]:
    return [p for p in folder.iterdir() if p.is_dir()]


def stepping(patch: pytest.MonkeyPatch, at: int, act: Callable[[], None]) -> list[Path]:
    """Have something happen in place of the step of a number; gives the last path of each step."""
    steps: list[Path] = []

    def watch(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            steps.append(Path(next(a for a in reversed(args) if isinstance(a, str | Path))))
            if len(steps) == at:
                act()
            return real(*args, **options)

        return step

    for name in STEPS:
        patch.setattr(os, name, watch(getattr(os, name)))
    patch.setattr(Path, "write_text", watch(Path.write_text))
    patch.setattr(os, "fsync", lambda _: None)  # no kill of a process shows it
    patch.setattr(os, "supports_follow_symlinks", {os.link})
    return steps


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def no_links(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EPERM, "no hard links on this disk")

    patch.setattr(os, "link", refuse)


def run(folder: Path) -> None:
    """A whole run that writes all it has to write, and commits."""
    finals = [folder / name for name in (*MAINS, "o_probability.tif")]
    with OutputSet(finals, overwrite=True) as outputs:
        for name, text in NEW.items():
            (outputs.target(folder / "o.gpkg").temporary.parent / name).write_bytes(text.encode())
        outputs.commit()


def in_child(act: Callable[[pytest.MonkeyPatch], None]) -> int | None:
    """Run something in a process of its own; gives the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            act(pytest.MonkeyPatch())
        except BaseException:  # noqa: BLE001 - the child of a fork must end here
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else None


def killed_run(folder: Path, at: int, *, links: bool = True) -> bool:
    """A run that is killed at a step; False if it has fewer."""

    def act(patch: pytest.MonkeyPatch) -> None:
        if not links:
            no_links(patch)
        stepping(patch, at, kill)
        run(folder)

    return in_child(act) == signal.SIGKILL


def next_run(folder: Path) -> list[str]:
    """The next run into the folder, which stops at once; gives what it says."""
    sentences: list[str] = []
    with OutputSet([folder / "other.gpkg"], overwrite=False, warn=sentences.append):
        pass
    return sentences


def assert_none_is_missing(folder: Path) -> None:
    contents = files_in(folder)
    assert {name: contents.get(name) for name in BYSTANDERS} == BYSTANDERS
    for name in MAINS:
        assert contents.get(name) in {OLD[name], NEW[name]}, name
    assert contents.get("o_probability.tif") in {None, NEW["o_probability.tif"]}
    if "o.shx" in contents:  # readable, and so not mixed
        generation = {contents[f"o{end}"].split()[0] for end in (".shp", ".dbf", ".shx")}
        assert len(generation) == 1
    if contents["o.gpkg"].startswith("new"):
        assert "o.gpkg-wal" not in contents


def assert_settled(folder: Path) -> None:
    """All is as before or all is new, and nothing is left behind."""
    assert rooms_in(folder) == []
    assert files_in(folder) in ({**OLD, **BYSTANDERS}, {**NEW, **BYSTANDERS})


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def links(request: pytest.FixtureRequest) -> bool:
    """True if the disk has hard links."""
    return bool(request.param)


def every_step(tmp_path: Path, attempt: Callable[[Path, int], bool]) -> Iterator[Path]:
    """A fresh folder for each step, as an attempt left it, until it has no more steps."""
    for at in range(1, 1000):
        place = tmp_path / f"at {at}"
        place.mkdir()
        for name, text in {**OLD, **BYSTANDERS}.items():
            (place / name).write_text(text)
        if not attempt(place, at):
            assert at > 40, "steps are not seen"
            return
        yield place


def test_a_kill_at_any_step_loses_nothing_and_the_next_run_says_so(
    tmp_path: Path, links: bool
) -> None:
    endings = set()
    for place in every_step(tmp_path, lambda p, at: killed_run(p, at, links=links)):
        assert_none_is_missing(place)
        has_lock = any(place.glob(".camp-detector-*/scratch/lock"))
        sentences = next_run(place)
        assert len(sentences) == has_lock, place
        assert all(s.startswith(f"an earlier run into {place} was killed") for s in sentences)
        if has_lock:
            assert_settled(place)
        assert next_run(place) == []
        endings.add(next((s.partition(" was killed")[2][:24] for s in sentences), ""))
    assert endings >= {
        " before it was done: its",
        " while it put its result",
        " when its results were i",
    }


def test_a_kill_while_a_killed_run_is_finished_loses_nothing(tmp_path: Path, folder: Path) -> None:
    def killed_twice(place: Path, at: int) -> bool:
        def finishing(patch: pytest.MonkeyPatch) -> None:
            stepping(patch, at, kill)
            next_run(place)

        assert killed_run(place, middle)
        return in_child(finishing) == signal.SIGKILL

    middle = middle_step(folder)
    for place in every_step(tmp_path, killed_twice):
        assert_none_is_missing(place)
        next_run(place)
        assert files_in(place) == {**NEW, **BYSTANDERS}


def middle_step(folder: Path) -> int:
    """The step after which the first result is new and the others are not."""
    with pytest.MonkeyPatch.context() as patch:
        steps = stepping(patch, 0, kill)
        run(folder)
    return steps.index(folder / "o.gpkg", steps.index(folder / "o.gpkg-shm")) + 2


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")], ids=repr
)
def test_an_error_at_any_step_leaves_all_as_it_was(
    tmp_path: Path, links: bool, error: BaseException
) -> None:
    def attempt(place: Path, at: int) -> bool:
        def fail() -> None:
            raise type(error)(*error.args)

        with pytest.MonkeyPatch.context() as patch:
            if not links:
                no_links(patch)
            steps = stepping(patch, at, fail)
            with suppress(KeyboardInterrupt, OutputError):
                run(place)
            return len(steps) >= at

    for place in every_step(tmp_path, attempt):
        contents = files_in(place)
        assert contents in ({**OLD, **BYSTANDERS}, {**NEW, **BYSTANDERS})
        next_run(place)
        assert files_in(place) == contents


def test_what_another_program_changed_since_is_left_alone(folder: Path) -> None:
    assert killed_run(folder, middle_step_of_copy(folder))
    (folder / "o_mask.tif").write_text("changed since")
    (sentence,) = next_run(folder)
    (room,) = rooms_in(folder)
    assert f"o_mask.tif changed since: what is not in place lies in {room}" in sentence
    assert (folder / "o_mask.tif").read_text() == "changed since"
    assert (room / "o_mask.tif").read_text() == NEW["o_mask.tif"]
    assert next_run(folder) == []
    assert rooms_in(folder) == [room]


def middle_step_of_copy(folder: Path) -> int:
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    return middle_step(copy)


@pytest.mark.parametrize(
    "text",
    ["[", "{}", "[1]", '[{"name": "../precious", "new": null, "old": [8, 1]}]', "[" * 10**5,
     '[{"name": "o.gpkg", "new": [1e400, 1], "old": null}]', b"\xff".decode("latin-1")],
)  # fmt: skip
def test_steps_that_a_stranger_wrote_lead_nowhere(folder: Path, text: str) -> None:
    precious = folder.parent / "precious"
    precious.write_text("precious")
    os.utime(precious, ns=(1, 1))
    scratch = folder / ".camp-detector-strange" / "scratch"
    scratch.mkdir(parents=True)
    (scratch / "lock").touch()
    (scratch / "forward.json").write_text(text, encoding="latin-1")
    (sentence,) = next_run(folder)
    assert "cannot be understood" in sentence
    assert precious.read_text() == "precious"
    assert files_in(folder) == {**OLD, **BYSTANDERS}


@pytest.mark.skipif(sys.platform != "linux", reason="names of open files are read from /proc")
def test_all_is_on_the_disk_before_anything_is_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    replace = Path.replace

    def record_sync(descriptor: int) -> None:
        events.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    def replacing(source: Path, final: Path) -> Path:
        events.append(f"to {final.name}")
        return replace(source, final)

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(Path, "replace", replacing)
    run(folder)
    before = set(events[: events.index("to o.gpkg")])
    assert before >= {*NEW, "draft.json", "old", "scratch", "to forward.json"}
    assert events[-1] == "out"


def test_runs_that_end_at_once_put_their_results_in_place_one_after_another(folder: Path) -> None:
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            with suppress(BaseException):
                for _ in range(5):
                    run(folder)
                code = 0
            os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert files_in(folder) == {**NEW, **BYSTANDERS}
    assert rooms_in(folder) == []


def test_a_file_that_is_replaced_alone_is_on_the_disk_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(os, "fsync", lambda _: events.append("sync"))

    def replacing(source: Path, final: Path) -> Path:
        events.append(f"to {final.name}")
        return replace(source, final)

    monkeypatch.setattr(Path, "replace", replacing)
    with whole_file(tmp_path / "a.json") as part:
        part.write_text("whole", encoding="utf-8")
    assert events == ["sync", "to a.json", "sync"]


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_a_small_file_has_the_rights_of_any_new_file(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "a.json", b"{}")
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == mode
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def killed_writer(path: Path) -> None:
    """Have a process die when it has written half of a file."""
    child = os.fork()
    if child == 0:
        with whole_file(path) as part:
            part.write_bytes(b"hal")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_what_a_killed_writer_left_is_cleared_away_by_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"old")
    killed_writer(path)
    assert path.read_bytes() == b"old"
    (room,) = rooms_in(tmp_path)
    assert (room / "a.json").read_bytes() == b"hal"
    with whole_file(tmp_path / "b.json") as part:  # another one lives meanwhile
        part.write_bytes(b"other")
        write_whole(path, b"new")
    assert files_in(tmp_path) == {"a.json": "new", "b.json": "other"}
    assert rooms_in(tmp_path) == []
    (message,) = caplog.messages
    assert message.startswith(f"an earlier run into {tmp_path} was killed before it was done")


def test_a_file_that_fails_leaves_the_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    with suppress(KeyboardInterrupt), whole_file(path) as part:
        part.write_bytes(b"hal")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_this_process_writes_is_not_cleared_away_where_locks_do_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp
    # As Python 3.12 does; a network disk gives a lock to the process that has it already.
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **options: str(Path(make(**options)).resolve()))
    monkeypatch.setattr(scratch, "_lock", lambda _: None)
    monkeypatch.chdir(tmp_path)
    with whole_file(Path("a.json")) as part:
        part.write_bytes(b"one")
        write_whole(Path("b.json"), b"other")
    assert files_in(tmp_path) == {"a.json": "one", "b.json": "other"}


def test_a_disk_without_room_for_a_folder_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkdir

    def refuse(path: str, mode: int = 0o777) -> None:
        if Path(path).name == "scratch":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        make(path, mode)

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "new" / "a.json", b"one", make_folder=True)
    assert list(tmp_path.iterdir()) == []
