"""ONNX Runtime of the plugin, in QGIS' own Python that has none.

usage: python runtime_child.py PROFILE REQUEST. The request is a list of steps [name, arguments];
prints what came of each as JSON, as models_child.py does.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import session


class Feedback:
    def __init__(self, stop_at=None):
        self.lines, self.stop_at, self.questions = [], stop_at, 0

    def say(self, line):
        self.lines.append(line)

    def percent(self, value):
        pass

    def cancelled(self):
        self.questions += 1
        return self.stop_at is not None and self.stop_at in " ".join(self.lines)


class Broken:
    """A predictor whose GPU has gone; nobody here has one."""

    def __init__(self, real, error):
        self.real, self.error, self.calls = real, error, 0
        self.spec, self.fixed_size = real.spec, real.fixed_size
        self.workers, self.batch_size, self.provider = 1, 8, "CUDAExecutionProvider"

    def predict(self, batch):
        self.calls += 1
        raise self.error("the GPU is gone")


class Steps:
    def __init__(self):
        from camp_detector import runtime
        from camp_detector.runtime import devices, install, places

        self.runtime, self.devices, self.kit, self.places = runtime, devices, install, places

    def problem(self):
        return self.runtime.problem()

    def ready(self):
        return self.runtime.problem() is None

    def require(self):
        self.runtime.require()

    def install(self, wheel=None, stop_at=None, package=None):
        feedback = Feedback(stop_at)
        request = self.kit.Request(
            package=package or self.kit.CPU, wheel=Path(wheel) if wheel else None
        )
        state = self.kit.install(request, feedback)
        return {"version": state.version, "package": state.package, "lines": feedback.lines,
                "folder": str(state.folder)}  # fmt: skip

    def line(self, *lines):
        """The command that gets a wheel elsewhere."""
        from camp_detector.runtime.offline import download_line

        return download_line(*lines)

    def tree(self):
        """List the private folder by name."""
        base = self.places.base()
        return sorted(p.name for p in base.iterdir()) if base.exists() else []

    def holds(self):
        """The top of what is installed."""
        state = self.places.current()
        return sorted(p.name for p in state.folder.iterdir()) if state else []

    def state(self):
        import numpy as np

        state = self.runtime.state()
        last = str(self.places.current().folder) if self.places.current() else ""
        return {"version": state.version, "private": state.private, "origin": state.origin,
                "providers": state.providers, "numpy": [np.__version__, np.__file__],
                "last_on_path": sys.path[-1] == last, "on_path": sys.path.count(last)}  # fmt: skip

    def in_use(self):
        """Return True if other processes see that this one uses the folder."""
        from camp_detector.runtime.in_use import is_used

        return is_used(self.places._uses(), self.places.current().folder.name)

    def uninstall(self):
        self.kit.uninstall()

    def offered(self):
        """The choices of the algorithm's parameter."""
        from camp_detector.algorithms.detect import DetectDwellings

        algorithm = DetectDwellings()
        algorithm.initAlgorithm({})
        return algorithm.parameterDefinition("DEVICE").options()

    def prefer(self, device):
        """Give what the settings with a device make of it."""
        from qgis.core import QgsSettings

        QgsSettings().setValue(self.devices.SETTING, device)
        return self.devices.preference()

    def is_loaded(self):
        return "onnxruntime" in sys.modules

    def load(self, device):
        from camp_detector.models import ModelLibrary

        messages = []
        loaded_model = self.devices.load(
            ModelLibrary.from_settings().default().read(), device, messages.append
        )
        return [loaded_model.provider, messages]

    def fall(self):
        """A model on a GPU that fails in the middle of a run."""
        import numpy as np
        from camp_detector._core.engine.errors import PredictorError
        from camp_detector._core.engine.predictors.open import Falling
        from camp_detector._core.engine.predictors.ort import OnnxPredictor
        from camp_detector.models import ModelLibrary

        data, messages = ModelLibrary.from_settings().default().read(), []
        real = OnnxPredictor(data)
        gpu = Broken(real, PredictorError)
        falling = Falling(
            gpu,
            lambda: OnnxPredictor(data),
            lambda fallback: messages.append(self.devices.fallback_sentence(fallback)),
        )
        batch = np.random.default_rng(3).normal(size=(1, 3, 64, 64)).astype(np.float32)
        same = [bool((falling.predict(batch) == real.predict(batch)).all()) for _ in range(2)]
        return {"same": same, "said": messages, "calls": gpu.calls, "provider": falling.provider}

    def python(self, prefix="", executable=""):
        """Find Python when QGIS says that it lies elsewhere."""
        from camp_detector.runtime.python import find_python

        before = sys.exec_prefix, sys.executable
        sys.exec_prefix, sys.executable = prefix or before[0], executable or before[1]
        try:
            return find_python()
        finally:
            sys.exec_prefix, sys.executable = before

    def candidates(self, platform, executable, prefix):
        from camp_detector.runtime.python import candidates

        return [str(p) for p in candidates(platform, Path(executable), Path(prefix))]

    def proxy(self, host, user, password):
        from camp_detector.runtime.proxy import environment
        from qgis.core import QgsNetworkAccessManager
        from qgis.PyQt.QtNetwork import QNetworkProxy

        kind = QNetworkProxy.ProxyType
        proxy = QNetworkProxy(kind.HttpProxy if host else kind.NoProxy, host, 8080, user, password)
        QgsNetworkAccessManager.instance().setFallbackProxyAndExcludes(
            proxy, ["http://inside.example"], []
        )
        return environment()


if __name__ == "__main__":
    session.run(Steps)
