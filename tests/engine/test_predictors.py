"""One ladder of devices: what automatic tries, and what happens where a GPU cannot be used."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.predictors import open as predictors
from camp_detector_core.engine.predictors import ort
from camp_detector_core.engine.predictors.open import (
    GPUS,
    NO_DRIVER,
    NOT_BUILT,
    Fallback,
    Falling,
    OnnxBytes,
    open_predictor,
)
from tests.support.models import tiny_onnx, tiny_spec

MODEL = OnnxBytes(tiny_onnx(tiny_spec()))
CPU = "CPUExecutionProvider"
CUDA, DIRECTML, CORE_ML = GPUS.values()


class Session:
    """A session on the processor that says that it is on another provider."""

    def __init__(self, real: Any, provider: str) -> None:
        self._real, self._provider = real, provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_providers(self) -> list[str]:
        return [self._provider, CPU]

    def run(self, *_: Any) -> Any:
        raise RuntimeError("the GPU is gone")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call it with the providers that ONNX Runtime is made for, and those that have a driver."""
    real = onnxruntime.InferenceSession

    def have(*built: str, drivers: tuple[str, ...] = ()) -> list[str]:
        attempts: list[str] = []

        def session(model: bytes, options: Any, providers: list[str], **more: Any) -> Any:
            attempts.append(providers[0])
            real_session = real(model, options, providers=[CPU], **more)
            return Session(real_session, providers[0]) if providers[0] in drivers else real_session

        monkeypatch.setattr(onnxruntime, "InferenceSession", session)
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [*built, CPU])
        return attempts

    return have


@pytest.mark.parametrize(
    ("made_for", "device", "provider", "fallbacks"),
    [
        (((CUDA, DIRECTML), (CUDA, DIRECTML)), "auto", CUDA, []),
        (((CUDA, DIRECTML), (DIRECTML,)), "auto", DIRECTML, []),
        (((CUDA, DIRECTML), ()), "auto", CPU, [("cuda", NO_DRIVER), ("directml", NO_DRIVER)]),
        (((CUDA,), ()), "auto", CPU, [("cuda", NO_DRIVER)]),
        (((CORE_ML,), (CORE_ML,)), "auto", CPU, []),
        (((CORE_ML,), (CORE_ML,)), "coreml", CORE_ML, []),
        (((), ()), "auto", CPU, []),
        (((), ()), "cuda", CPU, [("cuda", NOT_BUILT)]),
        (((CUDA,), (CUDA,)), "cpu", CPU, []),
    ],
)
def test_the_ladder(
    machine: Any,
    made_for: tuple[tuple[str, ...], tuple[str, ...]],
    device: str,
    provider: str,
    fallbacks: list[tuple[str, str]],
) -> None:
    built, drivers = made_for
    machine(*built, drivers=drivers)
    reported: list[Fallback] = []
    assert open_predictor(MODEL, device, on_fallback=reported.append).provider == provider
    assert [tuple(fallback) for fallback in reported] == fallbacks


@pytest.mark.parametrize("built", [(), (CUDA,)])
def test_a_device_that_was_asked_for_is_used_or_refused(
    machine: Any, built: tuple[str, ...]
) -> None:
    machine(*built)
    with pytest.raises(PredictorError, match="the device cuda cannot be used here"):
        open_predictor(MODEL, "cuda")
    assert open_predictor(MODEL).provider == CPU


def test_the_processor_takes_over_in_the_middle_of_a_run(machine: Any) -> None:
    machine(CUDA, drivers=(CUDA,))
    fallbacks: list[Fallback] = []
    predictor = open_predictor(MODEL, on_fallback=fallbacks.append)
    assert isinstance(predictor, Falling)
    chips = np.random.default_rng(3).random((1, 3, 64, 64), np.float32)
    want = ort.OnnxPredictor(MODEL.onnx).predict(chips)
    for _ in range(2):
        np.testing.assert_array_equal(predictor.predict(chips), want)
    assert predictor.provider == CPU
    (fallback,) = fallbacks
    assert fallback.device == "cuda"
    assert "the GPU is gone" in str(fallback)


def test_the_reason_is_the_fault_without_a_remedy(
    machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(CUDA)
    opened = predictors._opened

    def open_on_processor(model: Any, providers: Any, threads: Any) -> Any:
        if providers:
            raise PredictorError("no memory", remedy="give {device=cpu}")
        return opened(model, providers, threads)

    monkeypatch.setattr(predictors, "_opened", open_on_processor)
    reported: list[Fallback] = []
    assert open_predictor(MODEL, on_fallback=reported.append).provider == CPU
    assert reported == [Fallback("cuda", "no memory")]


def test_every_device_that_automatic_tries_is_known() -> None:
    assert set(predictors.AUTOMATIC) < set(GPUS)
