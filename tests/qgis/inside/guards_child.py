"""Parts of the plugin among hostile or broken things, in QGIS' own Python.

usage: python guards_child.py PROFILE REQUEST. The request is a list of steps [name, arguments];
prints what came of each as JSON, as models_child.py does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent))
import session


class Stops:
    """A user who wants to stop after some seconds."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def cancelled(self):
        return time.monotonic() > self.end

    def say(self, line):
        pass

    def percent(self, value):
        pass


class Steps:
    # The library that runs models.

    def python_in(self, folder, libraries, old):
        """Everything that starts QGIS' Python, from a current folder with modules in it.

        Args:
            folder: That one.
            libraries: Where ONNX Runtime lies.
            old: A program like Python's before 3.11, which knows no PYTHONSAFEPATH.
        """
        from camp_detector.runtime import check, pip, python

        os.chdir(folder)
        path = python.find_python()
        answers = [python._answer(Path(program), lambda: False) for program in (path, old)]
        assert answers[0] == answers[1] != ""
        version = [pip.Pip(program).version() for program in (path, old)]
        checked = [check.check(program, Path(libraries)).version for program in (path, old)]
        target = Path(folder).parent / "target"
        target.mkdir()
        try:
            pip.Pip(old).install("no-such-package", target, Stops(60))
        except check.Fault as error:
            message = str(error)
        return {"version": version, "runs": checked, "said": message, "cwd": os.getcwd()}

    def stop_early(self, slow):
        """Measure the seconds that it takes to stop programs that answer late."""
        from camp_detector._core.engine.errors import Cancelled
        from camp_detector.runtime import check, pip, python

        took = []
        for act in (
            lambda: check.check(slow, Path("/nowhere"), Stops(0.5).cancelled),
            lambda: pip.Pip(slow).version(Stops(0.5).cancelled),
            lambda: pip.Pip(slow).install("x", Path("/nowhere"), Stops(0.5)),
            lambda: python._answer(Path(slow), Stops(0.5).cancelled),
        ):
            start = time.monotonic()
            try:
                act()
                took.append("not stopped")
            except Cancelled:
                took.append(time.monotonic() - start)
        return took

    def beside(self):
        """Clean up while other processes use folders, and after these have been killed."""
        from camp_detector.runtime import places

        base = places.base()
        base.mkdir(parents=True)
        loaded_folder, stage = (
            base / f"{places.tag()}_1.0_a",
            base / f"{places.STAGING}b{places.LOCKED}",
        )
        old, fresh, stale = (base / f"{places.STAGING}{n}" for n in ("old", "fresh", "stale"))
        stale = stale.with_name(stale.name + places.LOCKED)
        for folder in (loaded_folder, stage, old, fresh, stale):
            folder.mkdir()
            (folder / "x").write_text("x", encoding="utf-8")
        os.utime(old, (1, 1))
        code = (
            "import sys; from pathlib import Path; from camp_detector.runtime.places import use;"
            "from camp_detector.runtime import places; places.base = lambda: Path(sys.argv[1]);"
            "kept = [use(Path(p)) for p in sys.argv[2:]]; print(all(kept), flush=True); input()"
        )
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        other = subprocess.Popen(
            [sys.executable, "-c", code, base, loaded_folder, stage], env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert other.stdout.readline() == "True\n"
        places.clean()
        during = sorted(p.name for p in base.iterdir())
        other.kill()
        other.communicate()
        places.clean()
        return {
            "during": during == sorted(p.name for p in (loaded_folder, stage, fresh)),
            "after": [p.name for p in base.iterdir()] == [fresh.name],
            "locks": len(list(places._uses().iterdir())),
        }

    def gpu_that_is_none(self):
        """ONNX Runtime that takes the processor without a word."""
        from camp_detector._core.engine.predictors import ort
        from camp_detector.models import ModelLibrary
        from camp_detector.runtime import devices

        data, messages, asked_devices = ModelLibrary.from_settings().default().read(), [], []
        before, available = ort.OnnxPredictor, ort.available_providers
        gpu = "CUDAExecutionProvider"

        def quiet(data, providers, **_):
            asked_devices.append(list(providers))
            return before(data)

        ort.OnnxPredictor = quiet
        ort.available_providers = lambda: (gpu, ort.CPU)
        try:
            loaded_model = devices.load(data, gpu, messages.append)
        finally:
            ort.OnnxPredictor, ort.available_providers = before, available
        return {"kind": type(loaded_model).__name__, "said": messages, "asked": asked_devices}

    # Models.

    def settings(self, *values):
        """Count models and folders with each value in the settings."""
        from camp_detector.algorithms.detect import DetectDwellings
        from camp_detector.models.library import ModelLibrary
        from qgis.core import QgsSettings

        out = []
        for value in values:
            QgsSettings().setValue("camp_detector/model_folders", value)
            DetectDwellings().initAlgorithm({})
            library = ModelLibrary.from_settings()
            out.append([[str(f) for f in library.folders], len(library.models())])
        return out

    def forbidden(self, folder, added):
        """Folders in which one may not look; root may everywhere."""
        from camp_detector.models import library

        kind = type(Path())
        before = {n: getattr(kind, n) for n in ("is_file", "stat", "is_dir")}

        def refusing(name):
            def look(path, *args, **more):
                if path.name.startswith("secret"):
                    raise PermissionError(13, "denied")
                return before[name](path, *args, **more)

            return look

        for name in before:
            setattr(kind, name, refusing(name))
        try:
            model_library = library.ModelLibrary(home=Path(added), folders=[Path(folder)])
            return [m.spec.name for m in model_library.models()]
        finally:
            for name, real in before.items():
                setattr(kind, name, real)

    def find(self, selector):
        from camp_detector.models.library import ModelLibrary

        return ModelLibrary.from_settings().find(selector).sha256

    def folders(self, *paths):
        from camp_detector.models import library

        library.set_folders([Path(p) for p in paths])
        return [m.sha256 for m in library.ModelLibrary.from_settings().models()]

    def take(self, place, changes):
        """Take the first offer with other facts; what is read for it."""
        from dataclasses import replace

        from camp_detector._core.engine.errors import CampDetectorError
        from camp_detector.models import catalogue
        from camp_detector.models.library import ModelLibrary

        read = []
        offer = replace(catalogue.read_catalogue(place).offers[0], **changes)
        try:
            catalogue.fetch_offer(
                offer, ModelLibrary.from_settings(),
                lambda p, n: read.append(p) or catalogue.read_local(p, n),
            )  # fmt: skip
        except CampDetectorError as error:
            return [len(read), str(error)]
        return [len(read), ""]

    def resolve(self, place, *hrefs):
        """Return the hrefs of a catalogue that are followed, and their targets."""
        from camp_detector._core.engine.errors import CampDetectorError
        from camp_detector.models import catalogue

        looked, out, kind = [], [], type(Path())
        before = kind.resolve
        kind.resolve = lambda path, *a, **m: looked.append(str(path)) or before(path, *a, **m)
        try:
            for href in hrefs:
                try:
                    out.append(catalogue.resolve(href, place, place))
                except CampDetectorError:
                    out.append(None)
        finally:
            kind.resolve = before
        return [out, looked]

    def may_lead(self, origin, target):
        """Return True if a server may redirect us: one of a catalogue, and one of map tiles."""
        from camp_detector.web.places import may_lead

        return [may_lead(origin, target, elsewhere=is_elsewhere) for is_elsewhere in (False, True)]

    def fetch(self, url, limit):
        from camp_detector.models import network
        from qgis.PyQt.QtCore import QCoreApplication

        messages = []

        def work():
            try:
                messages.append(len(network.fetch(url, limit)))
            except Exception as error:
                messages.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            QCoreApplication.processEvents()
            time.sleep(0.005)
        return messages[0]

    # What is shown.

    def facts(self, text, size):
        """A description in which a stranger wrote the same everywhere."""
        from camp_detector.gui.facts import spec_html

        one = SimpleNamespace(name=text, value=1, color=text)
        spec = SimpleNamespace(
            id=text, description=text, gsd=0.5, bands=[one], dtype=text, classes=[one],
            threshold=0.5, min_area=1.0, separation=None, licence=text, attribution=[text],
            tile_size=64, overlap=8,
        )  # fmt: skip
        return spec_html(spec, int(size), [(text, text)])

    def outlines(self, *shapes):
        from camp_detector.gui.area import geometry_of

        return [geometry_of(shape) is not None for shape in shapes]

    def in_words(self, name):
        from camp_detector._core.engine.errors import ParameterError, RasterError
        from camp_detector._core.engine.messages import Message
        from camp_detector.words import sentence_of

        return [
            sentence_of(error)
            for error in (
                ParameterError(f"asks for band 9, but {name} has 3", parameter="bands"),
                RasterError(name, remedy="say which with {bands}, e.g. {bands=1,2,3}"),
                RasterError(name, remedy="({gsd=native} runs it)"),
                RasterError(name, remedy="turn it first with {tool:warp}"),
                Message(name, remedy="({pixel_size} sets it)"),
                Message(
                    name, remedy="set it with {pixel_size} | place it with {tool:assign_place}"
                ),
                Message(name, remedy="; {stretch=LOW,HIGH} sets others"),
                ParameterError("must be 0 to 9 metres, got 10", parameter="simplify"),
                f"the layer {name}\x1b has 3 bands",
            )
        ]

    def preview(self, *sides):
        """Return True if a square of ground, its side in metres, is refused."""
        from camp_detector.gui import preview
        from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle

        out = []
        for side in sides:
            extent = QgsRectangle(500000, 3000000, 500000 + side, 3000000 + side)
            try:
                preview.check_size(extent, QgsCoordinateReferenceSystem("EPSG:32645"), 0.5)
                out.append("")
            except preview.Fault as error:
                out.append(str(error))
        return out

    # Layers.

    def files_of(self, *sources):
        from camp_detector.layers import file_of

        return [file_of(source)[0] for source in sources]


if __name__ == "__main__":
    session.run(Steps, processing=True)
