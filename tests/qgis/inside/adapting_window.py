"""The choice of a Python in the settings, and the dialogs of the training, in QGIS' window.

``CAMP_DETECTOR_TEST`` names a JSON file: "image", "dwellings" and "reviewed" (paths), "pythons"
(programs to look at, the last of which is kept), "folder" for pictures. Writes ``adapting.json``
into the folder and ends QGIS.
"""

from __future__ import annotations

import processing
from desktop import REQUEST, answer_with, picture, settle, wait
from processing.tools.dataobjects import createContext
from qgis.core import QgsProject, QgsRasterLayer, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import plugins

SETTING = "camp_detector/training_python"


def settings(actions):
    """Look at Pythons in the page of QGIS' options, and keep one."""
    from camp_detector.gui.options import OptionsPage

    state = {"notes": []}

    def look():
        dialog = QApplication.activeModalWidget()
        page = dialog.findChild(OptionsPage)
        box = page.training
        for number, program in enumerate(REQUEST["pythons"]):
            box.program.setText(program)
            box.check.click()
            wait(lambda: not box.busy(), 300)
            state["notes"].append(box.note.text())
            picture(dialog, f"settings-{number}")
        state["before"] = QgsSettings().value(SETTING, "")
        page.apply()
        state["after"] = QgsSettings().value(SETTING, "")
        box.program.setText("/elsewhere")
        state["note_of_another"] = box.note.text()
        dialog.reject()

    QTimer.singleShot(1500, look)
    actions.show_settings()
    return state


def dialogs(layers):
    """Take pictures of the dialogs, and list what they say to what is in them."""
    QgsSettings().setValue(SETTING, REQUEST["pythons"][-1])
    names = dict(zip(("INPUT", "DWELLINGS", "REVIEWED"), (layer.id() for layer in layers)))
    answers = []
    for name, values in (
        ("exporttrainingdata", names),
        ("adaptmodel", {"DATA": REQUEST["folder"]}),
        ("adaptmodel", names),
    ):
        dialog = processing.createAlgorithmDialog(f"campdetector:{name}", values)
        dialog.show()
        dialog.resize(900, 720)
        picture(dialog, name)
        parameters = dialog.mainWidget().createProcessingParameters()
        answers.append(dialog.algorithm().checkParameterValues(parameters, createContext()))
        dialog.close()
    settle()
    QgsSettings().remove(SETTING)
    return answers


def work():
    layers = [
        QgsRasterLayer(REQUEST["image"], "Camp"),
        QgsVectorLayer(REQUEST["dwellings"], "Corrected dwellings", "ogr"),
        QgsVectorLayer(REQUEST["reviewed"], "Reviewed area", "ogr"),
    ]
    QgsProject.instance().addMapLayers(layers)
    QgsProject.instance().setCrs(layers[0].crs())
    answers = dialogs(layers)
    return {"dialogs": answers, **settings(plugins["camp_detector"].actions)}


answer_with(work, "adapting.json")
