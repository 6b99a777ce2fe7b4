"""An upgrade of the plugin in the window of a running QGIS; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "zip", the new release; "raster", "model", "folder".
Writes ``upgrade.json`` into the folder and ends QGIS.
"""

from __future__ import annotations

import sys

import processing
import pyplugin_installer
from desktop import REQUEST, answer_with
from qgis.utils import plugins


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


def work():
    before = use()
    pyplugin_installer.instance().installFromZipFile(REQUEST["zip"])
    return {"before": before, "after": use()}


answer_with(work, "upgrade.json")
