"""Wheels that a user brings: whether one is for this QGIS, and the line that gets the right one."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Optional

from ..faults import Fault
from ..i18n import tr

if TYPE_CHECKING:
    from pathlib import Path

_SYSTEMS = {"win32": "win", "darwin": "macosx"}
_LINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux2014")
"""Platform tags of ONNX Runtime's wheels; pip takes a tag as it stands."""
_PARTS = 5
"""Name, version, Python, ABI and platform in a wheel's name."""


def download_line(
    package: str,
    system: str = sys.platform,
    machine: str = "",
    version: tuple[int, int] = (sys.version_info[0], sys.version_info[1]),
    release: Optional[str] = None,
) -> str:
    """The command that fetches a wheel for this QGIS on any other computer.

    Args:
        package: Such as ``onnxruntime``.
        system: As ``sys.platform`` names it.
        machine: As ``platform.machine`` names it; empty: this one.
        version: Of Python.
        release: Of macOS; None: this one's.
    """
    machine = (machine or platform.machine()).lower()
    if system == "win32":
        names = [f"win_{machine}"]
    elif system == "darwin":
        parts = (release or platform.mac_ver()[0] or "14.0").split(".")
        names = [f"macosx_{parts[0]}_0_{machine}"]
    else:
        names = [f"{name}_{machine}" for name in _LINUX]
    platforms = " ".join(f"--platform {name}" for name in names)
    return (
        "python -m pip download --only-binary :all: --no-deps "
        f"--python-version {version[0]}.{version[1]} {platforms} {package}"
    )


def refuse_other(wheel: Path) -> None:
    """See by its name that a wheel is for this Python and system, before it is opened.

    Raises:
        Fault: It is for others.
    """
    parts = wheel.stem.split("-")
    if len(parts) < _PARTS:
        return
    pythons, abis, platforms = (part.split(".") for part in parts[-3:])
    if _fits_python(pythons, abis) and any(map(_fits_system, platforms)):
        return
    own = f"cp{sys.version_info[0]}{sys.version_info[1]}, {sys.platform} {platform.machine()}"
    raise Fault(
        tr(
            "{name} is for {theirs} and this QGIS needs {own}: get the wheel with the line that "
            "Plugins > Camp Detector > Runtime shows.",
            name=wheel.name,
            theirs=", ".join(parts[-3:]),
            own=own,
        )
    )


def _fits_python(pythons: list[str], abis: list[str]) -> bool:
    """True if a wheel is for this version of Python."""
    minor = sys.version_info[1]
    if {f"cp3{minor}", f"py3{minor}", "py3"} & set(pythons):
        return True
    older = {f"cp3{n}" for n in range(2, minor)}
    return "abi3" in abis and bool(older & set(pythons))


def _fits_system(name: str) -> bool:
    """True if a wheel is for this system and machine."""
    if name == "any":
        return True
    machine = platform.machine().lower()
    begin = _SYSTEMS.get(sys.platform)
    fits = name.startswith(begin) if begin else "linux" in name
    return fits and name.endswith((machine, "universal2"))
