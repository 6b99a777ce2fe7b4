"""Use models by the plugin, in QGIS' own Python.

usage: python models_child.py PROFILE REQUEST. The request is a list of steps [name, arguments]; a
line of JSON tells what came of each: {"ok": value} or {"error": sentence, "kind": class}.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import session


def facts(model):
    return {
        "id": model.id,
        "origin": model.origin,
        "sha256": model.sha256,
        "size": model.size,
        "path": str(model.path),
        "accuracy": model.accuracy(),
        "area": model.area,
        "source": model.source,
    }


def in_background(function):
    """Run a function in a thread, as QGIS' tasks do, while the main one goes on."""
    from qgis.PyQt.QtCore import QCoreApplication

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(function)
        while not running.done():
            QCoreApplication.processEvents()
            time.sleep(0.005)
    return running.result()


class Steps:
    def __init__(self):
        from camp_detector.models import library

        self.library = library
        self.reads = []

    @property
    def current(self):
        return self.library.ModelLibrary.from_settings()

    def models(self):
        return [facts(m) for m in self.current.models()]

    def default(self):
        return facts(self.current.default())

    def find(self, selector):
        return facts(self.current.find(selector))

    def read(self, selector):
        return len(self.current.find(selector).read())

    def add(self, path):
        return facts(self.current.add(Path(path)))

    def remove(self, selector):
        self.current.remove(self.current.find(selector))
        return sorted(p.name for p in self.current.home.iterdir())

    def stored(self):
        return sorted(
            p.relative_to(self.current.home).parts[-1] for p in self.current.home.rglob("*.*")
        )

    def folders(self, *paths):
        self.library.set_folders([Path(p) for p in paths])
        return self.models()

    def prefer(self, name):
        self.library.set_default(name)
        return facts(self.current.default())

    def read_by_each_name(self):
        """Find the model for each id that the lists show."""
        return [[m.sha256, self.current.find(m.id).sha256] for m in self.current.models()]

    def prefer_each(self):
        """Prefer each model, and return the default."""
        out = []
        for model in self.current.models():
            self.library.set_default(model.key)
            out.append([model.sha256, self.current.default().sha256])
        return out

    def models_of_folder(self, folder, changed=None):
        """List the files that are read when the models of a folder are listed."""
        from camp_detector._core.model_file import reader
        from camp_detector.models import reading

        if changed:
            Path(changed).write_text("{}", encoding="utf-8")
        self.library.set_folders([Path(folder)])
        read, before = [], (reading.stac.read_item, reader.open_model)
        reading.stac.read_item = lambda path: read.append(str(path)) or before[0](path)
        reader.open_model = lambda path: read.append(str(path)) or before[1](path)
        try:
            self.current.models()
        finally:
            reading.stac.read_item, reader.open_model = before
        return read

    def outline(self, shape):
        from camp_detector.gui.area import geometry_of

        return geometry_of(shape) is not None

    def _reader(self, stop_at=None):
        from camp_detector.models import catalogue, network
        from qgis.core import QgsFeedback

        feedback = self.feedback = QgsFeedback()

        def on_progress(percent):
            self.reads.append(percent)
            if stop_at is not None and percent >= stop_at:
                feedback.cancel()

        def read(place, limit):
            if not catalogue.is_url(place):
                return catalogue.read_local(place, limit)
            return network.fetch(place, limit, feedback=feedback, progress=on_progress)

        return read

    def catalogue(self, place):
        from camp_detector.models import catalogue

        content = in_background(lambda: catalogue.read_catalogue(place, self._reader()))
        return {
            "offers": [[o.id, o.place, o.size, o.sha256] for o in content.offers],
            "left_out": content.left_out,
        }

    def fetch(self, url):
        return len(in_background(lambda: self._reader_of_web(url)))

    def fetch_here(self, url):
        return len(self._reader_of_web(url))

    def fetch_often(self, url, threads, times):
        """Count the answers of many requests, and the objects that they leave in Python."""
        import gc

        from camp_detector.web import exchange
        from qgis.PyQt.QtCore import QCoreApplication

        came = 0
        for _ in range(threads):
            came += in_background(lambda: sum(bool(self._reader_of_web(url)) for _ in range(times)))
        QCoreApplication.processEvents()
        gc.collect()
        leaks = [o for o in gc.get_objects() if isinstance(o, (exchange._Exchange, exchange._Turn))]
        return [came, len(leaks)]

    def _reader_of_web(self, url):
        from camp_detector.models import network

        return network.fetch(url, 1 << 20)

    def take(self, place, number, stop_at=None):
        from camp_detector.models import catalogue

        reader = self._reader()
        offer = in_background(lambda: catalogue.read_catalogue(place, reader)).offers[number]
        self.reads.clear()
        library, reader = self.current, self._reader(stop_at)
        return facts(in_background(lambda: catalogue.fetch_offer(offer, library, reader)))


if __name__ == "__main__":
    session.run(Steps)
