"""Models are loaded once, on what was asked for, or with a word about what is missing."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from camp_detector_core.engine.errors import PredictorError, SpecError
from camp_detector_core.engine.predictors import runtime
from camp_detector_core.engine.predictors.runtime import (
    FREEST_GPU,
    OUT_OF_MEMORY,
    Batched,
    Files,
    LibraryMissingError,
    LoadedModel,
    freest_gpu,
    load_model,
)
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "tiny.onnx").write_bytes(tiny_onnx(tiny_spec()))
    return Files(tmp_path / "tiny.onnx")


def test_a_model_is_loaded_once_however_many_ask_at_the_same_time(files: Files) -> None:
    models: list[LoadedModel] = []
    threads = [
        threading.Thread(target=lambda: models.append(load_model(files, tiny_spec())))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(model.predictor) for model in models}) == 1


def test_a_file_that_changed_is_loaded_again(files: Files) -> None:
    first = load_model(files, tiny_spec())
    spec = tiny_spec(version="2")
    files.onnx.write_bytes(tiny_onnx(spec))
    assert load_model(files, spec).predictor is not first.predictor


@pytest.mark.parametrize("change", [{"version": "9"}, {"threshold": 0.9}])
def test_a_model_that_is_not_the_one_described_is_refused(
    files: Files, change: dict[str, Any]
) -> None:
    with pytest.raises(SpecError, match=r"tiny\.onnx describes itself as .* and not as"):
        load_model(files, tiny_spec(**change))


def test_few_models_are_kept(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / name).write_bytes(tiny_onnx(tiny_spec()))
        load_model(Files(tmp_path / name), tiny_spec())
    assert len(runtime._open) == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PredictorError, match=r"gone\.onnx is missing: get the model package"):
        load_model(Files(tmp_path / "gone.onnx"), tiny_spec())


def test_no_library_is_told_apart_from_a_model_that_does_not_load(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_library", lambda adapter: None)
    with pytest.raises(LibraryMissingError):
        load_model(files, tiny_spec(name="other"))


@pytest.mark.parametrize("device", [0, 5, FREEST_GPU])
def test_without_a_gpu_the_processor_does_it(files: Files, device: int) -> None:
    model = load_model(files, tiny_spec(), device=device)
    if model.is_on_gpu:
        pytest.skip("there is a GPU here")
    assert model.predictor.provider == "CPUExecutionProvider"
    chips = np.ones((1, 3, 64, 64), np.float32)
    assert Batched(model, 4).predict(chips).shape == (1, 1, 64, 64)


class Fake:
    """Stands for a GPU's predictor, which is not there: answers as its library does."""

    workers, batch_size, fixed_size = 1, 8, None

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.inside = self.most = 0

    def predict(self, batch: np.ndarray) -> np.ndarray:
        if self.error is not None:
            raise self.error
        self.inside += 1
        self.most = max(self.most, self.inside)
        threading.Event().wait(0.01)
        self.inside -= 1
        return batch[:, :1]


@pytest.mark.parametrize(
    "message",
    ["CUDA error: Failed to allocate memory for requested buffer", "CUDA out of memory. Tried"],
)
def test_a_gpu_that_runs_out_of_memory_is_said_in_the_words_of_arcgis(message: str) -> None:
    shared = Batched(LoadedModel(Fake(PredictorError(message)), True, threading.Lock()), 3)
    assert shared.batch_size == 3
    with pytest.raises(RuntimeError, match=rf"^{OUT_OF_MEMORY}$"):
        shared.predict(np.zeros((1, 3, 64, 64), np.float32))


def test_a_computer_that_runs_out_of_memory_is_not_taken_for_a_gpu() -> None:
    message = "DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"
    shared = Batched(LoadedModel(Fake(PredictorError(message)), False, threading.Lock()), 3)
    with pytest.raises(MemoryError):
        shared.predict(np.zeros((1, 3, 64, 64), np.float32))


def test_other_faults_of_a_model_stay_what_they_are() -> None:
    shared = Batched(LoadedModel(Fake(PredictorError("broken")), True, threading.Lock()), 3)
    with pytest.raises(PredictorError, match=r"^broken$"):
        shared.predict(np.zeros((1, 3, 64, 64), np.float32))


def test_a_gpu_does_one_thing_at_a_time() -> None:
    fake = Fake()
    model = LoadedModel(fake, True, threading.Lock())
    chips = np.zeros((1, 3, 8, 8), np.float32)
    threads = [threading.Thread(target=Batched(model, 1).predict, args=(chips,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fake.most == 1


def tool(folder: Path, says: str) -> None:
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("printf '1200\\n40300\\n800\\n'", 1),
        ("echo 'No devices were found'", 0),
        ("exit 9", 0),
        ("printf '1200\\n40300\\n'; exit 9", 0),
        ("true", 0),
    ],
)
def test_the_freest_gpu_is_the_one_that_the_driver_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, expected: int
) -> None:
    tool(tmp_path, says)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert freest_gpu() == expected


@pytest.mark.parametrize(
    ("provider", "device", "expected"),
    [
        ("CUDAExecutionProvider", 3, 3),
        ("CUDAExecutionProvider", FREEST_GPU, 1),
        ("DmlExecutionProvider", 3, 3),
        ("DmlExecutionProvider", FREEST_GPU, 0),
    ],
)
def test_options_of_a_provider_reach_onnx_runtime(
    files: Files, monkeypatch: pytest.MonkeyPatch, provider: str, device: int, expected: int
) -> None:
    """GPUs are counted as the driver counts, but those of DirectML, which has its own order."""
    import onnxruntime

    from camp_detector_core.engine.predictors import ort

    monkeypatch.setenv("CUDA_DEVICE_ORDER", "")  # so that it is put back
    monkeypatch.delenv("CUDA_DEVICE_ORDER")
    monkeypatch.setattr(runtime, "freest_gpu", lambda: 1)
    requested: list[Any] = []
    real = onnxruntime.InferenceSession

    def session(model: bytes, options: Any, providers: list[Any], **more: Any) -> Any:
        requested.append(providers)
        return real(model, options, providers=[ort.CPU], **more)

    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [provider, ort.CPU])
    model_loaded = load_model(files, tiny_spec(), device=device)
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    # It came out on the processor, as where the driver is missing, and that is seen.
    assert not model_loaded.is_on_gpu
    assert requested == [[(provider, {"device_id": expected}), ort.CPU], [ort.CPU]]
