"""Find Debian's QGIS, and make a profile in which the plugin is installed, to be measured.

``make bench`` leaves out what begins with an underscore.
"""

from __future__ import annotations

import importlib.util
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

QGIS = "/usr/bin/qgis_process.bin"
NEEDS = ("onnxruntime", "flatbuffers", "google", "packaging")
"""Packages that ONNX Runtime imports besides numpy."""


def profile(folder: Path) -> dict[str, str]:
    """A fresh profile with the plugin from its zip file; the variables that lead to it."""
    from camp_detector_core.model_file import default_model_path
    from qgis_plugin.build import build

    plugins = folder / "profiles" / "default" / "python" / "plugins"
    plugins.mkdir(parents=True)
    with zipfile.ZipFile(build(folder, default_model_path())) as archive:
        archive.extractall(plugins)
    settings = folder / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir()
    settings.write_text("[PythonPlugins]\ncamp_detector=true\nprocessing=true\n", encoding="utf-8")
    libraries = folder / "libraries"
    libraries.mkdir()
    for name in NEEDS:
        library = importlib.util.find_spec(name)
        if library is not None and library.submodule_search_locations:
            (libraries / name).symlink_to(next(iter(library.submodule_search_locations)))
    return {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(libraries),
        "QGIS_CUSTOM_CONFIG_PATH": str(folder),
    }
