"""On which processor a model runs: the choices, and what happens where a GPU fails."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Callable, Union

from qgis.core import QgsSettings

from camp_detector_core.engine.predictors import open as predictors
from camp_detector_core.engine.predictors.open import AUTO, CPU

from ..i18n import tr
from . import loading

if TYPE_CHECKING:
    from camp_detector_core.engine.predictors.ort import OnnxPredictor

SETTING = "camp_detector/device"
"""Key of the user's settings: the device that is preferred."""
GPUS = tuple(predictors.GPUS.values())
"""Providers of ONNX Runtime that run on a GPU, the fastest first."""
WORDS = {provider: word for word, provider in predictors.GPUS.items()}
"""The word of the table of options for each of them."""


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
    """Devices to choose from on a system: automatic, the processor, and GPUs that may be there.

    ONNX Runtime is not loaded for it: QGIS asks when it starts. Whether it is made for a GPU, and
    whether there is a driver, shows when a model is loaded.
    """
    gpus = {"win32": GPUS[:2], "linux": GPUS[:1], "darwin": GPUS[2:]}
    return [AUTO, CPU, *gpus.get(platform, ())]


def preference() -> str:
    """Give the device that the user prefers; automatic where none is, or it is of other systems."""
    device = str(QgsSettings().value(SETTING, AUTO) or AUTO)
    return device if device in devices() else AUTO


def present() -> list[str]:
    """The processor, and the GPUs that the ONNX Runtime that is there is made for."""
    providers = loading.state().providers
    return [CPU, *(name for name in GPUS if name in providers)]


def load(
    data: bytes, device: str, warn: Callable[[str], None]
) -> Union[OnnxPredictor, predictors.Falling]:
    """Load a model as a predictor of the engine.

    Args:
        data: The ONNX file.
        device: One of `devices`, or a word of the table of options.
        warn: Told in a sentence where a GPU cannot be used, or fails later, and the processor
            takes over; perhaps from another thread.

    Raises:
        Fault: ONNX Runtime cannot be used.
        CampDetectorError: The model cannot be loaded.
    """
    loading.require()
    return predictors.open_predictor(
        predictors.OnnxBytes(data),
        WORDS.get(device, device),
        on_fallback=lambda fallback: warn(fallback_sentence(fallback)),
    )


def fallback_sentence(fallback: predictors.Fallback) -> str:
    """Say that the processor takes the place of a GPU, and why."""
    reasons = {
        predictors.NOT_BUILT: tr("this ONNX Runtime is not made for it"),
        predictors.NO_DRIVER: tr("its driver or a library is missing"),
    }
    return tr(
        "{device} cannot be used ({reason}), so the model runs on the processor.",
        device=label(predictors.GPUS[fallback.device]),
        reason=reasons.get(fallback.reason, fallback.reason),
    )
