"""Install Model Package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.engine.counts import counted

from .errors import ToolError
from .host import Progress
from .model_folder import install
from .package_check import describe, faults_of

if TYPE_CHECKING:
    from .host import Messages
    from .parameters import Parameters


def execute(parameters: Parameters, messages: Messages) -> None:
    """Check a package, explain it, and install it."""
    package = Path(str(parameters["in_package"].valueAsText))
    progress = Progress("Checking the package")
    _check(package, package, messages)
    for line in describe(package):
        messages.addMessage(line)
    progress.update(1, 2)
    if parameters["check_only"].value:
        messages.addMessage("Only checked; nothing was copied.")
        return
    progress.label("Copying the package")
    progress.check()
    replace = bool(parameters["replace"].value)
    path, copied = install(
        package, replace=replace, check=lambda copy: _check(copy, package, messages)
    )
    parameters["installed"].value = str(path)
    if copied:
        messages.addMessage(f"Installed as {path}.")
    else:
        messages.addMessage(f"{path} is this very package; it was installed already.")
    messages.addMessage("It is now the default model of this kind.")


def _check(path: Path, package: Path, messages: Messages) -> None:
    """Report all faults of a package, or of its copy, and refuse it if there are any.

    Raises:
        ToolError: There are faults.
    """
    faults = faults_of(path)
    for fault in faults:
        messages.addWarningMessage(fault)
    if faults:
        number = counted(len(faults), "fault")
        msg = f"{package} has {number} and is not installed: get or make the package again"
        raise ToolError(msg)
