"""A script in the window of a real QGIS: what is asked of it, waiting as a user does, its answer.

`Qgis.window` runs it by ``qgis --code``; ``CAMP_DETECTOR_TEST`` names the request, a JSON file.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer
from session import refuse_deprecated

REQUEST = json.loads(Path(os.environ["CAMP_DETECTOR_TEST"]).read_text(encoding="utf-8"))
FOLDER = Path(REQUEST["folder"])


def wait(is_done, seconds=90):
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError(is_done.__name__)
        QgsApplication.processEvents()
        time.sleep(0.002)


def settle(seconds=0.4):
    """Let QGIS work for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def picture(widget, name, seconds=0.4):
    """Let QGIS work for a while, and keep a picture of a widget."""
    settle(seconds)
    widget.grab().save(str(FOLDER / f"{name}.png"))


def answer_with(work, name):
    """Work once QGIS' window is there, write what that gives into the folder, and end QGIS."""

    def main():
        try:
            answer = work()
        except BaseException:  # whatever it is, the test wants to see it
            answer = {"error": traceback.format_exc()}
        (FOLDER / name).write_text(json.dumps(answer), encoding="utf-8")
        os._exit(0)  # no question whether to save

    refuse_deprecated()
    QTimer.singleShot(1500, main)
