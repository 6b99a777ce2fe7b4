"""Results of a run take their places in one folder, step by step, each step whole.

The steps are written down before the first one, so that after a kill the next run can do what is
left of them, or take them back.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from .durable import identity, is_same, put_new, set_aside, sync_file, sync_folder
from .side_files import family, members, needed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .durable import Identity

OLD = "scratch/old"
"""Place of earlier results inside a hidden folder."""
_FORWARD, _BACK, _DRAFT = "scratch/forward.json", "scratch/back.json", "scratch/draft.json"
JOURNALS = (_DRAFT, _FORWARD, _BACK)
"""Files in which the steps are written down."""


@dataclass(frozen=True)
class Step:
    """One name in the folder gets another file, or none."""

    name: str
    new: Identity | None
    """The file that gets the name; None if it shall be free."""
    old: Identity | None
    """The file that has had it; None if it was free."""


class _State(Enum):
    """Progress of a step."""

    OPEN = "the earlier file has the name"
    DONE = "the new file has had it"
    OTHER = "neither"


class Placing:
    """The steps of one folder, and the hidden folder that holds the new and the earlier files."""

    def __init__(self, room: Path, steps: Sequence[Step]) -> None:
        """Nothing is done yet.

        Args:
            room: The hidden folder; results go into the folder that it lies in.
            steps: In the order in which they are done.
        """
        self._room = room
        self._steps = tuple(steps)
        self._later = {s.name: s.new for s in steps if s.new is not None}
        self._gone = {s.name: s.old for s in steps if s.new is None}

    @classmethod
    def of(cls, room: Path, finals: Sequence[Path]) -> Placing:
        """The steps that put all files of a hidden folder in place of earlier ones.

        Files that describe an earlier result go before it does. A format of several files is
        unreadable until all of it is new, rather than mixed: the file that readers need goes
        first and comes last.

        Args:
            room: The hidden folder.
            finals: The results; files of other names in the hidden folder replace nothing.
        """
        new = {p.name: identity(p) for p in sorted(room.iterdir()) if p.is_file()}
        known = {name for final in finals for name in members(final)}
        steps = [Step(name, i, None) for name, i in new.items() if name not in known]
        for final in finals:
            old = {p.name: identity(p) for p in family(final)}
            last = needed(final) if needed(final) in new else ""
            gone = [n for n in old if n not in new or n == last]
            come = [n for n in members(final) if n in new and n != last]
            steps += [Step(name, None, old[name]) for name in gone]
            steps += [Step(name, new[name], old.get(name)) for name in come]
            steps += [Step(last, new[last], None)] if last else []
        return cls(room, steps)

    @classmethod
    def left_in(cls, room: Path) -> tuple[Placing, bool] | None:
        """Read the steps of a killed run, and whether they are to be done or taken back.

        Raises:
            ValueError: What is written there is not of this project.
            OSError: It cannot be read.
        """
        for name, onward in ((_BACK, False), (_FORWARD, True)):
            path = room / name
            if path.is_file():
                return cls(room, _steps_in(path.read_bytes())), onward
        return None

    def prepare(self) -> None:
        """Bring the new files to the disk, keep the earlier ones, and write the steps down.

        Raises:
            OSError: One of it cannot be done; nothing outside of the hidden folder has changed.
        """
        for step in self._steps:
            if step.new is not None:
                sync_file(self._new(step))
            if step.old is not None:
                draft = self._room / "scratch" / "copy"
                set_aside(self._final(step), self._backup(step), draft=draft)
        draft = self._room / _DRAFT
        draft.write_text(json.dumps([asdict(step) for step in self._steps]), encoding="utf-8")
        sync_file(draft)
        for folder in (self._room, self._room / OLD):
            sync_folder(folder)

    def decide(self) -> None:
        """From here on a killed run's steps are done by the next run.

        Raises:
            OSError: It cannot be written down.
        """
        (self._room / _DRAFT).replace(self._room / _FORWARD)
        sync_folder(self._room / "scratch")

    def forward(self) -> None:
        """Do all steps.

        Raises:
            FileExistsError: A name has another file by now.
            OSError: A step cannot be done.
        """
        for step in self._steps:
            self._do(step)
        for name, new in self._later.items():
            if identity(self._room.parent / name) != new:
                raise FileNotFoundError(errno.ENOENT, f"{name} has vanished meanwhile")
        sync_folder(self._room.parent)

    def others(self) -> list[str]:
        """Names that have a file which is neither the new nor the earlier one."""
        return [step.name for step in self._steps if self._state(step) is _State.OTHER]

    def resume(self) -> list[str]:
        """Do the steps that a killed run has not done; gives their names.

        Raises:
            OSError: A step cannot be done.
        """
        done = [step.name for step in self._steps if self._do(step)]
        sync_folder(self._room.parent)
        return done

    def back(self) -> list[str]:
        """Take all steps back; gives the names that have not got their earlier file again."""
        with suppress(OSError):
            (self._room / _FORWARD).replace(self._room / _BACK)
        stuck = [step.name for step in reversed(self._steps) if not self._is_undone(step)]
        with suppress(OSError):
            sync_folder(self._room.parent)
        return stuck

    def forget(self) -> None:
        """Leave the hidden folder as it is, for the user.

        Raises:
            OSError: What is written there cannot be deleted.
        """
        for name in JOURNALS:
            (self._room / name).unlink(missing_ok=True)

    def _final(self, step: Step) -> Path:
        return self._room.parent / step.name

    def _new(self, step: Step) -> Path:
        return self._room / step.name

    def _backup(self, step: Step) -> Path:
        return self._room / OLD / step.name

    def _state(self, step: Step) -> _State:
        current = identity(self._final(step))
        if step.new is None and current in {None, self._later.get(step.name)}:
            return _State.DONE
        if step.new is not None and not os.path.lexists(self._new(step)):
            return _State.DONE
        is_open = current in {step.old, self._gone.get(step.name)}
        is_open = is_open or is_same(self._new(step), self._final(step))
        return _State.OPEN if is_open else _State.OTHER

    def _do(self, step: Step) -> bool:
        """Do a step; False if it is done already.

        Raises:
            OSError: The name has another file by now, or the disk does not do it.
        """
        final, new = self._final(step), self._new(step)
        state = self._state(step)
        if state is _State.OTHER:
            raise _other(step)
        if state is _State.DONE:
            return False
        if step.new is None:
            final.unlink()
        elif is_same(new, final):  # killed when it had both names
            new.unlink()
        elif step.old is None:
            try:
                put_new(new, final)
            except FileExistsError as error:
                raise _other(step) from error
        else:
            new.replace(final)
        return True

    def _is_undone(self, step: Step) -> bool:
        """Take a step back; False if that cannot be."""
        try:
            self._undo(step)
        except OSError:
            return False
        return True

    def _undo(self, step: Step) -> None:
        """Take a step back, or make sure that it was not done.

        Raises:
            OSError: The name has another file by now, or the disk does not do it.
        """
        final, new, backup = self._final(step), self._new(step), self._backup(step)
        current, waits = identity(final), os.path.lexists(new)
        if step.old is None:
            if is_same(new, final) or (not waits and current == step.new):
                final.unlink()
            return
        is_untouched = current == step.old and (step.new != step.old or waits)
        if is_untouched or is_same(backup, final):
            backup.unlink(missing_ok=True)
        elif current in {None, step.new}:
            backup.replace(final)
        else:
            raise _other(step)


def _other(step: Step) -> FileExistsError:
    happened = "appeared" if step.old is None else "been changed"
    return FileExistsError(errno.EEXIST, f"a file of the name {step.name} has {happened} meanwhile")


def _steps_in(data: bytes) -> list[Step]:
    """The steps that were written down.

    Raises:
        ValueError: They are none of this project.
    """
    try:
        steps = json.loads(data)
        if isinstance(steps, list):
            return [_step_of(each) for each in steps]
    except (RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from error
    msg = "no list of steps"
    raise ValueError(msg)


def _step_of(raw: Any) -> Step:  # noqa: ANN401 - whatever a file holds
    """A step as it was written down.

    Raises:
        ValueError: It is none, or leads out of its folder.
    """
    try:
        name, new, old = raw["name"], raw["new"], raw["old"]
        step = Step(str(name), *(None if i is None else (int(i[0]), int(i[1])) for i in (new, old)))
    except (TypeError, KeyError, IndexError) as error:
        msg = "no step of a run"
        raise ValueError(msg) from error
    if step.name in {"", ".", ".."} or set(step.name) & set("/\\\0"):
        msg = f"{step.name!a} is no name of a file"
        raise ValueError(msg)
    return step
