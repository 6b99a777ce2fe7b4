"""Install ONNX Runtime into a folder of the profile, and remove it.

QGIS' own Python is never written to. What is fetched lies in a folder beside until a process of
its own has shown that it works with QGIS' numpy; then the folder gets its name in one step.
"""

from __future__ import annotations

import shutil
import sys
import uuid
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Mapping, Optional

from camp_detector_core.engine.errors import Cancelled

from ..faults import Fault
from ..i18n import tr
from . import places
from .check import Checked, check
from .offline import refuse_other
from .pip import Feedback, Pip
from .python import find_python
from .wheels import package_of, unpack

if TYPE_CHECKING:
    from pathlib import Path

CPU, DIRECTML, CUDA = "onnxruntime", "onnxruntime-directml", "onnxruntime-gpu"
OLDEST = "1.16"
"""Oldest release of ONNX Runtime that reads the models."""
_HELPERS = {
    "flatbuffers": "flatbuffers",
    "google": "protobuf",
    "packaging": "packaging",
    "coloredlogs": "coloredlogs",
    "humanfriendly": "humanfriendly",
    "sympy": "sympy",
    "mpmath": "mpmath",
}
"""Packages of modules that some releases of ONNX Runtime import. numpy is QGIS' own."""
_NEVER = ("numpy", "numpy.libs", "scipy", "osgeo", "PyQt5", "PyQt6", "qgis")


@dataclass(frozen=True)
class Request:
    """The installation that the user agreed to."""

    package: str = CPU
    wheel: Optional[Path] = None
    """A file in place of the package index: nothing is fetched."""
    proxy: Mapping[str, str] = field(default_factory=dict)


def choices(platform: str = sys.platform) -> tuple[str, ...]:
    """The packages of ONNX Runtime that exist for a system, that for the processor first."""
    return {"win32": (CPU, DIRECTML, CUDA), "linux": (CPU, CUDA)}.get(platform, (CPU,))


def install(request: Request, feedback: Feedback) -> places.Installed:
    """Fetch or unpack ONNX Runtime, try it out, and let it count.

    Raises:
        Fault: With a sentence; nothing has changed then.
        Cancelled: The user wants to; nothing has changed.
    """
    package = package_of(request.wheel) if request.wheel else request.package
    if request.wheel:
        refuse_other(request.wheel)
    python = find_python(feedback.cancelled)
    home = places.base()
    stage = home / f"{places.STAGING}{uuid.uuid4().hex[:8]}{places.LOCKED}"
    in_use = places.use(stage)
    if in_use is None:
        stage = stage.with_name(stage.name[: -len(places.LOCKED)])
    try:
        home.mkdir(parents=True, exist_ok=True)
        places.clean()
        stage.mkdir()
        pip = Pip(python, request.proxy)
        if request.wheel:
            feedback.say(tr("Unpacking {name}", name=request.wheel.name))
            unpack(request.wheel, stage, feedback.cancelled)
        else:
            feedback.say(tr("Fetching {name}", name=package))
            pip.install(f"{package}>={OLDEST}", stage, feedback)
        feedback.say(tr("Trying it out beside QGIS' numpy"))
        checked = _check(pip, stage, feedback)
        if feedback.cancelled():
            raise Cancelled(tr("The installation was stopped."))
        final = home / f"{places.tag()}_{checked.version}_{uuid.uuid4().hex[:6]}"
        stage.rename(final)
        installed = places.Installed(final, package, checked.version)
        places.set_current(installed)
    except OSError as error:
        raise Fault(
            tr("{folder} cannot be written: {reason}", folder=home, reason=error)
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if in_use is not None:
            in_use.end()
    return installed


def _check(pip: Pip, stage: Path, feedback: Feedback) -> Checked:
    """Try the folder out; fetch small helpers that it asks for and QGIS lacks."""
    for _ in range(len(_HELPERS) + 1):
        for name in _NEVER:
            if (stage / name).exists():
                raise Fault(
                    tr(
                        "What was fetched brings {name}, which belongs to QGIS, so it was not "
                        "installed.",
                        name=name,
                    )
                )
        checked = check(pip.python, stage, feedback.cancelled)
        missing = checked.missing
        if missing is None:
            return checked
        helper = _HELPERS.get(missing)
        if helper is None or (stage / missing).exists() or find_spec(missing) is not None:
            break
        feedback.say(tr("Fetching {name}", name=helper))
        pip.install(helper, stage, feedback)
    raise Fault(
        tr(
            "ONNX Runtime wants the Python package {name}, which this QGIS lacks: install "
            "another version.",
            name=missing,
        )
    )


def uninstall() -> None:
    """Remove the private ONNX Runtime; one that is loaded goes on until QGIS is closed.

    Its files are removed then by the next session that cleans up.
    """
    places.set_current(None)
