"""The folder of an adaptation's results, which holds all of them or none."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator, Optional

from camp_detector_core.outputs.scratch import PREFIX
from camp_detector_core.training_data.adapted import FILES

from ..faults import Fault
from ..i18n import tr
from ..runtime.process import empty_folder


def problem_of(folder: Path) -> Optional[str]:
    """Say in a sentence why a folder cannot take results; None: it can."""
    try:
        if not folder.exists():
            return None
        is_empty = folder.is_dir() and not any(folder.iterdir())
    except OSError as error:
        return tr("{folder} cannot be used: {reason}", folder=folder, reason=error)
    if is_empty:
        return None
    return tr("{folder} holds files already: name a new folder, or an empty one.", folder=folder)


@contextmanager
def folder_of_results(wish: str) -> Iterator[Path]:
    """Give a folder to write results to; where something goes wrong, it is left as it was.

    Args:
        wish: Path of the user's; empty: a folder for the time of the run.

    Raises:
        Fault: It cannot be used.
    """
    if not wish:
        with empty_folder() as temporary:
            yield Path(temporary) / "results"
        return
    folder = Path(wish)
    problem = problem_of(folder)
    if problem:
        raise Fault(problem)
    is_new = not folder.exists()
    try:
        yield folder
    except BaseException:
        _clear(folder, is_new=is_new)
        raise


def _clear(folder: Path, *, is_new: bool) -> None:
    """Delete what a process that was killed has left."""
    for hidden in folder.glob(f"{PREFIX}*"):
        shutil.rmtree(hidden, ignore_errors=True)
    with suppress(OSError):
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        if is_new:
            folder.rmdir()
