"""On which processor a model runs: the choices, and what happens where a GPU fails."""

from __future__ import annotations

import sys
import threading
from typing import Any, Callable, Sequence

from camp_detector_core.engine.errors import PredictorError

from ..i18n import tr
from . import loading

AUTO, CPU = "auto", "cpu"
GPUS = ("CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider")
"""Providers of ONNX Runtime that run on a GPU, the fastest first."""
_CPU_PROVIDER = "CPUExecutionProvider"


def label(device: str) -> str:
    """A device as the user reads it."""
    return {
        AUTO: tr("Automatic: a GPU where there is one"),
        CPU: tr("Processor (CPU)"),
        "CUDAExecutionProvider": tr("NVIDIA GPU (CUDA)"),
        "DmlExecutionProvider": tr("GPU through DirectML"),
        "CoreMLExecutionProvider": tr("Apple GPU (Core ML)"),
    }.get(device, device)


def devices(platform: str = sys.platform) -> list[str]:
    """What may be chosen on a system: automatic, the processor, and the GPUs that may be there.

    ONNX Runtime is not loaded for it: QGIS asks when it starts. Whether it is made for a GPU, and
    whether there is a driver, shows when a model is loaded.
    """
    known = {"win32": GPUS[:2], "linux": GPUS[:1], "darwin": GPUS[2:]}
    return [AUTO, CPU, *known.get(platform, ())]


def present() -> list[str]:
    """The processor, and the GPUs that the ONNX Runtime that is there is made for."""
    found = loading.state().providers
    return [CPU, *(name for name in GPUS if name in found)]


def load(data: bytes, device: str, warn: Callable[[str], None]) -> Any:
    """Load a model as a predictor of the engine.

    Args:
        data: The ONNX file.
        device: One of `devices`.
        warn: Told in a sentence where a GPU cannot be used, or fails later, and the processor
            takes over; perhaps from another thread.

    Raises:
        RuntimeProblem: ONNX Runtime cannot be used.
        CampDetectorError: The model cannot be loaded.
    """
    loading.require()
    from camp_detector_core.engine import ort

    there = loading.state().providers
    wanted: Sequence[str] = GPUS if device == AUTO else [device]
    for provider in (p for p in wanted if p in GPUS):
        if provider not in there:
            if device != AUTO:
                warn(_instead(device, tr("this ONNX Runtime is not made for it")))
            continue
        try:
            found = ort.OnnxPredictor(data, providers=(provider, ort.CPU))
        except PredictorError as error:
            warn(_instead(provider, str(error)))
            continue
        # ONNX Runtime falls back without a word where a driver is missing.
        if found.provider == provider:
            return Falling(found, data, warn)
        warn(_instead(provider, tr("its driver or a library is missing")))
    return ort.OnnxPredictor(data)


def _instead(device: str, reason: str) -> str:
    return tr(
        "{device} cannot be used ({reason}), so the model runs on the processor.",
        device=label(device), reason=reason,
    )  # fmt: skip


class Falling:
    """A predictor on a GPU that goes on with the processor when the GPU fails."""

    def __init__(self, gpu: Any, data: bytes, warn: Callable[[str], None]) -> None:
        """Start on the GPU."""
        self._now = gpu
        self._on_gpu = True
        self._data = data
        self._warn = warn
        self._lock = threading.Lock()
        self.spec = gpu.spec
        self.fixed_size = gpu.fixed_size
        self.workers = gpu.workers
        self.batch_size = gpu.batch_size

    @property
    def provider(self) -> str:
        """Where it runs now."""
        return str(self._now.provider)

    def predict(self, batch: Any) -> Any:
        """Probabilities of chips; see the engine's ``Predictor.predict``.

        Raises:
            PredictorError: The processor cannot run it, either.
        """
        if self._on_gpu:
            try:
                return self._now.predict(batch)
            except PredictorError as error:
                self._fall(error)
        return self._now.predict(batch)

    def _fall(self, error: Exception) -> None:
        with self._lock:
            if self._on_gpu:
                from camp_detector_core.engine import ort

                provider = self.provider
                self._now = ort.OnnxPredictor(self._data)
                self._on_gpu = False
                self._warn(_instead(provider, str(error)))
