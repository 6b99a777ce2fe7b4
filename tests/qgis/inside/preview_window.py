"""The preview on the map of a real QGIS, looked at as a user sees it; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "raster", "folder" for pictures and results, "times".
Writes ``preview.json`` into the folder, with the pixels of outlines on the map and in a picture of
the same that is drawn without anything kept, and ends QGIS.
"""

from __future__ import annotations

import time

from desktop import FOLDER, REQUEST, answer_with, settle, wait
from qgis.core import (
    QgsMapRendererSequentialJob,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtGui import QImage
from qgis.utils import iface, plugins

OUTLINE, NEAR = (0xE4, 0x57, 0x2E), 8


def still():
    """Wait until the map has not been drawn for a while."""
    canvas, quiet = iface.mapCanvas(), [time.monotonic()]

    def is_still():
        if canvas.isDrawing():
            quiet[0] = time.monotonic()
        return time.monotonic() - quiet[0] > 0.6

    wait(is_still)


def outlines(image):
    """Count the pixels of a picture in the colour of outlines."""
    import numpy as np

    image = image.convertToFormat(QImage.Format.Format_RGB32)
    data = image.constBits().asstring(image.bytesPerLine() * image.height())
    rows = np.frombuffer(data, np.uint8).reshape(image.height(), -1)
    blue, green, red = (
        rows[:, : 4 * image.width()].reshape(image.height(), -1, 4)[..., i] for i in range(3)
    )
    off = [abs(band.astype(int) - v) for band, v in zip((red, green, blue), OUTLINE)]
    return int(((off[0] <= NEAR) & (off[1] <= NEAR) & (off[2] <= NEAR)).sum())


def look(name):
    """Compare the map with the picture that it should show."""
    still()
    canvas = iface.mapCanvas()
    canvas.grab().save(str(FOLDER / f"{name}.png"))
    job = QgsMapRendererSequentialJob(canvas.mapSettings())
    job.start()
    job.waitForFinished()
    return {
        "name": name,
        "shown": outlines(QImage(str(FOLDER / f"{name}.png"))),
        "right": outlines(job.renderedImage()),
        "note": plugins["camp_detector"].actions.dock.note.text(),
    }


def work():
    layer = QgsRasterLayer(REQUEST["raster"], "Camp")
    QgsProject.instance().addMapLayer(layer)
    QgsProject.instance().setCrs(layer.crs())
    iface.mainWindow().resize(1280, 800)
    canvas, actions = iface.mapCanvas(), plugins["camp_detector"].actions
    actions.show_preview()
    still()  # QGIS shows all of the first layer
    dock, states = actions.dock, []

    def run(extent):
        canvas.setExtent(extent)
        canvas.refresh()
        still()
        dock.start.click()
        wait(lambda: not dock.busy())

    def move(value):
        dock.value.setValue(value)
        wait(lambda: not dock.busy())

    whole = layer.extent()
    for i in range(REQUEST["times"]):
        part = QgsRectangle(whole)
        part.scale(0.5 - 0.02 * i)
        run(part)
        states.append(look(f"{i}-run"))
        move(0.9)
        states.append(look(f"{i}-moved"))
        for value in (0.8, 0.6, 0.4, 0.2):  # while the map is drawn
            dock.value.setValue(value)
            settle(0.03)
        wait(lambda: not dock.busy())
        states.append(look(f"{i}-dragged"))
    box = canvas.extent()
    box.scale(0.6)
    canvas.setExtent(box)
    canvas.refresh()
    states.append(look("zoomed"))
    names = [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]
    dock.clear.click()
    states.append(look("cleared"))
    return {"looks": states, "order": names}


answer_with(work, "preview.json")
