"""Run the real command in processes that have imported the arcgis library already.

That import takes three seconds of a processor, and a test of each fault needs a process of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["arcgis.gis", "camp_detector_core.publish.portal"])


def start(
    words: list[str], variables: dict[str, str], home: Path, out: Path, err: Path
) -> ForkServerProcess:
    """Start ``camp-detector`` with these words, as a shell would.

    Args:
        words: After the name of the program.
        variables: The whole environment.
        home: Folder to run in.
        out: Receives what it prints.
        err: Receives what it prints as errors.
    """
    process = _SERVER.Process(target=_run, args=(words, variables, home, out, err))
    process.start()
    return process


def _run(words: list[str], variables: dict[str, str], home: Path, out: Path, err: Path) -> None:
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(home)
    sys.argv = ["camp-detector", *words]
    from camp_detector_core.__main__ import main

    main()
