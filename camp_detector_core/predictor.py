"""Which device runs an ONNX model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engine.errors import PredictorError

if TYPE_CHECKING:
    from .engine.ort import OnnxPredictor
    from .job import Device, Machine
    from .model_file import ModelFile

_PROVIDERS: dict[Device, str] = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
_AUTO: tuple[Device, ...] = ("cuda", "directml")
"""Tried in this order before the processor; CoreML is slower than the processor for many U-Nets,
so it is used only on request."""


def load_predictor(model: ModelFile, machine: Machine) -> OnnxPredictor:
    """Load a model onto the device that the user wants.

    Raises:
        PredictorError: The model cannot be loaded, or the device not be used.
        SpecError: Model and description do not fit.
    """
    from .engine.ort import CPU, OnnxPredictor, available_providers

    wanted = _AUTO if machine.device == "auto" else (machine.device,)
    present = available_providers()
    for name in (_PROVIDERS[d] for d in wanted if d in _PROVIDERS):
        if name in present:
            predictor = OnnxPredictor(
                model.onnx,
                spec=model.spec,
                threads=machine.threads,
                providers=(name, CPU),
                origin=model.origin,
            )
            # ONNX Runtime falls back silently where a driver is missing.
            if predictor.provider == name:
                return predictor
    if machine.device not in {"auto", "cpu"}:
        msg = (
            f"the device {machine.device} cannot be used here: this onnxruntime offers "
            f"{', '.join(present)}; install the one for the device and its driver, or give "
            "--device cpu"
        )
        raise PredictorError(msg)
    return OnnxPredictor(model.onnx, spec=model.spec, threads=machine.threads, origin=model.origin)
