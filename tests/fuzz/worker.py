"""Goes through one door with changed files, and says of each what came of it, a line of JSON each.

usage: python -m tests.fuzz.worker DOOR SEED FIRST COUNT FOLDER
"""

from __future__ import annotations

import json
import logging
import os
import random
import resource
import shutil
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import MAX_MESSAGE, message
from tests.fuzz.doors import DOORS, Door
from tests.fuzz.mutate import mutated

MEMORY = 6 << 30
"""Bytes of address space; a reader that takes what a header says ends here."""


def fault_of(error: Exception) -> str | None:
    """The fault in an error that reaches a user; None where it is as it must be."""
    if not isinstance(error, CampDetectorError):
        return f"{type(error).__name__}: {error}"
    text = str(error)
    line = message(text)
    if not text.strip():
        return "an error without words"
    if len(line) > MAX_MESSAGE or (not line.isascii() and "\x1b" in line):
        return "a message without an end"
    for word in (
        "Traceback",
        "object at 0x",
        "<class '",
        "codec can't",
        "NoneType",
        "object is not",
    ):
        if word in text:
            return f"{word!r} in the message {line}"
    clauses = [c.strip() for c in text.replace(";", ":").split(":") if len(c.strip()) > 20]
    if len(set(clauses)) < len(clauses):
        return f"the same words twice: {line}"
    return None


def listing(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def one(door: Door, good: Path, work: Path, chance: random.Random) -> dict[str, Any]:
    """Change one file, go through the door, and look at what came of it."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(good / "in", work / "in")
    bystanders = work / "bystanders"
    bystanders.mkdir()
    (bystanders / "x").write_bytes(b"mine")
    paths = [Path(line) for line in (good / "names").read_text().splitlines()]
    target = work / "in" / chance.choice(paths)
    target.write_bytes(mutated(target.read_bytes(), chance))
    os.chdir(bystanders)  # whatever is looked for or written by a relative name lands here
    try:
        door.enter(work / "in")
    except MemoryError:
        return {"fault": "takes more memory than there is", "where": traceback.format_exc()}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        fault = fault_of(error)
        if fault:
            return {"fault": fault, "where": traceback.format_exc()}
        outcome = {"refused": message(str(error))}
    else:
        outcome = {"taken": ""}
    if listing(bystanders) != {"x": b"mine"}:
        return {"fault": f"other files were changed: {sorted(listing(bystanders))}", "where": ""}
    return outcome


def main() -> None:
    """Make the good files once, then change them ``COUNT`` times."""
    name, seed, first, count, place = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    folder = Path(place)
    door = DOORS[name]
    good, work = folder / "good", folder / "work"
    if not (good / "names").is_file():
        shutil.rmtree(good, ignore_errors=True)
        (good / "in").mkdir(parents=True)
        changed = door.make(good / "in")
        names = "\n".join(str(p.relative_to(good / "in")) for p in changed)
        (good / "names").write_text(names)
        door.enter(good / "in")  # good files pass
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for number in range(int(first), int(first) + int(count)):
        out.write(json.dumps({"begin": number}) + "\n")
        case = one(door, good, work, random.Random(f"{name} {seed} {number}"))
        out.write(json.dumps({"end": number, **case}) + "\n")
    os.chdir("/")


if __name__ == "__main__":
    main()
