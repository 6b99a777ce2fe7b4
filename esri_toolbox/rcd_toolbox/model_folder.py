"""The folder of installed models, and the model that is taken if none is named."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.model_file.emd import MODEL_TYPES
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.model_file.untrusted import checksum_of

from .errors import ToolError
from .model_package import read_model

if TYPE_CHECKING:
    from camp_detector_core.model_file.emd import Kind

_HOME = Path(__file__).resolve().parent.parent
"""The folder of the toolbox."""
_PART = ".part-"
"""Start of the name of a package while it is copied; it stays if that is killed."""


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
        packages = [p for p in folder.glob("*.dlpk") if not p.name.startswith(_PART)]
        newest = [(-path.stat().st_mtime_ns, path.name, path) for path in packages]
    except OSError:
        return []
    return [path for _, _, path in sorted(newest)]


def install(package: Path, *, replace: bool, check: Callable[[Path], None]) -> tuple[Path, bool]:
    """Copy a package into the user's folder; it appears there whole, or not at all.

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
    part: Optional[Path] = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=_PART, suffix=".part")
        os.close(handle)
        part = Path(name)
        shutil.copyfile(package, part)
        check(part)
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
        part.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"{package.name} cannot be installed in {folder}: {reason}"
        raise ToolError(msg) from error
    else:
        return target, True
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
