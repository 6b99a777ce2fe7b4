"""Findings of a validation, one line each with place, fault and remedy."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.messages import PLAIN, remedy_in
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.engine.messages import Words

Level = Literal["problem", "advice", "not checked"]
_MAX_NOTES = 300
"""Number of notes that are kept; an untrusted item could cause millions."""
_MAX_STEPS = 8


@dataclass(frozen=True)
class Note:
    """Finding of a validation."""

    level: Level
    """``problem`` makes the item invalid; ``advice`` names what a reader would miss."""
    path: str
    """Place in the item, such as ``properties.mlm:input[0].input.shape``."""
    message: str
    remedy: str = ""
    """Step to take; for an unchecked part, a template of `engine.messages` with parameters."""

    def remedy_in(self, words: Words) -> str:
        """Put the remedy into the words of a host."""
        if self.level != "not checked":
            return self.remedy
        return remedy_in(self.remedy, words).removeprefix("; ")

    def line(self, words: Words) -> str:
        """Format the line for the user."""
        line = f"{self.level:<11} {self.path}: {self.message}"
        return "; ".join(filter(None, [line, self.remedy_in(words)]))

    def __str__(self) -> str:
        """Format the line in the words of no host."""
        return self.line(PLAIN)


@dataclass(frozen=True)
class Report:
    """Result of one validation."""

    item: Path
    notes: tuple[Note, ...]
    passed: tuple[str, ...]
    """Checks without any fault."""
    left_out: int = 0
    """Number of notes beyond those that were kept."""
    kind: str = "item"
    """Name for what was validated, in the JSON of the report."""

    def of(self, level: Level) -> tuple[Note, ...]:
        """Select the notes of one level."""
        return tuple(note for note in self.notes if note.level == level)

    @property
    def valid(self) -> bool:
        """True if there is no problem; unchecked parts are no problems, but have not passed."""
        return not self.of("problem")

    def to_dict(self, words: Words = PLAIN) -> dict[str, Any]:
        """Convert to plain values for JSON."""

        def as_dicts(level: Level) -> list[dict[str, str]]:
            return [
                {"where": note.path, "what": note.message, "remedy": note.remedy_in(words)}
                for note in self.of(level)
            ]

        return {
            self.kind: str(self.item),
            "valid": self.valid,
            "problems": as_dicts("problem"),
            "advice": as_dicts("advice"),
            "not_checked": as_dicts("not checked"),
            "passed": list(self.passed),
            "left_out": self.left_out,
        }

    def text(self, words: Words, *, as_json: bool) -> str:
        """Format the whole report in a host's words, as lines for people or as JSON."""
        if as_json:
            return json.dumps(self.to_dict(words), indent=2)
        return "\n".join(self.lines(words))

    def lines(self, words: Words = PLAIN) -> list[str]:
        """Format problems, advice, unchecked parts and a summary as lines."""
        levels: tuple[Level, ...] = ("problem", "advice", "not checked")
        lines = [note.line(words) for level in levels for note in self.of(level)]
        if self.left_out:
            lines.append(f"... and {self.left_out} more notes")
        counts = [len(self.of(level)) for level in levels]
        checked = "" if counts[2] == 0 else " as far as it was checked"
        word = f"valid{checked}" if self.valid else "not valid"
        passed_text = f"; passed: {', '.join(self.passed)}" if self.passed else ""
        lines.append(
            f"{shown(self.item)} is {word}: {counted(counts[0], 'problem')}, "
            f"{counted(counts[1], 'piece')} of advice, {counts[2]} not checked{passed_text}"
        )
        return lines


@dataclass
class Findings:
    """Collects notes during a validation."""

    notes: list[Note] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    left_out: int = 0
    _is_advice: bool = False

    @contextmanager
    def as_advice(self, *, on: bool) -> Iterator[None]:
        """Record problems as advice, for rules that the item need not keep."""
        previous = self._is_advice
        self._is_advice = on
        try:
            yield
        finally:
            self._is_advice = previous

    def at(self, *steps: str | int) -> Place:
        """Name a place in the item by the keys and positions that lead to it."""
        return Place(self, steps)

    def problems(self) -> int:
        """Count the problems so far."""
        return sum(note.level == "problem" for note in self.notes)

    @contextmanager
    def passing(self, check: str) -> Iterator[None]:
        """Note a check as passed, unless a problem is noted inside."""
        before = self.problems()
        yield
        if self.problems() == before:
            self.passed.append(check)

    def report(self, item: Path, kind: str = "item") -> Report:
        """Make the report."""
        return Report(item, tuple(self.notes), tuple(self.passed), self.left_out, kind)

    def add(self, level: Level, path: str, message: str, remedy: str) -> None:
        """Keep a note once; the limit never drops a problem for advice."""
        note = Note(
            "advice" if level == "problem" and self._is_advice else level, path, message, remedy
        )
        if note in self.notes:
            return
        full = len(self.notes) >= _MAX_NOTES
        if full and (note.level != "problem" or self.problems() >= _MAX_NOTES):
            self.left_out += 1
            return
        self.notes.append(note)


@dataclass(frozen=True)
class Place:
    """A value of the item, about which notes are made."""

    findings: Findings
    steps: tuple[str | int, ...]
    """Keys and positions that lead from the item to the value."""

    def at(self, *steps: str | int) -> Place:
        """Name a place in this one."""
        return Place(self.findings, (*self.steps, *steps))

    def problem(self, message: str, remedy: str) -> None:
        """Note a fault that makes the item invalid or untrue."""
        self.findings.add("problem", str(self), message, remedy)

    def advice(self, message: str, remedy: str) -> None:
        """Note optional content whose absence a reader would regret."""
        self.findings.add("advice", str(self), message, remedy)

    def unchecked(self, message: str, remedy: str = "") -> None:
        """Note a part that could not be checked; the remedy is a template of `engine.messages`."""
        self.findings.add("not checked", str(self), message, remedy)

    def is_faulty(self) -> bool:
        """Test if a problem was noted at exactly this place."""
        notes = self.findings.notes
        return any(note.level == "problem" and note.path == str(self) for note in notes)

    def __str__(self) -> str:
        """Format the place in one short line."""
        text = ""
        for step in self.steps[:_MAX_STEPS]:
            text += f"[{step}]" if isinstance(step, int) else f".{shown(step)}"
        return text.lstrip(".") or "item"
