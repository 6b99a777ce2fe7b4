"""The Python with Camp Detector's training, which the user has named in the settings.

It is a program that is run, so it comes from the user's settings alone: no project, model or
parameter names it.
"""

from __future__ import annotations

import configparser
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from ..faults import Fault
from ..i18n import tr
from ..runtime.process import ask, empty_folder
from .environment import environment_of

if TYPE_CHECKING:
    from ..models.installed import InstalledModel

SETTING = "camp_detector/training_python"
_TIMEOUT = 300
"""Seconds: a slow disk takes long to load torch for the first time."""
_PLUGIN = Path(__file__).resolve().parent.parent
# Without "from": such lines lead to the plugin's copy of the core once it is in its zip file.
_SCRIPT = """
import json, sys
out = {"python": ".".join(map(str, sys.version_info[:3]))}
try:
    import camp_detector_core
    out["version"] = camp_detector_core.__version__
    import training.adapt.run
    import camp_detector_core.model_file as files
    starter = files.default_model_path()
    out["starter"] = [str(starter), files.open_model(starter).sha256]
except ModuleNotFoundError as error:
    out["missing"] = error.name or str(error)
except BaseException as error:
    out["error"] = type(error).__name__ + ": " + str(error)
print(json.dumps(out))
"""


@dataclass(frozen=True)
class TrainingPython:
    """A Python that can adapt models."""

    program: str
    """Absolute path."""
    version: str
    """Version of Camp Detector there."""
    starter: str
    """Path of the starter model there, beside which its float32 weights lie."""
    starter_sha256: str

    def path_of(self, model: InstalledModel) -> str:
        """The file to start from: the plugin has no float32 weights of the starter model."""
        return self.starter if model.sha256 == self.starter_sha256 else str(model.path)


def chosen() -> str:
    """The program that the user has named; empty: none."""
    from qgis.core import QgsSettings

    return str(QgsSettings().value(SETTING, "") or "")


def choose(program: str) -> None:
    """Keep the name of a program; empty: none."""
    from qgis.core import QgsSettings

    QgsSettings().setValue(SETTING, program)


def own_version() -> str:
    """Version of the plugin; empty in a checkout, which is no release."""
    values = configparser.ConfigParser(interpolation=None)
    values.read(_PLUGIN / "metadata.txt", encoding="utf-8")
    version = values.get("general", "version", fallback="")
    return version if version[:1].isdigit() else ""


def refuse_unnamed(program: str) -> None:
    """See that there is such a program, without starting it.

    Raises:
        Fault: None is named, or it is no file.
    """
    if not program:
        raise Fault(
            tr(
                "Adapting needs a Python with Camp Detector's training, and none is named yet: "
                "name it under Settings > Options > Camp Detector."
            )
        )
    if not Path(program).is_absolute() or not Path(program).is_file():
        raise Fault(
            tr(
                "{path}, named as the Python with the training, is no file: name another one "
                "under Settings > Options > Camp Detector.",
                path=program,
            )
        )


def examine(program: str, cancelled: Callable[[], bool] = lambda: False) -> TrainingPython:
    """Start a Python and see that it can adapt models for this plugin.

    Args:
        program: Its path.
        cancelled: Whether the user wants to stop.

    Raises:
        Cancelled: The user wants to.
        Fault: It cannot; with the remedy.
    """
    refuse_unnamed(program)
    with empty_folder() as temporary:
        try:
            process = ask(
                [program, "-c", _SCRIPT],
                seconds=_TIMEOUT,
                env=environment_of(program, Path(temporary)),
                cancelled=cancelled,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise _no_python(program, str(error)) from error
    lines = process.out.strip().splitlines()
    try:
        answer: dict[str, Any] = json.loads(lines[-1])
        python = str(answer["python"])
    except (IndexError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(process.err.split())[-200:] or f"exit {process.code}"
        raise _no_python(program, reason) from error
    _refuse(program, python, answer)
    starter, digest = answer["starter"]
    return TrainingPython(program, str(answer["version"]), str(starter), str(digest))


def _refuse(program: str, python: str, answer: dict[str, Any]) -> None:
    """Refuse a Python by its answer.

    Raises:
        Fault: It lacks something, is of another release, or something in it does not work.
    """
    version, own = str(answer.get("version") or ""), own_version()
    if version and own and _line(version) != _line(own):
        raise Fault(
            tr(
                "{path} has Camp Detector {version}, and this plugin is of {own}: give both one "
                "version, there with {command}",
                path=program, version=version, own=own, command=_install(program, own),
            )
        )  # fmt: skip
    if answer.get("missing"):
        raise Fault(
            tr(
                "{path} (Python {python}) lacks {name}, so it cannot train: install the training "
                "there with {command}",
                path=program, python=python, name=answer["missing"],
                command=_install(program, own),
            )
        )  # fmt: skip
    if answer.get("error"):
        raise Fault(
            tr(
                "The training of {path} cannot be loaded ({reason}): install it anew with "
                "{command}",
                path=program, reason=str(answer["error"])[:300], command=_install(program, own),
            )
        )  # fmt: skip


def _line(version: str) -> list[str]:
    """The numbers of a version within which releases understand each other."""
    return version.split(".")[:2]


def _install(program: str, version: str) -> str:
    """The command that installs the training of a version."""
    exact = f"=={'.'.join(_line(version))}.*" if version else ""
    name = f'"{program}"' if " " in program else program
    return f'{name} -m pip install "camp-detector[training]{exact}"'


def _no_python(program: str, reason: str) -> Fault:
    return Fault(
        tr(
            "{path} does not answer as a Python ({reason}): name python.exe or python3 of an "
            "environment with Camp Detector's training.",
            path=program,
            reason=reason,
        )
    )
