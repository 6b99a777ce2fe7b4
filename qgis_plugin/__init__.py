"""Camp Detector in QGIS: dwellings in drone and satellite imagery, from the Processing toolbox.

Runs in QGIS 3.22 to 4 (Python 3.9 and newer) on what QGIS ships, and on ONNX Runtime. It names
itself only relatively: QGIS loads it as ``camp_detector``, the tests as ``qgis_plugin``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .plugin import CampDetectorPlugin


def classFactory(iface: QgisInterface) -> CampDetectorPlugin:
    """Give QGIS the plugin.

    Args:
        iface: QGIS' interface; None without windows.
    """
    _find_core()
    from .plugin import CampDetectorPlugin

    return CampDetectorPlugin(iface)


def _find_core() -> None:
    """Let Python find the core beside this folder in a checkout; an installed plugin carries it.

    Raises:
        ImportError: The plugin is not whole.
    """
    folder = Path(__file__).resolve().parent
    if (folder / "_core" / "__init__.py").is_file():
        return
    if not (folder.parent / "camp_detector_core" / "__init__.py").is_file():
        msg = "the plugin's files are not complete: install it again from its zip file"
        raise ImportError(msg)
    if str(folder.parent) not in sys.path:
        sys.path.append(str(folder.parent))
