"""The plugin's own windows in a real QGIS, as a user goes through them; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "raster", "item" (a STAC item), "catalogue" (a path),
"folder" for pictures and results, "whole" (False: the windows are opened alone). Writes
``gui.json`` into the folder and ends QGIS.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path

import processing
from desktop import FOLDER, REQUEST, answer_with, picture, settle, wait
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
)
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from qgis.utils import iface, loadPlugin, plugins, startPlugin, unloadPlugin


def layer_names():
    return sorted(v.name() for v in QgsProject.instance().mapLayers().values())


def rendered():
    canvas = iface.mapCanvas()
    canvas.refresh()
    settle()
    wait(lambda: not canvas.isDrawing())


def pages_of(*widgets):
    """Press F1 in each of some widgets, and list our pages that open."""
    from camp_detector.gui import help as pages

    pages_opened = []

    class Opener:
        @staticmethod
        def openUrl(url):
            pages_opened.append(url.fileName())

    before, pages.QDesktopServices = pages.QDesktopServices, Opener
    for widget in widgets:
        for _ in range(2):  # an ambiguous key is answered in turns
            widget.activateWindow()
            widget.setFocus()
            QTest.keyClick(widget, Qt.Key_F1)
            settle(0.1)
    pages.QDesktopServices = before
    return pages_opened


def messages():
    """Titles on the bar, without what QGIS itself says of its tasks."""
    titles = (item.title() for item in iface.messageBar().items())
    return sorted(title for title in titles if title != "Task complete")


def runtime(actions):
    """The page before and after an installation."""
    actions.show_runtime()
    window = actions.windows["runtime"]
    page = window.page
    state = {"before": page.status.text(), "may_at_once": page.fetch.isEnabled()}
    page.consent.setChecked(True)
    picture(window, "runtime-missing")
    if REQUEST["whole"]:
        page.fetch.click()
        state["busy"] = page.busy()
        wait(lambda: not page.busy())
        picture(window, "runtime-ready")
    state |= {"after": page.status.text(), "log": page.log.toPlainText()}
    state |= {"line": page.line.toPlainText(), "choice": page.package.itemText(0)}
    state |= {"details": page.details.text(), "consent": page.consent.text()}
    state["help"] = pages_of(page.log)
    window.close()
    return state


def models(actions):
    """A model with a training area is added, looked at on the map, and preferred."""
    actions.show_models()
    window = actions.windows["models"]
    window.add(REQUEST["item"])
    scene = iface.mapCanvas().scene()
    area = window.area._band
    state = {
        "note": window.note.text(),
        "names": [window.list.item(i).text() for i in range(window.list.count())],
        "facts": window.facts.toPlainText(),
        "area_on_map": area is not None and area.scene() is scene,
        "may_remove": window.remove.isEnabled(),
        "help": pages_of(window.list),
    }
    picture(window, "models")
    window.list.setCurrentRow(0)
    state["starter_may_be_removed"] = window.remove.isEnabled()
    picture(window, "models-starter")
    window.list.setCurrentRow(1)
    window.zoom.click()
    centre = iface.mapCanvas().center()
    state["centre"] = [centre.x(), centre.y()]
    rendered()
    picture(iface.mapCanvas(), "area")
    state["removed"] = removed(window)
    window.reject()  # as Esc does
    state["note_later"] = window.note.text()
    state["area_after_closing"] = window.area._band is not None
    return state


def removed(window):
    """Return the notes after an error and after the removal of a model; it is added again."""
    model = window.current_model()
    window.add("/nowhere.onnx")
    notes = [window.note.text()]
    ask, QMessageBox.question = QMessageBox.question, lambda *_: QMessageBox.StandardButton.Yes
    window.list.setCurrentRow(1)
    window.remove.click()
    QMessageBox.question = ask
    notes.append(window.note.text())
    assert not model.path.exists()
    window.add(REQUEST["item"])
    return notes


def added_again(window):
    """The starter model's own file is added: it is there, and nothing is copied."""
    window.list.setCurrentRow(0)
    window.add(str(window.current_model().path))
    home = Path(QgsApplication.qgisSettingsDirPath()) / "camp_detector" / "models"
    state = {"note": window.note.text(), "copies": [p.name for p in home.glob("*")]}
    window.close()
    return state


def catalogue(actions):
    """The window of catalogues reads nothing by itself; then a model is taken."""
    from camp_detector.gui.catalogue_dialog import CatalogueDialog

    window = CatalogueDialog(iface.mainWindow())
    window.show()
    state = {"before": window.list.count(), "may_take_at_once": window.take.isEnabled()}
    window.place.setText(REQUEST["catalogue"])
    window.start.click()
    wait(lambda: window._work is None)
    state |= {"names": [window.list.item(i).text() for i in range(window.list.count())]}
    state["facts"] = window.facts.toPlainText()
    picture(window, "catalogue")
    window.take.click()
    wait(lambda: window._work is None)
    state |= {"note": window.note.text(), "added": window.added.id}
    window.close()
    return state


def preview(actions, layer):
    """The preview of the visible map, at two thresholds, beside detection in the same extent."""
    iface.mapCanvas().setExtent(layer.extent())
    iface.mapCanvas().zoomByFactor(0.7)
    rendered()
    actions.show_preview()
    dock = actions.dock
    starter = dock.model.findText("camp-unet-lite0-", Qt.MatchFlag.MatchStartsWith)
    dock.model.setCurrentIndex(starter)
    dock.start.click()
    wait(lambda: not dock.busy())
    raster, before = dock.layers.raster, dock.note.text()
    rendered()
    picture(iface.mainWindow(), "preview")
    dock.value.setValue(0.8)
    # The raster is restyled in the same moment; the outlines follow.
    items = raster.renderer().shader().rasterShaderFunction().colorRampItemList()
    state = {
        "before": before,
        "first_step": items[0].value,
        "slider": dock.threshold.value(),
        "same_raster": dock.layers.raster is not None and raster.id() == dock.layers.raster.id(),
    }
    wait(lambda: not dock.busy())
    rendered()
    picture(iface.mainWindow(), "preview-strict")
    vector = dock.layers.vector
    state |= {"after": dock.note.text(), "layer": vector.name(), "count": vector.featureCount()}
    from camp_detector.gui.preview import pixels_of, visible

    world = QgsRectangle(-2e7, -2e7, 2e7, 2e7)
    state["world"] = pixels_of(world, QgsCoordinateReferenceSystem("EPSG:3857"), 0.2)
    state["scene"] = pixels_of(layer.extent(), layer.crs(), 0.2)
    extent = visible(layer, iface.mapCanvas())
    box = f"{extent.xMinimum()},{extent.xMaximum()},{extent.yMinimum()},{extent.yMaximum()}"
    result = processing.run(
        "campdetector:detectdwellings",
        {
            "INPUT": layer, "MODEL": dock.model.itemText(starter), "THRESHOLD": 0.8,
            "OUTPUT": "memory:", "EXTENT": f"{box} [{layer.crs().authid()}]",
        },
    )  # fmt: skip
    whole = result["OUTPUT"]
    state["detected"] = whole.featureCount()
    shapes = [sorted(f.geometry().asWkt(3) for f in v.getFeatures()) for v in (vector, whole)]
    state["same_shapes"] = shapes[0] == shapes[1]
    state["files"] = [str(p.name) for p in dock.layers.preview.path.parent.iterdir()]
    preview_path = dock.layers.preview.path
    iface.mapCanvas().setExtent(layer.extent().buffered(100000))
    iface.mapCanvas().refresh()
    dock.start.click()
    state["still_fits"] = dock.busy()
    dock.stop.click()
    wait(lambda: not dock.busy())
    state["stopped"] = dock.note.text()
    dock.clear.click()
    state["left"] = layer_names()
    state["file_left"] = preview_path.exists()
    return state


def labels(layer):
    """Return the labels of the parameters in the algorithm's dialog."""
    dialog = processing.createAlgorithmDialog("campdetector:detectdwellings", {"INPUT": layer.id()})
    dialog.show()
    picture(dialog, "parameters")
    texts = [label.text() for label in dialog.mainWidget().findChildren(QLabel)]
    dialog.close()
    return texts


def endless(dock, layer):
    """Return the panel's offers for a web map, and the dialog's parameters."""
    uri = "type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmin=0&zmax=19"
    web = QgsRasterLayer(uri, "Web", "wms")
    QgsProject.instance().addMapLayer(web)
    state = {"file": [dock.whole.text(), dock.whole.toolTip()]}
    dock.layer.setLayer(web)
    state["web"] = [dock.whole.text(), dock.whole.toolTip()]
    requests = []
    dock._detect, before = lambda **values: requests.append(values), dock._detect
    dock.whole.click()
    dock.layer.setLayer(layer)
    dock.whole.click()
    dock._detect = before
    state["layers"] = [values["layer"].name() for values in requests]
    state["without"] = requests[1]["extent"] is None
    dialog = processing.createAlgorithmDialog(
        "campdetector:detectdwellings", {"INPUT": web.id(), "EXTENT": requests[0]["extent"]}
    )
    parameters = dialog.mainWidget().createProcessingParameters()["EXTENT"]
    box = iface.mapCanvas().mapSettings().visibleExtent()
    state |= {"extent": parameters, "map": [box.xMinimum(), box.xMaximum()]}
    dialog.close()
    QgsProject.instance().removeMapLayer(web.id())
    return state


def cut(dock):
    """Return True if a long note is cut in a low panel."""
    note, before = dock.note, dock.note.text()
    note.setText("A sentence of some length that says what was found. " * 12)
    dock.resize(dock.minimumWidth(), 150)
    settle()
    heights = [note.height(), note.heightForWidth(note.width())]
    note.setText(before)
    return heights


def settings(actions):
    """Our page of QGIS' options, which is a modal dialog."""
    state = {}

    def look():
        dialog = QApplication.activeModalWidget()
        page = dialog.findChild(type_of_page())
        state["shown"] = page is not None and page.isVisible()
        page.apply()
        state["preferred"] = QgsSettings().value("camp_detector/default_model")
        picture(dialog, "settings")
        dialog.reject()

    QgsSettings().setValue("camp_detector/default_model", "away-1.0")
    QTimer.singleShot(1500, look)
    actions.show_settings()
    return state


def type_of_page():
    from camp_detector.gui.options import OptionsPage

    return OptionsPage


def finished(layer):
    """A run in the algorithm's dialog."""
    iface.mapCanvas().setExtent(layer.extent())
    dialog = processing.createAlgorithmDialog(
        "campdetector:detectdwellings",
        {
            "INPUT": layer.id(), "OUTPUT": str(FOLDER / "a.gpkg"),
            "CLASSES": str(FOLDER / "b.tif"), "PROBABILITY": str(FOLDER / "c.tif"),
        },
    )  # fmt: skip
    dialog.show()
    picture(dialog, "detect")
    dialog.runButton().click()
    wait(lambda: len(layer_names()) == 4)  # imagery and three results
    settle()
    order = [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]
    for name in ("Camp: classes", "Camp: probability"):
        for other in QgsProject.instance().mapLayersByName(name):
            QgsProject.instance().removeMapLayer(other.id())
    dialog.close()
    rendered()
    show_toolbox()
    picture(iface.mainWindow(), "finished")
    return {"layers": layer_names(), "order": order}


def show_toolbox():
    from qgis.PyQt.QtWidgets import QDockWidget

    for dock in iface.mainWindow().findChildren(QDockWidget):
        if "Toolbox" in dock.objectName():
            dock.show()
            dock.raise_()
            search = getattr(dock, "searchBox", None)
            if search is not None:
                search.setText("camp")
        elif dock.objectName() in {"Browser", "CampDetectorPreview"}:
            dock.hide()
    settle()


def work():
    actions = plugins["camp_detector"].actions
    layer = QgsRasterLayer(REQUEST["raster"], "Camp")
    QgsProject.instance().addMapLayer(layer)
    QgsProject.instance().setCrs(layer.crs())
    iface.mainWindow().resize(1280, 800)
    state = {
        "menu": [a.text() for a in actions.actions],
        "at_start": messages(),
        "loaded": sorted(n for n in sys.modules if n.startswith("camp_detector.")),
    }
    iface.messageBar().pushMessage("Another plugin", "its message", duration=0)
    actions.detect()
    actions.detect()
    bar = iface.messageBar().currentItem()
    state["bar"] = bar is not None and bool(bar.findChildren(QPushButton))
    state["messages"] = [messages()]
    state["runtime"] = runtime(actions)
    state["messages"] += [messages()]
    actions.show_models()
    state["again"] = added_again(actions.windows["models"])
    iface.messageBar().clearWidgets()
    state["models"] = models(actions)
    state["catalogue"] = catalogue(actions)
    if REQUEST["whole"]:
        state["preview"] = preview(actions, layer)
        state["finished"] = finished(layer)
    state["settings"] = settings(actions)
    actions.show_preview()
    picture(actions.dock, "dock")
    state["labels"] = labels(layer)
    state["dock"] = {
        "help": pages_of(actions.dock.value, actions.dock.start),
        "endless": endless(actions.dock, layer),
        "note": cut(actions.dock),
    }
    state["directions"] = sorted(
        {int(window.layoutDirection()) for window in [actions.dock, *actions.windows.values()]}
    )
    raised = []
    sys.excepthook = lambda *error: raised.append("".join(traceback.format_exception(*error)))
    if REQUEST["whole"]:
        actions.dock.start.click()
        state["busy_at_end"] = actions.dock.busy()
    unloadPlugin("camp_detector")
    wait(lambda: not QgsApplication.taskManager().countActiveTasks())
    settle()
    state["raised"] = raised
    scratch = Path(tempfile.gettempdir())
    state["scratch"] = [str(p.relative_to(scratch)) for p in scratch.glob("camp_detector_*/**/*")]
    state["scratch"] += [p.name for p in scratch.glob("camp_detector_*")]
    names = [child.objectName() for child in iface.mainWindow().children()]
    state["left"] = [n for n in names if n in {"CampDetectorToolBar", "CampDetectorPreview"}]
    titles = [a.text() for a in iface.pluginMenu().actions()]
    state["left"] += [title for title in titles if "Camp" in title]
    if not REQUEST["whole"]:
        iface.messageBar().clearWidgets()
        assert loadPlugin("camp_detector")
        assert startPlugin("camp_detector")
        state["at_next_start"] = messages()
    return state


answer_with(work, "gui.json")
