"""The command line as a process of its own, and a check that it refuses in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "camp_detector_core")
ROOT = Path(__file__).resolve().parents[2]


def detect_command(image: Path, model: Path, out: Path) -> list[str]:
    """Return the arguments that detect the dwellings of an image."""
    return ["detect", str(image), "-m", str(model), "-o", str(out)]


def refused(
    *args: object, out: Path, wrong: str, code: int = 2, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own and see that it is refused in one line."""
    before = sorted(out.iterdir()) if out.is_dir() else None
    process = subprocess.run(
        [*COMMAND, *map(str, args)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        **options,
    )
    assert process.returncode == code, process.stderr
    assert process.stdout == ""
    lines = process.stderr.splitlines()
    assert len(lines) == 1, process.stderr
    assert lines[0].startswith("error: ")
    assert wrong in lines[0]
    assert (sorted(out.iterdir()) if out.is_dir() else None) == before
    return process
