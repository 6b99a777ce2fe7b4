"""QGIS without windows in a profile, and the plugin that is installed there."""

from __future__ import annotations

import sys
from pathlib import Path


def start(profile, *, processing=True):
    """Start QGIS and Processing; gives the application, which must be kept."""
    sys.path[:0] = ["/usr/share/qgis/python/plugins", "/usr/share/qgis/python"]
    sys.path.insert(0, str(Path(profile) / "python" / "plugins"))
    from qgis.core import QgsApplication

    QgsApplication.setPrefixPath("/usr", True)
    app = QgsApplication([], True, str(profile))
    app.initQgis()
    if not processing:
        return app
    from processing.core.Processing import Processing

    Processing.initialize()
    return app


def plugin(iface=None):
    """Load the plugin as QGIS does; gives it."""
    import camp_detector

    loaded = camp_detector.classFactory(iface)
    loaded.initGui()
    return loaded
