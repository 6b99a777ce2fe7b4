"""Work in the window of a real QGIS, as a user would; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "raster", "model", "folder" for pictures and results.
Writes ``window.json`` into the folder and ends QGIS.
"""

from __future__ import annotations

import sys

import processing
from desktop import FOLDER, REQUEST, answer_with, picture, settle, wait
from qgis.core import QgsApplication, QgsProcessingException, QgsProject, QgsRasterLayer
from qgis.utils import active_plugins, iface, loadPlugin, startPlugin, unloadPlugin


def provider():
    return QgsApplication.processingRegistry().providerById("campdetector")


def toolbox():
    """The Processing toolbox, opened at our algorithms."""
    from qgis.PyQt.QtWidgets import QDockWidget

    dock = next(
        d for d in iface.mainWindow().findChildren(QDockWidget) if "Toolbox" in d.objectName()
    )
    dock.show()
    dock.raise_()
    search = getattr(dock, "searchBox", None)
    if search is not None:
        search.setText("camp")
    return dock


def run_in_dialog():
    """Fill in the dialog, press Run, and look at what is loaded."""
    dialog = processing.createAlgorithmDialog(
        "campdetector:detectdwellings",
        {
            "INPUT": REQUEST["raster"],
            "MODEL_FILE": REQUEST["model"],
            "OUTPUT": str(FOLDER / "found.gpkg"),
            "CLASSES": str(FOLDER / "classes.tif"),
        },
    )
    dialog.resize(1000, 720)
    dialog.show()
    picture(dialog, "dialog", 1.0)
    before = set(QgsProject.instance().mapLayers())

    def are_loaded():
        return len(set(QgsProject.instance().mapLayers()) - before) >= 2

    dialog.runButton().click()
    wait(are_loaded)
    picture(dialog, "finished", 1.0)
    dialog.close()
    return are_loaded()


def look_at_outlines():
    """Without the class raster, and nearer."""
    project = QgsProject.instance()
    for layer in project.mapLayersByName("Camp: classes"):
        project.layerTreeRoot().findLayer(layer.id()).setItemVisibilityChecked(False)
    iface.mapCanvas().zoomByFactor(0.5)
    wait(lambda: not iface.mapCanvas().isDrawing(), 20)


def newest_of_history():
    """The command, which moved in QGIS 3.24."""
    try:
        from processing.core.ProcessingLog import ProcessingLog
    except ImportError:
        from qgis.gui import QgsGui

        entries = QgsGui.historyProviderRegistry().queryEntries(providerId="processing")
        return max(entries, key=lambda entry: entry.timestamp).entry["python_command"]
    return ProcessingLog.getLogEntries()[-1].text


def repeat_from_history():
    """Run the newest entry of Processing's history again, into another file."""
    entry = newest_of_history()
    command_again = entry.replace("found.gpkg", "again.gpkg").replace("classes.tif", "again.tif")
    eval(command_again, {"processing": processing})  # noqa: S307 - what our own run has left
    return entry


def batch():
    """The batch dialog of the same algorithm opens."""
    from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(
        "campdetector:detectdwellings"
    )
    dialog = BatchAlgorithmDialog(algorithm)
    dialog.show()
    settle(1.0)
    is_visible = dialog.isVisible()
    dialog.close()
    return is_visible


def work():
    state = {
        "active": "camp_detector" in active_plugins,
        "algorithms": len(provider().algorithms()) if provider() else 0,
    }
    raster = QgsRasterLayer(REQUEST["raster"], "Camp")
    QgsProject.instance().addMapLayer(raster)
    iface.mapCanvas().setExtent(raster.extent())
    iface.mainWindow().resize(1500, 950)
    toolbox()
    picture(iface.mainWindow(), "toolbox", 1.0)
    state["loaded"] = run_in_dialog()
    state["history"] = repeat_from_history()
    look_at_outlines()
    picture(iface.mainWindow(), "window", 1.0)
    state["layers"] = sorted(x.name() for x in QgsProject.instance().mapLayers().values())
    state["batch"] = batch()
    state["unloaded"] = unloadPlugin("camp_detector") and provider() is None
    state["modules"] = sorted(n for n in sys.modules if n.partition(".")[0] == "camp_detector")
    state["again"] = loadPlugin("camp_detector") and startPlugin("camp_detector")
    state["after"] = len(provider().algorithms()) if provider() else 0
    detect = {"INPUT": REQUEST["raster"], "MODEL_FILE": REQUEST["model"], "OUTPUT": "memory:"}
    state["count"] = processing.run("campdetector:detectdwellings", detect)["COUNT"]
    try:
        processing.run("campdetector:detectdwellings", {**detect, "OVERLAP": 500})
    except QgsProcessingException as error:
        state["sentence"] = str(error)
    return state


answer_with(work, "window.json")
