"""Put a model on the device that a user wants: one ladder of devices for every host.

``auto`` tries CUDA, then DirectML, then takes the processor. Core ML is slower than the processor
for many U-Nets, so it is used only where it is asked for by name.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Mapping,
    NamedTuple,
    Optional,
    Protocol,
    Sequence,
    Union,
)

from ..errors import PredictorError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..spec import ModelSpec
    from .ort import OnnxPredictor

AUTO, CPU = "auto", "cpu"
GPUS = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""ONNX Runtime's provider of each device besides the processor."""
AUTOMATIC = ("cuda", "directml")
"""The devices that ``auto`` tries before the processor, in this order."""
NOT_BUILT, NO_DRIVER = "this ONNX Runtime is not made for it", "its driver or a library is missing"


class Fallback(NamedTuple):
    """A device in whose place the processor runs the model."""

    device: str
    """A key of `GPUS`."""
    reason: str
    """`NOT_BUILT`, `NO_DRIVER`, or the words of ONNX Runtime."""

    def __str__(self) -> str:
        """A sentence for the user."""
        return (
            f"the device {self.device} cannot be used ({self.reason}), so the model runs on the "
            "processor"
        )


OnFallback = Callable[[Fallback], None]


class Model(Protocol):
    """A model whose file is read, such as a `model_file.ModelFile`."""

    @property
    def onnx(self) -> bytes:
        """The bytes of the ONNX file."""

    @property
    def spec(self) -> Optional[ModelSpec]:
        """The description; None: the one that the file carries."""

    @property
    def origin(self) -> str:
        """The file's name, for messages."""


@dataclass(frozen=True)
class OnnxBytes:
    """A `Model` in a host that reads the file by itself."""

    onnx: bytes
    spec: Optional[ModelSpec] = None
    origin: str = "the model"


def on_processor(model: Model, *, threads: Optional[int] = None) -> OnnxPredictor:
    """Open a model on the processor.

    Args:
        model: The model.
        threads: Processors to use; None: all that the process may use.

    Raises:
        PredictorError: ONNX Runtime cannot load it.
        SpecError: Network and description do not fit.
    """
    return _opened(model, (), threads)


def _opened(model: Model, providers: Sequence[Any], threads: Optional[int]) -> OnnxPredictor:
    from . import ort

    return ort.OnnxPredictor(
        model.onnx,
        spec=model.spec,
        threads=threads,
        providers=(*providers, ort.CPU),
        origin=model.origin,
    )


def open_predictor(
    model: Model,
    device: str = AUTO,
    *,
    threads: Optional[int] = None,
    on_fallback: Optional[OnFallback] = None,
) -> Union[OnnxPredictor, Falling]:
    """Open a model on a device.

    Args:
        model: The model.
        device: ``auto``, ``cpu`` or a key of `GPUS`.
        threads: Processors to use; None: all that the process may use.
        on_fallback: Told where the processor takes the place of a GPU that cannot be used, or
            that fails in the middle of a run, perhaps from another thread. None: a device that
            was asked for by name is used or refused, and ``auto`` takes the processor in silence.

    Raises:
        PredictorError: The model cannot be loaded, or the device not be used.
        SpecError: Network and description do not fit.
    """
    devices = AUTOMATIC if device == AUTO else [name for name in (device,) if name in GPUS]
    fallbacks: list[Fallback] = []
    predictor = first_gpu(model, devices, on_fallback=fallbacks.append, threads=threads)
    if predictor is None and device in GPUS:
        fallbacks = fallbacks or [Fallback(device, NOT_BUILT)]
        if on_fallback is None:
            raise _refusal(device)
    if on_fallback is None:
        return predictor or on_processor(model, threads=threads)
    if predictor is None:
        for fallback in fallbacks:
            on_fallback(fallback)
        return on_processor(model, threads=threads)
    return Falling(predictor, lambda: on_processor(model, threads=threads), on_fallback)


def first_gpu(
    model: Model,
    devices: Sequence[str],
    *,
    on_fallback: OnFallback,
    threads: Optional[int] = None,
    options: Optional[Mapping[str, Any]] = None,
) -> Optional[OnnxPredictor]:
    """Open a model on the first of several GPUs that works; None if there is none.

    Args:
        model: The model.
        devices: Keys of `GPUS`; what this ONNX Runtime is not made for is passed over.
        on_fallback: Told why a GPU that it is made for cannot be used.
        threads: Processors to use for the rest.
        options: ONNX Runtime's options of each device, such as ``{"device_id": 1}``.

    Raises:
        SpecError: Network and description do not fit.
    """
    from . import ort

    present = ort.available_providers()
    for device in devices:
        provider = GPUS[device]
        if provider not in present:
            continue
        try:
            named = provider if options is None else (provider, options[device])
            predictor = _opened(model, [named], threads)
        except PredictorError as error:
            on_fallback(Fallback(device, error.sentence))
            continue
        # ONNX Runtime falls back without a word where a driver is missing.
        if predictor.provider == provider:
            return predictor
        on_fallback(Fallback(device, NO_DRIVER))
    return None


def _refusal(device: str) -> PredictorError:
    from . import ort

    present = ", ".join(ort.available_providers())
    return PredictorError(
        f"the device {device} cannot be used here: this onnxruntime offers {present}",
        parameter="device",
        remedy="; install the one for the device and its driver | give {device=cpu}",
    )


class Falling:
    """A predictor on a GPU that goes on with the processor when the GPU fails."""

    def __init__(
        self, gpu: OnnxPredictor, fall: Callable[[], OnnxPredictor], on_fallback: OnFallback
    ) -> None:
        """Start on the GPU; ``fall`` opens the model on the processor."""
        self._now = gpu
        self._on_gpu = True
        self._open = fall
        self._on_fallback = on_fallback
        self._lock = threading.Lock()
        self.spec = gpu.spec
        self.fixed_size = gpu.fixed_size
        self.workers = gpu.workers
        self.batch_size = gpu.batch_size

    @property
    def provider(self) -> str:
        """ONNX Runtime's name of what runs the model now."""
        return str(self._now.provider)

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of chips; see `Predictor.predict`.

        Raises:
            PredictorError: The processor cannot run it, either.
        """
        if self._on_gpu:
            try:
                return self._now.predict(batch)
            except PredictorError as error:
                self._fall(error)
        return self._now.predict(batch)

    def _fall(self, error: PredictorError) -> None:
        with self._lock:
            if self._on_gpu:
                provider = self.provider
                device = next((d for d, name in GPUS.items() if name == provider), provider)
                self._now = self._open()
                self._on_gpu = False
                self._on_fallback(Fallback(device, error.sentence))
