"""The folder of installed models, and the model that is taken if none is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.model_file.emd import MODEL_TYPES
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.outputs.durable import sync_file, sync_folder
from camp_detector_core.outputs.scratch import Workplace
from camp_detector_core.outputs.whole_file import new_folders

from .errors import ToolError
from .model_package import read_model

if TYPE_CHECKING:
    from camp_detector_core.model_file.emd import Kind

_HOME = Path(__file__).resolve().parent.parent
"""The folder of the toolbox."""


def model_folder() -> Path:
    """The user's own folder of models; it may not exist yet."""
    own = os.environ.get("CAMP_DETECTOR_MODELS")
    if own:
        return Path(own)
    local = os.environ.get("LOCALAPPDATA")
    if local:
        return Path(local) / "CampDetector" / "models"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "CampDetector" / "models"


def default_model(kind: Kind) -> Path:
    """The package of this kind that was installed last, or lies beside the toolbox.

    Raises:
        ToolError: There is none.
    """
    for folder in (model_folder(), _HOME):
        for path in _newest_first(folder):
            try:
                if read_model(path).definition.kind == kind:
                    return path
            except CampDetectorError:  # noqa: PERF203 - others may be good
                continue
    msg = (
        f"no model package of the kind {MODEL_TYPES[kind]} is installed or lies beside the toolbox"
    )
    raise ToolError(msg, remedy="choose one under {model}, or run Install Model Package")


def _newest_first(folder: Path) -> list[Path]:
    try:
        newest = [(-p.stat().st_mtime_ns, p.name, p) for p in folder.glob("*.dlpk")]
    except OSError:
        return []
    return [path for _, _, path in sorted(newest)]


def install(package: Path, *, replace: bool, check: Callable[[Path], None]) -> tuple[Path, bool]:
    """Copy a package into the user's folder; it appears there whole, or not at all.

    What a killed install left in the folder is cleared away.

    It gets the name of its model definition, which ArcGIS asks for: browsers write "(1)" into the
    name of a file that is fetched again.

    Args:
        package: What to install.
        replace: Whether another package of the same name may go.
        check: Raises `ToolError` where a package is not good; it is handed the copy, so that what
            was checked is what is installed.

    Returns:
        Where it is, and whether it was copied (False: the same bytes are there already).

    Raises:
        ToolError: It is not good, another one of this name is there, or the folder refuses.
    """
    folder = model_folder()
    try:
        with new_folders(folder):
            place = Workplace(folder)
            try:
                part = place.folder / "package.dlpk"
                shutil.copyfile(package, part)
                check(part)
                return _put(part, folder, replace=replace)
            finally:
                place.remove()
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"{package.name} cannot be installed in {folder}: {reason}"
        raise ToolError(msg) from error


def _put(part: Path, folder: Path, *, replace: bool) -> tuple[Path, bool]:
    """Give a checked copy its place in a folder; returns and errors are those of `install`."""
    target = folder / f"{Path(open_definition(part).name).stem}.dlpk"
    if target.exists():
        if checksum_of(target) == checksum_of(part):
            os.utime(target)  # the one that was installed last
            return target, False
        if not replace:
            msg = (
                f"{target} is there already and differs: tick Replace to put the new package "
                "in its place, or rename the new one"
            )
            raise ToolError(msg)
    sync_file(part)
    part.replace(target)
    sync_folder(folder)
    return target, True
