"""Steps like those of `steps.py` that look at one part from the inside.

usage: python probes.py PROFILE REQUEST. All steps of `steps.py` may be asked for as well.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import steps
from parameters import layer_of, parameters_of

_NOBODY = 65534


def stopped_in_a_tile(step):
    """Stop while a tile is looked at eight times, and count the looks before and after."""
    from camp_detector.runtime import devices
    from qgis.core import QgsApplication, QgsProcessingContext

    messages, looks = steps.fresh(), []
    feedback, load = steps.feedback_of(messages), devices.load

    class Counting:
        def __init__(self, predictor):
            self._predictor = predictor
            self.provider, self.spec = predictor.provider, predictor.spec
            self.fixed_size, self.batch_size, self.workers = predictor.fixed_size, 1, 1

        def predict(self, batch):
            looks.append(feedback.isCanceled())
            if len(looks) == step["at"]:
                feedback.cancel()
            return self._predictor.predict(batch)

    devices.load = lambda *arguments: Counting(load(*arguments))
    try:
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
        parameters = parameters_of(step)
        _, ok = algorithm.run(parameters, QgsProcessingContext(), feedback)
    finally:
        devices.load = load
    return {"before": looks.count(False), "after": looks.count(True), "ok": ok, **messages}


def _reader(kind, width, height, block):
    """A reader of what a provider of the plainest kind gives."""
    from camp_detector._core.engine.grid import Window
    from camp_detector.provider_reader import Lattice, LayerReader
    from camp_detector.server_errors import ServerErrors

    class Provider:
        def bandCount(self):
            return 1

        def dataType(self, _band):
            return kind

        def dataSourceUri(self):
            return ""

        def name(self):
            return "wms"

        def sourceHasNoDataValue(self, _band):
            return False

        def block(self, *_arguments):
            return block(errors)

    provider = Provider()
    errors = ServerErrors(provider)
    reader = LayerReader(provider, Lattice(0.0, 0.0, 1.0, 1.0, width, height), None, errors)
    return reader, Window(0, 0, height, width)


def stopped_in_a_read(_step):
    """Stop while a server is asked: what it gave by then is half a picture."""
    from qgis.core import Qgis, QgsRasterBlock

    def block(errors):
        errors.feedback.cancel()
        return QgsRasterBlock(Qgis.Byte, 4, 4)

    reader, window = _reader(Qgis.Byte, 4, 4, block)
    try:
        reader.read([1], window)
    except Exception as error:  # which one is what is looked at
        return {"raised": type(error).__name__}
    return {"raised": None}


def multiplied(step):
    """Read a picture whose colours are multiplied by its alpha, as Qt makes one."""
    from qgis.core import Qgis, QgsRasterBlock
    from qgis.PyQt.QtGui import QColor, QImage

    colors = step["colors"]
    picture = QImage(len(colors), 1, QImage.Format_ARGB32)
    for x, color in enumerate(colors):
        picture.setPixelColor(x, 0, QColor(*color))
    premultiplied = picture.convertToFormat(QImage.Format_ARGB32_Premultiplied)
    raw = premultiplied.constBits().asstring(4 * len(colors))

    def block(_errors):
        pixel_block = QgsRasterBlock(Qgis.ARGB32_Premultiplied, len(colors), 1)
        assert pixel_block.setImage(premultiplied)
        return pixel_block

    reader, window = _reader(Qgis.ARGB32_Premultiplied, len(colors), 1, block)
    return {
        "read": reader.read([1, 2, 3, 4], window)[:, 0].T.tolist(),
        "made": [list(raw[4 * x : 4 * x + 3][::-1]) for x in range(len(colors))],
    }


def coloured(step):
    """The colours of the results in the project, and the greatest value of rasters."""
    from processing.gui.Postprocessing import handleAlgorithmResults
    from qgis.core import QgsProject

    messages, results = steps.fresh(), []
    algorithm, context, feedback, _ = steps.task_of(step, messages, results)
    assert steps.wait_for(lambda: results), messages
    assert results[0][0], messages
    handleAlgorithmResults(algorithm, context, feedback)
    values = {}
    for layer in QgsProject.instance().mapLayers().values():
        renderer, name = layer.renderer(), layer.name().partition(":")[2] or layer.name()
        if hasattr(renderer, "categories"):
            values[name] = [
                [c.value(), c.symbol().symbolLayer(0).strokeColor().name()]
                for c in renderer.categories()
            ]
        elif hasattr(renderer, "shader"):
            ramp = renderer.shader().rasterShaderFunction().colorRampItemList()
            pixels, size = layer.dataProvider(), (layer.width(), layer.height())
            block = pixels.block(1, layer.extent(), *size)
            values[name] = {
                "ramp": [[i.value, i.color.name(), i.color.alpha()] for i in ramp],
                "most": max(block.value(i) for i in range(size[0] * size[1])),
            }
    QgsProject.instance().clear()
    return values


def ramp_of(step):
    """The ramp of a raster that is coloured as a probability."""
    from types import SimpleNamespace

    from camp_detector import styling

    layer = layer_of(step)
    styling.probability_raster([SimpleNamespace(color="#e31a1c")])(layer)
    return [i.value for i in layer.renderer().shader().rasterShaderFunction().colorRampItemList()]


def read_only(step):
    """Check parameters with an output in a folder that the user may not write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    is_root = os.getuid() == 0
    if is_root:  # whom no folder refuses; what is looked at is the real user
        os.setresuid(_NOBODY, 0, 0)
    try:
        refused = not os.access(folder, os.W_OK)
        step["params"][step["output"]] = str(folder / step["name"])
        return {"refused": refused, **steps.check(step)}
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        folder.rmdir()


def added_options(step):
    """Add options to the table; give their parameters in QGIS, and the values that a request has.

    "options" are the arguments of each, "params" a run with them.
    """
    from types import SimpleNamespace

    from camp_detector._core.engine import parameters as table
    from camp_detector._core.engine.parameter import Kind, Limits, Parameter
    from camp_detector.algorithms import requests
    from camp_detector.algorithms.detect import DetectDwellings
    from camp_detector.algorithms.entries import Entries
    from qgis.core import QgsProcessingContext, QgsProcessingParameterDefinition

    advanced = QgsProcessingParameterDefinition.FlagAdvanced
    before, request = table.PARAMETERS, requests.Request
    added = {}
    for name, kind, limits, default, choices in step["options"]:
        added[name] = Parameter(
            name, Kind(kind), name.title(), f"About {name}.", default=default,
            choices=dict.fromkeys(choices, "so"), hosts={table.QGIS: name.upper()},
            limits=Limits(*limits) if limits else None,
        )  # fmt: skip
    table.PARAMETERS = {**before, **added}
    requests.Request = SimpleNamespace(of=lambda values: values)
    try:
        algorithm = DetectDwellings()
        algorithm.initAlgorithm({})
        shown = [
            algorithm.parameterDefinition(option.hosts[table.QGIS]) for option in added.values()
        ]
        entries = Entries(algorithm, parameters_of(step), QgsProcessingContext())
        values = requests.job_of(entries).request
    finally:
        table.PARAMETERS, requests.Request = before, request
    return {
        "kinds": [definition.type() for definition in shown],
        "folded": [bool(definition.flags() & advanced) for definition in shown],
        "help": [definition.help() for definition in shown],
        "values": {name: values[name] for name in added},
    }


if __name__ == "__main__":
    for step in (
        added_options,
        stopped_in_a_tile,
        stopped_in_a_read,
        multiplied,
        coloured,
        ramp_of,
        read_only,
    ):
        setattr(steps, step.__name__, step)
    steps.main()
