"""Do one step after another in a real QGIS, and print what came of each as one line of JSON.

usage: python steps.py PROFILE REQUEST. The request is a list of steps: {"op": name, ...}; see
`parameters` for what their parameters become.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import signal
import sqlite3
import sys
import threading
import time
import weakref
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import session
from parameters import parameters_of, references


def options(step):
    from qgis.core import QgsApplication

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    return algorithm.parameterDefinition(step["name"]).options()


def tooltips(step):
    from qgis.core import QgsApplication

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    return {d.name(): d.help() for d in algorithm.parameterDefinitions()}


def orphan(step):
    """Remove a layer after a run was prepared, as a user does while a task waits."""
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProject

    messages, parameters, context = fresh(), parameters_of(step), QgsProcessingContext()
    layer, project = parameters[step["removed"]], QgsProject.instance()
    references.remove(layer)
    project.addMapLayer(layer)
    context.setProject(project)
    parameters[step["removed"]] = layer.id()
    feedback = feedback_of(messages)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    assert algorithm.prepare(parameters, context, feedback), messages
    project.removeMapLayer(layer.id())
    del layer
    results = algorithm.runPrepared(parameters, context, feedback)
    results["OUTPUT"] = context.takeResultLayer(results["OUTPUT"])
    return {"results": plain(results), **messages}


def late(step):
    """Cancel when the dwellings are found and are to be written."""
    from qgis.core import QgsApplication, QgsProcessingContext

    messages = fresh()
    feedback = feedback_of(messages)

    class Late(type(feedback)):
        def pushInfo(self, text):
            super().pushInfo(text)
            if step["at"] in text:
                self.cancel()

        def setProgress(self, percent):
            super().setProgress(percent)
            if percent >= step.get("percent", 1000):
                self.cancel()

    feedback = Late()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    results, ok = algorithm.run(parameters_of(step), QgsProcessingContext(), feedback)
    files = sorted(p.name for p in Path(step["folder"]).iterdir())
    return {"results": plain(results), "ok": ok, "files": files, **messages}


def feedback_of(messages):
    from qgis.core import QgsProcessingFeedback

    class Feedback(QgsProcessingFeedback):
        def __init__(self):
            super().__init__(False)

        def pushWarning(self, text):
            messages["warnings"].append(text)

        def pushInfo(self, text):
            messages["infos"].append(text)

        def setProgressText(self, text):
            messages["texts"].append(text)
            messages["threads"].add(threading.get_ident())

        def reportError(self, text, fatalError=False):
            messages["errors"].append(text)

    return Feedback()


def fresh():
    return {"warnings": [], "infos": [], "texts": [], "errors": [], "threads": set()}


def rows_of(layer):
    fields = [f.name() for f in layer.fields()]
    rows = []
    for feature in layer.getFeatures():
        values = [None if v is None or str(v) == "NULL" else v for v in feature.attributes()]
        row = dict(zip(fields, values))
        row["wkb"] = bytes(feature.geometry().asWkb()).hex()
        rows.append(row)
    return {"fields": fields, "crs": layer.crs().authid(), "rows": rows}


def plain(results):
    out = {}
    for name, value in results.items():
        out[name] = rows_of(value) if hasattr(value, "getFeatures") else value
    return out


def run(step):
    """processing.run, as a script of a user's does."""
    import processing
    from qgis.core import QgsProcessingException

    messages = fresh()
    if "limit" in step:  # bytes of a file, as on a disk that is full
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (step["limit"], resource.RLIM_INFINITY))
    try:
        results = processing.run(step["alg"], parameters_of(step), feedback=feedback_of(messages))
    except QgsProcessingException as error:
        return {"error": str(error), **messages}
    finally:
        if "limit" in step:
            resource.setrlimit(resource.RLIMIT_FSIZE, [resource.RLIM_INFINITY] * 2)
    return {"results": plain(results), **messages}


def check(step):
    with contextlib.ExitStack() as stack:
        if "locked" in step:
            file = sqlite3.connect(step["locked"], isolation_level=None)
            stack.callback(file.close)
            file.execute(step.get("lock", "BEGIN EXCLUSIVE"))
        return checked(step)


def checked(step):
    from qgis.core import QgsApplication, QgsProcessingContext

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    ok, message = algorithm.checkParameterValues(parameters_of(step), QgsProcessingContext())
    return {"ok": ok, "message": message}


def dialog(step):
    """The layers with which the dialog of an algorithm begins, and what it says to them."""
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProject, QgsVectorLayer
    from qgis.gui import QgsGui, QgsProcessingGui, QgsProcessingParameterWidgetContext

    project, context = QgsProject.instance(), QgsProcessingContext()
    layers = [QgsVectorLayer(path, Path(path).stem, "ogr") for path in step["layers"]]
    project.addMapLayers(layers)
    context.setProject(project)
    around = QgsProcessingParameterWidgetContext()
    around.setProject(project)
    around.setActiveLayer(layers[0])
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    registry, parameters, widgets = QgsGui.processingGuiRegistry(), {}, []
    for definition in algorithm.parameterDefinitions():
        if definition.type() == "source":
            wrapper = registry.createParameterWidgetWrapper(definition, QgsProcessingGui.Standard)
            wrapper.setWidgetContext(around)
            widgets.append((wrapper, wrapper.createWrappedWidget(context)))
            parameters[definition.name()] = wrapper.parameterValue()
    parameters["OUTPUT"] = "memory:"
    ok, message = algorithm.checkParameterValues(parameters, context)
    layers_shown = {name: project.mapLayer(str(value)) for name, value in parameters.items()}
    names = {name: layer.name() for name, layer in layers_shown.items() if layer is not None}
    project.removeMapLayers([layer.id() for layer in layers])
    return {"layers": names, "ok": ok, "message": message}


def patience(step):
    """Set the time that QGIS waits for a server, in milliseconds."""
    from qgis.core import QgsNetworkAccessManager

    QgsNetworkAccessManager.setTimeout(step["value"])
    return {}


def setting(step):
    """Keep a setting, as the plugin's page of the options does."""
    from qgis.core import QgsSettings

    QgsSettings().setValue(step["name"], step["value"])
    return {}


def models(_step):
    """The models that the plugin has, and the files of those that were added."""
    from camp_detector.models.library import ModelLibrary

    library = ModelLibrary.from_settings()
    names = sorted(model.id for model in library.models())
    files = [str(p.relative_to(library.home)) for p in sorted(library.home.rglob("*.onnx"))]
    return {"names": names, "files": files}


def prepare(step):
    """Prepare a task; its parameters are not checked."""
    from qgis.core import QgsApplication, QgsProcessingContext

    messages = fresh()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    ok = algorithm.prepare(parameters_of(step), QgsProcessingContext(), feedback_of(messages))
    return {"ok": ok, **messages}


def wait_for(is_done, seconds=120):
    from qgis.PyQt.QtCore import QCoreApplication

    end = time.monotonic() + seconds
    while not is_done() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.01)
    return is_done()


def task_of(step, messages, outcomes):
    from qgis.core import (
        QgsApplication,
        QgsProcessingAlgRunnerTask,
        QgsProcessingContext,
        QgsProject,
    )

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(step["alg"])
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    feedback = feedback_of(messages)
    parameters = parameters_of(step)
    for name, title in step.get("load", {}).items():
        from qgis.core import QgsProcessingOutputLayerDefinition

        parameters[name] = QgsProcessingOutputLayerDefinition(
            parameters[name], QgsProject.instance()
        )
        parameters[name].destinationName = title
    task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
    task.executed.connect(lambda ok, results: outcomes.append((ok, results, time.monotonic())))
    references.append((algorithm, context, feedback, parameters, task))
    QgsApplication.taskManager().addTask(task)
    return algorithm, context, feedback, task


def background(step):
    """In QGIS' own thread of tasks, results loaded into the project as the dialog does."""
    from processing.gui.Postprocessing import handleAlgorithmResults
    from qgis.core import QgsProject

    messages, outcomes = fresh(), []
    algorithm, context, feedback, _ = task_of(step, messages, outcomes)
    assert wait_for(lambda: outcomes), messages
    ok, results, _ = outcomes[0]
    if ok:
        handleAlgorithmResults(algorithm, context, feedback)
    layers = [
        {
            "name": layer.name(),
            "renderer": type(layer.renderer()).__name__,
            "symbols": symbols(layer),
            "labels": layer.labeling().settings().fieldName
            if getattr(layer, "labeling", None) and layer.labeling()
            else "",
        }
        for layer in QgsProject.instance().mapLayers().values()
    ]
    QgsProject.instance().clear()
    return {
        "ok": ok,
        "results": plain(results),
        "layers": sorted(layers, key=lambda x: x["name"]),
        "elsewhere": bool(messages["threads"] - {threading.get_ident()}),
        **messages,
    }


def beside(step):
    """A run in the background while a layer of the same server fails on the map."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer, QgsRectangle
    from qgis.PyQt.QtCore import QCoreApplication, QSize

    other = QgsRasterLayer(*step["other"])
    assert other.isValid()
    references.append(other)
    settings = QgsMapSettings()
    settings.setLayers([other])
    settings.setDestinationCrs(other.crs())
    settings.setOutputSize(QSize(200, 200))
    settings.setExtent(QgsRectangle(*step["extent"]))
    messages, outcomes, failed = fresh(), [], 0
    task_of(step, messages, outcomes)
    while not outcomes:
        job = QgsMapRendererParallelJob(settings)
        job.start()
        while job.isActive():
            QCoreApplication.processEvents()
            time.sleep(0.005)
        failed += len(job.errors()) or 1
    ok, results, _ = outcomes[0]
    return {"ok": ok, "results": {"COUNT": results.get("COUNT")}, "failed": failed, **messages}


def symbols(layer):
    renderer = layer.renderer()
    if hasattr(renderer, "classes") and hasattr(renderer, "band"):
        return [[c.value, c.label, c.color.name(), c.color.alpha()] for c in renderer.classes()]
    if hasattr(renderer, "symbol"):
        return [renderer.symbol().symbolLayer(0).strokeColor().name()]
    if hasattr(renderer, "ranges"):
        return [[r.lowerValue(), r.upperValue()] for r in renderer.ranges()]
    if hasattr(renderer, "categories"):
        return [[c.value(), c.label()] for c in renderer.categories()]
    return []


def cancel(step):
    """Cancel once some tiles are done; how long it takes is reported, not judged."""
    messages, outcomes = fresh(), []
    _, _, feedback, task = task_of(step, messages, outcomes)
    has_begun = wait_for(lambda: feedback.progress() > step["after"] or outcomes)
    wait_for(lambda: outcomes, step.get("delay", 0))
    at, progress = time.monotonic(), feedback.progress()
    task.cancel()
    assert has_begun
    assert wait_for(lambda: outcomes), messages
    ok, results, end = outcomes[0]
    return {
        "ok": ok, "results": plain(results), "progress": progress, "seconds": end - at,
        "files": sorted(p.name for p in Path(step["folder"]).iterdir()), **messages,
    }  # fmt: skip


def both(step):
    """Two jobs at once in the background."""
    results = []
    for params in step["jobs"]:
        task_of({"alg": step["alg"], "params": params}, fresh(), results)
    assert wait_for(lambda: len(results) == len(step["jobs"]))
    return {"ok": [ok for ok, _, _ in results], "counts": [r["COUNT"] for _, r, _ in results]}


def reload(step):
    """Unload and load again; what stays of the providers?"""
    global loaded
    from qgis.core import QgsApplication
    from qgis.PyQt import sip

    registry = QgsApplication.processingRegistry()
    before = len(registry.providers())
    deleted = []
    for _ in range(step["times"]):
        old, provider = weakref.ref(loaded), loaded.provider
        loaded.unload()
        deleted.append(registry.providerById("campdetector") is None and sip.isdeleted(provider))
        del provider
        loaded = None
        gc.collect()
        deleted.append(old() is None)
        loaded = session.plugin()
    return {
        "gone": deleted,
        "before": before,
        "after": len(registry.providers()),
        "algorithms": len(registry.providerById("campdetector").algorithms()),
    }


def describe(_step):
    """All algorithms with their parameters."""
    from qgis.core import QgsApplication

    descriptions = {}
    for algorithm in QgsApplication.processingRegistry().providerById("campdetector").algorithms():
        descriptions[algorithm.name()] = {
            "label": algorithm.displayName(),
            "help": algorithm.shortHelpString(),
            "parameters": {p.name(): p.description() for p in algorithm.parameterDefinitions()},
            "outputs": [o.name() for o in algorithm.outputDefinitions()],
            "threaded": not algorithm.flags() & algorithm.FlagNoThreading,
        }
    return descriptions


def modeler(step):
    """A model of two algorithms, saved and loaded again, then run."""
    from qgis.core import (
        QgsProcessingContext,
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
        QgsProcessingModelOutput,
        QgsProcessingModelParameter,
        QgsProcessingParameterRasterLayer,
    )  # fmt: skip

    model = QgsProcessingModelAlgorithm("both", "tests")
    model.addModelParameter(
        QgsProcessingParameterRasterLayer("imagery", "Imagery"),
        QgsProcessingModelParameter("imagery"),
    )
    source = QgsProcessingModelChildParameterSource
    first = QgsProcessingModelChildAlgorithm("campdetector:detectdwellings")
    first.setChildId("detect")
    first.addParameterSources("INPUT", [source.fromModelParameter("imagery")])
    first.addParameterSources("MODEL_FILE", [source.fromStaticValue(step["model"])])
    model.addChildAlgorithm(first)
    second = QgsProcessingModelChildAlgorithm("campdetector:summarisecamp")
    second.setChildId("summarise")
    second.addParameterSources("INPUT", [source.fromChildOutput("detect", "OUTPUT")])
    second.addParameterSources("HEXAGON_WIDTH", [source.fromStaticValue(20.0)])
    out = QgsProcessingModelOutput("summary")
    out.setChildOutputName("OUTPUT")
    out.setChildId("summarise")
    second.setModelOutputs({"summary": out})
    model.addChildAlgorithm(second)
    model.toFile(step["file"])
    algorithm_again = QgsProcessingModelAlgorithm()
    assert algorithm_again.fromFile(step["file"])
    algorithm_again.initAlgorithm()
    context, messages = QgsProcessingContext(), fresh()
    names = [d.name() for d in algorithm_again.destinationParameterDefinitions()]
    parameters = {"imagery": step["raster"], **dict.fromkeys(names, step["output"])}
    results, ok = algorithm_again.run(parameters, context, feedback_of(messages))
    return {"ok": ok, "results": plain(results), **messages}


def main():
    global loaded
    profile, request = sys.argv[1:]
    app = session.start(profile)
    loaded = session.plugin()
    steps = json.loads(Path(request).read_text(encoding="utf-8"))
    answers = [globals()[step["op"]](step) for step in steps]
    print(json.dumps(answers, default=str), flush=True)
    loaded.unload()
    references.clear()
    app.exitQgis()


if __name__ == "__main__":
    main()
