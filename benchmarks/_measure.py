"""Measure time and memory of other processes.

``make bench`` leaves out what begins with an underscore.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]


def child(*command: str) -> tuple[float, float, str]:
    """Run a process; its wall seconds, peak resident memory in MB, and standard output."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        out = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed with {process.returncode}: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, out


def in_own_process(function: Callable[..., T], *arguments: object) -> T:
    """Return the result of a function that runs in a process of its own.

    A process that starts another passes its own peak memory on to it, so whoever measures others
    must stay small.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)
