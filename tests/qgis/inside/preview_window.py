"""The preview on the map of a real QGIS, looked at as a user sees it; run by ``qgis --code``.

``CAMP_DETECTOR_TEST`` names a JSON file: "raster", "folder" for pictures and results, "times".
Writes ``preview.json`` into the folder, with the pixels of outlines on the map and in a picture of
the same that is drawn without anything kept, and ends QGIS.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QImage
from qgis.utils import iface, plugins

REQUEST = json.loads(Path(os.environ["CAMP_DETECTOR_TEST"]).read_text(encoding="utf-8"))
FOLDER = Path(REQUEST["folder"])
OUTLINE, NEAR = (0xE4, 0x57, 0x2E), 8


def wait(is_done, seconds=90):
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError(is_done.__name__)
        QgsApplication.processEvents()
        time.sleep(0.002)


def go_on(seconds):
    """Let QGIS work for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


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
            go_on(0.03)
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


def main():
    try:
        states = work()
    except BaseException:  # whatever it is, the test wants to see it
        states = {"error": traceback.format_exc()}
    (FOLDER / "preview.json").write_text(json.dumps(states), encoding="utf-8")
    os._exit(0)  # no question whether to save


QTimer.singleShot(1500, main)
