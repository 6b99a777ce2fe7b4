"""Change files by chance and see that every reader refuses or takes them in an orderly way.

No crash, no foreign exception, no hang, no memory without end, no file written elsewhere, and a
message that a user can read. Each door (a kind of file) is worked on by a process of its own.

usage: python -m tests.fuzz.run [--cases 1000] [--seed 0] [--door NAME]... [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.fuzz.doors import DOORS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds without a word after which a case counts as hung; reading takes milliseconds."""


@dataclass
class Tally:
    """Outcomes of the cases of one door."""

    accepted: int = 0
    refused: int = 0
    faults: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the cases by their fault."""
    traces: dict[str, str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    """Number of times that each sentence came, without what is quoted in it."""

    @property
    def cases(self) -> int:
        """Number of cases."""
        return self.accepted + self.refused + sum(map(len, self.faults.values()))

    def blame(self, fault: str, number: int, trace: str = "") -> None:
        """Keep a fault."""
        self.faults.setdefault(fault[:300], []).append(number)
        self.traces.setdefault(fault[:300], trace)


def fuzz(door: str, folder: Path, *, seed: int, cases: int, first: int = 0) -> Tally:
    """Run the cases of a door; a process that dies is started again behind the case at fault.

    Args:
        door: A key of `DOORS`.
        folder: Where files are made.
        seed: With the door and the number it makes a case.
        cases: How many.
        first: Number of the first.

    Returns:
        What came of them.
    """
    tally = Tally()
    at, end = first, first + cases
    folder.mkdir(parents=True, exist_ok=True)
    while at < end:
        command = [sys.executable, "-m", "tests.fuzz.worker", door, seed, at, end - at, folder]
        # Threads of libraries reserve address space, which is limited.
        calm = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | calm,
            cwd=ROOT,
            text=True,
        )
        case = _listen(process, tally)
        if case is None and process.returncode:
            assert process.stderr is not None
            msg = f"{door}: its good files do not pass: {process.stderr.read()[-2000:]}"
            raise RuntimeError(msg)
        if process.stderr is not None:
            process.stderr.close()
        if case is None:
            break
        at = case + 1
    return tally


def _listen(process: subprocess.Popen[str], tally: Tally) -> int | None:
    """Take what a worker says; gives the case that it died in, or None where it is through."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_forward, args=(process.stdout, lines), daemon=True).start()
    case: int | None = None
    while True:
        try:
            line = lines.get(timeout=PATIENCE)
        except queue.Empty:
            process.kill()
            process.wait()
            if case is not None:
                tally.blame("hangs", case)
            return case
        if line is None:
            code = process.wait()
            if case is not None:
                tally.blame(f"the process died ({code})", case)
            return case
        case = _take(json.loads(line), tally, case)


def _take(message: dict[str, Any], tally: Tally, case: int | None) -> int | None:
    if "begin" in message:
        return int(message["begin"])
    if "fault" in message:
        tally.blame(message["fault"], message["end"], message["where"])
    elif "refused" in message:
        tally.refused += 1
        tally.reasons[message["refused"][-60:]] += 1
    else:
        tally.accepted += 1
    return None if case == message["end"] else case


def _forward(stream: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    assert stream is not None
    for line in stream:
        lines.put(line)
    lines.put(None)
    stream.close()


def main() -> int:
    """Run all doors, print a table and the faults; the exit status is 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000, help="for each door")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--door", action="append", choices=DOORS, help="only this one; repeat it")
    parser.add_argument("--reasons", type=int, default=0, help="show how often what was said")
    parser.add_argument("--keep", type=Path, help="folder in which the last files stay")
    options = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        home = options.keep or Path(scratch)
        for door in options.door or DOORS:
            place = home / door.replace(" ", "-")
            tally = fuzz(door, place, seed=options.seed, cases=options.cases, first=options.first)
            bad = tally.cases - tally.accepted - tally.refused
            faults += bad
            line = f"{door:<16} {tally.cases:>7} cases {tally.refused:>7} refused"
            sys.stdout.write(f"{line} {tally.accepted:>7} taken {bad:>5} faults\n")
            for fault, numbers in sorted(tally.faults.items(), key=lambda kv: -len(kv[1])):
                sys.stdout.write(f"    {len(numbers):>5} x (case {numbers[0]}) {fault!a}\n")
                frames = [t for t in tally.traces[fault].splitlines() if 'File "' in t][-3:]
                sys.stdout.writelines(f"            {line.strip()}\n" for line in frames)
            for reason, times in tally.reasons.most_common(options.reasons):
                sys.stdout.write(f"    {times:>5} times ... {reason}\n")
            sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
