"""The process in which ArcGIS Pro would run a function: which libraries, which defaults.

Called first in the process that stands in for it. Standard library alone, Python 3.9.
"""

from __future__ import annotations

import builtins
import importlib.abc
import io
import locale
import os
import site
import sys
import sysconfig
import types
from pathlib import Path
from typing import Any

_OF_TORCH = {
    "torch", "torchgen", "functorch", "typing_extensions", "sympy", "mpmath", "networkx", "jinja2",
    "markupsafe", "filelock", "fsspec", "packaging", "triton", "setuptools", "_distutils_hack",
    "psutil", "cuda", "nvidia",
}  # fmt: skip
_OF_ORT = {"onnxruntime", "packaging", "flatbuffers", "google", "sympy", "mpmath", "coloredlogs"}
PROFILES: dict[str, set[str]] = {
    "base": set(),  # without the deep learning libraries
    "pro32": _OF_TORCH,  # to 3.2 they hold no ONNX Runtime
    "pro33": _OF_TORCH | _OF_ORT,
    "no_torch": _OF_ORT,
}
"""Packages that can be imported beside the standard library and numpy."""
_OWN_PACKAGES = {
    "camp_detector_core",
    "training",
    "benchmarks",
    "tests",
    "esri_toolbox",
    "qgis_plugin",
}
_CLASHES = ("prf_utils", "attribute_table", "utils", "engine", "spec", "errors", "runtime", "grid")


_WKT = {
    2263: 'PROJCS["NAD_1983_StatePlane_New_York_Long_Island_FIPS_3104_Feet",GEOGCS['
    '"GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,'
    '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Lambert_Conformal_Conic"],UNIT["Foot_US",0.3048006096012192]]'
}


class SpatialReference:
    """Coordinate system of arcpy, of a code; this one knows few."""

    def __init__(self, code: int) -> None:
        if code not in _WKT:
            raise RuntimeError("ERROR 999999: Invalid coordinate system")
        self.factoryCode = code

    def exportToString(self) -> str:  # noqa: N802 - its name in arcpy
        return _WKT[self.factoryCode]


class Recorder:
    """Records of opened files and started programs, by stage."""

    def __init__(self) -> None:
        self.stage = ""
        self.files_opened: list[tuple[str, str]] = []
        self.started: list[tuple[str, str]] = []
        self.warnings: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            self.files_opened.append((self.stage, os.fsdecode(arguments[0])))
        elif event in {"subprocess.Popen", "socket.connect"} and not _looks_for_a_library():
            self.started.append((self.stage, f"{event} {arguments[0]!r}"))


def _looks_for_a_library() -> bool:
    """Return True if ctypes starts ldconfig, as torch makes it do when it is imported."""
    frame = sys._getframe()
    while frame is not None and frame.f_globals.get("__name__") != "ctypes.util":
        frame = frame.f_back
    return frame is not None


class _Blocker(importlib.abc.MetaPathFinder):
    """Hides what the profile has not."""

    def __init__(self, allowed: set[str]) -> None:
        homes = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        homes.add(site.getusersitepackages())
        modules = {
            p.name.partition(".")[0] for h in homes if Path(h).is_dir() for p in Path(h).iterdir()
        }
        self._hidden = (modules | _OWN_PACKAGES | {"onnxruntime", "torch"}) - allowed - {"numpy"}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in self._hidden:
            raise ModuleNotFoundError(f"No module named {name!r} (not in this profile)", name=name)


def arrange(profile: str, arcpy: str | None) -> Recorder:
    """Make this process one of ArcGIS Pro.

    Args:
        profile: One of `PROFILES`.
        arcpy: The version that arcpy says, or None where there is none.
    """
    recorder = Recorder()
    sys.dont_write_bytecode = True
    sys.addaudithook(recorder)
    sys.meta_path.insert(0, _Blocker(PROFILES[profile]))
    for name in _CLASHES:  # left behind by other packages
        module = types.ModuleType(name)
        module.__file__ = f"{name}.py"
        sys.modules[name] = module
    if arcpy is not None:
        module = types.ModuleType("arcpy")
        module.AddWarning = recorder.warnings.append
        module.AddMessage = module.AddError = lambda _: None
        module.SpatialReference = SpatialReference
        module.GetInstallInfo = lambda: {"Version": arcpy, "ProductName": "ArcGISPro"}
        sys.modules["arcpy"] = module
    _speak_like_windows()
    return recorder


def _speak_like_windows() -> None:
    """Text files are cp1252 unless said otherwise, and numbers are written with a comma."""
    plain = io.open

    def cp1252(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: Any = None,
        *remaining: Any,
        **more: Any,
    ) -> Any:
        if "b" not in mode and encoding in {None, "locale"}:
            encoding = "cp1252"
        return plain(file, mode, buffering, encoding, *remaining, **more)

    builtins.open = io.open = cp1252
    locale.getpreferredencoding = lambda do_setlocale=True: "cp1252"
    conventions = {**locale.localeconv(), "decimal_point": ",", "thousands_sep": "."}
    locale.localeconv = lambda: conventions
