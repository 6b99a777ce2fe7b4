"""Camp Detector in QGIS: dwellings in drone and satellite imagery, from the Processing toolbox.

Runs in QGIS 3.22 to 4 (Python 3.9 and newer) on what QGIS ships, and on ONNX Runtime. It names
itself only relatively: QGIS loads it as ``camp_detector``, the tests as ``qgis_plugin``.
"""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:
    """What QGIS asks a plugin for.

    Args:
        iface: QGIS' interface; None without windows.
    """
    from .plugin import CampDetectorPlugin

    return CampDetectorPlugin(iface)
