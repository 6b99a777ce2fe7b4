"""An upgrade of the plugin in the window of a running QGIS; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "zip", the new release; "raster", "model", "folder";
"large", a raster on which a run takes long, or nothing. With one, a dialog of Processing runs the
model over it while the plugin is upgraded. Writes ``upgrade.json`` into the folder and ends QGIS.
"""

from __future__ import annotations

import sys
import time

import processing
import pyplugin_installer
from desktop import FOLDER, REQUEST, answer_with, settle, wait
from processing.gui.AlgorithmDialog import AlgorithmDialog
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QLabel, QTextEdit
from qgis.utils import iface, plugins

DETECT = "campdetector:detectdwellings"


def use():
    """Open the windows and run the model; which release each loaded module is of, and the count."""
    actions = plugins["camp_detector"].actions
    actions.show_models()
    actions.show_preview()
    detect = {"INPUT": REQUEST["raster"], "MODEL_FILE": REQUEST["model"], "OUTPUT": "memory:"}
    count = processing.run(DETECT, detect)["COUNT"]
    releases = {
        name: getattr(module, "RELEASE", 1)
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "camp_detector"
    }
    return {"count": count, "releases": releases}


def start():
    """Open the dialog of a run that takes long, and wait for its first tiles."""
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(DETECT)
    dialog = AlgorithmDialog(algorithm, parent=iface.mainWindow())
    dialog.setParameters(
        {
            "INPUT": REQUEST["large"], "MODEL_FILE": REQUEST["model"], "TTA": True,
            "OUTPUT": str(FOLDER / "large.gpkg"),
        }
    )  # fmt: skip
    dialog.show()
    linger()
    dialog.runAlgorithm()
    wait(lambda: "Tile" in text_of(dialog, (QLabel, QTextEdit)))
    return dialog


def linger():
    """Let the task of a run that is stopped end a while after the run itself."""
    base = sys.modules["camp_detector.algorithms.base"]
    translate = base.tr

    def slowly(text, **values):
        if text.startswith("Stopped; nothing"):
            time.sleep(1.0)
        return translate(text, **values)

    base.tr = slowly


def text_of(dialog, kinds):
    """All that stands in widgets of these kinds."""
    widgets = [widget for kind in kinds for widget in dialog.findChildren(kind)]
    return "\n".join(w.text() if isinstance(w, QLabel) else w.toPlainText() for w in widgets)


def work():
    before = use()
    dialog = start() if "large" in REQUEST else None
    began, tasks_at_removal = time.monotonic(), []
    QgsApplication.processingRegistry().providerRemoved.connect(
        lambda _: tasks_at_removal.append(QgsApplication.taskManager().countActiveTasks())
    )
    pyplugin_installer.instance().installFromZipFile(REQUEST["zip"])
    answer = {"before": before, "seconds": time.monotonic() - began}
    if dialog is not None:
        settle()
        answer["tasks"] = tasks_at_removal[0]
        answer["log"] = text_of(dialog, (QTextEdit,))
        answer["files"] = sorted(path.name for path in FOLDER.glob("large.gpkg*"))
        dialog.close()
    return {**answer, "after": use()}


answer_with(work, "upgrade.json")
