"""Results that appear together in a folder, or not at all."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.outputs.output_set import OutputSet, cannot_write
from camp_detector_core.outputs.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from camp_detector_core.engine.errors import CampDetectorError


@contextmanager
def results(folder: Path, names: Sequence[str], *, overwrite: bool) -> Iterator[dict[str, Path]]:
    """Give paths to write files to; at the end they appear in a folder, all together.

    Args:
        folder: Made where it is missing, and taken away again if nothing comes of it.
        names: Of the files; those that are not written do not appear.
        overwrite: Whether existing ones may be replaced.

    Raises:
        OutputError: A file exists, or cannot be written.
    """
    with (
        made_folder(folder),
        OutputSet([folder / name for name in names], overwrite=overwrite) as outputs,
    ):
        yield {name: outputs.target(folder / name).temporary for name in names}
        outputs.commit()


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder where it is missing, and take it away again if it stays empty.

    Raises:
        OutputError: It cannot be made.
    """
    new = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"the folder {folder} cannot be made: {error.strerror}"
        raise OutputError(msg) from error
    try:
        yield
    finally:
        for path in new:
            with suppress(OSError):  # it holds something by now
                path.rmdir()


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as they are, and those that lie in folders."""
    for path in paths:
        if path.is_dir():
            yield from path.iterdir()
        else:
            yield path


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write plain values into a file that no reader ever sees half written.

    Raises:
        OutputError: It cannot be written; an earlier file is as it was.
    """
    data = (json.dumps(value, indent=2, allow_nan=False) + "\n").encode()
    try:
        write_whole(path, data)
    except OSError as error:
        raise cannot_write(path, error) from error


def read_json(path: Path, error_class: type[CampDetectorError]) -> dict[str, Any]:
    """Read a JSON object; empty where there is no file.

    Args:
        path: The file.
        error_class: Error to raise.

    Raises:
        CampDetectorError: The file cannot be read, or holds something else.
    """
    try:
        value = parse_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error), error_class) from error
    if not isinstance(value, dict):
        raise _damaged(path, "it is not an object", error_class)
    return value


def _damaged(path: Path, reason: str, error_class: type[CampDetectorError]) -> CampDetectorError:
    return error_class(
        f"{path} cannot be read as JSON ({reason}): delete it, or take it from a copy"
    )
