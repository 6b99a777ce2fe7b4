"""Choice of library and GPU for a model, for hosts that do not know what is installed.

ONNX Runtime comes first; TorchScript where there is none, or none that can use the GPU that was
asked for; the processor where that GPU cannot be used. A model is loaded once in a process and
shared by all that use it on the same device.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import shutil
import subprocess
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, ContextManager, NamedTuple, Optional

from ..errors import PredictorError, SpecError
from ..spec import METADATA_KEY, ModelSpec
from .open import AUTOMATIC, OnnxBytes, first_gpu, on_processor

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ..ports import Predictor

CPU, FREEST_GPU = -1, -2
"""In place of the number of a GPU: the processor, and the GPU with most free memory."""
OUT_OF_MEMORY = "Ran out of GPU memory, please try a smaller batch size"
"""Message of ArcGIS' own functions, word for word."""
_SIGNS = ("out of memory", "failed to allocate memory", "not enough memory")
_MAX_MODELS = 2

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_open: OrderedDict[tuple[Any, ...], LoadedModel] = OrderedDict()


class LibraryMissingError(PredictorError):
    """No installed library can run the model."""


class LoadedModel(NamedTuple):
    """A model that is loaded, and what it runs on."""

    predictor: Any
    """A `Predictor`, with ``fixed_size``: the only side of chips that it takes, or None."""
    is_on_gpu: bool
    lock: threading.Lock
    """Lock for callers that allow one run at a time."""


class Files(NamedTuple):
    """The files of a model."""

    onnx: Path
    torchscript: Optional[Path] = None


def load_model(files: Files, spec: ModelSpec, *, device: int = CPU) -> LoadedModel:
    """Load a model, or give the one that is loaded already.

    Args:
        files: Files of the model.
        spec: Its description.
        device: Number of the GPU, `CPU`, or `FREEST_GPU`. Where the GPU cannot be used the model
            runs on the processor; `LoadedModel.is_on_gpu` says so.

    Raises:
        LibraryMissingError: Neither ONNX Runtime is installed nor, for a TorchScript file, torch.
        PredictorError: A file is missing or cannot be loaded.
        SpecError: The model is not the one that is described.
    """
    try:
        state = files.onnx.stat()
    except OSError as error:
        msg = f"the model file {files.onnx} is missing: get the model package again"
        raise PredictorError(msg) from error
    key = (str(files.onnx.resolve()), state.st_size, state.st_mtime_ns, spec.to_json(), device)
    with _lock:
        if key not in _open:
            while len(_open) >= _MAX_MODELS:
                _open.popitem(last=False)
            _open[key] = _load(files, spec, device)
        _open.move_to_end(key)
        return _open[key]


class Batched:
    """A `Predictor` that hands over no more chips at a time than the user wants."""

    def __init__(self, model: LoadedModel, batch_size: int) -> None:
        """Share a model that is open."""
        self._predictor: Predictor = model.predictor
        self._is_on_gpu = model.is_on_gpu
        # One GPU does one thing at a time, and DirectML does not bear two.
        self._guard: ContextManager[object] = (
            model.lock if model.is_on_gpu else contextlib.nullcontext()
        )
        self.workers = self._predictor.workers
        self.batch_size = min(self._predictor.batch_size, batch_size)

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of normalised chips; see `Predictor.predict`.

        Raises:
            PredictorError: The model cannot be run.
            RuntimeError: The GPU has not memory enough (`OUT_OF_MEMORY`).
            MemoryError: The computer has not.
        """
        try:
            with self._guard:
                return self._predictor.predict(batch)
        except (PredictorError, RuntimeError) as error:
            if any(sign in str(error).lower() for sign in _SIGNS):
                raise (RuntimeError(OUT_OF_MEMORY) if self._is_on_gpu else MemoryError) from None
            raise


def _load(files: Files, spec: ModelSpec, device: int) -> LoadedModel:
    ort: Any = _library("ort")
    torch: Any = None
    script = files.torchscript
    if script and (ort is None or device != CPU):
        torch = _library("torchscript")
    if ort is None and torch is None:
        msg = "neither ONNX Runtime nor torch with a TorchScript model is there to run the model"
        raise LibraryMissingError(msg)
    data = files.onnx.read_bytes() if ort is not None else b""
    model = OnnxBytes(data, spec, f"the model file {files.onnx}")
    if device != CPU:
        os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # as nvidia-smi and ArcGIS count
        number = freest_gpu() if device == FREEST_GPU else device
        if ort is not None:
            # DirectML counts in another order than nvidia-smi; its first is Windows' own choice.
            first = 0 if device == FREEST_GPU else number
            options = {"cuda": {"device_id": number}, "directml": {"device_id": first}}
            on_gpu = first_gpu(model, AUTOMATIC, on_fallback=_log.info, options=options)
            if on_gpu is not None:
                return LoadedModel(
                    _check_description(on_gpu, spec, files), is_on_gpu=True, lock=threading.Lock()
                )
        if torch is not None and script and number < torch.count_gpus():
            on_gpu = torch.TorchPredictor(script.read_bytes(), spec=spec, device=f"cuda:{number}")
            return LoadedModel(on_gpu, is_on_gpu=True, lock=threading.Lock())
    if ort is not None:
        on_cpu: Any = _check_description(on_processor(model), spec, files)
    else:
        on_cpu = torch.TorchPredictor(script.read_bytes() if script else b"", spec=spec)
    return LoadedModel(on_cpu, is_on_gpu=False, lock=threading.Lock())


def _check_description(predictor: Any, spec: ModelSpec, files: Files) -> Any:  # noqa: ANN401 - OnnxPredictor
    """Refuse a network whose own description differs from the definition's."""
    spec_text = predictor.metadata.get(METADATA_KEY)
    if spec_text is not None and ModelSpec.from_json(spec_text) != spec:
        msg = (
            f"the model file {files.onnx} describes itself as {ModelSpec.from_json(spec_text).id} "
            f"and not as its definition does ({spec.id}), or in other words: get the package again"
        )
        raise SpecError(msg)
    return predictor


def _library(adapter: str) -> Any:  # noqa: ANN401 - one of two modules, loaded when wanted
    """Import the adapter of a library; None if it is not installed or does not load."""
    try:
        return importlib.import_module(f"{__package__}.{adapter}")
    except (ImportError, OSError) as error:  # OSError: a DLL that is missing
        _log.info("%s cannot be used: %s", adapter, error)
        return None


def freest_gpu() -> int:
    """Find the GPU with most free memory by its driver; 0 if the driver does not tell."""
    tool = shutil.which("nvidia-smi")
    if tool is None or os.environ.get("CUDA_VISIBLE_DEVICES"):
        return 0
    command = [tool, "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        listing = subprocess.run(  # noqa: S603  # nosec B603 - a fixed command of the driver's
            command, capture_output=True, text=True, timeout=20, check=True,
            creationflags=no_window,
        ).stdout  # fmt: skip
        free_memory = [float(line) for line in listing.split()]
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0
    return free_memory.index(max(free_memory)) if free_memory else 0
