"""QGIS without windows in a profile, and the plugin that is installed there."""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from pathlib import Path


def refuse_deprecated():
    """Let every call of the plugin that QGIS, Qt or Python calls deprecated be an error."""
    for kind in (DeprecationWarning, PendingDeprecationWarning):
        warnings.filterwarnings("error", category=kind, module="camp_detector")


def start(profile, *, processing=True):
    """Start QGIS and Processing; gives the application, which must be kept."""
    sys.path[:0] = ["/usr/share/qgis/python/plugins", "/usr/share/qgis/python"]
    sys.path.insert(0, str(Path(profile) / "python" / "plugins"))
    from qgis.core import QgsApplication

    QgsApplication.setPrefixPath("/usr", True)
    app = QgsApplication([], True, str(profile))
    app.initQgis()
    if processing:
        from processing.core.Processing import Processing

        Processing.initialize()
    importlib.import_module("qgis.utils")  # sets what becomes of warnings
    refuse_deprecated()
    return app


def plugin(iface=None):
    """Load the plugin as QGIS does; gives it."""
    import camp_detector

    loaded_plugin = camp_detector.classFactory(iface)
    loaded_plugin.initGui()
    return loaded_plugin


def run(make_steps, *, processing=False):
    """Do the steps of a request, each the name of a method and its arguments; then end.

    usage: python SCRIPT PROFILE REQUEST. Prints what came of each as one line of JSON.
    """
    profile, request = sys.argv[1:]
    _app = start(profile, processing=processing)
    steps, out = make_steps(), []
    for name, *arguments in json.loads(Path(request).read_text(encoding="utf-8")):
        try:
            out.append({"ok": getattr(steps, name)(*arguments)})
        except Exception as error:
            out.append({"error": str(error), "kind": type(error).__name__})
    print(json.dumps(out))
    sys.stdout.flush()
    os._exit(0)  # QGIS without its window does not always end well
