"""An upgrade of the plugin in the window of a running QGIS; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "zip", the new release; "raster", "model", "folder".
Writes ``upgrade.json`` into the folder and ends QGIS.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

import processing
import pyplugin_installer
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.utils import iface, plugins

REQUEST = json.loads(Path(os.environ["CAMP_DETECTOR_TEST"]).read_text(encoding="utf-8"))
FOLDER = Path(REQUEST["folder"])


def use():
    """Open the windows and run the model; which release each loaded module is of, and the count."""
    actions = plugins["camp_detector"].actions
    actions.show_models()
    actions.show_preview()
    detect = {"INPUT": REQUEST["raster"], "MODEL_FILE": REQUEST["model"], "OUTPUT": "memory:"}
    count = processing.run("campdetector:detectdwellings", detect)["COUNT"]
    releases = {
        name: getattr(module, "RELEASE", 1)
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "camp_detector"
    }
    return {"count": count, "releases": releases}


def main():
    try:
        iface.mainWindow()
        uses = {"before": use()}
        pyplugin_installer.instance().installFromZipFile(REQUEST["zip"])
        uses["after"] = use()
    except Exception:
        uses = {"error": traceback.format_exc()}
    (FOLDER / "upgrade.json").write_text(json.dumps(uses), encoding="utf-8")
    QgsProject.instance().clear()
    os._exit(0)  # no question whether to save


QTimer.singleShot(1500, main)
