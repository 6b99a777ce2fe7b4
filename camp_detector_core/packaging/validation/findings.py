"""What a validation finds, each in one line: where, what, and what to do about it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Level = Literal["problem", "advice", "not checked"]
Where = tuple[str | int, ...]
"""Keys and positions that lead from the item to a value."""
_MAX_NOTES = 300
"""Notes that are kept; a stranger's item could give cause for millions."""
_MAX_WHERE = 8


@dataclass(frozen=True)
class Note:
    """One finding."""

    level: Level
    """``problem`` makes the item invalid; ``advice`` is what a reader would miss."""
    where: str
    """The place in the item, such as ``properties.mlm:input[0].input.shape``."""
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        """The line that a user reads."""
        rest = f"; {self.remedy}" if self.remedy else ""
        return f"{self.level:<11} {self.where}: {self.what}{rest}"


@dataclass(frozen=True)
class Report:
    """The outcome of one validation."""

    item: Path
    notes: tuple[Note, ...]
    passed: tuple[str, ...]
    """What was checked in whole and found right."""
    left_out: int = 0
    """Notes beyond those that were kept."""

    def of(self, level: Level) -> tuple[Note, ...]:
        """The notes of one level."""
        return tuple(note for note in self.notes if note.level == level)

    @property
    def valid(self) -> bool:
        """Whether there is no problem; what was not checked is no problem, and is not passed."""
        return not self.of("problem")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""

        def plain(level: Level) -> list[dict[str, str]]:
            return [
                {"where": note.where, "what": note.what, "remedy": note.remedy}
                for note in self.of(level)
            ]

        return {
            "item": str(self.item),
            "valid": self.valid,
            "problems": plain("problem"),
            "advice": plain("advice"),
            "not_checked": plain("not checked"),
            "passed": list(self.passed),
            "left_out": self.left_out,
        }

    def text(self, *, as_json: bool) -> str:
        """All of it to print, for a reader or for a program."""
        return json.dumps(self.to_dict(), indent=2) if as_json else "\n".join(self.lines())

    def lines(self) -> list[str]:
        """For a reader: problems, advice, what was not checked, and a summary."""
        levels: tuple[Level, ...] = ("problem", "advice", "not checked")
        found = [str(note) for level in levels for note in self.of(level)]
        if self.left_out:
            found.append(f"... and {self.left_out} more notes")
        counts = [len(self.of(level)) for level in levels]
        checked = "" if counts[2] == 0 else " as far as it was checked"
        word = f"valid{checked}" if self.valid else "not valid"
        passed = f"; passed: {', '.join(self.passed)}" if self.passed else ""
        found.append(
            f"{shown(self.item)} is {word}: {counted(counts[0], 'problem')}, "
            f"{counted(counts[1], 'piece')} of advice, {counts[2]} not checked{passed}"
        )
        return found


@dataclass
class Findings:
    """Collects notes while an item is looked at."""

    notes: list[Note] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    left_out: int = 0
    _advising: bool = False

    @contextmanager
    def advising(self, *, on: bool) -> Iterator[None]:
        """Take problems for advice, while rules are asked that the item need not keep."""
        before = self._advising
        self._advising = on
        try:
            yield
        finally:
            self._advising = before

    def problem(self, where: Where, what: str, remedy: str) -> None:
        """What makes the item invalid or untrue."""
        self._add(Note("advice" if self._advising else "problem", path_of(where), what, remedy))

    def advice(self, where: Where, what: str, remedy: str) -> None:
        """What is allowed to be missing, and would be missed."""
        self._add(Note("advice", path_of(where), what, remedy))

    def unchecked(self, where: Where, what: str, remedy: str = "") -> None:
        """What could not be looked at."""
        self._add(Note("not checked", path_of(where), what, remedy))

    def faulty(self, where: Where) -> bool:
        """Whether a problem was found at exactly this place."""
        path = path_of(where)
        return any(note.level == "problem" and note.where == path for note in self.notes)

    def problems(self) -> int:
        """How many there are by now."""
        return sum(note.level == "problem" for note in self.notes)

    def report(self, item: Path) -> Report:
        """The outcome."""
        return Report(item, tuple(self.notes), tuple(self.passed), self.left_out)

    def _add(self, note: Note) -> None:
        """Keep a note once; a problem is never lost for want of room."""
        if note in self.notes:
            return
        full = len(self.notes) >= _MAX_NOTES
        if full and (note.level != "problem" or self.problems() >= _MAX_NOTES):
            self.left_out += 1
            return
        self.notes.append(note)


def path_of(where: Sequence[str | int]) -> str:
    """A place in one short line."""
    text = ""
    for step in where[:_MAX_WHERE]:
        text += f"[{step}]" if isinstance(step, int) else f".{shown(step)}"
    return text.lstrip(".") or "item"
